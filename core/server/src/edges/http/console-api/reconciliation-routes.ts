/** Reconciliation (对账): days, what each comparison found, and running a day again. */
import { beijingDay } from '@hospay/plugin-sdk';
import { Check } from 'typebox/value';
import { ok, refused, type Outcome } from '../../../domain/errors.js';
import { LARGEST_STATEMENT_BYTES } from '../../../domain/reconciliation-store.js';
import { viewDay, viewRunningCheck } from '../../../reconciliation/reconciliation-view.js';
import type { BackgroundWork, Work } from '../../../running-work/ports.js';
import { json, type Answer } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import { decodedHeader } from './decoded-header.js';
import type { ConsoleApiPorts } from './ports.js';
import { DifferenceListSchema, DifferenceQuery, ReconciliationBegunSchema, ReconciliationDayListSchema, ReconciliationDayPath, ReconciliationRangeSchema, RunningCheckListSchema, StatementUploadPath } from './reconciliation-schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const MOST_DIFFERENCES = 1_000;
/** A short run answers with its days; of a longer one the page hears by itself. What a person brings may be refused, so that is waited for longer, yet not longer than a page waits. */
const PATIENCE_MS = { run: 1_500, upload: 20_000 } as const;
const BEGUN = { zh: '已在后台进行', en: 'It goes on by itself', schema: ReconciliationBegunSchema };
const DAYS = { zh: '对账日', en: 'The days', schema: ReconciliationDayListSchema };

export function reconciliationRoutes({ reconciliation, running, work, clock }: Pick<ConsoleApiPorts, 'reconciliation' | 'running' | 'work' | 'clock'>): Route<ConsoleAccess, ConsoleCaller>[] {
  const daysAnswer = (range: { readonly from: string; readonly to: string }, login: string): Answer =>
    json({ days: reconciliation.listDays(range).map(viewDay), uploadable: [...reconciliation.uploadable()], runs: runsShown(work, range).map((run) => viewRun(run, login)) });
  const answerBegun = ({ work: run, isJoined }: BackgroundWork<unknown>, ended: Outcome<unknown> | undefined, { day, login }: { readonly day: string; readonly login: string }): Outcome<Answer> => {
    if (ended === undefined) return ok(json({ run: viewRun(run, login), isJoined }, 202));
    return ended.kind === 'ok' ? ok(daysAnswer({ from: day, to: day }, login)) : ended;
  };
  return [
    own.route({
      method: 'GET', path: '/reconciliation/running', operationId: 'listRunningChecks', summary: { zh: '日间对账（暂定，次日对账后消失）', en: 'Days that are not over, as far as they are known; gone when the day itself is reconciled' }, access: 'read', request: {},
      answers: { 200: { zh: '日间对账结果', en: 'The running checks', schema: RunningCheckListSchema } }, errors: [],
      handle: () => Promise.resolve(ok(json({ checks: running.listChecks().map(viewRunningCheck) }))),
    }),
    own.route({
      method: 'GET', path: '/reconciliation/days', operationId: 'listReconciliationDays', summary: { zh: '对账日：状态与分类合计', en: 'Days with their states and sums by class, newest first' }, access: 'read', request: { query: ReconciliationRangeSchema },
      answers: { 200: DAYS }, errors: [],
      handle: ({ query }, { login }) => Promise.resolve(ok(daysAnswer(query, login))),
    }),
    own.route({
      method: 'GET', path: '/reconciliation/days/{day}/differences', operationId: 'listReconciliationDifferences', summary: { zh: '一日一项对账的差异明细', en: 'What one comparison of a day found' }, access: 'read',
      request: { params: ReconciliationDayPath, query: DifferenceQuery }, answers: { 200: { zh: '差异', en: 'The differences', schema: DifferenceListSchema } }, errors: [],
      handle({ params: { day }, query: { comparison, source, class: wanted } }) {
        const all = reconciliation.listDifferences({ comparison, source, day }).filter((difference) => wanted === undefined || difference.class === wanted);
        return Promise.resolve(ok(json({ differences: all.slice(0, MOST_DIFFERENCES).map(({ comparison: _comparison, source: _source, day: _day, ...difference }) => difference), total: all.length })));
      },
    }),
    own.route({
      method: 'POST', path: '/reconciliation/days/{day}/runs', operationId: 'runReconciliationDay', summary: { zh: '重新对账（可重复，不重复记差异）；较久的在后台进行，同一日加入进行中的', en: 'Run a day again; nothing is written twice. A longer one goes on by itself, and whoever asks for the same day meanwhile joins it' }, access: 'refund', request: { params: ReconciliationDayPath },
      answers: { 200: DAYS, 202: BEGUN }, errors: ['CONFLICT'],
      async handle({ params: { day } }, { login }) {
        if (day >= beijingDay(clock.now())) return refused('CONFLICT', { zh: `${day} 尚未结束，次日才能对账`, en: `${day} is not over` });
        const begun = work.begin({ kind: 'reconciliation', subject: day, by: login, mayCancel: true, join: true }, async (hear) => ok(await reconciliation.runDay({ day, by: login, hear })));
        return answerBegun(begun, await begun.within(PATIENCE_MS.run), { day, login });
      },
    }),
    own.rawRoute({
      method: 'POST', path: '/reconciliation/days/{day}/statements/{source}', operationId: 'uploadStatement',
      summary: { zh: '手工上传渠道对账单并对账（渠道自己给出的账单优先；文件名、原因在请求头 x-file-name、x-reason，百分号编码）', en: 'Bring the statement of a channel as a file and run the day; what the channel itself gives goes before it. Name and reason percent-encoded in x-file-name and x-reason' }, access: 'refund',
      largestBodyBytes: LARGEST_STATEMENT_BYTES, answers: { 200: DAYS, 202: BEGUN }, errors: ['MALFORMED_REQUEST', 'NO_SUCH_ITEM', 'CONFLICT', 'STATEMENT_UNUSABLE'],
      async handle({ body, headers }, params, { login }) {
        const reason = decodedHeader(headers['x-reason']).trim();
        if (!Check(StatementUploadPath, params) || reason.length < 2 || reason.length > 200) return refused('MALFORMED_REQUEST', { zh: '请给出日期、渠道和 2 至 200 个字的原因', en: 'day, channel, and a reason of 2 to 200 characters in x-reason' });
        const asked = { ...params, fileName: decodedHeader(headers['x-file-name']), bytes: body, reason, by: login };
        const begun = work.begin({ kind: 'reconciliation', subject: params.day, by: login, mayCancel: false, join: false }, () => reconciliation.uploadStatement(asked));
        return answerBegun(begun, await begun.within(PATIENCE_MS.upload), { day: params.day, login });
      },
    }),
  ];
}

/** Of each day what goes on, and of what has ended the last. */
function runsShown(work: ConsoleApiPorts['work'], { from, to }: { readonly from: string; readonly to: string }): readonly Work[] {
  const runs = work.listOf('reconciliation').filter(({ subject }) => subject >= from && subject <= to);
  return runs.filter((run) => run.endedAt === undefined || runs.find(({ subject }) => subject === run.subject) === run);
}

function viewRun({ id, subject, by, state, startedAt, endedAt, share, step, problem, mayCancel, isCancelling }: Work, login: string) {
  return { id, day: subject, by, state, startedAt, endedAt, share, step, problem, mayCancel: mayCancel && by === login, isCancelling };
}
