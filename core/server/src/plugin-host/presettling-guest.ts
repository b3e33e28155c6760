import { AbandonOutcomeSchema, FindInsuredOutcomeSchema, PresettlementOutcomeSchema, type Presettling } from '@hospay/plugin-sdk';
import { Compile } from 'typebox/compile';
import type { PresettlingGuest } from '../domain/guests.js';
import { createAttempts } from './attempts.js';
import type { Boundary } from './boundary.js';

const ANSWERS = { findInsured: Compile(FindInsuredOutcomeSchema), presettle: Compile(PresettlementOutcomeSchema), abandon: Compile(AbandonOutcomeSchema) };

export type ActivePresettling = { readonly presettling: Presettling; readonly boundary: Boundary };

/** The insurance centre as use cases see it: every call through the boundary of the channel it belongs to. Never throws. */
export function presettlingGuest(current: () => ActivePresettling): PresettlingGuest {
  const attempts = createAttempts();
  return {
    findInsured(request) {
      const { presettling, boundary } = current();
      return boundary.call({ operation: 'findInsured', request, answer: ANSWERS.findInsured, hand: (copy, context) => presettling.findInsured(copy, { ...context, attempt: 1 }) });
    },
    presettle(request) {
      const { presettling, boundary } = current();
      const attempt = attempts.next(request.presettlementNo);
      return boundary.call({ operation: 'presettle', request, answer: ANSWERS.presettle, hand: (copy, context) => presettling.presettle(copy, { ...context, attempt }) });
    },
    abandon(request) {
      const { presettling, boundary } = current();
      const attempt = attempts.next(`abandon/${request.presettlementNo}`);
      return boundary.call({ operation: 'abandon', request, answer: ANSWERS.abandon, hand: (copy, context) => presettling.abandon(copy, { ...context, attempt }) });
    },
  };
}
