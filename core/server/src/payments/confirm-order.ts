import { beijingDay, type Confirmation, type HisResult } from '@hospay/plugin-sdk';
import { yuanOf } from '../domain/bilingual.js';
import type { HospitalGuest } from '../domain/guests.js';
import { doubtLeft, hisDoubtUntil } from '../domain/his-doubt.js';
import type { ClaimedJob } from '../domain/money-store.js';
import { wantInvoice } from '../domain/invoice.js';
import type { OrderChange } from '../domain/order-change.js';
import type { Order, OrderAggregate } from '../domain/order.js';
import { heard, own } from '../domain/own-words.js';
import { tellOwner } from '../domain/payment-news.js';
import { gapAfter } from '../domain/payment-policy.js';
import { postConfirmed } from '../domain/postings.js';
import { refundableFen, reserveRefund } from '../domain/reserve-refund.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import { bookingOf, confirmRequestOf } from './confirm-request.js';
import type { PaymentPorts } from './ports.js';

/**
 * Tells the HIS that the money is in. Forward first: the same trade number is asked about and sent again until the HIS gives a definite
 * answer, without a cap; only a definite refusal sends the money back. An earlier attempt whose answer was lost is asked about before
 * anything is sent again.
 */
export async function confirmOrder(ports: PaymentPorts, job: ClaimedJob): Promise<void> {
  const found = await ports.store.findOrder(job.tradeNo);
  const state = found?.order.confirmation;
  if (found === undefined || (state !== 'toConfirm' && state !== 'confirming' && state !== 'unknown')) {
    await ports.store.putBackJob(job, 'done');
    return;
  }
  const hospital = ports.hospitals.find(found.order.hospitalId);
  if (hospital === undefined) {
    await putOff(ports, job, found.order, own('hospitalNotActive'));
    return;
  }
  const mayHaveBeenSent = state !== 'toConfirm';
  if (mayHaveBeenSent) {
    const answer = await hospital.queryConfirmation(bookingOf(found.order));
    if (answer.kind === 'unknown') {
      await putOff(ports, job, found.order, answer.reason);
      return;
    }
    if (answer.kind === 'ok') {
      await learn(ports, job, found, { kind: 'ok', value: answer.value }, 'query');
      return;
    }
  }
  if (!hasHalfItsLease(ports, job)) {
    await putOff(ports, job, found.order, own('leaseRanLow'));
    return;
  }
  await send(ports, job, found, hospital);
}

async function send(ports: PaymentPorts, job: ClaimedJob, found: OrderAggregate, hospital: HospitalGuest): Promise<void> {
  // Before anything is committed: an order that cannot be told of is a bug, not an attempt.
  confirmRequestOf(found);
  const intent = await ports.store.change({ tradeNo: job.tradeNo, cause: { kind: 'timer', id: `confirm/${String(job.token)}` }, now: ports.clock.now(), job }, (change) => {
    if (change.order.confirmation === 'confirming') change.moveConfirmation('unknown', 'timer');
    const before = change.order.hisDoubtUntil;
    change.moveConfirmation('confirming', 'send', { confirmAttempts: change.order.confirmAttempts + 1, hisDoubtUntil: hisDoubtUntil(change.now) });
    return before;
  });
  if (intent.kind !== 'changed') return;
  const { order } = intent.aggregate;
  const result = await hospital.confirm(confirmRequestOf(intent.aggregate));
  const isRefused = result.kind === 'rejected' || result.kind === 'mismatch';
  // A refusal of the repeat says nothing about the first attempt ("already paid" may mean: by us): money goes back only when the HIS, asked, has no booking, and can have none any more.
  const booked = isRefused && order.confirmAttempts > 1 ? await hospital.queryConfirmation(bookingOf(order)) : undefined;
  const left = doubtLeft(intent.result, ports.clock.now());
  if (booked?.kind === 'ok') await learn(ports, job, intent.aggregate, booked, 'query');
  else if (booked?.kind === 'unknown') await learn(ports, job, intent.aggregate, booked, 'answer');
  else if (isRefused && left !== undefined) await putOff(ports, job, order, own('refusedMaybeCarriedOut', `${result.code} ${result.message}`), { hisDoubtUntil: left });
  else await learn(ports, job, intent.aggregate, result, 'answer');
}

async function learn(ports: PaymentPorts, job: ClaimedJob, aggregate: OrderAggregate, result: HisResult<Confirmation>, by: 'answer' | 'query'): Promise<void> {
  const now = ports.clock.now();
  const { order } = aggregate;
  if (result.kind === 'unknown') {
    await putOff(ports, job, order, result.reason);
    return;
  }
  const sourceId = `confirm/${order.tradeNo}/${String(job.token)}/${makeOpaqueId(ports.random, 8)}`;
  const isOtherAmount = result.kind === 'ok' && result.value.amountFen !== order.amountFen;
  await ports.store.change(
    {
      tradeNo: order.tradeNo,
      cause: { kind: by === 'query' ? 'hisQuery' : 'hisAnswer', id: sourceId },
      now,
      job,
      jobThen: isOtherAmount ? { dueAt: new Date(now.getTime() + gapAfter(ports.policy.confirmRhythmMs, Number.MAX_SAFE_INTEGER)) } : 'done',
      fact: { kind: by === 'query' ? 'hisQuery' : 'hisAnswer', source: `his/${order.hospitalId}`, sourceId, body: result },
    },
    (change) => {
      if (isOtherAmount) {
        // The HIS booked our number with another figure: neither confirmed nor refundable by a machine.
        if (change.order.confirmation === 'confirming') change.moveConfirmation('unknown', 'answer');
        change.openCase({ kind: 'confirmationAmount', subject: order.tradeNo, severity: 1, detail: { zh: `医院入账 ${yuanOf(result.value.amountFen)} 元，实际收款 ${yuanOf(order.amountFen)} 元。请与医院财务核对更正；更正前不会自动退款`, en: `the HIS booked ${yuanOf(result.value.amountFen)} yuan, paid were ${yuanOf(order.amountFen)} yuan. Put it in order with the hospital's finance; nothing goes back by itself` } });
      } else if (result.kind === 'ok') {
        confirmed(change, result.value, by);
        wantInvoice(ports.policy, change);
      } else {
        rejected(change, result);
      }
    },
  );
}

function confirmed(change: OrderChange, confirmation: Confirmation, by: 'answer' | 'query'): void {
  const hisDay = beijingDay(new Date(change.order.paidAt ?? change.now.toISOString()));
  const order = change.moveConfirmation('confirmed', by, {
    settlementNo: confirmation.settlementNo,
    receiptNo: confirmation.receiptNo,
    pickupWindow: confirmation.pickupWindow,
    guide: confirmation.guide,
    queueNo: confirmation.queueNo,
    place: confirmation.place,
    confirmedAt: change.now.toISOString(),
    hisDay,
  });
  // Of nothing there is nothing to book; the HIS day still counts it.
  if (order.amountFen > 0) change.post(postConfirmed(order, hisDay, change.payments));
  for (const kind of ['confirmationUnknown', 'confirmationAmount'] as const) change.resolveCase(kind, order.tradeNo);
  tellOwner(change);
}

function rejected(change: OrderChange, result: { readonly kind: 'rejected' | 'mismatch'; readonly code: string; readonly message: string }): void {
  change.moveConfirmation('rejected', 'answer');
  change.resolveCase('confirmationUnknown', change.order.tradeNo);
  for (const payment of change.payments.toReversed()) {
    const left = refundableFen(change, payment);
    if (left > 0) {
      reserveRefund(change, {
        paymentNo: payment.paymentNo,
        refundFen: left,
        cause: result.kind === 'mismatch' ? 'hisMismatch' : 'hisRejected',
        reason: `医院未入账 ${result.code}`.slice(0, 80),
        requestedBy: 'system',
      });
    }
  }
  // The bills may be paid anew at once: the HIS has said for good that this order does not hold them.
  if (change.holdsBills) change.releaseBills();
  tellOwner(change);
}

/** Puts the question off; money in and hospital not told for too long calls a person, and the machine goes on trying. */
async function putOff(ports: PaymentPorts, job: ClaimedJob, order: Order, reason: string, set?: Pick<Order, 'hisDoubtUntil'>): Promise<void> {
  const now = ports.clock.now();
  const dueAt = new Date(now.getTime() + gapAfter(ports.policy.confirmRhythmMs, job.attempt));
  const age = now.getTime() - Date.parse(order.paidAt ?? now.toISOString());
  await ports.store.change({ tradeNo: order.tradeNo, cause: { kind: 'timer', id: `confirm/${String(job.token)}` }, now, job, jobThen: { dueAt } }, (change) => {
    if (change.order.confirmation === 'confirming') change.moveConfirmation('unknown', 'answer');
    if (set !== undefined) change.setOrder(set);
    if (age > ports.policy.confirmEscalationMs) {
      const said = heard(reason);
      const detail = { zh: `已收款，医院尚未确认入账：${said.zh}。平台会以同一订单号继续确认；请与医院信息科核对该订单是否已入账`, en: `paid, but the hospital has not confirmed: ${said.en}. It is told again under the same number; ask the hospital's IT whether it has the booking` };
      change.openCase({ kind: 'confirmationUnknown', subject: order.tradeNo, severity: 1, detail });
    }
  });
}

function hasHalfItsLease(ports: PaymentPorts, job: ClaimedJob): boolean {
  return job.leasedUntil.getTime() - ports.clock.now().getTime() >= job.leaseMs / 2;
}
