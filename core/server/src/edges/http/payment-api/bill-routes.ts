/** From a card to a price: find the patient, list what is unpaid, quote it. */
import { ok } from '../../../domain/errors.js';
import type { Application, Permission } from '../../../applications/ports.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { ownerOf } from './owner-of.js';
import type { PaymentUseCases } from './payment-api-ports.js';
import { ApiQuoteSchema, BillListSchema, BillsSearchSchema, PatientListSchema, PatientSearchSchema, QuoteRequestSchema } from './schemas.js';

const { route } = routesFor<Permission, Application>();

export function billRoutes(useCases: PaymentUseCases): Route<Permission, Application>[] {
  return [
    route({
      method: 'POST',
      path: '/patients/search',
      operationId: 'searchPatients',
      summary: { zh: '按卡查询患者档案', en: 'Find the patient files of a card' },
      access: 'read',
      request: { body: PatientSearchSchema },
      answers: { 200: { zh: '档案（脱敏），一卡可能多档', en: 'Files, masked; one card may have several', schema: PatientListSchema } },
      errors: ['PATIENT_NOT_FOUND', 'HIS_UNAVAILABLE', 'HIS_REJECTED'],
      async handle({ body }, { hospitalId }) {
        const found = await useCases.findPatient({ hospitalId, cardType: body.cardType, cardNo: body.cardNo });
        return found.kind === 'ok' ? ok(json({ patients: found.value })) : found;
      },
    }),
    route({
      method: 'POST',
      path: '/bills/search',
      operationId: 'searchBills',
      summary: { zh: '查询待缴费单', en: 'List the unpaid bills of a patient' },
      description: { zh: '实时取自医院系统，不缓存；患者编号放在请求体中，不进入地址与日志', en: 'Always from the HIS, never cached; the patient id travels in the body, so it is in no address and no log' },
      access: 'read',
      request: { body: BillsSearchSchema },
      answers: { 200: { zh: '待缴费单', en: 'Unpaid bills', schema: BillListSchema } },
      errors: ['HIS_UNAVAILABLE', 'HIS_REJECTED'],
      async handle({ body }, { hospitalId }) {
        const listed = await useCases.listOpenBills({ hospitalId, patientId: body.patientId });
        return listed.kind === 'ok' ? ok(json({ bills: listed.value })) : listed;
      },
    }),
    route({
      method: 'POST',
      path: '/quotes',
      operationId: 'quoteBills',
      summary: { zh: '预结算', en: 'Quote bills' },
      description: { zh: '返回的 selfPayFen 是唯一可支付的金额，过期须重新预结算', en: 'selfPayFen is the only amount that can be paid; an expired quote is quoted again' },
      access: 'pay',
      request: { body: QuoteRequestSchema },
      answers: { 200: { zh: '预结算单', en: 'The quote', schema: ApiQuoteSchema } },
      errors: ['BILL_NOT_FOUND', 'HIS_UNAVAILABLE', 'HIS_REJECTED'],
      async handle({ body }, application) {
        const quoted = await useCases.quoteBills({
          hospitalId: application.hospitalId,
          owner: ownerOf(application),
          patientId: body.patientId,
          patientLabel: body.patientLabel ?? '',
          billNos: body.billNos,
        });
        return quoted.kind === 'ok' ? ok(json(quoted.value)) : quoted;
      },
    }),
  ];
}
