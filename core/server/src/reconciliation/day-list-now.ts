import type { Comparison, ReconciliationRow } from '../domain/reconciliation.js';
import { compareHospitalDay } from './compare-hospital-day.js';
import { findByNumber } from './day-list-day.js';
import { holdRows, type HeldRows } from './held-rows.js';
import type { DayReads } from './ports.js';
import { isOwnTradeNo } from './read-rows.js';

/** Rows of ours as they were before the HIS was asked for its list: whatever is booked here then is booked there by the time the list is read. */
export type OursBefore = { readonly hospitalId: string; readonly day: string; readonly rows: HeldRows };

export function readOursBefore(reads: DayReads, { hospitalId, day }: Omit<OursBefore, 'rows'>): OursBefore {
  const rows = holdRows();
  for (const page of reads.listHospitalRows({ hospitalId, day })) for (const row of page) rows.add(row);
  return { hospitalId, day, rows };
}

/** The day so far beside what the HIS lists of it. Orders of which something has happened within the margin are judged later: either side may be a moment behind. */
export function compareDayListNow(reads: DayReads, { hospitalId, day, rows }: OursBefore, theirs: HeldRows, { nowMs, marginMs }: { readonly nowMs: number; readonly marginMs: number }): Comparison {
  const isDone = (key: string): boolean => (['payment', 'refund'] as const).some((kind) => {
    const index = rows.find({ kind, key });
    return index !== -1 && rows.at(index).state === 'done';
  });
  // What was not booked when ours was read may be now, and the list may name what came after.
  const unsure = [...new Set(Array.from({ length: theirs.length }, (_, index) => theirs.keyAt(index)))].filter((key) => !isDone(key));
  const found = new Map(findByNumber(reads, hospitalId, unsure, theirs).map((row) => [row.key, row]));
  const ours = function* (): Generator<ReconciliationRow> {
    const later = new Map(found);
    for (const before of rowsOf(rows)) {
      yield later.get(before.key) ?? before;
      later.delete(before.key);
    }
    yield* later.values();
  };
  const young = new Set<string>();
  const isYoung = ({ at }: ReconciliationRow): boolean => Date.parse(at) <= nowMs && nowMs - Date.parse(at) < marginMs;
  for (const side of [ours(), rowsOf(theirs)]) for (const row of side) if (isYoung(row)) young.add(row.paymentKey);
  const judged = function* (side: Iterable<ReconciliationRow>): Generator<ReconciliationRow> {
    for (const row of side) if (!young.has(row.paymentKey)) yield row;
  };
  return compareHospitalDay({ day, ours: judged(ours()), theirs: holdRows(judged(rowsOf(theirs))), isOwnNumber: isOwnTradeNo });
}

function* rowsOf(rows: HeldRows): Generator<ReconciliationRow> {
  for (let index = 0; index < rows.length; index += 1) yield rows.at(index);
}
