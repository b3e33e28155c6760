import type { Comparison, ReconciliationRow } from '../domain/reconciliation.js';
import { compareHospitalDay } from './compare-hospital-day.js';
import type { HeldRows } from './held-rows.js';
import type { DayReads } from './ports.js';
import { isOwnTradeNo } from './read-rows.js';
import { watchKeys } from './watch-keys.js';

const KEYS_AT_ONCE = 200;
type OfHospital = { readonly hospitalId: string; readonly day: string };

/** A day of the platform beside what the HIS lists of it, in one go. Reads only. */
export function compareDayList(reads: DayReads, of: OfHospital, theirs: HeldRows): Comparison {
  const { differences, ...comparison } = compareHospitalDay({ day: of.day, ours: candidatesOf(reads, of, theirs), theirs, isOwnNumber: isOwnTradeNo });
  // A mere candidate is counted and no more.
  return { ...comparison, differences: differences.filter((difference) => difference.class !== 'notThisDay') };
}

/** Orders of the day pass by. Refunds wait until it is known under which numbers of its own the HIS lists them; what came in by a number waits with them. */
function* candidatesOf(reads: DayReads, { hospitalId, day }: OfHospital, theirs: HeldRows): Generator<ReconciliationRow> {
  const named = watchKeys(theirs);
  const waiting = new Map<string, ReconciliationRow>();
  for (const page of reads.listHospitalRows({ hospitalId, day })) {
    for (const row of page) {
      named.see(row.key);
      if (row.kind === 'refund') waiting.set(row.key, row);
      else yield row;
    }
  }
  for (const row of findByNumber(reads, hospitalId, [...named.unseen()], theirs)) waiting.set(row.key, row);
  yield* waiting.values();
}

/** What is known under numbers that the HIS names. A HIS that reverses by itself lists its own number of the refund: from now on the row has ours. */
export function findByNumber(reads: DayReads, hospitalId: string, numbers: readonly string[], theirs: HeldRows): readonly ReconciliationRow[] {
  const found: ReconciliationRow[] = [];
  const aliases = new Map<string, string>();
  for (let at = 0; at < numbers.length; at += KEYS_AT_ONCE) {
    for (const { alias, ...row } of reads.findHospitalRows({ hospitalId, keys: numbers.slice(at, at + KEYS_AT_ONCE) })) {
      found.push(row);
      if (alias !== undefined) aliases.set(alias, row.key);
    }
  }
  if (aliases.size === 0) return found;
  for (let index = 0; index < theirs.length; index += 1) {
    const key = theirs.kindAt(index) === 'refund' ? aliases.get(theirs.keyAt(index)) : undefined;
    if (key !== undefined) theirs.rename(index, key);
  }
  return found;
}
