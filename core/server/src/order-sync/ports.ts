/** Order data sync (订单数据同步): others rebuild a copy of orders from their changes, and ask for the state of many at once. */
import type { Outcome } from '../domain/errors.js';
import type { OrderAggregate, Owner } from '../domain/order.js';
import type { OrderView } from '../payments/order-view.js';

/** Whose orders: one owner's, or all of the hospital (undefined). */
export type OrdersOf = { readonly owner: Owner | undefined };

/** The newest change of each order, numbered in the order of commits. A number is given once; an order that changes again moves behind all others. */
export type OrderChanges = {
  /** Orders whose newest change is behind `after`, in its order; read in one piece, so that each is what it was at its number. */
  read(of: OrdersOf & { readonly after: number; readonly limit: number }): readonly { readonly seq: number; readonly aggregate: OrderAggregate }[];
  /** The newest change of any order. */
  newest(): number;
  find(of: OrdersOf & { readonly tradeNo: string }): OrderAggregate | undefined;
  /** By the key under which the owner asked for it. */
  findByKey(of: { readonly owner: Owner; readonly key: string }): OrderAggregate | undefined;
};

/** `reader`: who asks; a cursor is good for the one it was given to, and for the same orders. */
export type ChangesRequest = OrdersOf & { readonly reader: string; readonly cursor?: string | undefined; readonly limit: number };
export type ChangesPage = { readonly changes: readonly { readonly owner: Owner; readonly order: OrderView }[]; /** Where to go on; given with an empty page, too. */ readonly cursor: string; readonly hasMore: boolean };
export type OrdersAsked = OrdersOf & { readonly self: Owner; readonly tradeNos: readonly string[]; readonly idempotencyKeys: readonly string[] };
export type OrdersFound = { readonly orders: readonly { readonly asked: string; readonly order: OrderView }[]; readonly absent: readonly string[] };

export type OrderSync = {
  /** Changes of orders behind a cursor, at most `limit`; without a cursor from the first order on. */
  readChanges(request: ChangesRequest): Outcome<ChangesPage>;
  /** The state of each order as it is stored; the channel is not asked. */
  findOrders(request: OrdersAsked): OrdersFound;
};
