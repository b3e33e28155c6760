/** The posting of every money event (numbers are the lines of the posting table in core/docs/architecture.md). */
import { beijingDay, type Fen } from '@hospay/plugin-sdk';
import { billDayAt } from './bill-day.js';
import type { AccountName, Entry, Journal, Phase } from './ledger.js';
import type { Order, Payment, Refund } from './order.js';

/** 2: the channel has the money; the hospital owes the patient a service or the money. */
export function postPaymentSucceeded(order: Order, payment: Payment & { readonly billDay: string }): Journal {
  return {
    bizType: 'payment',
    bizId: payment.paymentNo,
    step: 'succeeded',
    ...stamp(payment.tillNo),
    entries: [
      ...whereMoneyIs(payment).map(({ account, amountFen }): Entry => ({ account, side: 'debit', amountFen, phase: 'final', clearKey: moneyKey(payment, payment.tillNo, payment.billDay) })),
      { account: patientPayable(order), side: 'credit', amountFen: payment.amountFen, phase: 'final', clearKey: order.tradeNo },
    ],
  };
}

/** 3: the HIS booked it; the debt to the patient becomes a debt to the HIS day. Its receipt belongs to the shift of the till that completed the payment. */
export function postConfirmed(order: Order, hisDay: string, payments: readonly Payment[]): Journal {
  return {
    bizType: 'confirmation',
    bizId: order.tradeNo,
    step: 'confirmed',
    ...stamp(payments.findLast(({ state }) => state === 'succeeded')?.tillNo),
    entries: pair(patientPayable(order), order.tradeNo, hisPayable(order), hisDay, order.amountFen, 'final'),
  };
}

/** 6: a refund is reserved; from this moment the amount cannot be refunded twice. */
export function postRefundReserved(order: Order, payment: Payment, refund: Refund): Journal {
  return refundJournal(refund, 'reserved', reservation(order, payment, refund, 'pending'));
}

/** 7: the channel took the refund: the reservation becomes final. */
export function postRefundAccepted(order: Order, payment: Payment, refund: Refund): Journal {
  return refundJournal(refund, 'accepted', [
    ...reservation(order, payment, refund, 'voided'),
    ...reservation(order, payment, refund, 'final'),
  ]);
}

/** The bill day a refund stands under: the channel's day of its request; for cash the day the notes were handed out, which is the day of the till book. */
export function billDayOfRefund(payment: Payment, { submittedAt, refundedAt, requestedAt, billDay }: Pick<Refund, 'submittedAt' | 'refundedAt' | 'requestedAt' | 'billDay'>, cutOff?: string): string {
  if (billDay !== undefined) return billDay;
  const at = payment.method === 'cash' ? (refundedAt ?? submittedAt) : (submittedAt ?? refundedAt);
  return billDayAt(at ?? requestedAt, cutOff);
}

/** 8, and 25 of an insured payment: the money is back with the patient or the fund. `day`: `billDayOfRefund`. */
export function postRefundSucceeded(payment: Payment, refund: Refund, day: string): Journal {
  const entries: Entry[] = [
    { account: refundClearing(payment), side: 'debit', amountFen: refund.refundFen, phase: 'final', clearKey: refund.refundNo },
    ...whereRefundComesFrom(payment, refund).map(({ account, amountFen }): Entry => ({ account, side: 'credit', amountFen, phase: 'final', clearKey: moneyKey(payment, refund.tillNo, day) })),
  ];
  return { ...refundJournal(refund, 'succeeded', entries), ...stamp(refund.tillNo) };
}

/** 9: the refund ended without money moving: the reservation is voided, or, if it was final, taken back. */
export function postRefundReleased(order: Order, payment: Payment, refund: Refund): Journal {
  if (!refund.isPosted) return refundJournal(refund, 'released', reservation(order, payment, refund, 'voided'));
  return refundJournal(
    refund,
    'released',
    pair(refundClearing(payment), refund.refundNo, liability(order, refund), liabilityKey(order, refund, 'final'), refund.refundFen, 'final'),
  );
}

type Part = { readonly account: AccountName; readonly amountFen: Fen };

/** Where the money of a payment is until it is banked: with the channel, in a till, or owed by the insurance, fund and personal account apart. */
export function whereMoneyIs({ method, channel, merchantNo, amountFen, insuranceSplit, paymentNo }: Payment): readonly Part[] {
  if (method !== 'medicalInsurance') return [{ account: `${method === 'cash' ? '1001' : '1121'}/${channel}/${merchantNo}`, amountFen }];
  if (insuranceSplit === undefined) throw new Error(`payment ${paymentNo} is to be posted without the split of fund and account`);
  const parts: readonly Part[] = [
    { account: `1131/${channel}/${merchantNo}/fund`, amountFen: insuranceSplit.fundFen },
    { account: `1131/${channel}/${merchantNo}/account`, amountFen: insuranceSplit.accountFen },
  ];
  return parts.filter((part) => part.amountFen > 0);
}

/** Cash lies in a till until its shift is counted; all else waits for the bill of its day. Cash from before there were shifts stands under its day. */
export function moneyKey({ method }: Pick<Payment, 'method'>, tillNo: string | undefined, day: string): string {
  return method === 'cash' ? (tillNo ?? day) : day;
}

/** The refund of one account takes any part of it; an insured payment is undone whole, each part exactly as it was posted. */
export function whereRefundComesFrom(payment: Payment, { refundFen, refundNo }: Pick<Refund, 'refundFen' | 'refundNo'>): readonly Part[] {
  const parts = whereMoneyIs(payment);
  if (refundFen === payment.amountFen) return parts;
  const [only] = parts;
  if (parts.length !== 1 || only === undefined) throw new Error(`refund ${refundNo} is a part of a payment that stands on several accounts`);
  return [{ ...only, amountFen: refundFen }];
}

export function patientPayable(order: Order): AccountName {
  return `2001/${order.hospitalId}`;
}
export function hisPayable(order: Order): AccountName {
  return `2002/${order.hospitalId}`;
}
export function refundClearing(payment: Payment): AccountName {
  return `2011/${payment.channel}/${payment.merchantNo}`;
}

function reservation(order: Order, payment: Payment, refund: Refund, phase: Phase): Entry[] {
  return pair(liability(order, refund), liabilityKey(order, refund, phase), refundClearing(payment), refund.refundNo, refund.refundFen, phase);
}

function liability(order: Order, refund: Refund): AccountName {
  return refund.reservedFrom === '2001' ? patientPayable(order) : hisPayable(order);
}

/** A reservation on 2002 stands under the day it was asked for; the final posting under the day the HIS reversed, so closed HIS days stay closed. */
function liabilityKey(order: Order, refund: Refund, phase: Phase): string {
  if (refund.reservedFrom === '2001') return order.tradeNo;
  const requestedDay = beijingDay(new Date(refund.requestedAt));
  return phase === 'final' ? (refund.hisReversedDay ?? requestedDay) : requestedDay;
}

function refundJournal(refund: Refund, step: string, entries: Entry[]): Journal {
  return { bizType: 'refund', bizId: refund.refundNo, step, entries };
}

function stamp(tillNo: string | undefined): Pick<Journal, 'tillNo'> {
  return tillNo === undefined ? {} : { tillNo };
}

function pair(debit: AccountName, debitKey: string, credit: AccountName, creditKey: string, amountFen: Fen, phase: Phase): Entry[] {
  return [
    { account: debit, side: 'debit', amountFen, phase, clearKey: debitKey },
    { account: credit, side: 'credit', amountFen, phase, clearKey: creditKey },
  ];
}
