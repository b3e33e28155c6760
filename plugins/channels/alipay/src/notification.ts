import { type CallContext, instantOfBeijing, type Notification, type NotificationAnswer, type PaymentNews, type PluginContext, type RawNotification, type RefundNews } from '@hospay/plugin-sdk';

import type { AlipayKeys } from './alipay-keys.js';
import { isSignedBy } from './authentic-node.js';
import { Notice } from './messages.js';
import type { AlipaySettings } from './settings.js';
import { newsOfTrade, type AskedRefund } from './trade-news.js';
import type { UndoBook } from './undo-book.js';

/** Alipay repeats for 25 hours. */
const OLDEST_MS = 26 * 3_600_000;
/** Whoever sends a notification waits for our answer, so our own question may not take long. */
const QUESTION_MS = 4_000;

type Asking = Pick<CallContext, 'signal'>;
type Parts = {
  readonly context: PluginContext<AlipaySettings>;
  readonly keys: AlipayKeys;
  readonly undoBook: UndoBook;
  readonly askTrade: (payment: { readonly tradeNo: string }, call: Asking) => Promise<PaymentNews>;
  readonly askRefund: (asked: AskedRefund, call: Asking) => Promise<RefundNews>;
};

/**
 * Reads a notification: signature over all parameters but `sign` and `sign_type` first, then its age, its shape, and that it is about this app and
 * merchant. Two things it does not say are asked for: the amount of one refund (it carries the sum of all), and whether digital yuan paid.
 */
export function createNotificationReader({ context, keys, undoBook, askTrade, askRefund }: Parts): (raw: RawNotification) => Promise<Notification> {
  const { settings } = context;
  return async (raw) => {
    const signal = AbortSignal.timeout(QUESTION_MS);
    const parameters = isForm(raw) ? formParameters(raw.body) : undefined;
    if (parameters === undefined) return refused('the body is not a form of the gateway');
    if (!(await isAuthentic(parameters, (certificateSn) => keys.find(certificateSn, { signal, seenIn: 'notification' })))) return refused('the signature does not match');

    const notice: unknown = Object.fromEntries(parameters);
    if (!Notice.Check(notice)) return refused('the parameters are not a notification about a trade');
    const sentAt = instantOfBeijing(notice.notify_time);
    if (sentAt === undefined || !(Math.abs(Date.parse(raw.receivedAt) - Date.parse(sentAt)) <= OLDEST_MS)) return refused('the notification is older than Alipay repeats any');
    if (notice.app_id !== settings.appId) return refused('the notification belongs to another app');
    if (notice.seller_id !== settings.sellerId) return refused('the notification belongs to another merchant');

    const { notify_id: eventId, out_trade_no: tradeNo, out_biz_no: refundNo = '', gmt_refund: refundedAt } = notice;
    if (refundNo !== '' && (refundedAt !== undefined || notice.refund_fee !== undefined)) {
      const news = await askRefund({ refundNo, tradeNo, askedAt: instantOfBeijing(refundedAt) ?? sentAt }, { signal });
      return { kind: 'refund', eventId, refundNo, tradeNo, merchantNo: notice.seller_id, news };
    }
    const ask = (): Promise<PaymentNews> => askTrade({ tradeNo }, { signal });
    // Sent before a cancel, read after it: what was true then may have been given back since.
    if ((await undoBook.find(tradeNo)) !== 'none') return { kind: 'payment', eventId, tradeNo, news: await ask() };
    const news = newsOfTrade(notice, { merchantNo: notice.seller_id, wasPaid: false, isUndone: false });
    return { kind: 'payment', eventId, tradeNo, news: await withFundingSource(news, ask) };
  };
}

/** Seven letters end the repeats; whatever else is answered, Alipay sends again. */
export function answerNotification(result: 'stored' | 'refused' | 'retryLater'): NotificationAnswer {
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  switch (result) {
    case 'stored':
      return { status: 200, headers, body: 'success' };
    case 'refused':
      return { status: 400, headers, body: 'failure' };
    case 'retryLater':
      return { status: 503, headers, body: 'failure' };
  }
}

async function withFundingSource(news: PaymentNews, ask: () => Promise<PaymentNews>): Promise<PaymentNews> {
  if (news.kind !== 'succeeded') return news;
  const asked = await ask();
  if (asked.kind !== 'succeeded' || asked.channelTradeNo !== news.channelTradeNo || asked.fundingSource === undefined) return news;
  return { ...news, fundingSource: asked.fundingSource };
}

function isForm({ headers }: RawNotification): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
}

/** Decoded once; `undefined` when a name comes twice or the bytes are no form in UTF-8. */
function formParameters(body: Uint8Array): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(new TextDecoder().decode(body))) {
    if (parameters.has(name)) return undefined;
    parameters.set(name, value);
  }
  return (parameters.get('charset') ?? 'utf-8').toLowerCase() === 'utf-8' ? parameters : undefined;
}

async function isAuthentic(parameters: ReadonlyMap<string, string>, findKeys: (certificateSn: string | undefined) => ReturnType<AlipayKeys['find']>): Promise<boolean> {
  const signature = parameters.get('sign');
  if (signature === undefined || parameters.get('sign_type') !== 'RSA2') return false;
  const text = [...parameters]
    .filter(([name]) => name !== 'sign' && name !== 'sign_type')
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return isSignedBy(await findKeys(parameters.get('alipay_cert_sn')), text, signature);
}

function refused(reason: string): Notification {
  return { kind: 'refused', reason };
}
