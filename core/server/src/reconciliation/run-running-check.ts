import { beijingDay, type DayListLine } from '@hospay/plugin-sdk';
import { billDayAt, billDaySpan } from '../domain/bill-day.js';
import type { HospitalGuest } from '../domain/guests.js';
import { needOf, type Comparison, type Difference, type ReconciliationRow } from '../domain/reconciliation.js';
import type { FoundNow } from '../domain/running-reconciliation.js';
import { comparingHospitalDay } from './compare-hospital-day.js';
import { inSlices } from './in-slices.js';
import type { RunningPorts } from './ports.js';
import { isOwnTradeNo, rowOfDayList } from './read-rows.js';

const PAGE_SIZE = 500;
/** A list this long is a matter of the night. */
const MOST_PAGES = 200;
const KEYS_AT_ONCE = 200;
/** More differences than this are one fault, and are only counted. */
const MOST_LISTED = 200;

/** 日间对账 of the day that is not over: each channel's money, and the HIS's day list. Tells what it did in one line. */
export async function runRunningCheck(ports: RunningPorts): Promise<string> {
  const told = [...(await checkChannels(ports)), await checkHospital(ports)];
  return told.join('; ');
}

/** What the platform has of a channel beside what the channel has said again of it; what it denies is a difference. */
async function checkChannels({ running, sources, clock, breathe }: RunningPorts): Promise<readonly string[]> {
  const told: string[] = [];
  for (const { source, channels, cutOff } of sources()) {
    const day = billDayAt(clock.now(), cutOff);
    const { ours, theirs, unknown, denied } = await running.readChannelNow({ channels, day, ...billDaySpan({ cutOff }, day) }, breathe);
    await running.saveCheck({ comparison: 'channel', source, day, at: clock.now().toISOString(), ours, theirs, unknown, found: denied.length, differences: denied.slice(0, MOST_LISTED) });
    told.push(`${source} ${String(ours.payments + ours.refunds)} rows, ${String(theirs.payments + theirs.refunds)} told again, ${String(denied.length)} denied`);
  }
  return told;
}

async function checkHospital(ports: RunningPorts): Promise<string> {
  const { running, hospitals, hospitalId, clock } = ports;
  const spared = ports.reasonToSpareHis();
  const hospital = hospitals.find(hospitalId);
  if (hospital?.listDay === undefined) return `${hospitalId}: ${hospital === undefined ? 'the hospital adapter is not active' : 'no day list'}`;
  if (spared !== undefined) return `${hospitalId}: left in peace, ${spared}`;
  const day = beijingDay(clock.now());
  // Ours first: whatever is booked here is booked there by the time the list is read.
  const before = await readOurs(ports, day);
  const list = await readDayList(hospital.listDay, day);
  if (list.kind === 'none') return `${hospitalId}: ${list.reason}`;
  const { differences, ours, theirs } = await compareNow(ports, day, before, list.lines);
  const found = differences.filter((difference) => needOf(difference.class) !== 'nothing').map(foundNow);
  await running.saveCheck({ comparison: 'hospital', source: hospitalId, day, at: clock.now().toISOString(), ours, theirs, unknown: { payments: 0, fen: 0 }, found: found.length, differences: found.slice(0, MOST_LISTED) });
  return `${hospitalId} ${String(list.lines.length)} rows, ${String(found.length)} differ`;
}

async function readOurs({ store, hospitalId, breathe }: RunningPorts, day: string): Promise<Map<string, ReconciliationRow>> {
  const ours = new Map<string, ReconciliationRow>();
  for (const page of store.listHospitalRows({ hospitalId, day })) {
    for (const row of page) ours.set(row.key, row);
    await breathe();
  }
  return ours;
}

async function readDayList(listDay: NonNullable<HospitalGuest['listDay']>, day: string): Promise<{ readonly kind: 'ok'; readonly lines: readonly DayListLine[] } | { readonly kind: 'none'; readonly reason: string }> {
  const lines: DayListLine[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await listDay({ day, page, pageSize: PAGE_SIZE });
    if (answer.kind !== 'ok') return { kind: 'none', reason: `no day list: ${answer.kind === 'unknown' ? answer.reason : `${answer.code} ${answer.message}`}` };
    lines.push(...answer.value);
    if (answer.value.length < PAGE_SIZE) return { kind: 'ok', lines };
  }
  return { kind: 'none', reason: `the day list has more than ${String(MOST_PAGES)} pages` };
}

async function compareNow(ports: RunningPorts, day: string, ours: Map<string, ReconciliationRow>, lines: readonly DayListLine[]): Promise<Comparison> {
  const { store, hospitalId, breathe } = ports;
  const named = lines.map(rowOfDayList);
  const aliases = new Map<string, string>();
  // What was not booked when ours was read may be now, and the list may name what came after.
  const unsure = [...new Set(named.map(({ key }) => key))].filter((key) => ours.get(key)?.state !== 'done');
  for (let at = 0; at < unsure.length; at += KEYS_AT_ONCE) {
    for (const { alias, ...row } of store.findHospitalRows({ hospitalId, keys: unsure.slice(at, at + KEYS_AT_ONCE) })) {
      ours.set(row.key, row);
      if (alias !== undefined) aliases.set(alias, row.key);
    }
    await breathe();
  }
  const theirs = named.map((row): ReconciliationRow => (row.kind === 'refund' ? { ...row, key: aliases.get(row.key) ?? row.key } : row));
  const young = youngOrders([...ours.values(), ...theirs], ports);
  const isJudged = ({ paymentKey }: ReconciliationRow): boolean => !young.has(paymentKey);
  return inSlices(comparingHospitalDay({ day, ours: [...ours.values()].filter(isJudged), theirs: theirs.filter(isJudged), isOwnNumber: isOwnTradeNo }), breathe);
}

/** Orders of which something has only just happened: either side may be a moment behind. */
function youngOrders(rows: readonly ReconciliationRow[], { clock, marginMs }: RunningPorts): ReadonlySet<string> {
  const now = clock.now().getTime();
  return new Set(rows.flatMap(({ at, paymentKey }) => (Date.parse(at) <= now && now - Date.parse(at) < marginMs ? [paymentKey] : [])));
}

function foundNow({ class: of, ours, theirs }: Difference): FoundNow {
  const row = theirs ?? ours;
  if (row === undefined) throw new Error(`a difference ${of} without a row`);
  return { class: of, kind: row.kind, key: row.key, tradeNo: ours?.tradeNo, ourFen: ours?.fen, theirFen: theirs?.fen, ourState: ours?.state, theirState: theirs?.state, at: (ours ?? row).at };
}
