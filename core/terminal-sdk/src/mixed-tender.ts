/** What is still to be taken of an order, and what a cashier types for it. */
import { stageOf, type OrderStage } from './order-stage.js';
import type { Order } from './protocol.js';

/** Integer fen: what further payments have to bring. */
export function leftFen(order: Order): number {
  // Once the hospital was told, or money goes back, nothing more is taken.
  const isOver = order.tender === undefined || order.tender.isEnding || order.confirmation.state !== 'none' || order.refunds.length > 0;
  return isOver || order.tender === undefined ? 0 : order.amountFen - order.tender.paidFen;
}

const ENDED: ReadonlySet<string> = new Set(['succeeded', 'closed', 'failed']);

/** The payment the customer is at now. */
export function openPaymentOf(order: Order): Order['payments'][number] | undefined {
  return order.payments.find(({ state }) => !ENDED.has(state));
}

/** A mixed order that waits for its next payment. */
export function takesMore(order: Order): boolean {
  return leftFen(order) > 0 && openPaymentOf(order) === undefined;
}

/** 先自费后医保: an order that began with what the customer pays himself; the insurance is settled when all of that is in. */
function settlesLast({ presettlementNo, payments }: Order): boolean {
  return presettlementNo !== undefined && payments[0] !== undefined && payments[0].method !== 'medicalInsurance';
}

/** Integer fen: what the customer has still to pay himself. */
export function ownLeftFen(order: Order): number {
  return settlesLast(order) ? Math.max(0, leftFen(order) - order.fundFen - order.personalAccountFen) : leftFen(order);
}

/** All the rest is in: the insurance is to be settled. */
export function isInsuranceDue(order: Order): boolean {
  return takesMore(order) && settlesLast(order) && ownLeftFen(order) === 0;
}

/** As the order's place on the screen; a mixed order between two payments is neither paid nor ended. */
export function stageAtCounter(order: Order, coreTime: Date): OrderStage | 'takesMore' {
  if (takesMore(order)) return 'takesMore';
  // While a further payment is open, what was paid before says nothing about it.
  const open = openPaymentOf(order);
  if (open !== undefined && order.payments.length > 1) return stageOf({ ...order, payments: [open] }, coreTime);
  return stageOf(order, coreTime);
}

/** Integer fen: what the patient pays himself of the whole order. */
export function ownFen({ presettlementNo, amountFen, fundFen, personalAccountFen }: Order): number {
  return presettlementNo === undefined ? amountFen : amountFen - fundFen - personalAccountFen;
}

/** Integer fen: what the patient's own payments have brought, without what the insurance paid. */
export function ownPaidFen({ payments }: Order): number {
  return payments.filter(({ state, method }) => state === 'succeeded' && method !== 'medicalInsurance').reduce((sum, { amountFen }) => sum + amountFen, 0);
}

/** Yuan as typed, in fen; undefined when it is no amount. */
export function readYuan(typed: string): number | undefined {
  const [, yuan, part = ''] = /^(\d{1,6})(?:\.(\d{1,2}))?$/.exec(typed.trim()) ?? [];
  return yuan === undefined ? undefined : Number(yuan) * 100 + Number(part.padEnd(2, '0'));
}
