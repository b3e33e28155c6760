import { beijingDay, type PluginContext } from '@hospay/plugin-sdk';

import { fieldsAt } from './answer-fields.js';
import { isOf, type Attempt, type Attempts, type KeptAttempt } from './attempts.js';
import type { CentreAnswer, Unknown } from './centre-answer.js';
import type { CentreLine } from './centre-line.js';
import { insuredFen, readSettlement, SPLIT_CHANGED, type Settlement, type Split } from './settlement.js';
import type { Settling } from './settling.js';
import type { CompleteSettings, MedicalInsuranceSettings } from './settings.js';

/** A settlement as 2208 names it. */
export type Undoable = { readonly settlementId: string; readonly visitNo: string; readonly personNo: string; readonly insuredPlace?: string; readonly split: Split };

/** One undoing: the number it is done under and how many were begun before. */
export type Undoing = { readonly number: string; readonly tradeNo: string; readonly made: number; readonly operatorId?: string | undefined };

export type UndoSettlement = {
  /** 2208 of the whole settlement; its intent stands before the first byte leaves. */
  undo(settled: Undoable, undoing: Undoing, signal: AbortSignal): Promise<Attempt | Exclude<CentreAnswer, { kind: 'done' | 'refused' }>>;
  /** What was settled for another amount than it was sent for and could not be reversed. The payment as it ended then, or why it is still open. */
  undoDrifted(kept: KeptAttempt, signal: AbortSignal): Promise<Attempt | Unknown>;
};

export function createUndoSettlement({ context, settings, line, attempts, settling }: { readonly context: PluginContext<MedicalInsuranceSettings>; readonly settings: CompleteSettings; readonly line: CentreLine; readonly attempts: Attempts; readonly settling: Settling }): UndoSettlement {
  const undo: UndoSettlement['undo'] = async ({ settlementId, visitNo, personNo, insuredPlace, split }, { number, tradeNo, made, operatorId }, signal) => {
    const amountFen = insuredFen(split);
    const msgid = await line.number('2208', number);
    const now = context.now();
    // The day first: an attempt no day knows of would be missing from the statement.
    await context.store.put(`undo-day/${beijingDay(now)}/${tradeNo}`, true);
    const attempt: Attempt = { number, amountFen, msgid, sentAt: now.toISOString(), state: 'sent', personNo, visitNo, undoes: settlementId, ...(insuredPlace === undefined ? {} : { insuredPlace }) };
    const kept = await attempts.begin(`undo/${tradeNo}`, made, attempt);
    if (kept === undefined) return { kind: 'unknown', reason: 'another call is undoing this settlement' };
    const input = { data: { setl_id: settlementId, mdtrt_id: visitNo, psn_no: personNo } };
    const answer = await line.ask({ infno: '2208', input, of: number, insuredPlace, operatorId, msgid, signal });
    const read = (output: unknown): Settlement | string => {
      const setlinfo = fieldsAt(output, 'setlinfo');
      const settlement = readSettlement(setlinfo, settings);
      if (typeof settlement === 'string') return settlement;
      // Undone amounts are usually negative; provinces differ.
      const isWhole = Math.abs(settlement.split.totalFen) === split.totalFen && Math.abs(insuredFen(settlement.split)) === amountFen;
      return isOf(setlinfo, attempt) && isWhole ? settlement : 'the answer is about another undoing';
    };
    const stands = await settling.answered(kept, '2208', answer, { read, signal });
    return 'state' in stands && stands.state === 'notSent' && answer.kind === 'notSent' ? answer : stands;
  };

  return {
    undo,

    async undoDrifted(kept, signal) {
      const { number: tradeNo, settlement, personNo, visitNo, insuredPlace } = kept.attempt;
      if (settlement === undefined) throw new Error('a settlement that is being undone was not written down');
      const found = await settling.lookUp(kept.attempt, signal);
      if (found.kind === 'unknown') return found;
      // Two calls at once: the other one's reversal came through after all.
      if (found.kind === 'none' && found.isProven) return attempts.endReversal(kept, { state: 'refused', refusal: SPLIT_CHANGED });
      const before = await attempts.of(`undo/${tradeNo}`);
      const last = before.at(-1);
      const known = last !== undefined && (last.attempt.state === 'sent' || last.attempt.state === 'reversing') ? await settling.unknown(last, '2208', signal) : last?.attempt;
      if (known !== undefined && 'kind' in known) return known;
      const settled = { settlementId: settlement.settlementId, visitNo, personNo, split: settlement.split, ...(insuredPlace === undefined ? {} : { insuredPlace }) };
      const undone = known?.state === 'done' ? known : await undo(settled, { number: tradeNo, tradeNo, made: before.length }, signal);
      if ('kind' in undone) return { kind: 'unknown', reason: undone.reason };
      // It was settled and undone: both stand in the centre's books of their days, and so in ours.
      if (undone.state === 'done') return attempts.endReversal(kept, { state: 'refused', refusal: SPLIT_CHANGED, settlement });
      return { kind: 'unknown', reason: `the centre does not undo a settlement of another amount: ${undone.refusal?.message ?? undone.state}`.slice(0, 500) };
    },
  };
}
