import type { ClaimedJob } from '../domain/money-store.js';
import { heard } from '../domain/own-words.js';
import { gapAfter } from '../domain/payment-policy.js';
import type { SendPorts } from './ports.js';

/** So long undelivered: the application is down or gone, and a person should know. The machine goes on. */
const ESCALATION_MS = 3 * 24 * 60 * 60 * 1000;

/** Sends a statement file, or the news of it, to the application that is pushed to. Without an end, ever more slowly; the same file may arrive more than once. */
export async function sendStatementFile({ files, carrier, rhythmMs, cases, clock }: SendPorts, job: ClaimedJob): Promise<void> {
  const file = files.find(Number(job.subject));
  if (file === undefined) throw new Error(`statement file ${job.subject} is to be sent and does not exist`);
  const subject = `statement/${file.fileName}`;
  const outcome = file.delivery?.deliveredAt === undefined ? await carrier.carry(file) : { kind: 'delivered' as const };
  const now = clock.now();
  if (outcome.kind === 'delivered') {
    await files.attempted(job, { kind: 'delivered', at: now });
    await cases.resolveCase('ownerNotTold', subject, now);
    return;
  }
  if (now.getTime() - job.firstDueAt.getTime() > ESCALATION_MS) {
    const [application, said] = [file.delivery?.application ?? file.appId, heard(outcome.problem)];
    const detail = { zh: `应用 ${application} 三天未接收 ${file.day} 的对账文件：${said.zh}。平台会继续推送；请联系应用方`, en: `application ${application} has not taken the statement file of ${file.day} for three days: ${said.en}. It is sent again; ask whoever runs the application` };
    await cases.openCase({ kind: 'ownerNotTold', subject, severity: 3, detail }, now);
  }
  await files.attempted(job, { kind: 'again', problem: outcome.problem, dueAt: new Date(now.getTime() + gapAfter(rhythmMs, job.attempt)) });
}
