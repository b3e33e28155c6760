import type { ClaimedJob } from '../domain/money-store.js';
import { gapAfter } from '../domain/payment-policy.js';
import { viewOrder } from './order-view.js';
import type { PaymentPorts } from './ports.js';

/** Three days of failed notifications: the application is down or gone; a person should know. The machine goes on. */
const TELL_ESCALATION_MS = 3 * 24 * 60 * 60 * 1000;

/** Tells the application the newest view of its order. Each view carries a version, so an older one never overwrites a newer. */
export async function tellOwnerOfOrder(ports: PaymentPorts, job: ClaimedJob): Promise<void> {
  const found = await ports.store.findOrder(job.tradeNo);
  if (found === undefined || (await ports.ownerNotifier.tell(found.order.owner, viewOrder(found)))) {
    await ports.store.putBackJob(job, 'done');
    return;
  }
  const now = ports.clock.now();
  const dueAt = new Date(now.getTime() + gapAfter(ports.policy.tellOwnerRhythmMs, job.attempt));
  await ports.store.change({ tradeNo: job.tradeNo, cause: { kind: 'timer', id: `tell/${String(job.token)}` }, now, job, jobThen: { dueAt } }, (change) => {
    if (now.getTime() - job.firstDueAt.getTime() > TELL_ESCALATION_MS) {
      change.openCase({ kind: 'ownerNotTold', subject: job.tradeNo, severity: 3, detail: { zh: '应用三天未确认接收订单通知。平台会继续通知；请联系应用方检查通知地址', en: 'the application has not acknowledged its notification for three days. It is told again; ask whoever runs it about its notify address' } });
    }
  });
}
