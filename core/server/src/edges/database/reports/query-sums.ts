import type { DatabaseSync } from 'node:sqlite';
import type { CurveRow, DayRange, SumDimension, SumRequest, SumRow } from '../../../reports/ports.js';
import { number, text } from '../money/rows.js';
import { noFigures } from './sum-group.js';
import { FIGURES } from './sum-tables.js';

const COLUMN_OF: Readonly<Record<SumDimension, string>> = {
  day: 's.day', month: 's.month', channel: 'g.channel', merchantNo: 'g.merchant_no', method: 'g.method', business: 'g.business', feeType: 'g.fee_type', ownerKind: 'g.owner_kind', ownerId: 'g.owner_id', tillNo: 'g.till_no',
};
const SUMS = FIGURES.map(([column]) => `sum(${column}) AS ${column}`).join(', ');

/** Sums of a time by what is asked for. A year is twelve months: only the days at its ends are read singly. */
export function querySums(sums: DatabaseSync, { from, to, by, channel, method, merchantNo, most }: SumRequest): SumRow[] {
  const isByDay = by.includes('day');
  const parts = isByDay ? [{ table: 'day_sum', column: 'day', from, to }] : partsOf({ from, to });
  const bind: string[] = [];
  const periods = isByDay ? 'day, substr(day, 1, 7) AS month' : '';
  const unions = parts.map((part) => {
    bind.push(part.from, part.to);
    const period = periods === '' ? (part.column === 'month' ? 'month' : 'substr(day, 1, 7) AS month') : periods;
    return `SELECT ${period}, group_id, ${SUMS} FROM ${part.table} WHERE ${part.column} BETWEEN ? AND ? GROUP BY ${isByDay ? 'day, month' : 'month'}, group_id`;
  });
  const wanted = [['g.channel', channel], ['g.method', method], ['g.merchant_no', merchantNo]] as const;
  const filters = wanted.flatMap(([column, value]) => {
    if (value === undefined) return [];
    bind.push(value);
    return [`${column} = ?`];
  });
  const names = by.map((dimension) => `${COLUMN_OF[dimension]} AS "${dimension}"`);
  const sql = `SELECT ${[...names, SUMS].join(', ')} FROM (${unions.join(' UNION ALL ')}) s JOIN sum_group g ON g.id = s.group_id ${filters.length === 0 ? '' : `WHERE ${filters.join(' AND ')}`}
    ${by.length === 0 ? '' : `GROUP BY ${by.map((dimension) => COLUMN_OF[dimension]).join(', ')} ORDER BY ${by.map((dimension) => COLUMN_OF[dimension]).join(', ')}`} LIMIT ?`;
  return sums.prepare(sql).all(...bind, most === undefined ? -1 : most + 1).map((row) => {
    const figures = noFigures();
    for (const [column, name] of FIGURES) figures[name] = row[column] === null ? 0 : number(row, column);
    return { of: Object.fromEntries(by.map((dimension) => [dimension, text(row, dimension)])), ...figures };
  });
}

/** The months that lie whole in a time, and the days before and after them. */
function partsOf({ from, to }: DayRange): { readonly table: string; readonly column: string; readonly from: string; readonly to: string }[] {
  const days = (first: string, last: string) => (first > last ? [] : [{ table: 'day_sum', column: 'day', from: first, to: last }]);
  const firstMonth = from.endsWith('-01') ? from.slice(0, 7) : monthAfter(from);
  const lastMonth = dayAfter(to).endsWith('-01') ? to.slice(0, 7) : monthBefore(to);
  if (firstMonth > lastMonth) return days(from, to);
  return [...days(from, dayBefore(`${firstMonth}-01`)), { table: 'month_sum', column: 'month', from: firstMonth, to: lastMonth }, ...days(`${monthAfter(`${lastMonth}-01`)}-01`, to)];
}

/** By hour of each day, or by day. */
export function queryCurve(sums: DatabaseSync, { from, to, by }: DayRange & { readonly by: 'hour' | 'day' }): CurveRow[] {
  const hour = by === 'hour' ? 'hour' : '0';
  return sums
    .prepare(`SELECT day, ${hour} AS h, sum(paid_count) AS paid_count, sum(paid_fen) AS paid_fen, sum(refunded_count) AS refunded_count, sum(refunded_fen) AS refunded_fen FROM hour_sum WHERE day BETWEEN ? AND ? GROUP BY 1, 2 ORDER BY 1, 2`)
    .all(from, to)
    .map((row) => ({ day: text(row, 'day'), hour: number(row, 'h'), paidCount: number(row, 'paid_count'), paidFen: number(row, 'paid_fen'), refundedCount: number(row, 'refunded_count'), refundedFen: number(row, 'refunded_fen') }));
}

const DAY_MS = 24 * 60 * 60 * 1000;
const shifted = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
const dayAfter = (day: string): string => shifted(day, 1);
const dayBefore = (day: string): string => shifted(day, -1);
const monthAfter = (day: string): string => shifted(`${day.slice(0, 7)}-28`, 4).slice(0, 7);
const monthBefore = (day: string): string => dayBefore(`${day.slice(0, 7)}-01`).slice(0, 7);
