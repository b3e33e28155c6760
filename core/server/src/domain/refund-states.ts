/**
 * Is the money on its way back? One row per refund; its number never changes. A refund of a confirmed order first asks the HIS to reverse
 * (`approving`); a refund of money the HIS never booked goes straight to the channel.
 */
import { defineTransitions } from './transitions.js';

export const REFUND_STATES = ['reserved', 'approving', 'submitted', 'unknown', 'processing', 'abnormal', 'succeeded', 'closed', 'rejected'] as const;
export type RefundState = (typeof REFUND_STATES)[number];

export const REFUND_TRIGGERS = ['send', 'hisAnswer', 'hisQuery', 'answer', 'notification', 'query', 'statement', 'timer'] as const;
export type RefundTrigger = (typeof REFUND_TRIGGERS)[number];

export const refundTransitions = defineTransitions<RefundState, RefundTrigger>('refund', [
  { from: ['reserved'], to: 'approving', by: ['send'], why: 'the intent to ask the HIS is committed' },
  { from: ['approving'], to: 'submitted', by: ['hisAnswer', 'hisQuery'], why: 'the HIS reversed its booking, the last one needed; the channel is called next' },
  { from: ['approving'], to: 'rejected', by: ['hisAnswer'], why: 'the HIS refuses (drugs dispensed, test done …), and no request without an answer can be carried out any more: nothing was sent to the channel' },
  { from: ['reserved'], to: 'rejected', by: ['hisAnswer'], why: 'the HIS refuses a refund that belongs with this one: neither goes back without the other' },
  { from: ['approving'], to: 'submitted', by: ['send'], why: 'the HIS had reversed its booking before, and now has answered about every refund that belongs with this one' },
  { from: ['reserved'], to: 'submitted', by: ['send'], why: 'the HIS holds no booking; the intent to call the channel is committed' },
  { from: ['abnormal'], to: 'submitted', by: ['send'], why: 'cash that could not be paid out is tried again: from here on notes may leave the till, and its shift is not closed meanwhile' },
  { from: ['submitted', 'unknown', 'abnormal'], to: 'processing', by: ['answer', 'notification', 'query'], why: 'the channel accepted it' },
  { from: ['submitted'], to: 'unknown', by: ['answer', 'timer'], why: 'no definite answer: asked and repeated with the same number only' },
  { from: ['submitted', 'unknown', 'processing', 'abnormal'], to: 'succeeded', by: ['answer', 'notification', 'query', 'statement'], why: 'the channel says the money is back' },
  { from: ['submitted', 'unknown', 'processing'], to: 'abnormal', by: ['answer', 'notification', 'query'], why: 'the way back is blocked (card closed, merchant out of balance): a person must act; the same number is tried again' },
  { from: ['submitted', 'unknown', 'processing', 'abnormal'], to: 'closed', by: ['answer', 'notification', 'query', 'statement'], why: 'the channel gave it up; a new refund may follow' },
]);

/** True while the amount of this refund still counts against what may be refunded. */
export function holdsMoney(state: RefundState): boolean {
  return state !== 'closed' && state !== 'rejected';
}

export function isRefundEnded(state: RefundState): boolean {
  return state === 'succeeded' || state === 'closed' || state === 'rejected';
}
