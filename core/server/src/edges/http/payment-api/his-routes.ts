/** What the HIS asks of the platform: refunds it began itself, and stopped clinics. For the application that is the HIS alone. */
import { Type, type Static } from 'typebox';
import type { Application, Permission } from '../../../applications/ports.js';
import { ok, refused } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { tenantOf } from './owner-of.js';
import type { PaymentUseCases } from './payment-api-ports.js';
import { ApiRefundSchema, TradeNoSchema } from './schemas.js';

const { route } = routesFor<Permission, Application>();
const named = (title: string) => ({ additionalProperties: false, title }) as const;
const HisRefundNo = Type.String({ minLength: 1, maxLength: 64, pattern: '^[0-9A-Za-z_.:/-]+$', description: 'HIS 退款单号：幂等键，永久有效 / The key of this refund, for ever' });
const ReceiptNo = Type.String({ minLength: 1, maxLength: 64 });
const Reason = Type.String({ minLength: 1, maxLength: 80 });
const OperatorId = Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'HIS 操作员 / Who did it at the HIS' }));

export const HisRefundRequestSchema = Type.Object(
  {
    tradeNo: Type.Optional(TradeNoSchema),
    receiptNo: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: '无平台订单号时：该订单的任一收据号（含重收的新收据） / Instead of tradeNo: any receipt of the order, a re-charged one included' })),
    hisRefundNo: HisRefundNo,
    refundFen: Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: '退给患者的金额（分） / Integer fen' }),
    reason: Reason,
    operatorId: OperatorId,
    receipts: Type.Optional(Type.Object({ oldReceiptNo: ReceiptNo, newReceiptNo: ReceiptNo }, { ...named('ReceiptLink'), description: '红冲重收：被冲红的收据与重收的新收据 / The flushed receipt and the one the rest stands under now' })),
  },
  named('HisRefundRequest'),
);
export const HisRefundAnswerSchema = Type.Object(
  {
    hisRefundNo: Type.String(),
    tradeNo: Type.String(),
    state: Type.Enum(['processing', 'succeeded', 'blocked'], { description: 'processing 处理中；succeeded 已退；blocked 退款受阻、人工处理中（不是失败） / blocked: a person acts; not a failure' }),
    refundFen: Type.Integer({ minimum: 0 }),
    refunds: Type.Array(ApiRefundSchema),
  },
  named('HisRefund'),
);
export const StoppedClinicRequestSchema = Type.Object(
  {
    noticeNo: Type.String({ minLength: 1, maxLength: 32, pattern: '^[0-9A-Za-z_.:-]+$', description: '停诊通知号 / The number of the notice' }),
    hisRegistrationNos: Type.Array(Type.String({ minLength: 1, maxLength: 31, pattern: '^[0-9A-Za-z_.:-]+$' }), { minItems: 1, maxItems: 200 }),
    isCancelledAtHis: Type.Boolean({ description: 'true：HIS 已退号；false：平台逐一请 HIS 退号 / Whether the HIS has cancelled them itself' }),
    reason: Reason,
    operatorId: OperatorId,
  },
  named('StoppedClinicRequest'),
);
const StoppedRegistrationSchema = Type.Object(
  {
    hisRegistrationNo: Type.String(),
    result: Type.Enum(['refunding', 'notPaid', 'window'], { description: 'refunding 原路退款中；notPaid 未支付；window 到窗口办理 / window: the patient comes to a window' }),
    tradeNo: Type.Optional(Type.String()),
    code: Type.Optional(Type.String()),
  },
  named('StoppedRegistration'),
);
export const StoppedClinicAnswerSchema = Type.Object({ registrations: Type.Array(StoppedRegistrationSchema) }, named('StoppedClinic'));

export function hisRoutes(useCases: PaymentUseCases): Route<Permission, Application>[] {
  return [
    route({
      method: 'POST',
      path: '/his/refunds',
      operationId: 'refundForHis',
      summary: { zh: 'HIS 发起退款', en: 'A refund the HIS began' },
      description: {
        zh: 'HIS 已冲销自身账目，款项原路退回。应答 200 为已受理（成功）；有错误码为明确拒绝，可回滚；HIS_REFUND_UNDECIDED、超时与 5xx 为未知：用同一退款单号重发，勿当作失败',
        en: 'The HIS has reversed its own booking; the money goes back the way it came. 200: accepted. An error code: definite, roll back. HIS_REFUND_UNDECIDED, silence and 5xx: unknown; the same number again, never taken for a failure',
      },
      access: 'hospital',
      request: { body: HisRefundRequestSchema },
      answers: { 200: { zh: '已受理', en: 'Accepted', schema: HisRefundAnswerSchema } },
      errors: ['ORDER_NOT_FOUND', 'NOT_REFUNDABLE', 'HIS_REFUND_UNDECIDED', 'REFUND_EXCEEDS_PAYMENT', 'REFUND_NOT_SUPPORTED', 'REFUND_WHOLE_ONLY', 'IDEMPOTENCY_KEY_REUSED', 'NO_SUCH_ITEM'],
      async handle({ body: { tradeNo, receiptNo, operatorId, receipts, ...body } }, application) {
        if ((tradeNo === undefined) === (receiptNo === undefined)) return refused('MALFORMED_REQUEST', 'exactly one of tradeNo and receiptNo');
        const of = tradeNo === undefined ? { receiptNo: receiptNo ?? '' } : { tradeNo };
        const accepted = await useCases.refundForHis({ ...body, of, hospitalId: application.hospitalId, requestedBy: requesterOf(application, operatorId), ...(receipts === undefined ? {} : { receipts }) });
        return accepted.kind === 'ok' ? ok(json(accepted.value)) : accepted;
      },
    }),
    route({
      method: 'GET',
      path: '/his/refunds/{hisRefundNo}',
      operationId: 'findHisRefund',
      summary: { zh: '查询 HIS 发起的退款', en: 'What became of a refund the HIS began' },
      description: { zh: 'NO_SUCH_ITEM：平台未受理该单号，可用原单号重发', en: 'NO_SUCH_ITEM: nothing was accepted under this number; it may be sent again' },
      access: 'hospital',
      request: { params: Type.Object({ hisRefundNo: HisRefundNo }, { additionalProperties: false }) },
      answers: { 200: { zh: '退款', en: 'The refund', schema: HisRefundAnswerSchema } },
      errors: ['NO_SUCH_ITEM'],
      async handle({ params }, { hospitalId }) {
        const found = await useCases.findHisRefund({ hospitalId, hisRefundNo: params.hisRefundNo });
        return found.kind === 'ok' ? ok(json(found.value)) : found;
      },
    }),
    route({
      method: 'POST',
      path: '/his/stopped-clinics',
      operationId: 'refundStoppedClinic',
      summary: { zh: '停诊批量退号', en: 'A clinic does not take place' },
      description: { zh: '已支付的挂号逐一原路退款；同一通知号重发不会重复退款', en: 'Every paid registration goes back, each for itself; a repeat of the notice refunds nothing twice' },
      access: 'hospital',
      request: { body: StoppedClinicRequestSchema },
      answers: { 200: { zh: '逐号结果', en: 'What becomes of each', schema: StoppedClinicAnswerSchema } },
      errors: [],
      async handle({ body: { operatorId, ...body } }, application) {
        const stopped = await useCases.refundStoppedClinic({ ...body, hospitalId: application.hospitalId, requestedBy: requesterOf(application, operatorId) });
        if (stopped.kind !== 'ok') return stopped;
        return ok(json({ registrations: stopped.value.map(({ error, ...shown }) => ({ ...shown, ...(error === undefined ? {} : { code: error.code }) })) }));
      },
    }),
  ];
}

function requesterOf(application: Application, operatorId: string | undefined): string {
  return operatorId === undefined ? tenantOf(application) : `${tenantOf(application)}/${operatorId}`;
}

/** The shapes by their names in the document. */
export type HisApiShapes = {
  readonly HisRefundRequest: Static<typeof HisRefundRequestSchema>;
  readonly HisRefund: Static<typeof HisRefundAnswerSchema>;
  readonly StoppedClinicRequest: Static<typeof StoppedClinicRequestSchema>;
  readonly StoppedRegistration: Static<typeof StoppedRegistrationSchema>;
};
