/**
 * 清退: what became of one prepayment account that is being emptied? The HIS takes the money off the account under our number; only then it goes back, along the orders it came by, and what no order can
 * give back by bank transfer.
 */
import { defineTransitions } from './transitions.js';

export const PREPAYMENT_RETURN_STATES = ['planned', 'taking', 'unknown', 'taken', 'returned', 'refused', 'changed'] as const;
export type PrepaymentReturnState = (typeof PREPAYMENT_RETURN_STATES)[number];

export const PREPAYMENT_RETURN_TRIGGERS = ['send', 'hisAnswer', 'timer', 'refund'] as const;
export type PrepaymentReturnTrigger = (typeof PREPAYMENT_RETURN_TRIGGERS)[number];

export const prepaymentReturnTransitions = defineTransitions<PrepaymentReturnState, PrepaymentReturnTrigger>('prepaymentReturn', [
  { from: ['planned', 'unknown'], to: 'taking', by: ['send'], why: 'approved, and the balance is what was shown: the intent to take it off the account is committed' },
  { from: ['planned'], to: 'changed', by: ['timer'], why: 'the balance is not what was approved any more: nothing is taken, another run shows it anew' },
  { from: ['taking'], to: 'unknown', by: ['hisAnswer', 'timer'], why: 'no definite answer: sent again under the same number' },
  { from: ['taking'], to: 'taken', by: ['hisAnswer'], why: 'the HIS has taken it off the account: from now on it is owed to the patient' },
  { from: ['taking'], to: 'refused', by: ['hisAnswer'], why: 'definite refusal of the first request: the account is as it was' },
  { from: ['taken'], to: 'returned', by: ['refund'], why: 'every share is on its way back; what no order can give back is a case for a bank transfer' },
]);

export function isReturnEnded(state: PrepaymentReturnState): boolean {
  return state === 'returned' || state === 'refused' || state === 'changed';
}

/** `paused`: approved, and nothing new is begun; what the HIS was asked for goes on to its end. */
export const PREPAYMENT_RUN_STATES = ['proposed', 'approved', 'paused', 'rejected'] as const;
export type PrepaymentRunState = (typeof PREPAYMENT_RUN_STATES)[number];
