/** Money back (退款), whole or partial. */
import { Type } from 'typebox';
import type { Application, Permission } from '../../../applications/ports.js';
import { ok, refused, type Outcome } from '../../../domain/errors.js';
import type { OrderView } from '../../../payments/order-view.js';
import { json, type Answer } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { ownerOf, tenantOf } from './owner-of.js';
import type { PaymentUseCases } from './payment-api-ports.js';
import { requestHash } from './request-hash.js';
import { KeyHeaderSchema, RefundAnswerSchema, RefundNoSchema, RefundRequestBodySchema, TradeNoSchema } from './schemas.js';

const { route } = routesFor<Permission, Application>();
const closed = { additionalProperties: false } as const;

export function refundRoutes(useCases: PaymentUseCases): Route<Permission, Application>[] {
  return [
    route({
      method: 'POST',
      path: '/payments/{tradeNo}/refunds',
      operationId: 'requestRefund',
      summary: { zh: '申请退款（全额或部分）', en: 'Ask for a refund, whole or partial' },
      description: {
        zh: '金额在受理时即占用：并发申请合计不会超过可退金额。医院已入账的订单先由医院系统冲销',
        en: 'The amount is reserved on acceptance: requests at the same time cannot together exceed what is left. A booked order is first reversed in the HIS',
      },
      access: 'refund',
      request: { params: Type.Object({ tradeNo: TradeNoSchema }, closed), headers: KeyHeaderSchema, body: RefundRequestBodySchema },
      answers: { 200: { zh: '已受理', en: 'Accepted', schema: RefundAnswerSchema } },
      errors: ['ORDER_NOT_FOUND', 'NOT_REFUNDABLE', 'REFUND_EXCEEDS_PAYMENT', 'REFUND_NOT_SUPPORTED', 'REFUND_AT_WINDOW', 'REFUND_WHOLE_ONLY', 'INVOICE_ON_PAPER', 'IDEMPOTENCY_KEY_REUSED'],
      async handle({ params, headers, body }, application) {
        const { tradeNo } = params;
        const order = { owner: ownerOf(application), tradeNo, freshness: 'stored' as const };
        const owned = await useCases.findOrder(order);
        if (owned.kind === 'refused') return owned;
        const accepted = await useCases.requestRefund({
          tradeNo,
          refundFen: body.refundFen,
          reason: body.reason,
          requestedBy: tenantOf(application),
          ...(body.operatorId === undefined ? {} : { operatorId: body.operatorId }),
          idempotency: { tenant: tenantOf(application), key: headers['idempotency-key'], requestHash: requestHash('POST', `/payments/${tradeNo}/refunds`, body) },
        });
        if (accepted.kind === 'refused') return accepted;
        // A replayed key may belong to another order only if its body hash were equal: the path is part of it, so it cannot.
        const after = await useCases.findOrder(order);
        return after.kind === 'refused' ? after : refundAnswer(after.value, accepted.value.refund.refundNo);
      },
    }),
    route({
      method: 'GET',
      path: '/refunds/{refundNo}',
      operationId: 'findRefund',
      summary: { zh: '查询退款', en: 'What became of a refund' },
      access: 'read',
      request: { params: Type.Object({ refundNo: RefundNoSchema }, closed) },
      answers: { 200: { zh: '退款及其订单', en: 'The refund and its order', schema: RefundAnswerSchema } },
      errors: ['NO_SUCH_ITEM'],
      async handle({ params }, application) {
        const tradeNo = tradeNoOf(params.refundNo);
        if (tradeNo === undefined) return refused('NO_SUCH_ITEM');
        const found = await useCases.findOrder({ owner: ownerOf(application), tradeNo, freshness: 'stored' });
        return found.kind === 'refused' ? refused('NO_SUCH_ITEM') : refundAnswer(found.value, params.refundNo);
      },
    }),
  ];
}

function refundAnswer(order: OrderView, refundNo: string): Outcome<Answer> {
  const refund = order.refunds.find((candidate) => candidate.refundNo === refundNo);
  return refund === undefined ? refused('NO_SUCH_ITEM') : ok(json({ refund, order }));
}

/** A refund's number begins with its order's (domain/trade-number.ts). */
function tradeNoOf(refundNo: string): string | undefined {
  return /^(.+)R\d{2,}$/.exec(refundNo)?.[1];
}
