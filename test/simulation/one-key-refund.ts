/** An operator with an open till sends money back at a window (一键退款): within the limit of his role, pressed twice, and at two windows at once. */
import type { OrderView } from '@hospay/server/payments/order-view.js';
import type { RefundLimit, WindowRefundRequest } from '@hospay/server/refunds/ports.js';
import { number } from '@hospay/server/edges/database/money/rows.js';
import { Statements } from '@hospay/server/edges/database/money/statements.js';
import { askUntilAnswered } from './asking.js';
import type { WorldView } from './world-view.js';

const SECOND = 1000;
/** What a cashier may send back of one order. */
export const LIMIT_FEN = 40_000;
export const REFUND_LIMITS: readonly RefundLimit[] = [{ role: 'cashier', amountFen: LIMIT_FEN, days: 1 }];
export const WINDOW_OPERATOR = '0101';
const OPERATOR: WindowRefundRequest['operator'] = { operatorNo: WINDOW_OPERATOR, roles: ['cashier'], rights: [] };

export async function refundByOneKey(world: WorldView, { tradeNo, amountFen }: OrderView): Promise<void> {
  await world.time.sleep(world.weather.between(1, 400) * SECOND, `the operator sends back of ${tradeNo}`);
  const part = Math.max(1, Math.min(amountFen, Math.floor(LIMIT_FEN * 0.7)));
  const press = async (key: string, refundFen: number | undefined) => {
    const reason = `退费 ${key}`;
    const answer = await askUntilAnswered(world, `one-key refund ${key}`, 8, (useCases) =>
      useCases.refundAtWindow({ tradeNo, ...(refundFen === undefined ? {} : { refundFen }), reason, operator: OPERATOR, at: 'terminal/window-1', idempotency: { tenant: 'terminal/window-1', key, requestHash: String(refundFen) } }),
    );
    checkLimit(world, tradeNo);
    if (answer?.kind === 'refused') world.history.mark(`a one-key refund was refused: ${answer.code}`);
    if (answer?.kind !== 'ok') return undefined;
    return answer.value.refunds.filter((refund) => refund.reason === reason && !isReplacement(world, refund.refundNo)).map(({ refundNo }) => refundNo).join();
  };
  const key = `W${tradeNo}`;
  if (world.faults.strikes('concurrent refunds')) {
    await Promise.all([press(`${key}/1`, part), press(`${key}/2`, part)]);
    return;
  }
  const wanted = world.weather.pick(undefined, part, Math.max(1, Math.floor(amountFen / 3)));
  const [first, second] = world.faults.strikes('double press') ? await Promise.all([press(key, wanted), press(key, wanted)]) : [await press(key, wanted), await press(key, wanted)];
  world.expect(first === undefined || second === undefined || first === second, 'same key, same answer', key, `refunds ${String(first)}, then ${String(second)}`);
  if (first !== undefined) world.history.mark('a one-key refund was taken');
}

/** A refund the channel closed is followed by another of the same reason: an answer that comes after that names both, and only the first was pressed for. */
function isReplacement(world: WorldView, refundNo: string): boolean {
  return new Statements(world.store.database).all('SELECT 1 AS found FROM refund WHERE refund_no = ? AND replaces IS NOT NULL', refundNo).length > 0;
}

/** Whatever the screen said: all that one operator has under way or sent back of an order is within his limit. */
function checkLimit(world: WorldView, tradeNo: string): void {
  const rows = new Statements(world.store.database).all("SELECT COALESCE(SUM(refund_fen), 0) AS fen FROM refund WHERE trade_no = ? AND requested_by = ? AND cause = 'requested' AND replaces IS NULL AND state NOT IN ('closed', 'rejected')", tradeNo, `user/${WINDOW_OPERATOR}`);
  const sentBackFen = rows[0] === undefined ? 0 : number(rows[0], 'fen');
  world.expect(sentBackFen <= LIMIT_FEN, 'an operator stays within his limit', tradeNo, `${String(sentBackFen)} fen sent back, ${String(LIMIT_FEN)} allowed`);
}
