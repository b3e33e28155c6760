/** What one merchant (商户) took, for its own systems: an application that is bound to the merchant in the configuration. */
import type { Application, Permission } from '../../../applications/ports.js';
import { ok, refused, type Outcome } from '../../../domain/errors.js';
import type { MerchantDesk } from '../../../merchants/ports.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { MerchantFigureQuery, MerchantFiguresSchema, MerchantOrderPath, MerchantOrderSchema, MerchantPaymentPageSchema, MerchantPaymentQuery, MerchantSettlementSchema } from './merchant-schemas.js';

const { route } = routesFor<Permission, Application>();
const answer = <Value>(outcome: Outcome<Value>) => (outcome.kind === 'ok' ? ok(json(outcome.value)) : outcome);

export function merchantRoutes(desk: Pick<MerchantDesk, 'listPayments' | 'findOrder' | 'readFigures' | 'readSettlement'>): Route<Permission, Application>[] {
  return [
    route({
      method: 'GET',
      path: '/merchant/payments',
      operationId: 'listMerchantPayments',
      summary: { zh: '本商户流水', en: 'Payments of the merchant, newest first' },
      description: { zh: '应用所绑定商户号的支付，不论由哪个终端或应用发起', en: 'Payments charged for the merchant the application is bound to, whoever asked for them' },
      access: 'merchant',
      request: { query: MerchantPaymentQuery },
      answers: { 200: { zh: '一页流水', en: 'One page', schema: MerchantPaymentPageSchema } },
      errors: [],
      handle: ({ query }, application) => withMerchant(application, async (merchantNo) => answer(await desk.listPayments({ ...query, merchantNo }))),
    }),
    route({
      method: 'GET',
      path: '/merchant/orders/{tradeNo}',
      operationId: 'findMerchantOrder',
      summary: { zh: '本商户订单', en: 'An order, with the merchant\'s own part of it' },
      access: 'merchant',
      request: { params: MerchantOrderPath },
      answers: { 200: { zh: '订单', en: 'The order', schema: MerchantOrderSchema } },
      errors: ['ORDER_NOT_FOUND'],
      handle: ({ params }, application) => withMerchant(application, async (merchantNo) => answer(await desk.findOrder({ ...params, merchantNo }))),
    }),
    route({
      method: 'GET',
      path: '/merchant/figures',
      operationId: 'readMerchantFigures',
      summary: { zh: '本商户日、月汇总', en: 'Sums of the merchant by day or month' },
      access: 'merchant',
      request: { query: MerchantFigureQuery },
      answers: { 200: { zh: '汇总', en: 'The sums', schema: MerchantFiguresSchema } },
      errors: [],
      handle: ({ query }, application) => withMerchant(application, async (merchantNo) => answer(await desk.readFigures({ ...query, merchantNo }))),
    }),
    route({
      method: 'GET',
      path: '/merchant/settlement',
      operationId: 'readMerchantSettlement',
      summary: { zh: '本商户到账与结算', en: 'What of the merchant\'s money is on its way, arrived and was settled' },
      access: 'merchant',
      request: {},
      answers: { 200: { zh: '到账与结算', en: 'Arrivals and batches', schema: MerchantSettlementSchema } },
      errors: [],
      handle: (_request, application) => withMerchant(application, async (merchantNo) => ok(json(await desk.readSettlement({ merchantNo })))),
    }),
  ];
}

/** The merchant comes from the application's registration and from nowhere else. */
export function withMerchant<Value>({ merchantNo }: Application, work: (merchantNo: string) => Promise<Outcome<Value>>): Promise<Outcome<Value>> {
  return merchantNo === undefined ? Promise.resolve(refused('NOT_PERMITTED', 'the application is bound to no merchant')) : work(merchantNo);
}
