/** What the checkout page (收银台) is shown: nothing that names a person beyond a masked label, and the way to the wallet only for the browser that chose it. */
import type { Presentation } from '@hospay/plugin-sdk';
import type { OrderView } from '../payments/order-view.js';
import type { BrowserApp, Wallet } from './wallets.js';

export const CHECKOUT_STAGES = ['open', 'starting', 'toPay', 'elsewhere', 'confirming', 'closing', 'paid', 'done', 'goingBack', 'returned', 'returnBlocked'] as const;
/**
 * `open`: may be paid now. `starting`: the channel is being asked for the way to pay. `toPay`: the way is there. `elsewhere`: another browser is paying.
 * `confirming`: nobody knows yet. `closing`: being called off. `paid`: the money is in, the hospital is being told. `done`: booked. `goingBack`, `returned`,
 * `returnBlocked`: the money is on its way back, is back, or needs a person.
 */
export type CheckoutStage = (typeof CHECKOUT_STAGES)[number];

export type CheckoutView = {
  readonly stage: CheckoutStage;
  /** Which try this code is at: a page may only start the one it was shown. */
  readonly round: number;
  readonly hospitalName: string;
  readonly description: string;
  readonly patientLabel?: string;
  /** Absent while the bills have no valid price: open the page anew. */
  readonly amountFen?: number;
  /** Until the code, or the started payment, ends. */
  readonly secondsLeft: number;
  readonly app: BrowserApp;
  /** What can be paid with here and now. */
  readonly wallets: readonly Wallet[];
  /** Apps that can pay when they scan the same code. */
  readonly otherApps: readonly Wallet[];
  /** How the try before this one ended. Nothing was charged. */
  readonly before?: 'closed' | 'declined';
  /** The wallet of the running or finished payment. */
  readonly wallet?: Wallet;
  readonly presentation?: Presentation;
  /** Whether this browser may call off the running payment. */
  readonly mayCancel?: boolean;
  /** Only for the browser that paid. */
  readonly receipt?: { readonly paidAt?: string; readonly receiptNo?: string; readonly settlementNo?: string; readonly pickupWindow?: string; readonly guide?: string };
};

/** Another browser may call off a payment only this long after it was started: whoever is typing a password is not interrupted by a second phone. */
export const UNDISTURBED_MS = 20_000;

export function stageOfOrder(order: OrderView, { isOwn, now }: { readonly isOwn: boolean; readonly now: Date }): CheckoutStage {
  // Nothing was to be paid: the hospital is told, or knows.
  if (order.payments.length === 0) return order.confirmation.state === 'confirmed' ? 'done' : 'paid';
  if (order.payments.some(({ state }) => state === 'succeeded')) return stageAfterPayment(order);
  const open = order.payments.find(({ state }) => state !== 'closed' && state !== 'failed');
  if (open?.state === 'closing') return now.getTime() < Date.parse(open.expiresAt) ? 'closing' : 'confirming';
  if (open === undefined || now.getTime() >= Date.parse(open.expiresAt)) return 'confirming';
  if (!isOwn) return 'elsewhere';
  return open.presentation === undefined ? 'starting' : 'toPay';
}

/** Every payment ended and none was paid, or there was nothing to pay and the hospital did not settle it: nothing was charged, and the code may be used for another try. */
export function endedUnpaid(order: OrderView): boolean {
  const { payments, confirmation } = order;
  // An order of nothing (零自付) ends when the hospital refuses it.
  if (payments.length === 0) return confirmation.state === 'rejected' || confirmation.state === 'reversed';
  return payments.every(({ state }) => state === 'closed' || state === 'failed');
}

function stageAfterPayment(order: OrderView): CheckoutStage {
  const live = order.refunds.filter(({ state }) => state !== 'closed' && state !== 'rejected');
  if (live.some(({ state }) => state === 'abnormal')) return 'returnBlocked';
  const returnedFen = live.reduce((sum, { state, refundFen }) => (state === 'succeeded' ? sum + refundFen : sum), 0);
  if (returnedFen >= order.amountFen) return 'returned';
  if (live.some(({ state }) => state !== 'succeeded')) return 'goingBack';
  switch (order.confirmation.state) {
    case 'confirmed':
      return 'done';
    case 'rejected':
    case 'reversing':
    case 'reversed':
      return 'goingBack';
    case 'none':
    case 'toConfirm':
    case 'confirming':
    case 'unknown':
      return 'paid';
  }
}
