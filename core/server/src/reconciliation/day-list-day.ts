import type { Comparison, ReconciliationRow } from '../domain/reconciliation.js';
import { compareHospitalDay } from './compare-hospital-day.js';
import type { DayReads, HospitalDayRequest } from './ports.js';
import { isOwnTradeNo, rowOfDayList } from './read-rows.js';

const KEYS_AT_ONCE = 200;

/** A day of the platform beside what the HIS lists of it, in one go. Reads only. */
export function compareDayList(reads: DayReads, { hospitalId, day, lines }: HospitalDayRequest): Comparison {
  const ours = new Map<string, ReconciliationRow>();
  for (const page of reads.listHospitalRows({ hospitalId, day })) for (const row of page) ours.set(row.key, row);
  const named = lines.map(rowOfDayList);
  const aliases = new Map<string, string>();
  const unknown = [...new Set(named.map(({ key }) => key))].filter((key) => !ours.has(key));
  for (let at = 0; at < unknown.length; at += KEYS_AT_ONCE) {
    for (const { alias, ...row } of reads.findHospitalRows({ hospitalId, keys: unknown.slice(at, at + KEYS_AT_ONCE) })) {
      ours.set(row.key, row);
      if (alias !== undefined) aliases.set(alias, row.key);
    }
  }
  // A HIS that reverses by itself lists its own number of the refund.
  const theirs = named.map((row): ReconciliationRow => (row.kind === 'refund' ? { ...row, key: aliases.get(row.key) ?? row.key } : row));
  const { differences, ...comparison } = compareHospitalDay({ day, ours: [...ours.values()], theirs, isOwnNumber: isOwnTradeNo });
  // A mere candidate is counted and no more.
  return { ...comparison, differences: differences.filter((difference) => difference.class !== 'notThisDay') };
}
