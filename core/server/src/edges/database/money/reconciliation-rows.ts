import { beijingDay, daysBefore } from '@hospay/plugin-sdk';
import type { ReconciliationRow, RowState } from '../../../domain/reconciliation.js';
import type { StatementSource } from '../../../domain/reconciliation-store.js';
import { number, optionalText, text, type Row } from './rows.js';
import type { Statements } from './statements.js';

const PAYMENT = 'SELECT rowid AS row_no, payment_no, trade_no, amount_fen, state, paid_at, submitted_at FROM payment';
const REFUND = `SELECT r.rowid AS row_no, r.refund_no, r.payment_no, r.trade_no, r.refund_fen, r.state, coalesce(CASE WHEN r.state = 'succeeded' THEN r.refunded_at END, r.submitted_at, r.requested_at) AS at
  FROM refund r JOIN payment p ON p.payment_no = r.payment_no`;
const OF_SOURCE = 'channel IN (SELECT value FROM json_each(?))';

/** Payments and refunds of a source that are done between two instants. */
export function* doneChannelRows(sql: Statements, { channels, from, to }: StatementSource & { readonly from: Date; readonly to: Date }): Generator<readonly ReconciliationRow[]> {
  const isWithin = ({ at }: ReconciliationRow): boolean => Date.parse(at) >= from.getTime() && Date.parse(at) < to.getTime();
  for (const day of daysBetween(from, to)) {
    for (const channel of channels) {
      for (const page of pagesOf((after) => sql.all(`${PAYMENT} WHERE bill_day = ? AND channel = ? AND rowid > ? AND state = 'succeeded' ORDER BY rowid LIMIT ${String(PAGE_ROWS)}`, day, channel, after))) yield page.map(paymentRow).filter(isWithin);
    }
    for (const page of pagesOf((after) => sql.all(`${REFUND} WHERE r.refunded_at IS NOT NULL AND date(r.refunded_at, '+8 hours') = ? AND r.rowid > ? AND p.${OF_SOURCE} AND r.state = 'succeeded' ORDER BY r.rowid LIMIT ${String(PAGE_ROWS)}`, day, after, JSON.stringify(channels)))) yield page.map(refundRow).filter(isWithin);
  }
}

/** Read after read, so that payments go on between them. A row that is written meanwhile is on a later page, or is known by its number. */
function* pagesOf(read: (after: number) => Row[]): Generator<readonly Row[]> {
  for (let after = 0; ;) {
    const page = read(after);
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (page.length < PAGE_ROWS || last === undefined) return;
    after = number(last, 'row_no');
  }
}
const PAGE_ROWS = 2_000;

export function channelRowsByKey(sql: Statements, { channels, keys }: StatementSource & { readonly keys: readonly string[] }): readonly ReconciliationRow[] {
  const list = JSON.stringify(channels);
  return keys.flatMap((key) => [
    ...sql.all(`${PAYMENT} WHERE payment_no = ? AND ${OF_SOURCE}`, key, list).map(paymentRow),
    ...sql.all(`${REFUND} WHERE r.refund_no = ? AND p.${OF_SOURCE}`, key, list).map(refundRow),
  ]);
}

function paymentRow(row: Row): ReconciliationRow {
  const key = text(row, 'payment_no');
  const state = text(row, 'state');
  return {
    key, paymentKey: key, kind: 'payment', tradeNo: text(row, 'trade_no'), fen: number(row, 'amount_fen'), at: optionalText(row, 'paid_at') ?? text(row, 'submitted_at'),
    state: state === 'succeeded' ? 'done' : state === 'failed' || state === 'closed' ? 'failed' : 'open',
  };
}

function refundRow(row: Row): ReconciliationRow {
  return { key: text(row, 'refund_no'), paymentKey: text(row, 'payment_no'), kind: 'refund', tradeNo: text(row, 'trade_no'), fen: number(row, 'refund_fen'), at: text(row, 'at'), state: refundState(text(row, 'state')) };
}

function refundState(state: string): RowState {
  if (state === 'succeeded') return 'done';
  return state === 'closed' || state === 'rejected' ? 'failed' : 'open';
}

const ORDER = `SELECT o.rowid AS row_no, o.trade_no, o.amount_fen, o.confirmation, o.created_at, o.paid_at,
  (SELECT max(paid_at) FROM payment WHERE trade_no = o.trade_no AND state = 'succeeded') AS last_paid_at,
  (SELECT coalesce(sum(amount_fen), 0) FROM payment WHERE trade_no = o.trade_no AND state = 'succeeded') AS paid_fen,
  (SELECT coalesce(sum(refund_fen), 0) FROM refund WHERE trade_no = o.trade_no AND state = 'succeeded') AS refunded_fen FROM orders o`;
const HIS_REFUND = 'SELECT r.refund_no, r.his_refund_no, r.trade_no, r.refund_fen, r.state, r.his_reversed_day, r.requested_at FROM refund r JOIN orders o ON o.trade_no = r.trade_no';

/** Orders and reversals the HIS should have under a day, and paid orders of that day it should not have. */
export function* hospitalRowsOfDay(sql: Statements, { hospitalId, day }: { readonly hospitalId: string; readonly day: string }): Generator<readonly ReconciliationRow[]> {
  for (const page of pagesOf((after) => sql.all(`${ORDER} WHERE o.hospital_id = ? AND o.his_day = ? AND o.rowid > ? ORDER BY o.rowid LIMIT ${String(PAGE_ROWS)}`, hospitalId, day, after))) yield page.map(orderRow);
  // A HIS goes by the calendar; the bill day of a channel that cuts at another time is the day before or after. The `+` keeps SQLite from walking every order of the hospital.
  yield sql.all(
    `${ORDER} WHERE +o.hospital_id = ? AND o.his_day IS NULL AND o.trade_no IN (SELECT trade_no FROM payment WHERE bill_day BETWEEN ? AND ? AND date(paid_at, '+8 hours') = ? AND state = 'succeeded')`,
    hospitalId, daysBefore(day), daysBefore(day, -1), day,
  ).map(orderRow);
  yield sql.all(`${HIS_REFUND} WHERE o.hospital_id = ? AND r.his_reversed_day = ?`, hospitalId, day).map(hospitalRefundRow);
}

export function hospitalRowsByKey(sql: Statements, { hospitalId, keys }: { readonly hospitalId: string; readonly keys: readonly string[] }): readonly (ReconciliationRow & { readonly alias?: string })[] {
  return keys.flatMap((key) => [
    ...sql.all(`${ORDER} WHERE o.hospital_id = ? AND o.trade_no = ?`, hospitalId, key).map(orderRow),
    ...sql.all(`${HIS_REFUND} WHERE o.hospital_id = ? AND r.refund_no = ?`, hospitalId, key).map(hospitalRefundRow),
    ...sql.all(`${HIS_REFUND} WHERE o.hospital_id = ? AND r.his_refund_no = ?`, hospitalId, key).map((row) => ({ ...hospitalRefundRow(row), alias: key })),
  ]);
}

const BOOKED: readonly string[] = ['confirmed', 'reversing', 'reversed'];

function orderRow(row: Row): ReconciliationRow {
  const tradeNo = text(row, 'trade_no');
  const confirmation = text(row, 'confirmation');
  const heldFen = number(row, 'paid_fen') - number(row, 'refunded_fen');
  const isAwaited = confirmation !== 'rejected' && (heldFen > 0 || (confirmation !== 'none' && number(row, 'amount_fen') === 0));
  return {
    key: tradeNo, paymentKey: tradeNo, tradeNo, kind: 'payment', fen: number(row, 'amount_fen'), at: optionalText(row, 'paid_at') ?? optionalText(row, 'last_paid_at') ?? text(row, 'created_at'),
    state: BOOKED.includes(confirmation) ? 'done' : isAwaited ? 'open' : 'failed',
  };
}

function hospitalRefundRow(row: Row): ReconciliationRow {
  const day = optionalText(row, 'his_reversed_day');
  const tradeNo = text(row, 'trade_no');
  return {
    key: text(row, 'refund_no'), paymentKey: tradeNo, tradeNo, kind: 'refund', fen: number(row, 'refund_fen'),
    // Only the day of a reversal is known here.
    at: day === undefined ? text(row, 'requested_at') : `${day}T12:00:00+08:00`,
    state: day !== undefined ? 'done' : refundState(text(row, 'state')) === 'failed' ? 'failed' : 'open',
  };
}

const DAY_MS = 24 * 60 * 60 * 1000;

function daysBetween(from: Date, to: Date): string[] {
  const days: string[] = [];
  for (let at = from.getTime(); at < to.getTime() + DAY_MS; at += DAY_MS) {
    const day = beijingDay(new Date(Math.min(at, to.getTime() - 1)));
    if (!days.includes(day)) days.push(day);
  }
  return days;
}
