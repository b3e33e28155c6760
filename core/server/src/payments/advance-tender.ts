import type { ClaimedJob } from '../domain/money-store.js';
import { endTender, takesMorePayments } from '../domain/mixed-tender.js';
import type { PaymentPorts } from './ports.js';

/** The time for further payments of a mixed order is over: what is open is closed at its channel, and what was paid short of the whole goes back. */
export async function advanceTender(ports: PaymentPorts, job: ClaimedJob): Promise<void> {
  const now = ports.clock.now();
  const found = await ports.store.findOrder(job.tradeNo);
  if (found === undefined || found.order.confirmation !== 'none' || found.order.tenderUntil === undefined) {
    await ports.store.putBackJob(job, 'done');
    return;
  }
  if (takesMorePayments(found.order, now)) {
    await ports.store.putBackJob(job, { dueAt: new Date(found.order.tenderUntil) });
    return;
  }
  await ports.store.change({ tradeNo: job.tradeNo, cause: { kind: 'timer', id: `tender/${String(job.token)}` }, now, job, jobThen: 'done' }, (change) => {
    if (change.order.confirmation === 'none' && !takesMorePayments(change.order, now)) endTender(change, 'timer');
  });
}
