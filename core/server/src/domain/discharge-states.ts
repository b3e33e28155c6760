/**
 * What became of a discharge settlement (出院结算) at whose end nothing is to be collected? The HIS settles the stay under our number; then what is left of the deposits
 * goes back to the orders they came from.
 */
import { defineTransitions } from './transitions.js';

export const DISCHARGE_STATES = ['requested', 'settling', 'unknown', 'settled', 'returned', 'rejected'] as const;
export type DischargeState = (typeof DISCHARGE_STATES)[number];

export const DISCHARGE_TRIGGERS = ['send', 'hisAnswer', 'hisQuery', 'timer', 'refund'] as const;
export type DischargeTrigger = (typeof DISCHARGE_TRIGGERS)[number];

export const dischargeTransitions = defineTransitions<DischargeState, DischargeTrigger>('discharge', [
  { from: ['requested', 'unknown'], to: 'settling', by: ['send'], why: 'the intent to call the HIS is committed' },
  { from: ['settling'], to: 'unknown', by: ['hisAnswer', 'timer'], why: 'no definite answer: asked, then sent again under the same number' },
  { from: ['settling', 'unknown'], to: 'settled', by: ['hisAnswer', 'hisQuery'], why: 'the HIS settled the stay; what of its deposits goes back is fixed' },
  { from: ['settling'], to: 'rejected', by: ['hisAnswer'], why: 'definite refusal, and no request without an answer can be carried out any more: the stay is not settled, its deposits stay where they are' },
  { from: ['settled'], to: 'returned', by: ['refund'], why: 'every share is on its way back; what no order can give back is a case for a bank transfer' },
]);

export function isDischargeEnded(state: DischargeState): boolean {
  return state === 'returned' || state === 'rejected';
}
