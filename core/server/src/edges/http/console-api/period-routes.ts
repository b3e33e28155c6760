/** 月结: the months of the books, the trial balance of one, and closing it by two persons. */
import { ok, type Outcome } from '../../../domain/errors.js';
import { accountCode, CHART } from '../../../domain/ledger.js';
import type { PeriodSheetView } from '../../../settlement/ports.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import { PeriodDecisionSchema, PeriodListSchema, PeriodPath, PeriodProposalSchema, PeriodSheetSchema } from './period-schemas.js';
import type { ConsoleApiPorts } from './ports.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const SHEET = { zh: '月份与试算平衡', en: 'The month with its trial balance', schema: PeriodSheetSchema };

function answer(found: Outcome<PeriodSheetView>) {
  if (found.kind === 'refused') return found;
  const { sheet: { lines, lastSeq, longFen, shortFen, openCases }, ...view } = found.value;
  const named = lines.map((line) => {
    const code = accountCode(line.account);
    return { ...line, code, zh: CHART[code].zh, en: CHART[code].en };
  });
  return ok(json({ ...view, lastSeq, longFen, shortFen, openCases, lines: named }));
}

export function periodRoutes({ periods }: Pick<ConsoleApiPorts, 'periods'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/periods', operationId: 'listPeriods', summary: { zh: '各月份与月结状态', en: 'The months of the books, the newest first' }, access: 'read', request: {}, answers: { 200: { zh: '月份', en: 'The months', schema: PeriodListSchema } }, errors: [],
      handle: async () => ok(json({ periods: await periods.listPeriods() })),
    }),
    own.route({
      method: 'GET', path: '/periods/{month}', operationId: 'readPeriod', summary: { zh: '一个月的试算平衡与未结事项', en: 'A month: its trial balance, and what stands against closing it' }, access: 'read', request: { params: PeriodPath }, answers: { 200: SHEET }, errors: ['NO_SUCH_ITEM'],
      handle: async ({ params }) => answer(await periods.readPeriod(params)),
    }),
    own.route({
      method: 'POST', path: '/periods/{month}/proposals', operationId: 'proposePeriodClose', summary: { zh: '提出月结（须由他人复核）', en: 'Propose to close a month, as it was shown' }, access: 'refund', request: { params: PeriodPath, body: PeriodProposalSchema }, answers: { 200: SHEET },
      errors: ['NO_SUCH_ITEM', 'PERIOD_NOT_CLOSABLE', 'APPROVAL_OVER', 'CONFLICT'],
      handle: async ({ params, body }, { login }) => answer(await periods.proposeClose({ ...params, ...body, by: login })),
    }),
    own.route({
      method: 'POST', path: '/periods/{month}/decisions', operationId: 'decidePeriodClose', summary: { zh: '复核月结：关账后不可撤销', en: 'Close it, or send it back; never one’s own proposal, and a close is not taken back' }, access: 'refund', request: { params: PeriodPath, body: PeriodDecisionSchema }, answers: { 200: SHEET },
      errors: ['NO_SUCH_ITEM', 'SECOND_PERSON_NEEDED', 'PERIOD_NOT_CLOSABLE', 'APPROVAL_OVER', 'CONFLICT'],
      handle: async ({ params, body: { hash, decision, reason } }, { login }) => answer(await periods.decideClose({ ...params, hash, isApproved: decision === 'approve', reason, by: login })),
    }),
  ];
}
