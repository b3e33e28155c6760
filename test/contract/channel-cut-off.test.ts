/** 日切: a channel whose bill day ends at 23:00, around the cut, in the ledger, its reconciliation, statement files, sums of reports and the running check. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { checkDay } from '@hospay/server/edges/database/reports/check-day.js';
import { sumFeeder } from '@hospay/server/edges/database/reports/feed-sums.js';
import { makeAnew } from '@hospay/server/edges/database/reports/sum-tables.js';
import { dayFacts } from '@hospay/server/edges/database/statement-files/read-day-facts.js';
import { createRunningDesk } from '@hospay/server/reconciliation/running-desk.js';
import { startWithBooks } from './reconciliation-books-stand.js';
import { booked, DAY, lineOf, statementOf } from './reconciliation-scripted-stand.js';
import { reconciliationOver } from './reconciliation-parts.js';

const NEXT = '2026-11-21';
const CUT = '23:00';

test('around a cut at 23:00 each payment and refund stands under the bill day of its channel: in the ledger, in both reconciled days, in files and sums', async (context) => {
  const { stand, said, run, found, money, isWhole, database } = await startWithBooks(context, [], CUT);
  stand.clock.set(`${DAY}T14:50:00.000Z`);
  const before = await stand.takePaid({ amountFen: 1_000, idempotencyKey: 'before-the-cut-1' });
  stand.clock.set(`${DAY}T15:05:00.000Z`);
  const after = await stand.takePaid({ amountFen: 2_000, idempotencyKey: 'behind-the-cut-1' });
  const asked = await stand.client().requestRefund(before.tradeNo, { refundFen: 300, reason: '退费' }, { idempotencyKey: 'refund-behind-cut' });
  assert.ok(asked.kind === 'ok', JSON.stringify(asked));
  await stand.work();
  stand.clock.advance(120_000);
  await stand.work();
  stand.clock.set(`${DAY}T16:10:00.000Z`);
  const midnight = await stand.takePaid({ amountFen: 4_000, idempotencyKey: 'after-midnight-01' });
  assert.deepEqual(money(), { [DAY]: 1_000, [NEXT]: 5_700 });
  const refund = (await stand.store.findOrder(before.tradeNo))?.refunds[0];
  assert.deepEqual([refund?.state, refund?.billDay], ['succeeded', NEXT]);
  await isWhole();

  stand.clock.set('2026-11-22T02:00:00.000Z');
  said.statement = statementOf([lineOf(before.paymentNo, 1_000, { at: `${DAY}T22:50:00+08:00` })]);
  assert.deepEqual([(await run(DAY)).channel, found('channel', DAY)], ['balanced', []]);
  said.statement = statementOf([
    lineOf(after.paymentNo, 2_000, { at: `${DAY}T23:05:00+08:00` }), lineOf(before.paymentNo, 300, { kind: 'refund', refundNo: refund?.refundNo ?? '', at: `${DAY}T23:07:00+08:00` }), lineOf(midnight.paymentNo, 4_000, { at: `${NEXT}T00:10:00+08:00` }),
  ]);
  assert.deepEqual([(await run(NEXT)).channel, found('channel', NEXT)], ['balanced', []], 'nothing of it lies across days');
  assert.deepEqual(money(), { [DAY]: 1_000, [NEXT]: 5_700 });
  await isWhole();

  const facts = dayFacts(database, 'demo');
  const sumOf = (day: string) => [facts.payments({ day, after: '', limit: 100 }).map(({ amountFen }) => amountFen), facts.refunds({ day }).map(({ amountFen }) => amountFen)];
  assert.deepEqual([sumOf(DAY), sumOf(NEXT)], [[[1_000], []], [[2_000, 4_000], [300]]]);
  assert.ok(facts.changedDays({ after: 0, upTo: facts.newestEvent() }).includes(NEXT));
  const sums = new DatabaseSync(':memory:');
  makeAnew(sums);
  sumFeeder(database, sums).feed(1_000);
  for (const day of [DAY, NEXT]) assert.deepEqual(checkDay(database, sums, day).differences, []);
  assert.deepEqual(sums.prepare('SELECT day, sum(paid_fen) AS paid, sum(refunded_fen) AS refunded FROM day_sum WHERE paid_fen > 0 OR refunded_fen > 0 GROUP BY day ORDER BY day').all().map((row) => ({ ...row })), [{ day: DAY, paid: 1_000, refunded: 0 }, { day: NEXT, paid: 6_000, refunded: 300 }]);
  sums.close();
});

test('what the statement of the wrong side of the cut has is found across days, and a row of the last hour that no statement has waits for its own bill day', async (context) => {
  const { stand, said, run, found, cases } = await startWithBooks(context, [], CUT);
  stand.clock.set(`${DAY}T15:05:00.000Z`);
  const late = await stand.takePaid({ amountFen: 2_000, idempotencyKey: 'behind-the-cut-2' });
  stand.clock.set('2026-11-22T02:00:00.000Z');
  said.statement = statementOf([]);
  assert.deepEqual([(await run(DAY)).channel, found('channel', DAY)], ['balanced', []], 'it is no business of this day');
  assert.deepEqual([(await run(NEXT)).channel, found('channel', NEXT)], ['open', [['crossDayOurs', late.paymentNo]]]);
  said.statement = statementOf([lineOf(late.paymentNo, 2_000, { at: `${DAY}T22:59:59+08:00` })]);
  assert.deepEqual([(await run(DAY)).channel, found('channel', DAY)], ['balanced', [['matchedAcrossDays', late.paymentNo]]]);
  assert.deepEqual(cases().filter(([kind]) => kind === 'statementShort'), []);
});

test('the HIS goes by the calendar: what was paid behind the cut and is not booked is missing on the day it was paid, not on the bill day', async (context) => {
  const { stand, run, found } = await startWithBooks(context, [], CUT);
  stand.clock.set(`${DAY}T15:05:00.000Z`);
  const late = await stand.takePayment({ amountFen: 2_000, idempotencyKey: 'behind-the-cut-4' });
  stand.channel.pay(late.paymentNo);
  await stand.client().findPayment(late.tradeNo, { fresh: true });
  stand.clock.set('2026-11-22T02:00:00.000Z');
  assert.deepEqual([(await run(DAY)).hospital, found('hospital', DAY)], ['open', [['hisPending', late.tradeNo]]]);
  assert.deepEqual([(await run(NEXT)).hospital, found('hospital', NEXT)], ['balanced', []]);
});

test('a payment behind the cut that is first heard of from the statement is booked under a HIS day that was compared before: that day is open until it is compared again', async (context) => {
  const { stand, said, desk, run, of, isWhole } = await startWithBooks(context, [], CUT);
  stand.clock.set(`${DAY}T15:05:00.000Z`);
  const late = await stand.takePayment({ amountFen: 2_000, idempotencyKey: 'behind-the-cut-5' });
  stand.channel.pay(late.paymentNo);
  const stateOf = (day: string) => desk.listDays({ from: day, to: day }).find(({ comparison }) => comparison === 'hospital');
  stand.clock.set(`${NEXT}T02:00:00.000Z`);
  assert.equal((await run(DAY)).hospital, 'balanced');
  stand.clock.set('2026-11-22T02:00:00.000Z');
  said.statement = statementOf([lineOf(late.paymentNo, 2_000, { at: `${DAY}T23:05:00+08:00` })]);
  assert.equal((await run(NEXT)).channel, 'open');
  await stand.work();
  assert.deepEqual([stateOf(DAY)?.state, stateOf(DAY)?.reason, of('2002/demo', DAY)], ['open', 'money came onto this day after it was compared', 2_000]);
  said.dayLists.set(DAY, [booked(late.tradeNo, 2_000, { paidAt: `${DAY}T23:05:00+08:00` })]);
  said.statement = statementOf([]);
  stand.clock.set('2026-11-22T04:30:00.000Z');
  assert.match((await desk.runDue()).en, new RegExp(`${DAY}: .*hospital demo balanced`));
  assert.deepEqual([stateOf(DAY)?.state, stateOf(DAY)?.reason, of('2002/demo', DAY)], ['balanced', '', 0]);
  await isWhole();
});

test('behind the cut the running check is of the next bill day; notes are counted by the date', async (context) => {
  const { stand, sources } = await startWithBooks(context, [], CUT);
  const { store, clock, channel, ports } = stand;
  clock.set(`${DAY}T14:30:00.000Z`);
  await stand.takePaid({ amountFen: 1_000, idempotencyKey: 'before-the-cut-3' });
  clock.set(`${DAY}T15:05:00.000Z`);
  await stand.takePaid({ amountFen: 2_000, idempotencyKey: 'behind-the-cut-3' });
  clock.advance(6 * 60_000);
  const desk = createRunningDesk({
    ended: store.running, running: store.running, money: store, engine: reconciliationOver(store.reconciliation).engine, channels: { find: () => channel }, hospitals: { find: () => undefined }, hospitalId: 'demo', sources: () => sources, isHealthy: () => true, policy: ports.policy, clock, random: ports.random,
    marginMs: 600_000, breathe: () => Promise.resolve(), reasonToSpareHis: () => undefined, listChecks: () => store.running.listChecks(),
  });
  await desk.askEndedAgain();
  await desk.runCheck();
  assert.deepEqual(desk.listChecks().map(({ day, ours, theirs }) => [day, ours.paymentFen, theirs.paymentFen]), [[NEXT, 2_000, 2_000]]);
  const notes = await stand.takePayment({ amountFen: 500, idempotencyKey: 'counted-in-notes' });
  store.database.prepare("UPDATE payment SET method = 'cash' WHERE payment_no = ?").run(notes.paymentNo);
  channel.pay(notes.paymentNo);
  clock.advance(15_000);
  await stand.work('advancePayment');
  const paid = (await store.findOrder(notes.tradeNo))?.payments[0];
  assert.deepEqual([paid?.state, paid?.billDay], ['succeeded', DAY]);
});
