/**
 * 一分钱自测: one fen through a channel's own way of taking money, which goes back by itself. It is an order like any other (numbers, facts, postings, statements), but for one thing: there is nothing the HIS could book, so
 * the refund is reserved in the transaction that learns of the payment. Never is the fen the hospital's, and never is it neither known nor on its way back.
 */
import { fen, type PaymentMethod } from '@hospay/plugin-sdk';
import type { OrderChange } from './order-change.js';
import type { Order, Owner } from './order.js';
import { reserveRefund } from './reserve-refund.js';

export const SELF_TEST_FEN = fen(1);
/** What the quote says is paid: reports and statement files show it in the place of the HIS's own word. */
export const SELF_TEST_FEE_TYPE = '一分钱自测';
/** Who owns the orders. The slash keeps it apart: no application can be registered under such an id. */
export const SELF_TEST_OWNER: Owner = { kind: 'application', id: 'console/self-test' };
/** Somebody with a phone: a code he scans, or the code he shows. Notes need no line to test, an insurance or a bound card needs a patient, and a card is read where its terminal stands. */
export const SELF_TEST_METHODS = ['nativeQr', 'paymentCode'] as const satisfies readonly PaymentMethod[];
export type SelfTestMethod = (typeof SELF_TEST_METHODS)[number];

export function isSelfTest({ business }: Pick<Order, 'business'>): boolean {
  return business === 'selfTest';
}

/** Its money is in: all of it goes back, and the next test of the channel may begin. */
export function sendSelfTestBack(change: OrderChange, paymentNo: string): void {
  const { amountFen, paidAt } = change.payment(paymentNo);
  change.setOrder({ paidAt });
  reserveRefund(change, { paymentNo, refundFen: amountFen, cause: 'selfTest', reason: '一分钱自测，自动退回', requestedBy: 'system' });
  if (change.holdsBills) change.releaseBills();
}
