import type { PluginContext } from '@hospay/plugin-sdk';

import { listAt, textAt } from './answer-fields.js';
import type { Unknown } from './attempt-end.js';
import type { Attempt, Attempts, KeptAttempt } from './attempts.js';
import type { CentreLine } from './centre-line.js';
import { readSettlement, type Settlement } from './settlement.js';
import type { CompleteSettings, MedicalInsuranceSettings } from './settings.js';

type Found = { readonly kind: 'found'; readonly settlement: Settlement } | { readonly kind: 'none' } | Unknown;

/**
 * Finds out what became of a settlement (2207) or its undoing (2208) whose answer was lost: looked up by its message number, otherwise reversed by 2601. The attempt as
 * it ended, `done` or `reversed`, or why it is still open.
 */
export type SettleUnknown = (kept: KeptAttempt, infno: '2207' | '2208', signal: AbortSignal) => Promise<Attempt | Unknown>;

export function createSettleUnknown({ context, settings, line, attempts }: { readonly context: PluginContext<MedicalInsuranceSettings>; readonly settings: CompleteSettings; readonly line: CentreLine; readonly attempts: Attempts }): SettleUnknown {
  const lookUp = async (attempt: Attempt, signal: AbortSignal): Promise<Found> => {
    if (settings.settlementLookup === 'none') return { kind: 'none' };
    const { personNo, visitNo, insuredPlace, number, msgid } = attempt;
    const answer = await line.ask({ infno: settings.settlementLookup, input: { data: { psn_no: personNo, mdtrt_id: visitNo, setl_id: '' } }, of: number, insuredPlace, signal });
    // A centre refuses a look-up that finds nothing.
    if (answer.kind === 'refused') return { kind: 'none' };
    if (answer.kind !== 'done') return { kind: 'unknown', reason: answer.reason };
    const found = listAt(answer.output, 'setlinfo').find((setlinfo) => textAt(setlinfo, 'medins_setl_id') === msgid && textAt(setlinfo, 'mdtrt_id') === visitNo && textAt(setlinfo, 'psn_no') === personNo);
    if (found === undefined) return { kind: 'none' };
    const settlement = readSettlement(found, settings);
    return typeof settlement === 'string' ? { kind: 'unknown', reason: settlement } : { kind: 'found', settlement };
  };

  const undo = async (kept: KeptAttempt, infno: string, signal: AbortSignal): Promise<Attempt | Unknown> => {
    const reversed = await reverse({ line, attempt: kept.attempt, infno, signal });
    if (reversed.kind === 'done') return attempts.endReversal(kept, { state: 'reversed' });
    if (reversed.kind !== 'refused') return { kind: 'unknown', reason: reversed.reason };
    // What cannot be reversed and is there stands.
    const found = await lookUp(kept.attempt, signal);
    return found.kind === 'found' ? attempts.endReversal(kept, { state: 'done', settlement: found.settlement }) : { kind: 'unknown', reason: `the reversal was refused: ${reversed.message}`.slice(0, 500) };
  };

  return async (kept, infno, signal) => {
    if (kept.attempt.state === 'reversing') return undo(kept, infno, signal);
    const found = await lookUp(kept.attempt, signal);
    if (found.kind === 'unknown') return found;
    if (found.kind === 'found') return attempts.end(kept, { state: 'done', settlement: found.settlement });
    if (context.now().getTime() - Date.parse(kept.attempt.sentAt) < settings.reverseAfterMs) return { kind: 'unknown', reason: 'the centre may still be at work on it' };
    // Written down before it leaves: the answer of what is being reversed may cross it.
    const stands = await attempts.end(kept, { state: 'reversing' });
    return stands.state === 'reversing' ? undo({ ...kept, attempt: stands }, infno, signal) : stands;
  };
}

type Reversible = Pick<Attempt, 'msgid' | 'personNo' | 'number' | 'insuredPlace'>;

/** 2601: the message of that number is to have had no effect. Repeating it is harmless. */
export function reverse({ line, attempt, infno, signal }: { readonly line: CentreLine; readonly attempt: Reversible; readonly infno: string; readonly signal: AbortSignal }): ReturnType<CentreLine['ask']> {
  const { personNo, msgid, number, insuredPlace } = attempt;
  return line.ask({ infno: '2601', input: { data: { psn_no: personNo, omsgid: msgid, oinfno: infno } }, of: number, insuredPlace, signal });
}
