import { daysBefore, type DayListLine } from '@hospay/plugin-sdk';
import type { HospitalGuest } from '../domain/guests.js';
import type { DayOf } from '../domain/reconciliation-store.js';
import { judgeDifferences } from './judge-differences.js';
import type { ReconciliationPorts } from './ports.js';
import { withoutResult } from './run-channel-day.js';

const PAGE_SIZE = 500;
const MOST_PAGES = 2_000;
type DayList = { readonly kind: 'ok'; readonly lines: readonly DayListLine[] } | { readonly kind: 'none'; readonly reason: string };

/** One day of the platform beside the HIS's day list. Does nothing when this HIS gives none. */
export async function runHospitalDay(ports: ReconciliationPorts, day: string): Promise<void> {
  const { store, engine, clock, archive, hospitalId, breathe } = ports;
  const of: DayOf = { comparison: 'hospital', source: hospitalId, day };
  const hospital = ports.hospitals.find(hospitalId);
  if (hospital === undefined) return withoutResult(ports, { ...of, outcome: 'postponed', reason: 'the hospital adapter is not active' });
  if (hospital.listDay === undefined) return;
  const list = await readDayList(hospital.listDay, day);
  if (list.kind === 'none') return withoutResult(ports, { ...of, outcome: 'postponed', reason: list.reason });
  const first = await engine.hospitalDay({ hospitalId, day, lines: list.lines });
  const around = first.differences.some(({ class: found }) => found === 'hisMissing' || found === 'hisPending') ? await readAround(hospital.listDay, day) : [];
  const comparison = around.length === 0 ? first : await engine.hospitalDay({ hospitalId, day, lines: [...list.lines, ...around] });
  const fileSha256 = await archive.keep({ day, name: `${hospitalId}-day-list`, bytes: await bytesOf([...list.lines, ...around], breathe) });
  const { classes, ours, theirs } = comparison;
  const judged = judgeDifferences(of, comparison, clock.now());
  await store.complete({ run: { ...of, outcome: 'compared', reason: '', fileSha256, totals: { classes, ours, theirs }, at: clock.now() }, ...judged, books: { kind: 'hospital' } });
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

/** One line after another as JSON, put down now and then. */
async function bytesOf(lines: readonly DayListLine[], breathe: () => Promise<void>): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for (let at = 0; at < lines.length; at += LINES_AT_ONCE) {
    if (at > 0) await breathe();
    parts.push(Buffer.from(lines.slice(at, at + LINES_AT_ONCE).map((line) => `${JSON.stringify(line)}\n`).join('')));
  }
  return Buffer.concat(parts);
}
const LINES_AT_ONCE = 2_000;
