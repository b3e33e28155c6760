/**
 * Mixed tender (混合支付): one order paid by several payments, one after the other (insurance, then self-pay, then cash). The hospital hears of it
 * only when they reach the whole amount; an order that ends short of it sends every payment back, the last first.
 */
import { addFen, fen, subtractFen, type Fen } from '@hospay/plugin-sdk';
import { followPresettlement } from './follow-presettlement.js';
import type { OrderChange } from './order-change.js';
import type { OrderAggregate, Payment } from './order.js';
import { isPaymentEnded } from './payment-states.js';
import { refundableFen, reserveRefund } from './reserve-refund.js';
import { takesMorePayments } from './tender-time.js';

export { takesMorePayments } from './tender-time.js';

type Rows = Pick<OrderAggregate, 'order' | 'payments' | 'refunds'>;

/** What has been paid and is not on its way back. */
export function keptFen(rows: Rows): Fen {
  return rows.payments.reduce((sum, payment) => addFen(sum, refundableFen(rows, payment)), fen(0));
}

/** What further payments may still take. Zero when the order takes no more. */
export function remainingFen(rows: Rows, now: Date): Fen {
  if (!takesMorePayments(rows.order, now)) return fen(0);
  return subtractFen(rows.order.amountFen, keptFen(rows));
}

/**
 * Asked after every change of a payment of a mixed order: when nothing is open any more and the order takes no further payment, what was paid is
 * sent back, the last payment first. Before that, and for an order with a single payment, it does nothing.
 */
export function settleTender(change: OrderChange): void {
  const { order, payments } = change;
  if (order.tenderUntil === undefined || order.confirmation !== 'none') return;
  if (takesMorePayments(order, change.now) || payments.some(({ state }) => !isPaymentEnded(state))) return;
  for (const payment of payments.toReversed()) {
    const left = refundableFen(change, payment);
    if (left > 0) reserveRefund(change, { paymentNo: payment.paymentNo, refundFen: left, cause: 'tenderAbandoned', reason: '混合支付未完成，自动退款', requestedBy: 'system' });
  }
  if (change.holdsBills) change.releaseBills();
  change.dropJob('advanceTender', order.tradeNo);
  followPresettlement(change);
}

/** No further payment is taken; what is open is closed at its channel, and `settleTender` follows its end. */
export function endTender(change: OrderChange, by: 'timer' | 'cancel'): void {
  if (change.order.tenderEndingAt === undefined) change.setOrder({ tenderEndingAt: change.now.toISOString() });
  closeOpenPayments(change, by);
  settleTender(change);
}

/** Whether what has been paid fits the order. Of an insured order the patient's payments never stand for the insurance's: paid twice, what he pays himself may be as much as the whole, and nobody has settled. */
export function fitsOrder(change: OrderChange): boolean {
  return partsOf(change).every(({ wholeFen, paidFen }) => paidFen <= wholeFen);
}

/** A late success has taken the place of what is open now: what would exceed the order, or its part of an insured one, is closed at its channel before the patient pays it too. */
export function closeWhatExceeds(change: OrderChange): void {
  for (const { wholeFen, paidFen, open } of partsOf(change)) {
    const openFen = open.reduce((sum, { amountFen }) => addFen(sum, amountFen), fen(0));
    if (openFen > 0 && addFen(paidFen, openFen) > wholeFen) for (const { paymentNo } of open) closeOpenPayment(change, paymentNo, 'timer');
  }
}

/** Whatever is still open is asked about and closed at its channel, at once. */
export function closeOpenPayments(change: OrderChange, by: 'timer' | 'cancel'): void {
  for (const { paymentNo, state } of change.payments) if (!isPaymentEnded(state)) closeOpenPayment(change, paymentNo, by);
}

function closeOpenPayment(change: OrderChange, paymentNo: string, by: 'timer' | 'cancel'): void {
  if (change.payment(paymentNo).state !== 'closing') change.movePayment(paymentNo, 'closing', by);
  change.schedule('advancePayment', paymentNo);
}

type Part = { readonly wholeFen: Fen; readonly paidFen: Fen; readonly open: readonly Payment[] };

/** An order is one part; an insured one is what the insurance pays and what the patient pays himself. */
function partsOf(change: OrderChange): readonly Part[] {
  const { order } = change;
  if (order.presettlementNo === undefined) return [partOf(change, order.amountFen, () => true)];
  const insuredFen = addFen(order.fundFen, order.personalAccountFen);
  return [
    partOf(change, insuredFen, ({ method }) => method === 'medicalInsurance'),
    partOf(change, subtractFen(order.amountFen, insuredFen), ({ method }) => method !== 'medicalInsurance'),
  ];
}

function partOf(change: OrderChange, wholeFen: Fen, isOfIt: (payment: Payment) => boolean): Part {
  const payments = change.payments.filter(isOfIt);
  return { wholeFen, paidFen: payments.reduce((sum, payment) => addFen(sum, refundableFen(change, payment)), fen(0)), open: payments.filter(({ state }) => !isPaymentEnded(state)) };
}
