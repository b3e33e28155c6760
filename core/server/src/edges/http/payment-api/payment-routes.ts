/** Pay (聚合支付), ask (状态查询), cancel (撤销). */
import type { PaymentMethod } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';
import type { Application, Permission } from '../../../applications/ports.js';
import { ok, refused } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { ownerOf, tenantOf } from './owner-of.js';
import type { PaymentUseCases } from './payment-api-ports.js';
import { requestHash } from './request-hash.js';
import { FurtherPaymentRequestSchema, IdempotencyKeySchema, KeyHeaderSchema, OrderSchema, PaymentRequestSchema, TradeNoSchema } from './schemas.js';

const { route } = routesFor<Permission, Application>();
const closed = { additionalProperties: false } as const;
const TradeNoPath = Type.Object({ tradeNo: TradeNoSchema }, closed);
const FreshField = Type.Optional(Type.Boolean({ description: 'true：未终态时先向渠道查询 / Ask the channel first while the payment is open' }));
const ORDER = { zh: '订单', en: 'The order', schema: OrderSchema };

export function paymentRoutes(useCases: PaymentUseCases): Route<Permission, Application>[] {
  return [
    route({
      method: 'POST',
      path: '/payments',
      operationId: 'createPayment',
      summary: { zh: '聚合支付下单', en: 'Take a payment for a quote' },
      description: {
        zh: '先落单再调渠道。未收到应答时用同一幂等键重发同一内容，或按幂等键查询；切勿换键重发',
        en: 'The order is durable before the channel is called. Without an answer: send the same key and body again, or query by the key; never a new key',
      },
      access: 'pay',
      request: { headers: KeyHeaderSchema, body: PaymentRequestSchema },
      answers: { 200: ORDER },
      errors: ['QUOTE_NOT_FOUND', 'QUOTE_EXPIRED', 'AMOUNT_MISMATCH', 'TENDER_EXCEEDS_REMAINING', 'NOTHING_TO_PAY', 'BILL_IN_PAYMENT', 'BILL_LOCKED', 'IDEMPOTENCY_KEY_REUSED', 'CHANNEL_UNAVAILABLE', 'HIS_UNAVAILABLE', 'STOPPED_FOR_SAFETY', 'PRESETTLEMENT_NOT_FOUND', 'PRESETTLEMENT_NOT_OPEN', 'SELF_PAY_FIRST', 'MIXED_PAYMENT_UNAVAILABLE', 'WALLET_PAYS_NOTHING'],
      async handle({ headers, body }, application) {
        const problem = missingFor(body);
        if (problem !== undefined) return refused('MALFORMED_REQUEST', problem);
        // Not even as a part of a hash is it kept.
        const { insurancePayer: _insurancePayer, ...kept } = body;
        const created = await useCases.createPayment({
          ...body,
          owner: ownerOf(application),
          merchantId: application.merchantId,
          idempotency: { tenant: tenantOf(application), key: headers['idempotency-key'], requestHash: requestHash('POST', '/payments', kept) },
        });
        return created.kind === 'ok' ? ok(json(created.value)) : created;
      },
    }),
    route({
      method: 'POST',
      path: '/payments/{tradeNo}/payments',
      operationId: 'addPayment',
      summary: { zh: '混合支付：追加一笔付款', en: 'A further payment of a mixed order' },
      description: {
        zh: '上一笔结束后追加；各笔之和等于订单金额时通知医院，到期未付足则全部自动退回。应答丢失时用同一幂等键重发',
        en: 'After the one before has ended. The hospital is told when they reach the whole amount; short of it in time, everything goes back by itself. Lost answer: same key again',
      },
      access: 'pay',
      request: { params: TradeNoPath, headers: KeyHeaderSchema, body: FurtherPaymentRequestSchema },
      answers: { 200: ORDER },
      errors: ['ORDER_NOT_FOUND', 'TENDER_CLOSED', 'PAYMENT_IN_PROGRESS', 'TENDER_EXCEEDS_REMAINING', 'BILL_IN_PAYMENT', 'IDEMPOTENCY_KEY_REUSED', 'CHANNEL_UNAVAILABLE', 'HIS_UNAVAILABLE', 'STOPPED_FOR_SAFETY', 'INSURANCE_FIRST', 'SELF_PAY_FIRST', 'PRESETTLEMENT_NOT_FOUND', 'PRESETTLEMENT_NOT_OPEN'],
      async handle({ params, headers, body }, application) {
        const problem = missingFor(body);
        if (problem !== undefined) return refused('MALFORMED_REQUEST', problem);
        const added = await useCases.addPayment({
          ...body,
          tradeNo: params.tradeNo,
          owner: ownerOf(application),
          idempotency: { tenant: tenantOf(application), key: headers['idempotency-key'], requestHash: requestHash('POST', `/payments/${params.tradeNo}/payments`, body) },
        });
        return added.kind === 'ok' ? ok(json(added.value)) : added;
      },
    }),
    route({
      method: 'GET',
      path: '/payments',
      operationId: 'findPaymentByKey',
      summary: { zh: '按幂等键查询', en: 'Find an order by the idempotency key of its payment' },
      description: { zh: '下单应答丢失时使用；ORDER_NOT_FOUND 表示平台未受理，可用原键重发', en: 'For a lost answer; ORDER_NOT_FOUND means that nothing was accepted: the same key may be sent again' },
      access: 'read',
      request: { query: Type.Object({ idempotencyKey: IdempotencyKeySchema, fresh: FreshField }, closed) },
      answers: { 200: ORDER },
      errors: ['ORDER_NOT_FOUND'],
      async handle({ query }, application) {
        const found = await useCases.findOrder({ owner: ownerOf(application), tenant: tenantOf(application), key: query.idempotencyKey, freshness: query.fresh === true ? 'fresh' : 'stored' });
        return found.kind === 'ok' ? ok(json(found.value)) : found;
      },
    }),
    route({
      method: 'GET',
      path: '/payments/{tradeNo}',
      operationId: 'findPayment',
      summary: { zh: '状态查询', en: 'What became of an order' },
      access: 'read',
      request: { params: TradeNoPath, query: Type.Object({ fresh: FreshField }, closed) },
      answers: { 200: ORDER },
      errors: ['ORDER_NOT_FOUND'],
      async handle({ params, query }, application) {
        const found = await useCases.findOrder({ owner: ownerOf(application), tradeNo: params.tradeNo, freshness: query.fresh === true ? 'fresh' : 'stored' });
        return found.kind === 'ok' ? ok(json(found.value)) : found;
      },
    }),
    route({
      method: 'POST',
      path: '/payments/{tradeNo}/cancel',
      operationId: 'cancelPayment',
      summary: { zh: '撤销未支付订单', en: 'Cancel an unpaid order' },
      description: {
        zh: '先向渠道再查一次再关单；若已支付则不撤销，返回的订单显示已支付。可重复调用',
        en: 'The channel is asked once more, then the order is closed there; if it turns out paid, the order says so. May be repeated',
      },
      access: 'pay',
      request: { params: TradeNoPath },
      answers: { 200: ORDER },
      errors: ['ORDER_NOT_FOUND', 'NOT_CANCELLABLE'],
      async handle({ params }, application) {
        const cancelled = await useCases.cancelPayment({ owner: ownerOf(application), tradeNo: params.tradeNo, by: tenantOf(application) });
        return cancelled.kind === 'ok' ? ok(json(cancelled.value)) : cancelled;
      },
    }),
  ];
}

/** What the method needs and the body lacks. */
function missingFor(body: Static<typeof FurtherPaymentRequestSchema>): string | undefined {
  if (body.method === 'quickPay') return 'body: method: quickPay is paid with a bound card, by POST /quick-pay/payments';
  const needed = NEEDED[body.method];
  return needed === undefined || body[needed] !== undefined ? undefined : `body: ${needed}: is required for ${body.method}`;
}

const NEEDED: Partial<Record<PaymentMethod, 'authCode' | 'payerId' | 'tenderedFen' | 'presettlementNo'>> = {
  paymentCode: 'authCode',
  jsapi: 'payerId',
  miniProgram: 'payerId',
  cash: 'tenderedFen',
  medicalInsurance: 'presettlementNo',
};
