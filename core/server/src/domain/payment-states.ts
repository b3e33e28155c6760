/**
 * Did the money move? One row per payment (tender leg). `unknown` is a state, never a failure: nothing except a definite answer of the
 * channel, or expiry together with a confirmed close, ends a payment.
 */
import { defineTransitions } from './transitions.js';

export const PAYMENT_STATES = ['created', 'submitted', 'paying', 'unknown', 'closing', 'succeeded', 'closed', 'failed'] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

/** What justified a change: `answer` synchronous channel answer, `notification` verified, `query` answer, `statement` channel bill. */
export const PAYMENT_TRIGGERS = ['accept', 'answer', 'notification', 'query', 'statement', 'timer', 'cancel', 'operator'] as const;
export type PaymentTrigger = (typeof PAYMENT_TRIGGERS)[number];

const NEWS = ['answer', 'notification', 'query', 'statement'] as const;

export const paymentTransitions = defineTransitions<PaymentState, PaymentTrigger>('payment', [
  { from: ['created'], to: 'submitted', by: ['accept'], why: 'the intent is committed; the channel is called next' },
  { from: ['submitted', 'unknown'], to: 'paying', by: ['answer', 'query', 'notification'], why: 'the channel has the order and waits for the patient' },
  { from: ['submitted', 'paying'], to: 'unknown', by: ['answer', 'timer'], why: 'no definite answer: ask, never repeat under another number' },
  { from: ['submitted', 'unknown'], to: 'failed', by: ['answer'], why: 'a refusal the channel documents as final, or nothing left the machine' },
  { from: ['paying', 'unknown', 'closing', 'submitted'], to: 'failed', by: ['query', 'notification'], why: 'the channel says this attempt failed for good' },
  { from: ['submitted', 'paying', 'unknown'], to: 'closing', by: ['timer', 'cancel', 'operator'], why: 'expiry or cancel: asked once more, then closed at the channel' },
  { from: ['closing'], to: 'closed', by: NEWS, why: 'the channel says closed; or not found, after expiry and margin' },
  { from: ['submitted', 'paying', 'unknown'], to: 'closed', by: ['query', 'notification', 'statement'], why: 'the channel closed it by itself' },
  { from: ['submitted', 'paying', 'unknown', 'closing'], to: 'succeeded', by: NEWS, why: 'amount, merchant and number agree with the order' },
  { from: ['closed', 'failed'], to: 'succeeded', by: ['notification', 'query', 'statement'], why: 'late success: confirmed if the bill still stands, else refunded' },
]);

/** States in which no more news is waited for (late success may still arrive). */
export function isPaymentEnded(state: PaymentState): boolean {
  return state === 'succeeded' || state === 'closed' || state === 'failed';
}
