/** 商户管理控制台: what one merchant took. Each answer is held to the merchant the caller is bound to; no request has a field for another. */
import { ok, refused, type Outcome } from '../../../domain/errors.js';
import type { KeptStatementFile } from '../../../statement-files/ports.js';
import type { ReportExport } from '../../../reports/ports.js';
import { json, stream, type Answer } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { MerchantFigureQuery, MerchantFiguresSchema, MerchantOrderPath, MerchantOrderSchema, MerchantPaymentPageSchema, MerchantPaymentQuery, MerchantSettlementSchema } from '../payment-api/merchant-schemas.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import { MerchantExportRequestSchema, MerchantSchema, MerchantStatementListSchema, MerchantStatementPath, MerchantStatementVersion } from './merchant-schemas.js';
import type { ConsoleApiPorts } from './ports.js';
import { viewExport } from './report-routes.js';
import { ExportAnswerSchema, ExportListSchema, ExportPath } from './report-schemas.js';
import { StatementRangeSchema } from './statement-file-schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const EXPORT = { zh: '导出', en: 'The export', schema: ExportAnswerSchema };
const FILE = 'application/octet-stream';
const answer = <Value>(outcome: Outcome<Value>): Outcome<Answer> => (outcome.kind === 'ok' ? ok(json(outcome.value)) : outcome);
const answerExport = (outcome: Outcome<ReportExport>): Outcome<Answer> => (outcome.kind === 'ok' ? ok(json({ export: viewExport(outcome.value) })) : outcome);

export function merchantRoutes({ merchants }: Pick<ConsoleApiPorts, 'merchants'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/merchant', operationId: 'readMerchant', summary: { zh: '本商户', en: 'The merchant the caller is bound to' }, access: 'merchant',
      answers: { 200: { zh: '商户', en: 'The merchant', schema: MerchantSchema } }, errors: [],
      handle: (_request, caller) => withMerchant(caller, (merchantNo) => ok(json(merchants.read({ merchantNo })))),
    }),
    own.route({
      method: 'GET', path: '/merchant/payments', operationId: 'listMerchantPayments', summary: { zh: '本商户流水', en: 'Payments of the merchant, newest first' }, access: 'merchant', request: { query: MerchantPaymentQuery },
      answers: { 200: { zh: '一页流水', en: 'One page', schema: MerchantPaymentPageSchema } }, errors: [],
      handle: ({ query }, caller) => withMerchant(caller, async (merchantNo) => answer(await merchants.listPayments({ ...query, merchantNo }))),
    }),
    own.route({
      method: 'GET', path: '/merchant/orders/{tradeNo}', operationId: 'readMerchantOrder', summary: { zh: '订单中属于本商户的支付与退款', en: 'An order, with the merchant\'s own part of it' }, access: 'merchant', request: { params: MerchantOrderPath },
      answers: { 200: { zh: '订单', en: 'The order', schema: MerchantOrderSchema } }, errors: ['ORDER_NOT_FOUND'],
      handle: ({ params }, caller) => withMerchant(caller, async (merchantNo) => answer(await merchants.findOrder({ ...params, merchantNo }))),
    }),
    own.route({
      method: 'GET', path: '/merchant/figures', operationId: 'readMerchantFigures', summary: { zh: '本商户日、月汇总', en: 'Sums of the merchant by day or month' }, access: 'merchant', request: { query: MerchantFigureQuery },
      answers: { 200: { zh: '汇总', en: 'The sums', schema: MerchantFiguresSchema } }, errors: [],
      handle: ({ query }, caller) => withMerchant(caller, async (merchantNo) => answer(await merchants.readFigures({ ...query, merchantNo }))),
    }),
    own.route({
      method: 'GET', path: '/merchant/settlement', operationId: 'readMerchantSettlement', summary: { zh: '本商户到账与结算', en: 'What of the merchant\'s money is on its way, arrived and was settled' }, access: 'merchant',
      answers: { 200: { zh: '到账与结算', en: 'Arrivals and batches', schema: MerchantSettlementSchema } }, errors: [],
      handle: (_request, caller) => withMerchant(caller, async (merchantNo) => ok(json(await merchants.readSettlement({ merchantNo })))),
    }),
    own.route({
      method: 'GET', path: '/merchant/statement-files', operationId: 'listMerchantStatementFiles', summary: { zh: '本商户对账文件，含所有版本', en: 'Statement files of the merchant, with all versions' }, access: 'merchant', request: { query: StatementRangeSchema },
      answers: { 200: { zh: '对账文件', en: 'The files', schema: MerchantStatementListSchema } }, errors: [],
      handle: ({ query: { from, to } }, caller) => withMerchant(caller, (merchantNo) => {
        const files = merchants.listStatements({ merchantNo, from, to });
        return files.kind === 'refused' ? files : ok(json({ files: files.value.map(onScreen) }));
      }),
    }),
    own.route({
      method: 'GET', path: '/merchant/statement-files/{day}/file', operationId: 'downloadMerchantStatementFile', summary: { zh: '下载本商户对账文件', en: 'A statement file of the merchant' }, access: 'merchant', request: { params: MerchantStatementPath, query: MerchantStatementVersion },
      answers: { 200: { zh: 'CSV 文件', en: 'CSV', contentType: 'text/csv', headers: { 'content-disposition': { zh: '文件名', en: 'File name' } } } }, errors: ['STATEMENT_NOT_READY', 'NO_SUCH_ITEM'],
      handle: ({ params: { day }, query: { version } }, caller) => withMerchant(caller, async (merchantNo) => {
        const opened = await merchants.openStatement({ merchantNo, day, version, by: caller.login });
        return opened.kind === 'refused' ? opened : ok(stream('text/csv; charset=utf-8', opened.value.content, { 'content-disposition': `attachment; filename="${opened.value.file.fileName}"` }));
      }),
    }),
    own.route({
      method: 'POST', path: '/merchant/exports', operationId: 'startMerchantExport', summary: { zh: '导出本商户交易明细（后台任务）', en: 'Export the merchant\'s transactions, as a job' }, access: 'merchant', request: { body: MerchantExportRequestSchema },
      answers: { 200: EXPORT }, errors: ['NO_SUCH_ITEM', 'REPORT_TIME_TOO_LONG', 'TOO_MANY_EXPORTS'],
      handle: ({ body: { from, to, format } }, caller) => withMerchant(caller, async (merchantNo) => answerExport(await merchants.startExport({ merchantNo, from, to, format, by: caller.login }))),
    }),
    own.route({
      method: 'GET', path: '/merchant/exports', operationId: 'listMerchantExports', summary: { zh: '本人的导出', en: 'One\'s own exports, newest first' }, access: 'merchant',
      answers: { 200: { zh: '导出', en: 'The exports', schema: ExportListSchema } }, errors: [],
      handle: (_request, caller) => withMerchant(caller, (merchantNo) => ok(json({ exports: merchants.listExports({ merchantNo, by: caller.login }).map(viewExport) }))),
    }),
    own.route({
      method: 'DELETE', path: '/merchant/exports/{id}', operationId: 'cancelMerchantExport', summary: { zh: '取消导出，或删除其文件', en: 'End an export, or throw its file away' }, access: 'merchant', request: { params: ExportPath },
      answers: { 200: EXPORT }, errors: ['NO_SUCH_ITEM'],
      handle: ({ params: { id } }, caller) => withMerchant(caller, async (merchantNo) => answerExport(await merchants.cancelExport({ merchantNo, id, by: caller.login }))),
    }),
    own.route({
      method: 'GET', path: '/merchant/exports/{id}/file', operationId: 'downloadMerchantExport', summary: { zh: '下载导出的文件', en: 'The file of an export' }, access: 'merchant', request: { params: ExportPath },
      answers: { 200: { zh: 'CSV 或 Excel 文件', en: 'CSV or Excel', contentType: FILE, headers: { 'content-disposition': { zh: '文件名', en: 'File name' } } } }, errors: ['NO_SUCH_ITEM'],
      handle: ({ params: { id } }, caller) => withMerchant(caller, async (merchantNo) => {
        const opened = await merchants.openExport({ merchantNo, id, by: caller.login });
        return opened.kind === 'refused' ? opened : ok(stream(FILE, opened.value.content, { 'content-disposition': `attachment; filename="${opened.value.export.fileName}"` }));
      }),
    }),
  ];
}

/** The merchant comes from the user's row as it is now; whoever has the right has one (`rightsOfUser`). */
function withMerchant({ merchantNo }: ConsoleCaller, work: (merchantNo: string) => Outcome<Answer> | Promise<Outcome<Answer>>): Outcome<Answer> | Promise<Outcome<Answer>> {
  return merchantNo === undefined ? refused('NOT_PERMITTED', { zh: '该用户没有绑定商户号', en: 'the user is bound to no merchant' }) : work(merchantNo);
}

function onScreen({ day, version, fileName, payments, paymentFen, refunds, refundFen, bytes, sha256, madeAt }: KeptStatementFile) {
  return { day, version, fileName, payments, paymentFen, refunds, refundFen, bytes, sha256, madeAt };
}
