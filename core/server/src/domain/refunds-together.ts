/**
 * Refunds of which none may leave before the HIS has answered about all. A payment that is undone only whole (医保) is undone with everything the patient paid beside it; were
 * one of these refunds refused by the HIS after another had left, the insurance would be undone while the cash and the booking stand, or the other way round.
 *
 * What belongs together is read from the rows and not marked: as long as a whole-only payment is on its way back, that is every refund of its order the HIS still has to answer,
 * one that was asked for earlier included.
 */
import type { OrderAggregate, Refund } from './order.js';

type Rows = Pick<OrderAggregate, 'payments' | 'refunds'>;

/** This refund and those that belong with it and have not left; just this one when none does. In the order in which the HIS is asked: the whole-only payment's is the last, so that it is never undone alone. */
export function refundsTogether({ payments, refunds }: Rows, refund: Refund): readonly Refund[] {
  const isWholeOnly = ({ paymentNo }: Refund): boolean => payments.some((payment) => payment.paymentNo === paymentNo && payment.refundsWholeOnly === true);
  const waiting = refunds.filter((other) => other.needsHisApproval && (other.state === 'reserved' || other.state === 'approving'));
  if (!refund.needsHisApproval || !waiting.some(isWholeOnly)) return refunds.filter(({ refundNo }) => refundNo === refund.refundNo);
  return [...waiting.filter((other) => !isWholeOnly(other)), ...waiting.filter(isWholeOnly)];
}

/** The HIS has yet to say whether its booking may be reversed for this one. */
export function lacksApproval({ needsHisApproval, hisRefundNo }: Refund): boolean {
  return needsHisApproval && hisRefundNo === undefined;
}

/** One that belongs with it is to be asked about at the HIS before it. */
export function waitsForApprovalBefore(order: Rows, refund: Refund): boolean {
  const together = refundsTogether(order, refund);
  return together.slice(0, together.findIndex(({ refundNo }) => refundNo === refund.refundNo)).some(lacksApproval);
}

/** The HIS has answered for all that belongs with it, as far as it has to. */
export function isApprovedTogether(order: Rows, refund: Refund): boolean {
  return !refundsTogether(order, refund).some(lacksApproval);
}
