import { daysBefore } from '@hospay/plugin-sdk';
import type { TerminalDay } from '../fleet/ports.js';
import { partOf, report, type Column, type Report } from './report.js';
import type { ReportInput, ReportNames, ReportRequest } from './ports.js';
import { NO_CAMPUS } from './report-words.js';

const MINUTE_MS = 60_000;
const minutes = (zh: string, en: string, value: (row: TerminalDay) => number, isTotalled: boolean = true): Column<TerminalDay> => ({ zh: `${zh}(分钟)`, en: `${en} (min)`, kind: 'count', ...(isTotalled ? { isTotalled: true } : {}), value: (row) => Math.round(value(row) / MINUTE_MS) });
const times = (zh: string, en: string, value: (row: TerminalDay) => number): Column<TerminalDay> => ({ zh, en, kind: 'count', isTotalled: true, value });

/** 自助机可用率: each kiosk and day, of the hours in which it should be on. */
export const KIOSK_REPORT: Report = report<TerminalDay>({
  id: 'kiosk-availability', group: 'management', title: { zh: '自助机可用率', en: 'Availability of kiosks' }, parameters: [], mostDays: { screen: 92, export: 366 }, mark: /^\d{4}-\d\d-\d\d\/[0-9A-Za-z_-]{0,64}$/,
  note: {
    zh: '只计配置的开机时间内；从首次上线起算，现有自助机。在线率 = 在线 / 应开机；可用率再减去严重故障的时间。平台停机：离线时平台也停着，不是终端的原因。离线按最后一次声明后 10 秒计。',
    en: 'Within the configured opening hours alone, from the first time on line, of the kiosks there are now. On line: of the time it should be on; available: less the time of critical faults. Platform down: it was away while the platform was. Away ten seconds after its last word.',
  },
  columns: [
    { zh: '日期', en: 'Day', kind: 'day', value: ({ day }) => day },
    { zh: '院区', en: 'Campus', kind: 'word', words: { elsewhere: NO_CAMPUS }, value: ({ terminal }, names) => campusOf(terminal, names) },
    { zh: '终端编号', en: 'Terminal', kind: 'text', value: ({ terminal }) => terminal },
    { zh: '终端名称', en: 'Name', kind: 'text', value: ({ terminal }, names) => names.terminal(terminal)?.title },
    minutes('应开机', 'Should be on', ({ dueMs }) => dueMs), minutes('在线', 'On line', ({ onlineMs }) => onlineMs),
    { zh: '在线率', en: 'On line', kind: 'percent', value: ({ onlineMs, dueMs }) => partOf(onlineMs, dueMs) },
    { zh: '可用率', en: 'Available', kind: 'percent', value: ({ availableMs, dueMs }) => partOf(availableMs, dueMs) },
    times('离线次数', 'Outages', ({ outages }) => outages), minutes('最长离线', 'Longest outage', ({ longestMs }) => longestMs, false), minutes('其中平台停机', 'Of it platform down', ({ platformDownMs }) => platformDownMs),
    times('缺纸次数', 'Out of paper', ({ paper }) => paper.count), minutes('缺纸', 'Out of paper', ({ paper }) => paper.ms), times('打印机故障次数', 'Printer faults', ({ printer }) => printer.count), minutes('打印机故障', 'Printer faults', ({ printer }) => printer.ms),
    times('钱箱故障次数', 'Cash-box faults', ({ cashBox }) => cashBox.count), minutes('钱箱故障', 'Cash-box faults', ({ cashBox }) => cashBox.ms),
  ],
  read: readPage,
});

/** Day by day: what holds the event loop is one day of the house. A mark is the last terminal shown, and its day. */
async function readPage(reader: ReportInput, { from, to, after = `${from}/`, limit }: ReportRequest) {
  const rows: TerminalDay[] = [];
  const [markedDay = from, markedTerminal = ''] = after.split('/');
  // A mark of another time begins at the beginning.
  let [day, shown] = markedDay < from || Number.isNaN(Date.parse(markedDay)) ? [from, ''] : [markedDay, markedTerminal];
  while (day <= to) {
    const left = (await reader.terminalDays({ day })).filter(({ terminal }) => terminal > shown);
    rows.push(...left.slice(0, limit - rows.length));
    const last = rows.at(-1);
    if (rows.length >= limit && last !== undefined) return { rows, next: last.day === to && last.terminal === left.at(-1)?.terminal ? undefined : `${last.day}/${last.terminal}` };
    [day, shown] = [daysBefore(day, -1), ''];
  }
  return { rows };
}

function campusOf(terminal: string, names: ReportNames): string {
  const campus = names.terminal(terminal)?.campus;
  return campus === undefined ? 'elsewhere' : names.campus(campus);
}
