import type { DatabaseSync } from 'node:sqlite';
import { needOf, type DayState } from '../../../domain/reconciliation.js';
import type { ChannelDayRow, DayRange, DifferenceRow, Page, SideFigures, TillRow } from '../../../reports/ports.js';
import { number, optionalText, text, type Row } from '../money/rows.js';
import { classOf } from './transaction-rows.js';

const DIFFERENCES = `
  SELECT d.*, c.id AS case_id, c.resolved_at FROM reconciliation_difference d
    LEFT JOIN discrepancy_case c ON c.id = (SELECT max(id) FROM discrepancy_case WHERE kind = d.case_kind AND subject = d.case_subject)
   WHERE d.day BETWEEN :from AND :to AND d.id > :after AND d.class NOT IN ('notThisDay', 'foreign') ORDER BY d.id LIMIT :limit`;

/** What reconciliation found of these days, in the order in which it was found. Rows of other days and of other systems are no differences. */
export function differenceRows(money: DatabaseSync, { from, to, after, limit }: DayRange & { readonly after?: string | undefined; readonly limit: number }): Page<DifferenceRow> {
  const found = money.prepare(DIFFERENCES).all({ from, to, after: Number(after ?? 0), limit: limit + 1 });
  const rows = found.slice(0, limit).map((row): DifferenceRow => ({
    id: number(row, 'id'), day: text(row, 'day'), comparison: text(row, 'comparison'), source: text(row, 'source'), class: classOf(row), kind: text(row, 'kind') === 'refund' ? 'refund' : 'payment', key: text(row, 'key'),
    tradeNo: optionalText(row, 'trade_no') ?? '', ourFen: fenOf(row, 'our_fen'), theirFen: fenOf(row, 'their_fen'), caseState: row['case_id'] === null ? 'none' : row['resolved_at'] === null ? 'open' : 'closed',
    foundAt: text(row, 'found_at'), settledAt: optionalText(row, 'settled_at') ?? '', settledHow: optionalText(row, 'settled_how') ?? '',
  }));
  return { rows, next: found.length > limit ? String(rows.at(-1)?.id ?? '') : undefined };
}

const RUNS = `SELECT * FROM reconciliation_run WHERE id IN (SELECT max(id) FROM reconciliation_run WHERE day BETWEEN ? AND ? AND comparison IN ('channel', 'settlement') GROUP BY comparison, source, day) ORDER BY day, source`;
const OPEN = `SELECT day, source, class FROM reconciliation_difference WHERE comparison = 'channel' AND day BETWEEN ? AND ? AND settled_at IS NULL`;
const FEES = `SELECT day, source, our_fen, their_fen FROM reconciliation_difference WHERE comparison = 'settlement' AND class = 'fee' AND day BETWEEN ? AND ? AND settled_at IS NULL`;
const BOOKED_FEES = `SELECT c.clear_key AS day, substr(a.name, 6) AS source, c.net_fen AS fen FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.code = '6001' AND c.clear_key BETWEEN ? AND ?`;

/** Each day of each statement, as its newest comparison left it. */
export function channelDays(money: DatabaseSync, { from, to }: DayRange): ChannelDayRow[] {
  const at = (row: Row): string => `${text(row, 'day')}/${text(row, 'source')}`;
  const runs = Map.groupBy(money.prepare(RUNS).all(from, to), at);
  const open = Map.groupBy(money.prepare(OPEN).all(from, to), at);
  const booked = new Map(money.prepare(BOOKED_FEES).all(from, to).map((row) => [at(row), number(row, 'fen')]));
  const fees = new Map(money.prepare(FEES).all(from, to).map((row) => [at(row), row]));
  return [...runs].flatMap(([key, own]) => {
    const channel = own.find((run) => text(run, 'comparison') === 'channel');
    if (channel === undefined) return [];
    const settlement = own.find((run) => text(run, 'comparison') === 'settlement' && text(run, 'outcome') === 'compared');
    const sums = settlement === undefined ? undefined : record(JSON.parse(text(settlement, 'totals')));
    const statedFen = wholeOf(sums?.['feeFen']);
    const fee = fees.get(key);
    return [{
      day: text(channel, 'day'), source: text(channel, 'source'), state: stateOf(channel, open.get(key) ?? []), ...sidesOf(channel),
      feeFen: booked.get(key) ?? 0,
      settlement: sums === undefined ? undefined : { actualFeeFen: fee === undefined ? statedFen : (fenOf(fee, 'their_fen') ?? statedFen), netFen: wholeOf(sums['netFen']) },
    }];
  });
}

function stateOf(run: Row, open: readonly Row[]): DayState {
  const outcome = text(run, 'outcome');
  if (outcome === 'postponed' || outcome === 'stopped') return outcome;
  const needs = open.map((row) => needOf(classOf(row)));
  if (needs.includes('anotherLook')) return 'open';
  return needs.includes('person') ? 'explained' : 'balanced';
}

/** Both sides of the day, without rows that are only candidates of another day and rows of other systems on the same merchant number. */
function sidesOf(run: Row): Pick<ChannelDayRow, 'ours' | 'theirs'> {
  if (text(run, 'outcome') !== 'compared') return { ours: undefined, theirs: undefined };
  const classes = record(JSON.parse(text(run, 'totals')))['classes'];
  const counted = (Array.isArray(classes) ? classes : []).map(record).filter((row) => row['class'] !== 'notThisDay' && row['class'] !== 'foreign');
  const side = (name: 'ours' | 'theirs'): SideFigures => {
    const sum = (figure: keyof SideFigures): number => counted.reduce((total, row) => total + wholeOf(record(row[name])[figure]), 0);
    return { payments: sum('payments'), paymentFen: sum('paymentFen'), refunds: sum('refunds'), refundFen: sum('refundFen') };
  };
  return { ours: side('ours'), theirs: side('theirs') };
}

/** The count that stands is the last recount's. */
const TILLS = `
  SELECT till_no, count(*) AS shifts, sum(expected_fen) AS expected_fen, sum(counted) AS counted_fen, sum(counted > expected_fen) AS long_count, sum(max(counted - expected_fen, 0)) AS long_fen,
         sum(counted < expected_fen) AS short_count, sum(max(expected_fen - counted, 0)) AS short_fen
    FROM (SELECT s.till_no, s.expected_fen, coalesce((SELECT a.amount_fen FROM cash_act a WHERE a.shift_no = s.shift_no AND a.kind = 'recount' ORDER BY a.at DESC, a.act_no DESC LIMIT 1), s.counted_fen) AS counted
            FROM shift s WHERE s.closed_day BETWEEN ? AND ?)
   GROUP BY till_no ORDER BY till_no`;

export function tillRows(money: DatabaseSync, { from, to }: DayRange): TillRow[] {
  return money.prepare(TILLS).all(from, to).map((row) => ({
    tillNo: text(row, 'till_no'), shifts: number(row, 'shifts'), expectedFen: number(row, 'expected_fen'), countedFen: number(row, 'counted_fen'), longCount: number(row, 'long_count'), longFen: number(row, 'long_fen'),
    shortCount: number(row, 'short_count'), shortFen: number(row, 'short_fen'),
  }));
}

function fenOf(row: Row, column: string): number | undefined {
  return typeof row[column] === 'number' ? row[column] : undefined;
}
function wholeOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : 0;
}
function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
