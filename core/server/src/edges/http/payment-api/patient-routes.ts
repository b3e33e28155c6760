/** Files and cards of patients, reports, prices, queues, guide sheets: asked of the HIS as they are. Whether an application acts for its user is its own duty, as with bills. */
import type { Application, Permission } from '../../../applications/ports.js';
import { ok, refused, type Outcome } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import {
  CardCheckAnswerSchema, CardSearchSchema, ChangedPatientSchema, FunctionListSchema, GuideCodeSchema, GuidedVisitAnswerSchema, NewPatientBodySchema, PatientChangeBodySchema, PatientFileAnswerSchema, PriceListSchema, PriceQuerySchema,
  QueuePlaceListSchema, QueueSearchSchema, ReadReportSchema, ReportListSchema, ReportRequestSchema, ReportSearchSchema,
} from './patient-schemas.js';
import { tenantOf } from './owner-of.js';
import type { PaymentUseCases } from './payment-api-ports.js';

const { route } = routesFor<Permission, Application>();
const ASKED = ['FUNCTION_NOT_OFFERED', 'HIS_UNAVAILABLE', 'HIS_REJECTED'] as const;

export function patientRoutes(useCases: PaymentUseCases): Route<Permission, Application>[] {
  return [
    route({
      method: 'GET', path: '/functions', operationId: 'listFunctions', summary: { zh: '本院已开通的功能', en: 'Operations this hospital offers' },
      description: { zh: '未列出的功能返回 FUNCTION_NOT_OFFERED，请勿展示入口', en: 'What is not listed is refused with FUNCTION_NOT_OFFERED: show no button for it' },
      access: 'read', answers: { 200: { zh: '功能', en: 'Functions', schema: FunctionListSchema } }, errors: ['HIS_UNAVAILABLE'],
      handle: (_request, { hospitalId }) => Promise.resolve(whole(listFunctions(useCases.offeredFunctions(hospitalId)))),
    }),
    ...fileRoutes(useCases),
    ...informationRoutes(useCases),
  ];
}

function fileRoutes(useCases: PaymentUseCases): Route<Permission, Application>[] {
  return [
    route({
      method: 'POST', path: '/patients', operationId: 'createPatient', summary: { zh: '建档', en: 'Make a file for a patient' },
      description: { zh: '同一证件重复提交得到同一档案；14 岁以下须填监护人姓名与身份证号', en: 'The same person again finds the same file; a child under fourteen needs a guardian with an identity number' },
      access: 'pay', request: { body: NewPatientBodySchema }, answers: { 200: { zh: '档案', en: 'The file', schema: PatientFileAnswerSchema } }, errors: [...ASKED],
      handle: async ({ body }, application) => whole(await useCases.createPatient({ ...body, hospitalId: application.hospitalId, by: tenantOf(application) })),
    }),
    route({
      method: 'POST', path: '/patients/changes', operationId: 'updatePatient', summary: { zh: '修改联系方式', en: 'Change phone and address' },
      access: 'pay', request: { body: PatientChangeBodySchema }, answers: { 200: { zh: '已修改', en: 'Changed', schema: ChangedPatientSchema } }, errors: [...ASKED],
      handle: async ({ body }, application) => whole(await useCases.updatePatient({ ...body, hospitalId: application.hospitalId, by: tenantOf(application) })),
    }),
    route({
      method: 'POST', path: '/cards/check', operationId: 'checkCard', summary: { zh: '查询卡状态', en: 'Whether a card is valid, lost or cancelled' },
      access: 'read', request: { body: CardSearchSchema }, answers: { 200: { zh: '卡状态', en: 'The card', schema: CardCheckAnswerSchema } }, errors: [...ASKED],
      handle: async ({ body }, { hospitalId }) => whole(await useCases.checkCard({ ...body, hospitalId })),
    }),
  ];
}

function informationRoutes(useCases: PaymentUseCases): Route<Permission, Application>[] {
  return [
    route({
      method: 'POST', path: '/reports/search', operationId: 'searchReports', summary: { zh: '检验检查报告列表', en: 'Reports of a patient' },
      access: 'read', request: { body: ReportSearchSchema }, answers: { 200: { zh: '报告', en: 'Reports', schema: ReportListSchema } }, errors: [...ASKED],
      handle: ({ body }, { hospitalId }) => named('reports', useCases.listReports({ ...body, hospitalId })),
    }),
    route({
      method: 'POST', path: '/reports/read', operationId: 'readReport', summary: { zh: '报告内容', en: 'One report' },
      description: { zh: '仅能读取该患者所列日期内的报告', en: 'Only a report of the patient’s own list of these days' },
      access: 'read', request: { body: ReportRequestSchema }, answers: { 200: { zh: '报告内容', en: 'The report', schema: ReadReportSchema } }, errors: ['NO_SUCH_ITEM', 'REPORT_NOT_RELEASED', ...ASKED],
      handle: async ({ body }, { hospitalId }) => whole(await useCases.readReport({ ...body, hospitalId })),
    }),
    route({
      method: 'GET', path: '/prices', operationId: 'listPrices', summary: { zh: '价格查询', en: 'Prices of drugs and services' },
      access: 'read', request: { query: PriceQuerySchema }, answers: { 200: { zh: '价格（分）', en: 'Prices, integer fen', schema: PriceListSchema } }, errors: [...ASKED],
      handle: ({ query }, { hospitalId }) => named('prices', useCases.listPrices({ ...query, hospitalId })),
    }),
    route({
      method: 'POST', path: '/queues/search', operationId: 'searchQueues', summary: { zh: '排队位置', en: 'Places of a patient in queues' },
      access: 'read', request: { body: QueueSearchSchema }, answers: { 200: { zh: '排队', en: 'Places', schema: QueuePlaceListSchema } }, errors: [...ASKED],
      handle: ({ body }, { hospitalId }) => named('places', useCases.queuePlaces({ ...body, hospitalId })),
    }),
    route({
      method: 'POST', path: '/guides/resolve', operationId: 'resolveGuideCode', summary: { zh: '导诊单码', en: 'Who stands behind the code of a guide sheet' },
      access: 'read', request: { body: GuideCodeSchema }, answers: { 200: { zh: '就诊', en: 'The visit', schema: GuidedVisitAnswerSchema } }, errors: [...ASKED],
      handle: async ({ body }, { hospitalId }) => whole(await useCases.resolveGuideCode({ ...body, hospitalId })),
    }),
  ];
}

function listFunctions(functions: readonly string[] | undefined): Outcome<object> {
  return functions === undefined ? refused('HIS_UNAVAILABLE') : ok({ functions });
}
function whole(outcome: Outcome<object>) {
  return outcome.kind === 'ok' ? ok(json(outcome.value)) : outcome;
}
/** A list is answered under its own name. */
async function named(name: string, asked: Promise<Outcome<readonly unknown[]>>) {
  const listed = await asked;
  return listed.kind === 'ok' ? ok(json({ [name]: listed.value })) : listed;
}
