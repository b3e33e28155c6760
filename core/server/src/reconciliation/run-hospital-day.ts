import { daysBefore, type DayListLine } from '@hospay/plugin-sdk';
import type { HospitalGuest } from '../domain/guests.js';
import type { Comparison, ReconciliationRow } from '../domain/reconciliation.js';
import type { DayOf } from '../domain/reconciliation-store.js';
import { comparingHospitalDay } from './compare-hospital-day.js';
import { judgeDifferences } from './judge-differences.js';
import type { ReconciliationPorts } from './ports.js';
import { isOwnTradeNo, rowOfDayList } from './read-rows.js';
import { inSlices } from './in-slices.js';
import { mapInSlices, withoutResult } from './run-channel-day.js';

const PAGE_SIZE = 500;
const MOST_PAGES = 2_000;
type DayList = { readonly kind: 'ok'; readonly lines: readonly DayListLine[] } | { readonly kind: 'none'; readonly reason: string };

/** One day of the platform beside the HIS's day list. Does nothing when this HIS gives none. */
export async function runHospitalDay(ports: ReconciliationPorts, day: string): Promise<void> {
  const { store, clock, archive, hospitalId } = ports;
  const of: DayOf = { comparison: 'hospital', source: hospitalId, day };
  const hospital = ports.hospitals.find(hospitalId);
  if (hospital === undefined) return withoutResult(ports, { ...of, outcome: 'postponed', reason: 'the hospital adapter is not active' });
  if (hospital.listDay === undefined) return;
  const list = await readDayList(hospital.listDay, day);
  if (list.kind === 'none') return withoutResult(ports, { ...of, outcome: 'postponed', reason: list.reason });
  const first = await compareWith(ports, day, list.lines);
  const around = first.differences.some(({ class: found }) => found === 'hisMissing' || found === 'hisPending') ? await readAround(hospital.listDay, day) : [];
  const comparison = around.length === 0 ? first : await compareWith(ports, day, [...list.lines, ...around]);
  const fileSha256 = await archive.keep({ day, name: `${hospitalId}-day-list`, bytes: Buffer.from([...list.lines, ...around].map((line) => `${JSON.stringify(line)}\n`).join('')) });
  const { classes, ours, theirs } = comparison;
  const judged = judgeDifferences(of, comparison, clock.now());
  await store.complete({ run: { ...of, outcome: 'compared', reason: '', fileSha256, totals: { classes, ours, theirs }, at: clock.now() }, ...judged, found: judged.found.filter(({ difference }) => difference.class !== 'notThisDay'), books: { kind: 'hospital' } });
}

async function readDayList(listDay: NonNullable<HospitalGuest['listDay']>, day: string): Promise<DayList> {
  const lines: DayListLine[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await listDay({ day, page, pageSize: PAGE_SIZE });
    if (answer.kind !== 'ok') return { kind: 'none', reason: answer.kind === 'unknown' ? answer.reason : `${answer.code} ${answer.message}` };
    lines.push(...answer.value);
    if (answer.value.length < PAGE_SIZE) return { kind: 'ok', lines };
  }
  return { kind: 'none', reason: `the day list has more than ${String(MOST_PAGES)} pages` };
}

/** The days before and after: a HIS may file what came around midnight under either. A list that cannot be read just finds nothing. */
async function readAround(listDay: NonNullable<HospitalGuest['listDay']>, day: string): Promise<readonly DayListLine[]> {
  const lists = [await readDayList(listDay, daysBefore(day)), await readDayList(listDay, daysBefore(day, -1))];
  return lists.flatMap((list) => (list.kind === 'ok' ? list.lines : []));
}

async function compareWith({ store, hospitalId, breathe }: ReconciliationPorts, day: string, lines: readonly DayListLine[]): Promise<Comparison> {
  const ours = new Map<string, ReconciliationRow>();
  for (const page of store.listHospitalRows({ hospitalId, day })) {
    for (const row of page) ours.set(row.key, row);
    await breathe();
  }
  const named = await mapInSlices(lines, rowOfDayList, breathe);
  const aliases = new Map<string, string>();
  const unknown = [...new Set(named.map(({ key }) => key))].filter((key) => !ours.has(key));
  for (let at = 0; at < unknown.length; at += KEYS_AT_ONCE) {
    for (const { alias, ...row } of store.findHospitalRows({ hospitalId, keys: unknown.slice(at, at + KEYS_AT_ONCE) })) {
      ours.set(row.key, row);
      if (alias !== undefined) aliases.set(alias, row.key);
    }
    await breathe();
  }
  // A HIS that reverses by itself lists its own number of the refund.
  const theirs = await mapInSlices(named, (row): ReconciliationRow => (row.kind === 'refund' ? { ...row, key: aliases.get(row.key) ?? row.key } : row), breathe);
  return inSlices(comparingHospitalDay({ day, ours: [...ours.values()], theirs, isOwnNumber: isOwnTradeNo }), breathe);
}
const KEYS_AT_ONCE = 200;
