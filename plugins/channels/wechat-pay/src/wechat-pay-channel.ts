import type { CallContext, CloseOutcome, FullPaymentChannel, FundStatement, PaymentNews, PluginContext, RefundOutcome, SettlingInsurance } from '@hospay/plugin-sdk';

import { createBillFetcher } from './bill-file.js';
import type { MerchantIdentity } from './merchant-identity.js';
import { readJson, RefundAnswer, TradeAnswer } from './messages.js';
import { createMixedOrderBook } from './mixed-order-book.js';
import { isMixedCharge } from './med-ins-content.js';
import { createMixedPayment, isMixed } from './mixed-payment.js';
import { answerNotification, createNotificationReader } from './notification.js';
import { isPlaced, orderContent, PLACED_UNDER, refundContent, whatIsMissing } from './order-content.js';
import { createPresentations } from './presentations.js';
import type { PlatformKeys } from './platform-keys.js';
import type { WechatPaySettings } from './settings.js';
import { createSealedBillFetcher } from './sealed-bill.js';
import { createStatements } from './statements.js';
import type { ScannedCode } from './scanned-code.js';
import { newsOfRefund, outcomeOfRefund, type ReadTrade } from './trade-news.js';
import type { AskWechatPay } from './verified-wire.js';
import type { Wire } from './wire.js';

/** WeChat Pay asks for nothing but the number. */
type Query = (request: { readonly tradeNo: string }, call: CallContext) => Promise<PaymentNews>;
type Unknown = { readonly kind: 'unknown'; readonly reason: string };

/** 微信支付 of a merchant or a service provider's sub-merchant: orders of every method, query, close, refund, refund query, notifications, trade bill. */
export function createWechatPayChannel(parts: {
  readonly context: PluginContext<WechatPaySettings>;
  readonly wire: Wire;
  readonly keys: PlatformKeys;
  readonly ask: AskWechatPay;
  readonly identity: MerchantIdentity;
  readonly read: ReadTrade;
  /** Only where the merchant offers scanned codes. */
  readonly scannedCode: ScannedCode | undefined;
}): FullPaymentChannel & FundStatement & Partial<SettlingInsurance> {
  const { context, wire, keys, ask, identity, read, scannedCode } = parts;
  const { settings } = context;
  const present = createPresentations(context, identity);
  const methods = settings.methods ?? ['nativeQr'];
  const orderPath = (tradeNo: string): string => `${identity.transactionsPath}/out-trade-no/${encodeURIComponent(tradeNo)}`;

  const query: Query = async ({ tradeNo }, call) => {
    const answer = await ask('query', { method: 'GET', path: `${orderPath(tradeNo)}?${identity.query}` }, call);
    if (answer.kind === 'refused') return answer.meaning === 'notFound' ? { kind: 'notFound' } : unlisted(answer);
    if (answer.kind !== 'accepted') return unknown(answer.reason);
    const trade = readJson(TradeAnswer, answer.body);
    if (trade?.out_trade_no !== tradeNo) return unknown('the answer is not a trade of this number');
    return read(trade);
  };

  const queryRefund: FullPaymentChannel['queryRefund'] = async ({ refundNo, payment: { tradeNo } }, call) => {
    const answer = await ask('queryRefund', { method: 'GET', path: `/v3/refund/domestic/refunds/${encodeURIComponent(refundNo)}${identity.refundQuery}` }, call);
    if (answer.kind === 'refused') return answer.meaning === 'notFound' ? { kind: 'notFound' } : unlisted(answer);
    if (answer.kind !== 'accepted') return unknown(answer.reason);
    const refund = readJson(RefundAnswer, answer.body);
    if (refund?.out_refund_no !== refundNo || refund.out_trade_no !== tradeNo) return unknown('the answer is not a refund of this number');
    return newsOfRefund(refund);
  };

  const close = async (tradeNo: string, call: CallContext): Promise<CloseOutcome> => {
    const answer = await ask('close', { method: 'POST', path: `${orderPath(tradeNo)}/close`, body: identity.closeBody }, call);
    if (answer.kind === 'accepted') return answer.body.length === 0 ? { kind: 'closed' } : unknown('the answer is not the empty one of a close');
    if (answer.kind !== 'refused') return unknown(answer.reason);
    if (answer.meaning === 'closed' || answer.meaning === 'alreadyPaid' || answer.meaning === 'notFound') return { kind: answer.meaning };
    if (answer.meaning !== 'contested') return unlisted(answer);
    const news = await query({ tradeNo }, call);
    if (news.kind === 'succeeded') return { kind: 'alreadyPaid' };
    return news.kind === 'closed' || news.kind === 'notFound' ? { kind: news.kind } : unlisted(answer);
  };

  const { medicalInsurance } = settings;
  const mixed =
    medicalInsurance === undefined
      ? undefined
      : createMixedPayment({ context, medicalInsurance, identity, keys, ask, present, book: createMixedOrderBook(context), queryCash: (tradeNo, call) => query({ tradeNo }, call), closeCash: close });

  return {
    merchantNo: identity.merchantNo,
    methods,
    queryRefund,
    ...(mixed === undefined ? {} : { tellInsuranceRefund: mixed.tellInsuranceRefund }),

    async query(payment, call) {
      if (payment.method === 'paymentCode' && scannedCode !== undefined) return scannedCode.query(payment, call);
      const news = await query(payment, call);
      if (!isMixed(payment)) return news;
      return mixed === undefined ? unknown('mixed payment with the medical insurance is no longer set up') : mixed.newsOf(payment, news, call);
    },

    async charge(request, call) {
      const { method } = request;
      if (method === 'paymentCode' && scannedCode !== undefined) return scannedCode.charge(request, call);
      if (!isPlaced(method) || !methods.includes(method)) return { kind: 'notSent', reason: `method ${method} is not offered by this channel` };
      if (request.insuranceOrder !== undefined) return mixed !== undefined && isMixedCharge(request) ? mixed.charge(request, call) : { kind: 'notSent', reason: 'mixed payment with the medical insurance is not offered this way' };
      const missing = whatIsMissing(request, method);
      if (missing !== undefined) return { kind: 'notSent', reason: missing };
      const body = orderContent(settings, identity, request, method);
      const answer = await ask('charge', { method: 'POST', path: `${identity.transactionsPath}/${PLACED_UNDER[method]}`, body }, call);
      if (answer.kind === 'accepted') {
        const shown = await present(request, method, answer.body);
        return shown === undefined ? unknown('the answer holds no order the patient could pay') : { kind: 'pending', present: shown };
      }
      if (answer.kind !== 'refused') return answer;
      // A refused repeat proves nothing about the first attempt, which may still arrive: only the query, asked later, can tell.
      if (call.attempt > 1 || (answer.meaning !== 'declined' && answer.meaning !== 'contested')) return unlisted(answer);
      if (answer.meaning === 'contested' && (await query({ tradeNo: request.tradeNo }, call)).kind !== 'notFound') return unlisted(answer);
      return { kind: 'declined', code: answer.code, message: answer.message };
    },

    close: (payment, call) => (payment.method === 'paymentCode' && scannedCode !== undefined ? scannedCode.close(payment, call) : close(payment.tradeNo, call)),

    async refund(request, call): Promise<RefundOutcome> {
      const body = refundContent(settings, identity, request);
      const answer = await ask('refund', { method: 'POST', path: '/v3/refund/domestic/refunds', body }, call);
      if (answer.kind === 'accepted') {
        const refund = readJson(RefundAnswer, answer.body);
        const same = refund?.out_refund_no === request.refundNo && refund.out_trade_no === request.payment.tradeNo && refund.amount.refund === request.refundFen;
        return refund !== undefined && same ? outcomeOfRefund(refund) : unknown('the answer is not about this refund');
      }
      if (answer.kind !== 'refused') return answer;
      const declined = { kind: 'declined', code: answer.code, message: answer.message } as const;
      if (answer.meaning === 'declined') return declined;
      if (answer.meaning !== 'contested') return unlisted(answer);
      // Refused, but over what? Only when WeChat Pay knows no refund of this number was it refused for good.
      const news = await queryRefund(request, call);
      return news.kind === 'notFound' ? declined : unlisted(answer);
    },

    readNotification: createNotificationReader(context, keys, identity, read),
    answerNotification,
    ...createStatements({
      fetch: createBillFetcher({ wire, ask }),
      fetchSealed: createSealedBillFetcher({ wire, ask, merchantPrivateKeyPem: settings.merchantPrivateKeyPem }),
      identity,
      settings,
    }),
  };
}

function unknown(reason: string): Unknown {
  return { kind: 'unknown', reason };
}

function unlisted(refusal: { readonly code: string }): Unknown {
  return unknown(`WeChat Pay answered ${refusal.code}`);
}
