import type { ClaimedJob } from '../domain/money-store.js';
import { gapAfter } from '../domain/payment-policy.js';
import { carryOut } from './carry-out.js';
import type { HisNoticePorts, InTurn } from './ports.js';

/** Goes on with a notice that is kept and not decided, for as long as it takes; one nobody could decide for long calls a person. */
export function advanceNotice(ports: HisNoticePorts & InTurn, job: ClaimedJob): Promise<void> {
  return ports.inTurn(job.subject, () => advance(ports, job));
}

async function advance(ports: HisNoticePorts, job: ClaimedJob): Promise<void> {
  const notice = await ports.notices.find(job.subject);
  if (notice?.state !== 'kept') {
    await ports.store.putBackJob(job, 'done');
    return;
  }
  const outcome = await carryOut(ports, notice);
  const now = ports.clock.now();
  const isLate = outcome.kind === 'undecided' && now.getTime() - Date.parse(notice.receivedAt) > ports.policy.confirmEscalationMs;
  await ports.notices.end({
    noticeId: notice.noticeId, outcome, now, job, dueAt: new Date(now.getTime() + gapAfter(ports.policy.confirmRhythmMs, job.attempt)),
    ...(isLate ? { case: { kind: 'hisNoticeStuck' as const, subject: notice.noticeId, severity: 2 as const, detail: `${notice.kind} ${notice.noticeNo} is not decided: ${outcome.news}`.slice(0, 500) } } : {}),
  });
}
