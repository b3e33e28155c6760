import type { PaymentNews } from '@hospay/plugin-sdk';
import type { ChannelGuest } from '../domain/guests.js';
import type { ChangeRequest, ClaimedJob, MoneyStore } from '../domain/money-store.js';
import type { OrderAggregate, Payment } from '../domain/order.js';
import { own } from '../domain/own-words.js';
import { applyPaymentNews } from '../domain/payment-news.js';
import { isPaymentEnded, type PaymentState } from '../domain/payment-states.js';
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
  return { news, aggregate: await learnNews(ports, payment, channel, news, { job, askedIn: payment.state }) };
}

/** It can still be paid, or was paid while a close of it had no answer: it is closed (again), and the answer decides. */
export function mustBeClosed(news: PaymentNews, payment: Payment): boolean {
  return news.kind === 'pending' || news.kind === 'notFound' || (news.kind === 'succeeded' && payment.closeAskedAt !== undefined);
}

/** Closes on their way in this life of the platform: who comes second gets the answer of the first, so that no undo can pass an answer of another close. */
const closesUnderway = new WeakMap<MoneyStore, Map<string, Promise<OrderAggregate | undefined>>>();

/** Closes that were answered in this life of the platform, the newest last, by the turn in which they were. */
const closesAnswered = new WeakMap<MoneyStore, { turn: number; readonly turns: Map<string, number> }>();
/** More than are ever answered while one notification is read. */
const MOST_REMEMBERED = 1_000;

function answeredOf(store: MoneyStore): { turn: number; readonly turns: Map<string, number> } {
  const answered = closesAnswered.get(store) ?? { turn: 0, turns: new Map<string, number>() };
  closesAnswered.set(store, answered);
  return answered;
}

/** Marks now. Asked later, it says whether a close of the payment was answered since: news that was under way meanwhile may be older than what the close gave back. */
export function watchCloses({ store }: Pick<PaymentPorts, 'store'>): (paymentNo: string) => boolean {
  const answered = answeredOf(store);
  const since = answered.turn;
  return (paymentNo) => (answered.turns.get(paymentNo) ?? 0) > since;
}

/** Closes an unpaid number at the channel; what the channel answers is news like any other. */
export function closeAtChannel(ports: PaymentPorts, payment: Payment, channel: ChannelGuest, job?: ClaimedJob): Promise<OrderAggregate | undefined> {
  const underway = closesUnderway.get(ports.store) ?? new Map<string, Promise<OrderAggregate | undefined>>();
  closesUnderway.set(ports.store, underway);
  const first = underway.get(payment.paymentNo);
  if (first !== undefined) return first;
  const closing = close(ports, payment, channel, job).finally(() => { underway.delete(payment.paymentNo); });
  underway.set(payment.paymentNo, closing);
  return closing;
}

async function close(ports: PaymentPorts, payment: Payment, channel: ChannelGuest, job: ClaimedJob | undefined): Promise<OrderAggregate | undefined> {
  if (!channel.canClose) return learnNews(ports, payment, channel, { kind: 'unknown', reason: own('channelCannotClose') }, { job });
  const now = ports.clock.now();
  const intent = await ports.store.change({ tradeNo: payment.tradeNo, cause: { kind: 'timer', id: payment.paymentNo }, now, ...(job === undefined ? {} : { job }) }, (change) => {
    const { state } = change.payment(payment.paymentNo);
    if (state === 'succeeded') return false;
    change.setPayment(payment.paymentNo, { closeAskedAt: now.toISOString() });
    return true;
  });
  // Paid in the meantime: nothing may be undone any more.
  if (intent.kind !== 'changed' || !intent.result) return intent.kind === 'changed' ? intent.aggregate : undefined;
  const outcome = await channel.close(paymentReference(payment));
  const answered = answeredOf(ports.store);
  answered.turns.delete(payment.paymentNo);
  answered.turns.set(payment.paymentNo, (answered.turn += 1));
  for (const oldest of answered.turns.keys()) {
    if (answered.turns.size <= MOST_REMEMBERED) break;
    answered.turns.delete(oldest);
  }
  switch (outcome.kind) {
    case 'alreadyPaid':
      return learnNews(ports, payment, channel, await channel.query(paymentReference(payment)), { job, isCloseAnswered: true });
    case 'closed':
    case 'notFound':
      return learnNews(ports, payment, channel, outcome, { job, isCloseAnswered: true });
    case 'unknown':
      return learnNews(ports, payment, channel, outcome, { job });
  }
}

type Learning = { readonly job: ClaimedJob | undefined; /** The close that was asked has its answer: what it left can be believed. */ readonly isCloseAnswered?: true; /** The state in which the question was asked. */ readonly askedIn?: PaymentState };

async function learnNews(ports: PaymentPorts, payment: Payment, channel: ChannelGuest, news: PaymentNews, { job, isCloseAnswered, askedIn }: Learning): Promise<OrderAggregate | undefined> {
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
  const learned = await ports.store.change(request, (change) => {
    if (isCloseAnswered === true) change.setPayment(payment.paymentNo, { closeAskedAt: undefined });
    const { state } = change.payment(payment.paymentNo);
    // Asked before the end and answered after it: an undo may have given the money back in between. Asked again, now of what is.
    if (news.kind === 'succeeded' && askedIn !== undefined && !isPaymentEnded(askedIn) && (state === 'closed' || state === 'failed')) change.schedule('advancePayment', payment.paymentNo);
    else applyPaymentNews(change, payment.paymentNo, news, 'query', ports.policy);
  });
  return learned.kind === 'changed' ? learned.aggregate : undefined;
}
