import type { ChargeOutcome, FullPaymentChannel, NotificationAnswer, PaymentChannel, PaymentNews, PluginContext, RefundNews } from '@hospay/plugin-sdk';
import { Notice, OrderAnswer, readJson, RefundAnswer, type Order, type Refund } from './messages.js';
import type { AgreementGatewaySettings } from './settings.js';
import { readStatement } from './statement.js';
import { NOTICE_PATH, type Wire } from './wire.js';

type Unknown = { readonly kind: 'unknown'; readonly reason: string };

/** 快捷支付: a bound card is charged by its token, at once or once the card-holder enters the bank's code; query, close, partial refunds, notifications, a day's statement. */
export function createQuickPayChannel({ settings: { merchantNo } }: PluginContext<AgreementGatewaySettings>, wire: Wire): FullPaymentChannel {
  const query: PaymentChannel['query'] = async ({ tradeNo }, call) => {
    const answer = await wire.ask('/v1/payments/query', { orderNo: tradeNo }, call);
    if (answer.kind === 'refused') return answer.meaning === 'notFound' ? { kind: 'notFound' } : unlisted(answer);
    if (answer.kind !== 'accepted') return unknown(answer.reason);
    const order = readJson(OrderAnswer, answer.body)?.order;
    return order?.orderNo === tradeNo ? newsOfOrder(order) : unknown('the answer is not about this order');
  };
  const queryRefund: FullPaymentChannel['queryRefund'] = async ({ refundNo }, call) => {
    const answer = await wire.ask('/v1/refunds/query', { refundNo }, call);
    if (answer.kind === 'refused') return answer.meaning === 'notFound' ? { kind: 'notFound' } : unlisted(answer);
    if (answer.kind !== 'accepted') return unknown(answer.reason);
    const refund = readJson(RefundAnswer, answer.body)?.refund;
    return refund?.refundNo === refundNo ? newsOfRefund(refund) : unknown('the answer is not about this refund');
  };

  return {
    merchantNo,
    methods: ['quickPay'],
    query,
    queryRefund,
    async charge({ tradeNo, amountFen, method, description, expiresAt, notifyUrl, agreementToken }, call) {
      if (method !== 'quickPay') return { kind: 'notSent', reason: `method ${method} is not offered by this channel` };
      // Without its token there is nothing to charge; the number stays free, and is only asked about.
      if (agreementToken === undefined) return { kind: 'notSent', reason: 'the charge names no agreement' };
      const answer = await wire.ask('/v1/payments', { orderNo: tradeNo, amountFen, token: agreementToken, description, expiresAt, ...(notifyUrl === undefined ? {} : { notifyUrl }) }, call);
      if (answer.kind === 'refused') return answer.meaning === 'declined' && call.attempt === 1 ? { kind: 'declined', code: answer.code, message: answer.message } : unlisted(answer);
      if (answer.kind !== 'accepted') return answer;
      const order = readJson(OrderAnswer, answer.body)?.order;
      return order?.orderNo === tradeNo && order.amountFen === amountFen ? outcomeOf(order) : unknown('the answer is not about this order');
    },
    async close({ tradeNo }, call) {
      const answer = await wire.ask('/v1/payments/close', { orderNo: tradeNo }, call);
      if (answer.kind === 'refused') return answer.meaning === 'notFound' || answer.meaning === 'alreadyPaid' || answer.meaning === 'closed' ? { kind: answer.meaning } : unlisted(answer);
      if (answer.kind !== 'accepted') return unknown(answer.reason);
      const order = readJson(OrderAnswer, answer.body)?.order;
      return order?.orderNo === tradeNo && order.state === 'CLOSED' ? { kind: 'closed' } : unknown('the answer is not a closed order');
    },
    async refund({ refundNo, refundFen, reason, payment }, call) {
      const answer = await wire.ask('/v1/refunds', { orderNo: payment.tradeNo, refundNo, refundFen, reason }, call);
      if (answer.kind === 'refused') return answer.meaning === 'declined' ? { kind: 'declined', code: answer.code, message: answer.message } : unlisted(answer);
      if (answer.kind !== 'accepted') return answer;
      const refund = readJson(RefundAnswer, answer.body)?.refund;
      if (refund?.refundNo !== refundNo || refund.refundFen !== refundFen || refund.orderNo !== payment.tradeNo) return unknown('the answer is not about this refund');
      const news = newsOfRefund(refund);
      return news.kind === 'succeeded' || news.kind === 'processing' ? news : unknown(`the refund is ${news.kind}`);
    },
    async readNotification({ headers, body, receivedAt }) {
      const wrong = await wire.check({ path: NOTICE_PATH, headers, body, at: new Date(receivedAt) });
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
      const answer = await wire.ask('/v1/statements', { day }, call);
      if (answer.kind === 'refused') return answer.meaning === 'empty' ? { kind: 'empty' } : unlisted(answer);
      return answer.kind === 'accepted' ? readStatement(answer.body) : unknown(answer.reason);
    },
  };
}

/** The answer to a charge: an order that stands. One that failed or was closed before says nothing about this call: it is asked about. */
function outcomeOf(order: Order): ChargeOutcome {
  if (order.state === 'AWAITING_CODE') return { kind: 'pending', present: { kind: 'smsCode' } };
  const news = newsOfOrder(order);
  return news.kind === 'succeeded' ? news : unknown(`the order is ${order.state}`);
}

function newsOfOrder({ orderNo, merchantNo, amountFen, state, gatewayTradeNo, paidAt, bankName, failureCode }: Order): PaymentNews {
  switch (state) {
    case 'AWAITING_CODE':
      return { kind: 'pending' };
    case 'CLOSED':
      return { kind: 'closed' };
    case 'FAILED':
      return { kind: 'declined', code: failureCode ?? 'FAILED', message: 'the bank refused the charge' };
    case 'PAID':
      if (gatewayTradeNo === undefined || paidAt === undefined) return unknown('a paid order without its number or time');
      return { kind: 'succeeded', tradeNo: orderNo, merchantNo, amountFen, channelTradeNo: gatewayTradeNo, paidAt, ...(bankName === undefined ? {} : { fundingSource: bankName }) };
  }
}

function newsOfRefund({ orderNo, refundNo, refundFen, state, gatewayRefundNo, doneAt }: Refund): RefundNews {
  if (state === 'CLOSED') return { kind: 'closed' };
  if (state === 'BLOCKED') return { kind: 'abnormal', message: 'the card takes nothing back' };
  if (state === 'PROCESSING') return { kind: 'processing', ...(gatewayRefundNo === undefined ? {} : { channelRefundNo: gatewayRefundNo }) };
  if (gatewayRefundNo === undefined || doneAt === undefined) return unknown('a refund that is done without its number or time');
  return { kind: 'succeeded', refundNo, tradeNo: orderNo, refundFen, channelRefundNo: gatewayRefundNo, refundedAt: doneAt };
}

/** The gateway sends again until it reads `OK`. */
function answerNotification(result: 'stored' | 'refused' | 'retryLater'): NotificationAnswer {
  const [status, body] = { stored: [200, 'OK'] as const, refused: [400, 'REFUSED'] as const, retryLater: [503, 'LATER'] as const }[result];
  return { status, headers: { 'content-type': 'text/plain' }, body };
}

function unlisted(refusal: { readonly code: string }): Unknown {
  return unknown(`the gateway answered ${refusal.code}`);
}
function unknown(reason: string): Unknown {
  return { kind: 'unknown', reason };
}
