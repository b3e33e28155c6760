/**
 * What became of a pre-settlement with the medical insurance (医保预结算)? No money moves in it, but the centre keeps a registration and fees for it:
 * either a payment settles it, or they are taken back.
 */
import { defineTransitions } from './transitions.js';

export const PRESETTLEMENT_STATES = ['requested', 'unknown', 'presettled', 'settling', 'settled', 'abandoning', 'abandoned'] as const;
export type PresettlementState = (typeof PRESETTLEMENT_STATES)[number];

/** `answer` the centre's; `request` the owner's; `payment` an order takes it, or its payment has news; `refund` its payment went back. */
export const PRESETTLEMENT_TRIGGERS = ['answer', 'request', 'timer', 'payment', 'refund'] as const;
export type PresettlementTrigger = (typeof PRESETTLEMENT_TRIGGERS)[number];

export const presettlementTransitions = defineTransitions<PresettlementState, PresettlementTrigger>('presettlement', [
  { from: ['requested', 'unknown'], to: 'presettled', by: ['answer'], why: 'the centre has priced the visit, and its split makes the quoted total' },
  { from: ['requested'], to: 'unknown', by: ['answer'], why: 'no definite answer: asked again under the same number' },
  { from: ['presettled'], to: 'settling', by: ['payment'], why: 'an order has taken it; its first payment settles it' },
  { from: ['settling', 'presettled', 'abandoning'], to: 'settled', by: ['payment'], why: 'the centre settled it, late news included' },
  { from: ['settling'], to: 'presettled', by: ['payment'], why: 'the order ended without settling it: another may take it' },
  { from: ['requested', 'unknown', 'presettled'], to: 'abandoning', by: ['answer', 'request', 'timer'], why: 'declined, of another total, given up, or past its time: fees and registration are taken back' },
  { from: ['settling'], to: 'abandoning', by: ['payment'], why: 'the channel closed its payment, which can never be settled now: fees and registration are taken back' },
  { from: ['settled'], to: 'abandoning', by: ['refund'], why: 'the settlement is undone: fees and registration are taken back too' },
  { from: ['abandoned'], to: 'abandoning', by: ['answer'], why: 'a call from before the end answers after it: what it left at the centre is taken back too' },
  { from: ['abandoning'], to: 'abandoned', by: ['answer'], why: 'the centre holds nothing of it any more' },
]);
