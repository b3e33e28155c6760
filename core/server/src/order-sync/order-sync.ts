import { createHash } from 'node:crypto';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { viewOrder } from '../payments/order-view.js';
import type { ChangesPage, ChangesRequest, OrderChanges, OrderSync, OrdersAsked, OrdersFound } from './ports.js';

/** Order data sync over the numbered changes of the store. `restored`: another number since this box was made of a backup; cursors of before are none any more, whatever number they stand at. */
export function createOrderSync(changes: OrderChanges, restored = 0): OrderSync {
  return {
    readChanges: (request) => readChanges(changes, request, restored),
    findOrders: (request) => findOrders(changes, request),
  };
}

/**
 * A page of changes. Nothing is missed: numbers are given in the order of commits by the one writer, so nothing appears behind a cursor later. Nothing comes twice: an order that changed again stands behind the
 * cursor only as what it is now, with a higher version.
 */
function readChanges(changes: OrderChanges, request: ChangesRequest, restored: number): Outcome<ChangesPage> {
  const after = request.cursor === undefined ? 0 : readCursor({ ...request, restored }, request.cursor);
  if (after === undefined) return refused('CURSOR_INVALID', 'query: cursor: was not given to this application for these orders, or before the database was restored from a backup');
  if (after > changes.newest()) return refused('CURSOR_INVALID', 'query: cursor: is ahead of the platform, whose database was restored from a backup');
  const found = changes.read({ owner: request.owner, after, limit: request.limit + 1 });
  const page = found.slice(0, request.limit);
  return ok({ changes: page.map(({ aggregate }) => ({ owner: aggregate.order.owner, order: viewOrder(aggregate) })), cursor: writeCursor({ ...request, restored }, page.at(-1)?.seq ?? after), hasMore: found.length > page.length });
}

function findOrders(changes: OrderChanges, { owner, self, tradeNos, idempotencyKeys }: OrdersAsked): OrdersFound {
  const asked = [
    ...[...new Set(tradeNos)].map((tradeNo) => ({ asked: tradeNo, found: changes.find({ owner, tradeNo }) })),
    ...[...new Set(idempotencyKeys)].map((key) => ({ asked: key, found: changes.findByKey({ owner: self, key }) })),
  ];
  return { orders: asked.flatMap(({ asked: number, found }) => (found === undefined ? [] : [{ asked: number, order: viewOrder(found) }])), absent: asked.flatMap(({ asked: number, found }) => (found === undefined ? [number] : [])) };
}

type Reader = Pick<ChangesRequest, 'reader' | 'owner'> & { readonly restored: number };

/** The mark of whom it was given to keeps a cursor from being used for others' orders by mistake; it protects nothing, since only one's own orders are read. */
function writeCursor(reader: Reader, seq: number): string {
  return `${String(seq)}-${markOf(reader, seq)}`;
}
function readCursor(reader: Reader, cursor: string): number | undefined {
  const [, digits, mark] = /^(\d{1,15})-([0-9a-f]{16})$/.exec(cursor) ?? [];
  const seq = Number(digits);
  return digits !== undefined && mark === markOf(reader, seq) ? seq : undefined;
}
function markOf({ reader, owner, restored }: Reader, seq: number): string {
  return createHash('sha256').update(`order-changes\n${reader}\n${owner === undefined ? 'hospital' : `${owner.kind}/${owner.id}`}\n${String(seq)}${restored === 0 ? '' : `\nrestored ${String(restored)}`}`).digest('hex').slice(0, 16);
}
