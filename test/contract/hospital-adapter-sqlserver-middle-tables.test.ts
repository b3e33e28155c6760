/** A HIS that takes our row up by a job of its own: nobody knows until it has written back, and our row goes in once. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { HospitalBench } from '@hospay/plugin-sdk/testkit';
import { makeShapeSubject, type ShapeOptions } from './hospital-adapter-sqlserver-shapes-subject.js';

async function openMiddleTables(context: TestContext, options: ShapeOptions = {}) {
  const subject = await makeShapeSubject('middleTables', options);
  context.after(() => subject.stop?.());
  const bench = new HospitalBench(subject);
  /** As the platform asks, without waiting for the job. */
  const ask = (tradeNo: string) => subject.adapter.queryConfirmation({ tradeNo }, bench.context());
  const inserted = () => subject.his.calls.filter(({ procedure }) => procedure === 'insert mid_payment').length;
  return { subject, bench, his: subject.his, ask, inserted };
}

const reasonOf = (result: { readonly kind: string; readonly reason?: string }): string => (result.kind === 'unknown' ? (result.reason ?? '') : JSON.stringify(result));

test('until the job has booked it a payment is unknown, not booked and not absent; then the query finds it', async (context) => {
  const { subject, bench, his, ask } = await openMiddleTables(context);
  const { request } = await bench.newPayment();
  his.pauseJob();
  assert.match(reasonOf(await bench.confirm(request)), /^handed over, and the HIS has not decided/);
  assert.match(reasonOf(await ask(request.tradeNo)), /the HIS has the request and has not decided yet/);
  assert.equal(await bench.bookings(request.tradeNo), 0);
  await subject.control.letHisWork?.();
  const found = await ask(request.tradeNo);
  assert.ok(found.kind === 'ok');
  assert.equal(found.value.amountFen, request.amountFen);
  assert.deepEqual(await bench.confirm(request), found, 'a re-send finds its row there and the booking made');
  assert.equal(await bench.bookings(request.tradeNo), 1);
});

test('a job that comes later than we ask is waited for within the call', async (context) => {
  const { bench } = await openMiddleTables(context, {
    job: { delayMs: 150 },
    changeMapping: ({ operations }) => { Object.assign(operations['confirm']?.['handOver'] ?? {}, { askEveryMs: 30, askForMs: 3_000 }); },
  });
  const { request } = await bench.newPayment();
  assert.equal((await bench.confirm(request)).kind, 'ok');
});

test('a row that went in and whose answer was lost is there already: it is asked about and booked once', async (context) => {
  const { bench, his, inserted } = await openMiddleTables(context);
  const { request } = await bench.newPayment();
  his.pauseJob();
  his.faults.add({ procedure: 'insert mid_payment', fault: { kind: 'commit-then-drop' } });
  assert.equal((await bench.confirm(request)).kind, 'unknown');
  assert.match(reasonOf(await bench.confirm(request)), /has not decided/, 'a unique violation (2627) is no refusal');
  his.resumeJob();
  await his.letWork();
  assert.equal((await bench.confirm(request)).kind, 'ok');
  assert.equal(inserted(), 3);
  assert.equal(await bench.bookings(request.tradeNo), 1);
});

test('a violated unique index (2601) is a row that is there already, too', async (context) => {
  const { bench, his } = await openMiddleTables(context);
  const { request } = await bench.newPayment();
  await bench.book(request);
  await his.letWork();
  const refund = bench.refundOf(request);
  his.pauseJob();
  assert.match(reasonOf(await bench.approveRefund(refund)), /has not decided/);
  assert.match(reasonOf(await bench.approveRefund(refund)), /has not decided/);
  await his.letWork();
  assert.equal((await bench.approveRefund(refund)).kind, 'ok');
  assert.equal(await bench.control.countRefunds(refund.refundNo), 1);
});

test('an insert that fails for another reason hands nothing over, and says so', async (context) => {
  const { bench, his, ask } = await openMiddleTables(context);
  const { request } = await bench.newPayment();
  his.faults.add({ procedure: 'insert mid_payment', fault: { kind: 'server-error', number: 547 } });
  assert.match(reasonOf(await bench.confirm(request)), /SQL error 547/);
  assert.deepEqual(await ask(request.tradeNo), { kind: 'absent' });
});

test('what the job refuses is a definite refusal, and its row stays refused', async (context) => {
  const { bench, his, ask } = await openMiddleTables(context);
  const { bill, request } = await bench.newPayment();
  await bench.control.changeBill(bill);
  his.pauseJob();
  await bench.confirm(request);
  await his.letWork();
  const refused = await bench.confirm(request);
  assert.equal(refused.kind === 'mismatch' && refused.code, '300304');
  assert.deepEqual(await ask(request.tradeNo), { kind: 'absent' });
});

test('a job that books and dies before it writes back has booked: the row is still new, and the next round meets its own booking', async (context) => {
  const { bench, his, ask } = await openMiddleTables(context);
  const { request } = await bench.newPayment();
  his.pauseJob();
  his.faults.add({ procedure: 'usp_mid_write_payment', fault: { kind: 'drop-before-execute' } });
  await bench.confirm(request);
  await his.letWork();
  assert.equal(await bench.bookings(request.tradeNo), 1);
  assert.match(reasonOf(await ask(request.tradeNo)), /has not decided yet/, 'booked, and not yet said so: never "absent"');
  await his.letWork();
  assert.equal((await ask(request.tradeNo)).kind, 'ok');
  assert.equal(await bench.bookings(request.tradeNo), 1);
});

test('a job that cannot see, or whose booking fails, leaves the payment open and takes it up again', async (context) => {
  const { bench, his, ask } = await openMiddleTables(context);
  const { request } = await bench.newPayment();
  his.pauseJob();
  his.faults.add({ procedure: 'usp_mid_pending', fault: { kind: 'server-error', number: 1222 } });
  his.faults.add({ procedure: 'usp_hospay_confirm', fault: { kind: 'commit-then-drop' } });
  await bench.confirm(request);
  for (let round = 1; round <= 2; round += 1) {
    await his.letWork();
    assert.equal((await ask(request.tradeNo)).kind, 'unknown', `round ${round}`);
  }
  await his.letWork();
  assert.equal((await ask(request.tradeNo)).kind, 'ok');
  assert.equal(await bench.bookings(request.tradeNo), 1);
});

test('"already paid" written back by the job is success only for our trade number and our amount', async (context) => {
  const { bench, his, ask } = await openMiddleTables(context);
  const other = await bench.newPayment();
  await bench.control.payAtWindow(other.bill);
  his.pauseJob();
  assert.equal((await bench.confirm(other.request)).kind, 'unknown');
  await his.letWork();
  assert.equal((await bench.confirm(other.request)).kind, 'rejected', 'a cashier was paid, not we');
  const { request } = await bench.newPayment();
  his.faults.add({ procedure: 'usp_hospay_confirm', fault: { kind: 'wrong-amount', differenceFen: 100 } });
  await bench.confirm(request);
  await his.letWork();
  const booked = await ask(request.tradeNo);
  assert.equal(booked.kind === 'ok' ? booked.value.amountFen : 0, request.amountFen + 100);
  assert.equal((await bench.confirm({ ...request, amountFen: request.amountFen + 1 })).kind, 'unknown', 'our number with another amount is nobody\'s to decide');
});
