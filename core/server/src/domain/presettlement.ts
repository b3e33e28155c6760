/** What a pre-settlement with the insurance allows. */
import { addFen, type Fen } from '@hospay/plugin-sdk';
import type { InsuranceSplit, Order, Payment, Presettlement } from './order.js';

/** What the insurance pays, fund and personal account: the amount of the payment that settles it. */
export function insuredFen({ fundFen, accountFen }: Pick<InsuranceSplit, 'fundFen' | 'accountFen'>): Fen {
  return addFen(fundFen, accountFen);
}

/** Longer than any plugin may take for a call: until then the centre may still be at work on it. */
export const LONGEST_CENTRE_CALL_MS = 125_000;

/** True while the centre may still be at work on a call under this number. */
export function isBusy({ busyUntil }: Presettlement, now: Date): boolean {
  return busyUntil !== undefined && now.getTime() < Date.parse(busyUntil);
}

/**
 * 先自费后医保 (an order that began with what the patient pays himself): the insurance is settled last, when all of that is in. Fixed by the order's first payment, so that another
 * configuration changes no order that has begun.
 */
export function settlesLast({ order, payments }: { readonly order: Pick<Order, 'presettlementNo'>; readonly payments: readonly Pick<Payment, 'leg' | 'method' | 'settledBy'>[] }): boolean {
  const first = payments.find(({ leg }) => leg === 1);
  return order.presettlementNo !== undefined && first !== undefined && first.method !== 'medicalInsurance';
}

/** Whether a new order may take it with this first payment: the insured one, or one of what the patient pays himself. Asked inside the transaction that accepts the order. */
export function mayBegin(presettlement: Presettlement, order: Pick<Order, 'quoteId' | 'amountFen'>, payment: Pick<Payment, 'channel' | 'amountFen' | 'method'>, now: Date): boolean {
  if (payment.method === 'medicalInsurance') return mayBeTaken(presettlement, order, payment, now);
  const { state, split, quoteId, totalFen, expiresAt } = presettlement;
  return state === 'presettled' && split !== undefined && quoteId === order.quoteId && totalFen === order.amountFen && payment.amountFen <= split.cashFen && now.getTime() < Date.parse(expiresAt);
}

/** Whether this order's first payment may settle it: open, of the same quote, for exactly the whole and exactly the insured part. Asked inside the transaction that takes it. */
export function mayBeTaken(presettlement: Presettlement, order: Pick<Order, 'quoteId' | 'amountFen'>, payment: Pick<Payment, 'channel' | 'amountFen'>, now: Date): boolean {
  const { state, split, quoteId, totalFen, channel, expiresAt } = presettlement;
  return state === 'presettled' && split !== undefined && quoteId === order.quoteId && totalFen === order.amountFen && channel === payment.channel && insuredFen(split) === payment.amountFen && now.getTime() < Date.parse(expiresAt);
}
