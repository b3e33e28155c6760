/** 门诊预交金清退: one person proposes a run, another one decides it. 转账登记: what no order can give back, and how the bank paid it. */
import { ok } from '../../../domain/errors.js';
import type { HandTransfer } from '../../../domain/hand-transfer.js';
import { redactText } from '../../../domain/sensitive.js';
import { bytes, json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { prepaymentRunCsv } from './prepayment-run-csv.js';
import { PlainFileRequestSchema } from './reveal-schemas.js';
import { PrepaymentRunDecisionSchema, PrepaymentRunListQuery, PrepaymentRunListSchema, PrepaymentRunPath, PrepaymentRunPauseSchema, PrepaymentRunProposalSchema, PrepaymentRunSchema, TransferDecisionSchema, TransferDraftSchema, TransferListSchema, TransferPath, TransferSchema } from './prepayment-schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const RUN = { zh: '清退批次', en: 'The run', schema: PrepaymentRunSchema };
const TRANSFER = { zh: '转账登记', en: 'The transfer', schema: TransferSchema };
const MOST_RUNS = 20;

export function prepaymentRoutes({ prepayment, transfers, audit, reveals }: Pick<ConsoleApiPorts, 'prepayment' | 'transfers' | 'audit' | 'reveals'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/prepayment/runs', operationId: 'listPrepaymentRuns', summary: { zh: '清退批次', en: 'Runs that return prepayment accounts, newest first' }, access: 'read', request: { query: PrepaymentRunListQuery },
      answers: { 200: { zh: '清退批次', en: 'The runs', schema: PrepaymentRunListSchema } }, errors: [],
      handle: async ({ query: { limit = MOST_RUNS } }) => ok(json({ runs: await prepayment.listRuns({ limit }) })),
    }),
    own.route({
      method: 'GET', path: '/prepayment/runs/{runNo}', operationId: 'readPrepaymentRun', summary: { zh: '一个清退批次', en: 'One run' }, access: 'read', request: { params: PrepaymentRunPath },
      answers: { 200: RUN }, errors: ['NO_SUCH_ITEM'],
      async handle({ params: { runNo } }) {
        const run = await prepayment.findRun({ runNo });
        return run.kind === 'ok' ? ok(json(run.value)) : run;
      },
    }),
    own.route({
      method: 'GET', path: '/prepayment/runs/{runNo}/returns.csv', operationId: 'downloadPrepaymentRun', summary: { zh: '清退明细（CSV，患者编号脱敏）', en: 'The accounts of a run as CSV for Excel, patient numbers masked' }, access: 'read', request: { params: PrepaymentRunPath },
      answers: { 200: { zh: '清退明细', en: 'The file', contentType: 'text/csv', headers: { 'content-disposition': { zh: '文件名', en: 'File name' } } } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params: { runNo } }) {
        const run = await prepayment.findRun({ runNo });
        return run.kind === 'ok' ? ok(bytes('text/csv; charset=utf-8', prepaymentRunCsv(run.value), { 'content-disposition': `attachment; filename="qingtui-${runNo}.csv"` })) : run;
      },
    }),
    own.route({
      method: 'POST', path: '/prepayment/runs/{runNo}/plain-returns', operationId: 'downloadPlainPrepaymentRun', summary: { zh: '清退明细，含完整患者编号（CSV；须填原因，先记审计日志）', en: 'The same with whole patient numbers, for whoever pays by bank; the reason is in the audit log first' }, access: 'reveal',
      request: { params: PrepaymentRunPath, body: PlainFileRequestSchema },
      answers: { 200: { zh: '清退明细', en: 'The file', contentType: 'text/csv', headers: { 'content-disposition': { zh: '文件名', en: 'File name' } } } }, errors: ['NO_SUCH_ITEM', 'REVEAL_LIMIT_REACHED'],
      async handle({ params: { runNo }, body }, { login }) {
        const file = await reveals.revealFile({
          ...body, by: login, object: `run ${runNo}`, fields: ['patientId'],
          async make() {
            const run = await prepayment.findRun({ runNo });
            if (run.kind === 'refused') return run;
            const patients = await prepayment.patientsOf({ runNo });
            return ok({ file: prepaymentRunCsv(run.value, patients), persons: patients.size });
          },
        });
        return file.kind === 'ok' ? ok(bytes('text/csv; charset=utf-8', file.value, { 'content-disposition': `attachment; filename="qingtui-${runNo}.csv"` })) : file;
      },
    }),
    own.route({
      method: 'POST', path: '/prepayment/runs', operationId: 'proposePrepaymentRun', summary: { zh: '提出清退批次（尚不动账）', en: 'Propose a run; nothing is taken off any account yet' }, access: 'refund', request: { body: PrepaymentRunProposalSchema },
      answers: { 200: RUN }, errors: ['NOTHING_TO_RETURN', 'HIS_UNAVAILABLE', 'FUNCTION_NOT_OFFERED', 'CONFLICT'],
      async handle({ body: { title, patientIds } }, { login }) {
        const run = await prepayment.proposeRun({ title, patientIds, by: login });
        if (run.kind === 'refused') return run;
        const { runNo, hash, totalFen } = run.value;
        await audit.record({ who: login, what: 'prepayment.propose', object: `run ${runNo}`, after: { hash, totalFen }, reason: title });
        return ok(json(run.value));
      },
    }),
    own.route({
      method: 'POST', path: '/prepayment/runs/{runNo}/decisions', operationId: 'decidePrepaymentRun', summary: { zh: '审批清退批次（须由他人）', en: 'Approve or reject a run; never one’s own' }, access: 'refund', request: { params: PrepaymentRunPath, body: PrepaymentRunDecisionSchema },
      answers: { 200: RUN }, errors: ['NO_SUCH_ITEM', 'SECOND_PERSON_NEEDED', 'APPROVAL_OVER', 'CONFLICT'],
      async handle({ params: { runNo }, body: { hash, decision, reason } }, { login }) {
        const run = await prepayment.decideRun({ runNo, hash, isApproved: decision === 'approve', by: login });
        if (run.kind === 'refused') return run;
        await audit.record({ who: login, what: `prepayment.${decision}`, object: `run ${runNo}`, after: { hash, totalFen: run.value.totalFen }, reason });
        return ok(json(run.value));
      },
    }),
    own.route({
      method: 'POST', path: '/prepayment/runs/{runNo}/pauses', operationId: 'pausePrepaymentRun', summary: { zh: '暂停或继续清退批次', en: 'Pause an approved run, or go on with it' }, access: 'refund', request: { params: PrepaymentRunPath, body: PrepaymentRunPauseSchema },
      answers: { 200: RUN }, errors: ['NO_SUCH_ITEM', 'CONFLICT'],
      async handle({ params: { runNo }, body: { wish, reason } }, { login }) {
        const run = await prepayment.pauseRun({ runNo, isPaused: wish === 'pause' });
        if (run.kind === 'refused') return run;
        await audit.record({ who: login, what: `prepayment.${wish}`, object: `run ${runNo}`, reason });
        return ok(json(run.value));
      },
    }),
    own.route({
      method: 'GET', path: '/transfers', operationId: 'listTransfers', summary: { zh: '待转账与转账登记', en: 'What is to be transferred, and transfers that were recorded' }, access: 'read',
      answers: { 200: { zh: '转账', en: 'The transfers', schema: TransferListSchema } }, errors: [],
      async handle() {
        const { due, recorded } = await transfers.listTransfers();
        return ok(json({ due: due.map(({ waiting, ...owed }) => ({ ...owed, ...(waiting === undefined ? {} : { waiting: onScreen(waiting) }) })), recorded: recorded.map(onScreen) }));
      },
    }),
    own.route({
      method: 'POST', path: '/transfers', operationId: 'recordTransfer', summary: { zh: '登记转账（另一人确认后结案）', en: 'Record a transfer the bank has made; another person confirms it' }, access: 'refund', request: { body: TransferDraftSchema },
      answers: { 200: TRANSFER }, errors: ['NO_SUCH_ITEM', 'AMOUNT_DIFFERS', 'CONFLICT'],
      async handle({ body }, { login }) {
        const recorded = await transfers.recordTransfer({ ...body, by: login });
        return recorded.kind === 'ok' ? ok(json(onScreen(recorded.value))) : recorded;
      },
    }),
    own.route({
      method: 'POST', path: '/transfers/{transferNo}/decisions', operationId: 'decideTransfer', summary: { zh: '确认或退回转账登记（须由他人确认）', en: 'Confirm or reject a recorded transfer; never one’s own' }, access: 'refund', request: { params: TransferPath, body: TransferDecisionSchema },
      answers: { 200: TRANSFER }, errors: ['NO_SUCH_ITEM', 'SECOND_PERSON_NEEDED', 'APPROVAL_OVER', 'CONFLICT'],
      async handle({ params, body: { decision, ...shown } }, { login }) {
        const decided = await transfers.decideTransfer({ ...params, ...shown, isConfirmed: decision === 'confirm', by: login });
        return decided.kind === 'ok' ? ok(json(onScreen(decided.value))) : decided;
      },
    }),
  ];
}

/** What people wrote may name anybody. */
function onScreen(transfer: HandTransfer): HandTransfer {
  return transfer.reason === undefined ? transfer : { ...transfer, reason: redactText(transfer.reason) };
}
