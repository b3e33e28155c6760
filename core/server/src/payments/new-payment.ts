import type { Fen, PaymentMethod } from '@hospay/plugin-sdk';
import type { Payment } from '../domain/order.js';
import { gapAfter, lifetimeOf, queryRhythmOf } from '../domain/payment-policy.js';
import type { JobRequest } from '../domain/order-change.js';
import { makePaymentNo } from '../domain/trade-number.js';
import type { PaymentPorts, Tender, TenderDetails } from './ports.js';

export function detailsOf(tender: Tender): TenderDetails {
  const { authCode, payerId, clientIp, operatorId, tenderedFen, presettlementNo, returnUrl, insurancePayer, agreementToken } = tender;
  return {
    ...(authCode === undefined ? {} : { authCode }),
    ...(payerId === undefined ? {} : { payerId }),
    ...(clientIp === undefined ? {} : { clientIp }),
    ...(operatorId === undefined ? {} : { operatorId }),
    ...(tenderedFen === undefined ? {} : { tenderedFen }),
    ...(presettlementNo === undefined ? {} : { presettlementNo }),
    ...(returnUrl === undefined ? {} : { returnUrl }),
    ...(insurancePayer === undefined ? {} : { insurancePayer }),
    ...(agreementToken === undefined ? {} : { agreementToken }),
  };
}

export type NewPayment = {
  readonly tradeNo: string;
  readonly leg: number;
  readonly channel: { readonly id: string; readonly merchantNo: string; readonly refundsWholeOnly?: boolean };
  readonly method: PaymentMethod;
  readonly amountFen: Fen;
  /** The payment may not outlive this: the HIS quote, the order's time for payments. */
  readonly noLaterThan: string;
} & Pick<Payment, 'settledBy' | 'insuranceOrder' | 'tillNo'>;

/** A further payment of an order that a restored box knows from before may have had its number used in the time nobody knows of any more. The first is of the order's own, which is new. */
export function paymentNoOf({ numbersFrom = 0 }: Pick<PaymentPorts, 'numbersFrom'>, tradeNo: string, leg: number): string {
  return makePaymentNo(tradeNo, leg === 1 ? leg : numbersFrom + leg);
}

/** A payment whose intent is about to be committed, and the first question about it. */
export function makePayment(ports: PaymentPorts, wanted: NewPayment): { readonly payment: Payment; readonly job: JobRequest } {
  const now = ports.clock.now();
  const paymentNo = paymentNoOf(ports, wanted.tradeNo, wanted.leg);
  const expiresAt = new Date(Math.min(now.getTime() + lifetimeOf(ports.policy, wanted.method), Date.parse(wanted.noLaterThan)));
  return {
    payment: {
      paymentNo,
      tradeNo: wanted.tradeNo,
      leg: wanted.leg,
      channel: wanted.channel.id,
      merchantNo: wanted.channel.merchantNo,
      method: wanted.method,
      amountFen: wanted.amountFen,
      state: 'submitted',
      presentation: undefined,
      expiresAt: expiresAt.toISOString(),
      submittedAt: now.toISOString(),
      channelTradeNo: undefined,
      paidAt: undefined,
      fundingSource: undefined,
      channelNote: undefined,
      attempts: 1,
      billDay: undefined,
      lastNews: undefined,
      ...(wanted.settledBy === undefined ? {} : { settledBy: wanted.settledBy }),
      ...(wanted.insuranceOrder === undefined ? {} : { insuranceOrder: wanted.insuranceOrder }),
      ...(wanted.tillNo === undefined ? {} : { tillNo: wanted.tillNo }),
      // An insured payment stands on two accounts, fund and personal account: of a part of it nobody could say whose it is.
      ...(wanted.channel.refundsWholeOnly === true || wanted.method === 'medicalInsurance' ? { refundsWholeOnly: true } : {}),
      closeAskedAt: undefined,
    },
    job: { kind: 'advancePayment', subject: paymentNo, dueAt: new Date(now.getTime() + gapAfter(queryRhythmOf(ports.policy, wanted.method), 1)) },
  };
}
