import { isDeepStrictEqual } from 'node:util';

import type { Notification, RawNotification } from '../../payment-channel.js';
import { ChannelBench, must } from './channel-bench.js';
import type { ChannelRule, ChannelSubject, NotificationVariation } from './channel-subject.js';

export const NOTIFICATION_RULES: readonly ChannelRule[] = [
  {
    id: 'notification.payment',
    title: 'a genuine payment notification is read with its numbers and amount, and a duplicate reads the same',
    needs: ['notifying', 'control.notification'],
    run: async (subject) => {
      const { bench, order, raw } = await paymentNotification(subject, 'genuine');
      const first = await bench.readNotification(raw);
      must(first.kind === 'payment' && first.tradeNo === order.tradeNo, 'the notification is about our order', first);
      const { news } = first;
      must(news.kind === 'succeeded' && news.amountFen === order.amountFen && news.merchantNo === bench.merchantNo, 'it says who was paid and how much', first);
      const second = await bench.readNotification(raw);
      must(isDeepStrictEqual(second, first), 'a duplicate reads the same, event id included, so that the core can drop it', second);
    },
  },
  {
    id: 'notification.agreesWithQuery',
    title: 'a notification and a query tell the same story',
    needs: ['notifying', 'control.notification'],
    run: async (subject) => {
      const { bench, order, raw } = await paymentNotification(subject, 'genuine');
      const notification = await bench.readNotification(raw);
      const asked = await bench.query(order.tradeNo);
      must(notification.kind === 'payment' && notification.news.kind === 'succeeded' && asked.kind === 'succeeded', 'both say `succeeded`', notification);
      must(notification.news.channelTradeNo === asked.channelTradeNo, "both carry the channel's own number", notification);
    },
  },
  {
    id: 'notification.amountPassedOn',
    title: 'an authentic notification with another amount passes that amount on, for the core to compare',
    needs: ['notifying', 'control.notification'],
    run: async (subject) => {
      const { bench, order, raw } = await paymentNotification(subject, 'otherAmount');
      const notification = await bench.readNotification(raw);
      if (notification.kind === 'refused') return;
      must(notification.kind === 'payment' && notification.news.kind === 'succeeded', 'a notification about a payment', notification);
      must(notification.news.amountFen !== order.amountFen, "the channel's amount is passed on, never replaced by ours", notification);
    },
  },
  refusal({ id: 'notification.forged', title: 'a notification signed with another key is refused', variation: 'forged' }),
  refusal({ id: 'notification.otherMerchant', title: 'a notification about another merchant is refused', variation: 'otherMerchant' }),
  refusal({
    id: 'notification.tampered',
    title: 'a notification whose body was changed by one byte is refused',
    alter: (raw) => ({ ...raw, body: raw.body.map((byte, index) => (index === Math.floor(raw.body.length / 2) ? byte ^ 1 : byte)) }),
  }),
  refusal({
    id: 'notification.unsigned',
    title: 'a notification without its headers and query is refused',
    alter: (raw) => ({ ...raw, headers: {}, query: '' }),
  }),
  refusal({
    id: 'notification.garbage',
    title: 'bytes that are no notification are refused, never thrown at the host',
    alter: (raw) => ({ ...raw, body: new Uint8Array([0xff, 0xfe, 0x00, 0x7b]) }),
  }),
  {
    id: 'notification.replayed',
    title: 'a notification older than the replay window is refused',
    needs: ['notifying', 'control.notification', 'control.replayWindowMs'],
    run: async (subject) => {
      const { bench, raw } = await paymentNotification(subject, 'genuine');
      const windowMs = bench.far.replayWindowMs;
      const late = new Date(Date.parse(raw.receivedAt) + windowMs + 60_000).toISOString();
      mustBeRefused(await bench.readNotification({ ...raw, receivedAt: late }));
    },
  },
  {
    id: 'notification.refund',
    title: 'a genuine refund notification is read with its numbers and amount',
    needs: ['notifying', 'refunding', 'refundNotices', 'control.notification'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const order = await bench.paidOrder(1_000);
      const request = bench.newRefund(order, bench.part(order, 400));
      await bench.refund(request);
      await bench.queryRefund(request);
      const raw = await bench.far.notification({ tradeNo: order.tradeNo, refundNo: request.refundNo }, 'genuine');
      const notification = await bench.readNotification(raw);
      must(notification.kind === 'refund', 'the notification is about a refund', notification);
      must(notification.refundNo === request.refundNo && notification.tradeNo === order.tradeNo && notification.merchantNo === bench.merchantNo, 'it carries our numbers and merchant', notification);
      must(notification.news.kind === 'succeeded' && notification.news.refundFen === request.refundFen, 'it says how much went back', notification);
    },
  },
  {
    id: 'notification.answers',
    title: 'stored is answered with success; refused and retry-later are not, so that the channel sends again',
    needs: ['notifying'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      must(isSuccess(bench.answerNotification('stored').status), 'what was stored is acknowledged');
      for (const result of ['refused', 'retryLater'] as const) {
        const answer = bench.answerNotification(result);
        must(Number.isInteger(answer.status) && answer.status >= 200 && answer.status < 600, `${result} is an HTTP answer`, answer);
        must(!isDeepStrictEqual(answer, bench.answerNotification('stored')), `${result} must not look like \`stored\`: the channel would stop sending`, answer);
      }
      await Promise.resolve();
    },
  },
];

function refusal(rule: {
  readonly id: string;
  readonly title: string;
  readonly variation?: NotificationVariation;
  readonly alter?: (raw: RawNotification) => RawNotification;
}): ChannelRule {
  return {
    id: rule.id,
    title: rule.title,
    needs: ['notifying', 'control.notification'],
    run: async (subject) => {
      const { bench, raw } = await paymentNotification(subject, rule.variation ?? 'genuine');
      mustBeRefused(await bench.readNotification(rule.alter?.(raw) ?? raw));
    },
  };
}

async function paymentNotification(subject: ChannelSubject, variation: NotificationVariation): Promise<{
  bench: ChannelBench;
  order: Awaited<ReturnType<ChannelBench['paidOrder']>>;
  raw: RawNotification;
}> {
  const bench = new ChannelBench(subject);
  const order = await bench.paidOrder(1_234);
  const raw = await bench.far.notification({ tradeNo: order.tradeNo }, variation);
  return { bench, order, raw };
}

function mustBeRefused(notification: Notification): void {
  must(notification.kind === 'refused', 'nothing in it may be used', notification);
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
