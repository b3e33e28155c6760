import { daysBefore, type DayListLine } from '@hospay/plugin-sdk';
import type { HospitalGuest } from '../domain/guests.js';
import { own } from '../domain/own-words.js';
import type { DayOf } from '../domain/reconciliation-store.js';
import { judgeDifferences } from './judge-differences.js';
import type { ReconciliationPorts } from './ports.js';
import { withoutResult } from './run-channel-day.js';

const PAGE_SIZE = 500;
const MOST_PAGES = 2_000;
type ListDay = NonNullable<HospitalGuest['listDay']>;
type Opened = Awaited<ReturnType<ReconciliationPorts['engine']['openHospitalDay']>>;
type DayList = { readonly kind: 'ok' } | { readonly kind: 'none'; readonly reason: string };

/** One day of the platform beside the HIS's day list. Does nothing when this HIS gives none. */
export async function runHospitalDay(ports: ReconciliationPorts, day: string): Promise<void> {
  const { engine, hospitalId } = ports;
  const of: DayOf = { comparison: 'hospital', source: hospitalId, day };
  const hospital = ports.hospitals.find(hospitalId);
  if (hospital === undefined) return withoutResult(ports, { ...of, outcome: 'postponed', reason: own('hospitalNotActive') });
  if (hospital.listDay === undefined) return;
  const opened = await engine.openHospitalDay({ hospitalId, day });
  try {
    await compareList(ports, of, hospital.listDay, opened);
  } finally {
    await opened.close();
  }
}

/** A page of the list is told and written down for the file as it comes, and held nowhere here. */
async function compareList(ports: ReconciliationPorts, of: DayOf, listDay: ListDay, opened: Opened): Promise<void> {
  const { store, clock, archive } = ports;
  const { source: hospitalId, day } = of;
  const pieces: Uint8Array[] = [];
  const take = async (page: readonly DayListLine[]): Promise<void> => {
    if (page.length === 0) return;
    await opened.tell(page);
    pieces.push(Buffer.from(page.map((line) => `${JSON.stringify(line)}\n`).join('')));
  };
  const list = await readDayList(listDay, day, take);
  if (list.kind === 'none') return withoutResult(ports, { ...of, outcome: 'postponed', reason: list.reason });
  const first = await opened.compare(undefined);
  const isLookedForAround = first.differences.some(({ class: found }) => found === 'hisMissing' || found === 'hisPending') && (await readAround(listDay, day, take));
  const comparison = isLookedForAround ? await opened.compare(undefined) : first;
  const fileSha256 = await archive.keep({ day, name: `${hospitalId}-day-list`, bytes: pieces });
  const { classes, ours, theirs } = comparison;
  const judged = judgeDifferences(of, comparison, clock.now());
  await store.complete({ run: { ...of, outcome: 'compared', reason: '', fileSha256, totals: { classes, ours, theirs }, at: clock.now() }, ...judged, books: { kind: 'hospital' } });
}

async function readDayList(listDay: ListDay, day: string, take: (page: readonly DayListLine[]) => Promise<void>): Promise<DayList> {
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await listDay({ day, page, pageSize: PAGE_SIZE });
    if (answer.kind !== 'ok') return { kind: 'none', reason: answer.kind === 'unknown' ? answer.reason : `${answer.code} ${answer.message}` };
    await take(answer.value);
    if (answer.value.length < PAGE_SIZE) return { kind: 'ok' };
  }
  return { kind: 'none', reason: own('tooManyPages', String(MOST_PAGES)) };
}

/** The days before and after: a HIS may file what came around midnight under either. A list that cannot be read to its end finds nothing. Whether there were rows. */
async function readAround(listDay: ListDay, day: string, take: (page: readonly DayListLine[]) => Promise<void>): Promise<boolean> {
  let hasRows = false;
  for (const around of [daysBefore(day), daysBefore(day, -1)]) {
    const pages: (readonly DayListLine[])[] = [];
    const list = await readDayList(listDay, around, (page) => { pages.push(page); return Promise.resolve(); });
    if (list.kind === 'none') continue;
    for (const page of pages) await take(page);
    hasRows ||= pages.some(({ length }) => length > 0);
  }
  return hasRows;
}
