import { daysBefore } from '@hospay/plugin-sdk';
import { partOf, report, type Column, type Report } from './report.js';
import type { CurveRow, ReportUnit } from './ports.js';

type Period = { readonly name: string; readonly paidCount: number; readonly paidFen: number; readonly refundedFen: number };
type GrowthRow = Period & { readonly before: number | undefined; readonly lastYear: number | undefined };
type HourRow = { readonly day: string; readonly hour: string; readonly paidCount: number; readonly paidFen: number; readonly refundedCount: number; readonly refundedFen: number };

const WEEK_DAYS = 7;
/** The same weekday a year ago. */
const YEAR_OF_WEEKS_DAYS = 52 * WEEK_DAYS;
const netOf = ({ paidFen, refundedFen }: Period): number => paidFen - refundedFen;
const grown = (now: number, before: number | undefined): number | undefined => (before === undefined ? undefined : partOf(now - before, before));

const growth = report<GrowthRow>({
  id: 'growth', group: 'management', title: { zh: '增长统计（环比、同比）', en: 'Growth' }, parameters: [{ name: 'unit', of: ['day', 'week', 'month', 'year'] }], mostDays: { screen: 3_660, export: 3_660 },
  note: { zh: '净额 = 收款 − 退款，按账单日。首尾期间只含所选日期；对比的上期与去年同期为完整期间。周从周一起，去年同期为 52 周前。', en: 'Net: paid less refunded, by bill day. The first and last period hold the chosen days only; what they are compared with is whole. Weeks begin on Monday; a year before is 52 weeks.' },
  columns: [
    { zh: '期间', en: 'Period', kind: 'text', value: ({ name }) => name },
    { zh: '收款笔数', en: 'Payments', kind: 'count', isTotalled: true, value: ({ paidCount }) => paidCount },
    { zh: '收款金额', en: 'Paid', kind: 'fen', isTotalled: true, value: ({ paidFen }) => paidFen },
    { zh: '退款金额', en: 'Refunded', kind: 'fen', isTotalled: true, value: ({ refundedFen }) => refundedFen },
    { zh: '净额', en: 'Net', kind: 'fen', isTotalled: true, value: netOf },
    { zh: '上期净额', en: 'Period before', kind: 'fen', value: ({ before }) => before },
    { zh: '环比', en: 'Grown', kind: 'percent', value: (row) => grown(netOf(row), row.before) },
    { zh: '去年同期净额', en: 'Year before', kind: 'fen', value: ({ lastYear }) => lastYear },
    { zh: '同比', en: 'Grown in a year', kind: 'percent', value: (row) => grown(netOf(row), row.lastYear) },
  ],
  async read(reader, { from, to, unit = 'month' }) {
    const days = await reader.curve({ from: `${aYearBefore(periodStart(from, unit), unit).slice(0, 4)}-01-01`, to, by: 'day' });
    const whole = fold(days, unit);
    const shown = fold(days.filter(({ day }) => day >= from), unit);
    const rows = [...shown.values()].map((period): GrowthRow => {
      const start = startOfName(period.name, unit);
      const [before, lastYear] = [periodOf(daysBefore(start), unit), periodOf(aYearBefore(start, unit), unit)];
      const known = (name: string): number | undefined => {
        const found = whole.get(name);
        return found === undefined ? undefined : netOf(found);
      };
      return { ...period, before: known(before), lastYear: unit === 'year' ? known(before) : known(lastYear) };
    });
    const sum = (name: 'paidCount' | 'paidFen' | 'refundedFen'): number => rows.reduce((total, row) => total + row[name], 0);
    return { rows, total: { name: '', paidCount: sum('paidCount'), paidFen: sum('paidFen'), refundedFen: sum('refundedFen'), before: undefined, lastYear: undefined } };
  },
});

function fold(days: readonly CurveRow[], unit: ReportUnit): Map<string, Period> {
  const periods = new Map<string, Period>();
  for (const { day, paidCount, paidFen, refundedFen } of days) {
    const name = periodOf(day, unit);
    const sum = periods.get(name) ?? { name, paidCount: 0, paidFen: 0, refundedFen: 0 };
    periods.set(name, { name, paidCount: sum.paidCount + paidCount, paidFen: sum.paidFen + paidFen, refundedFen: sum.refundedFen + refundedFen });
  }
  return periods;
}

/** Periods are named so that their names sort: a week by its Monday. */
function periodOf(day: string, unit: ReportUnit): string {
  if (unit === 'year') return day.slice(0, 4);
  if (unit === 'month') return day.slice(0, 7);
  return unit === 'week' ? periodStart(day, unit) : day;
}
function periodStart(day: string, unit: ReportUnit): string {
  if (unit === 'week') return daysBefore(day, (new Date(`${day}T00:00:00Z`).getUTCDay() + WEEK_DAYS - 1) % WEEK_DAYS);
  return startOfName(periodOf(day, unit), unit);
}
function startOfName(name: string, unit: ReportUnit): string {
  if (unit === 'year') return `${name}-01-01`;
  return unit === 'month' ? `${name}-01` : name;
}
/** A 29th of February has no day a year before. */
function aYearBefore(day: string, unit: ReportUnit): string {
  return unit === 'week' ? daysBefore(day, YEAR_OF_WEEKS_DAYS) : `${String(Number(day.slice(0, 4)) - 1)}${day.slice(4)}`;
}

const hourColumn = (zh: string, en: string, kind: 'count' | 'fen', value: (row: HourRow) => number): Column<HourRow> => ({ zh, en, kind, isTotalled: true, value });
const hours = report<HourRow>({
  id: 'hours', group: 'management', title: { zh: '分时统计', en: 'By hour' }, parameters: [], mostDays: { screen: 31, export: 366 },
  columns: [
    { zh: '日期', en: 'Day', kind: 'day', value: ({ day }) => day }, { zh: '时段', en: 'Hour', kind: 'text', value: ({ hour }) => hour }, hourColumn('收款笔数', 'Payments', 'count', ({ paidCount }) => paidCount),
    hourColumn('收款金额', 'Paid', 'fen', ({ paidFen }) => paidFen), hourColumn('退款笔数', 'Refunds', 'count', ({ refundedCount }) => refundedCount), hourColumn('退款金额', 'Refunded', 'fen', ({ refundedFen }) => refundedFen),
  ],
  async read(reader, { from, to }) {
    const rows = (await reader.curve({ from, to, by: 'hour' })).map((row) => ({ ...row, hour: `${String(row.hour).padStart(2, '0')}:00` }));
    const sum = (name: 'paidCount' | 'paidFen' | 'refundedCount' | 'refundedFen'): number => rows.reduce((total, row) => total + row[name], 0);
    return { rows, total: { day: '', hour: '', paidCount: sum('paidCount'), paidFen: sum('paidFen'), refundedCount: sum('refundedCount'), refundedFen: sum('refundedFen') } };
  },
});

export const GROWTH_REPORTS: readonly Report[] = [growth, hours];
