/**
 * 签约: may this card be charged by agreement? A row is written before the gateway is told; what has no answer is asked about by its number. A binding that was confirmed and has no answer may
 * hold a token at the gateway: it ends only by the gateway's word.
 */
import { defineTransitions } from './transitions.js';

export const AGREEMENT_STATES = ['requested', 'confirming', 'active', 'failed', 'ending', 'ended'] as const;
export type AgreementState = (typeof AGREEMENT_STATES)[number];

export const AGREEMENT_TRIGGERS = ['confirm', 'answer', 'query', 'timer', 'unbind'] as const;
export type AgreementTrigger = (typeof AGREEMENT_TRIGGERS)[number];

export const agreementTransitions = defineTransitions<AgreementState, AgreementTrigger>('agreement', [
  { from: ['requested'], to: 'confirming', by: ['confirm'], why: 'the code was entered: committed before the gateway is told' },
  { from: ['confirming'], to: 'requested', by: ['answer', 'query'], why: 'nothing was bound (wrong code, not sent, still waiting): the code may be entered again' },
  { from: ['requested', 'confirming'], to: 'active', by: ['answer', 'query'], why: 'the gateway bound the card: its token is kept' },
  { from: ['requested', 'confirming'], to: 'failed', by: ['answer', 'query'], why: 'the gateway says that this number can never be bound' },
  { from: ['requested'], to: 'failed', by: ['timer'], why: 'the time of its code is over, and no code was ever entered' },
  { from: ['active'], to: 'ending', by: ['unbind'], why: 'it is charged no more; then the gateway is told, until it says that the token is over' },
  { from: ['ending'], to: 'ended', by: ['answer', 'query'], why: 'the token can never be charged again' },
  { from: ['active'], to: 'ended', by: ['query'], why: 'its holder cancelled it at the bank' },
]);

/** It holds a place among the cards of its holder: bound, or may be. */
export function holdsPlace(state: AgreementState): boolean {
  return state !== 'failed' && state !== 'ended';
}
