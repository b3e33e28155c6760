/** The posting of every money event (numbers are the lines of the posting table in core/docs/architecture.md). */
import type { Fen, PaymentMethod } from '@hospay/plugin-sdk';
import { beijingDay } from './beijing-day.js';
import type { AccountName, Entry, Journal, Phase } from './ledger.js';
import type { Order, Payment, Refund } from './order.js';

/** 2: the channel has the money; the hospital owes the patient a service or the money. */
export function postPaymentSucceeded(order: Order, payment: Payment & { readonly billDay: string }): Journal {
  return {
    bizType: 'payment',
    bizId: payment.paymentNo,
    step: 'succeeded',
    entries: pair(channelInTransit(payment), payment.billDay, patientPayable(order), order.tradeNo, payment.amountFen, 'final'),
  };
}

/** 3: the HIS booked it; the debt to the patient becomes a debt to the HIS day. */
export function postConfirmed(order: Order, hisDay: string): Journal {
  return {
    bizType: 'confirmation',
    bizId: order.tradeNo,
    step: 'confirmed',
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

/** 8: the money is back with the patient. `day` is the channel's bill day of the refund (the day it was requested). */
export function postRefundSucceeded(payment: Payment, refund: Refund, day: string): Journal {
  return refundJournal(
    refund,
    'succeeded',
    pair(refundClearing(payment), refund.refundNo, channelInTransit(payment), day, refund.refundFen, 'final'),
  );
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

/** Where the money of a payment is until it is banked: with the channel, in a till, or owed by the insurance fund. */
export function channelInTransit(payment: Payment): AccountName {
  return `${MONEY_AT[payment.method] ?? '1121'}/${payment.channel}/${payment.merchantNo}`;
}
const MONEY_AT: Partial<Record<PaymentMethod, '1001' | '1131'>> = { cash: '1001', medicalInsurance: '1131' };

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

function pair(debit: AccountName, debitKey: string, credit: AccountName, creditKey: string, amountFen: Fen, phase: Phase): Entry[] {
  return [
    { account: debit, side: 'debit', amountFen, phase, clearKey: debitKey },
    { account: credit, side: 'credit', amountFen, phase, clearKey: creditKey },
  ];
}
