import { refused, type Refused } from '../domain/errors.js';
import type { OrderView } from '../payments/order-view.js';
import { endedUnpaid } from './checkout-view.js';
import type { CheckoutCode, CheckoutPorts } from './ports.js';

/** Somebody who closes and tries again this often is better served at a window; it also bounds how many orders one code can make. */
const MOST_ROUNDS = 12;

/** The newest try of a code: the order that is being or was paid, or the number of the next one. */
export type CheckoutRound =
  | { readonly kind: 'taken'; readonly round: number; readonly order: OrderView }
  | { readonly kind: 'free'; readonly round: number; readonly before: OrderView | undefined };

/**
 * A round's idempotency key is made of the code and its number, and the next number exists only when the order before it has ended unpaid. So whatever taps,
 * reloads and phones there are, they meet in the money store under one key, and it accepts one order.
 */
export function keyOfRound(code: CheckoutCode, round: number): { readonly tenant: string; readonly key: string } {
  return { tenant: 'checkout', key: `${code.tokenHash}-${String(round)}` };
}

/** What the money store knows of the code. Nothing else decides which round it is. */
export async function findRound(ports: CheckoutPorts, code: CheckoutCode): Promise<CheckoutRound | Refused> {
  const orders: OrderView[] = [];
  while (orders.length < MOST_ROUNDS) {
    const found = await ports.findOrder({ owner: code.owner, ...keyOfRound(code, orders.length + 1), freshness: 'stored' });
    if (found.kind === 'refused') {
      if (found.code !== 'ORDER_NOT_FOUND') return found;
      break;
    }
    orders.push(found.value);
  }
  // The running one; else one that was paid after it had ended, whatever was tried after it.
  const at = orders.findLastIndex((order) => !endedUnpaid(order));
  const taken = orders[at];
  if (taken !== undefined) return { kind: 'taken', round: at + 1, order: taken };
  return orders.length === MOST_ROUNDS ? refused('CHECKOUT_NOT_OPEN') : { kind: 'free', round: orders.length + 1, before: orders.at(-1) };
}
