import { ok, refused, type ErrorCode, type Outcome } from '../domain/errors.js';
import type { AuditTrail } from '../domain/audit.js';
import type { OrderChange } from '../domain/order-change.js';
import { holdsMoney } from '../domain/refund-states.js';
import { viewOrder, type OrderView } from '../payments/order-view.js';
import type { RefundLimit, RefundPorts, WindowRefundRequest } from './ports.js';
import { requestRefund } from './request-refund.js';

const DAY_MS = 24 * 60 * 60_000;

/**
 * One-key refund at a window (一键退款), by any channel the order was paid through. What an operator has sent back of an order and what he asks for now stay together within the limit of his role; it is decided over
 * the locked rows, so that two presses cannot both pass. Somebody with finance's right has no limit but the one above which others approve: that is done at the console.
 */
export async function refundAtWindow(ports: RefundPorts & { readonly limits: readonly RefundLimit[]; /** What finance asks the console to approve. */ readonly needsApproval: (change: OrderChange, asked: { readonly refundFen: number; readonly roles: readonly string[]; readonly now: Date }) => boolean; readonly audit: AuditTrail }, request: WindowRefundRequest): Promise<Outcome<OrderView>> {
  const found = await ports.store.findOrder(request.tradeNo);
  if (found === undefined || found.order.hospitalId !== request.hospitalId) return refused('ORDER_NOT_FOUND');
  const { operator, at } = request;
  const accepted = await requestRefund(ports, {
    tradeNo: request.tradeNo, refundFen: request.refundFen, reason: request.reason, requestedBy: `user/${operator.operatorNo}`, operatorId: operator.operatorNo, idempotency: request.idempotency,
    mayRefund: (change, refundFen) => aboveLimit({ change, refundFen, operator, limits: ports.limits, needsApproval: ports.needsApproval, now: ports.clock.now() }),
  });
  await ports.audit.record({
    who: operator.operatorNo, what: 'refund.request', object: `order ${request.tradeNo}`, reason: request.reason,
    after: accepted.kind === 'ok' ? { at, refunds: accepted.value.refunds.map(({ refundNo, refundFen }) => ({ refundNo, refundFen })) } : { at, refused: accepted.code },
  });
  return accepted.kind === 'ok' ? ok(viewOrder(accepted.value.aggregate)) : accepted;
}

type Asked = { readonly change: OrderChange; readonly refundFen: number; readonly operator: WindowRefundRequest['operator']; readonly limits: readonly RefundLimit[]; readonly needsApproval: Parameters<typeof refundAtWindow>[0]['needsApproval']; readonly now: Date };

function aboveLimit({ change, refundFen, operator, limits, needsApproval, now }: Asked): ErrorCode | undefined {
  if (operator.rights.includes('refund')) return needsApproval(change, { refundFen, roles: operator.roles, now }) ? 'REFUND_ABOVE_LIMIT' : undefined;
  const paidAt = change.order.paidAt ?? change.order.createdAt;
  const before = change.refunds.filter(({ cause, state }) => cause === 'requested' && holdsMoney(state)).reduce((sum, refund) => sum + refund.refundFen, 0);
  const isWithin = ({ role, amountFen, days }: RefundLimit) => operator.roles.includes(role) && before + refundFen <= amountFen && now.getTime() - Date.parse(paidAt) < days * DAY_MS;
  return limits.some(isWithin) ? undefined : 'REFUND_ABOVE_LIMIT';
}
