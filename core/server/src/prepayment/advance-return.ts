import { yuanOf } from '../domain/bilingual.js';
import type { HospitalGuest } from '../domain/guests.js';
import type { ClaimedJob } from '../domain/money-store.js';
import { doubtLeft, hisDoubtUntil } from '../domain/his-doubt.js';
import { heard, own } from '../domain/own-words.js';
import { gapAfter } from '../domain/payment-policy.js';
import { isReturnEnded } from '../domain/prepayment-states.js';
import { transferFen, type PrepaymentReturn, type PrepaymentShare } from '../domain/prepayment.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { PrepaymentPorts } from './ports.js';

/**
 * One step of emptying one approved account. The balance must still be what was approved; the HIS takes it off under our number, asked again under the same until it answers; then what came along an order of
 * ours goes back along it, each share once, and what no order can give back becomes a case for a bank transfer. Nothing is paid out before the HIS has given it up.
 */
export async function advancePrepaymentReturn(ports: PrepaymentPorts, job: ClaimedJob): Promise<void> {
  const found = await ports.prepayments.findReturn(job.subject);
  // A paused run begins nothing; what the HIS was asked for is followed to its end. Going on schedules the rest anew.
  const mayGoOn = found?.run.state === 'approved' || (found?.run.state === 'paused' && found.current.state !== 'planned');
  if (found?.run.hospitalId !== ports.hospitalId || !mayGoOn || isReturnEnded(found.current.state)) {
    await ports.store.putBackJob(job, 'done');
    return;
  }
  const { hospitalId } = ports;
  const { current } = found;
  if (current.state === 'taken') return returnShares(ports, job, hospitalId, current);
  const hospital = ports.hospitals.find(hospitalId);
  if (hospital === undefined) return putOff(ports, job, current, own('hospitalNotActive'));
  if (current.state === 'planned' && !(await isAsApproved(ports, job, hospital, current))) return;
  await take(ports, job, hospitalId, hospital, current);
}

async function isAsApproved(ports: PrepaymentPorts, job: ClaimedJob, hospital: HospitalGuest, current: PrepaymentReturn): Promise<boolean> {
  const balance = await hospital.facet('accountBalance')?.({ patientId: current.patientId });
  if (balance?.kind === 'ok' && balance.value.balanceFen - balance.value.frozenFen === current.amountFen) return true;
  if (balance?.kind === 'ok') {
    const news = own('balanceChanged', yuanOf(balance.value.balanceFen - balance.value.frozenFen), yuanOf(current.amountFen));
    await ports.prepayments.change({ ...request(ports, job, 'balance'), jobThen: 'done' }, (change) => change.move('changed', 'timer', { lastNews: news }));
    return false;
  }
  await putOff(ports, job, current, balance === undefined || balance.kind === 'unknown' ? own('hisSilent') : `${balance.code} ${balance.message}`);
  return false;
}

async function take(ports: PrepaymentPorts, job: ClaimedJob, hospitalId: string, hospital: HospitalGuest, current: PrepaymentReturn): Promise<void> {
  const give = hospital.facet('returnAccountBalance');
  if (give === undefined) return putOff(ports, job, current, own('noReturnOfBalances'));
  const intent = await ports.prepayments.change(request(ports, job, 'take'), (change) => {
    // Paused since the balance was read.
    if (change.current.state === 'planned' && !change.mayBegin) return undefined;
    if (change.current.state === 'taking') change.move('unknown', 'timer');
    const before = change.current.hisDoubtUntil;
    change.move('taking', 'send', { attempts: change.current.attempts + 1, hisDoubtUntil: hisDoubtUntil(change.now) });
    return before;
  });
  if (intent.kind !== 'changed') return;
  if (intent.current.state !== 'taking') {
    await ports.store.putBackJob(job, 'done');
    return;
  }
  const { returnNo, patientId, amountFen } = current;
  const result = await give({ patientId, returnNo, amountFen, reason: '门诊预交金清退' });
  if (result.kind === 'unknown') return putOff(ports, job, intent.current, result.reason);
  const sourceId = sourceOf(ports, current);
  const learned = { ...request(ports, job, 'answer'), cause: { kind: 'hisAnswer' as const, id: sourceId }, fact: { kind: 'hisAnswer' as const, source: `his/${hospitalId}`, sourceId, body: result } };
  if (result.kind === 'ok') {
    await ports.prepayments.change({ ...learned, jobThen: { dueAt: ports.clock.now() } }, (change) => {
      change.move('taken', 'hisAnswer', { hisReturnNo: result.value.hisReturnNo, lastNews: undefined });
      change.resolveCase('prepaymentUnknown');
    });
    return;
  }
  const left = doubtLeft(intent.result, ports.clock.now());
  const isBelieved = intent.current.attempts === 1 || (left === undefined && (await isUntouched(hospital, intent.current)));
  if (!isBelieved) return putOff(ports, job, intent.current, own('refusedWhenRepeated', `${result.code} ${result.message}`), { hisDoubtUntil: left });
  await ports.prepayments.change({ ...learned, jobThen: 'done' }, (change) => {
    change.move('refused', 'hisAnswer', { lastNews: `${result.code} ${result.message}`.slice(0, 500) });
    change.resolveCase('prepaymentUnknown');
  });
}

/**
 * A refusal of a repeat says nothing about the requests before it: one of them may have taken the money, or be on its way yet. It is believed when the account holds what
 * it held, long after the last one that has no answer.
 */
async function isUntouched(hospital: HospitalGuest, { patientId, amountFen, frozenFen }: PrepaymentReturn): Promise<boolean> {
  const balance = await hospital.facet('accountBalance')?.({ patientId });
  return balance?.kind === 'ok' && balance.value.frozenFen === frozenFen && balance.value.balanceFen === amountFen + frozenFen;
}

/** Each share is reserved once, under a number made of the return and its order. One that was refunded otherwise meanwhile joins what is transferred. */
async function returnShares(ports: PrepaymentPorts, job: ClaimedJob, hospitalId: string, current: PrepaymentReturn): Promise<void> {
  const { returnNo } = current;
  const shares: PrepaymentShare[] = [];
  for (const share of current.shares) {
    const asked = await ports.refundForHis({ hospitalId, of: { tradeNo: share.tradeNo }, hisRefundNo: `${returnNo}/${share.tradeNo}`, refundFen: share.refundFen, reason: '门诊预交金清退', requestedBy: `prepayment/${returnNo}` });
    if (asked.kind === 'refused' && (asked.code === 'HIS_REFUND_UNDECIDED' || asked.code === 'STORE_UNAVAILABLE')) return putOff(ports, job, current, own('shareOpen', share.tradeNo, asked.code));
    shares.push({ ...share, state: asked.kind === 'ok' ? 'reserved' : 'refused' });
  }
  await ports.prepayments.change({ ...request(ports, job, 'shares'), jobThen: 'done' }, (change) => {
    const returned = change.move('returned', 'refund', { shares, lastNews: undefined });
    const left = transferFen(returned);
    if (left === 0) return;
    const [rest, all] = [yuanOf(left), yuanOf(returned.amountFen)];
    const detail = { zh: `已从预交金账户扣减 ${all} 元，其中 ${rest} 元无法原路退回。请通过银行转账退给患者`, en: `${rest} yuan of ${all} are off the patient’s account and cannot go back along an order: pay them by bank transfer` };
    change.openCase({ kind: 'prepaymentTransfer', subject: returnNo, severity: 2, detail });
  });
}

/** Tried again later. What was sent and has no answer for long calls a person, and the machine goes on asking. */
async function putOff(ports: PrepaymentPorts, job: ClaimedJob, { returnNo, attempts, state }: PrepaymentReturn, reason: string, set: Partial<Pick<PrepaymentReturn, 'hisDoubtUntil'>> = {}): Promise<void> {
  const now = ports.clock.now();
  const dueAt = new Date(now.getTime() + gapAfter(ports.policy.confirmRhythmMs, job.attempt));
  await ports.prepayments.change({ ...request(ports, job, 'later'), jobThen: { dueAt } }, (change) => {
    if (change.current.state === 'taking') change.move('unknown', 'hisAnswer');
    change.set({ lastNews: reason.slice(0, 500), ...set });
    const isOpenForLong = now.getTime() - job.firstDueAt.getTime() > ports.policy.confirmEscalationMs;
    if (attempts === 0 || state === 'taken' || !isOpenForLong) return;
    const said = heard(reason);
    const detail = { zh: `预交金可能已从账户扣减，结果不明：${said.zh}。平台会以同一单号继续查询；请与医院核对该账户`, en: `it may be off the account: ${said.en}. It is asked again under the same number; look at the account with the hospital` };
    change.openCase({ kind: 'prepaymentUnknown', subject: returnNo, severity: 1, detail });
  });
}

function request({ clock }: PrepaymentPorts, job: ClaimedJob, step: string) {
  return { returnNo: job.subject, cause: { kind: 'timer' as const, id: `prepayment/${job.subject}/${step}/${String(job.token)}` }, now: clock.now(), job };
}
const sourceOf = ({ random }: PrepaymentPorts, { returnNo }: PrepaymentReturn): string => `prepayment/${returnNo}/${makeOpaqueId(random, 8)}`;
