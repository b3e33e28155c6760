/** 退款审批: above what one person may send back, others approve exactly what was shown; the last approval and the reservation are one transaction. Over the real store. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createRefundDesk } from '@hospay/server/approvals/refund-desk.js';
import type { RefundApproval } from '@hospay/server/domain/refund-approval.js';
import { StoreUnavailable } from '@hospay/server/domain/money-store.js';
import { requestRefund } from '@hospay/server/refunds/request-refund.js';
import { startStand } from './payment-api-stand.js';

const DAY_MS = 86_400_000;

async function start(context: TestContext) {
  const stand = await startStand(context);
  const acts: string[] = [];
  const desk = createRefundDesk({
    requestRefund: (request) => requestRefund(stand.ports, request), approvals: stand.store.refundApprovals, rules: [{ fromFen: 10_000, levels: 1 }, { fromFen: 100_000, levels: 2 }], expiresAfterMs: 3 * DAY_MS, clock: stand.clock,
    audit: { record: ({ who, what }) => { acts.push(`${who} ${what}`); return Promise.resolve(); } },
  });
  const ask = (tradeNo: string, refundFen: number, { key = `k-${tradeNo}-${String(refundFen)}`, by = 'zhang', reason = '项目未做' } = {}) =>
    desk.requestRefund({ tradeNo, refundFen, reason, by, roles: ['finance'], idempotency: { tenant: `user/${by}`, key, requestHash: `${tradeNo} ${String(refundFen)} ${reason}` } });
  const approvalOf = async (...asked: Parameters<typeof ask>): Promise<RefundApproval> => {
    const outcome = await ask(...asked);
    return outcome.kind === 'ok' && outcome.value.approval !== undefined ? outcome.value.approval : assert.fail(JSON.stringify(outcome));
  };
  const decide = async ({ approvalNo, hash }: Pick<RefundApproval, 'approvalNo' | 'hash'>, by: string, isApproved = true) => {
    const decided = await desk.decideApproval({ approvalNo, hash, isApproved, reason: '已核对', by });
    return decided.kind === 'ok' ? decided.value.state : decided.code;
  };
  const refunds = async (tradeNo: string) => (await stand.store.findOrder(tradeNo))?.refunds.map(({ refundFen, state, requestedBy }) => [refundFen, state, requestedBy]);
  return { stand, desk, acts, ask, approvalOf, decide, refunds };
}

test('a small refund goes at once; a larger one waits for another person, who makes it by approving what was shown', async (context) => {
  const { stand, ask, approvalOf, decide, refunds, desk, acts } = await start(context);
  const order = await stand.takePaid({ amountFen: 50_000 });
  const small = await ask(order.tradeNo, 4_000);
  assert.ok(small.kind === 'ok' && small.value.refund?.refundFen === 4_000);
  const approval = await approvalOf(order.tradeNo, 6_000);
  assert.deepEqual([approval.levels, approval.state], [1, 'proposed'], 'in parts it is no way around: with the first it is 100 yuan');
  assert.deepEqual(await approvalOf(order.tradeNo, 6_000), approval, 'pressed twice it is one proposal');
  const other = await ask(order.tradeNo, 20_000);
  assert.equal(other.kind === 'refused' && other.code, 'CONFLICT', 'one proposal of an order at a time');
  assert.equal((await refunds(order.tradeNo))?.length, 1, 'nothing is reserved before the approval');
  assert.deepEqual([await decide(approval, 'zhang'), await decide({ ...approval, hash: '0'.repeat(64) }, 'li'), await decide(approval, 'li'), await decide(approval, 'wang')], ['SECOND_PERSON_NEEDED', 'APPROVAL_OVER', 'approved', 'CONFLICT']);
  assert.deepEqual(await refunds(order.tradeNo), [[4_000, 'reserved', 'user/zhang'], [6_000, 'reserved', 'user/zhang']]);
  const [kept] = await desk.listApprovals({ limit: 5 });
  assert.deepEqual([kept?.decidedBy, kept?.refundNo !== undefined], ['li', true]);
  assert.deepEqual(acts, ['zhang refund.request', 'zhang refund.propose', 'zhang refund.propose', 'li refund.approve']);
});

test('above the second limit two others approve, and neither of them twice', async (context) => {
  const { stand, approvalOf, decide, refunds } = await start(context);
  const order = await stand.takePaid({ amountFen: 200_000 });
  const approval = await approvalOf(order.tradeNo, 100_000);
  assert.equal(approval.levels, 2);
  assert.deepEqual([await decide(approval, 'li'), await decide(approval, 'li'), await decide(approval, 'zhang')], ['firstApproved', 'SECOND_PERSON_NEEDED', 'SECOND_PERSON_NEEDED']);
  assert.deepEqual(await refunds(order.tradeNo), []);
  assert.equal(await decide(approval, 'wang'), 'approved');
  assert.deepEqual((await refunds(order.tradeNo))?.map(([refundFen]) => refundFen), [100_000]);
});

test('two persons who approve at once make one refund', async (context) => {
  const { stand, approvalOf, decide, refunds } = await start(context);
  const order = await stand.takePaid({ amountFen: 50_000 });
  const approval = await approvalOf(order.tradeNo, 20_000);
  assert.deepEqual((await Promise.all([decide(approval, 'li'), decide(approval, 'wang')])).toSorted(), ['CONFLICT', 'approved']);
  assert.equal((await refunds(order.tradeNo))?.length, 1);
});

test('a commit that fails approves nothing and reserves nothing; what the order cannot give any more is refused, and the proposal stays', async (context) => {
  const { stand, approvalOf, decide, refunds, ask, desk } = await start(context);
  const order = await stand.takePaid({ amountFen: 30_000 });
  const approval = await approvalOf(order.tradeNo, 25_000);
  stand.store.commits.beforeCommit = () => { throw new Error('disk I/O error'); };
  await assert.rejects(decide(approval, 'li'), StoreUnavailable);
  stand.store.commits.beforeCommit = undefined;
  assert.deepEqual([await refunds(order.tradeNo), (await desk.listApprovals({ limit: 1 }))[0]?.state], [[], 'proposed']);
  assert.equal((await ask(order.tradeNo, 9_000)).kind, 'ok');
  assert.equal(await decide(approval, 'li'), 'REFUND_EXCEEDS_PAYMENT');
  assert.equal((await desk.listApprovals({ limit: 1 }))[0]?.state, 'proposed');
  assert.equal(await decide(approval, 'zhang', false), 'rejected', 'one takes back one’s own');
  assert.equal(await decide(approval, 'li'), 'CONFLICT');
});

test('after three days nobody approves it; another one may be proposed', async (context) => {
  const { stand, approvalOf, decide } = await start(context);
  const order = await stand.takePaid({ amountFen: 50_000 });
  const approval = await approvalOf(order.tradeNo, 20_000);
  stand.clock.advance(3 * DAY_MS);
  assert.equal(await decide(approval, 'li'), 'APPROVAL_OVER');
  const again = await approvalOf(order.tradeNo, 20_000, { key: 'again' });
  assert.equal(await decide(again, 'li'), 'approved');
});

test('the database is the wall behind the rules', async (context) => {
  const { stand, approvalOf } = await start(context);
  const order = await stand.takePaid({ amountFen: 500_000 });
  await approvalOf(order.tradeNo, 200_000);
  const { database } = stand.store;
  assert.throws(() => database.exec("UPDATE refund_approval SET state = 'firstApproved', first_approved_by = proposed_by"), /CHECK/);
  assert.throws(() => database.exec("UPDATE refund_approval SET state = 'approved', decided_by = 'li'"), /CHECK/);
  assert.throws(() => database.exec('UPDATE refund_approval SET refund_fen = 1'), /does not change/);
  assert.throws(() => database.exec('DELETE FROM refund_approval'), /append-only/);
});
