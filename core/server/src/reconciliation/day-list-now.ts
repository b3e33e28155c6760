import type { DayListLine } from '@hospay/plugin-sdk';
import type { Comparison, ReconciliationRow } from '../domain/reconciliation.js';
import { compareHospitalDay } from './compare-hospital-day.js';
import type { DayReads } from './ports.js';
import { isOwnTradeNo, rowOfDayList } from './read-rows.js';

const KEYS_AT_ONCE = 200;

/** Rows of ours by their key, as they were before the HIS was asked for its list: whatever is booked here then is booked there by the time the list is read. */
export type OursBefore = { readonly hospitalId: string; readonly day: string; readonly rows: ReadonlyMap<string, ReconciliationRow> };

export function readOursBefore(reads: DayReads, { hospitalId, day }: Omit<OursBefore, 'rows'>): OursBefore {
  const rows = new Map<string, ReconciliationRow>();
  for (const page of reads.listHospitalRows({ hospitalId, day })) for (const row of page) rows.set(row.key, row);
  return { hospitalId, day, rows };
}

/** The day so far beside what the HIS lists of it. Orders of which something has happened within the margin are judged later: either side may be a moment behind. */
export function compareDayListNow(reads: DayReads, { hospitalId, day, rows }: OursBefore, { lines, nowMs, marginMs }: { readonly lines: readonly DayListLine[]; readonly nowMs: number; readonly marginMs: number }): Comparison {
  const ours = new Map(rows);
  const named = lines.map(rowOfDayList);
  const aliases = new Map<string, string>();
  // What was not booked when ours was read may be now, and the list may name what came after.
  const unsure = [...new Set(named.map(({ key }) => key))].filter((key) => ours.get(key)?.state !== 'done');
  for (let at = 0; at < unsure.length; at += KEYS_AT_ONCE) {
    for (const { alias, ...row } of reads.findHospitalRows({ hospitalId, keys: unsure.slice(at, at + KEYS_AT_ONCE) })) {
      ours.set(row.key, row);
      if (alias !== undefined) aliases.set(alias, row.key);
    }
  }
  const theirs = named.map((row): ReconciliationRow => (row.kind === 'refund' ? { ...row, key: aliases.get(row.key) ?? row.key } : row));
  const isYoung = ({ at }: ReconciliationRow): boolean => Date.parse(at) <= nowMs && nowMs - Date.parse(at) < marginMs;
  const young = new Set([...ours.values(), ...theirs].filter(isYoung).map(({ paymentKey }) => paymentKey));
  const isJudged = ({ paymentKey }: ReconciliationRow): boolean => !young.has(paymentKey);
  return compareHospitalDay({ day, ours: [...ours.values()].filter(isJudged), theirs: theirs.filter(isJudged), isOwnNumber: isOwnTradeNo });
}
