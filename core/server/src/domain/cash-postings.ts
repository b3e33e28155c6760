/** The postings of counted cash: lines 22 and 23 of the posting table. */
import { fen } from '@hospay/plugin-sdk';
import type { AccountName, Entry, Journal, Side } from './ledger.js';
import { differenceFen, handedFen, standingCountFen, type CashAct, type Shift, type ShiftRecord } from './shift.js';

/** Cash of closed shifts that nobody has taken over yet, by shift. An upper-case letter: no channel instance is named so. */
export const countedCash = (hospitalId: string): AccountName => `1001/T/${hospitalId}`;
export const vault = (hospitalId: string): AccountName => `1001/V/${hospitalId}`;
export const inTransit = (hospitalId: string): AccountName => `1003/${hospitalId}`;
export const shortOfTills = (hospitalId: string): AccountName => `1191/T/${hospitalId}`;
export const longOfTills = (hospitalId: string): AccountName => `2091/T/${hospitalId}`;
/** The vault is one; what lies in it is not cleared by anything. */
export const VAULT_KEY = 'vault';

/** 22: the till is empty, what was counted is out of it, and what is missing or too much hangs under the shift. Undefined where nothing was due and nothing counted. */
export function postShiftCounted(shift: Shift): Journal | undefined {
  const { shiftNo, hospitalId, tillNo, figures, countedFen } = shift;
  const entries = [
    ...figures.tillCash.flatMap(({ account, amountFen }) => moved(account, tillNo, 'credit', amountFen)),
    ...moved(countedCash(hospitalId), shiftNo, 'debit', handedFen(countedFen, figures)),
    ...suspense(hospitalId, shiftNo, differenceFen(shift)),
  ];
  return entries.length === 0 ? undefined : { bizType: 'shift', bizId: shiftNo, step: 'counted', tillNo, entries };
}

/** What an act after the close moves; undefined where it moves nothing. */
export function postCashAct(act: CashAct, given: { readonly record?: ShiftRecord | undefined; readonly reversed?: CashAct | undefined }): Journal | undefined {
  const entries = entriesOf(act, given);
  return entries.length === 0 ? undefined : { bizType: 'cashAct', bizId: act.actNo, step: act.kind, entries };
}

function entriesOf(act: CashAct, { record, reversed }: { readonly record?: ShiftRecord | undefined; readonly reversed?: CashAct | undefined }): Entry[] {
  const { kind, hospitalId, shiftNo = '', slipNo = '', amountFen } = act;
  switch (kind) {
    case 'handOver':
      return [...moved(vault(hospitalId), VAULT_KEY, 'debit', amountFen), ...moved(countedCash(hospitalId), shiftNo, 'credit', amountFen)];
    case 'deposit':
      return [...moved(inTransit(hospitalId), slipNo, 'debit', amountFen), ...moved(vault(hospitalId), VAULT_KEY, 'credit', amountFen)];
    case 'recount': {
      if (record === undefined) throw new Error(`recount ${act.actNo} without its shift`);
      const before = standingCountFen(record);
      const { expectedFen } = record.shift.figures;
      // The old difference is taken back and the new one posted: under the case both can be seen.
      return [...moved(countedCash(hospitalId), shiftNo, 'debit', amountFen - before), ...opposite(suspense(hospitalId, shiftNo, before - expectedFen)), ...suspense(hospitalId, shiftNo, amountFen - expectedFen)];
    }
    case 'reversal':
      if (reversed === undefined || reversed.kind === 'reversal' || reversed.kind === 'recount') throw new Error(`reversal ${act.actNo} of what cannot be reversed`);
      return opposite(entriesOf(reversed, {}));
  }
}

function suspense(hospitalId: string, shiftNo: string, difference: number): Entry[] {
  return difference < 0 ? moved(shortOfTills(hospitalId), shiftNo, 'debit', -difference) : moved(longOfTills(hospitalId), shiftNo, 'credit', difference);
}

/** An amount below zero stands on the other side; of nothing there is no entry. */
function moved(account: AccountName, clearKey: string, side: Side, amountFen: number): Entry[] {
  if (amountFen === 0) return [];
  return [{ account, clearKey, phase: 'final', amountFen: fen(Math.abs(amountFen)), side: amountFen > 0 ? side : otherSide(side) }];
}

function opposite(entries: readonly Entry[]): Entry[] {
  return entries.map((entry) => ({ ...entry, side: otherSide(entry.side) }));
}

function otherSide(side: Side): Side {
  return side === 'debit' ? 'credit' : 'debit';
}
