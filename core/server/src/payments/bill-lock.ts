import { createHash } from 'node:crypto';
import { refused, type Refused } from '../domain/errors.js';
import type { AcceptanceResult, ClaimedJob, IdempotencyKey } from '../domain/money-store.js';
import type { StoredQuote } from '../domain/order.js';
import { gapAfter } from '../domain/payment-policy.js';
import { hisRefusal } from '../domain/his-refusal.js';
import { doubtBooking } from './doubt-booking.js';
import type { PaymentPorts } from './ports.js';

export type BillLock = { readonly lockNo: string } | undefined;

/**
 * 收费加锁: before anything is committed or charged the HIS keeps the bills for this payment, so that no doctor changes and no cashier takes them. The number is made of the request's own key: a second press
 * locks the same. A refusal takes no money; so does silence, because the same HIS would have to confirm. A lock nobody gives back falls free by itself, so that a crash here holds up no bill for long.
 */
export async function lockBills(ports: PaymentPorts, { hospitalId, business, patientId, billNos }: StoredQuote, { tenant, key }: IdempotencyKey): Promise<BillLock | Refused> {
  const lock = ports.policy.locksBills && business === undefined ? ports.hospitals.find(hospitalId)?.facet('lockBills') : undefined;
  if (lock === undefined) return undefined;
  // Ours already: said by what we know, not by the HIS.
  const holder = await ports.store.findBillHolder(hospitalId, billNos);
  const earlier = await ports.store.findOrderByKey(tenant, key);
  if (holder !== undefined && holder.order.tradeNo !== earlier?.order.tradeNo) {
    await doubtBooking(ports, holder.order.tradeNo);
    return refused('BILL_IN_PAYMENT', holder.order.tradeNo);
  }
  const lockNo = `L${createHash('sha256').update(`${tenant}\n${key}`).digest('hex').slice(0, 31).toUpperCase()}`;
  const locked = await lock({ lockNo, patientId, billNos: [...billNos] });
  if (locked.kind === 'ok') return { lockNo };
  return locked.kind === 'unknown' ? hisRefusal(locked) : refused('BILL_LOCKED', `${locked.code} ${locked.message}`);
}

/**
 * What was locked is of no use: another order has the bills (given back at once, and if that is lost the lock falls free by itself), or this is a repeat whose order had ended, and given them back, before.
 */
export async function giveBack(ports: PaymentPorts, { hospitalId, patientId, billNos }: StoredQuote, lock: BillLock, accepted: AcceptanceResult): Promise<void> {
  if (lock === undefined || accepted.kind === 'accepted' || accepted.kind === 'keyReused') return;
  if (accepted.kind === 'replayed') {
    const { holdsBills, order: { tradeNo } } = accepted.aggregate;
    if (!holdsBills) await ports.store.change({ tradeNo, cause: { kind: 'request', id: `lock/${lock.lockNo}` }, now: ports.clock.now() }, (change) => { change.schedule('unlockBills', tradeNo); });
    return;
  }
  await ports.hospitals.find(hospitalId)?.facet('unlockBills')?.({ lockNo: lock.lockNo, patientId, billNos: [...billNos] });
}

/** The order ended without a booking: its bills are given back under the same number until the HIS says that it has them. An order that holds its bills (again) keeps them. */
export async function unlockBills(ports: PaymentPorts, job: ClaimedJob): Promise<void> {
  const found = await ports.store.findOrder(job.subject);
  const { lockNo, hospitalId = '', patientId = '', billNos = [] } = found?.order ?? {};
  const unlock = ports.hospitals.find(hospitalId)?.facet('unlockBills');
  if (found === undefined || lockNo === undefined || found.holdsBills) {
    await ports.store.putBackJob(job, 'done');
    return;
  }
  const given = await unlock?.({ lockNo, patientId, billNos: [...billNos] });
  // A refusal is the end, too: the HIS knows no such lock, or it fell free.
  const now = ports.clock.now().getTime();
  const isOver = (given !== undefined && given.kind !== 'unknown') || now - job.firstDueAt.getTime() > FREE_BY_ITSELF_MS;
  await ports.store.putBackJob(job, isOver ? 'done' : { dueAt: new Date(now + gapAfter(ports.policy.confirmRhythmMs, job.attempt)) });
}

/** By then every lock has fallen free, whatever the clock did meanwhile. */
const FREE_BY_ITSELF_MS = 72 * 60 * 60_000;
