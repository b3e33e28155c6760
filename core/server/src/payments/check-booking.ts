import type { Confirmation, HisResult } from '@hospay/plugin-sdk';
import { yuanOf } from '../domain/bilingual.js';
import type { HospitalGuest } from '../domain/guests.js';
import type { ChangeRequest, ClaimedJob } from '../domain/money-store.js';
import type { OrderAggregate } from '../domain/order.js';
import { tellOwner } from '../domain/payment-news.js';
import { gapAfter } from '../domain/payment-policy.js';
import { holdsMoney } from '../domain/refund-states.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import { bookingOf, confirmRequestOf } from './confirm-request.js';
import type { PaymentPorts } from './ports.js';

/**
 * Is an order the HIS said it had booked still booked there? After the HIS was restored from a backup (恢复备份) it may not be: its bills stand open again, and the patient has paid.
 * Then it is told again under the same number, once it is on record that it had lost the booking; no money moves, and nobody can pay the bills a second time meanwhile. A part that was
 * refunded since, or a refusal, is for a person.
 */
export async function checkBooking(ports: PaymentPorts, job: ClaimedJob): Promise<void> {
  const found = await ports.store.findOrder(job.subject);
  // The HIS is asked to reverse it: what it answers comes first.
  if (found?.order.confirmation === 'reversing') return putOff(ports, job);
  if (found?.order.confirmation !== 'confirmed') {
    await ports.store.putBackJob(job, 'done');
    return;
  }
  const hospital = ports.hospitals.find(found.order.hospitalId);
  const asked = hospital === undefined ? undefined : await hospital.queryConfirmation(bookingOf(found.order));
  if (hospital === undefined || asked === undefined || asked.kind === 'unknown') return putOff(ports, job);
  if (asked.kind === 'ok') return learnBooked(ports, job, found, asked.value, 'hisQuery');
  const sourceId = sourceOf(ports, job);
  // What the HIS was asked about may be on its way back by now: decided over the order as it is, not as it was when it was asked about.
  const noted = await ports.store.change({ ...request(ports, job), cause: { kind: 'hisQuery', id: sourceId }, fact: { kind: 'hisQuery', source: `his/${found.order.hospitalId}`, sourceId, body: asked } }, (change) => {
    if (change.order.confirmation !== 'confirmed') return 'reversing';
    const isPartlyBack = change.refunds.some(({ state }) => holdsMoney(state));
    const { settlementNo = '' } = change.order;
    const detail = {
      zh: `医院曾以 ${settlementNo} 入账，现已查无该入账${isPartlyBack ? '；其后已退过一部分，请与医院财务人工更正' : '；平台会以同一订单号重新入账，请留意结果'}`,
      en: `the HIS had booked it as ${settlementNo}, and has no booking of it any more${isPartlyBack ? '; a part was refunded since: put it in order by hand' : '; it is told again under the same number: see what comes of it'}`,
    };
    change.openCase({ kind: 'bookingLost', subject: change.order.tradeNo, severity: 1, detail });
    return isPartlyBack ? 'forPerson' : 'lost';
  });
  if (noted.kind !== 'changed') return;
  if (noted.result === 'lost') return tellAgain(ports, job, noted.aggregate, hospital);
  // The refund asks the HIS first; what it answers wakes this again.
  if (noted.result === 'reversing') return putOff(ports, job);
  await ports.store.putBackJob(job, 'done');
}

async function tellAgain(ports: PaymentPorts, job: ClaimedJob, found: OrderAggregate, hospital: HospitalGuest): Promise<void> {
  const first = await hospital.confirm(confirmRequestOf(found));
  const result = first.kind === 'rejected' || first.kind === 'mismatch' ? ((await withNewQuote(found, hospital)) ?? first) : first;
  if (result.kind === 'unknown') return putOff(ports, job);
  if (result.kind === 'ok') return learnBooked(ports, job, found, result.value, 'hisAnswer');
  // The bill was changed, or a window has taken the money for it meanwhile: what is right now nobody can say but a person.
  const sourceId = sourceOf(ports, job);
  await ports.store.change({ ...request(ports, job), cause: { kind: 'hisAnswer', id: sourceId }, jobThen: 'done', fact: { kind: 'hisAnswer', source: `his/${found.order.hospitalId}`, sourceId, body: result } }, () => undefined);
}

/** The quote was lost with the booking: the bills are priced anew, and told of only when they cost what was paid. */
async function withNewQuote(found: OrderAggregate, hospital: HospitalGuest): Promise<HisResult<Confirmation> | undefined> {
  const { patientId, billNos, amountFen, business, presettlementNo } = found.order;
  if (business !== undefined) return undefined;
  const quote = await hospital.presettle({ patientId, billNos });
  if (quote.kind === 'unknown') return quote;
  const payableFen = quote.kind !== 'ok' ? undefined : presettlementNo === undefined ? quote.value.selfPayFen : quote.value.totalFen;
  return quote.kind === 'ok' && payableFen === amountFen ? hospital.confirm({ ...confirmRequestOf(found), quoteNo: quote.value.quoteNo }) : undefined;
}

async function learnBooked(ports: PaymentPorts, job: ClaimedJob, { order }: OrderAggregate, value: Confirmation, kind: 'hisAnswer' | 'hisQuery'): Promise<void> {
  const isAsBefore = value.settlementNo === order.settlementNo;
  const sourceId = sourceOf(ports, job);
  await ports.store.change({ ...request(ports, job), cause: { kind, id: sourceId }, jobThen: 'done', fact: { kind, source: `his/${order.hospitalId}`, sourceId, body: value } }, (change) => {
    if (value.amountFen !== order.amountFen) {
      change.openCase({ kind: 'confirmationAmount', subject: order.tradeNo, severity: 1, detail: { zh: `再次查询，医院入账 ${yuanOf(value.amountFen)} 元，实际收款 ${yuanOf(order.amountFen)} 元。请与医院财务核对更正`, en: `asked again, the HIS has booked ${yuanOf(value.amountFen)} yuan, paid were ${yuanOf(order.amountFen)} yuan. Put it in order with the hospital's finance` } });
      return;
    }
    change.resolveCase('bookingLost', order.tradeNo);
    if (isAsBefore || change.order.confirmation !== 'confirmed') return;
    change.moveConfirmation('confirmed', 'rebook', { settlementNo: value.settlementNo });
    // The slip and the cashier's closed shift name the first receipt; it stays, and by either the order is found.
    if (order.receiptNo !== undefined && value.receiptNo !== undefined && order.receiptNo !== value.receiptNo) change.linkReceipt({ hisRefundNo: '', oldReceiptNo: order.receiptNo, newReceiptNo: value.receiptNo });
    tellOwner(change);
  });
}

async function putOff(ports: PaymentPorts, job: ClaimedJob): Promise<void> {
  await ports.store.putBackJob(job, { dueAt: new Date(ports.clock.now().getTime() + gapAfter(ports.policy.confirmRhythmMs, job.attempt)) });
}

function request({ clock }: PaymentPorts, job: ClaimedJob): Pick<ChangeRequest, 'tradeNo' | 'cause' | 'now' | 'job'> {
  return { tradeNo: job.subject, cause: { kind: 'timer', id: `checkBooking/${String(job.token)}` }, now: clock.now(), job };
}
const sourceOf = ({ random }: PaymentPorts, job: ClaimedJob): string => `checkBooking/${job.subject}/${makeOpaqueId(random, 8)}`;
