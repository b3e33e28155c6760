import { E_CNY, instantNear, instantOfBeijing, type PaymentNews, type RefundNews, type RefundReference } from '@hospay/plugin-sdk';

import type { Fields } from './fields.js';
import { fundingOfCard } from './card-kinds.js';
import { DEFAULT_CARD_REFUSAL_CODES } from './response-codes.js';
import type { UnionpaySettings } from './settings.js';

type Succeeded = Extract<PaymentNews, { kind: 'succeeded' }>;
type RefundSucceeded = Extract<RefundNews, { kind: 'succeeded' }>;
type Unknown = { readonly kind: 'unknown'; readonly reason: string };

/** A paid transaction, from a query or a notification. The amount is the order's, not what the payer gave after discounts (settleAmt). */
export function newsOfPaid(fields: Fields, settings: UnionpaySettings): Succeeded | Unknown {
  const paid = settled(fields);
  if (paid === undefined) return { kind: 'unknown', reason: 'a paid transaction without queryId, amount in yuan or time' };
  const fundingSource = fundingSourceOf(fields, settings);
  return {
    kind: 'succeeded',
    tradeNo: fields['orderId'] ?? '',
    merchantNo: fields['merId'] ?? '',
    amountFen: paid.amountFen,
    channelTradeNo: paid.queryId,
    paidAt: paid.at,
    ...(fundingSource === undefined ? {} : { fundingSource }),
  };
}

/** Money returned by an undo or refund. */
export function newsOfReturned(fields: Fields, tradeNo: string): RefundSucceeded | Unknown {
  const returned = settled(fields);
  if (returned === undefined) return { kind: 'unknown', reason: 'a refund without queryId, amount in yuan or time' };
  return { kind: 'succeeded', refundNo: fields['orderId'] ?? '', tradeNo, refundFen: returned.amountFen, channelRefundNo: returned.queryId, refundedAt: returned.at };
}

/**
 * A refund UnionPay took and could not carry out: the money is with the merchant again. When the card's bank refused it (account closed …) a new refund
 * would meet the same bank, so that a person must act.
 */
export function newsOfFailedRefund({ code, message }: { readonly code: string; readonly message: string }, settings: UnionpaySettings): RefundNews {
  const isRefusedByBank = (settings.cardRefusalCodes ?? DEFAULT_CARD_REFUSAL_CODES).includes(code);
  return isRefusedByBank ? { kind: 'abnormal', message: `${code} ${message}`.slice(0, 500) } : { kind: 'closed' };
}

/** The answer speaks of another payment than this refund belongs to. */
export function isOfOtherPayment(fields: Fields, { payment }: Pick<RefundReference, 'payment'>): boolean {
  const { origQryId } = fields;
  return origQryId !== undefined && payment.channelTradeNo !== undefined && origQryId !== payment.channelTradeNo;
}

/** When a transaction took place. traceTime names no year, txnTime may be some minutes earlier. */
export function timeOf({ traceTime = '', txnTime = '' }: Fields): string | undefined {
  const submitted = instantOfBeijing(txnTime);
  return submitted === undefined ? undefined : (instantNear(traceTime, submitted) ?? submitted);
}

function settled(fields: Fields): { readonly queryId: string; readonly amountFen: number; readonly at: string } | undefined {
  const { queryId = '', txnAmt = '', currencyCode = '156' } = fields;
  const at = timeOf(fields);
  if (!/^[0-9A-Za-z]{1,64}$/.test(queryId) || !/^[1-9]\d{0,11}$/.test(txnAmt) || currencyCode !== '156' || at === undefined) return undefined;
  return { queryId, amountFen: Number(txnAmt), at };
}

function fundingSourceOf(fields: Fields, { eCnyMark }: UnionpaySettings): string | undefined {
  if (eCnyMark?.values.includes(fields[eCnyMark.field] ?? '') === true) return E_CNY;
  return fundingOfCard({ kind: fields['payCardType'], issuer: fields['issInsCode'] });
}
