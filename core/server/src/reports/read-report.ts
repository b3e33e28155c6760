import type { Bilingual } from '../domain/bilingual.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { NO_MARK_OF_A_PAGE } from '../domain/refusal-words.js';
import { catalogueOf } from './catalogue.js';
import { ReportUnreadable } from './plugged-report.js';
import type { Report } from './report.js';
import type { Cell, ReportAnswer, ReportAnswerRows, ReportNames, ReportPorts, ReportInput, ReportRequest, ReportSplit, ReportUnit, ReportValues } from './ports.js';

/** Marks of a report that is read whole: how many rows stand before the page. */
const ROW_NUMBER = /^\d{1,9}$/;
const DAY_MS = 24 * 60 * 60 * 1000;

/** One page of a report. What is read whole is cut into pages here; its totals are of all. */
export async function readReport({ reader, names, ...others }: Pick<ReportPorts, 'reader' | 'names' | 'guests' | 'hospital'>, request: ReportRequest & { readonly report: string }): Promise<Outcome<ReportAnswer>> {
  const found = findReport(others, request.report, request, 'screen');
  if (found.kind === 'refused') return found;
  const { mark = ROW_NUMBER } = found.value;
  if (request.after !== undefined && !mark.test(request.after)) return refused('MALFORMED_REQUEST', NO_MARK_OF_A_PAGE);
  const read = await rowsOf(found.value, reader, request, await names());
  if (read.kind === 'refused') return read;
  const answer = read.value;
  const { behind } = await reader.state({});
  if (found.value.mark !== undefined) return ok({ ...answer, totals: totalsOfPage(found.value, answer.rows), behind });
  const from = Number(request.after ?? 0);
  const rows = answer.rows.slice(from, from + request.limit);
  return ok({ rows, next: from + request.limit < answer.rows.length ? String(from + request.limit) : undefined, totals: answer.totals, behind });
}

/** A report that may be asked for these values. `use`: an export may take a longer time. */
export function findReport(plugged: Pick<ReportPorts, 'guests' | 'hospital'>, id: string, values: ReportValues, use: 'screen' | 'export'): Outcome<Report> {
  const report = catalogueOf(plugged).find((known) => known.id === id);
  // What knows no merchant would give everybody's.
  if (report === undefined || (report.isOfMerchant === true) !== (values.merchantNo !== undefined)) return refused('NO_SUCH_ITEM');
  const problem = whatIsWrong(report, values);
  if (problem !== undefined) return refused('MALFORMED_REQUEST', problem);
  const days = (Date.parse(values.to) - Date.parse(values.from)) / DAY_MS + 1;
  if (!(days >= 1 && days <= report.mostDays[use])) return refused('REPORT_TIME_TOO_LONG', { zh: `所选 ${String(days)} 天，最长 ${String(report.mostDays[use])} 天`, en: `${String(days)} days, at most ${String(report.mostDays[use])}` });
  return ok(report);
}

/** What a plugin could not reckon is refused with its reason; a fault of our own is none of that. */
async function rowsOf(report: Report, reader: ReportInput, request: ReportRequest, names: ReportNames): Promise<Outcome<ReportAnswerRows>> {
  try {
    return ok(await report.read(reader, request, names));
  } catch (error) {
    if (error instanceof ReportUnreadable) return refused('REPORT_UNREADABLE', error.said);
    throw error;
  }
}

function whatIsWrong(report: Report, values: ReportValues): Bilingual | undefined {
  for (const name of ['from', 'to'] as const) if (!isRealDay(values[name])) return { zh: `${name === 'from' ? '开始' : '结束'}日期须为 yyyy-MM-dd`, en: `${name}: must be a calendar day yyyy-MM-dd` };
  for (const name of ['by', 'unit', 'channel', 'method'] as const) {
    const value = values[name];
    if (value === undefined) continue;
    const parameter = report.parameters.find((known) => known.name === name);
    if (parameter === undefined) return { zh: `该报表没有条件 ${name}`, en: `${name}: this report does not take it` };
    const choices: readonly (ReportSplit | ReportUnit)[] | undefined = 'of' in parameter ? parameter.of : undefined;
    if (choices?.some((choice) => choice === value) === false) return { zh: `条件 ${name} 须为 ${choices.join('、')} 之一`, en: `${name}: one of ${choices.join(', ')}` };
  }
  return undefined;
}

/** Of rows that come page by page only those that are shown are summed; an export sums all. */
export function totalsOfPage({ columns, totalled }: Report, rows: readonly (readonly Cell[])[]): readonly Cell[] | undefined {
  if (!totalled.includes(true)) return undefined;
  return columns.map(({ kind }, index) => {
    if (kind === 'text' || kind === 'word' || kind === 'day' || kind === 'time') return '';
    const known = totalled[index] === true ? rows.map((row) => row[index]).filter((cell) => typeof cell === 'number') : [];
    return known.length === 0 ? null : known.reduce((sum, cell) => sum + cell, 0);
  });
}

function isRealDay(day: string): boolean {
  const at = new Date(`${day}T00:00:00.000Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
}

