import { addFen, ZERO_FEN, type DischargeSettlement, type Fen } from '@hospay/plugin-sdk';
import { yuanOf } from '../domain/bilingual.js';
import { isDischargeEnded } from '../domain/discharge-states.js';
import { planShares, remainderOf, type Discharge, type DischargeShare, type ReturnableDeposit } from '../domain/discharge.js';
import type { HospitalGuest } from '../domain/guests.js';
import { doubtLeft, hisDoubtUntil } from '../domain/his-doubt.js';
import type { ClaimedJob } from '../domain/money-store.js';
import { heard, own } from '../domain/own-words.js';
import { gapAfter } from '../domain/payment-policy.js';
import { refundableFen } from '../domain/reserve-refund.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { DischargePorts } from './ports.js';

type Answer = { readonly by: 'hisAnswer' | 'hisQuery'; readonly value: DischargeSettlement };

/**
 * One step of a discharge settlement. The HIS settles the stay under our number, asked before it is told again; what of each deposit goes back is fixed with its answer
 * and then reserved order by order, each once; what no order can give back becomes a case for a bank transfer.
 */
export async function advanceDischarge(ports: DischargePorts, job: ClaimedJob): Promise<void> {
  const found = await ports.discharges.find(job.subject);
  if (found === undefined || isDischargeEnded(found.state)) {
    await ports.store.putBackJob(job, 'done');
    return;
  }
  if (found.state === 'settled') {
    await returnShares(ports, job, found);
    return;
  }
  const hospital = ports.hospitals.find(found.hospitalId);
  if (hospital === undefined) return putOff(ports, job, found, own('hospitalNotActive'));
  if (found.state !== 'requested') {
    const asked = await hospital.facet('queryDischarge')?.({ settlementNo: found.settlementNo, inpatientNo: found.inpatientNo, visitId: found.visitId });
    if (asked === undefined || asked.kind === 'unknown') return putOff(ports, job, found, asked?.reason ?? own('dischargeNotAskable'));
    if (asked.kind === 'ok') return learnSettled(ports, job, found, hospital, { by: 'hisQuery', value: asked.value });
  }
  await send(ports, job, found, hospital);
}

async function send(ports: DischargePorts, job: ClaimedJob, discharge: Discharge, hospital: HospitalGuest): Promise<void> {
  const settle = hospital.facet('settleDischarge');
  if (settle === undefined) return putOff(ports, job, discharge, own('noDischarges'));
  const { settlementNo, inpatientNo, visitId, hisQuoteNo, refundFen } = discharge;
  const intent = await ports.discharges.change({ settlementNo, cause: causeOf(job), now: ports.clock.now(), job }, (change) => {
    if (change.discharge.state === 'settling') change.move('unknown', 'timer');
    const before = change.discharge.hisDoubtUntil;
    change.move('settling', 'send', { attempts: change.discharge.attempts + 1, hisDoubtUntil: hisDoubtUntil(change.now) });
    return before;
  });
  if (intent.kind !== 'changed') return;
  const result = await settle({ settlementNo, inpatientNo, visitId, settlementQuoteNo: hisQuoteNo, collectFen: 0, refundFen });
  if (result.kind === 'ok') return learnSettled(ports, job, discharge, hospital, { by: 'hisAnswer', value: result.value });
  if (result.kind === 'unknown') return putOff(ports, job, discharge, result.reason);
  // A refusal of the repeat says nothing about the first attempt: the HIS is asked, and believed once that can be carried out no more.
  if (intent.discharge.attempts > 1) {
    const asked = await hospital.facet('queryDischarge')?.({ settlementNo, inpatientNo, visitId });
    if (asked?.kind === 'ok') return learnSettled(ports, job, discharge, hospital, { by: 'hisQuery', value: asked.value });
    if (asked?.kind !== 'absent') return putOff(ports, job, discharge, asked?.reason ?? own('refusedNotAskable'));
    const left = doubtLeft(intent.result, ports.clock.now());
    if (left !== undefined) return putOff(ports, job, discharge, own('refusedMaybeCarriedOut', `${result.code} ${result.message}`), { hisDoubtUntil: left });
  }
  const sourceId = sourceOf(ports, discharge);
  await ports.discharges.change({ settlementNo, cause: { kind: 'hisAnswer', id: sourceId }, now: ports.clock.now(), job, jobThen: 'done', fact: { kind: 'hisAnswer', source: `his/${discharge.hospitalId}`, sourceId, body: result } }, (change) => {
    change.move('rejected', 'hisAnswer', { lastNews: `${result.code} ${result.message}` });
    change.resolveCase('dischargeUnknown');
  });
}

/** The stay is settled: what goes back along which order is fixed in the same change, and never decided again. */
async function learnSettled(ports: DischargePorts, job: ClaimedJob, discharge: Discharge, hospital: HospitalGuest, { by, value }: Answer): Promise<void> {
  const { settlementNo, refundFen } = discharge;
  if (value.refundFen !== refundFen || value.collectFen !== 0) {
    return putOff(ports, job, discharge, own('dischargeDiffers', yuanOf(value.refundFen), yuanOf(value.collectFen), yuanOf(refundFen)));
  }
  const deposits = await returnableDeposits(ports, discharge, hospital);
  if (deposits === undefined) return putOff(ports, job, discharge, own('depositsUnclear'));
  const sourceId = sourceOf(ports, discharge);
  const now = ports.clock.now();
  await ports.discharges.change({ settlementNo, cause: { kind: by, id: sourceId }, now, job, jobThen: { dueAt: now }, fact: { kind: by, source: `his/${discharge.hospitalId}`, sourceId, body: value } }, (change) => {
    if (change.discharge.state !== 'settling' && change.discharge.state !== 'unknown') return;
    change.move('settled', by, { hisSettlementNo: value.hisSettlementNo, receiptNo: value.receiptNo, settledAt: now.toISOString(), shares: planShares(refundFen, deposits), lastNews: undefined });
    change.resolveCase('dischargeUnknown');
  });
}

/** Deposits of the stay that came through the platform, and what of each may still go back along its order. Undefined: the HIS does not say. */
async function returnableDeposits(ports: DischargePorts, { inpatientNo, visitId, hospitalId }: Discharge, hospital: HospitalGuest): Promise<ReturnableDeposit[] | undefined> {
  const listed = await hospital.facet('listDeposits')?.({ inpatientNo, visitId });
  if (listed?.kind !== 'ok') return undefined;
  const deposits: ReturnableDeposit[] = [];
  for (const { tradeNo, at } of listed.value) {
    const found = tradeNo === undefined ? undefined : await ports.store.findOrder(tradeNo);
    const isOfStay = found?.order.business === 'deposit' && found.order.hospitalId === hospitalId && found.order.subject?.inpatientNo === inpatientNo && found.order.subject.visitId === visitId;
    if (tradeNo === undefined || found === undefined || !isOfStay) continue;
    // The HIS lists it and we do not know it booked yet: the order learns it first, or its money would go back twice over.
    if (found.order.confirmation !== 'confirmed' && found.order.confirmation !== 'reversed') return undefined;
    deposits.push({ tradeNo, at, returnableFen: found.payments.reduce<Fen>((sum, payment) => addFen(sum, refundableFen(found, payment)), ZERO_FEN) });
  }
  return deposits;
}

/** Each share is reserved once, under a number made of the settlement and its order. One that was refunded otherwise meanwhile joins what is transferred. */
async function returnShares(ports: DischargePorts, job: ClaimedJob, discharge: Discharge): Promise<void> {
  const { settlementNo, hospitalId } = discharge;
  const shares: DischargeShare[] = [];
  for (const share of discharge.shares) {
    if (share.state !== 'planned') {
      shares.push(share);
      continue;
    }
    const asked = await ports.refundForHis({ hospitalId, of: { tradeNo: share.tradeNo }, hisRefundNo: `${settlementNo}/${share.tradeNo}`, refundFen: share.refundFen, reason: '出院结算退预交金', requestedBy: `discharge/${settlementNo}`, ...(discharge.operatorId === undefined ? {} : { operatorId: discharge.operatorId }) });
    if (asked.kind === 'refused' && (asked.code === 'HIS_REFUND_UNDECIDED' || asked.code === 'STORE_UNAVAILABLE')) return putOff(ports, job, discharge, own('shareOpen', share.tradeNo, asked.code));
    shares.push({ ...share, state: asked.kind === 'ok' ? 'reserved' : 'refused' });
  }
  const sourceId = sourceOf(ports, discharge);
  await ports.discharges.change({ settlementNo, cause: { kind: 'timer', id: sourceId }, now: ports.clock.now(), job, jobThen: 'done' }, (change) => {
    const returned = change.move('returned', 'refund', { shares, lastNews: undefined });
    const transferFen = remainderOf(returned);
    if (transferFen > 0) {
      const [rest, all, stay] = [yuanOf(transferFen), yuanOf(discharge.refundFen), `${discharge.inpatientNo}/${discharge.visitId}`];
      const detail = { zh: `出院应退 ${all} 元，其中 ${rest} 元无法原路退回（住院 ${stay}）。请通过银行转账退给患者`, en: `${rest} yuan of ${all} cannot go back along an order: pay them by bank transfer (stay ${stay})` };
      change.openCase({ kind: 'dischargeTransfer', subject: settlementNo, severity: 2, detail });
    }
  });
}

/** Puts the question off; a stay whose settlement nobody knows of for long calls a person, and the machine goes on asking. */
async function putOff(ports: DischargePorts, job: ClaimedJob, { settlementNo, requestedAt }: Discharge, reason: string, set: Pick<Discharge, 'hisDoubtUntil'> = {}): Promise<void> {
  const now = ports.clock.now();
  const dueAt = new Date(now.getTime() + gapAfter(ports.policy.confirmRhythmMs, job.attempt));
  await ports.discharges.change({ settlementNo, cause: causeOf(job), now, job, jobThen: { dueAt } }, (change) => {
    if (change.discharge.state === 'settling') change.move('unknown', 'hisAnswer');
    change.set({ lastNews: reason.slice(0, 500), ...set });
    if (now.getTime() - Date.parse(requestedAt) > ports.policy.confirmEscalationMs) {
      const said = heard(reason);
      const detail = { zh: `出院结算长时间没有结果：${said.zh}。平台会以同一结算单号继续查询；请与医院核对该次住院是否已结算`, en: `the discharge has no end: ${said.en}. It is asked again under the same number; ask the hospital whether the stay is settled` };
      change.openCase({ kind: 'dischargeUnknown', subject: settlementNo, severity: 1, detail });
    }
  });
}

const causeOf = (job: ClaimedJob) => ({ kind: 'timer', id: `discharge/${job.subject}/${String(job.token)}` }) as const;
const sourceOf = (ports: DischargePorts, { settlementNo }: Discharge): string => `discharge/${settlementNo}/${makeOpaqueId(ports.random, 8)}`;
