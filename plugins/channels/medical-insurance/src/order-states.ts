/** What the state of an order (ordStas) says of the part the insurance pays. */
export type InsuredPart = 'notSettled' | 'pending' | 'settled' | 'closed' | 'failed' | 'unknown';
/** And of its refund. */
export type InsuredRefund = 'none' | 'processing' | 'refunded' | 'unknown';

type OrderState = { readonly part: InsuredPart; readonly refund: InsuredRefund };

/** 医保移动支付 ordStas, from the field lists of four provinces. What stands for nothing certain is unknown; so is every other number. */
const ORDER_STATES: Readonly<Record<string, OrderState>> = {
  /** Saved. */
  '0': { part: 'notSettled', refund: 'unknown' },
  /** Pre-settled. */
  '1': { part: 'notSettled', refund: 'unknown' },
  /** Settling. */
  '2': { part: 'pending', refund: 'unknown' },
  /** The cash part is done. */
  '3': { part: 'pending', refund: 'unknown' },
  /** The insurance part is done; settled in the hospital; settled. */
  '4': { part: 'settled', refund: 'none' },
  '5': { part: 'settled', refund: 'none' },
  '6': { part: 'settled', refund: 'none' },
  /** Refunded; the insurance part refunded whole. A refunded payment was paid. */
  '7': { part: 'settled', refund: 'refunded' },
  '8': { part: 'settled', refund: 'refunded' },
  /** The cash part refunded, whole or in part: the insurance part stands. */
  '9': { part: 'settled', refund: 'none' },
  '10': { part: 'settled', refund: 'none' },
  /** The insurance part refunded whole, the cash part partly. */
  '11': { part: 'settled', refund: 'refunded' },
  /** Revoked; the insurance part revoked. */
  '12': { part: 'closed', refund: 'unknown' },
  '13': { part: 'closed', refund: 'unknown' },
  /** Abnormal. */
  '14': { part: 'unknown', refund: 'unknown' },
  /** The settlement failed. */
  '15': { part: 'failed', refund: 'unknown' },
  /** The insurance failed and the cash could not be reversed: a person has to look. */
  '16': { part: 'unknown', refund: 'unknown' },
  /** Refunding. */
  '17': { part: 'unknown', refund: 'processing' },
};

export function stateOf(ordStas: string): OrderState {
  return (Object.hasOwn(ORDER_STATES, ordStas) ? ORDER_STATES[ordStas] : undefined) ?? { part: 'unknown', refund: 'unknown' };
}
