import { addFen, fen, subtractFen, ZERO_FEN, type AccountMovement, type Fen } from '@hospay/plugin-sdk';
import { inOneLine } from '../domain/bilingual.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import type { HospitalGuest } from '../domain/guests.js';
import { planReturn, type PrepaymentReturn, type PrepaymentRun, type ReturnableTopUp } from '../domain/prepayment.js';
import { refundableFen } from '../domain/reserve-refund.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { PrepaymentPorts } from './ports.js';
import { viewRun, type PrepaymentRunView } from './run-view.js';

/** Balances are of the moment they were read; a day later they are read again. */
const APPROVAL_WITHIN_MS = 24 * 60 * 60_000;
export const LARGEST_RUN = 200;
const READ_AT_ONCE = 4;

/** Why an account is left out, in Chinese; what the HIS said stands as it said it. */
const LEFT_OUT_WORDS: Readonly<Record<string, string>> = { noBalance: '没有余额', allFrozen: '余额全部被医院冻结', hisSilent: '医院系统没有应答', inAnotherRun: '已在另一批次中', channelAway: '原支付渠道暂不可用，请稍后另行提出' };

/** Reads what lies on each account, and how it would go back. Nothing is taken off any account yet. */
export async function proposeRun(ports: PrepaymentPorts, { title, patientIds, by }: { readonly title: string; readonly patientIds: readonly string[]; readonly by: string }): Promise<Outcome<PrepaymentRunView>> {
  const { hospitalId } = ports;
  const hospital = ports.hospitals.find(hospitalId);
  if (hospital === undefined) return refused('HIS_UNAVAILABLE');
  const wanted = [...new Set(patientIds.map((one) => one.trim()).filter((one) => one !== ''))];
  if (wanted.length === 0 || wanted.length > LARGEST_RUN) return refused('MALFORMED_REQUEST', { zh: `患者编号须为 1 至 ${String(LARGEST_RUN)} 个`, en: `patientIds: 1 to ${String(LARGEST_RUN)} patients` });
  if (hospital.facet('accountBalance') === undefined || hospital.facet('returnAccountBalance') === undefined) return refused('FUNCTION_NOT_OFFERED', { zh: '清退预交金余额（returnAccountBalance）', en: 'returnAccountBalance' });
  const now = ports.clock.now();
  const runNo = `QT${makeOpaqueId(ports.random, 10).toUpperCase()}`;
  const underWay = await ports.prepayments.underWay(hospitalId, now);
  const returns: PrepaymentReturn[] = [];
  const leftOut = wanted.filter((one) => underWay.has(one)).map((patientId) => ({ patientId, reason: 'inAnotherRun' }));
  for (const [patientId, read] of await readAccounts(ports, hospital, wanted.filter((one) => !underWay.has(one)))) {
    if (typeof read === 'string') leftOut.push({ patientId, reason: read });
    else returns.push({ returnNo: `${runNo}-${String(returns.length + 1).padStart(4, '0')}`, runNo, patientId, ...read, state: 'planned', hisReturnNo: undefined, attempts: 0, hisDoubtUntil: undefined, lastNews: undefined });
  }
  if (returns.length === 0) return refused('NOTHING_TO_RETURN', inOneLine(leftOut.slice(0, 3).map(({ patientId, reason }) => ({ zh: `${patientId}：${LEFT_OUT_WORDS[reason] ?? reason}`, en: `${patientId}: ${reason}` }))));
  const run: PrepaymentRun = { runNo, hospitalId, title, state: 'proposed', proposedBy: by, proposedAt: now.toISOString(), expiresAt: new Date(now.getTime() + APPROVAL_WITHIN_MS).toISOString(), decidedBy: undefined, decidedAt: undefined, leftOut, returns };
  const taken = await ports.prepayments.propose(run, { kind: 'operator', id: `prepayment/${runNo}/${by}` });
  // Another run was proposed in this very moment.
  return taken.length > 0 ? refused('CONFLICT', { zh: `已在另一批次中：${taken.join('、')}`, en: taken.join(', ') }) : ok(viewRun(run));
}

type Read = Awaited<ReturnType<typeof readAccount>>;

/** A few at a time: a slow HIS answers two hundred before the person's browser gives up, and windows keep their share of its connections. */
async function readAccounts(ports: PrepaymentPorts, hospital: HospitalGuest, patientIds: readonly string[]): Promise<readonly (readonly [string, Read])[]> {
  const read: (readonly [string, Read])[] = [];
  for (let from = 0; from < patientIds.length; from += READ_AT_ONCE) {
    const some = patientIds.slice(from, from + READ_AT_ONCE);
    read.push(...(await Promise.all(some.map(async (patientId) => [patientId, await readAccount(ports, hospital, patientId)] as const))));
  }
  return read;
}

/** What can go back of one account, or why nothing can: one of our words, or the HIS's own code and message. */
async function readAccount(ports: PrepaymentPorts, hospital: HospitalGuest, patientId: string): Promise<Pick<PrepaymentReturn, 'amountFen' | 'frozenFen' | 'shares'> | string> {
  const balance = await hospital.facet('accountBalance')?.({ patientId });
  if (balance?.kind !== 'ok') return balance === undefined || balance.kind === 'unknown' ? 'hisSilent' : `${balance.code} ${balance.message}`;
  const { balanceFen, frozenFen } = balance.value;
  if (frozenFen > balanceFen || balanceFen - frozenFen === 0) return balanceFen === 0 ? 'noBalance' : 'allFrozen';
  const amountFen = subtractFen(fen(balanceFen), fen(frozenFen));
  const movements = await hospital.facet('listAccountMovements')?.({ patientId });
  if (movements?.kind === 'unknown') return 'hisSilent';
  const topUps = await returnableTopUps(ports, movements?.kind === 'ok' ? movements.value : [], patientId);
  // Away for a minute is no reason to pay by bank transfer what can go back by itself.
  if (topUps === undefined) return 'channelAway';
  return { amountFen, frozenFen: fen(frozenFen), shares: planReturn(amountFen, topUps) };
}

/** Each order once, for no more than it brought. Undefined: a channel is away now, and whether it refunds is not known. */
async function returnableTopUps(ports: Pick<PrepaymentPorts, 'store' | 'channels' | 'hospitalId'>, movements: readonly AccountMovement[], patientId: string): Promise<ReturnableTopUp[] | undefined> {
  const topUps = new Map<string, ReturnableTopUp>();
  for (const { kind, tradeNo, at, amountFen } of movements) {
    if (kind !== 'topUp' || tradeNo === undefined || tradeNo === '' || topUps.has(tradeNo)) continue;
    const restFen = await restOfOrder(ports, patientId, tradeNo);
    if (restFen === undefined) return undefined;
    topUps.set(tradeNo, { tradeNo, at, returnableFen: fen(Math.min(amountFen, restFen)) });
  }
  return [...topUps.values()];
}

/** Nothing along an order of another patient, one the HIS has not booked, or one of which anything was paid in cash or by insurance: notes leave a till only with the patient before it. */
async function restOfOrder({ store, channels, hospitalId }: Pick<PrepaymentPorts, 'store' | 'channels' | 'hospitalId'>, patientId: string, tradeNo: string): Promise<Fen | undefined> {
  const found = await store.findOrder(tradeNo);
  const isOwn = found?.order.hospitalId === hospitalId && found.order.patientId === patientId && (found.order.business ?? 'bill') === 'bill' && found.order.confirmation === 'confirmed';
  if (found === undefined || !isOwn) return ZERO_FEN;
  const paid = found.payments.filter(({ state }) => state === 'succeeded');
  if (paid.some(({ method }) => method === 'cash' || method === 'medicalInsurance')) return ZERO_FEN;
  const canRefund = paid.map(({ channel }) => channels.find(channel)?.canRefund);
  if (canRefund.includes(undefined)) return undefined;
  return canRefund.includes(false) ? ZERO_FEN : paid.reduce<Fen>((sum, payment) => addFen(sum, refundableFen(found, payment)), ZERO_FEN);
}
