import type { PaymentNews } from '@hospay/plugin-sdk';
import type { ChannelGuest } from '../domain/guests.js';
import type { ClaimedJob } from '../domain/money-store.js';
import type { OrderAggregate, Payment } from '../domain/order.js';
import { heard, own } from '../domain/own-words.js';
import { gapAfter, isRepeatable, queryRhythmOf } from '../domain/payment-policy.js';
import { mayBeClosed } from '../domain/joined-payments.js';
import { isPaymentEnded } from '../domain/payment-states.js';
import { askChannel, closeAtChannel, mustBeClosed } from './ask-channel.js';
import { chargePayment } from './charge-payment.js';
import type { PaymentPorts } from './ports.js';

/**
 * One step with an open payment: ask the channel; after expiry close it there; after the end ask for a day more. There is no last attempt: a payment
 * without a definite answer is asked about for ever, and its age calls a person.
 */
export async function advancePayment(ports: PaymentPorts, job: ClaimedJob): Promise<void> {
  const before = await ports.store.findOrderByPayment(job.subject);
  const payment = findPayment(before, job.subject);
  if (before === undefined || payment === undefined || payment.state === 'succeeded') {
    await ports.store.putBackJob(job, 'done');
    return;
  }
  const channel = ports.channels.find(payment.channel);
  if (channel === undefined) {
    await putOff(ports, job, payment, own('channelNotActive'));
    return;
  }
  if (isPaymentEnded(payment.state)) {
    await askAfterEnd(ports, job, payment, channel);
    return;
  }
  const isExpired = ports.clock.now().getTime() >= Date.parse(payment.expiresAt);
  if (isExpired && payment.state !== 'closing') await beginClosing(ports, job, payment);
  const { news, aggregate } = await askChannel(ports, payment, channel, job);
  const asked = findPayment(aggregate, payment.paymentNo);
  if (aggregate === undefined || asked === undefined || isPaymentEnded(asked.state)) return;
  // Closed immediately after the last question, so that no payment can slip between them.
  const isToClose = asked.state === 'closing' && mustBeClosed(news, asked) && mayBeClosed(aggregate, asked, ports.clock.now(), ports.policy);
  const after = isToClose ? findPayment(await closeAtChannel(ports, asked, channel, job), payment.paymentNo) : asked;
  if (after === undefined || isPaymentEnded(after.state)) return;
  if (isLostCharge(after, news.kind)) await chargeAgain(ports, aggregate, after, job);
  await putOff(ports, job, after, after.lastNews ?? wordOf(news.kind));
}

/**
 * Gaps between the questions after an end, the first of which is asked at expiry plus margin. One question is not enough: a restart wakes it early,
 * and a clock that was set wrong or right in between makes it early too. A channel repeats its own notifications for a day, so we ask for a day.
 * Only questions that were answered count: a plugin that dies under each of them must not use them up.
 */
const GAPS_AFTER_END_MS = [30 * 60_000, 6 * 3_600_000, 24 * 3_600_000] as const;

/** An end here that the channel does not confirm: it was decided by its answers, and one of them may have come too early. After so long somebody looks. */
const LONGEST_DOUBT_AFTER_END_MS = 24 * 3_600_000;

/** After the end: a success that arrived late must not depend on a notification nobody promises. */
async function askAfterEnd(ports: PaymentPorts, job: ClaimedJob, payment: Payment, channel: ChannelGuest): Promise<void> {
  const { news, aggregate } = await askChannel(ports, payment, channel, job);
  // Payable although we ended it (a delayed create arrived, or a success is not told yet): closed there, and asked about until it is.
  const asked = findPayment(aggregate, payment.paymentNo) ?? payment;
  const isPayable = news.kind !== 'notFound' && mustBeClosed(news, asked);
  if (isPayable && aggregate !== undefined && mayBeClosed(aggregate, asked, ports.clock.now(), ports.policy)) await closeAtChannel(ports, asked, channel, job);
  if (isPayable || news.kind === 'unknown') {
    await putOff(ports, job, payment, wordOf(news.kind));
    return;
  }
  const now = ports.clock.now().getTime();
  // Only then it may have called a person.
  if (now > Date.parse(payment.expiresAt) + LONGEST_DOUBT_AFTER_END_MS) {
    await ports.store.change({ tradeNo: payment.tradeNo, cause: { kind: 'timer', id: job.subject }, now: ports.clock.now(), job }, (change) => { change.resolveCase('paymentUnknown', payment.paymentNo); });
  }
  const firstAt = Date.parse(payment.expiresAt) + ports.policy.closeMarginMs;
  const gapMs = GAPS_AFTER_END_MS[job.answered];
  if (now < firstAt) await ports.store.putBackJob(job, { dueAt: new Date(firstAt) });
  else await ports.store.putBackJob(job, gapMs === undefined ? 'done' : { dueAt: new Date(now + gapMs), isAnswered: true });
}

/** The charge's answer was lost and the patient has no code to pay: the same number is sent again. Only for methods the patient still has to act on. */
function isLostCharge(payment: Payment, news: string): boolean {
  return payment.presentation === undefined && isRepeatable(payment.method) && payment.state !== 'closing' && (news === 'notFound' || news === 'pending');
}

async function chargeAgain(ports: PaymentPorts, aggregate: OrderAggregate, payment: Payment, job: ClaimedJob): Promise<void> {
  const channel = ports.channels.find(payment.channel);
  if (channel === undefined) return;
  const intent = await ports.store.change(
    { tradeNo: payment.tradeNo, cause: { kind: 'timer', id: job.subject }, now: ports.clock.now(), job },
    (change) => change.setPayment(payment.paymentNo, { attempts: change.payment(payment.paymentNo).attempts + 1 }),
  );
  if (intent.kind === 'changed') await chargePayment(ports, aggregate, intent.result, channel);
}

async function beginClosing(ports: PaymentPorts, job: ClaimedJob, payment: Payment): Promise<void> {
  await ports.store.change({ tradeNo: payment.tradeNo, cause: { kind: 'timer', id: job.subject }, now: ports.clock.now(), job }, (change) => {
    const current = change.payment(payment.paymentNo);
    if (!isPaymentEnded(current.state) && current.state !== 'closing') change.movePayment(payment.paymentNo, 'closing', 'timer');
  });
}

async function putOff(ports: PaymentPorts, job: ClaimedJob, payment: Payment, reason: string): Promise<void> {
  const now = ports.clock.now();
  const expiry = Date.parse(payment.expiresAt);
  let dueAt = now.getTime() + gapAfter(queryRhythmOf(ports.policy, payment.method), job.attempt);
  // The question at expiry is asked on time whatever the rhythm says.
  if (now.getTime() < expiry) dueAt = Math.min(dueAt, expiry);
  const said = heard(reason);
  const isEnded = isPaymentEnded(payment.state);
  const isOld = now.getTime() > expiry + (isEnded ? LONGEST_DOUBT_AFTER_END_MS : ports.policy.unknownEscalationMs);
  const since = isEnded ? { zh: '支付已关闭，渠道一天来仍没有明确结果', en: 'ended here, and the channel says nothing definite for a day' } : { zh: '支付截止后一直没有明确结果', en: 'no definite answer since expiry' };
  await ports.store.change({ tradeNo: payment.tradeNo, cause: { kind: 'timer', id: job.subject }, now, job, jobThen: { dueAt: new Date(dueAt) } }, (change) => {
    if (isOld) change.openCase({ kind: 'paymentUnknown', subject: payment.paymentNo, severity: 1, detail: { zh: `${since.zh}：${said.zh}。平台会继续查询；请在渠道商户后台查询该支付单`, en: `${since.en}: ${said.en}. It is asked again; look it up at the channel` } });
  });
}

/** Of an answer that brought no news to keep. */
function wordOf(kind: PaymentNews['kind']): string {
  return own(kind === 'pending' ? 'newsPending' : kind === 'notFound' ? 'newsNotFound' : 'newsUnknown');
}

function findPayment(aggregate: OrderAggregate | undefined, paymentNo: string): Payment | undefined {
  return aggregate?.payments.find((payment) => payment.paymentNo === paymentNo);
}
