import type { Order } from './order.js';

/** True while another payment may be added: the order was made for several, nobody ended it, its time has not passed. */
export function takesMorePayments(order: Order, now: Date): boolean {
  return order.confirmation === 'none' && order.tenderUntil !== undefined && order.tenderEndingAt === undefined && now.getTime() < Date.parse(order.tenderUntil);
}
