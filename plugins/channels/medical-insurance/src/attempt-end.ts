import type { AttemptEnd } from './attempts.js';
import type { CentreAnswer } from './centre-answer.js';
import type { Settlement } from './settlement.js';

export type Unknown = { readonly kind: 'unknown'; readonly reason: string };

/** How an answer ends its attempt; one that leaves it open says why. `read` finds the settlement in it, or why it cannot be believed. */
export function endOf(answer: CentreAnswer, read: (output: unknown) => Settlement | string): AttemptEnd | Unknown {
  switch (answer.kind) {
    case 'unknown':
      return answer;
    case 'notSent':
      return { state: 'notSent' };
    case 'refused':
      return { state: 'refused', refusal: { code: answer.code, message: answer.message } };
    case 'done': {
      const settlement = read(answer.output);
      return typeof settlement === 'string' ? { kind: 'unknown', reason: settlement } : { state: 'done', settlement };
    }
  }
}
