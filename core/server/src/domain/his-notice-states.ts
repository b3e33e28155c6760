/** What became of a notice of the HIS (HIS 推送)? It is kept before the HIS is told that it arrived; then it is carried out, or refused for good. */
import { defineTransitions } from './transitions.js';

export const HIS_NOTICE_STATES = ['kept', 'done', 'refused'] as const;
export type HisNoticeState = (typeof HIS_NOTICE_STATES)[number];

export const HIS_NOTICE_TRIGGERS = ['carryOut'] as const;
export type HisNoticeTrigger = (typeof HIS_NOTICE_TRIGGERS)[number];

export const hisNoticeTransitions = defineTransitions<HisNoticeState, HisNoticeTrigger>('hisNotice', [
  { from: ['kept'], to: 'done', by: ['carryOut'], why: 'what it asks for is committed; of a refund: reserved' },
  { from: ['kept'], to: 'refused', by: ['carryOut'], why: 'a definite refusal: nothing was done, and every repeat is told the same' },
]);
