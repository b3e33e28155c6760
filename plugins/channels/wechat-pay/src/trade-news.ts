import { E_CNY, type PaymentNews, type RefundNews, type RefundOutcome } from '@hospay/plugin-sdk';

import type { MerchantIdentity } from './merchant-identity.js';
import type { Refund, Trade } from './messages.js';
import { DEFAULT_E_CNY_BANK_TYPES, type WechatPaySettings } from './settings.js';

/** `trade_state` → news. REFUND means that the order was paid and that a refund was asked for; unlisted states are unknown. */
const TRADE_STATES: Readonly<Record<string, 'paid' | 'pending' | 'closed'>> = {
  NOTPAY: 'pending',
  SUCCESS: 'paid',
  REFUND: 'paid',
  CLOSED: 'closed',
  // Only of scanned codes. A failed attempt is no end by itself: the reverse makes it one.
  USERPAYING: 'pending',
  ACCEPT: 'pending',
  PAYERROR: 'pending',
  REVOKED: 'closed',
};

export type ReadTrade = (trade: Trade) => PaymentNews;

export function createTradeReader(settings: WechatPaySettings, identity: MerchantIdentity): ReadTrade {
  return (trade) => newsOfTrade(trade, identity, fundingSources(settings));
}

/** `bank_type` in WeChat Pay's word, or that it was digital yuan. */
export function fundingSources({ eCnyBankTypes }: WechatPaySettings): (bankType: string) => string {
  return (bankType) => ((eCnyBankTypes ?? DEFAULT_E_CNY_BANK_TYPES).includes(bankType) ? E_CNY : bankType);
}

/** The order of a scanned code is there, but its code is used up and nobody is paying. */
export function isSpent(tradeState: string | undefined): boolean {
  return tradeState === 'NOTPAY' || tradeState === 'PAYERROR';
}

/** Reads a trade of a query or a notification. The amount is the order's total, not what the payer gave after coupons. */
function newsOfTrade(trade: Trade, identity: MerchantIdentity, fundingSourceOf: (bankType: string) => string): PaymentNews {
  const meaning = Object.hasOwn(TRADE_STATES, trade.trade_state) ? TRADE_STATES[trade.trade_state] : undefined;
  if (meaning === undefined) return { kind: 'unknown', reason: 'trade_state is not one this channel knows' };
  if (meaning !== 'paid') return { kind: meaning };
  if (trade.transaction_id === undefined || trade.success_time === undefined || trade.amount === undefined) {
    return { kind: 'unknown', reason: 'a paid trade without transaction_id, success_time or amount' };
  }
  const merchantNo = identity.merchantOf(trade);
  if (merchantNo === undefined) return { kind: 'unknown', reason: 'a paid trade of another service provider' };
  return {
    kind: 'succeeded',
    tradeNo: trade.out_trade_no,
    merchantNo,
    amountFen: trade.amount.total,
    channelTradeNo: trade.transaction_id,
    paidAt: trade.success_time,
    ...(trade.bank_type === undefined ? {} : { fundingSource: fundingSourceOf(trade.bank_type) }),
  };
}

/** Reads a refund of a query or a notification. */
export function newsOfRefund(refund: Refund): RefundNews {
  switch (refund.status) {
    case 'SUCCESS':
      if (refund.success_time === undefined) return { kind: 'unknown', reason: 'a refund without success_time' };
      return {
        kind: 'succeeded',
        refundNo: refund.out_refund_no,
        tradeNo: refund.out_trade_no,
        refundFen: refund.amount.refund,
        channelRefundNo: refund.refund_id,
        refundedAt: refund.success_time,
      };
    case 'PROCESSING':
      return { kind: 'processing', channelRefundNo: refund.refund_id };
    case 'CLOSED':
      return { kind: 'closed' };
    case 'ABNORMAL':
      return { kind: 'abnormal', message: '退款异常：原路退回受阻 / the way back to the payer is blocked' };
    default:
      return { kind: 'unknown', reason: 'refund status is not one this channel knows' };
  }
}

/**
 * The answer to a refund request is a statement about the refund under this number. CLOSED and ABNORMAL are no answer to "was it
 * accepted": the refund query tells them.
 */
export function outcomeOfRefund(refund: Refund): RefundOutcome {
  const news = newsOfRefund(refund);
  return news.kind === 'succeeded' || news.kind === 'processing'
    ? news
    : { kind: 'unknown', reason: `the refund exists in state ${news.kind}` };
}
