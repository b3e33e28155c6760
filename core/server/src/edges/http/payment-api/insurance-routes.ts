/** The medical insurance before money moves (医保): who is insured, what it pays, giving it up. */
import { Type } from 'typebox';
import type { Application, Permission } from '../../../applications/ports.js';
import { ok } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { ownerOf, tenantOf } from './owner-of.js';
import type { PaymentUseCases } from './payment-api-ports.js';
import { requestHash } from './request-hash.js';
import { InsuredPersonViewSchema, InsuredSearchSchema, KeyHeaderSchema, PresettlementNoSchema, PresettlementRequestBodySchema, PresettlementSchema } from './schemas.js';

const { route } = routesFor<Permission, Application>();
const PresettlementPath = Type.Object({ presettlementNo: PresettlementNoSchema }, { additionalProperties: false });
const PRESETTLEMENT = { zh: '医保预结算', en: 'The pre-settlement', schema: PresettlementSchema };

export function insuranceRoutes(useCases: PaymentUseCases): Route<Permission, Application>[] {
  return [
    route({
      method: 'POST',
      path: '/insurance/persons/search',
      operationId: 'findInsured',
      summary: { zh: '查询参保人', en: 'Find an insured person by a voucher' },
      description: { zh: '凭证放在请求体中，只转交医保中心，不保存', en: 'The voucher travels in the body, goes to the insurance centre and is not kept' },
      access: 'pay',
      request: { body: InsuredSearchSchema },
      answers: { 200: { zh: '参保人', en: 'The insured person', schema: InsuredPersonViewSchema } },
      errors: ['INSURANCE_UNAVAILABLE', 'INSURANCE_DECLINED'],
      async handle({ body }, application) {
        const found = await useCases.findInsured({ hospitalId: application.hospitalId, owner: ownerOf(application), ...body });
        return found.kind === 'ok' ? ok(json(found.value)) : found;
      },
    }),
    route({
      method: 'POST',
      path: '/insurance/presettlements',
      operationId: 'presettle',
      summary: { zh: '医保预结算', en: 'Pre-settle a quote with the medical insurance' },
      description: {
        zh: '就诊与费用取自医院系统。状态为 requested、unknown 或未收到应答时，用同一幂等键重发（凭证可换新）；不移动资金',
        en: 'Visit and fees come from the HIS. On state requested or unknown, or without an answer: send it again with the same key (the voucher may be a new one). No money moves',
      },
      access: 'pay',
      request: { headers: KeyHeaderSchema, body: PresettlementRequestBodySchema },
      answers: { 200: PRESETTLEMENT },
      errors: [
        'QUOTE_NOT_FOUND', 'QUOTE_EXPIRED', 'NOTHING_TO_PAY', 'BILL_NOT_FOUND', 'BILL_PRESETTLED', 'IDEMPOTENCY_KEY_REUSED', 'INSURANCE_UNAVAILABLE', 'INSURANCE_DECLINED', 'INSURANCE_TOTAL_DIFFERS',
        'NOTHING_INSURED', 'PRESETTLEMENT_NOT_FOUND', 'PRESETTLEMENT_NOT_OPEN', 'HIS_UNAVAILABLE', 'STOPPED_FOR_SAFETY',
      ],
      async handle({ headers, body }, application) {
        const { voucher: _voucher, ...rest } = body;
        const presettled = await useCases.presettle({
          ...body,
          owner: ownerOf(application),
          idempotency: { tenant: tenantOf(application), key: headers['idempotency-key'], requestHash: requestHash('POST', '/insurance/presettlements', rest) },
        });
        return presettled.kind === 'ok' ? ok(json(presettled.value)) : presettled;
      },
    }),
    route({
      method: 'GET',
      path: '/insurance/presettlements/{presettlementNo}',
      operationId: 'findPresettlement',
      summary: { zh: '查询医保预结算', en: 'What became of a pre-settlement' },
      access: 'read',
      request: { params: PresettlementPath },
      answers: { 200: PRESETTLEMENT },
      errors: ['PRESETTLEMENT_NOT_FOUND'],
      async handle({ params }, application) {
        const found = await useCases.findPresettlement({ owner: ownerOf(application), presettlementNo: params.presettlementNo });
        return found.kind === 'ok' ? ok(json(found.value)) : found;
      },
    }),
    route({
      method: 'POST',
      path: '/insurance/presettlements/{presettlementNo}/abandon',
      operationId: 'abandonPresettlement',
      summary: { zh: '撤销医保预结算', en: 'Give a pre-settlement up' },
      description: {
        zh: '撤销在医保中心的费用与登记；可重复调用。未被支付的预结算到期自动撤销，已被支付使用的请退款',
        en: 'Fees and registration are taken back at the centre; may be repeated. One nobody pays is taken back by itself after its time; one that a payment took is refunded',
      },
      access: 'pay',
      request: { params: PresettlementPath },
      answers: { 200: PRESETTLEMENT },
      errors: ['PRESETTLEMENT_NOT_FOUND', 'PRESETTLEMENT_SETTLED'],
      async handle({ params }, application) {
        const abandoned = await useCases.abandonPresettlement({ owner: ownerOf(application), presettlementNo: params.presettlementNo, by: tenantOf(application) });
        return abandoned.kind === 'ok' ? ok(json(abandoned.value)) : abandoned;
      },
    }),
  ];
}
