import { subtractFen, type Fen } from '@hospay/plugin-sdk';
import type { OrderChange } from './order-change.js';
import type { Payment, Refund, RefundCause } from './order.js';
import { operatorTill } from './own-till.js';
import { postRefundReserved } from './postings.js';
import { holdsMoney, isRefundEnded } from './refund-states.js';
import { makeRefundNo } from './trade-number.js';

export type RefundDraft = {
  readonly paymentNo: string;
  readonly refundFen: Fen;
  readonly cause: RefundCause;
  readonly reason: string;
  readonly requestedBy: string;
  /** The person at the window who hands it back, where one does. */
  readonly operatorId?: string | undefined;
  /** For the successor of a refund the channel gave up: what the HIS already agreed to. */
  readonly successorOf?: Refund;
  /** The HIS began it: its booking is reversed already. */
  readonly reversedByHis?: { readonly hisRefundNo: string; readonly hisReversedDay: string };
};

/** What of a payment may still be refunded: paid − succeeded − in flight. A failed refund gives its amount back; a pending one does not. */
export function refundableFen(change: Pick<OrderChange, 'refunds'>, payment: Payment): Fen {
  if (payment.state !== 'succeeded') return subtractFen(payment.amountFen, payment.amountFen);
  let left = payment.amountFen;
  for (const refund of change.refunds) {
    if (refund.paymentNo === payment.paymentNo && holdsMoney(refund.state)) left = subtractFen(left, refund.refundFen);
  }
  return left;
}

/**
 * Makes a refund inside a change: fixes its number, reserves its amount in the ledger and schedules its way back.
 * Callers check `refundableFen` first and answer politely; here it is asserted.
 */
export function reserveRefund(change: OrderChange, draft: RefundDraft): Refund {
  const payment = change.payment(draft.paymentNo);
  if (draft.refundFen <= 0 || draft.refundFen > refundableFen(change, payment)) {
    throw new Error(`refund of ${String(draft.refundFen)} fen exceeds what is left of payment ${draft.paymentNo}`);
  }
  if (payment.refundsWholeOnly === true && draft.refundFen !== payment.amountFen) throw new Error(`payment ${draft.paymentNo} can only be undone whole, not ${String(draft.refundFen)} fen of it`);
  const { order, now } = change;
  // A late payment never was part of what the HIS booked, even when other payments of its order were.
  const isBooked = draft.cause !== 'latePayment' && (order.confirmation === 'confirmed' || order.confirmation === 'reversing');
  const earlier = draft.successorOf;
  const operatorId = earlier?.operatorId ?? draft.operatorId;
  const reversal = earlier ?? draft.reversedByHis;
  const refund = change.addRefund({
    refundNo: makeRefundNo(order.tradeNo, change.numbersFrom + change.refunds.length + 1),
    tradeNo: order.tradeNo,
    paymentNo: draft.paymentNo,
    refundFen: draft.refundFen,
    state: 'reserved',
    cause: draft.cause,
    reason: draft.reason,
    requestedBy: draft.requestedBy,
    requestedAt: now.toISOString(),
    needsHisApproval: reversal === undefined && isBooked,
    reservedFrom: earlier?.reservedFrom ?? (isBooked ? '2002' : '2001'),
    hisRefundNo: reversal?.hisRefundNo,
    hisReversedDay: reversal?.hisReversedDay,
    channelRefundNo: undefined,
    submittedAt: undefined,
    refundedAt: undefined,
    isPosted: false,
    attempts: 0,
    replaces: earlier?.refundNo,
    lastNews: undefined,
    operatorId,
    tillNo: operatorId === undefined ? payment.tillNo : operatorTill(operatorId),
  });
  change.post(postRefundReserved(order, payment, refund));
  if (order.confirmation === 'confirmed' && isWhollyRefunded(change)) change.moveConfirmation('reversing', 'refund');
  if (draft.reversedByHis !== undefined) reversedWhole(change);
  change.schedule('advanceRefund', refund.refundNo);
  return refund;
}

/** The HIS holds no booking any more: its bills may be priced and paid anew. */
function reversedWhole(change: OrderChange): void {
  if (change.order.confirmation !== 'reversing' || change.refunds.some(({ needsHisApproval, hisRefundNo, state }) => needsHisApproval && hisRefundNo === undefined && !isRefundEnded(state))) return;
  change.moveConfirmation('reversed', 'hisRefund');
  if (change.holdsBills) change.releaseBills();
}

/** Every succeeded payment of the order is refunded or on its way back. */
export function isWhollyRefunded(change: Pick<OrderChange, 'refunds' | 'payments'>): boolean {
  return change.payments.every((payment) => payment.state !== 'succeeded' || refundableFen(change, payment) === 0);
}
