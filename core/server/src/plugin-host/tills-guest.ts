import { OpenTillOutcomeSchema, TillDaysSchema, type TillDay, type Tills } from '@hospay/plugin-sdk';
import { Compile } from 'typebox/compile';
import type { TillsGuest } from '../domain/guests.js';
import { asUnknown } from './as-unknown.js';
import type { Boundary } from './boundary.js';

const ANSWERS = { tillDays: Compile(TillDaysSchema), openTill: Compile(OpenTillOutcomeSchema) };

export type ActiveTills = { readonly tills: Tills; readonly boundary: Boundary };

/** The tills as use cases see them: every call through the boundary of the channel they belong to. Never throws. */
export function tillsGuest(current: () => ActiveTills): TillsGuest {
  return {
    async tillDays(request) {
      const { tills, boundary } = current();
      const answer = await boundary.call({ operation: 'tillDays', request, answer: ANSWERS.tillDays, hand: (copy) => tills.tillDays(copy) });
      if ('kind' in answer) return { kind: 'unknown', reason: answer.reason };
      const problem = whyNotABook(answer, request.day);
      return problem === undefined ? { kind: 'ok', tills: answer } : { kind: 'unknown', reason: problem };
    },
    async openTill(request) {
      const { tills, boundary } = current();
      return asUnknown(await boundary.call({ operation: 'openTill', request, answer: ANSWERS.openTill, hand: (copy) => tills.openTill(copy) }));
    },
  };
}

/** A book of another day, with a till twice, or one that does not add up would be compared with the ledger as if it were true. */
function whyNotABook(tills: readonly TillDay[], day: string): string | undefined {
  if (new Set(tills.map(({ tillNo }) => tillNo)).size < tills.length) return 'the till book names a till twice';
  if (tills.some((till) => till.day !== day)) return 'the till book told another day';
  const wrong = tills.find(({ openings, takenIn, paidOut, balanceFen }) => openings.amountFen + takenIn.amountFen - paidOut.amountFen !== balanceFen);
  return wrong === undefined ? undefined : `the till book of ${wrong.tillNo} does not add up`;
}
