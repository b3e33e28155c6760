import { addFen, subtractFen, ZERO_FEN, type Fen } from '@hospay/plugin-sdk';
import type { OrderChange } from './order-change.js';
import type { Invoice, Order, Refund } from './order.js';
import type { PaymentPolicy } from './payment-policy.js';

type Booked = { readonly order: Pick<Order, 'confirmation' | 'totalFen' | 'fundFen' | 'personalAccountFen' | 'amountFen' | 'presettlementNo' | 'settlementNo'>; readonly refunds: readonly Refund[]; readonly invoices?: readonly Invoice[] | undefined };

/** The invoice that stands, or will: at most one is not over. */
export function liveInvoice({ invoices = [] }: Pick<Booked, 'invoices'>): Invoice | undefined {
  return invoices.find(({ state }) => state !== 'flushed' && state !== 'refused');
}

/** What the hospital holds of the order, insurance included: what it booked less what it has reversed. Undefined: it has booked nothing yet. */
export function invoiceableFen({ order, refunds }: Booked): Fen | undefined {
  if (order.settlementNo === undefined) return undefined;
  if (order.confirmation === 'reversed') return ZERO_FEN;
  if (order.confirmation !== 'confirmed' && order.confirmation !== 'reversing') return undefined;
  return reversedRefunds(refunds).reduce<Fen>((left, { refundFen }) => subtractFen(left, refundFen), bookedFen(order));
}

/** With the rounding: refunds are parts of the rounded amount, so of the exact one something would be left, or less than nothing. */
function bookedFen({ presettlementNo, totalFen, fundFen, personalAccountFen, amountFen }: Booked['order']): Fen {
  return presettlementNo === undefined ? addFen(addFen(fundFen, personalAccountFen), amountFen) : totalFen;
}

/** Refunds the hospital has reversed its booking for. A successor goes another way with the same reversal. */
export function reversedRefunds(refunds: readonly Refund[]): readonly Refund[] {
  return refunds.filter(({ hisReversedDay, replaces, reservedFrom }) => hisReversedDay !== undefined && replaces === undefined && reservedFrom === '2002');
}

/** The hospital's booking of this order has changed: its invoice follows, in its own time. */
export function wantInvoice(policy: Pick<PaymentPolicy, 'invoicedBusinesses'>, change: OrderChange): void {
  const { business = 'bill' } = change.order;
  if (policy.invoicedBusinesses.some((invoiced) => invoiced === business)) change.schedule('advanceInvoice', change.order.tradeNo);
}
