/** Does the hospital know? One axis per order, apart from the money axis: merged statuses hide the one-sided account (单边账). */
import { defineTransitions } from './transitions.js';

export const CONFIRMATION_STATES = ['none', 'toConfirm', 'confirming', 'unknown', 'confirmed', 'rejected', 'reversing', 'reversed'] as const;
export type ConfirmationState = (typeof CONFIRMATION_STATES)[number];

export const CONFIRMATION_TRIGGERS = ['paid', 'accept', 'send', 'answer', 'query', 'refund', 'hisRefund', 'timer', 'rebook'] as const;
export type ConfirmationTrigger = (typeof CONFIRMATION_TRIGGERS)[number];

export const confirmationTransitions = defineTransitions<ConfirmationState, ConfirmationTrigger>('confirmation', [
  { from: ['none'], to: 'toConfirm', by: ['paid'], why: 'the money is in; the hospital must be told' },
  { from: ['none'], to: 'toConfirm', by: ['accept'], why: 'nothing is to be paid (self-pay of zero): the hospital must be told all the same' },
  { from: ['toConfirm', 'unknown'], to: 'confirming', by: ['send'], why: 'the intent to call the HIS is committed' },
  { from: ['confirming'], to: 'confirmed', by: ['answer', 'query'], why: 'the HIS booked our trade number and amount' },
  { from: ['unknown', 'toConfirm'], to: 'confirmed', by: ['query'], why: 'asked: the HIS has booked it' },
  { from: ['confirming'], to: 'rejected', by: ['answer'], why: 'definite refusal or mismatch, and no request without an answer can be carried out any more: the money goes back' },
  { from: ['confirming'], to: 'unknown', by: ['answer', 'timer'], why: 'no definite answer: asked, then sent again under the same number, without a cap' },
  { from: ['confirmed'], to: 'reversing', by: ['refund'], why: 'a full refund waits for the HIS to reverse its booking' },
  { from: ['reversing'], to: 'reversed', by: ['answer', 'query'], why: 'the HIS reversed its booking' },
  { from: ['reversing'], to: 'reversed', by: ['hisRefund'], why: 'the HIS reversed its booking itself, and asked for the money to go back' },
  { from: ['reversing'], to: 'confirmed', by: ['answer'], why: 'the HIS refused the reversal: the booking stands' },
  { from: ['confirmed'], to: 'confirmed', by: ['rebook'], why: 'asked, the HIS had lost its booking (restored from a backup); told again under the same number it booked it anew' },
]);
