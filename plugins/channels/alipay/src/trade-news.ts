import { E_CNY, fenFromYuan, instantOfBeijing, type PaymentNews, type RefundNews } from '@hospay/plugin-sdk';

import { FundBills, type Refund, type Trade } from './messages.js';

/** `trade_status` → meaning. TRADE_FINISHED is a paid trade that can no longer be refunded; TRADE_CLOSED is either never paid or wholly refunded. */
const TRADE_STATES: Readonly<Record<string, 'paid' | 'pending' | 'closed'>> = {
  WAIT_BUYER_PAY: 'pending',
  TRADE_SUCCESS: 'paid',
  TRADE_FINISHED: 'paid',
  TRADE_CLOSED: 'closed',
};

/** What is known here beside the answer. `undone`: we asked Alipay to cancel this number. */
export type TradeContext = { readonly merchantNo: string; readonly wasPaid: boolean; readonly isUndone: boolean };

/** Reads a trade of a query or a notification. The amount is the order's total, not what the payer gave after coupons. */
export function newsOfTrade(trade: Trade, known: TradeContext): PaymentNews {
  const state = trade.trade_status ?? '';
  const meaning = Object.hasOwn(TRADE_STATES, state) ? TRADE_STATES[state] : undefined;
  if (meaning === undefined) return { kind: 'unknown', reason: 'trade_status is not one this channel knows' };
  if (meaning === 'pending') return { kind: 'pending' };
  const paidAt = instantOfBeijing(trade.send_pay_date ?? trade.gmt_payment);
  if (meaning === 'closed') {
    const isRefunded = known.wasPaid || (paidAt !== undefined && !known.isUndone);
    if (!isRefunded) return { kind: 'closed' };
  }
  const amountFen = trade.total_amount === undefined ? 0 : fenFromYuan(trade.total_amount);
  if (trade.trade_no === undefined || paidAt === undefined || amountFen <= 0) return { kind: 'unknown', reason: 'a paid trade without trade_no, time of payment or amount' };
  const fundingSource = fundingSourceOf(trade);
  return {
    kind: 'succeeded',
    tradeNo: trade.out_trade_no,
    merchantNo: known.merchantNo,
    amountFen,
    channelTradeNo: trade.trade_no,
    paidAt,
    ...(fundingSource === undefined ? {} : { fundingSource }),
  };
}

/** Digital yuan under its own name; else Alipay's words for the parts (`PCREDIT`, `COUPON+ALIPAYACCOUNT` …). */
function fundingSourceOf({ receipt_currency_type: currency, fund_bill_list: list }: Trade): string | undefined {
  if (currency === 'DC') return E_CNY;
  const bills: unknown = typeof list === 'string' ? parsed(list) : list;
  if (!FundBills.Check(bills)) return undefined;
  const channels = new Set(bills.map((bill) => bill.fund_channel ?? bill.fundChannel ?? '').filter((name) => /^[0-9A-Za-z_]{1,32}$/.test(name)));
  return channels.size === 0 ? undefined : [...channels].sort().join('+').slice(0, 64);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Alipay's word for the state of a refund with a medical-insurance part; without the word the refund went back whole. */
const CHANNEL_STATES: Readonly<Record<string, 'returned' | 'blocked'>> = { SUCCESS: 'returned', FAIL: 'blocked', PART_SUCCESS: 'blocked' };

/** The refund as we asked for it. `askedAt` stands in for a time Alipay leaves out: refunds are made while the request is answered. */
export type AskedRefund = { readonly refundNo: string; readonly tradeNo: string; readonly askedAt: string };

/** Reads the answer of a refund query. An answer without `refund_status`, and without anything else of a refund, means that none was made under this number. */
export function newsOfRefund(refund: Refund, asked: AskedRefund): RefundNews {
  const { refundNo, tradeNo, askedAt } = asked;
  if (refund.refund_status === undefined) return refund.refund_amount === undefined ? { kind: 'notFound' } : { kind: 'unknown', reason: 'a refund without refund_status' };
  if (refund.refund_status !== 'REFUND_SUCCESS') return { kind: 'unknown', reason: 'refund_status is not one this channel knows' };
  if (refund.out_request_no !== refundNo || refund.out_trade_no !== tradeNo) return { kind: 'unknown', reason: 'the answer is not about this refund' };
  const channelState = refund.refund_channel_status ?? 'SUCCESS';
  const way = Object.hasOwn(CHANNEL_STATES, channelState) ? CHANNEL_STATES[channelState] : undefined;
  if (way === undefined) return { kind: 'unknown', reason: 'refund_channel_status is not one this channel knows' };
  if (way === 'blocked') return { kind: 'abnormal', message: `退款未全部退回（${channelState}） / part of the refund did not go back` };
  const refundFen = refund.refund_amount === undefined ? 0 : fenFromYuan(refund.refund_amount);
  if (refundFen <= 0) return { kind: 'unknown', reason: 'a refund without an amount' };
  // Alipay gives a refund no number of its own: bill and merchant console show ours.
  return { kind: 'succeeded', refundNo, tradeNo, refundFen, channelRefundNo: refundNo, refundedAt: instantOfBeijing(refund.gmt_refund_pay) ?? askedAt };
}
