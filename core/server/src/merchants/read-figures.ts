import { ok, refused, type Outcome } from '../domain/errors.js';
import type { MerchantFigures, MerchantPorts, FigurePeriod } from './ports.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** So long a time is read at once: a quarter by day, three years by month. */
const MOST_DAYS: Readonly<Record<FigurePeriod, number>> = { day: 92, month: 1_096 };

/** What a merchant took by day or month and channel, from the sums that are held against the orders every night. */
export async function readFigures({ sums }: Pick<MerchantPorts, 'sums'>, { merchantNo, by, from, to }: { readonly merchantNo: string; readonly by: FigurePeriod; readonly from: string; readonly to: string }): Promise<Outcome<MerchantFigures>> {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (![from, to].every(isRealDay) || !(days >= 1 && days <= MOST_DAYS[by])) return refused('MALFORMED_REQUEST', { zh: `起止日期须为 yyyy-MM-dd，开始不晚于结束，最长 ${String(MOST_DAYS[by])} 天`, en: `query: from, to: calendar days yyyy-MM-dd, from not after to, at most ${String(MOST_DAYS[by])} days by ${by}` });
  const [found, { behind }] = await Promise.all([sums.sums({ from, to, by: [by, 'channel', 'method'], merchantNo }), sums.state({})]);
  const rows = found
    .filter(({ paidCount, refundedCount }) => paidCount > 0 || refundedCount > 0)
    .map(({ of, paidCount, paidFen, refundedCount, refundedFen }) => ({ period: of[by] ?? '', channel: of.channel ?? '', method: of.method ?? '', paidCount, paidFen, refundedCount, refundedFen }))
    .toSorted((one, other) => (one.period === other.period ? compare(`${one.channel}/${one.method}`, `${other.channel}/${other.method}`) : compare(other.period, one.period)));
  const total = (name: 'paidCount' | 'paidFen' | 'refundedCount' | 'refundedFen'): number => rows.reduce((sum, row) => sum + row[name], 0);
  return ok({ rows, totals: { paidCount: total('paidCount'), paidFen: total('paidFen'), refundedCount: total('refundedCount'), refundedFen: total('refundedFen') }, behind });
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
function isRealDay(day: string): boolean {
  const at = new Date(`${day}T00:00:00.000Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
}
