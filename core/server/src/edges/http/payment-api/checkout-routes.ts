/** Aggregated codes (聚合码): one code for every wallet, on a guide sheet, a screen or in a message. */
import { Type } from 'typebox';
import type { Application, Permission } from '../../../applications/ports.js';
import type { CheckoutOwnerUseCases } from '../../../checkout/ports.js';
import { ok } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { ownerOf } from './owner-of.js';
import { CheckoutNoSchema, CheckoutRequestSchema, CheckoutSchema, IssuedCheckoutSchema } from './schemas.js';

const { route } = routesFor<Permission, Application>();
const CheckoutNoPath = Type.Object({ checkoutNo: CheckoutNoSchema }, { additionalProperties: false });
const CHECKOUT = { zh: '聚合码及其订单', en: 'The code, and its order once somebody pays', schema: CheckoutSchema };

export function checkoutRoutes(useCases: CheckoutOwnerUseCases): Route<Permission, Application>[] {
  return [
    route({
      method: 'POST',
      path: '/checkouts',
      operationId: 'issueCheckout',
      summary: { zh: '生成聚合码', en: 'Give out an aggregated code' },
      description: {
        zh: '按预结算单（有效期同预结算）或按单据（打开收银台时预结算，当日有效）。应答丢失时重新生成即可：未付款的码不占用单据，同一单据同时只有一笔支付',
        en: 'For a quote (lives as long as the quote) or for bills (priced when the page is opened, void after the day). A lost answer: simply get another; an unpaid code holds nothing, and bills have one live payment whoever asks',
      },
      access: 'pay',
      request: { body: CheckoutRequestSchema },
      answers: { 200: { zh: '聚合码', en: 'The code', schema: IssuedCheckoutSchema } },
      errors: ['CHECKOUT_NOT_OFFERED', 'QUOTE_NOT_FOUND', 'QUOTE_EXPIRED', 'NOTHING_TO_PAY'],
      async handle({ body }, application) {
        const what = 'quoteId' in body ? { quoteId: body.quoteId } : { patientId: body.patientId, patientLabel: body.patientLabel ?? '', billNos: body.billNos, ...(body.lifetimeSeconds === undefined ? {} : { lifetimeSeconds: body.lifetimeSeconds }) };
        const issued = await useCases.issueCheckoutCode({ hospitalId: application.hospitalId, owner: ownerOf(application), merchantId: application.merchantId, description: body.description ?? '门诊缴费', ...what });
        return issued.kind === 'ok' ? ok(json(issued.value)) : issued;
      },
    }),
    route({
      method: 'GET',
      path: '/checkouts/{checkoutNo}',
      operationId: 'findCheckout',
      summary: { zh: '查询聚合码', en: 'What became of a code' },
      access: 'read',
      request: { params: CheckoutNoPath },
      answers: { 200: CHECKOUT },
      errors: ['NO_SUCH_ITEM'],
      async handle({ params }, application) {
        const found = await useCases.findCheckout({ owner: ownerOf(application), checkoutNo: params.checkoutNo });
        return found.kind === 'ok' ? ok(json(found.value)) : found;
      },
    }),
    route({
      method: 'POST',
      path: '/checkouts/{checkoutNo}/revoke',
      operationId: 'revokeCheckout',
      summary: { zh: '作废聚合码', en: 'Withdraw a code' },
      description: { zh: '未付款的支付一并撤销；若已支付则不撤销，返回的订单显示已支付。可重复调用', en: 'An unpaid payment is called off with it; one that turns out paid stays paid, and the order says so. May be repeated' },
      access: 'pay',
      request: { params: CheckoutNoPath },
      answers: { 200: CHECKOUT },
      errors: ['NO_SUCH_ITEM', 'ORDER_NOT_FOUND'],
      async handle({ params }, application) {
        const revoked = await useCases.revokeCheckoutCode({ owner: ownerOf(application), checkoutNo: params.checkoutNo });
        return revoked.kind === 'ok' ? ok(json(revoked.value)) : revoked;
      },
    }),
  ];
}
