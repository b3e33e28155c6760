/** 商户管理控制台: a merchant sees its own money and nothing else, whatever it asks. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { NUMBER_SQL, PAGE_SQL } from '@hospay/server/edges/database/money-reader/merchant-reader.js';
import { consoleApiDocument } from '@hospay/server/edges/http/console-api/console-api.js';
import { createMerchantDesk } from '@hospay/server/merchants/merchant-desk.js';
import type { MerchantPorts } from '@hospay/server/merchants/ports.js';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import { codeOf, ConsoleClient, firstAdministrator, isRecord, listOf } from './console-client.js';
import { buildConsoleHouse, MERCHANTS, type ConsoleHouse } from './console-house.js';

const DAY = '2026-11-20';
const [MINE = { merchantNo: '' }, EAST = { merchantNo: '' }] = MERCHANTS;
const PASSWORD = 'Correct-Horse-8';
let house: ConsoleHouse;
let administrator: ConsoleClient;
let merchant: ConsoleClient;
let east: ConsoleClient;
let own: OrderView;
let others: OrderView;

async function signIn(login: string, password = PASSWORD): Promise<ConsoleClient> {
  const client = new ConsoleClient(house.origin);
  assert.equal((await client.call('POST', '/session', { login, password })).status, 200);
  return client;
}
async function merchantUser(login: string, merchantNo: string): Promise<ConsoleClient> {
  const added = await administrator.call('POST', '/users', { login, displayName: login, roles: ['merchant'], merchantNo, password: 'Given-By-Boss-1' });
  assert.equal(added.status, 200, JSON.stringify(added.body));
  const client = await signIn(login, 'Given-By-Boss-1');
  assert.equal((await client.call('POST', '/password', { current: 'Given-By-Boss-1', next: PASSWORD })).status, 200);
  return client;
}
const paymentNoOf = ({ payments }: OrderView): string => payments[0]?.paymentNo ?? '';

before(async () => {
  house = await buildConsoleHouse();
  administrator = await firstAdministrator(house);
  merchant = await merchantUser('main.shop', MINE.merchantNo);
  east = await merchantUser('east.shop', EAST.merchantNo);
  own = await house.payAndConfirm('Q1');
  others = await house.payAtEast('Q2', { patientLabel: '王*明' });
  house.hospital.confirmAnswers = [{ kind: 'mismatch', code: '300304', message: '金额不符' }];
  await house.refundArrives(await house.payAndConfirm('Q3'));
  await house.pay('Q4');
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

test('the role comes alone and with one merchant of the hospital, and whoever leaves it is bound to none', async () => {
  const add = async (values: object) => codeOf(await administrator.call('POST', '/users', { login: 'shop.x', displayName: '商户', password: 'Given-By-Boss-1', ...values }));
  assert.equal(await add({ roles: ['merchant'] }), 'MALFORMED_REQUEST', 'without a merchant');
  assert.equal(await add({ roles: ['merchant'], merchantNo: 'unheard-of' }), 'MALFORMED_REQUEST');
  for (const beside of ['administrator', 'finance', 'auditor', 'cashier', 'doctor']) assert.equal(await add({ roles: ['merchant', beside], merchantNo: MINE.merchantNo }), 'MALFORMED_REQUEST', beside);
  assert.equal(await add({ roles: ['finance'], merchantNo: MINE.merchantNo }), 'MALFORMED_REQUEST', 'finance sees everything or has another login');
  assert.equal(await add({ roles: ['merchant'], merchantNo: MINE.merchantNo }), undefined);
  const change = (values: object) => administrator.call('PATCH', '/users/shop.x', values);
  assert.equal(codeOf(await change({ roles: ['merchant', 'finance'] })), 'MALFORMED_REQUEST');
  const moved = await change({ merchantNo: EAST.merchantNo });
  assert.ok(isRecord(moved.body['user']) && moved.body['user']['merchantNo'] === EAST.merchantNo);
  const left = await change({ roles: ['auditor'] });
  assert.ok(isRecord(left.body['user']) && left.body['user']['merchantNo'] === undefined);
  assert.equal(codeOf(await change({ roles: ['merchant'] })), 'MALFORMED_REQUEST', 'the merchant he had is not his any more');
  assert.ok(listOf(await administrator.get('/audit'), 'rows').some((row) => row['what'] === 'user.change' && JSON.stringify(row['after']).includes(EAST.merchantNo)));
});

/** What everybody has of his own: his session, password and second factor, the views he keeps, what he hears of, his long work. */
const OWN = ['/session', '/password', '/errors', '/session/second-factor', '/second-factor', '/second-factor/confirmation', '/second-factor/recovery-codes', '/passkeys', '/passkeys/ceremonies', '/passkeys/1', '/sessions', '/sessions/1', '/saved-views', '/saved-views/1', '/saved-views/1/share', '/events', '/work', '/work/1'];

test('every other route of the console answers a merchant NOT_PERMITTED, and nobody else may ask his', async () => {
  const { paths } = consoleApiDocument() as { paths: Record<string, Record<string, { security?: unknown; tags?: string[] }>> };
  let refused = 0;
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { tags = [] }] of Object.entries(methods)) {
      const target = path.replace('/console-api/v1', '').replaceAll(/\{\w+\}/g, '1');
      if (!tags.includes('console') || OWN.includes(target)) continue;
      const isOwn = target === '/merchant' || target.startsWith('/merchant/');
      const client = isOwn ? administrator : merchant;
      const code = codeOf(await client.call(method.toUpperCase(), target));
      assert.equal(code, 'NOT_PERMITTED', `${method} ${target}`);
      refused += 1;
    }
  }
  assert.ok(refused > 150, String(refused));
  assert.deepEqual((await merchant.get('/session')).body['rights'], ['merchant']);
});

test('a row of users that says more than the role is believed for the merchant alone, and without a merchant for nothing', async () => {
  const plain = await merchantUser('odd.shop', MINE.merchantNo);
  const user = await house.platform.users.findByLogin('odd.shop');
  await house.platform.users.change(user?.id ?? '', { roles: ['merchant', 'administrator'] }, house.now());
  assert.deepEqual((await plain.get('/session')).body['rights'], ['merchant']);
  assert.equal(codeOf(await plain.get('/users')), 'NOT_PERMITTED');
  await house.platform.users.change(user?.id ?? '', { roles: ['merchant'], merchantNo: null }, house.now());
  assert.deepEqual((await plain.get('/session')).body['rights'], []);
  assert.equal(codeOf(await plain.get('/merchant/payments')), 'NOT_PERMITTED');
});

test('a merchant sees the payments charged for it, newest first, with the patient masked; no filter and no field leads to another’s', async () => {
  const page = await merchant.get('/merchant/payments');
  assert.deepEqual(listOf(page, 'payments').map(({ state, amountFen, refundedFen, patientLabel }) => [state, amountFen, refundedFen, patientLabel]), [
    ['paying', 10_000, 0, '张*三'], ['succeeded', 10_000, 10_000, '张*三'], ['succeeded', 10_000, 0, '张*三'],
  ]);
  assert.deepEqual(listOf(await east.get('/merchant/payments'), 'payments').map(({ tradeNo }) => tradeNo), [others.tradeNo]);
  const number = async (client: ConsoleClient, wanted: string) => listOf(await client.get(`/merchant/payments?number=${encodeURIComponent(wanted)}`), 'payments').map(({ tradeNo }) => tradeNo);
  const channelNo = listOf(await merchant.get(`/merchant/payments?number=${own.tradeNo}`), 'payments')[0]?.['channelTradeNo'];
  const refunded = listOf(page, 'payments').find(({ refundedFen }) => refundedFen === 10_000);
  for (const wanted of [own.tradeNo, paymentNoOf(own), String(channelNo)]) {
    assert.deepEqual(await number(merchant, wanted), [own.tradeNo], wanted);
    assert.deepEqual(await number(east, wanted), [], wanted);
  }
  assert.deepEqual(await number(merchant, `${String(refunded?.['tradeNo'])}R01`), [refunded?.['tradeNo']], 'by the refund');
  assert.deepEqual(await number(merchant, `' OR 1=1 --`), []);
  assert.equal(listOf(await merchant.get(`/merchant/payments?state=succeeded&fromDay=${DAY}&toDay=${DAY}`), 'payments').length, 2);
  assert.equal(listOf(await merchant.get('/merchant/payments?fromDay=2026-11-21'), 'payments').length, 0);
  assert.equal(listOf(await merchant.get('/merchant/payments?toDay=2026-11-19'), 'payments').length, 0);
  for (const smuggled of [`merchantNo=${EAST.merchantNo}`, `merchant=${EAST.merchantNo}`, 'patientId=P1', 'channel=alipay-east']) assert.equal(codeOf(await merchant.get(`/merchant/payments?${smuggled}`)), 'MALFORMED_REQUEST', smuggled);
});

test('pages follow their marks without a gap; another merchant’s mark leads through one’s own payments only, and a made-up one is refused', async () => {
  const first = await merchant.get('/merchant/payments?limit=2');
  const second = await merchant.get(`/merchant/payments?limit=2&after=${encodeURIComponent(String(first.body['next']))}`);
  assert.deepEqual([listOf(first, 'payments').length, listOf(second, 'payments').length, second.body['next']], [2, 1, undefined]);
  assert.equal(listOf(second, 'payments')[0]?.['tradeNo'], own.tradeNo);
  const stolen = await east.get(`/merchant/payments?after=${encodeURIComponent(String(first.body['next']))}`);
  assert.deepEqual(listOf(stolen, 'payments').map(({ tradeNo }) => tradeNo), [others.tradeNo]);
  for (const mark of ['x', '9999/x', `${DAY}T00:00:00.000Z/' OR 1=1`]) assert.equal(codeOf(await merchant.get(`/merchant/payments?after=${encodeURIComponent(mark)}`)), 'MALFORMED_REQUEST', mark);
  const rare = await merchant.get('/merchant/payments?state=succeeded&limit=1');
  const rest = await merchant.get(`/merchant/payments?state=succeeded&limit=1&after=${encodeURIComponent(String(rare.body['next']))}`);
  assert.deepEqual([rare, rest].flatMap((page) => listOf(page, 'payments').map(({ state }) => state)), ['succeeded', 'succeeded'], 'a filter of states pages too');
});

test('an order shows what of it is the merchant’s: no ledger, no message of a channel, no person of the hospital; another’s order does not exist', async () => {
  const { body } = await merchant.get(`/merchant/orders/${own.tradeNo}`);
  assert.deepEqual(Object.keys(body).toSorted(), ['confirmation', 'createdAt', 'description', 'patientLabel', 'payments', 'refunds', 'timeline', 'tradeNo']);
  const text = JSON.stringify(body);
  for (const hidden of ['patientId', 'journal', 'entries', 'requestedBy', 'lastNews', 'body', 'hospitalId', 'billNos', 'kiosk-1', '1121']) assert.ok(!text.includes(hidden), hidden);
  const strange = await east.get(`/merchant/orders/${own.tradeNo}`);
  const absent = await east.get('/merchant/orders/H00000000');
  assert.deepEqual([codeOf(strange), codeOf(absent), strange.status, absent.status], ['ORDER_NOT_FOUND', 'ORDER_NOT_FOUND', 404, 404], 'told the same');
});

test('of an order paid at two merchants each sees its own payment, refund and time line', async () => {
  const both = await house.payAndConfirm('Q5');
  const second = `${both.tradeNo}P02`;
  const { database } = house.store;
  const columns = database.prepare("SELECT group_concat(name) AS names FROM pragma_table_info('payment') WHERE name NOT IN ('payment_no', 'leg', 'channel', 'merchant_no', 'amount_fen', 'channel_trade_no')").get()?.['names'];
  database.exec(`INSERT INTO payment (payment_no, leg, channel, merchant_no, amount_fen, channel_trade_no, ${String(columns)}) SELECT '${second}', 2, 'alipay-east', '${EAST.merchantNo}', 777, 'A-777', ${String(columns)} FROM payment WHERE payment_no = '${paymentNoOf(both)}'`);
  database.exec(`INSERT INTO state_event (trade_no, axis, subject, from_state, to_state, trigger, cause_kind, cause_id, order_version, at) VALUES ('${both.tradeNo}', 'payment', '${second}', 'paying', 'succeeded', 'query', 'query', 'q', 99, '2026-11-20T02:00:00.000Z')`);
  for (const [client, mine, theirs] of [[merchant, paymentNoOf(both), second], [east, second, paymentNoOf(both)]] as const) {
    const { body } = await client.get(`/merchant/orders/${both.tradeNo}`);
    const text = JSON.stringify(body);
    assert.ok(text.includes(mine) && !text.includes(theirs), text);
  }
  assert.deepEqual(listOf(await east.get(`/merchant/payments?number=${both.tradeNo}`), 'payments').map(({ paymentNo, amountFen }) => [paymentNo, amountFen]), [[second, 777]]);
  database.exec(`PRAGMA foreign_keys = OFF; DELETE FROM payment WHERE payment_no = '${second}'`);
});

test('sums by day and month are what the ledger has on the merchant’s accounts, to the fen', async () => {
  await house.reportPorts.reader.rebuild({});
  for (const [client, { merchantNo }] of [[merchant, MINE], [east, EAST]] as const) {
    const ledger = house.store.database.prepare(
      `SELECT coalesce(sum(CASE WHEN e.side = 'debit' THEN e.amount_fen END), 0) AS paid, coalesce(sum(CASE WHEN e.side = 'credit' THEN e.amount_fen END), 0) AS refunded FROM entry e JOIN account a ON a.id = e.account_id JOIN journal j ON j.seq = e.journal_seq
        WHERE a.name LIKE '1121/%/' || ? AND e.phase = 'final' AND e.clear_key = ? AND j.step = 'succeeded'`,
    ).get(merchantNo, DAY);
    for (const by of ['day', 'month']) {
      const { body } = await client.get(`/merchant/figures?by=${by}&from=${DAY}&to=${DAY}`);
      assert.ok(isRecord(body['totals']));
      assert.deepEqual([body['totals']['paidFen'], body['totals']['refundedFen']], [ledger?.['paid'], ledger?.['refunded']], `${merchantNo} ${by}`);
      assert.ok(Number(ledger?.['paid']) > 0);
    }
  }
  assert.deepEqual(listOf(await merchant.get(`/merchant/figures?by=month&from=2026-11-01&to=2026-11-30`), 'rows'), [{ period: '2026-11', channel: 'scripted', method: 'nativeQr', paidCount: 3, paidFen: 30_000, refundedCount: 1, refundedFen: 10_000 }]);
  for (const wrong of ['from=2026-02-30&to=2026-03-01', `from=${DAY}&to=2026-11-19`, 'from=2026-01-01&to=2026-11-20']) assert.equal(codeOf(await merchant.get(`/merchant/figures?by=day&${wrong}`)), 'MALFORMED_REQUEST', wrong);
});

test('an export holds the merchant’s rows alone; it is for one person and one merchant, and a report of the hospital is never read through it', async () => {
  const started = await merchant.call('POST', '/merchant/exports', { from: DAY, to: DAY, format: 'csv' });
  assert.ok(isRecord(started.body['export']), JSON.stringify(started.body));
  const id = String(started.body['export']['id']);
  for (let tries = 0; tries < 100 && listOf(await merchant.get('/merchant/exports'), 'exports')[0]?.['state'] !== 'done'; tries += 1) await new Promise((go) => { setTimeout(go, 20); });
  const file = await merchant.fetchBytes(`/merchant/exports/${id}/file`);
  const text = file.bytes.toString('utf8');
  assert.equal(file.status, 200);
  assert.ok(text.includes(paymentNoOf(own)) && text.includes('张*三') && !text.includes(others.tradeNo), text);
  assert.match(text, /合计.*,200\.00,/, '300 taken, 100 given back');
  assert.deepEqual([codeOf(await east.get(`/merchant/exports/${id}/file`)), codeOf(await east.call('DELETE', `/merchant/exports/${id}`)), listOf(await east.get('/merchant/exports'), 'exports').length], ['NO_SUCH_ITEM', 'NO_SUCH_ITEM', 0]);
  assert.equal(codeOf(await merchant.call('POST', '/merchant/exports', { from: DAY, to: DAY, format: 'csv', report: 'channel-transactions' })), 'MALFORMED_REQUEST');
  assert.ok(!JSON.stringify((await administrator.get('/reports')).body).includes('merchant-transactions'));
  assert.equal(codeOf(await administrator.get(`/reports/merchant-transactions/rows?from=${DAY}&to=${DAY}`)), 'NO_SUCH_ITEM', 'without a merchant it would be everybody’s');
  const smuggled = await house.reports.read({ report: 'channel-transactions', from: DAY, to: DAY, limit: 10, merchantNo: MINE.merchantNo });
  assert.equal(smuggled.kind === 'refused' && smuggled.code, 'NO_SUCH_ITEM', 'a report that knows no merchant is not read for one');
  await administrator.call('PATCH', '/users/main.shop', { merchantNo: EAST.merchantNo });
  assert.deepEqual([codeOf(await merchant.get(`/merchant/exports/${id}/file`)), listOf(await merchant.get('/merchant/exports'), 'exports').length], ['NO_SUCH_ITEM', 0], 'bound to another merchant, the file of the old one is not his any more');
  assert.deepEqual(listOf(await merchant.get('/merchant/payments'), 'payments').map(({ tradeNo }) => tradeNo), [others.tradeNo], 'from the next request on');
  await administrator.call('PATCH', '/users/main.shop', { merchantNo: MINE.merchantNo });
});

test('statement files of a merchant hold its payments and refunds, add up to the hospital’s own, and are found by nobody else; who took one stands in the audit log', async () => {
  house.later(24 * 3_600);
  administrator = await signIn('li.admin', 'Correct-Horse-7');
  [merchant, east] = [await signIn('main.shop'), await signIn('east.shop')];
  await house.statementFiles.desk.makeDue();
  const range = `from=${DAY}&to=${DAY}`;
  const all = listOf(await administrator.get(`/statement-files?${range}`), 'files');
  const sum = (files: Record<string, unknown>[], field: string) => files.reduce((total, file) => total + Number(file[field]), 0);
  for (const field of ['payments', 'paymentFen', 'refunds', 'refundFen']) assert.equal(sum(all.filter(({ scope }) => scope === 'merchant'), field), sum(all.filter(({ scope }) => scope === 'hospital'), field), field);
  const files = listOf(await merchant.get(`/merchant/statement-files?${range}`), 'files');
  assert.deepEqual(files.map(({ fileName, paymentFen, refundFen }) => [fileName, paymentFen, refundFen]), [[`hospay-merchant-${MINE.merchantNo}-${DAY}-v1.csv`, 30_000, 10_000]]);
  const file = await merchant.fetchBytes(`/merchant/statement-files/${DAY}/file`);
  const text = file.bytes.toString('utf8');
  assert.ok(text.startsWith(`hospay-statement,1\r\nhead,demo,merchant,${MINE.merchantNo},${DAY},1,`) && text.includes(paymentNoOf(own)) && !text.includes(others.tradeNo), text);
  assert.match(text, /total,payment,3,300\.00\r\ntotal,refund,1,100\.00/);
  const theirs = (await east.fetchBytes(`/merchant/statement-files/${DAY}/file`)).bytes.toString('utf8');
  assert.ok(theirs.includes(others.tradeNo) && !theirs.includes(own.tradeNo));
  assert.equal(codeOf(await merchant.get('/merchant/statement-files/2026-11-21/file')), 'STATEMENT_NOT_READY');
  assert.equal(codeOf(await merchant.get(`/merchant/statement-files/${DAY}/file?version=2`)), 'NO_SUCH_ITEM');
  assert.ok(listOf(await administrator.get('/audit'), 'rows').some(({ who, what, object }) => who === 'main.shop' && what === 'statementFile.download' && object === `hospay-merchant-${MINE.merchantNo}-${DAY}-v1.csv`));
});

test('arrivals and batches show the merchant its own lines; a channel that came from another merchant brings no older day along', async () => {
  const line = (source: string, day: string) => ({ source, day, account: 'icbc-main', campus: 'main', grossFen: 100, refundFen: 10, feeFen: 1, payments: 1, refunds: 1 });
  const sums = [['2026-11-18', 'w', 'B'], ['2026-11-19', 'w', 'A'], ['2026-11-19', 'x', 'B'], ['2026-11-20', 'w', 'A'], ['2026-11-20', 'w', 'B']] as const;
  const none = { paidCount: 1, paidFen: 1, refundedCount: 0, refundedFen: 0, bookedCount: 0, bookedFen: 0, reversedCount: 0, reversedFen: 0, fundFen: 0, accountFen: 0 };
  const expected = (source: string, day: string) => ({ source, key: day, day, amountFen: 89, account: 'icbc-main', dueOn: '2026-11-23', state: 'waiting' as const });
  const arrival = (arrivalNo: string, source: string, days: readonly string[]) => ({ arrivalNo, kind: 'assigned' as const, source, account: 'icbc-main', by: 'li.finance', reason: '电话确认', at: '2026-11-20T01:00:00.000Z', lines: [], days: days.map((key) => ({ key, amountFen: 89 })), arrivedFen: 89, expectedFen: 89 });
  const ports: Pick<MerchantPorts, 'arrivals' | 'settlements' | 'sums' | 'sources' | 'channelsOf' | 'campusName'> = {
    campusName: (id) => (id === 'main' ? '总院' : id),
    channelsOf: (merchantNo) => (merchantNo === 'A' ? ['w'] : ['x']), sources: () => [{ source: 'w', channels: ['w'] }, { source: 'x', channels: ['x'] }, { source: 'deposits', channels: ['cash'] }],
    sums: { state: () => Promise.resolve({ seq: 0, behind: 0 }), sums: () => Promise.resolve(sums.map(([day, channel, merchantNo]) => ({ ...none, of: { day, channel, merchantNo } }))) },
    arrivals: { listArrivals: () => Promise.resolve({ expected: [expected('w', '2026-11-18'), expected('w', '2026-11-19'), expected('x', '2026-11-19'), expected('w', '2026-11-20')], lines: [], arrivals: [arrival('1', 'w', ['2026-11-19']), arrival('2', 'w', ['2026-11-18', '2026-11-19']), arrival('3', 'x', ['2026-11-19']), arrival('4', 'w', [])] }) },
    settlements: { listBatches: () => Promise.resolve([{ batchNo: 'JS00000001', state: 'approved' as const, hash: 'f'.repeat(64), proposedBy: 'zhang', proposedAt: '2026-11-20T01:00:00.000Z', expiresAt: '2026-11-23T01:00:00.000Z', decidedBy: 'li', decidedAt: '2026-11-20T02:00:00.000Z', lines: [line('w', '2026-11-18'), line('w', '2026-11-19'), line('x', '2026-11-19')], moves: [{ fromAccount: 'icbc-main', toAccount: 'ccb-east', amountFen: 178 }] }, { batchNo: 'JS00000002', state: 'proposed' as const, hash: 'f'.repeat(64), proposedBy: 'zhang', proposedAt: '', expiresAt: '', decidedBy: undefined, decidedAt: undefined, lines: [line('x', '2026-11-19')], moves: [] }]) },
  };
  const desk = createMerchantDesk({ ...ports, merchants: [], money: house.money.merchants, reports: house.reports, statements: house.statementFiles.desk, audit: house.audit });
  const mine = await desk.readSettlement({ merchantNo: 'A' });
  assert.deepEqual(mine, {
    expected: [{ channel: 'w', day: '2026-11-19', amountFen: 89, dueOn: '2026-11-23', state: 'waiting' }],
    arrivals: [{ arrivalNo: '1', at: '2026-11-20T01:00:00.000Z', kind: 'assigned', channel: 'w', days: ['2026-11-19'], expectedFen: 89, arrivedFen: 89 }],
    batches: [{ batchNo: 'JS00000001', state: 'approved', proposedAt: '2026-11-20T01:00:00.000Z', decidedAt: '2026-11-20T02:00:00.000Z', lines: [{ channel: 'w', day: '2026-11-19', campus: '总院', grossFen: 100, refundFen: 10, feeFen: 1, netFen: 89 }] }],
  });
  assert.deepEqual((await desk.readSettlement({ merchantNo: 'B' })).batches.map(({ batchNo, lines }) => [batchNo, lines.length]), [['JS00000001', 1], ['JS00000002', 1]]);
  const empty = await merchant.get('/merchant/settlement');
  assert.deepEqual(empty.status, 200);
});

test('a page and a number are read by an index, whatever a merchant took', () => {
  const plan = (sql: string) => house.store.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map((row) => String(row['detail']));
  const paged = plan(PAGE_SQL.replaceAll(/\$\d/g, '?'));
  assert.deepEqual(paged, ['SEARCH payment USING INDEX payment_by_merchant (merchant_no=? AND submitted_at>? AND submitted_at<?)']);
  for (const step of plan(NUMBER_SQL.replaceAll(/\$\d/g, '?'))) assert.doesNotMatch(step, /SCAN (payment|refund|orders|p)\b/, step);
});
