import type { NotificationAnswer, FullPaymentChannel, PaymentChannel, PaymentNews, PluginContext, RefundNews } from '@hospay/plugin-sdk';
import { Notice, OrderAnswer, readJson, RefundAnswer, type Order, type Refund } from './messages.js';
import type { CityCardSettings } from './settings.js';
import { readStatement } from './statement.js';
import { createWire } from './wire.js';

type Unknown = { readonly kind: 'unknown'; readonly reason: string };

/** 市民卡: a QR on the screen that the city card's app scans; query, close, partial refunds, signed notifications, a day's statement. */
export function createCityCardChannel(context: PluginContext<CityCardSettings>): FullPaymentChannel {
  const { merchantNo } = context.settings;
  const wire = createWire(context);

  const query: PaymentChannel['query'] = async ({ tradeNo }, call) => {
    const answer = await wire.ask('query', '/orders/query', { orderNo: tradeNo }, call);
    if (answer.kind === 'refused') return answer.meaning === 'notFound' ? { kind: 'notFound' } : unlisted(answer);
    if (answer.kind !== 'accepted') return unknown(answer.reason);
    const order = readJson(OrderAnswer, answer.body)?.order;
    return order?.orderNo === tradeNo ? newsOfOrder(order) : unknown('the answer is not about this order');
  };
  const queryRefund: FullPaymentChannel['queryRefund'] = async ({ refundNo }, call) => {
    const answer = await wire.ask('queryRefund', '/refunds/query', { refundNo }, call);
    if (answer.kind === 'refused') return answer.meaning === 'notFound' ? { kind: 'notFound' } : unlisted(answer);
    if (answer.kind !== 'accepted') return unknown(answer.reason);
    const refund = readJson(RefundAnswer, answer.body)?.refund;
    return refund?.refundNo === refundNo ? newsOfRefund(refund) : unknown('the answer is not about this refund');
  };

  return {
    merchantNo,
    methods: ['nativeQr'],
    query,
    queryRefund,
    async charge({ tradeNo, amountFen, method, description, expiresAt, notifyUrl }, call) {
      if (method !== 'nativeQr') return { kind: 'notSent', reason: `method ${method} is not offered by this channel` };
      const answer = await wire.ask('create', '/orders', { orderNo: tradeNo, amountFen, description, expiresAt, ...(notifyUrl === undefined ? {} : { notifyUrl }) }, call);
      if (answer.kind === 'refused') return answer.meaning === 'declined' && call.attempt === 1 ? { kind: 'declined', code: answer.code, message: answer.message } : unlisted(answer);
      if (answer.kind !== 'accepted') return answer;
      const order = readJson(OrderAnswer, answer.body)?.order;
      if (order?.orderNo !== tradeNo || order.amountFen !== amountFen || order.state !== 'OPEN' || order.qr === undefined) return unknown('the answer is not an open order of this number');
      return { kind: 'pending', present: { kind: 'qr', content: order.qr } };
    },
    async close({ tradeNo }, call) {
      const answer = await wire.ask('close', '/orders/close', { orderNo: tradeNo }, call);
      if (answer.kind === 'refused') return answer.meaning === 'notFound' || answer.meaning === 'alreadyPaid' || answer.meaning === 'closed' ? { kind: answer.meaning } : unlisted(answer);
      if (answer.kind !== 'accepted') return unknown(answer.reason);
      const order = readJson(OrderAnswer, answer.body)?.order;
      return order?.orderNo === tradeNo && order.state === 'CLOSED' ? { kind: 'closed' } : unknown('the answer is not a closed order');
    },
    async refund({ refundNo, refundFen, reason, payment }, call) {
      const answer = await wire.ask('refund', '/refunds', { orderNo: payment.tradeNo, refundNo, refundFen, reason }, call);
      if (answer.kind === 'refused') return answer.meaning === 'declined' ? { kind: 'declined', code: answer.code, message: answer.message } : unlisted(answer);
      if (answer.kind !== 'accepted') return answer;
      const refund = readJson(RefundAnswer, answer.body)?.refund;
      if (refund?.refundNo !== refundNo || refund.refundFen !== refundFen || refund.orderNo !== payment.tradeNo) return unknown('the answer is not about this refund');
      const news = newsOfRefund(refund);
      return news.kind === 'succeeded' || news.kind === 'processing' ? news : unknown(`the refund is ${news.kind}`);
    },
    async readNotification({ headers, body, receivedAt }) {
      const wrong = await wire.check(headers, body, new Date(receivedAt));
      if (wrong !== undefined) return { kind: 'refused', reason: wrong };
      const notice = readJson(Notice, body);
      const { order, refund } = notice ?? {};
      if (notice === undefined || (order === undefined) === (refund === undefined)) return { kind: 'refused', reason: 'the body has another shape' };
      if ((order ?? refund)?.merchantNo !== merchantNo) return { kind: 'refused', reason: 'the notification belongs to another merchant' };
      if (order !== undefined) return { kind: 'payment', eventId: notice.eventId, tradeNo: order.orderNo, news: newsOfOrder(order) };
      if (refund === undefined) return { kind: 'refused', reason: 'the body has another shape' };
      return { kind: 'refund', eventId: notice.eventId, tradeNo: refund.orderNo, refundNo: refund.refundNo, merchantNo: refund.merchantNo, news: newsOfRefund(refund) };
    },
    answerNotification,
    async downloadStatement({ day }, call) {
      const answer = await wire.ask('statement', '/statements', { day }, call);
      if (answer.kind === 'refused') return answer.meaning === 'empty' ? { kind: 'empty' } : unlisted(answer);
      return answer.kind === 'accepted' ? readStatement(answer.body) : unknown(answer.reason);
    },
  };
}

function newsOfOrder({ orderNo, merchantNo, amountFen, state, cardTradeNo, paidAt }: Order): PaymentNews {
  if (state === 'OPEN') return { kind: 'pending' };
  if (state === 'CLOSED') return { kind: 'closed' };
  if (cardTradeNo === undefined || paidAt === undefined) return unknown('a paid order without its number or time');
  return { kind: 'succeeded', tradeNo: orderNo, merchantNo, amountFen, channelTradeNo: cardTradeNo, paidAt, fundingSource: 'CITY_CARD' };
}

function newsOfRefund({ orderNo, refundNo, refundFen, state, cardRefundNo, doneAt }: Refund): RefundNews {
  if (state === 'CLOSED') return { kind: 'closed' };
  if (state === 'BLOCKED') return { kind: 'abnormal', message: 'the card is blocked' };
  if (state === 'PROCESSING') return { kind: 'processing', ...(cardRefundNo === undefined ? {} : { channelRefundNo: cardRefundNo }) };
  if (cardRefundNo === undefined || doneAt === undefined) return unknown('a refund that is done without its number or time');
  return { kind: 'succeeded', refundNo, tradeNo: orderNo, refundFen, channelRefundNo: cardRefundNo, refundedAt: doneAt };
}

/** The operator sends again until it reads `OK`. */
function answerNotification(result: 'stored' | 'refused' | 'retryLater'): NotificationAnswer {
  const [status, body] = { stored: [200, 'OK'] as const, refused: [400, 'REFUSED'] as const, retryLater: [503, 'LATER'] as const }[result];
  return { status, headers: { 'content-type': 'text/plain' }, body };
}

function unknown(reason: string): Unknown {
  return { kind: 'unknown', reason };
}
function unlisted(refusal: { readonly code: string }): Unknown {
  return unknown(`the operator answered ${refusal.code}`);
}
