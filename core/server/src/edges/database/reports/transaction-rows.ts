import { E_CNY } from '@hospay/plugin-sdk';
import type { DatabaseSync } from 'node:sqlite';
import { mask } from '../../../domain/mask.js';
import { DIFFERENCE_CLASSES, type DifferenceClass, type RowKind } from '../../../domain/reconciliation.js';
import type { StatementSource } from '../../../domain/reconciliation-store.js';
import type { Page, TransactionRequest, TransactionRow } from '../../../reports/ports.js';
import { number, optionalText, text, type Row } from '../money/rows.js';
import { REFUND_AT } from './sum-group.js';

const ORDER = `o.trade_no, o.business, coalesce(q.fee_type, '') AS fee_type, o.owner_kind, o.owner_id, o.patient_label, o.patient_id, o.confirmation, o.receipt_no, o.his_day, o.confirmed_at`;
const PAYMENT = `p.payment_no, p.channel, p.merchant_no, CASE WHEN p.funding_source = '${E_CNY}' THEN '${E_CNY}' ELSE p.method END AS method, p.funding_source`;
const JOINS = 'JOIN orders o ON o.trade_no = p.trade_no LEFT JOIN quote q ON q.quote_id = o.quote_id';
const wanted = `(:method IS NULL OR CASE WHEN p.funding_source = '${E_CNY}' THEN '${E_CNY}' ELSE p.method END = :method) AND (:channel IS NULL OR p.channel = :channel) AND (:merchantNo IS NULL OR p.merchant_no = :merchantNo)`;
const PAYMENTS = `
  SELECT p.bill_day AS day, coalesce(p.paid_at, p.submitted_at) AS at, '' AS refund_no, p.amount_fen AS fen, p.channel_trade_no AS channel_no, coalesce(p.till_no, '') AS till_no, CASE WHEN o.confirmed_at IS NULL THEN NULL ELSE p.amount_fen END AS his_fen, ${PAYMENT}, ${ORDER}
    FROM payment p ${JOINS} WHERE p.bill_day = :day AND p.state = 'succeeded' AND ${wanted} AND p.payment_no > :after ORDER BY p.payment_no LIMIT :limit`;
const REFUNDS = `
  SELECT :day AS day, ${REFUND_AT} AS at, r.refund_no, r.refund_fen AS fen, r.channel_refund_no AS channel_no, coalesce(r.till_no, '') AS till_no, CASE WHEN r.his_reversed_day IS NULL THEN NULL ELSE r.refund_fen END AS his_fen, ${PAYMENT}, ${ORDER}
    FROM refund r JOIN payment p ON p.payment_no = r.payment_no ${JOINS} WHERE r.refund_no IN (SELECT value FROM json_each(:numbers)) AND ${wanted} ORDER BY r.refund_no`;
const REFUNDS_OF_DAY = 'SELECT refund_no FROM refund_day WHERE day = ? AND refund_no > ? ORDER BY refund_no LIMIT ?';
const RUNS = `SELECT source, outcome, at FROM reconciliation_run WHERE id IN (SELECT max(id) FROM reconciliation_run WHERE comparison = 'channel' AND day = ? GROUP BY source)`;
const DIFFERENCES = `
  SELECT source, kind, key, class, their_fen FROM reconciliation_difference
   WHERE comparison = 'channel' AND day = :day AND source IN (SELECT value FROM json_each(:sources)) AND key IN (SELECT value FROM json_each(:keys)) AND class <> 'duplicateTheirs'`;

/** Which day is read, which kind of it, and after which number. */
type Mark = { readonly day: string; readonly kind: RowKind; readonly number: string };

/** A page that finds little is given as it is after this, with the mark of where it stands: no question keeps the others waiting. */
const LOOKED_FOR_MS = 1_000;

/** Payments and refunds that are done, day by day, payments first, each by its number; with what the channel's statement has of them where the day was compared. */
export function transactionRows(money: DatabaseSync, sums: DatabaseSync, request: TransactionRequest): Page<TransactionRow> {
  const { to, limit } = request;
  const until = performance.now() + LOOKED_FOR_MS;
  const rows: TransactionRow[] = [];
  let mark = readMark(request.after) ?? { day: request.from, kind: 'payment', number: '' };
  while (mark.day <= to) {
    const found = rowsAfter(money, sums, request, mark, limit - rows.length);
    rows.push(...compared(money, request.sources, mark.day, found.rows));
    mark = found.next;
    if (mark.day <= to && (rows.length >= limit || performance.now() > until)) return { rows, next: `${mark.day}/${mark.kind}/${mark.number}` };
  }
  return { rows, next: undefined };
}

function rowsAfter(money: DatabaseSync, sums: DatabaseSync, { method, channel, merchantNo }: TransactionRequest, mark: Mark, limit: number): { readonly rows: readonly Row[]; readonly next: Mark } {
  const filters = { method: method ?? null, channel: channel ?? null, merchantNo: merchantNo ?? null };
  if (mark.kind === 'payment') {
    const rows = money.prepare(PAYMENTS).all({ day: mark.day, after: mark.number, limit, ...filters });
    const last = rows.at(-1);
    return { rows, next: rows.length < limit || last === undefined ? { day: mark.day, kind: 'refund', number: '' } : { ...mark, number: text(last, 'payment_no') } };
  }
  const numbers = sums.prepare(REFUNDS_OF_DAY).all(mark.day, mark.number, limit).map((row) => text(row, 'refund_no'));
  const rows = money.prepare(REFUNDS).all({ day: mark.day, numbers: JSON.stringify(numbers), ...filters });
  const last = numbers.at(-1);
  return { rows, next: numbers.length < limit || last === undefined ? { day: dayAfter(mark.day), kind: 'payment', number: '' } : { ...mark, number: last } };
}

/** Rows of one day with what their comparison says. */
function compared(money: DatabaseSync, sources: readonly StatementSource[], day: string, rows: readonly Row[]): TransactionRow[] {
  if (rows.length === 0) return [];
  const sourceOf = (channel: string): string => sources.find(({ channels }) => channels.includes(channel))?.source ?? channel;
  const runs = new Map(money.prepare(RUNS).all(day).filter((run) => text(run, 'outcome') === 'compared').map((run) => [text(run, 'source'), text(run, 'at')]));
  const keys = rows.map((row) => text(row, 'refund_no') || text(row, 'payment_no'));
  const found = new Map(money.prepare(DIFFERENCES).all({ day, sources: JSON.stringify([...runs.keys()]), keys: JSON.stringify(keys) }).map((row) => [`${text(row, 'source')}/${text(row, 'key')}`, row]));
  return rows.map((row, index) => {
    const source = sourceOf(text(row, 'channel'));
    const comparedAt = runs.get(source) ?? '';
    const difference = found.get(`${source}/${keys[index] ?? ''}`);
    const theirs = difference === undefined ? number(row, 'fen') : difference['their_fen'];
    return {
      ...plainRow(row), comparedAt, channelFen: comparedAt === '' || typeof theirs !== 'number' ? undefined : theirs, difference: difference === undefined ? '' : classOf(difference),
    };
  });
}

function plainRow(row: Row): Omit<TransactionRow, 'comparedAt' | 'channelFen' | 'difference'> {
  const optional = (column: string): string => optionalText(row, column) ?? '';
  return {
    day: text(row, 'day'), at: text(row, 'at'), kind: text(row, 'refund_no') === '' ? 'payment' : 'refund', tradeNo: text(row, 'trade_no'), paymentNo: text(row, 'payment_no'), refundNo: text(row, 'refund_no'), channel: text(row, 'channel'),
    merchantNo: text(row, 'merchant_no'), method: text(row, 'method'), fundingSource: optional('funding_source'), business: text(row, 'business'), feeType: text(row, 'fee_type'), ownerKind: text(row, 'owner_kind'), ownerId: text(row, 'owner_id'),
    tillNo: text(row, 'till_no'), patientLabel: text(row, 'patient_label'), patientId: mask('patientNumber', text(row, 'patient_id')), amountFen: number(row, 'fen'), channelTradeNo: optional('channel_no'), confirmation: text(row, 'confirmation'),
    receiptNo: optional('receipt_no'), hisDay: optional('his_day'), hisFen: typeof row['his_fen'] === 'number' ? row['his_fen'] : undefined,
  };
}

export function classOf(row: Row): DifferenceClass {
  const known = DIFFERENCE_CLASSES.find((name) => name === text(row, 'class'));
  if (known === undefined) throw new Error(`no such class of difference: ${text(row, 'class')}`);
  return known;
}

function readMark(after: string | undefined): Mark | undefined {
  const [, day, kind, lastNo = ''] = /^(\d{4}-\d\d-\d\d)\/(payment|refund)\/([0-9A-Za-z]*)$/.exec(after ?? '') ?? [];
  return day === undefined || (kind !== 'payment' && kind !== 'refund') ? undefined : { day, kind, number: lastNo };
}
function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
}
