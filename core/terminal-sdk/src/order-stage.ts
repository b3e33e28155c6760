/** What to show of an order: the two questions (did the money move? does the hospital know?) told as one place in the patient's walk. */
import type { Order } from './protocol.js';

export type OrderStage =
  /** The order exists, the code is not there yet. */
  | 'starting'
  /** Show the code and count down. */
  | 'scan'
  /** The patient pays in his own phone: on the page of an aggregated code (聚合码), in an app. Nothing to show but that. */
  | 'onPhone'
  /** Nobody knows yet: 支付结果确认中，请勿重复支付. Never offer to pay again. */
  | 'confirming'
  /** Paid; the hospital is being told. */
  | 'paid'
  /** Booked: print the receipt. */
  | 'done'
  /** The money is on its way back. */
  | 'refunding'
  | 'refunded'
  /** The way back is blocked: a person must help. */
  | 'refundBlocked'
  /** Ended without payment: cancelled, expired or refused by the channel. */
  | 'ended';

/** Reads the stage at an instant of the core's time (`client.coreTime`). */
export function stageOf(order: Order, coreTime: Date): OrderStage {
  if (order.payments.length === 0) return stageOfNothingToPay(order);
  const paid = order.payments.find(({ state }) => state === 'succeeded');
  if (paid !== undefined) return stageAfterPayment(order);
  const open = order.payments.find(({ state }) => state !== 'closed' && state !== 'failed');
  if (open === undefined) return 'ended';
  if (open.state === 'created' || open.state === 'submitted') return 'starting';
  if (open.state === 'paying' && open.presentation?.kind === 'qr' && Date.parse(open.expiresAt) > coreTime.getTime()) return 'scan';
  if (open.state === 'paying' && PHONE_METHODS.has(open.method) && Date.parse(open.expiresAt) > coreTime.getTime()) return 'onPhone';
  return 'confirming';
}

const PHONE_METHODS: ReadonlySet<string> = new Set(['jsapi', 'miniProgram', 'h5', 'app', 'webPage']);

/** A self-pay of zero: there was never anything to pay, only the hospital to be told. */
function stageOfNothingToPay({ confirmation: { state } }: Order): OrderStage {
  if (state === 'confirmed') return 'done';
  return state === 'rejected' || state === 'reversing' || state === 'reversed' ? 'ended' : 'paid';
}

function stageAfterPayment(order: Order): OrderStage {
  const live = order.refunds.filter(({ state }) => state !== 'closed' && state !== 'rejected');
  if (live.some(({ state }) => state === 'abnormal')) return 'refundBlocked';
  const returnedFen = live.filter(({ state }) => state === 'succeeded').reduce((sum, { refundFen }) => sum + refundFen, 0);
  // Of an order that was paid in part (mixed tender) what was paid is all there is to go back.
  const paidFen = order.payments.filter(({ state }) => state === 'succeeded').reduce((sum, { amountFen }) => sum + amountFen, 0);
  if (returnedFen >= paidFen) return 'refunded';
  if (live.some(({ state }) => state !== 'succeeded')) return 'refunding';
  switch (order.confirmation.state) {
    case 'confirmed':
      return 'done';
    case 'rejected':
    case 'reversing':
    case 'reversed':
      return 'refunding';
    case 'none':
      // Money that moved while the order looked closed: the core decides between booking and refund. A mixed order that is ending unfinished goes back.
      return order.tender?.isEnding === true ? 'refunding' : 'paid';
    case 'toConfirm':
    case 'confirming':
    case 'unknown':
      return 'paid';
  }
}

/** The text behind the QR code the patient scans, while there is one. */
export function qrContentOf(order: Order): string | undefined {
  const open = order.payments.find(({ state }) => state === 'paying');
  return open?.presentation?.kind === 'qr' ? open.presentation.content : undefined;
}

/** Fen as yuan text: 1234 → "12.34". */
export function yuanText(amountFen: number): string {
  const digits = String(Math.abs(amountFen)).padStart(3, '0');
  return `${amountFen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
