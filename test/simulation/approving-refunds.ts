/** 退款审批: finance sends something of an old order back at the console, others approve it, two of them at the same moment; the proposer tries too. */
import { ok } from '@hospay/server/domain/errors.js';
import type { RefundApprovalRule } from '@hospay/server/domain/refund-approval.js';
import { askUntilAnswered } from './asking.js';
import type { WorldView } from './world-view.js';

/** So that each of none, one and two approvals is met. */
export const APPROVAL_RULES: readonly RefundApprovalRule[] = [{ fromFen: 300, levels: 1 }, { fromFen: 2_000, levels: 2 }];
const WISHES = 2;
const SETTLED_AFTER_MS = 15 * 60_000;

export async function refundAtConsole(world: WorldView, look: number): Promise<void> {
  for (let wish = 0; wish < WISHES; wish += 1) {
    // What stands on the page of orders: whatever was paid a while ago. Money that became a prepayment goes back with its account, and this hospital's accounts know of no other way.
    const before = new Date(world.platformNow().getTime() - SETTLED_AFTER_MS).toISOString();
    const orders = world.store.database.prepare("SELECT DISTINCT trade_no, amount_fen FROM payment WHERE state = 'succeeded' AND paid_at < ? ORDER BY trade_no").all(before).filter((row) => !world.hospital.accounts.has(String(row['trade_no'])));
    const order = orders[world.weather.between(0, Math.max(0, orders.length - 1))];
    if (order === undefined || !world.weather.chance(0.5)) continue;
    const [tradeNo, refundFen] = [String(order['trade_no']), Math.max(1, Math.floor(Number(order['amount_fen']) / world.weather.pick(1, 2, 5)))];
    const asked = { tradeNo, refundFen, reason: '财务退款', by: 'finance-1', roles: ['finance'], idempotency: { tenant: 'user/finance-1', key: `look ${String(look)} wish ${String(wish)}`, requestHash: `${tradeNo} ${String(refundFen)}` } };
    const second = world.faults.strikes('double press') ? world.ask(`finance refunds ${tradeNo} (pressed twice)`, (useCases) => useCases.refundAtConsole(asked)) : undefined;
    const answer = await askUntilAnswered(world, `finance refunds ${tradeNo}`, 6, (useCases) => useCases.refundAtConsole(asked));
    await second;
    if (answer?.kind === 'ok') world.history.mark(answer.value.approval === undefined ? 'a refund at the console went at once' : `a refund at the console needs ${String(answer.value.approval.levels)} approvals`);
  }
  const listed = await askUntilAnswered(world, 'list the refund approvals', 6, async (useCases) => ok(await useCases.listRefundApprovals()));
  for (const { approvalNo, hash, state } of listed?.kind === 'ok' ? listed.value : []) {
    if (state !== 'proposed' && state !== 'firstApproved') continue;
    const decide = (by: string, isApproved = true) => world.ask(`${by} decides ${approvalNo}`, (useCases) => useCases.decideRefund({ approvalNo, hash, isApproved, reason: '已核对', by }));
    const own = await decide('finance-1');
    world.expect(own?.kind !== 'ok', 'nobody approves his own refund', approvalNo, 'was approved by its proposer');
    if (world.weather.chance(0.1)) {
      await decide('finance-2', false);
      continue;
    }
    // Two who look at the same list at the same moment.
    const answers = await Promise.all([decide('finance-2'), decide('finance-3')]);
    for (const answer of answers) world.history.mark(`a refund approval: ${answer === undefined ? 'no answer' : answer.kind === 'ok' ? answer.value.state : answer.code}`);
  }
}
