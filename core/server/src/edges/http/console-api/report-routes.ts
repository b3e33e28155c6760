/** Reports (报表): the catalogue, pages of one, and exports as jobs whose file is for the one who asked. */
import { ok } from '../../../domain/errors.js';
import type { Cell, ReportExport, ReportView } from '../../../reports/ports.js';
import { json, stream } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { ExportAnswerSchema, ExportListSchema, ExportPath, ExportRequestSchema, ReportListSchema, ReportPath, ReportQuery, ReportRowsSchema } from './report-schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const PAGE_ROWS = 50;
const EXPORT = { zh: '导出', en: 'The export', schema: ExportAnswerSchema };
/** A browser keeps the file under its name and shows nothing of it. */
const FILE = 'application/octet-stream';

export function reportRoutes({ reports }: Pick<ConsoleApiPorts, 'reports'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/reports', operationId: 'listReports', summary: { zh: '报表目录', en: 'The catalogue of reports' }, access: 'read',
      answers: { 200: { zh: '目录', en: 'The catalogue', schema: ReportListSchema } }, errors: [],
      handle: () => ok(json({ reports: reports.list().map(viewReport) })),
    }),
    own.route({
      method: 'GET', path: '/reports/{report}/rows', operationId: 'readReport', summary: { zh: '报表数据（一页）', en: 'One page of a report' }, access: 'read', request: { params: ReportPath, query: ReportQuery },
      answers: { 200: { zh: '一页数据', en: 'One page', schema: ReportRowsSchema } }, errors: ['NO_SUCH_ITEM', 'REPORT_TIME_TOO_LONG', 'REPORT_UNREADABLE'],
      async handle({ params, query: { limit = PAGE_ROWS, ...query } }) {
        const answer = await reports.read({ ...params, ...query, limit });
        if (answer.kind === 'refused') return answer;
        const { rows, totals, next, behind } = answer.value;
        return ok(json({ rows: rows.map(viewCells), ...(totals === undefined ? {} : { totals: viewCells(totals) }), ...(next === undefined ? {} : { next }), behind }));
      },
    }),
    own.route({
      method: 'POST', path: '/report-exports', operationId: 'startReportExport', summary: { zh: '导出报表（后台任务）', en: 'Export a report, as a job' }, access: 'read', request: { body: ExportRequestSchema },
      answers: { 200: EXPORT }, errors: ['NO_SUCH_ITEM', 'REPORT_TIME_TOO_LONG', 'TOO_MANY_EXPORTS'],
      async handle({ body: { report, format, ...values } }, { login }) {
        const begun = await reports.startExport({ report, format, values, by: login });
        return begun.kind === 'refused' ? begun : ok(json({ export: viewExport(begun.value) }));
      },
    }),
    own.route({
      method: 'GET', path: '/report-exports', operationId: 'listReportExports', summary: { zh: '本人的导出', en: 'One\'s own exports, newest first' }, access: 'read',
      answers: { 200: { zh: '导出', en: 'The exports', schema: ExportListSchema } }, errors: [],
      handle: (_request, { login }) => ok(json({ exports: reports.listExports({ by: login }).map(viewExport) })),
    }),
    own.route({
      method: 'DELETE', path: '/report-exports/{id}', operationId: 'cancelReportExport', summary: { zh: '取消导出，或删除其文件', en: 'End an export, or throw its file away' }, access: 'read', request: { params: ExportPath },
      answers: { 200: EXPORT }, errors: ['NO_SUCH_ITEM'],
      async handle({ params: { id } }, { login }) {
        const cancelled = await reports.cancelExport({ id, by: login });
        return cancelled.kind === 'refused' ? cancelled : ok(json({ export: viewExport(cancelled.value) }));
      },
    }),
    own.route({
      method: 'GET', path: '/report-exports/{id}/file', operationId: 'downloadReportExport', summary: { zh: '下载导出的文件', en: 'The file of an export' }, access: 'read', request: { params: ExportPath },
      answers: { 200: { zh: 'CSV 或 Excel 文件', en: 'CSV or Excel', contentType: FILE, headers: { 'content-disposition': { zh: '文件名', en: 'File name' } } } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params: { id } }, { login }) {
        const opened = await reports.openExport({ id, by: login });
        if (opened.kind === 'refused') return opened;
        const { export: { fileName }, content } = opened.value;
        return ok(stream(FILE, content, { 'content-disposition': `attachment; filename="${fileName}"` }));
      },
    }),
  ];
}

function viewReport({ id, group, title, note, parameters, mostDays, isPaged, columns }: ReportView) {
  return {
    id, group, title, ...(note === undefined ? {} : { note }), splits: parameters.flatMap((known) => (known.name === 'by' ? known.of : [])), units: parameters.flatMap((known) => (known.name === 'unit' ? known.of : [])),
    byChannel: parameters.some(({ name }) => name === 'channel'), byMethod: parameters.some(({ name }) => name === 'method'), mostDays, isPaged,
    columns: columns.map(({ words, ...column }) => ({ ...column, ...(words === undefined ? {} : { words: Object.entries(words).map(([code, word]) => ({ code, ...word })) }) })),
  };
}
function viewCells(cells: readonly Cell[]): (string | number)[] {
  return cells.map((cell) => cell ?? '');
}
export function viewExport({ values: { from, to }, by: _by, ...rest }: ReportExport) {
  return { ...rest, from, to };
}
