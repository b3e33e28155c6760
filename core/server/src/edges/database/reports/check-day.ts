import { startOfBeijingDay } from '@hospay/plugin-sdk';
import type { DatabaseSync } from 'node:sqlite';
import type { DayCheck } from '../../../reports/ports.js';
import { number, type Row } from '../money/rows.js';
import { FIGURES } from './sum-tables.js';
import { GROUP_COLUMNS, groupOf, groupSql, keyOf, noFigures, REFUND_AT, type MutableFigures } from './sum-group.js';

const OF_ORDER = 'JOIN orders o ON o.trade_no = p.trade_no LEFT JOIN quote q ON q.quote_id = o.quote_id';
const PAID = `
  SELECT ${groupSql('p.till_no')}, count(*) AS n, sum(p.amount_fen) AS fen, coalesce(sum(p.insurance_fund_fen), 0) AS fund_fen, coalesce(sum(p.insurance_account_fen), 0) AS account_fen
    FROM payment p ${OF_ORDER} WHERE p.bill_day = ? AND p.state = 'succeeded' GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`;
/** Insured payments go back whole: what fund and account get is what they gave. All refunds are looked at: by which clock one was asked for does not bound the day it stands under. */
const REFUNDED = `
  SELECT ${groupSql('r.till_no')}, count(*) AS n, sum(r.refund_fen) AS fen, coalesce(sum(p.insurance_fund_fen), 0) AS fund_fen, coalesce(sum(p.insurance_account_fen), 0) AS account_fen
    FROM refund r JOIN payment p ON p.payment_no = r.payment_no ${OF_ORDER}
   WHERE r.state = 'succeeded' AND coalesce(r.bill_day, date(${REFUND_AT}, '+8 hours')) = ? GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`;
const BOOKED = 'SELECT coalesce(sum(amount_fen), 0) AS fen FROM orders WHERE his_day = ? AND confirmed_at IS NOT NULL';
/** One the HIS was not asked to reverse stands under the day it was asked for. */
const REVERSED = `
  SELECT coalesce(sum(refund_fen), 0) AS fen FROM refund
   WHERE (his_reversed_day = :day OR (his_reversed_day IS NULL AND requested_at >= :from AND requested_at < :to)) AND reserved_from = '2002' AND is_posted = 1 AND state NOT IN ('closed', 'rejected')`;
const KEPT = `SELECT ${GROUP_COLUMNS.map((column) => `g.${column}`).join(', ')}, ${FIGURES.map(([column]) => `s.${column}`).join(', ')} FROM day_sum s JOIN sum_group g ON g.id = s.group_id WHERE s.day = ?`;
/** Compared group by group; what the HIS booked and reversed by the day's whole, which orders and refunds tell without the journal. */
const BY_GROUP = ['paidCount', 'paidFen', 'refundedCount', 'refundedFen', 'fundFen', 'accountFen'] as const;

/**
 * A day reckoned from orders, payments and refunds, which is another way than the journals the sums were fed from, and held against the kept sums. Ask when nothing is
 * waiting to be fed.
 */
export function checkDay(money: DatabaseSync, sums: DatabaseSync, day: string): DayCheck {
  const reckoned = new Map<string, MutableFigures>();
  const add = (row: Row, names: readonly ['paidCount', 'paidFen'] | readonly ['refundedCount', 'refundedFen'], sign: 1 | -1): void => {
    const key = keyOf(groupOf(row));
    const figures = reckoned.get(key) ?? noFigures();
    reckoned.set(key, figures);
    figures[names[0]] += number(row, 'n');
    figures[names[1]] += number(row, 'fen');
    figures.fundFen += sign * number(row, 'fund_fen');
    figures.accountFen += sign * number(row, 'account_fen');
  };
  for (const row of money.prepare(PAID).all(day)) add(row, ['paidCount', 'paidFen'], 1);
  for (const row of money.prepare(REFUNDED).all(day)) add(row, ['refundedCount', 'refundedFen'], -1);
  const kept = new Map<string, MutableFigures>();
  let [bookedFen, reversedFen] = [0, 0];
  for (const row of sums.prepare(KEPT).all(day)) {
    const figures = noFigures();
    for (const [column, name] of FIGURES) figures[name] = number(row, column);
    kept.set(keyOf(groupOf(row)), figures);
    bookedFen += figures.bookedFen;
    reversedFen += figures.reversedFen;
  }
  const differences = [...new Set([...reckoned.keys(), ...kept.keys()])].flatMap((key) => {
    const [wanted, found] = [reckoned.get(key) ?? noFigures(), kept.get(key) ?? noFigures()];
    return BY_GROUP.flatMap((name) => (wanted[name] === found[name] ? [] : [`${key.replaceAll('\u001f', '/')} ${name}: ${String(found[name])} kept, ${String(wanted[name])} reckoned`]));
  });
  const whole = (name: string, wanted: Row | undefined, found: number): string[] => (wanted !== undefined && number(wanted, 'fen') === found ? [] : [`${name}: ${String(found)} kept, ${String(wanted?.['fen'])} reckoned`]);
  return { day, behind: 0, differences: [...differences, ...whole('bookedFen', money.prepare(BOOKED).get(day), bookedFen), ...whole('reversedFen', money.prepare(REVERSED).get({ day, from: startOfBeijingDay(day).toISOString(), to: endOf(day) }), reversedFen)] };
}

/** The end of the Beijing day as the money database writes time. */
function endOf(day: string): string {
  return new Date(Date.parse(`${day}T16:00:00.000Z`)).toISOString();
}
