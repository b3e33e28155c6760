import { chinaText } from '../machinery/china-time.js';
import type { BillDesk } from './bill-desk.js';
import type { ApiOperation } from './fault-rules.js';
import { acceptedNode, type Node } from './gateway-answer.js';
import { asksFor, optionalText, textOf, type GatewayRequest } from './gateway-request.js';
import type { PlatformKeys } from './platform-keys.js';
import { businessFailure, Refusal } from './refusal.js';
import type { SimulatedTrade } from './simulated-records.js';
import type { TradeBook } from './trade-book.js';
import { fenOfYuan, yuanText } from '../machinery/yuan-text.js';

export const OPERATION_OF: Readonly<Record<string, ApiOperation>> = {
  'alipay.trade.precreate': 'precreate',
  'alipay.trade.pay': 'pay',
  'alipay.trade.create': 'create',
  'alipay.trade.query': 'query',
  'alipay.trade.cancel': 'cancel',
  'alipay.trade.close': 'close',
  'alipay.trade.refund': 'refund',
  'alipay.trade.fastpay.refund.query': 'queryRefund',
  'alipay.data.dataservice.bill.downloadurl.query': 'bill',
  'alipay.open.app.alipaycert.download': 'certificate',
};

type Doing = { readonly book: TradeBook; readonly bills: BillDesk; readonly keys: PlatformKeys };
type Operation = (request: GatewayRequest, doing: Doing) => Node;

/** Every operation of the gateway that answers JSON. @throws Refusal */
export const OPERATIONS: Readonly<Record<Exclude<ApiOperation, 'billFile'>, Operation>> = {
  precreate: (request, { book }) => {
    mustBeProduct(request, 'FACE_TO_FACE_PAYMENT');
    const { outTradeNo, qrCode } = book.order('precreate', request);
    return acceptedNode({ out_trade_no: outTradeNo, qr_code: qrCode });
  },

  pay: (request, { book }) => {
    mustBeProduct(request, 'FACE_TO_FACE_PAYMENT');
    if (textOf(request.content, 'scene') !== 'bar_code') throw businessFailure('INVALID_PARAMETER', 'scene 不正确');
    const code = textOf(request.content, 'auth_code');
    const known = book.useCode(code, textOf(request.content, 'out_trade_no'));
    const trade = book.order('pay', request);
    switch (known.behaviour) {
      case 'paysAtOnce':
        return acceptedNode(paidFields(book.pay(trade.outTradeNo, { currency: known.currency })));
      case 'asksPassword':
        return acceptedNode({ out_trade_no: trade.outTradeNo, trade_no: trade.tradeNo, buyer_user_id: trade.buyerId, buyer_logon_id: '138****0000', total_amount: yuanText(trade.totalFen) }, '10003');
      case 'balanceNotEnough':
        throw businessFailure('BUYER_BALANCE_NOT_ENOUGH', '买家余额不足');
      case 'payFails':
        throw businessFailure('PAYMENT_FAIL', '支付失败');
    }
  },

  create: (request, { book }) => {
    mustBeProduct(request, 'JSAPI_PAY');
    const { content } = request;
    if (optionalText(content, 'buyer_id', 28) === undefined && optionalText(content, 'buyer_open_id', 128) === undefined) throw businessFailure('INVALID_PARAMETER', '缺少买家');
    const { outTradeNo, tradeNo } = book.order('create', request);
    return acceptedNode({ out_trade_no: outTradeNo, trade_no: tradeNo });
  },

  query: ({ content }, { book }) => {
    const trade = tradeOf(content, book);
    return acceptedNode({
      out_trade_no: trade.outTradeNo,
      trade_no: trade.tradeNo,
      trade_status: trade.state,
      total_amount: yuanText(trade.totalFen),
      buyer_user_id: trade.buyerId,
      buyer_logon_id: '138****0000',
      ...(trade.storeId === undefined ? {} : { store_id: trade.storeId }),
      ...(trade.terminalId === undefined ? {} : { terminal_id: trade.terminalId }),
      ...(trade.paidAt === undefined
        ? { receipt_amount: '0.00', buyer_pay_amount: '0.00' }
        : { ...amountFields(trade), send_pay_date: chinaText(new Date(trade.paidAt)), ...(trade.currency === 'DC' ? { receipt_currency_type: 'DC' } : {}), ...(asksFor(content, 'fund_bill_list') ? { fund_bill_list: fundBills(trade) } : {}) }),
    });
  },

  cancel: (request, { book }) => {
    const outTradeNo = textOf(request.content, 'out_trade_no');
    const { trade, action } = book.cancel(outTradeNo, request);
    return acceptedNode({ out_trade_no: outTradeNo, ...(trade.tradeNo === undefined ? {} : { trade_no: trade.tradeNo }), retry_flag: 'N', ...(action === undefined ? {} : { action }) });
  },

  close: ({ content }, { book }) => {
    const { outTradeNo, tradeNo } = book.close(textOf(content, 'out_trade_no'));
    return acceptedNode({ out_trade_no: outTradeNo, trade_no: tradeNo });
  },

  refund: ({ content }, { book }) => {
    const refundFen = fenOfYuan(content['refund_amount']);
    if (refundFen === undefined) throw businessFailure('INVALID_PARAMETER', 'refund_amount 不正确');
    const { trade, fundChange, refund } = book.refund({ outTradeNo: textOf(content, 'out_trade_no'), outRequestNo: optionalText(content, 'out_request_no'), refundFen, reason: optionalText(content, 'refund_reason', 256) ?? '' });
    return acceptedNode({
      out_trade_no: trade.outTradeNo,
      trade_no: trade.tradeNo,
      buyer_logon_id: '138****0000',
      buyer_user_id: trade.buyerId,
      fund_change: fundChange,
      refund_fee: yuanText(book.refundedFen(trade.outTradeNo)),
      gmt_refund_pay: chinaText(new Date(refund.at)),
    });
  },

  queryRefund: ({ content }, { book }) => {
    const trade = tradeOf(content, book);
    const outRequestNo = textOf(content, 'out_request_no');
    const refund = book.refundsOf(trade.outTradeNo).find((made) => made.outRequestNo === outRequestNo);
    if (refund === undefined) return acceptedNode({});
    return acceptedNode({
      out_trade_no: trade.outTradeNo,
      trade_no: trade.tradeNo,
      out_request_no: outRequestNo,
      refund_reason: refund.reason,
      total_amount: yuanText(trade.totalFen),
      refund_amount: yuanText(refund.refundFen),
      refund_status: 'REFUND_SUCCESS',
      ...(asksFor(content, 'gmt_refund_pay') ? { gmt_refund_pay: chinaText(new Date(refund.at)) } : {}),
    });
  },

  bill: ({ content }, { bills }) => {
    if (textOf(content, 'bill_type') !== 'trade') throw new Refusal('40004', 'isp.bill_type_not_supported', 'bill_type 不支持');
    return acceptedNode({ bill_download_url: bills.linkFor(textOf(content, 'bill_date', 10)) });
  },

  certificate: ({ content }, { keys }) => {
    const sn = textOf(content, 'alipay_cert_sn');
    const certificate = keys.certificates.find((issued) => issued.sn === sn);
    if (certificate === undefined) throw new Refusal('40004', 'isv.alipay-cert-not-exist', '证书不存在');
    return acceptedNode({ alipay_cert_content: Buffer.from(certificate.pem, 'utf8').toString('base64') });
  },
};

/** What a page or the app SDK does with a signed order: it becomes a trade that waits for its payer. */
export function openOrder(request: GatewayRequest, book: TradeBook): SimulatedTrade {
  switch (request.method) {
    case 'alipay.trade.page.pay':
      mustBeProduct(request, 'FAST_INSTANT_TRADE_PAY');
      return book.order('page', request);
    case 'alipay.trade.wap.pay':
      mustBeProduct(request, 'QUICK_WAP_WAY');
      return book.order('wap', request);
    case 'alipay.trade.app.pay':
      mustBeProduct(request, 'QUICK_MSECURITY_PAY');
      return book.order('app', request);
    default:
      throw new Refusal('40002', 'isv.invalid-method', '不存在的方法名');
  }
}

export function amountFields(trade: SimulatedTrade): Readonly<Record<string, string>> {
  const total = yuanText(trade.totalFen);
  return { total_amount: total, receipt_amount: total, invoice_amount: total, buyer_pay_amount: total, point_amount: '0.00' };
}

function fundBills(trade: SimulatedTrade): readonly Node[] {
  return [{ fund_channel: trade.fundChannel, amount: yuanText(trade.totalFen) }];
}

function paidFields(trade: SimulatedTrade): Node {
  return {
    out_trade_no: trade.outTradeNo,
    trade_no: trade.tradeNo,
    buyer_logon_id: '138****0000',
    buyer_user_id: trade.buyerId,
    ...amountFields(trade),
    gmt_payment: chinaText(new Date(trade.paidAt ?? 0)),
    fund_bill_list: fundBills(trade),
  };
}

function tradeOf(content: Readonly<Record<string, unknown>>, book: TradeBook): SimulatedTrade {
  const tradeNo = optionalText(content, 'trade_no');
  const trade = tradeNo === undefined ? book.find(textOf(content, 'out_trade_no')) : book.list().find((candidate) => candidate.tradeNo === tradeNo);
  if (trade?.tradeNo === undefined) throw businessFailure('TRADE_NOT_EXIST', '交易不存在');
  return trade;
}

function mustBeProduct({ content }: GatewayRequest, product: string): void {
  if (textOf(content, 'product_code') !== product) throw businessFailure('INVALID_PARAMETER', 'product_code 不正确');
}
