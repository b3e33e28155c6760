/** Numbered forms (票据): bought, handed out, returned; the register of runs (票据领用登记簿), and numbers made void or confirmed by finance. */
import { ok, type Outcome } from '../../../domain/errors.js';
import { formNumber, type FormBatch, type FormNumber, type FormRun } from '../../../domain/numbered-form.js';
import { bytes, json, type Answer } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { KeyHeaderSchema } from '../payment-api/schemas.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import { formRegisterCsv } from './form-register-csv.js';
import {
  FormBatchAnswerSchema, FormBatchListSchema, FormHandOutSchema, FormNumberAnswerSchema, FormNumberListSchema, FormNumberPath, FormRegistrationSchema, FormReturnSchema, FormRunAnswerSchema, FormRunFilter, FormRunListSchema,
  FormRunPath, FormVoidSchema,
} from './form-schemas.js';
import type { ConsoleApiPorts } from './ports.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const RUN = { zh: '领用号段', en: 'The run', schema: FormRunAnswerSchema };
const NUMBER = { zh: '票据号', en: 'The number', schema: FormNumberAnswerSchema };

export function formRoutes({ forms }: Pick<ConsoleApiPorts, 'forms'>): Route<ConsoleAccess, ConsoleCaller>[] {
  const once = ({ login }: ConsoleCaller, headers: { readonly 'idempotency-key': string }) => ({ by: login, asked: { tenant: `user/${login}`, key: headers['idempotency-key'] } });
  return [
    own.route({
      method: 'GET', path: '/forms/batches', operationId: 'listFormBatches', summary: { zh: '票据入库与库存', en: 'Forms that were bought, and what is in store' }, access: 'read',
      answers: { 200: { zh: '入库批次', en: 'Newest first', schema: FormBatchListSchema } }, errors: [],
      handle: async () => ok(json({ batches: (await forms.listFormBatches()).map(viewBatch) })),
    }),
    own.route({
      method: 'POST', path: '/forms/batches', operationId: 'registerForms', summary: { zh: '票据入库', en: 'Register forms that were bought' }, access: 'cash', request: { headers: KeyHeaderSchema, body: FormRegistrationSchema },
      answers: { 200: { zh: '已入库', en: 'Registered', schema: FormBatchAnswerSchema } }, errors: ['FORMS_KNOWN', 'IDEMPOTENCY_KEY_REUSED'],
      async handle({ headers, body }, caller) {
        const done = await forms.registerForms({ ...body, ...once(caller, headers) });
        return done.kind === 'ok' ? ok(json({ batch: viewBatch(done.value) })) : done;
      },
    }),
    own.route({
      method: 'GET', path: '/forms/runs', operationId: 'listFormRuns', summary: { zh: '票据领用登记簿', en: 'The register of runs, newest first' }, access: 'read', request: { query: FormRunFilter },
      answers: { 200: { zh: '领用号段', en: 'The runs', schema: FormRunListSchema } }, errors: [],
      handle: async ({ query }) => ok(json({ runs: (await forms.listFormRuns(query)).map(viewRun) })),
    }),
    own.route({
      method: 'GET', path: '/forms/register.csv', operationId: 'downloadFormRegister', summary: { zh: '票据领用登记簿（CSV，Excel 可直接打开）', en: 'The register as CSV for Excel' }, access: 'read', request: { query: FormRunFilter },
      answers: { 200: { zh: '登记簿', en: 'The file', contentType: 'text/csv', headers: { 'content-disposition': { zh: '文件名', en: 'File name' } } } }, errors: [],
      async handle({ query }) {
        const runs = await forms.listFormRuns(query);
        const voids = await Promise.all(runs.map(async ({ runNo }) => (await forms.listFormNumbers({ runNo })).filter(({ state }) => state === 'void').map(({ number }) => number)));
        return ok(bytes('text/csv; charset=utf-8', formRegisterCsv(runs, voids), { 'content-disposition': 'attachment; filename="piaoju-dengjibu.csv"' }));
      },
    }),
    own.route({
      method: 'POST', path: '/forms/runs', operationId: 'handOutForms', summary: { zh: '领用：库存里最小的连续号段', en: 'Hand the lowest free numbers that lie together out to a till' }, access: 'cash', request: { headers: KeyHeaderSchema, body: FormHandOutSchema },
      answers: { 200: RUN }, errors: ['NO_SUCH_ITEM', 'FORMS_NOT_THERE', 'IDEMPOTENCY_KEY_REUSED'],
      handle: async ({ headers, body }, caller) => runAnswer(await forms.handOutForms({ ...body, ...once(caller, headers) })),
    }),
    own.route({
      method: 'POST', path: '/forms/runs/{runNo}/returns', operationId: 'returnForms', summary: { zh: '交回未用的票据', en: 'What was not used goes back into the store' }, access: 'cash', request: { params: FormRunPath, body: FormReturnSchema },
      answers: { 200: RUN }, errors: ['NO_SUCH_ITEM', 'FORM_NOT_NEXT', 'CONFLICT'],
      handle: async ({ params, body }, { login }) => runAnswer(await forms.returnForms({ ...params, ...body, by: login })),
    }),
    own.route({
      method: 'GET', path: '/forms/runs/{runNo}/numbers', operationId: 'listFormNumbers', summary: { zh: '号段内每个号码的去向', en: 'What became of each number of a run' }, access: 'read', request: { params: FormRunPath },
      answers: { 200: { zh: '号码', en: 'The numbers', schema: FormNumberListSchema } }, errors: [],
      handle: async ({ params }) => ok(json({ numbers: (await forms.listFormNumbers(params)).map(viewNumber) })),
    }),
    own.route({
      method: 'POST', path: '/forms/runs/{runNo}/numbers/{number}/voids', operationId: 'voidFormNumber', summary: { zh: '作废票据号（不可撤销，写明原因）', en: 'Make a number void, for ever, with the reason' }, access: 'cash', request: { params: FormNumberPath, body: FormVoidSchema },
      answers: { 200: NUMBER }, errors: ['NO_SUCH_ITEM', 'FORM_NOT_NEXT'],
      handle: async ({ params, body }, { login }) => numberAnswer(await forms.voidForm({ ...params, ...body, caller: { by: login } })),
    }),
    own.route({
      method: 'POST', path: '/forms/runs/{runNo}/numbers/{number}/prints', operationId: 'confirmFormNumber', summary: { zh: '确认票据已打好', en: 'Confirm that the form was printed' }, access: 'cash', request: { params: FormNumberPath },
      answers: { 200: NUMBER }, errors: ['NO_SUCH_ITEM', 'FORM_VOID'],
      handle: async ({ params }, { login }) => numberAnswer(await forms.confirmForm({ ...params, caller: { by: login } })),
    }),
  ];
}

function runAnswer(run: Outcome<FormRun>): Outcome<Answer> {
  return run.kind === 'ok' ? ok(json({ run: viewRun(run.value) })) : run;
}
function numberAnswer(number: Outcome<FormNumber>): Outcome<Answer> {
  return number.kind === 'ok' ? ok(json({ number: viewNumber(number.value) })) : number;
}

function viewBatch({ batchNo, kind, medium, code, first, last, inStore, by, at, ...series }: FormBatch) {
  return { batchNo, kind, medium, code, firstNumber: formNumber(series, first), lastNumber: formNumber(series, last), count: last - first + 1, inStore, by, at };
}
function viewRun({ runNo, batchNo, kind, medium, code, tillNo, first, last, next, left, printed, void: voided, open, by, at, returnedBy, returnedAt, ...series }: FormRun) {
  return {
    runNo, batchNo, kind, medium, code, tillNo, firstNumber: formNumber(series, first), ...(last < first ? {} : { lastNumber: formNumber(series, last) }), ...(next === undefined ? {} : { nextNumber: formNumber(series, next) }),
    left, printed, void: voided, open, by, at, ...(returnedBy === undefined ? {} : { returnedBy }), ...(returnedAt === undefined ? {} : { returnedAt }),
  };
}
function viewNumber({ runNo, number, state, tradeNo, receiptNo, reason, by, at }: FormNumber) {
  return { runNo, number, state, by, at, ...(tradeNo === undefined ? {} : { tradeNo }), ...(receiptNo === undefined ? {} : { receiptNo }), ...(reason === undefined ? {} : { reason }) };
}
