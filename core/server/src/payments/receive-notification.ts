import { createHash } from 'node:crypto';
import type { NotificationAnswer, RawNotification } from '@hospay/plugin-sdk';
import type { Notification } from '@hospay/plugin-sdk';
import { StoreUnavailable } from '../domain/money-store.js';
import type { OrderChange } from '../domain/order-change.js';
import { applyPaymentNews } from '../domain/payment-news.js';
import { isPaymentEnded } from '../domain/payment-states.js';
import { applyRefundNews } from '../domain/refund-news.js';
import { watchCloses } from './ask-channel.js';
import type { PaymentPorts } from './ports.js';

/**
 * A channel's notification: verified by its plugin, compared with the order, applied once, acknowledged only after the commit.
 * News of an order we do not know is kept with a case: it may be money.
 */
export async function receiveNotification(ports: PaymentPorts, channelId: string, raw: RawNotification): Promise<NotificationAnswer | undefined> {
  const channel = ports.channels.find(channelId);
  if (channel === undefined) return undefined;
  const isClosedSince = watchCloses(ports);
  const notification = await channel.readNotification(raw);
  if (notification.kind === 'refused') return channel.answerNotification('refused');
  try {
    await store(ports, channelId, notification, isClosedSince);
  } catch (error) {
    if (error instanceof StoreUnavailable) return channel.answerNotification('retryLater');
    throw error;
  }
  return channel.answerNotification('stored');
}

async function store(ports: PaymentPorts, channelId: string, notification: Exclude<Notification, { kind: 'refused' }>, isClosedSince: (paymentNo: string) => boolean): Promise<void> {
  const now = ports.clock.now();
  const subject = notification.kind === 'payment' ? notification.tradeNo : notification.refundNo;
  const found = notification.kind === 'payment' ? await ports.store.findOrderByPayment(subject) : await ports.store.findOrderByRefund(subject);
  // A repeat that says something else is no repeat: a wrong amount told first must not keep the right one out.
  const said = createHash('sha256').update(JSON.stringify(notification)).digest('hex').slice(0, 16);
  const fact = { kind: 'channelNotification' as const, source: channelId, sourceId: `notification/${notification.eventId}/${said}`, body: notification };
  if (found === undefined || !isOfChannel(found.payments, channelId)) {
    const detail = {
      zh: `渠道通知 ${notification.eventId} 提到 ${subject}，而该渠道从未办理过。未动任何款项；请向渠道核对商户号与单号`,
      en: `notification ${notification.eventId} names ${subject}, which this channel never charged. No money was moved; ask the channel about merchant and number`,
    };
    await ports.store.recordStray(fact, { kind: 'unknownOrder', subject: `${channelId}/${subject}`, severity: 1, detail }, now);
    return;
  }
  await ports.store.change({ tradeNo: found.order.tradeNo, cause: { kind: 'notification', id: fact.sourceId }, now, fact }, (change) => {
    if (notification.kind === 'payment') {
      const { state } = change.payment(subject);
      // Read while it was being undone: it may be older than what the undo gave back. Asked again, now of what is.
      if (notification.news.kind === 'succeeded' && (state === 'closed' || state === 'failed') && isClosedSince(subject)) change.schedule('advancePayment', subject);
      else applyPaymentNews(change, subject, notification.news, 'notification', ports.policy);
      // News that something happened, and not what: asked at once.
      if (notification.news.kind === 'pending' && !isPaymentEnded(change.payment(subject).state)) change.schedule('advancePayment', subject);
    }
    else applyOwnRefundNews(ports, change, notification);
  });
}

/** Another merchant's refund may carry the same number: what names another merchant or payment than ours moves no money. */
function applyOwnRefundNews(ports: PaymentPorts, change: OrderChange, notification: Extract<Notification, { kind: 'refund' }>): void {
  const payment = change.payment(change.refund(notification.refundNo).paymentNo);
  if (notification.merchantNo === payment.merchantNo && notification.tradeNo === payment.paymentNo) {
    applyRefundNews(change, notification.refundNo, notification.news, 'notification', ports.policy);
    return;
  }
  const detail = {
    zh: `渠道通知的商户号为 ${notification.merchantNo}、支付单为 ${notification.tradeNo}，退款申请的是 ${payment.merchantNo} 的 ${payment.paymentNo}。通知未被采用；请与渠道核对`,
    en: `notification says merchant ${notification.merchantNo} and payment ${notification.tradeNo}, asked of ${payment.merchantNo} and ${payment.paymentNo}. It was not believed; ask the channel`,
  };
  change.openCase({ kind: 'merchantMismatch', subject: notification.refundNo, severity: 1, detail });
}

function isOfChannel(payments: readonly { readonly channel: string }[], channelId: string): boolean {
  return payments.some((payment) => payment.channel === channelId);
}
