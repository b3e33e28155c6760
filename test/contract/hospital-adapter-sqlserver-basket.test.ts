/** A HIS whose settlement is a session: one connection, one terminal number, and one step that books. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { createSqlServerAdapter, readMapping } from '@hospay/hospital-adapter-sqlserver';
import { HospitalBench } from '@hospay/plugin-sdk/testkit';
import { BASKET_IDENTITIES, makeShapeSubject, type ShapeOptions } from './hospital-adapter-sqlserver-shapes-subject.js';

async function openBasket(context: TestContext, options: ShapeOptions = {}) {
  const subject = await makeShapeSubject('basket', options);
  context.after(() => subject.stop?.());
  const basketCalls = () => subject.his.calls.filter(({ procedure }) => procedure.startsWith('usp_sf_'));
  return { subject, bench: new HospitalBench(subject), his: subject.his, basketCalls };
}

const reasonOf = (result: { readonly kind: string; readonly reason?: string }): string => (result.kind === 'unknown' ? (result.reason ?? '') : JSON.stringify(result));

test('every call of a settlement goes over one connection, under one terminal number, one bill a call', async (context) => {
  const { subject, bench, his, basketCalls } = await openBasket(context);
  const bills = await Promise.all([bench.control.makeBill(), bench.control.makeBill()]);
  const quote = await subject.adapter.presettle({ patientId: 'P0000002', billNos: bills.map(({ billNo }) => billNo) }, bench.context());
  assert.ok(quote.kind === 'ok');
  const before = basketCalls().length;
  const first = bills[0] ?? assert.fail();
  const request = { ...bench.paymentFor(first, quote.value), billNos: bills.map(({ billNo }) => billNo) };
  assert.equal((await bench.confirm(request)).kind, 'ok');
  const calls = basketCalls().slice(before);
  assert.deepEqual(calls.map(({ procedure }) => procedure), ['usp_sf_open', 'usp_sf_add', 'usp_sf_add', 'usp_sf_submit/1', 'usp_sf_submit/2']);
  assert.deepEqual(calls.flatMap(({ values }) => values.get('@hjxh') ?? []), bills.map(({ billNo }) => billNo));
  assert.equal(new Set(calls.map(({ session }) => session)).size, 1);
  assert.equal(new Set(calls.map(({ values }) => `${values.get('@wkdz')}/${values.get('@czyh')}`)).size, 1);
  assert.equal(his.hospital.findSettlement(request.tradeNo)?.amountFen, quote.value.selfPayFen);
});

test('two settlements at once never share a terminal number, and the third waits for one', async (context) => {
  const { subject, bench, his, basketCalls } = await openBasket(context, { settings: { basketIdentities: BASKET_IDENTITIES.slice(0, 2), poolMax: 8, operations: { presettle: { concurrency: 4 } } } });
  const bills = await Promise.all(Array.from({ length: 4 }, () => bench.control.makeBill()));
  his.faults.add({ procedure: 'usp_sf_add', fault: { kind: 'delay-before', delayMs: 40 }, times: 4 });
  const quotes = await Promise.all(bills.map((bill) => bench.presettle(bill)));
  assert.deepEqual(quotes.map((quote) => (quote.kind === 'ok' ? quote.value.totalFen : quote)), bills.map(({ amountFen }) => amountFen), 'each basket held its own bill');
  // Between the opening and the settling of one basket nobody else opens one under its number.
  const open = new Map<string, number>();
  for (const { procedure, values, session } of basketCalls()) {
    const key = values.get('@wkdz') ?? '';
    if (procedure === 'usp_sf_open') {
      assert.equal(open.has(key), false, `${key} was opened twice`);
      open.set(key, session ?? 0);
    } else assert.equal(open.get(key), session, `${key} was filled from another session`);
    if (procedure === 'usp_sf_submit/0') open.delete(key);
  }
  assert.ok(subject.adapter);
});

test('without a free terminal number nothing is sent', async (context) => {
  const { bench, his, basketCalls } = await openBasket(context, { settings: { basketIdentities: BASKET_IDENTITIES.slice(0, 1), operations: { presettle: { timeoutMs: 200 } } } });
  const [slow, waiting] = await Promise.all([bench.control.makeBill(), bench.control.makeBill()]);
  his.faults.add({ procedure: 'usp_sf_add', fault: { kind: 'delay-before', delayMs: 2_000 } });
  const [, result] = await Promise.all([bench.presettle(slow), bench.adapter.presettle({ patientId: waiting.patientId, billNos: [waiting.billNo] }, bench.context(150))]);
  assert.equal(result.kind, 'unknown');
  assert.equal(basketCalls().filter(({ procedure }) => procedure === 'usp_sf_open').length, 1);
});

test('F before the booking step is a definite refusal: nothing was booked', async (context) => {
  const { bench, his, basketCalls } = await openBasket(context);
  const { request } = await bench.newPayment();
  const before = basketCalls().length;
  const refused = await bench.confirm({ ...request, quoteNo: 'Q999' });
  assert.deepEqual(refused, { kind: 'rejected', code: 'F', message: '预算收据号不存在或与划价单不符' });
  assert.deepEqual(basketCalls().slice(before).map(({ procedure }) => procedure), ['usp_sf_open', 'usp_sf_add', 'usp_sf_submit/1'], 'the booking step was never sent');
  assert.equal(his.hospital.findSettlement(request.tradeNo), undefined);
});

test('F with words nobody listed is unknown, before the booking step and at it', async (context) => {
  const { bench, his } = await openBasket(context);
  const { request } = await bench.newPayment();
  await his.hospital.update("ALTER PROCEDURE dbo.usp_sf_open @wkdz varchar(20), @czyh varchar(10) AS SELECT 'F', N'系统正忙'");
  assert.match(reasonOf(await bench.confirm(request)), /return code F, 系统正忙/);
});

test('a loss before the booking step leaves nothing running: the next refusal is believed at once', async (context) => {
  const { bench, his, basketCalls } = await openBasket(context);
  const { bill, request } = await bench.newPayment();
  his.faults.add({ procedure: 'usp_sf_add', fault: { kind: 'commit-then-drop' } });
  assert.match(reasonOf(await bench.confirm(request)), /^operations\.confirm\.sequence\[1\]: .*nothing was booked by this call/);
  assert.equal(basketCalls().some(({ procedure }) => procedure === 'usp_sf_submit/2'), false);
  await bench.control.payAtWindow(bill);
  assert.equal((await bench.confirm(request)).kind, 'rejected');
});

test('a loss at the booking step is unknown, and no refusal is believed while the HIS may still be at it', async (context) => {
  const { bench, his } = await openBasket(context);
  const { bill, request } = await bench.newPayment();
  his.faults.add({ procedure: 'usp_sf_submit/2', fault: { kind: 'drop-before-execute' } });
  assert.equal((await bench.confirm(request)).kind, 'unknown');
  await bench.control.payAtWindow(bill);
  assert.match(reasonOf(await bench.confirm(request)), /may still be running/);
});

test('a terminal number whose settlement was lost rests; one that was answered is lent again at once', async (context) => {
  const { bench, his, basketCalls } = await openBasket(context, { settings: { basketIdentities: BASKET_IDENTITIES.slice(0, 2), doubtAfterLossMs: 400 } });
  const { request } = await bench.newPayment();
  his.faults.add({ procedure: 'usp_sf_submit/2', fault: { kind: 'commit-then-drop' } });
  await bench.confirm(request);
  const lost = basketCalls().at(-1)?.values.get('@wkdz');
  const since = basketCalls().length;
  for (let count = 0; count < 3; count += 1) await bench.presettle(await bench.control.makeBill());
  assert.equal(basketCalls().slice(since).some(({ values }) => values.get('@wkdz') === lost), false);
  await pause(450);
  for (let count = 0; count < 2; count += 1) await bench.presettle(await bench.control.makeBill());
  assert.equal(basketCalls().slice(since).some(({ values }) => values.get('@wkdz') === lost), true);
});

test('what goes wrong behind the booking step does not unbook it: unknown, and found by the query', async (context) => {
  const { bench, his } = await openBasket(context, {
    changeMapping: ({ operations }) => {
      const confirm = operations['confirm'];
      assert.ok(confirm && Array.isArray(confirm['sequence']));
      confirm['sequence'].push({ procedure: 'dbo.usp_sf_print', parameters: [{ name: 'ddh', type: 'varchar(32)', from: 'tradeNo' }] });
    },
  });
  await his.hospital.update("CREATE PROCEDURE dbo.usp_sf_print @ddh varchar(32) AS SELECT 'F', N'打印机不存在'");
  const { request } = await bench.newPayment();
  assert.match(reasonOf(await bench.confirm(request)), /^booked, and then operations\.confirm\.sequence\[4\] said F 打印机不存在/);
  assert.equal((await bench.query(request.tradeNo)).kind, 'ok');
});

test('a step that no longer gives what the next one needs makes the settlement unknown, and nothing is booked', async (context) => {
  const { bench, basketCalls } = await openBasket(context, {
    changeMapping: ({ operations }) => {
      const confirm = operations['confirm'];
      assert.ok(confirm && Array.isArray(confirm['sequence']));
      Object.assign(confirm['sequence'][2], { keep: { receipt: { column: 'sjh2' } } });
    },
  });
  const { request } = await bench.newPayment();
  assert.match(reasonOf(await bench.confirm(request)), /^operations\.confirm\.sequence\[2\]: garbled answer: it gives no receipt; nothing was booked by this call/);
  assert.equal(basketCalls().some(({ procedure }) => procedure === 'usp_sf_submit/2'), false);
});

test('a settlement that leaves its transaction open has booked nothing', async (context) => {
  const { bench } = await openBasket(context, {
    changeMapping: ({ operations }) => {
      const confirm = operations['confirm'];
      assert.ok(confirm && Array.isArray(confirm['sequence']));
      confirm['sequence'].unshift({ sql: "BEGIN TRANSACTION SELECT 'T' AS jg", parameters: [] });
    },
  });
  const { request } = await bench.newPayment();
  assert.match(reasonOf(await bench.confirm(request)), /left its transaction open/);
  assert.deepEqual(await bench.query(request.tradeNo), { kind: 'absent' });
});

test('"already settled" is success only for our trade number and our amount', async (context) => {
  const { bench, his } = await openBasket(context);
  const first = await bench.newPayment();
  const booked = await bench.book(first.request);
  assert.deepEqual(await bench.confirm(first.request), { kind: 'ok', value: booked }, 'the basket refuses the settled bill, and the query finds it ours');
  await his.hospital.alterSettlement(first.request.tradeNo, 100);
  assert.match(reasonOf(await bench.confirm(first.request)), /another amount/);
  const second = await bench.newPayment();
  await bench.control.payAtWindow(second.bill);
  assert.equal((await bench.confirm(second.request)).kind, 'rejected');
});

test('a basket left behind goes with its connection', async (context) => {
  const { bench, his } = await openBasket(context);
  const bill = await bench.control.makeBill();
  his.faults.add({ procedure: 'usp_sf_submit/0', fault: { kind: 'server-error', number: 8134 } });
  assert.equal((await bench.presettle(bill)).kind, 'unknown');
  await pause(50);
  assert.deepEqual(his.temporaryTables(), []);
});

test('a sequence that does not say which step books, or whose basket nobody names, is refused', async () => {
  const step = { procedure: 'p', parameters: [{ name: 'wkdz', type: 'varchar(20)', from: 'basketTerminal' }] };
  const codes = { from: { column: '#1' }, ok: ['T'] };
  const complaintsOf = (operations: object): string => {
    try {
      readMapping({ format: 'hospay-sqlserver-mapping/1', hospital: 'x', codePage: 'cp936', operations });
    } catch (error) {
      return String(error);
    }
    return '';
  };
  assert.match(complaintsOf({ confirm: { sequence: [step], codes, fields: {} } }), /operations\.confirm\.sequence: expected exactly one step that commits, got 0/);
  assert.match(complaintsOf({ presettle: { sequence: [{ ...step, commits: true }], codes, fields: {} } }), /operations\.presettle\.sequence: this operation books nothing/);
  assert.match(complaintsOf({ presettle: { sequence: [{ ...step, forEach: 'patientId' }], codes, fields: {} } }), /sequence\[0\]\.forEach: expected a list/);
  assert.match(complaintsOf({ presettle: { sequence: [step], fields: {} } }), /sequence\[0\]\.codes: missing/);
  assert.match(complaintsOf({ presettle: { sequence: [{ procedure: 'p', parameters: [{ name: 'x', type: 'int', from: 'each' }] }], codes, fields: {} } }), /parameters\[0\]\.from: expected one of/);
  const mapping = readMapping(JSON.parse(await readFile(new URL('../../../config/hospitals/basket/sqlserver-mapping.json', import.meta.url), 'utf8')));
  const silent = (): void => undefined;
  assert.throws(() => createSqlServerAdapter({ settings: { server: 'x', database: 'x', user: 'x', password: 'x' }, mapping, now: () => new Date(), log: { info: silent, warn: silent } }), /settings\.basketIdentities: missing/);
});
