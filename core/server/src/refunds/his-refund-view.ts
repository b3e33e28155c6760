import type { OrderAggregate, Refund } from '../domain/order.js';
import { viewOrder, type RefundView } from '../payments/order-view.js';

/** What became of a refund the HIS asked for. `blocked`: the way back is blocked and a person acts; the money is still on its way. It never ends as failed. */
export type HisRefundView = { readonly hisRefundNo: string; readonly tradeNo: string; readonly state: 'processing' | 'succeeded' | 'blocked'; readonly refundFen: number; readonly refunds: readonly RefundView[] };

/** One that a channel gave up counts as its successor. */
export function viewHisRefund(aggregate: OrderAggregate, hisRefundNo: string): HisRefundView | undefined {
  const own = aggregate.refunds.filter((refund) => refund.hisRefundNo === hisRefundNo);
  const live = own.filter(({ state }) => state !== 'closed');
  if (live.length === 0) return undefined;
  const shown = viewOrder(aggregate).refunds.filter(({ refundNo }) => live.some((refund) => refund.refundNo === refundNo));
  return { hisRefundNo, tradeNo: aggregate.order.tradeNo, state: stateOf(live), refundFen: live.reduce((sum, { refundFen }) => sum + refundFen, 0), refunds: shown };
}

function stateOf(refunds: readonly Refund[]): HisRefundView['state'] {
  if (refunds.some(({ state }) => state === 'abnormal')) return 'blocked';
  return refunds.every(({ state }) => state === 'succeeded') ? 'succeeded' : 'processing';
}
