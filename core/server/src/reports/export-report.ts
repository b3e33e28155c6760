import { beijingDay, startOfBeijingDay } from '@hospay/plugin-sdk';
import type { Bilingual } from '../domain/bilingual.js';
import { totalsOfPage } from './read-report.js';
import type { Report } from './report.js';
import type { Cell, ReportExport, ReportNames, ReportPorts, SheetWriter } from './ports.js';

const PAGE_ROWS = 1_000;
/** A sheet of Excel ends here, its head, heading and totals among them. */
const MOST_XLSX_ROWS = 1_048_000;
/** Some hundred megabytes of CSV: more is exported in parts. */
const MOST_CSV_ROWS = 3_000_000;
const WHOLE = 10_000;

export type Progress = { readonly rows: number; readonly share: number };

/**
 * Writes a report to its file page by page, its totals last. Between two pages it hears whether it is cancelled.
 * @returns what was written; undefined when it was cancelled. @throws Error when a page cannot be read or written, or the file would be too long
 */
export async function exportReport(ports: Pick<ReportPorts, 'reader' | 'names' | 'files' | 'clock'>, report: Report, asked: ReportExport, hear: { isCancelled(): boolean; progress(now: Progress): void }) {
  const names = await ports.names();
  const sheet = await ports.files.begin({ id: asked.id, format: asked.format, title: report.title.zh, columns: report.columns, heading: headingOf(report, asked, names, ports.clock.now()) });
  try {
    const rows = await writeRows(ports, report, asked, names, sheet, hear);
    if (rows === undefined) {
      await sheet.discard();
      return undefined;
    }
    return { rows, ...(await sheet.end()) };
  } catch (error) {
    await sheet.discard();
    throw error;
  }
}

async function writeRows({ reader }: Pick<ReportPorts, 'reader'>, report: Report, { values, format }: ReportExport, names: ReportNames, sheet: SheetWriter, hear: { isCancelled(): boolean; progress(now: Progress): void }): Promise<number | undefined> {
  const most = format === 'xlsx' ? MOST_XLSX_ROWS : MOST_CSV_ROWS;
  let rows = 0;
  let after: string | undefined;
  let totals: readonly Cell[] | undefined;
  do {
    const page = await report.read(reader, { ...values, after, limit: PAGE_ROWS }, names);
    rows += page.rows.length;
    if (rows > most) throw new Error(`more than ${String(most)} rows: 请缩短时间范围${format === 'xlsx' ? '，或改用 CSV' : ''} / choose a shorter time${format === 'xlsx' ? ', or CSV' : ''}`);
    await sheet.rows(page.rows);
    totals = page.totals ?? added(totals, totalsOfPage(report, page.rows));
    after = page.next;
    hear.progress({ rows, share: after === undefined ? WHOLE : shareOf(values, after) });
    if (hear.isCancelled()) return undefined;
  } while (after !== undefined);
  if (totals !== undefined) await sheet.rows([['合计', ...totals.slice(1)]]);
  return rows;
}

/** Marks begin with the day they have come to. */
function shareOf({ from, to }: ReportExport['values'], after: string): number {
  const [begin, end, now] = [from, to, after.slice(0, 10)].map((day) => startOfBeijingDay(day).getTime());
  if (begin === undefined || end === undefined || now === undefined || Number.isNaN(now) || end <= begin) return 0;
  return Math.min(WHOLE - 1, Math.max(0, Math.floor(((now - begin) / (end - begin)) * WHOLE)));
}

function added(before: readonly Cell[] | undefined, page: readonly Cell[] | undefined): readonly Cell[] | undefined {
  if (before === undefined || page === undefined) return page ?? before;
  return page.map((cell, index) => {
    const sum = before[index];
    if (typeof sum !== 'number') return cell;
    return typeof cell === 'number' ? sum + cell : sum;
  });
}

/** What the sheet says of itself above its rows. */
function headingOf({ title, columns, note }: Report, { values, by }: ReportExport, { hospital }: ReportNames, now: Date): string[] {
  const absent = columns.flatMap(({ zh, absent: why }: { readonly zh: string; readonly absent?: Bilingual }) => (why === undefined ? [] : [`${zh}：${why.zh}`]));
  const chosen = [values.by, values.unit, values.channel, values.method].filter((value) => value !== undefined);
  return [
    `${hospital} ${title.zh}`, `${values.from} 至 ${values.to}${chosen.length === 0 ? '' : `；${chosen.join('；')}`}`, `${beijingDay(now)} ${by} 导出，金额单位：元`, ...(note === undefined ? [] : [note.zh]),
    ...(absent.length === 0 ? [] : [`留空的列：${absent.join('；')}`]),
  ];
}
