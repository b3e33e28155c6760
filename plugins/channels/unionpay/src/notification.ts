import type { Notification, NotificationAnswer, PaymentNews, PluginContext, RawNotification, RefundNews } from '@hospay/plugin-sdk';

import { readForm, type Fields } from './fields.js';
import { meaningOfOutcome } from './response-codes.js';
import type { ReversalBook } from './reversal-book.js';
import type { UnionpaySettings } from './settings.js';
import type { SignatureMethod } from './signature.js';
import { newsOfFailedRefund, newsOfPaid, newsOfReturned, timeOf } from './transaction-news.js';

/** UnionPay repeats for some minutes. A notification says when its transaction took place, not when it was sent. */
const OLDEST_MS = 24 * 3_600_000;

/**
 * Reads a notification (后台通知): signature over the posted fields first, then merchant, age and shape. Only the body counts: what the address itself
 * carries in its query is no part of what UnionPay signed.
 */
export function createNotificationReader({ context: { settings }, signature, reversals }: {
  readonly context: Pick<PluginContext<UnionpaySettings>, 'settings'>;
  readonly signature: SignatureMethod;
  readonly reversals: ReversalBook;
}): (raw: RawNotification) => Promise<Notification> {
  return async (raw) => {
    const fields = isForm(raw) ? readForm(raw.body) : undefined;
    if (fields === undefined) return refused('the body is not a form of UnionPay');
    const doubt = await signature.doubt(fields);
    if (doubt !== undefined) return refused(`not authentic: ${doubt}`);
    if (fields['merId'] !== settings.merId) return refused('the notification belongs to another merchant');
    const ageMs = Math.abs(Date.parse(raw.receivedAt) - Date.parse(timeOf(fields) ?? ''));
    if (!(ageMs <= OLDEST_MS)) return refused('the notification is older than UnionPay repeats any');

    const { orderId = '', queryId = '', respCode = '', txnType = '', reqReserved = '' } = fields;
    const eventId = `${txnType}-${queryId}-${respCode}`;
    if (orderId === '' || !/^[0-9A-Za-z]{1,64}$/.test(queryId) || !/^[0-9A-Z]{2}$/.test(respCode)) return refused('the notification lacks a number or its respCode');
    switch (txnType) {
      case '01':
        return { kind: 'payment', eventId, tradeNo: orderId, news: await newsOfPayment(fields) };
      case '31':
      case '04':
        if (reqReserved === '') return refused('the notification of a refund names no payment');
        return { kind: 'refund', eventId, refundNo: orderId, tradeNo: reqReserved, merchantNo: settings.merId, news: newsOfRefund(fields, reqReserved) };
      default:
        return refused('the notification is about another kind of transaction');
    }
  };

  async function newsOfPayment(fields: Fields): Promise<PaymentNews> {
    const { orderId = '', respCode = '' } = fields;
    if (meaningOfOutcome(respCode, settings.refusalCodes) !== 'done') return { kind: 'unknown', reason: `notified with ${respCode}` };
    // Sent before a reversal, read after it: what was true then may have been given back since.
    if ((await reversals.find(orderId)) !== 'none') return { kind: 'unknown', reason: 'this number was reversed: only a question tells what became of it' };
    return newsOfPaid(fields, settings);
  }

  function newsOfRefund(fields: Fields, tradeNo: string): RefundNews {
    const { respCode = '', respMsg = '' } = fields;
    switch (meaningOfOutcome(respCode, settings.refusalCodes)) {
      case 'done':
        return newsOfReturned(fields, tradeNo);
      case 'unsettled':
        return { kind: 'processing' };
      case 'refused':
        return newsOfFailedRefund({ code: respCode, message: respMsg }, settings);
      case 'unlisted':
        return { kind: 'unknown', reason: `notified with ${respCode}` };
    }
  }
}

/** UnionPay looks at the status only; its samples print `ok`. */
export function answerNotification(result: 'stored' | 'refused' | 'retryLater'): NotificationAnswer {
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  switch (result) {
    case 'stored':
      return { status: 200, headers, body: 'ok' };
    case 'refused':
      return { status: 400, headers, body: 'refused' };
    case 'retryLater':
      return { status: 503, headers, body: 'later' };
  }
}

function isForm({ headers }: RawNotification): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
}

function refused(reason: string): Notification {
  return { kind: 'refused', reason };
}
