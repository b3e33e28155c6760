import type { PaymentMethod } from '@hospay/plugin-sdk';
import { learnPaymentAgain, learnRefundAgain, readPaymentAnswer, readRefundAnswer, type SecondAnswer } from '../domain/asked-again.js';
import type { Bilingual } from '../domain/bilingual.js';
import { billDayAt } from '../domain/bill-day.js';
import type { ChangeRequest } from '../domain/money-store.js';
import type { OrderAggregate } from '../domain/order.js';
import { paymentReference, refundReference } from '../domain/payment-reference.js';
import type { Confirmed, EndedRow } from '../domain/running-reconciliation.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { AskAgainPorts } from './ports.js';

const MINUTE_MS = 60_000;
/** What has just ended may not be told everywhere at the channel yet. */
const RIPE_AFTER_MS = 5 * MINUTE_MS;
const OLDEST_MS = 24 * 60 * MINUTE_MS;
/** An answer that was not given, or that nobody believes at once, is asked for again after this. */
const ASKED_LATER_MS = 5 * MINUTE_MS;
/** Without an answer so often the statement of the day decides. */
const MOST_TRIES = 3;
/** What one run does at most: at the busiest minutes it falls behind, and a payment never does. */
const MOST_ROWS = 300;
const BATCH_ROWS = 50;
const LONGEST_RUN_MS = 15_000;
/** A card terminal would be taken from its window, and a till knows only what we told it. */
export const NOT_ASKED: readonly PaymentMethod[] = ['cash', 'bankCard'];

type Told = { asked: number; agreed: number; denied: number; told: number; unanswered: number; later: number };
type Result = { readonly next: 'done' | 'later'; readonly row: EndedRow; readonly confirmed?: Confirmed };

/**
 * 复查: each payment and refund that reached its end at a channel is asked about once more, 5 to 15 minutes later. One question at a time to a channel, and none to a channel that has just not answered. What agrees writes nothing of
 * its own; what the channel takes back is asked a second time before a person is called.
 */
export async function askEndedAgain(ports: AskAgainPorts): Promise<Bilingual> {
  const { ended, clock } = ports;
  const begun = clock.now().getTime();
  const isOver = (): boolean => Math.abs(clock.now().getTime() - begun) >= LONGEST_RUN_MS;
  const silent = new Set<string>();
  const told: Told = { asked: 0, agreed: 0, denied: 0, told: 0, unanswered: 0, later: 0 };
  let isMore = true;
  for (let taken = 0; isMore && taken < MOST_ROWS && !isOver(); ) {
    const now = clock.now();
    const batch = ended.takeEnded({ until: new Date(now.getTime() - RIPE_AFTER_MS), oldest: new Date(now.getTime() - OLDEST_MS), now, limit: BATCH_ROWS });
    const results = await askBatch(ports, batch.rows, { silent, told, isOver });
    const rowsOf = (next: Result['next']): EndedRow[] => results.flatMap((result) => (result.next === next ? [result.row] : []));
    await ended.keepAsked({ cursor: batch.cursor, done: rowsOf('done'), later: rowsOf('later'), laterAt: new Date(clock.now().getTime() + ASKED_LATER_MS), confirmed: results.flatMap(({ confirmed }) => (confirmed === undefined ? [] : [confirmed])) });
    taken += batch.rows.length;
    ({ isMore } = batch);
  }
  return {
    zh: `复查 ${String(told.asked)} 笔：一致 ${String(told.agreed)} 笔，否认 ${String(told.denied)} 笔，答复不同 ${String(told.told)} 笔，未应答 ${String(told.unanswered)} 笔；待查 ${String(told.later)} 笔${isMore ? '，其余下次继续' : ''}`,
    en: `${String(told.asked)} asked again: ${String(told.agreed)} agree, ${String(told.denied)} denied, ${String(told.told)} told something else, ${String(told.unanswered)} without an answer; ${String(told.later)} wait${isMore ? ', more next time' : ''}`,
  };
}

type Run = { readonly silent: Set<string>; readonly told: Told; readonly isOver: () => boolean };

/** Channels beside each other, each one question after another. */
async function askBatch(ports: AskAgainPorts, rows: readonly EndedRow[], run: Run): Promise<readonly Result[]> {
  const byChannel = new Map<string, { readonly row: EndedRow; readonly found: OrderAggregate }[]>();
  const results: Result[] = [];
  for (const row of rows) {
    const found = await (row.kind === 'payment' ? ports.money.findOrderByPayment(row.number) : ports.money.findOrderByRefund(row.number));
    const payment = found === undefined ? undefined : paymentOf(found, row);
    if (found === undefined || payment === undefined || NOT_ASKED.includes(payment.method)) results.push({ next: 'done', row });
    else byChannel.set(payment.channel, [...(byChannel.get(payment.channel) ?? []), { row, found }]);
  }
  await Promise.all([...byChannel.values()].map(async (ofChannel) => {
    for (const { row, found } of ofChannel) results.push(await askOne(ports, row, found, run));
  }));
  return results;
}

async function askOne(ports: AskAgainPorts, row: EndedRow, found: OrderAggregate, { silent, told, isOver }: Run): Promise<Result> {
  const payment = paymentOf(found, row);
  const refund = row.kind === 'refund' ? found.refunds.find(({ refundNo }) => refundNo === row.number) : undefined;
  if (payment === undefined || (row.kind === 'refund' && refund === undefined)) return { next: 'done', row };
  const channel = ports.channels.find(payment.channel);
  if (channel === undefined || silent.has(channel.id) || !ports.isHealthy(channel.id) || isOver()) {
    told.later += 1;
    return { next: 'later', row };
  }
  told.asked += 1;
  const { answer, isSilence, learn } = await (refund === undefined ? askPayment(ports, channel, found, payment) : askRefund(ports, channel, refund, payment));
  if (answer === 'nothing') {
    told.unanswered += 1;
    if (isSilence) silent.add(channel.id);
    return row.tries + 1 >= MOST_TRIES ? { next: 'done', row } : { next: 'later', row: { ...row, tries: row.tries + 1 } };
  }
  if (answer === 'agrees') {
    told.agreed += 1;
    const confirmed = confirmedOf(ports, payment, refund);
    return { next: 'done', row, ...(confirmed === undefined ? {} : { confirmed }) };
  }
  // Channels that are being repaired deny for a moment what they know.
  if (answer === 'denies' && !row.isDenied) {
    told.later += 1;
    return { next: 'later', row: { ...row, isDenied: true } };
  }
  told[answer === 'denies' ? 'denied' : 'told'] += 1;
  await learn();
  return { next: 'done', row };
}

type Channel = NonNullable<ReturnType<AskAgainPorts['channels']['find']>>;
type Payment = OrderAggregate['payments'][number];
type Refund = OrderAggregate['refunds'][number];
type Asked = { readonly answer: SecondAnswer; readonly isSilence: boolean; readonly learn: () => Promise<unknown> };

async function askPayment(ports: AskAgainPorts, channel: Channel, { refunds }: OrderAggregate, payment: Payment): Promise<Asked> {
  const news = await channel.query(paymentReference(payment));
  return {
    answer: readPaymentAnswer(payment, refunds, news), isSilence: news.kind === 'unknown',
    learn: () => ports.money.change(requestOf(ports, channel, payment.tradeNo, payment.paymentNo, news), (change) => { learnPaymentAgain(change, payment.paymentNo, news, ports.policy); }),
  };
}

async function askRefund(ports: AskAgainPorts, channel: Channel, refund: Refund, payment: Payment): Promise<Asked> {
  const news = await channel.queryRefund(refundReference(refund, payment));
  return {
    answer: readRefundAnswer(refund, news), isSilence: news.kind === 'unknown',
    learn: () => ports.money.change(requestOf(ports, channel, refund.tradeNo, refund.refundNo, news), (change) => { learnRefundAgain(change, refund.refundNo, news); }),
  };
}

function requestOf({ clock, random }: AskAgainPorts, channel: Channel, tradeNo: string, number: string, body: unknown): ChangeRequest {
  const sourceId = `again/${number}/${makeOpaqueId(random, 10)}`;
  return { tradeNo, cause: { kind: 'query', id: sourceId }, now: clock.now(), fact: { kind: 'channelQuery', source: channel.id, sourceId, body } };
}

function paymentOf({ payments, refunds }: OrderAggregate, { kind, number }: EndedRow): Payment | undefined {
  const paymentNo = kind === 'payment' ? number : refunds.find(({ refundNo }) => refundNo === number)?.paymentNo;
  return payments.find((payment) => payment.paymentNo === paymentNo);
}

/** What a channel's money of the day is made of. */
function confirmedOf({ policy }: AskAgainPorts, payment: Payment, refund: Refund | undefined): Confirmed | undefined {
  const { channel } = payment;
  if (refund === undefined) return payment.state === 'succeeded' && payment.billDay !== undefined ? { channel, day: payment.billDay, kind: 'payment', fen: payment.amountFen } : undefined;
  return refund.state === 'succeeded' && refund.refundedAt !== undefined ? { channel, day: billDayAt(refund.refundedAt, policy.cutOffs[channel]), kind: 'refund', fen: refund.refundFen } : undefined;
}
