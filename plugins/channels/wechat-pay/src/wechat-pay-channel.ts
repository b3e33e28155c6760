import type { CallContext, ChargeRequest, FullPaymentChannel, PaymentNews, PluginContext, RefundOutcome, RefundRequest } from '@hospay/plugin-sdk';

import { NativeOrderAnswer, readJson, RefundAnswer, TradeAnswer } from './messages.js';
import { answerNotification, createNotificationReader } from './notification.js';
import { chinaTime } from './china-time.js';
import type { PlatformKeys } from './platform-keys.js';
import type { WechatPaySettings } from './settings.js';
import { createBillDownload } from './trade-bill-download.js';
import { newsOfRefund, newsOfTrade, outcomeOfRefund } from './trade-news.js';
import type { AskWechatPay } from './verified-wire.js';
import type { Wire } from './wire.js';

/** `notify_url` is mandatory at WeChat Pay; a hospital nobody can reach from outside names this one, and queries decide. */
const NOBODY_THERE_URL = 'https://notify.invalid/hospay';

/** WeChat Pay asks for nothing but the number. */
type Query = (request: { readonly tradeNo: string }, call: CallContext) => Promise<PaymentNews>;
type Unknown = { readonly kind: 'unknown'; readonly reason: string };

/** 微信支付 in merchant mode: native QR, query, close, refund, refund query, notifications, trade bill. */
export function createWechatPayChannel(parts: {
  readonly context: PluginContext<WechatPaySettings>;
  readonly wire: Wire;
  readonly keys: PlatformKeys;
  readonly ask: AskWechatPay;
}): FullPaymentChannel {
  const { context, wire, keys, ask } = parts;
  const { settings } = context;
  const orderPath = (tradeNo: string): string => `/v3/pay/transactions/out-trade-no/${encodeURIComponent(tradeNo)}`;

  const query: Query = async ({ tradeNo }, call) => {
    const answer = await ask('query', { method: 'GET', path: `${orderPath(tradeNo)}?mchid=${settings.mchid}` }, call);
    if (answer.kind === 'refused') return answer.meaning === 'notFound' ? { kind: 'notFound' } : unlisted(answer);
    if (answer.kind !== 'accepted') return unknown(answer.reason);
    const trade = readJson(TradeAnswer, answer.body);
    if (trade?.out_trade_no !== tradeNo) return unknown('the answer is not a trade of this number');
    return newsOfTrade(trade);
  };

  const queryRefund: FullPaymentChannel['queryRefund'] = async ({ refundNo, payment: { tradeNo } }, call) => {
    const answer = await ask('queryRefund', { method: 'GET', path: `/v3/refund/domestic/refunds/${encodeURIComponent(refundNo)}` }, call);
    if (answer.kind === 'refused') return answer.meaning === 'notFound' ? { kind: 'notFound' } : unlisted(answer);
    if (answer.kind !== 'accepted') return unknown(answer.reason);
    const refund = readJson(RefundAnswer, answer.body);
    if (refund?.out_refund_no !== refundNo || refund.out_trade_no !== tradeNo) return unknown('the answer is not a refund of this number');
    return newsOfRefund(refund);
  };

  return {
    merchantNo: settings.mchid,
    methods: ['nativeQr'],
    query,
    queryRefund,

    async charge(request, call) {
      if (request.method !== 'nativeQr') return { kind: 'notSent', reason: `method ${request.method} is not offered by this channel` };
      const body = nativeOrder(settings, request);
      const answer = await ask('charge', { method: 'POST', path: '/v3/pay/transactions/native', body }, call);
      if (answer.kind === 'accepted') {
        const order = readJson(NativeOrderAnswer, answer.body);
        return order === undefined ? unknown('the answer holds no code_url') : { kind: 'pending', present: { kind: 'qr', content: order.code_url } };
      }
      if (answer.kind !== 'refused') return answer;
      // A refused repeat proves nothing about the first attempt, which may still arrive: only the query, asked later, can tell.
      if (call.attempt > 1 || (answer.meaning !== 'declined' && answer.meaning !== 'contested')) return unlisted(answer);
      if (answer.meaning === 'contested' && (await query({ tradeNo: request.tradeNo }, call)).kind !== 'notFound') return unlisted(answer);
      return { kind: 'declined', code: answer.code, message: answer.message };
    },

    async close({ tradeNo }, call) {
      const answer = await ask('close', { method: 'POST', path: `${orderPath(tradeNo)}/close`, body: { mchid: settings.mchid } }, call);
      if (answer.kind === 'accepted') return answer.body.length === 0 ? { kind: 'closed' } : unknown('the answer is not the empty one of a close');
      if (answer.kind !== 'refused') return unknown(answer.reason);
      if (answer.meaning === 'closed' || answer.meaning === 'alreadyPaid' || answer.meaning === 'notFound') return { kind: answer.meaning };
      if (answer.meaning !== 'contested') return unlisted(answer);
      const news = await query({ tradeNo }, call);
      if (news.kind === 'succeeded') return { kind: 'alreadyPaid' };
      return news.kind === 'closed' || news.kind === 'notFound' ? { kind: news.kind } : unlisted(answer);
    },

    async refund(request, call): Promise<RefundOutcome> {
      const body = refundOrder(settings, request);
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

    readNotification: createNotificationReader(context, keys),
    answerNotification,
    downloadStatement: createBillDownload({ wire, ask }),
  };
}

function nativeOrder(settings: WechatPaySettings, request: ChargeRequest): object {
  return {
    appid: settings.appid,
    mchid: settings.mchid,
    description: request.description,
    out_trade_no: request.tradeNo,
    time_expire: chinaTime(request.expiresAt),
    notify_url: notifyUrl(settings, request.notifyUrl) ?? NOBODY_THERE_URL,
    amount: { total: request.amountFen, currency: 'CNY' },
    ...(request.clientIp === undefined
      ? {}
      : { scene_info: { payer_client_ip: request.clientIp, ...(request.terminalId === undefined ? {} : { device_id: request.terminalId.slice(0, 32) }) } }),
  };
}

function refundOrder(settings: WechatPaySettings, request: RefundRequest): object {
  const notify = notifyUrl(settings, request.notifyUrl);
  return {
    out_trade_no: request.payment.tradeNo,
    out_refund_no: request.refundNo,
    reason: request.reason,
    ...(notify === undefined ? {} : { notify_url: notify }),
    amount: { refund: request.refundFen, total: request.payment.amountFen, currency: 'CNY' },
  };
}

/** A path is completed with the configured public address; a whole address is used as it is. */
function notifyUrl(settings: WechatPaySettings, asked: string | undefined): string | undefined {
  const base = settings.notifyBaseUrl?.replace(/\/$/, '');
  if (asked === undefined) return base;
  if (!asked.startsWith('/')) return asked;
  return base === undefined ? undefined : `${base}${asked}`;
}

function unknown(reason: string): Unknown {
  return { kind: 'unknown', reason };
}

function unlisted(refusal: { readonly code: string }): Unknown {
  return unknown(`WeChat Pay answered ${refusal.code}`);
}
