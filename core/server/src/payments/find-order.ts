import { ok, refused, type Outcome } from '../domain/errors.js';
import type { OrderAggregate, Owner } from '../domain/order.js';
import { isPaymentEnded } from '../domain/payment-states.js';
import { askChannel } from './ask-channel.js';
import { viewOrder, type OrderView } from './order-view.js';
import type { PaymentPorts } from './ports.js';

/** Only the owner sees an order; for anybody else it does not exist. */
export function isOwnedBy(aggregate: OrderAggregate, owner: Owner): boolean {
  return aggregate.order.owner.kind === owner.kind && aggregate.order.owner.id === owner.id;
}

/**
 * What became of an order (状态查询), by trade number or by the caller's own idempotency key (a terminal that lost power knows only that).
 * `fresh` asks the channel first when the payment is still open, so that a patient who has just paid is not kept waiting for a timer.
 */
export async function findOrder(
  ports: PaymentPorts,
  request: { readonly owner: Owner; readonly tradeNo: string; readonly freshness: 'stored' | 'fresh' } | { readonly owner: Owner; readonly tenant: string; readonly key: string; readonly freshness: 'stored' | 'fresh' },
): Promise<Outcome<OrderView>> {
  const found = 'tradeNo' in request ? await ports.store.findOrder(request.tradeNo) : await ports.store.findOrderByKey(request.tenant, request.key);
  if (found === undefined || !isOwnedBy(found, request.owner)) return refused('ORDER_NOT_FOUND');
  if (request.freshness === 'stored') return ok(viewOrder(found));
  for (const payment of found.payments) {
    const channel = ports.channels.find(payment.channel);
    if (channel !== undefined && !isPaymentEnded(payment.state)) await askChannel(ports, payment, channel);
  }
  return ok(viewOrder((await ports.store.findOrder(found.order.tradeNo)) ?? found));
}

/** Everything a terminal that was away must still show, print or wait for. */
export async function listOpenOrders(ports: PaymentPorts, owner: Owner): Promise<OrderView[]> {
  return (await ports.store.listOpenOrders(owner)).map(viewOrder);
}

/** The terminal printed the receipt. Printing again is harmless; the first time stands. */
export async function markReceiptPrinted(ports: PaymentPorts, request: { readonly owner: Owner; readonly tradeNo: string }): Promise<Outcome<OrderView>> {
  const found = await ports.store.findOrder(request.tradeNo);
  if (found === undefined || !isOwnedBy(found, request.owner)) return refused('ORDER_NOT_FOUND');
  if (found.order.confirmation !== 'confirmed') return refused('CONFLICT', 'no receipt to print: the hospital has not confirmed');
  if (found.order.receiptPrintedAt !== undefined) return ok(viewOrder(found));
  const now = ports.clock.now();
  const marked = await ports.store.change({ tradeNo: request.tradeNo, cause: { kind: 'request', id: `receipt/${request.owner.id}` }, now }, (change) => {
    if (change.order.receiptPrintedAt === undefined) change.setOrder({ receiptPrintedAt: now.toISOString() });
  });
  return marked.kind === 'changed' ? ok(viewOrder(marked.aggregate)) : refused('ORDER_NOT_FOUND');
}
