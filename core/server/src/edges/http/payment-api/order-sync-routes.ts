/** Order data sync (订单数据同步) and polling of many orders (批量状态查询). */
import { Type, type Static } from 'typebox';
import type { Application, Permission } from '../../../applications/ports.js';
import { ok, refused } from '../../../domain/errors.js';
import type { OrderSync } from '../../../order-sync/ports.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { ownerOf } from './owner-of.js';
import { IdempotencyKeySchema, OrderSchema, TradeNoSchema } from './schemas.js';
import { receiverOf } from './statement-routes.js';
import { ScopeField } from './statement-schemas.js';

const { route } = routesFor<Permission, Application>();
const closed = { additionalProperties: false } as const;
const named = (title: string) => ({ additionalProperties: false, title }) as const;
/** Read in one piece between two payments: some ten milliseconds. */
const MOST = 100;

const OrderChangeSchema = Type.Object({ owner: Type.Object({ kind: Type.Enum(['terminal', 'application'] as const), id: Type.String() }, closed), order: OrderSchema }, named('OrderChange'));
export const OrderChangesSchema = Type.Object(
  { changes: Type.Array(OrderChangeSchema), cursor: Type.String({ description: '下次从这里继续；无变化时也返回 / Where to go on; also given when nothing has changed' }), hasMore: Type.Boolean({ description: 'true：立即继续读取 / Go on at once' }) },
  named('OrderChanges'),
);
export const OrdersSearchSchema = Type.Object(
  {
    tradeNos: Type.Optional(Type.Array(TradeNoSchema, { maxItems: MOST })),
    idempotencyKeys: Type.Optional(Type.Array(IdempotencyKeySchema, { maxItems: MOST, description: '本应用下单时的幂等键 / The keys under which you asked for the payments' })),
    scope: ScopeField,
  },
  named('OrdersSearch'),
);
export const OrdersFoundSchema = Type.Object(
  { orders: Type.Array(Type.Object({ asked: Type.String({ description: '查询时给出的单号 / The number it was asked by' }), order: OrderSchema }, named('FoundOrder'))), absent: Type.Array(Type.String(), { description: '没有的单号 / What is not yours, or nothing' }) },
  named('OrdersFound'),
);
export type OrderSyncApiShapes = { readonly OrderChanges: Static<typeof OrderChangesSchema>; readonly OrdersSearch: Static<typeof OrdersSearchSchema>; readonly OrdersFound: Static<typeof OrdersFoundSchema> };

export function orderSyncRoutes(sync: OrderSync): Route<Permission, Application>[] {
  return [
    route({
      method: 'GET',
      path: '/order-changes',
      operationId: 'listOrderChanges',
      summary: { zh: '订单数据同步', en: 'Changes of orders since a cursor' },
      description: {
        zh: '自游标之后有变化的订单，每单为当前完整状态，按变化顺序；不带游标从头开始。按平台订单号保存、以 version 大者为准，即得到完整副本',
        en: 'Orders that have changed behind the cursor, each as it is now, in the order of changes; without a cursor from the first. Keep them by trade number, the higher version wins: that is the whole copy',
      },
      access: 'read',
      request: { query: Type.Object({ cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST, description: '默认 100 / 100 by default' })), scope: ScopeField }, closed) },
      answers: { 200: { zh: '有变化的订单', en: 'The changes', schema: OrderChangesSchema } },
      errors: ['CURSOR_INVALID'],
      handle({ query: { cursor, limit = MOST, scope } }, application) {
        const receiver = receiverOf(application, scope);
        if (receiver.kind === 'refused') return receiver;
        const page = sync.readChanges({ reader: application.appId, owner: receiver.value.scope === 'hospital' ? undefined : ownerOf(application), cursor, limit });
        return page.kind === 'refused' ? page : ok(json(page.value));
      },
    }),
    route({
      method: 'POST',
      path: '/payments/search',
      operationId: 'searchPayments',
      summary: { zh: '批量状态查询', en: 'What became of many orders' },
      description: { zh: '一次最多 100 个单号；返回平台已知的状态，不向渠道查询', en: 'At most 100 numbers at once; as the platform knows it, the channel is not asked' },
      access: 'read',
      request: { body: OrdersSearchSchema },
      answers: { 200: { zh: '查到的与没有的', en: 'Found and absent', schema: OrdersFoundSchema } },
      errors: [],
      handle({ body: { tradeNos = [], idempotencyKeys = [], scope } }, application) {
        const asked = tradeNos.length + idempotencyKeys.length;
        if (asked === 0 || asked > MOST) return refused('MALFORMED_REQUEST', `body: 1 to ${String(MOST)} numbers at once, ${String(asked)} were given`);
        const receiver = receiverOf(application, scope);
        if (receiver.kind === 'refused') return receiver;
        return ok(json(sync.findOrders({ owner: receiver.value.scope === 'hospital' ? undefined : ownerOf(application), self: ownerOf(application), tradeNos, idempotencyKeys })));
      },
    }),
  ];
}
