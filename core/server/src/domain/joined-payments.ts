/**
 * 医保混合收款: an insured payment and the wallet payment whose one confirmation by the patient settles both. They are made together and end together; the wallet is
 * the one that is charged and closed, the insurance centre is asked.
 */
import type { OrderAggregate, Payment } from './order.js';
import type { PaymentPolicy } from './payment-policy.js';
import { isPaymentEnded } from './payment-states.js';

/** The insured payment that this wallet payment settles. */
export function settledWith(payments: readonly Payment[], wallet: Pick<Payment, 'paymentNo'>): Payment | undefined {
  return payments.find(({ settledBy }) => settledBy === wallet.paymentNo);
}

/** Whether the payment is one of two that end together. */
export function isJoined(payments: readonly Payment[], payment: Payment): boolean {
  return payment.settledBy !== undefined || settledWith(payments, payment) !== undefined;
}

/**
 * The order at the centre is revoked only when the wallet can no longer pay it: revoked under the hands of a paying patient it would cost him the cash for a while. A
 * wallet that says both parts are paid is waited for as long as a delayed answer can take; an order the centre then still has not settled is not settled.
 */
export function mayBeClosed({ payments }: Pick<OrderAggregate, 'payments'>, payment: Payment, now: Date, { closeMarginMs }: Pick<PaymentPolicy, 'closeMarginMs'>): boolean {
  const wallet = payments.find(({ paymentNo }) => paymentNo === payment.settledBy);
  if (wallet === undefined) return true;
  if (!isPaymentEnded(wallet.state)) return false;
  return wallet.state !== 'succeeded' || now.getTime() > Date.parse(payment.expiresAt) + closeMarginMs;
}
