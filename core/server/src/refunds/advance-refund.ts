import { beijingDay, type HisResult, type RefundApproval, type RefundNews, type RefundOutcome } from '@hospay/plugin-sdk';
import type { Bilingual } from '../domain/bilingual.js';
import type { ChannelGuest } from '../domain/guests.js';
import { hisBusinessOf } from '../domain/his-business.js';
import { doubtLeft, hisDoubtUntil } from '../domain/his-doubt.js';
import type { ChangeRequest, ClaimedJob } from '../domain/money-store.js';
import { wantInvoice } from '../domain/invoice.js';
import type { OrderChange } from '../domain/order-change.js';
import type { OrderAggregate, Refund } from '../domain/order.js';
import { heard, own } from '../domain/own-words.js';
import { tellOwner } from '../domain/payment-news.js';
import { gapAfter } from '../domain/payment-policy.js';
import { paymentReference, refundReference } from '../domain/payment-reference.js';
import { postRefundReleased } from '../domain/postings.js';
import { settlesLast } from '../domain/presettlement.js';
import { applyRefundNews } from '../domain/refund-news.js';
import { isRefundEnded } from '../domain/refund-states.js';
import { isApprovedTogether, lacksApproval, refundsTogether, waitsForApprovalBefore } from '../domain/refunds-together.js';
import { refundableFen, reserveRefund } from '../domain/reserve-refund.js';
import { REFUND_STATE_WORDS } from '../domain/state-words.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import { inTurnOfTill } from './in-turn-of-till.js';
import type { RefundPorts } from './ports.js';

/**
 * One step of a refund on its way back: the HIS reverses first where it holds a booking, then the channel returns the money. Of refunds that belong together none is
 * handed to its channel before the HIS has answered about all. Every call carries the one refund number there will ever be; an answer that is lost is asked about, then
 * the same number is sent again.
 */
export async function advanceRefund(ports: RefundPorts, job: ClaimedJob): Promise<void> {
  const found = await ports.store.findOrderByRefund(job.subject);
  const refund = findRefund(found, job.subject);
  if (found !== undefined && refund?.state === 'rejected' && refund.hisDoubtUntil !== undefined) return askAfterRefusal(ports, job, found, refund);
  if (found === undefined || refund === undefined || isRefundEnded(refund.state)) {
    await ports.store.putBackJob(job, 'done');
    return;
  }
  if (refund.state === 'reserved' || refund.state === 'approving') {
    const cleared = lacksApproval(refund) ? await approve(ports, job, found, refund) : found;
    const submitted = cleared === undefined ? undefined : await submitInTurn(ports, job, cleared);
    if (submitted !== undefined) await sendToChannel(ports, job, submitted);
    return;
  }
  await askChannel(ports, job, found, refund);
}

const TAKE_TURNS_MS = 2_000;
/** A later payment whose channel has no answer for this long holds up nobody. */
const LONGEST_TURN_MS = 60_000;

/**
 * An unfinished mixed tender goes back in reverse order: the refund of a later payment is handed to its channel first. So does an insured payment of any
 * order: the insurance is undone after what the patient paid on top of it, and before what he had paid ahead of it.
 */
function waitsForLaterPayment(ports: RefundPorts, { order, payments, refunds }: Pick<OrderAggregate, 'order' | 'payments' | 'refunds'>, refund: Refund): boolean {
  const itsPayment = payments.find(({ paymentNo }) => paymentNo === refund.paymentNo);
  if (refund.cause !== 'tenderAbandoned' && itsPayment?.method !== 'medicalInsurance' && !settlesLast({ order, payments })) return false;
  const legOf = (paymentNo: string): number => payments.find((payment) => payment.paymentNo === paymentNo)?.leg ?? 0;
  return refunds.some((other) => legOf(other.paymentNo) > legOf(refund.paymentNo) && isItsTurn(other, ports.clock.now()));
}

function isItsTurn(refund: Refund, now: Date): boolean {
  const isRecent = (since: string): boolean => now.getTime() <= Date.parse(since) + LONGEST_TURN_MS;
  if (refund.state === 'submitted') return isRecent(refund.submittedAt ?? refund.requestedAt);
  // Nothing stands between it and its channel but its own job; only the HIS can be silent for long.
  return (refund.state === 'reserved' || refund.state === 'approving') && (!lacksApproval(refund) || isRecent(refund.requestedAt));
}

/** Asks the HIS to reverse its booking. Returns the order when it has. */
async function approve(ports: RefundPorts, job: ClaimedJob, found: OrderAggregate, refund: Refund): Promise<OrderAggregate | undefined> {
  if (refund.state === 'reserved' && waitsForApprovalBefore(found, refund)) return putOff(ports, job, refund, own('refundTogetherFirst'));
  const hospital = ports.hospitals.find(found.order.hospitalId);
  if (hospital === undefined) return putOff(ports, job, refund, own('hospitalNotActive'));
  const business = hisBusinessOf(found.order);
  if (refund.state === 'approving') {
    const answer = await hospital.queryRefundApproval({ refundNo: refund.refundNo, tradeNo: refund.tradeNo, ...business });
    if (answer.kind === 'unknown') return putOff(ports, job, refund, answer.reason);
    if (answer.kind === 'ok') return learnApproval(ports, job, refund, answer, 'hisQuery');
  }
  const intent = await ports.store.change(request(ports, job, refund), (change) => {
    const before = change.refund(refund.refundNo);
    if (before.state === 'reserved') change.moveRefund(refund.refundNo, 'approving', 'send');
    change.setRefund(refund.refundNo, { hisDoubtUntil: hisDoubtUntil(change.now) });
    return before;
  });
  if (intent.kind !== 'changed') return undefined;
  const payment = found.payments.find((candidate) => candidate.paymentNo === refund.paymentNo);
  const result = await hospital.approveRefund({
    tradeNo: refund.tradeNo,
    refundNo: refund.refundNo,
    refundFen: refund.refundFen,
    totalFen: payment?.amountFen ?? refund.refundFen,
    reason: refund.reason,
    ...business,
  });
  const left = result.kind === 'ok' || result.kind === 'unknown' ? undefined : doubtLeft(intent.result.hisDoubtUntil, ports.clock.now());
  if (left === undefined || result.kind === 'ok' || result.kind === 'unknown') return learnApproval(ports, job, intent.result, result, 'hisAnswer');
  // Refused, say because a restored HIS had lost the booking: it is told of it again, and then carries out the request it never answered.
  return putOff(ports, job, refund, own('refusedMaybeCarriedOut', `${result.code} ${result.message}`), { hisDoubtUntil: left });
}

/** @param refund as it was before the HIS was asked: its doubt is that of the requests before */
async function learnApproval(ports: RefundPorts, job: ClaimedJob, refund: Refund, result: HisResult<RefundApproval>, by: 'hisAnswer' | 'hisQuery'): Promise<OrderAggregate | undefined> {
  if (result.kind === 'unknown') return putOff(ports, job, refund, result.reason);
  const sourceId = `approve/${refund.refundNo}/${makeOpaqueId(ports.random, 8)}`;
  const learned = await ports.store.change(
    {
      ...request(ports, job, refund),
      cause: { kind: by, id: sourceId },
      fact: { kind: by, source: 'his', sourceId, body: result },
      ...(result.kind === 'ok' ? {} : { jobThen: refund.hisDoubtUntil === undefined ? ('done' as const) : { dueAt: new Date(hisDoubtUntil(ports.clock.now())) } }),
    },
    (change) => {
      if (result.kind === 'ok') approved(ports, change, refund, result.value, by);
      else refusedByHis(change, refund, `${result.code} ${result.message}`);
    },
  );
  return learned.kind === 'changed' && result.kind === 'ok' ? learned.aggregate : undefined;
}

function approved(ports: RefundPorts, change: OrderChange, refund: Refund, approval: RefundApproval, by: 'hisAnswer' | 'hisQuery'): void {
  const held = change.setRefund(refund.refundNo, { hisRefundNo: approval.hisRefundNo, hisReversedDay: beijingDay(change.now), lastNews: undefined });
  wakeOthers(change, held);
  wantInvoice(ports.policy, change);
  if (mayLeave(ports, change, held)) change.moveRefund(refund.refundNo, 'submitted', by, { submittedAt: change.now.toISOString(), attempts: 1 });
  const isReversed = change.refunds.every((other) => !other.needsHisApproval || other.hisRefundNo !== undefined || isRefundEnded(other.state));
  if (change.order.confirmation === 'reversing' && isReversed) {
    change.moveConfirmation('reversed', by === 'hisAnswer' ? 'answer' : 'query');
    // The HIS holds no booking any more: its bills may be priced and paid anew.
    if (change.holdsBills) change.releaseBills();
  }
}

/** The HIS keeps its booking: neither this refund nor one that belongs with it and was not asked about goes anywhere. What the HIS has reversed already is the patient's and goes. */
function refusedByHis(change: OrderChange, refund: Refund, message: string): void {
  const others = refundsTogether(change, refund).filter(({ refundNo }) => refundNo !== refund.refundNo);
  change.setRefund(refund.refundNo, { hisDoubtUntil: refund.hisDoubtUntil });
  reject(change, refund, message);
  for (const other of others.filter(({ state }) => state === 'reserved')) {
    reject(change, other, own('refundTogetherRefused', refund.refundNo, message));
    change.dropJob('advanceRefund', other.refundNo);
  }
  const alone = others.filter((other) => !lacksApproval(other)).map(({ refundNo }) => refundNo);
  for (const refundNo of alone) change.schedule('advanceRefund', refundNo);
  const rest: Bilingual = alone.length === 0
    ? { zh: '款项未退；请与医院财务核对后再申请', en: 'Nothing goes back: ask the hospital\'s finance, then ask for it anew' }
    : { zh: `同属一笔的退款医院此前已冲销，将单独退回：${alone.join('、')}。请与医院财务核对`, en: `The HIS had already reversed what belongs with it, and that goes back without it: ${alone.join(', ')}. Ask the hospital's finance` };
  const detail = { zh: `医院拒绝退款：${message}。${rest.zh}`, en: `the HIS refuses the refund: ${message}. ${rest.en}` };
  // It may be refused because the booking is not there any more.
  change.schedule('checkBooking', change.order.tradeNo);
  change.openCase({ kind: 'refundRefusedByHis', subject: refund.refundNo, severity: alone.length === 0 ? 3 : 2, detail });
  tellOwner(change);
}

function reject(change: OrderChange, refund: Refund, lastNews: string): void {
  change.post(postRefundReleased(change.order, change.payment(refund.paymentNo), refund));
  change.moveRefund(refund.refundNo, 'rejected', 'hisAnswer', { lastNews });
  if (change.order.confirmation === 'reversing' && refundableFen(change, change.payment(refund.paymentNo)) > 0) change.moveConfirmation('confirmed', 'answer');
}

/**
 * A refusal after a request without an answer is asked about once more, long after: where a clock jumped it was believed too early. What the HIS has reversed after all goes back under a new number, as if it had begun
 * there; where the patient has it by another way a person puts the HIS in order.
 */
async function askAfterRefusal(ports: RefundPorts, job: ClaimedJob, { order }: OrderAggregate, { refundNo, tradeNo }: Refund): Promise<void> {
  const answer = await ports.hospitals.find(order.hospitalId)?.queryRefundApproval({ refundNo, tradeNo, ...hisBusinessOf(order) });
  if (answer === undefined || answer.kind === 'unknown') {
    await ports.store.putBackJob(job, { dueAt: nextAt(ports, job) });
    return;
  }
  const sourceId = `approve/${refundNo}/${makeOpaqueId(ports.random, 8)}`;
  await ports.store.change({ tradeNo, cause: { kind: 'hisQuery', id: sourceId }, now: ports.clock.now(), job, jobThen: 'done', fact: { kind: 'hisQuery', source: 'his', sourceId, body: answer } }, (change) => {
    const { paymentNo, refundFen, cause, reason, requestedBy, operatorId } = change.setRefund(refundNo, { hisDoubtUntil: undefined });
    if (answer.kind !== 'ok') return;
    const { hisRefundNo } = answer.value;
    change.resolveCase('refundRefusedByHis', refundNo);
    const isBooked = change.order.confirmation === 'confirmed' || change.order.confirmation === 'reversing';
    if (!isBooked || refundFen > refundableFen(change, change.payment(paymentNo))) {
      change.openCase({ kind: 'refundRefusedByHis', subject: refundNo, severity: 1, detail: { zh: `医院先拒绝退款，后又以 ${hisRefundNo} 冲销；患者已另行收到该款。请与医院财务更正医院账目`, en: `the HIS refused it and has carried it out after all, as ${hisRefundNo}; the patient has had the money by another way: put the HIS in order` } });
      return;
    }
    reserveRefund(change, { paymentNo, refundFen, cause, reason, requestedBy, operatorId, reversedByHis: { hisRefundNo, hisReversedDay: beijingDay(change.now) } });
    wantInvoice(ports.policy, change);
    tellOwner(change);
  });
}

/** An answer of the HIS may be what the others were waiting for. */
function wakeOthers(change: OrderChange, refund: Refund): void {
  for (const { refundNo } of refundsTogether(change, refund)) if (refundNo !== refund.refundNo) change.schedule('advanceRefund', refundNo);
}

function mayLeave(ports: RefundPorts, order: Pick<OrderAggregate, 'order' | 'payments' | 'refunds'>, refund: Refund): boolean {
  return isApprovedTogether(order, refund) && !waitsForLaterPayment(ports, order, refund);
}

/** The intent to call the channel is committed, unless the refund has to wait for others. */
async function submitInTurn(ports: RefundPorts, job: ClaimedJob, order: OrderAggregate): Promise<OrderAggregate | undefined> {
  const refund = findRefund(order, job.subject);
  if (refund === undefined || refund.state === 'submitted') return order;
  if (!isApprovedTogether(order, refund)) return putOff(ports, job, refund, own('refundTogetherOpen'));
  const intent = await ports.store.change(request(ports, job, refund), (change) => {
    const mayGo = mayLeave(ports, change, change.refund(refund.refundNo));
    if (mayGo) change.moveRefund(refund.refundNo, 'submitted', 'send', { submittedAt: change.now.toISOString(), attempts: 1 });
    return mayGo;
  });
  if (intent.kind !== 'changed') return undefined;
  if (intent.result) return intent.aggregate;
  await ports.store.putBackJob(job, { dueAt: new Date(ports.clock.now().getTime() + TAKE_TURNS_MS) });
  return undefined;
}

async function sendToChannel(ports: RefundPorts, job: ClaimedJob, aggregate: OrderAggregate): Promise<void> {
  const refund = findRefund(aggregate, job.subject);
  const payment = aggregate.payments.find((candidate) => candidate.paymentNo === refund?.paymentNo);
  if (refund === undefined || payment === undefined) return;
  const channel = ports.channels.find(payment.channel);
  if (channel === undefined) {
    await putOff(ports, job, refund, own('channelNotActive'));
    return;
  }
  const send = async (tillHoldsFen?: number): Promise<void> => {
    const notifyUrl = ports.notifyUrl(channel.id);
    const outcome = await channel.refund({
      refundNo: refund.refundNo,
      submittedAt: refund.submittedAt ?? refund.requestedAt,
      refundFen: refund.refundFen,
      reason: refund.reason,
      ...(notifyUrl === undefined ? {} : { notifyUrl }),
      ...(refund.operatorId === undefined ? {} : { operatorId: refund.operatorId }),
      ...(tillHoldsFen === undefined ? {} : { tillHoldsFen }),
      payment: paymentReference(payment),
    });
    await learnNews(ports, job, refund, channel, outcome, 'answer');
  };
  const { tillNo } = refund;
  // A till that was counted and emptied holds nothing, whatever its book of the day says.
  if (payment.method === 'cash' && tillNo !== undefined) await inTurnOfTill(ports.store, tillNo, async () => send(await ports.store.tillHoldsFen(tillNo, refund.refundNo)));
  else await send();
}

async function askChannel(ports: RefundPorts, job: ClaimedJob, aggregate: OrderAggregate, refund: Refund): Promise<void> {
  const payment = aggregate.payments.find((candidate) => candidate.paymentNo === refund.paymentNo);
  const channel = payment === undefined ? undefined : ports.channels.find(payment.channel);
  if (payment === undefined || channel === undefined) {
    await putOff(ports, job, refund, own('channelNotActive'));
    return;
  }
  const isCash = payment.method === 'cash';
  const news = await channel.queryRefund(refundReference(refund, payment));
  // Whatever it said before: a card terminal that had the refund in hand gives up when nobody brings the card. A repeat of the number moves nothing twice.
  if (news.kind !== 'notFound') {
    await learnNews(ports, job, refund, channel, news, 'query');
    return;
  }
  const intent = await ports.store.change(request(ports, job, refund), (change) => {
    const { state, attempts } = change.refund(refund.refundNo);
    if (isCash && state === 'abnormal') change.moveRefund(refund.refundNo, 'submitted', 'send', { attempts: attempts + 1 });
    else change.setRefund(refund.refundNo, { attempts: attempts + 1 });
  });
  if (intent.kind === 'changed') await sendToChannel(ports, job, intent.aggregate);
}

async function learnNews(ports: RefundPorts, job: ClaimedJob, refund: Refund, channel: ChannelGuest, news: RefundNews | RefundOutcome, by: 'answer' | 'query'): Promise<void> {
  const isDecisive = news.kind === 'succeeded' || news.kind === 'closed' || news.kind === 'abnormal' || news.kind === 'declined';
  const sourceId = `refund/${refund.refundNo}/${makeOpaqueId(ports.random, 10)}`;
  await ports.store.change(
    {
      ...request(ports, job, refund),
      cause: { kind: by, id: sourceId },
      ...(isDecisive || by === 'answer' ? { fact: { kind: by === 'answer' ? ('channelAnswer' as const) : ('channelQuery' as const), source: channel.id, sourceId, body: news } } : {}),
      jobThen: { dueAt: nextAt(ports, job) },
    },
    (change) => {
      applyRefundNews(change, refund.refundNo, news, by, ports.policy);
      callPersonWhenOld(ports, change, refund);
    },
  );
}

async function putOff(ports: RefundPorts, job: ClaimedJob, refund: Refund, reason: string, set: Pick<Refund, 'hisDoubtUntil'> = {}): Promise<undefined> {
  const next = nextAt(ports, job);
  const doubtEnds = new Date(set.hisDoubtUntil ?? next);
  await ports.store.change({ ...request(ports, job, refund), jobThen: { dueAt: doubtEnds < next ? doubtEnds : next } }, (change) => {
    if (change.refund(refund.refundNo).lastNews !== reason || 'hisDoubtUntil' in set) change.setRefund(refund.refundNo, { lastNews: reason, ...set });
    callPersonWhenOld(ports, change, refund);
  });
}

function callPersonWhenOld(ports: RefundPorts, change: OrderChange, refund: Refund): void {
  const current = change.refund(refund.refundNo);
  const age = change.now.getTime() - Date.parse(refund.requestedAt);
  if (!isRefundEnded(current.state) && age > ports.policy.refundEscalationMs) {
    const [state, said] = [REFUND_STATE_WORDS[current.state], heard(current.lastNews ?? '')];
    const detail = {
      zh: `退款超时未完成，现为“${state.zh}”${said.zh === '' ? '' : `：${said.zh}`}。平台会以同一退款单号继续办理；请向渠道或医院查询`,
      en: `on its way for too long: ${state.en}${said.en === '' ? '' : `: ${said.en}`}. It goes on under its number; ask the channel or the HIS`,
    };
    change.openCase({ kind: 'refundLate', subject: refund.refundNo, severity: 2, detail });
  }
}

function request(ports: RefundPorts, job: ClaimedJob, refund: Refund): ChangeRequest {
  return { tradeNo: refund.tradeNo, cause: { kind: 'timer', id: `refund/${refund.refundNo}/${String(job.token)}` }, now: ports.clock.now(), job };
}

function nextAt(ports: RefundPorts, job: ClaimedJob): Date {
  return new Date(ports.clock.now().getTime() + gapAfter(ports.policy.refundRhythmMs, job.attempt));
}

function findRefund(aggregate: OrderAggregate | undefined, refundNo: string): Refund | undefined {
  return aggregate?.refunds.find((refund) => refund.refundNo === refundNo);
}
