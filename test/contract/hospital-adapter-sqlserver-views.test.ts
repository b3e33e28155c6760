/** A HIS that opens views to read: which of them may be read past locks, how they are paged, and receipts that have moved to the year library. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test, type TestContext } from 'node:test';
import { readMapping } from '@hospay/hospital-adapter-sqlserver';
import { HospitalBench } from '@hospay/plugin-sdk/testkit';
import { makeShapeSubject, type ShapeOptions } from './hospital-adapter-sqlserver-shapes-subject.js';
import type { DemoMapping } from './hospital-adapter-sqlserver-subject.js';

async function openViews(context: TestContext, options: ShapeOptions = {}) {
  const subject = await makeShapeSubject('views', options);
  context.after(() => subject.stop?.());
  return { subject, bench: new HospitalBench(subject), his: subject.his };
}

async function viewsMapping(): Promise<DemoMapping> {
  return JSON.parse(await readFile(new URL('../../../config/hospitals/views/sqlserver-mapping.json', import.meta.url), 'utf8'));
}

function complaintsOf(mapping: unknown): string {
  try {
    readMapping(mapping);
  } catch (error) {
    return String(error);
  }
  return '';
}

test('a receipt that moved to the year library is still found by the union view, and by the day library it would be lost', async (context) => {
  const { bench, his } = await openViews(context);
  const { request } = await bench.newPayment();
  const booked = await bench.book(request);
  await his.hospital.closeDayOf(request.tradeNo);
  assert.deepEqual(await bench.query(request.tradeNo), { kind: 'ok', value: booked });
  assert.deepEqual(await bench.confirm(request), { kind: 'ok', value: booked }, 'and a re-send meets it');
  const dayOnly = await openViews(context, { changeMapping: ({ operations }) => { Object.assign(operations['queryConfirmation'] ?? {}, { view: 'dbo.vw_sf_receipt_day' }); } });
  const again = await dayOnly.bench.newPayment();
  await dayOnly.bench.book(again.request);
  await dayOnly.his.hospital.closeDayOf(again.request.tradeNo);
  assert.deepEqual(await dayOnly.bench.query(again.request.tradeNo), { kind: 'absent' }, 'which is why a mapping asks the union view');
});

test('"already paid" over the procedure is settled by the view: ours with our amount, or nobody\'s', async (context) => {
  const { bench, his } = await openViews(context, {
    // A HIS that does not say whose booking it met.
    changeMapping: ({ operations }) => { Reflect.deleteProperty(operations['confirm']?.['fields'] ?? {}, 'bookedTradeNo'); },
  });
  const { bill, request } = await bench.newPayment();
  const booked = await bench.book(request);
  assert.deepEqual(await bench.confirm(request), { kind: 'ok', value: booked });
  await his.hospital.alterSettlement(request.tradeNo, 100);
  assert.equal((await bench.confirm(request)).kind, 'unknown');
  const other = await bench.newPayment();
  await bench.control.payAtWindow(other.bill);
  assert.equal((await bench.confirm(other.request)).kind, 'rejected');
  assert.ok(bill.billNo);
});

test('what decides whether somebody has paid is never read past locks; lists may be', async () => {
  const names = ['queryConfirmation', 'queryRefundApproval', 'confirm', 'approveRefund', 'presettle'];
  for (const name of names) {
    for (const sql of ['SELECT 1 FROM t WITH (NOLOCK)', 'SELECT 1 FROM t (nolock)', 'SELECT 1 FROM t WITH (READUNCOMMITTED)', 'SELECT 1 FROM t WITH (READPAST)', 'SET TRANSACTION ISOLATION LEVEL READ  UNCOMMITTED SELECT 1']) {
      const mapping = await viewsMapping();
      const { procedure: _procedure, view: _view, orderBy: _orderBy, ...operation } = mapping.operations[name] ?? {};
      mapping.operations[name] = { ...operation, parameters: [], sql };
      assert.match(complaintsOf(mapping), new RegExp(`operations\\.${name}\\.sql: this decides about money`), `${name}: ${sql}`);
    }
  }
  const mapping = await viewsMapping();
  Object.assign(mapping.operations['queryConfirmation'] ?? {}, { noLock: true });
  assert.match(complaintsOf(mapping), /operations\.queryConfirmation\.noLock: this decides about money/);
  const { operations } = readMapping(await viewsMapping());
  const textOf = (name: 'listOpenBills' | 'queryConfirmation') => {
    const { way } = operations[name];
    return way.kind === 'call' && way.call.command.kind === 'view' ? way.call.command.text : assert.fail(name);
  };
  assert.equal(textOf('listOpenBills'), 'SELECT [hjxh], [cflx], [lrrq], [ksmc], [ysmc], [je] FROM dbo.vw_sf_open_bill WITH (NOLOCK) WHERE [patid] = @patid ORDER BY [lrrq], [hjxh]');
  assert.equal(textOf('queryConfirmation'), 'SELECT [sjh], [fph], [fyck], [dzxx], [xjje], [ddh], [jlzt] FROM dbo.vw_sf_receipt WHERE [ddh] = @ddh');
});

for (const version of ['sql2000', 'sql2005', 'sql2022'] as const) {
  test(`the day list comes page by page on ${version}, every row once`, async (context) => {
    const { bench, his } = await openViews(context, { settings: { version, encrypt: false } });
    const tradeNos: string[] = [];
    for (let count = 0; count < 7; count += 1) {
      const { request } = await bench.newPayment();
      await bench.book(request);
      tradeNos.push(request.tradeNo);
    }
    await his.hospital.closeDayOf(tradeNos[0] ?? '');
    const day = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    const listed: string[] = [];
    for (let page = 1; page <= 4; page += 1) {
      const lines = await bench.adapter.listDay?.({ day, page, pageSize: 3 }, bench.context());
      assert.ok(lines?.kind === 'ok', JSON.stringify(lines));
      assert.equal(lines.value.length, [3, 3, 1, 0][page - 1]);
      listed.push(...lines.value.map(({ tradeNo }) => tradeNo));
    }
    assert.deepEqual(listed.toSorted(), tradeNos.toSorted());
  });
}

test('a view is declared by names that exist, and pages need an order', async () => {
  const spoiled = async (name: string, change: object, without = ''): Promise<string> => {
    const mapping = await viewsMapping();
    Object.assign(mapping.operations[name] ?? {}, change);
    Reflect.deleteProperty(mapping.operations[name] ?? {}, without);
    return complaintsOf(mapping);
  };
  assert.match(await spoiled('listDay', {}, 'orderBy'), /operations\.listDay\.orderBy: missing: pages need an order/);
  assert.match(await spoiled('findPatient', { view: "vw; DROP TABLE x" }), /operations\.findPatient\.view: expected text like/);
  assert.match(await spoiled('findPatient', { orderBy: ['a] --'] }), /operations\.findPatient\.orderBy\[0\]: expected text like/);
  assert.match(await spoiled('presettle', { noLock: true }), /operations\.presettle\.noLock: only a view takes it/);
  const mapping = await viewsMapping();
  Object.assign(mapping.operations['listDay'] ?? {}, { orderBy: ['jsrq', 'lsh'] });
  assert.throws(() => readMapping(mapping, 'sql2000'), /operations\.listDay\.orderBy: a server of this version pages by one column/);
});
