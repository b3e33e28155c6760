import type { OrderChange } from './order-change.js';
import { own } from './own-words.js';
import { isPaymentEnded } from './payment-states.js';
import { takesMorePayments } from './tender-time.js';

/**
 * Brings the pre-settlement of an insured order in line with the order's payments and refunds, in the same change. Asked after any news of either;
 * asking again changes nothing. A pre-settlement that another order has taken meanwhile is left alone.
 */
export function followPresettlement(change: OrderChange): void {
  const { order, payments, refunds, presettlement, now } = change;
  if (presettlement?.tradeNo !== order.tradeNo) return;
  const { state, presettlementNo, expiresAt } = presettlement;
  const legs = payments.filter(({ method }) => method === 'medicalInsurance');
  const paid = legs.find((payment) => payment.state === 'succeeded');
  if (paid === undefined) {
    // What the channel has closed can never be settled under its number, and the centre's own order may have ended with it (移动支付): it is not offered again.
    if (state === 'settling' && legs.some((payment) => payment.state === 'closed')) {
      change.movePresettlement('abandoning', 'payment', { abandoningSince: now.toISOString(), lastNews: own('channelClosedIt') });
      change.schedule('advancePresettlement', presettlementNo);
      return;
    }
    const isOver = legs.every((payment) => isPaymentEnded(payment.state)) && !takesMorePayments(order, now);
    if (state !== 'settling' || !isOver) return;
    change.movePresettlement('presettled', 'payment');
    change.schedule('advancePresettlement', presettlementNo, new Date(Math.max(Date.parse(expiresAt), now.getTime())));
    return;
  }
  const isUndone = refunds.some((refund) => refund.paymentNo === paid.paymentNo && refund.state === 'succeeded');
  if (!isUndone && (state === 'settling' || state === 'presettled' || state === 'abandoning')) {
    change.movePresettlement('settled', 'payment', { abandoningSince: undefined });
    change.dropJob('advancePresettlement', presettlementNo);
    change.resolveCase('presettlementOpen', presettlementNo);
  } else if (isUndone && state === 'settled') {
    change.movePresettlement('abandoning', 'refund', { abandoningSince: now.toISOString() });
    change.schedule('advancePresettlement', presettlementNo);
  }
}
