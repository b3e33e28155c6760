import type { PaymentNews } from '@hospay/plugin-sdk';
import type { ChannelGuest } from '../domain/guests.js';
import type { ChangeRequest, ClaimedJob } from '../domain/money-store.js';
import type { OrderAggregate, Payment } from '../domain/order.js';
import { applyPaymentNews } from '../domain/payment-news.js';
import { paymentReference } from '../domain/payment-reference.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { PaymentPorts } from './ports.js';

/** Asks the channel what became of a payment and applies the answer. Returns the news and the order after it. */
export async function askChannel(
  ports: PaymentPorts,
  payment: Payment,
  channel: ChannelGuest,
  job?: ClaimedJob,
): Promise<{ readonly news: PaymentNews; readonly aggregate: OrderAggregate | undefined }> {
  const news = await channel.query(paymentReference(payment));
  return { news, aggregate: await learnNews(ports, payment, channel, news, job) };
}

/** Closes an unpaid number at the channel; what the channel answers is news like any other. */
export async function closeAtChannel(ports: PaymentPorts, payment: Payment, channel: ChannelGuest, job?: ClaimedJob): Promise<OrderAggregate | undefined> {
  const outcome = await channel.close(paymentReference(payment));
  switch (outcome.kind) {
    case 'alreadyPaid':
      return (await askChannel(ports, payment, channel, job)).aggregate;
    case 'closed':
    case 'notFound':
    case 'unknown':
      return learnNews(ports, payment, channel, outcome, job);
  }
}

async function learnNews(ports: PaymentPorts, payment: Payment, channel: ChannelGuest, news: PaymentNews, job: ClaimedJob | undefined): Promise<OrderAggregate | undefined> {
  // `notFound` too: after expiry and margin it is what ends a payment, and every end names its fact.
  const isDecisive = news.kind !== 'pending' && news.kind !== 'unknown';
  const sourceId = `query/${payment.paymentNo}/${makeOpaqueId(ports.random, 10)}`;
  const request: ChangeRequest = {
    tradeNo: payment.tradeNo,
    cause: { kind: 'query', id: sourceId },
    now: ports.clock.now(),
    // An answer that decides nothing is not worth a row for ever.
    ...(isDecisive ? { fact: { kind: 'channelQuery', source: channel.id, sourceId, body: news } } : {}),
    ...(job === undefined ? {} : { job }),
  };
  const learned = await ports.store.change(request, (change) => { applyPaymentNews(change, payment.paymentNo, news, 'query', ports.policy); });
  return learned.kind === 'changed' ? learned.aggregate : undefined;
}
