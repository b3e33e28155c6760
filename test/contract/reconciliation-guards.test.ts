/** What a run of a day refuses to use, and what it must not overlook: over the real store and use cases, with a channel and a HIS that say what the test wants. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { booked, DAY, lineOf, sha256, startScripted, statementOf } from './reconciliation-scripted-stand.js';

test('a statement whose own totals are not the sums of its rows, or that is not the file its hash names, is not used at all', async (context) => {
  const { stand, said, run, found, cases } = await startScripted(context);
  const { tradeNo, paymentNo } = await stand.takePaid({ amountFen: 1_000 });
  said.dayLists.set(DAY, [booked(tradeNo, 1_000)]);
  const lines = [lineOf(paymentNo, 1_000)];
  for (const wrong of [{ totals: { lines: 2, paymentFen: 1_000, refundFen: 0 } }, { totals: { lines: 1, paymentFen: 1_001, refundFen: 0 } }, { totals: { lines: 1, paymentFen: 1_000, refundFen: 1 } }, { sha256: sha256(Buffer.from('another')) }]) {
    said.statement = statementOf(lines, wrong);
    assert.deepEqual([(await run()).channel, found('channel'), cases()], ['stopped', [], [['statementUnusable', `channel/working/${DAY}`]]]);
  }
  said.statement = statementOf(lines);
  assert.deepEqual([(await run()).channel, cases()], ['balanced', []]);
});

test('a day list is read to its last page; one that cannot be read to the end postpones the day', async (context) => {
  const { stand, said, run, found } = await startScripted(context);
  const { tradeNo } = await stand.takePaid({ amountFen: 1_000 });
  const others = Array.from({ length: 1_000 }, (_, index) => booked(`WINDOW${String(index)}`, 5));
  said.dayLists.set(DAY, [...others, booked(tradeNo, 1_000)]);
  assert.equal((await run()).hospital, 'balanced');
  assert.deepEqual(said.pages, [1, 2, 3]);
  said.listDayAnswers.push({ kind: 'ok', value: others.slice(0, 500) }, { kind: 'unknown', reason: 'timeout' });
  assert.equal((await run()).hospital, 'postponed');
  assert.equal(found('hospital').length, 1_000, 'what was found before stands');
});

test('what the HIS’s list of the day lacks is looked for in the days around it; found nowhere, it is a case and nothing is sent again', async (context) => {
  const { stand, said, run, found, cases } = await startScripted(context);
  const near = await stand.takePaid({ amountFen: 1_000 });
  const gone = await stand.takePaid({ amountFen: 2_000 });
  said.dayLists.set('2026-11-21', [booked(near.tradeNo, 1_000, { paidAt: '2026-11-21T00:00:05+08:00' })]);
  assert.equal((await run()).hospital, 'explained');
  assert.deepEqual([found('hospital'), cases()], [[['matchedAcrossDays', near.tradeNo], ['hisMissing', gone.tradeNo]], [['hisBookingMissing', gone.tradeNo]]]);
  assert.equal(stand.store.database.prepare("SELECT count(*) AS n FROM job WHERE kind = 'confirmOrder'").get()?.['n'], 0);
});

test('a refund the HIS lists under its own number is found by it', async (context) => {
  const { stand, said, run, found } = await startScripted(context);
  const { tradeNo } = await stand.takePaid({ amountFen: 1_000 });
  const asked = await stand.client().requestRefund(tradeNo, { refundFen: 400, reason: '退费' }, { idempotencyKey: 'refund-of-part-1' });
  assert.ok(asked.kind === 'ok', JSON.stringify(asked));
  await stand.work();
  const { his_refund_no: hisRefundNo } = stand.store.database.prepare('SELECT his_refund_no FROM refund').get() ?? {};
  said.dayLists.set(DAY, [booked(tradeNo, 1_000), booked(tradeNo, 400, { kind: 'refund', refundNo: String(hisRefundNo) })]);
  assert.deepEqual([(await run()).hospital, found('hospital')], ['balanced', []]);
  said.dayLists.set(DAY, [booked(tradeNo, 1_000), booked(tradeNo, 401, { kind: 'refund', refundNo: String(hisRefundNo) })]);
  assert.deepEqual([(await run()).hospital, found('hospital').map(([of]) => of)], ['explained', ['hisAmount']]);
});

test('a refund both sides have underway when the statement is made does not come back as missing on the day it ends', async (context) => {
  const { stand, said, run, found, cases } = await startScripted(context);
  const { tradeNo, paymentNo } = await stand.takePaid({ amountFen: 1_000 });
  const asked = await stand.client().requestRefund(tradeNo, { refundFen: 400, reason: '退费' }, { idempotencyKey: 'refund-of-part-2' });
  assert.ok(asked.kind === 'ok');
  await stand.work('advanceRefund');
  const { refund_no: refundNo, state } = stand.store.database.prepare('SELECT refund_no, state FROM refund').get() ?? {};
  assert.equal(state, 'processing');
  said.statement = statementOf([lineOf(paymentNo, 1_000), lineOf(paymentNo, 400, { kind: 'refund', refundNo: String(refundNo), status: 'PROCESSING' })]);
  assert.deepEqual([(await run()).channel, found('channel')], ['balanced', [['refundUnderway', refundNo]]]);
  stand.clock.set('2026-11-22T02:00:00.000Z');
  await stand.work();
  assert.equal(stand.store.database.prepare('SELECT state FROM refund').get()?.['state'], 'succeeded');
  said.statement = statementOf([]);
  for (const day of ['2026-11-22', '2026-11-23', '2026-11-24']) assert.equal((await run(day)).channel, 'balanced', day);
  assert.deepEqual(cases().filter(([kind]) => kind === 'statementShort'), []);
});

test('too many questions at once are not asked: a person is called, and no longer when a later run is within the limits', async (context) => {
  const { stand, said, run, cases } = await startScripted(context);
  const { paymentNo } = await stand.takePayment({ amountFen: 600_000 });
  const due = () => stand.store.database.prepare("SELECT due_at FROM job WHERE kind = 'advancePayment'").get()?.['due_at'];
  const before = due();
  stand.clock.advance(1_000);
  said.statement = statementOf([lineOf(paymentNo, 600_000)]);
  assert.equal((await run()).channel, 'open');
  assert.deepEqual([cases(), due()], [[['repairsStopped', `channel/working/${DAY}`]], before]);
  said.statement = statementOf([]);
  await run();
  assert.deepEqual(cases(), []);
});

test('a case that two differences stand behind ends with the last of them', async (context) => {
  const { said, run, found, cases } = await startScripted(context);
  const stray = 'H20261120100000ABCDEFGHJP01';
  said.statement = statementOf([lineOf(stray, 700), lineOf(stray, 700)]);
  await run();
  assert.deepEqual([found('channel').map(([of]) => of).toSorted(), cases()], [['duplicateTheirs', 'longNoOrder'], [['statementLong', stray]]]);
  said.statement = statementOf([lineOf(stray, 700)]);
  await run();
  assert.deepEqual([found('channel').map(([of]) => of), cases()], [['longNoOrder'], [['statementLong', stray]]]);
  said.statement = statementOf([]);
  await run();
  assert.deepEqual([found('channel'), cases()], [[], []]);
});
