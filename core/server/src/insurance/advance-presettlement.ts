import type { ClaimedJob } from '../domain/money-store.js';
import { own } from '../domain/own-words.js';
import type { InsurancePorts } from './ports.js';
import { takeBack } from './take-back.js';

/** One step with a pre-settlement nobody settles: past its time it is given up, and what is given up is taken back until the centre has answered. */
export async function advancePresettlement(ports: InsurancePorts, job: ClaimedJob): Promise<void> {
  const now = ports.clock.now();
  const found = await ports.presettlements.find(job.subject);
  if (found === undefined || found.state === 'settling' || found.state === 'settled' || found.state === 'abandoned') {
    await ports.store.putBackJob(job, 'done');
    return;
  }
  if (found.state === 'abandoning') {
    await takeBack(ports, found, job);
    return;
  }
  if (now.getTime() < Date.parse(found.expiresAt)) {
    await ports.store.putBackJob(job, { dueAt: new Date(found.expiresAt) });
    return;
  }
  await ports.presettlements.change({ presettlementNo: job.subject, cause: { kind: 'timer', id: `presettlement/${String(job.token)}` }, now, job, jobThen: 'done' }, (change) => {
    const { state } = change.presettlement;
    if (state === 'requested' || state === 'unknown' || state === 'presettled') change.abandon('timer', own('notSettledInTime'));
  });
}
