/** Reconciliation (对账): days, what each comparison found, and running a day again. */
import { beijingDay } from '@hospay/plugin-sdk';
import { Check } from 'typebox/value';
import { ok, refused } from '../../../domain/errors.js';
import { LARGEST_STATEMENT_BYTES, type DaySummary } from '../../../domain/reconciliation-store.js';
import { viewDay, viewRunningCheck } from '../../../reconciliation/reconciliation-view.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import { decodedHeader } from './decoded-header.js';
import type { ConsoleApiPorts } from './ports.js';
import { DifferenceListSchema, DifferenceQuery, ReconciliationDayListSchema, ReconciliationDayPath, ReconciliationRangeSchema, RunningCheckListSchema, StatementUploadPath } from './reconciliation-schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const MOST_DIFFERENCES = 1_000;
const DAYS = { zh: '对账日', en: 'The days', schema: ReconciliationDayListSchema };

export function reconciliationRoutes({ reconciliation, running, work, clock }: Pick<ConsoleApiPorts, 'reconciliation' | 'running' | 'work' | 'clock'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/reconciliation/running', operationId: 'listRunningChecks', summary: { zh: '日间对账（暂定，次日对账后消失）', en: 'Days that are not over, as far as they are known; gone when the day itself is reconciled' }, access: 'read', request: {},
      answers: { 200: { zh: '日间对账结果', en: 'The running checks', schema: RunningCheckListSchema } }, errors: [],
      handle: () => Promise.resolve(ok(json({ checks: running.listChecks().map(viewRunningCheck) }))),
    }),
    own.route({
      method: 'GET', path: '/reconciliation/days', operationId: 'listReconciliationDays', summary: { zh: '对账日：状态与分类合计', en: 'Days with their states and sums by class, newest first' }, access: 'read', request: { query: ReconciliationRangeSchema },
      answers: { 200: DAYS }, errors: [],
      handle: ({ query }) => Promise.resolve(ok(daysAnswer(reconciliation, reconciliation.listDays(query)))),
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
      method: 'POST', path: '/reconciliation/days/{day}/runs', operationId: 'runReconciliationDay', summary: { zh: '重新对账（可重复，不重复记差异）', en: 'Run a day again; nothing is written twice' }, access: 'refund', request: { params: ReconciliationDayPath },
      answers: { 200: DAYS }, errors: ['CONFLICT'],
      async handle({ params: { day } }, { login }) {
        if (day >= beijingDay(clock.now())) return refused('CONFLICT', `${day} is not over`);
        const days = await work.during({ kind: 'reconciliation', subject: day, by: login, mayCancel: true }, async (hear) => ok(await reconciliation.runDay({ day, by: login, hear })));
        return days.kind === 'ok' ? ok(daysAnswer(reconciliation, days.value)) : days;
      },
    }),
    own.rawRoute({
      method: 'POST', path: '/reconciliation/days/{day}/statements/{source}', operationId: 'uploadStatement',
      summary: { zh: '手工上传渠道对账单并对账（渠道自己给出的账单优先；文件名、原因在请求头 x-file-name、x-reason，百分号编码）', en: 'Bring the statement of a channel as a file and run the day; what the channel itself gives goes before it. Name and reason percent-encoded in x-file-name and x-reason' }, access: 'refund',
      largestBodyBytes: LARGEST_STATEMENT_BYTES, answers: { 200: DAYS }, errors: ['MALFORMED_REQUEST', 'NO_SUCH_ITEM', 'CONFLICT', 'STATEMENT_UNUSABLE'],
      async handle({ body, headers }, params, { login }) {
        const reason = decodedHeader(headers['x-reason']).trim();
        if (!Check(StatementUploadPath, params) || reason.length < 2 || reason.length > 200) return refused('MALFORMED_REQUEST', 'day, channel, and a reason of 2 to 200 characters in x-reason');
        const asked = { ...params, fileName: decodedHeader(headers['x-file-name']), bytes: body, reason, by: login };
        const days = await work.during({ kind: 'reconciliation', subject: params.day, by: login, mayCancel: false }, () => reconciliation.uploadStatement(asked));
        return days.kind === 'ok' ? ok(daysAnswer(reconciliation, days.value)) : days;
      },
    }),
  ];
}

function daysAnswer(reconciliation: ConsoleApiPorts['reconciliation'], days: readonly DaySummary[]) {
  return json({ days: days.map(viewDay), uploadable: [...reconciliation.uploadable()] });
}
