import type { Bilingual } from '../domain/bilingual.js';
import type { StoredNotice } from '../domain/his-notice.js';
import type { ClaimedJob } from '../domain/money-store.js';
import { heard } from '../domain/own-words.js';
import { gapAfter } from '../domain/payment-policy.js';
import { HIS_NOTICE_WORDS } from '../domain/state-words.js';
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
  const detail = outcome.kind === 'undecided' && isLate ? stuckDetail(notice, outcome.news) : undefined;
  await ports.notices.end({
    noticeId: notice.noticeId, outcome, now, job, dueAt: new Date(now.getTime() + gapAfter(ports.policy.confirmRhythmMs, job.attempt)),
    ...(detail === undefined ? {} : { case: { kind: 'hisNoticeStuck' as const, subject: notice.noticeId, severity: 2 as const, detail } }),
  });
}

function stuckDetail({ kind, noticeNo }: StoredNotice, news: string): Bilingual {
  const [what, said] = [HIS_NOTICE_WORDS[kind], heard(news)];
  return { zh: `医院推送的${what.zh} ${noticeNo} 长时间未能办理：${said.zh}。平台会继续办理；请查看医院接口与相关订单`, en: `the ${what.en} ${noticeNo} of the HIS is not decided: ${said.en}. It goes on; look at the line to the HIS and at the orders it names` };
}
