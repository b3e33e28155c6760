/** Shifts (交班日结), counted cash on its way to the bank, and the cashier's daily report (缴款日报). */
import { ok, refused, type Outcome } from '../../../domain/errors.js';
import { FACES_FEN, type CashAct } from '../../../domain/shift.js';
import type { ReportWanted, ShiftCaller } from '../../../shifts/ports.js';
import { viewCashAct, viewRunningShift, viewShift } from '../../../shifts/shift-record-view.js';
import { bytes, json, type Answer } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { KeyHeaderSchema } from '../payment-api/schemas.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { shiftReportCsv } from './shift-report-csv.js';
import {
  ActAnswerSchema, ActPath, CashPositionSchema, ClosingSchema, DepositSchema, RecountSchema, ReportFileQuery, ReportQuery, ReportSchema, ReversalSchema, RunningShiftListSchema, ShiftAnswerSchema,
  ShiftFilterSchema, ShiftPageSchema, ShiftPath, TakingOverSchema,
} from './shift-schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const ACT = { zh: '现金操作', en: 'The act', schema: ActAnswerSchema };

export function shiftRoutes({ shifts }: Pick<ConsoleApiPorts, 'shifts'>): Route<ConsoleAccess, ConsoleCaller>[] {
  const once = (caller: ConsoleCaller, headers: { readonly 'idempotency-key': string }) => ({ caller: callerOf(caller), asked: { tenant: `user/${caller.login}`, key: headers['idempotency-key'] } });
  return [
    own.route({
      method: 'GET', path: '/shifts/running', operationId: 'listRunningShifts', summary: { zh: '未交班的钱箱与当前数字', en: 'Tills that are not closed, with their figures' }, access: 'shifts',
      answers: { 200: { zh: '未交班', en: 'Running shifts', schema: RunningShiftListSchema } }, errors: [],
      handle: async (_request, caller) => ok(json({ facesFen: [...FACES_FEN], shifts: (await shifts.listRunningShifts(callerOf(caller))).map(viewRunningShift) })),
    }),
    own.route({
      method: 'GET', path: '/shifts', operationId: 'listShifts', summary: { zh: '已交班', en: 'Closed shifts, newest first' }, access: 'shifts', request: { query: ShiftFilterSchema },
      answers: { 200: { zh: '一页班次', en: 'One page', schema: ShiftPageSchema } }, errors: [],
      async handle({ query }, caller) {
        const page = await shifts.listShifts({ ...query, caller: callerOf(caller) });
        return ok(json({ shifts: page.shifts.map(viewShift), next: page.next }));
      },
    }),
    own.route({
      method: 'GET', path: '/shifts/{shiftNo}', operationId: 'readShift', summary: { zh: '班次', en: 'One shift' }, access: 'shifts', request: { params: ShiftPath },
      answers: { 200: { zh: '班次', en: 'The shift', schema: ShiftAnswerSchema } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params }, caller) {
        const found = await shifts.findShift({ ...params, caller: callerOf(caller) });
        return found.kind === 'ok' ? ok(json({ shift: viewShift(found.value) })) : found;
      },
    }),
    own.route({
      method: 'POST', path: '/shifts', operationId: 'closeShift', summary: { zh: '交班（日结、清钱箱）：清点后不可撤销', en: 'Close a shift: counted, and for good' }, access: 'closeShift', request: { headers: KeyHeaderSchema, body: ClosingSchema },
      answers: { 200: { zh: '已交班；同一幂等键永远得到同一班次', en: 'Closed; the same key answers the same shift for ever', schema: ShiftAnswerSchema } }, errors: ['SHIFT_EMPTY', 'TILL_MOVED', 'TILL_PAYING_OUT', 'IDEMPOTENCY_KEY_REUSED'],
      async handle({ headers, body }, caller) {
        const closed = await shifts.closeShift({ ...body, ...once(caller, headers) });
        return closed.kind === 'ok' ? ok(json({ shift: viewShift(closed.value) })) : closed;
      },
    }),
    own.route({
      method: 'POST', path: '/shifts/{shiftNo}/hand-overs', operationId: 'takeOverCash', summary: { zh: '接收交班现金入库', en: 'Take the counted cash over into the vault' }, access: 'cash', request: { params: ShiftPath, headers: KeyHeaderSchema, body: TakingOverSchema },
      answers: { 200: ACT }, errors: ['NO_SUCH_ITEM', 'SAME_PERSON', 'HAND_OVER_DIFFERS', 'CASH_NOT_THERE', 'CONFLICT', 'IDEMPOTENCY_KEY_REUSED'],
      handle: async ({ params, headers, body }, caller) => actAnswer(await shifts.takeOverCash({ ...params, ...body, ...once(caller, headers) })),
    }),
    own.route({
      method: 'POST', path: '/shifts/{shiftNo}/recounts', operationId: 'recountShift', summary: { zh: '重新清点（更正，写明原因）', en: 'Count anew, with the reason' }, access: 'cash', request: { params: ShiftPath, headers: KeyHeaderSchema, body: RecountSchema },
      answers: { 200: ACT }, errors: ['NO_SUCH_ITEM', 'SAME_PERSON', 'CONFLICT', 'IDEMPOTENCY_KEY_REUSED'],
      handle: async ({ params, headers, body }, caller) => actAnswer(await shifts.recountShift({ ...params, ...body, ...once(caller, headers) })),
    }),
    own.route({
      method: 'GET', path: '/cash', operationId: 'readCash', summary: { zh: '待接收、金库与在途现金', en: 'Cash that waits, in the vault and on its way to the bank' }, access: 'cash',
      answers: { 200: { zh: '现金', en: 'The cash', schema: CashPositionSchema } }, errors: [],
      async handle() {
        const { waiting, acts, ...position } = await shifts.readCash();
        return ok(json({ facesFen: [...FACES_FEN], ...position, waiting: waiting.map(viewShift), acts: acts.map(viewCashAct) }));
      },
    }),
    own.route({
      method: 'POST', path: '/cash/deposits', operationId: 'depositCash', summary: { zh: '现金送存银行（在途）', en: 'Cash from the vault to the bank' }, access: 'cash', request: { headers: KeyHeaderSchema, body: DepositSchema },
      answers: { 200: ACT }, errors: ['CASH_NOT_THERE', 'CONFLICT', 'IDEMPOTENCY_KEY_REUSED'],
      handle: async ({ headers, body }, caller) => actAnswer(await shifts.depositCash({ ...body, ...once(caller, headers) })),
    }),
    own.route({
      method: 'POST', path: '/cash/acts/{actNo}/reversals', operationId: 'reverseCashAct', summary: { zh: '冲正入库或送存（写明原因）', en: 'Reverse a hand-over or deposit, with the reason' }, access: 'cash', request: { params: ActPath, headers: KeyHeaderSchema, body: ReversalSchema },
      answers: { 200: ACT }, errors: ['NO_SUCH_ITEM', 'CASH_NOT_THERE', 'CONFLICT', 'IDEMPOTENCY_KEY_REUSED'],
      handle: async ({ params, headers, body }, caller) => actAnswer(await shifts.reverseCashAct({ ...params, ...body, ...once(caller, headers) })),
    }),
    own.route({
      method: 'GET', path: '/shift-reports', operationId: 'readShiftReport', summary: { zh: '缴款日报：按班次，或按钱箱与日', en: 'The cashier\'s report of a shift, or of a till and day' }, access: 'shifts', request: { query: ReportQuery },
      answers: { 200: { zh: '缴款日报', en: 'The report', schema: ReportSchema } }, errors: ['NO_SUCH_ITEM'],
      async handle({ query }, caller) {
        const report = await readReport(shifts, query, caller);
        return report.kind === 'ok' ? ok(json(report.value)) : report;
      },
    }),
    own.route({
      method: 'GET', path: '/shift-reports.csv', operationId: 'downloadShiftReport', summary: { zh: '缴款日报（CSV，Excel 可直接打开）', en: 'The report as CSV for Excel' }, access: 'shifts', request: { query: ReportFileQuery },
      answers: { 200: { zh: '缴款日报', en: 'The file', contentType: 'text/csv', headers: { 'content-disposition': { zh: '文件名', en: 'File name' } } } }, errors: ['NO_SUCH_ITEM'],
      async handle({ query: { layout, ...query } }, caller) {
        const report = await readReport(shifts, query, caller);
        if (report.kind !== 'ok') return report;
        const name = `jkrb-${report.value.shiftNos.join('-').slice(0, 60)}-${layout}.csv`;
        return ok(bytes('text/csv; charset=utf-8', shiftReportCsv(report.value, layout), { 'content-disposition': `attachment; filename="${name}"` }));
      },
    }),
  ];
}

/** Who may not read all money sees his own till, by the staff number of his account; without one he sees nothing. */
function callerOf({ login, operatorId, rights }: ConsoleCaller): ShiftCaller {
  return { by: login, ...(operatorId === undefined ? {} : { operatorId }), ...(rights.includes('read') ? {} : { ownTill: `operator:${operatorId ?? ''}` }) };
}

function readReport(shifts: ConsoleApiPorts['shifts'], { shiftNo, tillNo, day }: { readonly shiftNo?: string; readonly tillNo?: string; readonly day?: string }, caller: ConsoleCaller): ReturnType<ConsoleApiPorts['shifts']['readShiftReport']> {
  const wanted: ReportWanted | undefined = shiftNo !== undefined && tillNo === undefined && day === undefined ? { shiftNo } : shiftNo === undefined && tillNo !== undefined && day !== undefined ? { tillNo, day } : undefined;
  return wanted === undefined ? Promise.resolve(refused('MALFORMED_REQUEST', { zh: '请给出班次号，或钱箱号与日期', en: 'query: shiftNo, or tillNo and day' })) : shifts.readShiftReport({ wanted, caller: callerOf(caller) });
}

function actAnswer(done: Outcome<CashAct>): Outcome<Answer> {
  return done.kind === 'ok' ? ok(json({ act: viewCashAct(done.value) })) : done;
}
