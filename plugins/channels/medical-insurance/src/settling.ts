import type { PluginContext } from '@hospay/plugin-sdk';

import { isFields, listAt, textAt } from './answer-fields.js';
import type { Attempt, Attempts, KeptAttempt } from './attempts.js';
import type { CentreAnswer, Unknown } from './centre-answer.js';
import type { CentreLine } from './centre-line.js';
import { isAsSent, readSettlement, SPLIT_CHANGED, type Settlement } from './settlement.js';
import type { CompleteSettings, MedicalInsuranceSettings } from './settings.js';

/** `isProven`: the centre listed the settlements of the visit, each with the message that made it, and ours was not among them. */
type Found = { readonly kind: 'found'; readonly settlement: Settlement } | { readonly kind: 'none'; readonly isProven: boolean } | Unknown;

type Infno = '2207' | '2208';
type Refused = Extract<CentreAnswer, { kind: 'refused' }>;

/** What became of a settlement (2207) or its undoing (2208): the attempt as it ended, or as it is open; or why it is still open. */
export type Settling = {
  /** By its own answer. `read` finds the settlement in it, or why it cannot be believed. */
  answered(kept: KeptAttempt, infno: Infno, answer: CentreAnswer, given: { readonly read: (output: unknown) => Settlement | string; readonly signal: AbortSignal }): Promise<Attempt | Unknown>;
  /** The answer was lost: looked up by its message number, otherwise reversed by 2601. */
  unknown(kept: KeptAttempt, infno: Infno, signal: AbortSignal): Promise<Attempt | Unknown>;
  /** The centre refused it, and had nothing of it then. A settlement that is there all the same is believed. */
  refusedBefore(kept: KeptAttempt, signal: AbortSignal): Promise<Attempt | Unknown>;
  lookUp(attempt: Attempt, signal: AbortSignal): Promise<Found>;
};

export function createSettling({ context, settings, line, attempts }: { readonly context: PluginContext<MedicalInsuranceSettings>; readonly settings: CompleteSettings; readonly line: CentreLine; readonly attempts: Attempts }): Settling {
  const lookUp = async (attempt: Attempt, signal: AbortSignal): Promise<Found> => {
    if (settings.settlementLookup === 'none') return { kind: 'none', isProven: false };
    const { personNo, visitNo, insuredPlace, number, msgid } = attempt;
    const answer = await line.ask({ infno: settings.settlementLookup, input: { data: { psn_no: personNo, mdtrt_id: visitNo, setl_id: '' } }, of: number, insuredPlace, signal });
    // A centre refuses a look-up that finds nothing; so does a gateway that can do nothing at all.
    if (answer.kind === 'refused') return { kind: 'none', isProven: false };
    if (answer.kind !== 'done') return { kind: 'unknown', reason: answer.reason };
    const ofVisit = listAt(answer.output, 'setlinfo').filter((setlinfo) => textAt(setlinfo, 'mdtrt_id') === visitNo && textAt(setlinfo, 'psn_no') === personNo);
    // An empty answer names no list; signed, it could be any other's played again.
    const isList = isFields(answer.output) && Array.isArray(answer.output['setlinfo']);
    const found = ofVisit.find((setlinfo) => textAt(setlinfo, 'medins_setl_id') === msgid);
    if (found === undefined) return { kind: 'none', isProven: isList && ofVisit.every((setlinfo) => textAt(setlinfo, 'medins_setl_id') !== '') };
    const settlement = readSettlement(found, settings);
    return typeof settlement === 'string' ? { kind: 'unknown', reason: settlement } : { kind: 'found', settlement };
  };

  const isWrong = ({ amountFen }: Attempt, infno: Infno, { split }: Settlement): boolean => infno === '2207' && !isAsSent(split, amountFen);

  /** 2601. A refusal it was written down with is what is left of the attempt. */
  const undo = async (kept: KeptAttempt, infno: Infno, signal: AbortSignal): Promise<Attempt | Unknown> => {
    const { refusal } = kept.attempt;
    const reversed = await reverse({ line, attempt: kept.attempt, infno, signal });
    if (reversed.kind === 'done') return attempts.endReversal(kept, refusal === undefined ? { state: 'reversed' } : { state: 'refused', refusal });
    if (reversed.kind !== 'refused') return { kind: 'unknown', reason: reversed.reason };
    // What cannot be reversed and is there stands.
    const found = await lookUp(kept.attempt, signal);
    if (found.kind !== 'found') return { kind: 'unknown', reason: `the reversal was refused: ${reversed.message}`.slice(0, 500) };
    const { settlement } = found;
    return attempts.endReversal(kept, isWrong(kept.attempt, infno, settlement) ? { state: 'undoing', refusal: SPLIT_CHANGED, settlement } : { state: 'done', settlement });
  };

  /** Written down before 2601 leaves: the answer of what is being reversed may cross it. */
  const reverseNow = async (kept: KeptAttempt, infno: Infno, refusal: Attempt['refusal'], signal: AbortSignal): Promise<Attempt | Unknown> => {
    const stands = await attempts.end(kept, { state: 'reversing', ...(refusal === undefined ? {} : { refusal }) });
    return stands.state === 'reversing' ? undo({ ...kept, attempt: stands }, infno, signal) : stands;
  };

  /** A settlement of another amount than was sent for is nobody's payment: it goes back at once. */
  const settled = (kept: KeptAttempt, infno: Infno, settlement: Settlement, signal: AbortSignal): Promise<Attempt | Unknown> =>
    isWrong(kept.attempt, infno, settlement) ? reverseNow(kept, infno, SPLIT_CHANGED, signal) : attempts.end(kept, { state: 'done', settlement });

  /** The code and words of a refusal are signed nowhere, and a gateway says the same of what it lost sight of: what is believed is that the centre has nothing. */
  const refused = async (kept: KeptAttempt, infno: Infno, { code, message }: Refused, signal: AbortSignal): Promise<Attempt | Unknown> => {
    const found = await lookUp(kept.attempt, signal);
    if (found.kind === 'unknown') return { kind: 'unknown', reason: `refused (${message}), and not to be looked up: ${found.reason}`.slice(0, 500) };
    if (found.kind === 'found') return { kind: 'unknown', reason: `refused (${message}), and yet the centre has it`.slice(0, 500) };
    const refusal = { code, message };
    return found.isProven ? attempts.end(kept, { state: 'refused', refusal }) : reverseNow(kept, infno, refusal, signal);
  };

  return {
    lookUp,

    async answered(kept, infno, answer, { read, signal }) {
      switch (answer.kind) {
        case 'unknown':
          return answer;
        case 'notSent':
          return attempts.end(kept, { state: 'notSent' });
        case 'refused':
          return refused(kept, infno, answer, signal);
        case 'done': {
          const settlement = read(answer.output);
          return typeof settlement === 'string' ? { kind: 'unknown', reason: settlement } : settled(kept, infno, settlement, signal);
        }
      }
    },

    async refusedBefore(kept, signal) {
      // What was given up before it was sent has no message; what was undone by 2208 stands in the books.
      if (kept.attempt.msgid === '' || kept.attempt.settlement !== undefined) return kept.attempt;
      const found = await lookUp(kept.attempt, signal);
      if (found.kind === 'unknown') return found;
      if (found.kind === 'none') return kept.attempt;
      const { settlement } = found;
      if (!isWrong(kept.attempt, '2207', settlement)) return attempts.endReversal(kept, { state: 'done', settlement });
      return undo({ ...kept, attempt: await attempts.endReversal(kept, { state: 'reversing', refusal: SPLIT_CHANGED }) }, '2207', signal);
    },

    async unknown(kept, infno, signal) {
      if (kept.attempt.state === 'undoing') return kept.attempt;
      if (kept.attempt.state === 'reversing') return undo(kept, infno, signal);
      const found = await lookUp(kept.attempt, signal);
      if (found.kind === 'unknown') return found;
      if (found.kind === 'found') return settled(kept, infno, found.settlement, signal);
      if (context.now().getTime() - Date.parse(kept.attempt.sentAt) < settings.reverseAfterMs) return { kind: 'unknown', reason: 'the centre may still be at work on it' };
      return reverseNow(kept, infno, undefined, signal);
    },
  };
}

type Reversible = Pick<Attempt, 'msgid' | 'personNo' | 'number' | 'insuredPlace'>;

/** 2601: the message of that number is to have had no effect. Repeating it is harmless. */
export function reverse({ line, attempt, infno, signal }: { readonly line: CentreLine; readonly attempt: Reversible; readonly infno: string; readonly signal: AbortSignal }): ReturnType<CentreLine['ask']> {
  const { personNo, msgid, number, insuredPlace } = attempt;
  return line.ask({ infno: '2601', input: { data: { psn_no: personNo, omsgid: msgid, oinfno: infno } }, of: number, insuredPlace, signal });
}
