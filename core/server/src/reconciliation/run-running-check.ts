import { beijingDay } from '@hospay/plugin-sdk';
import { inOneLine, type Bilingual } from '../domain/bilingual.js';
import { billDayAt, billDaySpan } from '../domain/bill-day.js';
import type { HospitalGuest } from '../domain/guests.js';
import { heard } from '../domain/own-words.js';
import { needOf, type Difference } from '../domain/reconciliation.js';
import type { FoundNow } from '../domain/running-reconciliation.js';
import type { RunningPorts } from './ports.js';

const PAGE_SIZE = 500;
/** A list this long is a matter of the night. */
const MOST_PAGES = 200;
/** More differences than this are one fault, and are only counted. */
const MOST_LISTED = 200;

/** 日间对账 of the day that is not over: each channel's money, and the HIS's day list. Tells what it did in one line. */
export async function runRunningCheck(ports: RunningPorts): Promise<Bilingual> {
  return inOneLine([...(await checkChannels(ports)), await checkHospital(ports)]);
}

/** What the platform has of a channel beside what the channel has said again of it; what it denies is a difference. */
async function checkChannels({ running, sources, clock, breathe }: RunningPorts): Promise<readonly Bilingual[]> {
  const told: Bilingual[] = [];
  for (const { source, channels, cutOff } of sources()) {
    const day = billDayAt(clock.now(), cutOff);
    const { ours, theirs, unknown, denied } = await running.readChannelNow({ channels, day, ...billDaySpan({ cutOff }, day) }, breathe);
    await running.saveCheck({ comparison: 'channel', source, day, at: clock.now().toISOString(), ours, theirs, unknown, found: denied.length, differences: denied.slice(0, MOST_LISTED) });
    const [rows, again, no] = [String(ours.payments + ours.refunds), String(theirs.payments + theirs.refunds), String(denied.length)];
    told.push({ zh: `${source}：平台 ${rows} 笔，渠道再次确认 ${again} 笔，否认 ${no} 笔`, en: `${source} ${rows} rows, ${again} told again, ${no} denied` });
  }
  return told;
}

async function checkHospital(ports: RunningPorts): Promise<Bilingual> {
  const { running, engine, hospitals, hospitalId, clock, marginMs } = ports;
  const spared = ports.reasonToSpareHis();
  const hospital = hospitals.find(hospitalId);
  if (hospital === undefined) return { zh: `${hospitalId}：医院适配器未运行`, en: `${hospitalId}: the hospital adapter is not active` };
  if (hospital.listDay === undefined) return { zh: `${hospitalId}：医院不提供日账单`, en: `${hospitalId}: no day list` };
  if (spared !== undefined) return { zh: `${hospitalId}：暂不打扰，${spared.zh}`, en: `${hospitalId}: left in peace, ${spared.en}` };
  const day = beijingDay(clock.now());
  // Ours first: whatever is booked here is booked there by the time the list is read.
  const opened = await engine.openHospitalDayNow({ hospitalId, day });
  try {
    const list = await tellDayList(hospital.listDay, day, opened);
    if (list.kind === 'none') return { zh: `${hospitalId}：${list.reason.zh}`, en: `${hospitalId}: ${list.reason.en}` };
    const { differences, ours, theirs } = await opened.compare({ now: clock.now(), marginMs });
    const found = differences.filter((difference) => needOf(difference.class) !== 'nothing').map(foundNow);
    await running.saveCheck({ comparison: 'hospital', source: hospitalId, day, at: clock.now().toISOString(), ours, theirs, unknown: { payments: 0, fen: 0 }, found: found.length, differences: found.slice(0, MOST_LISTED) });
    return { zh: `${hospitalId}：医院 ${String(list.rows)} 行，不一致 ${String(found.length)} 笔`, en: `${hospitalId} ${String(list.rows)} rows, ${String(found.length)} differ` };
  } finally {
    await opened.close();
  }
}

async function tellDayList(listDay: NonNullable<HospitalGuest['listDay']>, day: string, opened: Awaited<ReturnType<RunningPorts['engine']['openHospitalDayNow']>>): Promise<{ readonly kind: 'ok'; readonly rows: number } | { readonly kind: 'none'; readonly reason: Bilingual }> {
  let rows = 0;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await listDay({ day, page, pageSize: PAGE_SIZE });
    if (answer.kind !== 'ok') {
      const said = heard(answer.kind === 'unknown' ? answer.reason : `${answer.code} ${answer.message}`);
      return { kind: 'none', reason: { zh: `未取得日账单（${said.zh}）`, en: `no day list: ${said.en}` } };
    }
    await opened.tell(answer.value);
    rows += answer.value.length;
    if (answer.value.length < PAGE_SIZE) return { kind: 'ok', rows };
  }
  return { kind: 'none', reason: { zh: `日账单超过 ${String(MOST_PAGES)} 页`, en: `the day list has more than ${String(MOST_PAGES)} pages` } };
}

function foundNow({ class: of, ours, theirs }: Difference): FoundNow {
  const row = theirs ?? ours;
  if (row === undefined) throw new Error(`a difference ${of} without a row`);
  return { class: of, kind: row.kind, key: row.key, tradeNo: ours?.tradeNo, ourFen: ours?.fen, theirFen: theirs?.fen, ourState: ours?.state, theirState: theirs?.state, at: (ours ?? row).at };
}
