import type { PluginContext } from '@hospay/plugin-sdk';

import { listAt, textAt } from './answer-fields.js';
import type { Attempt } from './attempts.js';
import type { CentreLine } from './centre-line.js';
import { readSettlement, type Settlement } from './settlement.js';
import type { CompleteSettings, MedicalInsuranceSettings } from './settings.js';

export type Resolved =
  | { readonly kind: 'found'; readonly settlement: Settlement }
  /** It has no effect and never will. */
  | { readonly kind: 'reversed' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Finds out what became of a settlement (2207) or its undoing (2208) whose answer was lost: looked up by its message number, otherwise reversed by 2601. */
export type SettleUnknown = (attempt: Attempt, infno: '2207' | '2208', signal: AbortSignal) => Promise<Resolved>;

export function createSettleUnknown({ context, settings, line }: { readonly context: PluginContext<MedicalInsuranceSettings>; readonly settings: CompleteSettings; readonly line: CentreLine }): SettleUnknown {
  const lookUp = async (attempt: Attempt, signal: AbortSignal): Promise<Resolved | { readonly kind: 'none' }> => {
    if (settings.settlementLookup === 'none') return { kind: 'none' };
    const { personNo, visitNo, insuredPlace, number, msgid } = attempt;
    const answer = await line.ask({ infno: settings.settlementLookup, input: { data: { psn_no: personNo, mdtrt_id: visitNo, setl_id: '' } }, of: number, insuredPlace, signal });
    // A centre refuses a look-up that finds nothing. What it reverses then by 2601 has no effect twice.
    if (answer.kind === 'refused') return { kind: 'none' };
    if (answer.kind !== 'done') return { kind: 'unknown', reason: answer.reason };
    const found = listAt(answer.output, 'setlinfo').find((setlinfo) => textAt(setlinfo, 'medins_setl_id') === msgid && textAt(setlinfo, 'mdtrt_id') === visitNo);
    if (found === undefined) return { kind: 'none' };
    const settlement = readSettlement(found, settings);
    return typeof settlement === 'string' ? { kind: 'unknown', reason: settlement } : { kind: 'found', settlement };
  };

  return async (attempt, infno, signal) => {
    const found = await lookUp(attempt, signal);
    if (found.kind !== 'none') return found;
    if (context.now().getTime() - Date.parse(attempt.sentAt) < settings.reverseAfterMs) return { kind: 'unknown', reason: 'the centre may still be at work on it' };
    const reversed = await reverse({ line, attempt, infno, signal });
    if (reversed.kind === 'done') return { kind: 'reversed' };
    return { kind: 'unknown', reason: reversed.kind === 'refused' ? `the reversal was refused: ${reversed.message}` : reversed.reason };
  };
}

type Reversible = Pick<Attempt, 'msgid' | 'personNo' | 'number' | 'insuredPlace'>;

/** 2601: the message of that number is to have had no effect. Repeating it is harmless. */
export function reverse({ line, attempt, infno, signal }: { readonly line: CentreLine; readonly attempt: Reversible; readonly infno: string; readonly signal: AbortSignal }): ReturnType<CentreLine['ask']> {
  const { personNo, msgid, number, insuredPlace } = attempt;
  return line.ask({ infno: '2601', input: { data: { psn_no: personNo, omsgid: msgid, oinfno: infno } }, of: number, insuredPlace, signal });
}
