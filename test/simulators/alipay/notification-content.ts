import { chinaText } from '../machinery/china-time.js';
import { amountFields } from './gateway-operations.js';
import type { SimulatedRefund, SimulatedTrade } from './simulated-records.js';
import { yuanText } from '../machinery/yuan-text.js';

type Merchant = { readonly appId: string; readonly sellerId: string };

/** What a payment notification says, before time, id and signature are put to it. */
export function newsOfPayment(trade: SimulatedTrade, merchant: Merchant): Readonly<Record<string, string>> {
  return {
    ...sharedFields(trade, merchant),
    trade_status: 'TRADE_SUCCESS',
  };
}

/** A refund's notification carries the sum of all refunds so far, and the number of this one. A cancel has no number. */
export function newsOfRefund(trade: SimulatedTrade, refund: SimulatedRefund, { refundedFen, ...merchant }: Merchant & { readonly refundedFen: number }): Readonly<Record<string, string>> {
  return {
    ...sharedFields(trade, merchant),
    trade_status: trade.state,
    refund_fee: yuanText(refundedFen),
    gmt_refund: `${chinaText(new Date(refund.at))}.120`,
    ...(refund.origin === 'refund' ? { out_biz_no: refund.outRequestNo } : {}),
    ...(trade.state === 'TRADE_CLOSED' ? { gmt_close: chinaText(new Date(refund.at)) } : {}),
  };
}

function sharedFields(trade: SimulatedTrade, { appId, sellerId }: Merchant): Record<string, string> {
  return {
    notify_type: 'trade_status_sync',
    app_id: appId,
    auth_app_id: appId,
    charset: 'utf-8',
    version: '1.0',
    trade_no: trade.tradeNo ?? '',
    out_trade_no: trade.outTradeNo,
    buyer_id: trade.buyerId,
    buyer_logon_id: '138****0000',
    seller_id: sellerId,
    seller_email: 'hospital+pay@simulated.example',
    subject: trade.subject,
    ...(trade.body === undefined ? {} : { body: trade.body }),
    ...amountFields(trade),
    gmt_create: chinaText(new Date(trade.createdAt)),
    gmt_payment: chinaText(new Date(trade.paidAt ?? trade.createdAt)),
    fund_bill_list: JSON.stringify([{ amount: yuanText(trade.totalFen), fundChannel: trade.fundChannel }]),
  };
}
