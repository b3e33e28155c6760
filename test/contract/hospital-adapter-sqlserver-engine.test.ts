/** What the procedure engine does with SQL errors, connections, transactions and limits, over real TDS. */
import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import sqlServerPlugin, { SettingsSchema } from '@hospay/hospital-adapter-sqlserver';
import { HospitalBench } from '@hospay/plugin-sdk/testkit';
import { makeTestContext } from '@hospay/plugin-sdk/testkit';
import { Check } from 'typebox/value';
import { defaultLogin } from '../simulators/his/his-simulator.js';
import { makeSqlServerSubject, type SqlServerSubject, type SubjectOptions } from './hospital-adapter-sqlserver-subject.js';

async function openSubject(context: TestContext, options: SubjectOptions = {}) {
  const subject = await makeSqlServerSubject(options);
  context.after(() => subject.stop?.());
  const bench = new HospitalBench(subject);
  return { subject, bench, findPatient: (cardNo = 'C0000002', timeoutMs = 10_000) =>
    subject.adapter.findPatient({ cardType: 'visitCard', cardNo }, bench.context(timeoutMs)) };
}

const callsOf = ({ his }: SqlServerSubject, procedure: string): number => his.calls.filter((call) => call.procedure === procedure).length;

test('a read that was a deadlock victim or met a lock is sent again, at most three times in all', async (context) => {
  const { subject, findPatient } = await openSubject(context);
  for (const number of [1205, 1222]) subject.his.faults.add({ procedure: 'usp_hospay_find_patient', fault: { kind: 'server-error', number } });
  assert.equal((await findPatient()).kind, 'ok');
  assert.equal(callsOf(subject, 'usp_hospay_find_patient'), 3);
  subject.his.faults.add({ procedure: 'usp_hospay_find_patient', fault: { kind: 'server-error', number: 1205 }, times: 5 });
  assert.equal((await findPatient()).kind, 'unknown');
  assert.equal(callsOf(subject, 'usp_hospay_find_patient'), 6);
});

test('a confirm that was a deadlock victim is unknown and is not sent again by the adapter', async (context) => {
  const { subject, bench } = await openSubject(context);
  const { request } = await bench.newPayment();
  subject.his.faults.add({ procedure: 'usp_hospay_confirm', fault: { kind: 'server-error', number: 1205 } });
  assert.equal((await bench.confirm(request)).kind, 'unknown');
  assert.equal(callsOf(subject, 'usp_hospay_confirm'), 1);
});

test('a confirm whose mapping says the procedure is one transaction is sent again after a deadlock, and booked once', async (context) => {
  const { subject, bench } = await openSubject(context, { changeMapping: ({ operations }) => { Object.assign(operations['confirm'] ?? {}, { retryOnErrors: [1205] }); } });
  const { request } = await bench.newPayment();
  subject.his.faults.add({ procedure: 'usp_hospay_confirm', fault: { kind: 'server-error', number: 1205 } });
  assert.equal((await bench.confirm(request)).kind, 'ok');
  assert.equal(await bench.bookings(request.tradeNo), 1);
});

test('a procedure the HIS does not have is a definite refusal of a read, and never of a confirm', async (context) => {
  const { subject, bench } = await openSubject(context, {
    changeMapping: ({ operations }) => {
      for (const name of ['findPatient', 'confirm', 'queryConfirmation']) Object.assign(operations[name] ?? {}, { procedure: 'dbo.usp_not_there' });
    },
  });
  const found = await subject.adapter.findPatient({ cardType: 'visitCard', cardNo: 'C0000002' }, bench.context());
  assert.equal(found.kind === 'rejected' && found.code, 'HIS_MAPPING_2812');
  const { request } = await bench.newPayment();
  const confirmed = await bench.confirm(request);
  assert.match(confirmed.kind === 'unknown' ? confirmed.reason : '', /HIS_MAPPING_2812/);
  const queried = await bench.query(request.tradeNo);
  assert.match(queried.kind === 'unknown' ? queried.reason : '', /HIS_MAPPING_2812/);
});

test('a procedure that says ok and leaves its transaction open has booked nothing: the answer is unknown', async (context) => {
  const { bench } = await openSubject(context, {
    changeMapping: ({ operations }) => {
      const confirm = operations['confirm'];
      assert.ok(confirm && Array.isArray(confirm['parameters']));
      const list = confirm['parameters'].map(({ name, direction }: { name: string; direction?: string }) => `@${name} = @${name}${direction === 'out' ? ' OUTPUT' : ''}`);
      delete confirm['procedure'];
      Object.assign(confirm, { sql: `BEGIN TRANSACTION\nEXEC dbo.usp_hospay_confirm ${list.join(', ')}` });
    },
  });
  const { request } = await bench.newPayment();
  const result = await bench.confirm(request);
  assert.match(result.kind === 'unknown' ? result.reason : JSON.stringify(result), /transaction open/);
  assert.deepEqual(await bench.query(request.tradeNo), { kind: 'absent' });
});

test('an operation may be SQL text with typed parameters', async (context) => {
  const { bench } = await openSubject(context, {
    changeMapping: ({ operations }) => {
      const query = operations['queryConfirmation'];
      assert.ok(query);
      delete query['procedure'];
      Object.assign(query, { sql: 'SELECT trade_no, settlement_no, receipt_no, amount, status, pickup_window, guide FROM dbo.settlement WHERE trade_no = @trade_no' });
    },
  });
  const { request } = await bench.newPayment();
  assert.deepEqual(await bench.query(request.tradeNo), { kind: 'absent' });
  await bench.book(request);
  assert.equal((await bench.query(request.tradeNo)).kind, 'ok');
});

test('the adapter never holds more connections than its pool may, and everybody is served', async (context) => {
  const { subject } = await openSubject(context);
  const proxy = await countingProxy(context, subject);
  const { findPatient, subject: limited } = await openSubject(context, { settings: { server: '127.0.0.1', port: proxy.port, poolMax: 2 } });
  assert.ok(limited.adapter);
  subject.his.faults.add({ procedure: 'usp_hospay_find_patient', fault: { kind: 'delay-before', delayMs: 20 }, times: 6 });
  const results = await Promise.all(Array.from({ length: 6 }, () => findPatient()));
  assert.deepEqual(new Set(results.map(({ kind }) => kind)), new Set(['ok']));
  assert.equal(proxy.largest(), 2);
});

test('a connection is used again after an answer, and never after an error or a cancelled call', async (context) => {
  const { subject } = await openSubject(context);
  const proxy = await countingProxy(context, subject);
  const { findPatient } = await openSubject(context, { settings: { server: '127.0.0.1', port: proxy.port } });
  for (let count = 0; count < 3; count += 1) await findPatient();
  assert.equal(proxy.opened(), 1);
  subject.his.faults.add({ procedure: 'usp_hospay_find_patient', fault: { kind: 'server-error', number: 8134 } });
  await findPatient();
  await findPatient();
  assert.equal(proxy.opened(), 2);
  subject.his.faults.add({ procedure: 'usp_hospay_find_patient', fault: { kind: 'delay-before', delayMs: 2_000 } });
  await findPatient('C0000002', 100);
  await findPatient();
  assert.equal(proxy.opened(), 3);
});

test('bookings and questions about them pass other reads that wait for a connection', async (context) => {
  const { subject, bench, findPatient } = await openSubject(context, { settings: { poolMax: 1 } });
  const { request } = await bench.newPayment();
  subject.his.faults.add({ procedure: 'usp_hospay_find_patient', fault: { kind: 'delay-before', delayMs: 100 } });
  const before = subject.his.calls.length;
  await Promise.all([findPatient(), findPatient(), bench.query(request.tradeNo), bench.confirm(request)]);
  const order = subject.his.calls.slice(before).map(({ procedure }) => procedure);
  assert.equal(order.at(-1), 'usp_hospay_find_patient', order.join(', '));
});

test('a HIS that was restarted is used again without restarting the adapter', async (context) => {
  const { subject, findPatient } = await openSubject(context);
  assert.equal((await findPatient()).kind, 'ok');
  await subject.his.down();
  const away = await findPatient();
  assert.equal(away.kind, 'unknown');
  await subject.his.up();
  assert.equal((await findPatient()).kind, 'ok');
});

test('a call cancelled at its deadline leaves neither its connection nor its late answer to the next call', async (context) => {
  const { subject, findPatient } = await openSubject(context, { settings: { poolMax: 1 } });
  subject.his.faults.add({ procedure: 'usp_hospay_find_patient', fault: { kind: 'delay-before', delayMs: 2_000 } });
  const late = await findPatient('C0000001', 200);
  assert.match(late.kind === 'unknown' ? late.reason : JSON.stringify(late), /^timeout: /);
  const next = await findPatient('C0000002');
  assert.deepEqual(next.kind === 'ok' && next.value.map(({ patientId }) => patientId), ['P0000002']);
});

test('a refused login is unknown and says that nothing was sent', async (context) => {
  const { findPatient } = await openSubject(context, { settings: { password: 'wrong' } });
  const result = await findPatient();
  assert.match(result.kind === 'unknown' ? result.reason : JSON.stringify(result), /^notSent: .*Login failed/);
});

test('a server that accepts and never speaks costs its callers their deadline and nothing else', async (context) => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => { sockets.add(socket.on('error', () => { socket.destroy(); })); });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  context.after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => { server.close(resolve); });
  });
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const { subject, findPatient } = await openSubject(context, { settings: { port: address.port, poolMax: 1 } });
  const results = await Promise.all([findPatient('C0000002', 100), findPatient('C0000002', 150)]);
  assert.deepEqual(results.map(({ kind }) => kind), ['unknown', 'unknown']);
  const inFlight = () => subject.adapter.metrics().operations['findPatient']?.inFlight;
  for (let count = 0; count < 50 && inFlight() !== 0; count += 1) await pause(10);
  assert.equal(inFlight(), 0, 'no place is lost to a connection that never came about');
});

test('when bookings fail in a row the breaker keeps the next one unsent, and "was it booked?" is still answered', async (context) => {
  const { subject, bench } = await openSubject(context, { settings: { breaker: { failureThreshold: 2, openMs: 60_000 } } });
  const { request } = await bench.newPayment();
  subject.his.faults.add({ procedure: 'usp_hospay_confirm', fault: { kind: 'drop-before-execute' }, times: 'always' });
  for (let count = 0; count < 2; count += 1) assert.equal((await bench.confirm(request)).kind, 'unknown');
  const held = await bench.confirm(request);
  assert.match(held.kind === 'unknown' ? held.reason : JSON.stringify(held), /^notSent: .*breakerOpen/);
  assert.equal(callsOf(subject, 'usp_hospay_confirm'), 2);
  assert.deepEqual(await bench.query(request.tradeNo), { kind: 'absent' });
  const metrics = subject.adapter.metrics();
  assert.equal(metrics.operations['confirm']?.rejectedByBreaker, 1);
  assert.equal(metrics.breakers['bookings'], 'open');
});

test('a slow call is logged with its numbers shown and everything personal reduced to its length', async (context) => {
  const { subject, findPatient } = await openSubject(context, { settings: { slowCallMs: 30 } });
  subject.his.faults.add({ procedure: 'usp_hospay_find_patient', fault: { kind: 'delay-before', delayMs: 60 } });
  await findPatient('C0000002');
  const [line] = subject.logLines;
  assert.equal(line?.facts['operation'], 'findPatient');
  assert.equal(line?.facts['parameters'], '@card_type=***(1) @card_no=***(8)');
});

test('Chinese text arrives whole, rare characters too, and the DBA sees who calls', async (context) => {
  const { subject, findPatient } = await openSubject(context, { settings: { applicationName: 'Hospay kiosk hall' } });
  const found = await findPatient('C0000003');
  assert.deepEqual(found.kind === 'ok' && found.value.map(({ name, sex, feeCategory }) => ({ name, sex, feeCategory })), [{ name: '王龑䶮', sex: 'male', feeCategory: '居民医保' }]);
  assert.equal(subject.his.calls.at(-1)?.application, 'Hospay kiosk hall');
});

test('insured patients are quoted fund, personal account and self-pay exactly', async (context) => {
  const { subject, bench } = await openSubject(context);
  const billNo = await subject.his.hospital.addBill({ patientId: 'P0000001', lines: [{ itemName: '硝苯地平控释片', priceFen: 9_999 }] });
  const quote = await subject.adapter.presettle({ patientId: 'P0000001', billNos: [billNo] }, bench.context());
  assert.deepEqual(quote.kind === 'ok' && [quote.value.totalFen, quote.value.fundFen, quote.value.personalAccountFen, quote.value.selfPayFen], [9_999, 5_999, 1_000, 3_000]);
});

test('a confirm with a value the HIS cannot hold is refused unsent, once the HIS shows that nothing is booked', async (context) => {
  const { subject, bench } = await openSubject(context);
  const { request } = await bench.newPayment();
  const result = await bench.confirm({ ...request, channelTradeNo: '42䶮' });
  assert.equal(result.kind === 'rejected' && result.code, 'HIS_VALUE_NOT_REPRESENTABLE');
  assert.equal(callsOf(subject, 'usp_hospay_confirm'), 0);

  const booked = await bench.book(request);
  const later = await bench.confirm({ ...request, channelTradeNo: '42䶮' });
  assert.deepEqual(later, { kind: 'ok', value: booked }, 'an earlier call has booked it: refunding now would pay back a booked bill');
});

test('no refusal is believed while a lost call may still be running; once it cannot be, it is', async (context) => {
  const { subject, bench } = await openSubject(context, { settings: { doubtAfterLossMs: 300 } });
  const { bill, request } = await bench.newPayment();
  await bench.failNext('confirm', 'dropBeforeExecution');
  assert.equal((await bench.confirm(request)).kind, 'unknown');
  await subject.control.payAtWindow(bill);
  const early = await bench.confirm(request);
  assert.match(early.kind === 'unknown' ? early.reason : JSON.stringify(early), /may still be running/);
  await pause(300);
  assert.equal((await bench.confirm(request)).kind, 'rejected');
});

test('a connection a firewall has forgotten is replaced before anything is sent on it', async (context) => {
  const { subject } = await openSubject(context);
  const proxy = await countingProxy(context, subject);
  const { findPatient } = await openSubject(context, { settings: { server: '127.0.0.1', port: proxy.port, validateAfterIdleMs: 0 } });
  assert.equal((await findPatient()).kind, 'ok');
  proxy.forgetOpenConnections();
  assert.equal((await findPatient()).kind, 'ok');
  assert.equal(proxy.opened(), 2);
});

test('a column without a name is read by its place', async (context) => {
  const { subject, bench } = await openSubject(context, {
    changeMapping: ({ dictionaries }) => {
      dictionaries['plain'] = { sql: "SELECT 'T', N'成功'", parameters: [], fields: { code: { column: '#1' }, name: { column: '#2' } }, codes: { from: { column: '#1' }, ok: ['T'], rejected: ['F'] } };
    },
  });
  assert.deepEqual(await subject.adapter.loadDictionary?.({ name: 'plain' }, bench.context()), { kind: 'ok', value: [{ code: 'T', name: '成功' }] });
});

test('SQL date types carry the hospital\'s wall clock both ways, whatever zone this machine is in', async (context) => {
  const zone = process.env['TZ'];
  // 02:30 on this day does not exist in New York.
  process.env['TZ'] = 'America/New_York';
  context.after(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });
  const { subject, bench } = await openSubject(context, {
    hisNow: () => new Date('2026-03-07T18:30:00Z'),
    changeMapping: ({ operations }) => {
      operations['ping'] = { sql: 'SELECT GETDATE() AS at', parameters: [], fields: { hisTime: { column: 'at', time: 'datetime' } } };
      operations['listDay'] = {
        sql: "SELECT 1 AS kind, CONVERT(char(8), @day, 112) AS trade_no, 'S' AS settlement_no, 1.00 AS amount, @day AS at WHERE @page = 1 AND @page_size = 9",
        parameters: [
          { name: 'day', type: 'datetime', from: 'day', time: 'datetime' }, { name: 'page', type: 'int', from: 'page' }, { name: 'page_size', type: 'int', from: 'pageSize' },
        ],
        fields: {
          kind: { column: 'kind', translate: { '1': 'payment' } }, tradeNo: { column: 'trade_no' }, settlementNo: { column: 'settlement_no' },
          amountFen: { column: 'amount', money: 'yuan' }, paidAt: { column: 'at', time: 'datetime' },
        },
      };
    },
  });
  assert.deepEqual(await subject.adapter.ping?.(bench.context()), { kind: 'ok', value: { hisTime: '2026-03-08T02:30:00+08:00' } });
  const lines = await subject.adapter.listDay?.({ day: '2026-03-08', page: 1, pageSize: 9 }, bench.context());
  assert.deepEqual(lines, { kind: 'ok', value: [{ kind: 'payment', tradeNo: '20260308', settlementNo: 'S', amountFen: 100, paidAt: '2026-03-08T00:00:00+08:00' }] });
});

test('amounts go to money and decimal parameters to the fen, and come back the same', async (context) => {
  for (const type of ['money', 'smallmoney', 'decimal(12,2)', 'numeric(19,4)']) {
    const { subject, bench } = await openSubject(context, {
      changeMapping: ({ operations }) => {
        operations['confirm'] = {
          sql: "SELECT 0 AS code, 'S1' AS settlement_no, @trade_no AS trade_no, @amount AS amount",
          parameters: [{ name: 'trade_no', type: 'varchar(32)', from: 'tradeNo' }, { name: 'amount', type, from: 'amountFen', money: 'yuan' }],
          codes: { from: { column: 'code' }, ok: ['0'] },
          fields: { settlementNo: { column: 'settlement_no' }, bookedTradeNo: { column: 'trade_no' }, amountFen: { column: 'amount', money: 'yuan' } },
        };
      },
    });
    for (const amountFen of [0, 1, 29, 57, 58, 113, 114, 1_005, 410_199, 9_999_957]) {
      const request = {
        tradeNo: 'CT00000001', patientId: 'P', quoteNo: 'Q', billNos: ['B'], amountFen, paidAt: new Date().toISOString(), channel: 'WX', channelTradeNo: '42', terminalId: 'K',
      };
      const result = await subject.adapter.confirm(request, bench.context());
      assert.deepEqual(result.kind === 'ok' ? result.value.amountFen : result, amountFen, type);
    }
  }
});

test('every connection carries the guard rails the DBA was promised', async (context) => {
  const { subject, bench } = await openSubject(context, {
    settings: { lockTimeoutMs: 1_234 },
    changeMapping: ({ dictionaries }) => {
      dictionaries['session'] = { sql: "SELECT CONVERT(varchar(10), @@LOCK_TIMEOUT) AS code, N'lock' AS name", parameters: [], fields: { code: { column: 'code' }, name: { column: 'name' } } };
    },
  });
  assert.deepEqual(await subject.adapter.loadDictionary?.({ name: 'session' }, bench.context()), { kind: 'ok', value: [{ code: '1234', name: 'lock' }] });
  const unmapped = await subject.adapter.loadDictionary?.({ name: 'doctors' }, bench.context());
  assert.equal(unmapped?.kind, 'rejected');
});

test('an answer with more rows than the mapping allows is unknown, and the connection is not used again', async (context) => {
  const { subject, bench } = await openSubject(context, { changeMapping: (mapping) => { Object.assign(mapping, { maxRows: 2 }); }, settings: { poolMax: 1 } });
  const departments = await subject.adapter.loadDictionary?.({ name: 'departments' }, bench.context());
  assert.match(departments?.kind === 'unknown' ? departments.reason : JSON.stringify(departments), /more than 2 rows/);
  assert.equal((await subject.adapter.ping?.(bench.context()))?.kind, 'ok');
});

const mappingFile = fileURLToPath(new URL('../../../config/hospitals/demo/sqlserver-mapping.json', import.meta.url));
const settings = { server: '127.0.0.1', database: 'his', user: defaultLogin.user, password: defaultLogin.password };

test('the plugin activates without a HIS in reach, and stops', async () => {
  assert.ok(Check(SettingsSchema, { ...settings, mappingFile }));
  const contributions = await sqlServerPlugin.activate(makeTestContext({ settings: { ...settings, port: 1, mappingFile } }));
  assert.deepEqual(Object.keys(contributions.hospitalAdapters ?? {}), ['sqlserver']);
  await contributions.stop?.();
});

test('the plugin refuses settings and mapping files that cannot work, by name', async () => {
  const activate = async (more: object) => sqlServerPlugin.activate(makeTestContext({ settings: { ...settings, ...more } }));
  await assert.rejects(activate({}), /exactly one of mapping and mappingFile/);
  await assert.rejects(activate({ mappingFile: '/nowhere/mapping.json' }), /settings\.mappingFile: cannot read/);
  await assert.rejects(activate({ mapping: { format: 'other' } }), /format: expected "hospay-sqlserver-mapping\/1"/);
  await assert.rejects(activate({ mappingFile, operations: { confrim: { timeoutMs: 1000 } } }), /settings\.operations\.confrim: expected one of confirm/);
  assert.equal(Check(SettingsSchema, { ...settings, mappingFile, passwort: 'x' }), false);
});

/** A TCP proxy in front of the HIS that counts how many connections are open at once. */
async function countingProxy(context: TestContext, { his }: SqlServerSubject): Promise<{ port: number; largest: () => number; opened: () => number; forgetOpenConnections: () => void }> {
  const sockets = new Set<Socket>();
  const pairs: { client: Socket; upstream: Socket }[] = [];
  let open = 0;
  let largest = 0;
  let opened = 0;
  const server = createServer((client) => {
    open += 1;
    opened += 1;
    largest = Math.max(largest, open);
    const upstream = connect(his.port, his.host);
    pairs.push({ client, upstream });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => { socket.destroy(); });
    }
    client.on('close', () => { open -= 1; upstream.destroy(); });
    upstream.on('close', () => { client.destroy(); });
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  context.after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => { server.close(resolve); });
  });
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return { port: address.port, largest: () => largest, opened: () => opened, forgetOpenConnections: () => { for (const { client, upstream } of pairs) { client.unpipe(upstream); client.resume(); } } };
}

test('a HIS that answers garbage after we have given up takes nothing down, and the next call is answered', async (context) => {
  const { subject, bench } = await openSubject(context, { settings: { poolMax: 1 } });
  subject.his.faults.add({ procedure: 'usp_hospay_departments', fault: { kind: 'garbage-bytes', onceGivenUp: true } });
  const departments = await subject.adapter.loadDictionary?.({ name: 'departments' }, bench.context(300));
  assert.equal(departments?.kind, 'unknown');
  await new Promise((wake) => { setTimeout(wake, 300); });
  assert.equal((await subject.adapter.ping?.(bench.context()))?.kind, 'ok');
});
