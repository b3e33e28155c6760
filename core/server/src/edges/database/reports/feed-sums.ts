import { beijingDay } from '@hospay/plugin-sdk';
import type { DatabaseSync } from 'node:sqlite';
import { number, optionalText, text, type Row } from '../money/rows.js';
import { FIGURES, makeAnew } from './sum-tables.js';
import { GROUP_COLUMNS, groupOf, groupSql, keyOf, noFigures, REFUND_AT, type Group, type MutableFigures } from './sum-group.js';

const JOURNALS = `
  SELECT j.seq, j.hash, j.at, j.biz_type, j.step, j.biz_id, j.total_fen, p.payment_no, p.bill_day, coalesce(p.paid_at, j.at) AS paid_at, ${REFUND_AT} AS refund_at, r.bill_day AS refund_bill_day, ${groupSql("CASE j.biz_type WHEN 'refund' THEN r.till_no ELSE p.till_no END")}
    FROM journal j
    LEFT JOIN refund r ON j.biz_type = 'refund' AND r.refund_no = j.biz_id
    LEFT JOIN payment p ON p.payment_no = CASE j.biz_type WHEN 'payment' THEN j.biz_id WHEN 'refund' THEN r.payment_no END
    LEFT JOIN orders o ON o.trade_no = j.trade_no
    LEFT JOIN quote q ON q.quote_id = o.quote_id
   WHERE j.seq > ? ORDER BY j.seq LIMIT ?`;
/** What the ledger says of the insurance and of the HIS: the journal alone does not tell who owes what, and under which HIS day. */
const ENTRIES = `
  SELECT e.journal_seq, e.side, e.amount_fen, e.clear_key, a.code, a.name FROM entry e JOIN account a ON a.id = e.account_id
   WHERE e.journal_seq BETWEEN ? AND ? AND e.phase = 'final' AND a.code IN ('1131', '2002') ORDER BY e.journal_seq, e.line`;
/** The tenders an order was booked with: those that had succeeded when it was. */
const TENDERS = `
  SELECT p.amount_fen, ${groupSql('p.till_no')} FROM payment p JOIN orders o ON o.trade_no = p.trade_no LEFT JOIN quote q ON q.quote_id = o.quote_id
    JOIN journal s ON s.biz_type = 'payment' AND s.biz_id = p.payment_no AND s.step = 'succeeded' AND s.seq < ?
   WHERE p.trade_no = ? ORDER BY p.leg`;

/** The ledger also tells of tills, of reconciled days and of payouts by the bank: nobody paid or was refunded by them. */
const OF_ORDERS: ReadonlySet<string> = new Set(['payment', 'confirmation', 'refund']);

type Added = { readonly day: string; readonly group: Group; readonly figures: MutableFigures };
type Curve = { readonly day: string; readonly hour: number; readonly channel: string; paidCount: number; paidFen: number; refundedCount: number; refundedFen: number };

export type SumFeeder = {
  /** Takes the next journals into the sums, in one transaction with the mark of how far it came. How many it took: fewer than asked for, and there are no more. */
  feed(limit: number): number;
  /** The newest journal in the sums, and how many wait. */
  state(): { readonly seq: number; readonly behind: number };
  /** From the first journal again. */
  startAnew(): void;
};

/**
 * Feeds the sums from the journal. A journal is never changed and its number grows without gaps, and each is taken in exactly once: the sums and the mark are one
 * transaction. Another journal under the mark (a restored or rewritten file) throws the sums away.
 */
export function sumFeeder(money: DatabaseSync, sums: DatabaseSync): SumFeeder {
  const groups = new Map<string, number>();
  const state = (): { seq: number; behind: number } => {
    const fed = sums.prepare('SELECT seq FROM fed').get();
    const head = money.prepare('SELECT coalesce(max(seq), 0) AS seq FROM journal').get();
    const seq = fed === undefined ? 0 : number(fed, 'seq');
    return { seq, behind: Math.max(0, (head === undefined ? 0 : number(head, 'seq')) - seq) };
  };
  const startAnew = (): void => {
    groups.clear();
    makeAnew(sums);
  };
  return {
    state,
    startAnew,
    feed(limit) {
      if (!isSameJournal(money, sums)) startAnew();
      const journals = money.prepare(JOURNALS).all(state().seq, limit);
      const [first, last] = [journals[0], journals.at(-1)];
      if (first === undefined || last === undefined) return 0;
      const page = foldPage(money, journals, money.prepare(ENTRIES).all(number(first, 'seq'), number(last, 'seq')));
      sums.exec('BEGIN IMMEDIATE');
      try {
        write(sums, groups, page);
        sums.prepare('INSERT INTO fed (id, seq, hash) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash').run(number(last, 'seq'), text(last, 'hash'));
        sums.exec('COMMIT');
      } catch (error) {
        sums.exec('ROLLBACK');
        groups.clear();
        throw error;
      }
      return journals.length;
    },
  };
}

function isSameJournal(money: DatabaseSync, sums: DatabaseSync): boolean {
  const fed = sums.prepare('SELECT seq, hash FROM fed').get();
  if (fed === undefined) return true;
  const journal = money.prepare('SELECT hash FROM journal WHERE seq = ?').get(number(fed, 'seq'));
  return journal !== undefined && text(journal, 'hash') === text(fed, 'hash');
}

type FoldedPage = { readonly added: ReadonlyMap<string, Added>; readonly curve: ReadonlyMap<string, Curve>; readonly refunds: readonly { readonly day: string; readonly refundNo: string }[] };

function foldPage(money: DatabaseSync, journals: readonly Row[], entries: readonly Row[]): FoldedPage {
  const added = new Map<string, Added>();
  const curve = new Map<string, Curve>();
  const refunds: { day: string; refundNo: string }[] = [];
  const entriesOf = Map.groupBy(entries, (entry) => number(entry, 'journal_seq'));
  const tenders = money.prepare(TENDERS);
  const figuresOf = (day: string, group: Group): MutableFigures => {
    const key = `${day}\u001f${keyOf(group)}`;
    const known = added.get(key) ?? { day, group, figures: noFigures() };
    added.set(key, known);
    return known.figures;
  };
  for (const journal of journals) {
    if (!OF_ORDERS.has(text(journal, 'biz_type'))) continue;
    const own = entriesOf.get(number(journal, 'seq')) ?? [];
    const isPayment = text(journal, 'biz_type') === 'payment';
    if (text(journal, 'step') === 'succeeded') {
      const at = text(journal, isPayment ? 'paid_at' : 'refund_at');
      const day = optionalText(journal, isPayment ? 'bill_day' : 'refund_bill_day') ?? beijingDay(at);
      const fen = number(journal, 'total_fen');
      const group = groupOf(journal);
      const figures = figuresOf(day, group);
      if (isPayment) {
        figures.paidCount += 1;
        figures.paidFen += fen;
      } else {
        figures.refundedCount += 1;
        figures.refundedFen += fen;
        refunds.push({ day, refundNo: text(journal, 'biz_id') });
      }
      for (const entry of own) addInsurance(figures, entry);
      addToCurve(curve, { day, at, channel: text(journal, 'channel'), isPayment, fen });
    }
    for (const entry of own) {
      if (text(entry, 'code') !== '2002') continue;
      if (text(journal, 'biz_type') === 'confirmation') addBooked(figuresOf, entry, groupOf(journal), tenders.all(number(journal, 'seq'), text(journal, 'biz_id')));
      else addReversed(figuresOf(text(entry, 'clear_key'), groupOf(journal)), entry);
    }
  }
  return { added, curve, refunds };
}

/** 1131 is debited by the payment and credited by its refund. */
function addInsurance(figures: MutableFigures, entry: Row): void {
  if (text(entry, 'code') !== '1131') return;
  const fen = text(entry, 'side') === 'debit' ? number(entry, 'amount_fen') : -number(entry, 'amount_fen');
  if (text(entry, 'name').endsWith('/fund')) figures.fundFen += fen;
  else figures.accountFen += fen;
}

/** The booking of an order, shared out over its tenders in their order. What no tender can bear stands under no channel: it is the HIS's word all the same. */
function addBooked(figuresOf: (day: string, group: Group) => MutableFigures, entry: Row, order: Group, tenders: readonly Row[]): void {
  let left = number(entry, 'amount_fen');
  const add = (group: Group, fen: number): void => {
    if (fen === 0) return;
    left -= fen;
    const figures = figuresOf(text(entry, 'clear_key'), group);
    figures.bookedCount += 1;
    figures.bookedFen += fen;
  };
  for (const tender of tenders) add(groupOf(tender), Math.min(left, number(tender, 'amount_fen')));
  add(order, left);
}

/** 2002 is debited when the HIS reverses, and credited again when the refund then could not be made. */
function addReversed(figures: MutableFigures, entry: Row): void {
  const sign = text(entry, 'side') === 'debit' ? 1 : -1;
  figures.reversedCount += sign;
  figures.reversedFen += sign * number(entry, 'amount_fen');
}

function addToCurve(curve: Map<string, Curve>, { day, at, channel, isPayment, fen }: { readonly day: string; readonly at: string; readonly channel: string; readonly isPayment: boolean; readonly fen: number }): void {
  const hour = (new Date(at).getUTCHours() + 8) % 24;
  const key = `${day}/${String(hour)}/${channel}`;
  const sum = curve.get(key) ?? { day, hour, channel, paidCount: 0, paidFen: 0, refundedCount: 0, refundedFen: 0 };
  curve.set(key, sum);
  if (isPayment) {
    sum.paidCount += 1;
    sum.paidFen += fen;
  } else {
    sum.refundedCount += 1;
    sum.refundedFen += fen;
  }
}

const upsert = (table: string, keys: readonly string[], columns: readonly string[]): string =>
  `INSERT INTO ${table} (${[...keys, ...columns].join(', ')}) VALUES (${[...keys, ...columns].map(() => '?').join(', ')})
   ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${columns.map((column) => `${column} = ${column} + excluded.${column}`).join(', ')}`;
const COLUMNS = FIGURES.map(([column]) => column);

function write(sums: DatabaseSync, groups: Map<string, number>, { added, curve, refunds }: FoldedPage): void {
  const days = sums.prepare(upsert('day_sum', ['day', 'group_id'], COLUMNS));
  const months = sums.prepare(upsert('month_sum', ['month', 'group_id'], COLUMNS));
  const hours = sums.prepare(upsert('hour_sum', ['day', 'hour', 'channel'], ['paid_count', 'paid_fen', 'refunded_count', 'refunded_fen']));
  const refundDays = sums.prepare('INSERT INTO refund_day (day, refund_no) VALUES (?, ?)');
  const newGroup = sums.prepare(`INSERT INTO sum_group (${GROUP_COLUMNS.join(', ')}) VALUES (${GROUP_COLUMNS.map(() => '?').join(', ')}) ON CONFLICT DO UPDATE SET hospital_id = hospital_id RETURNING id`);
  const idOf = (group: Group): number => {
    const key = keyOf(group);
    const known = groups.get(key);
    if (known !== undefined) return known;
    const row = newGroup.get(...group);
    if (row === undefined) throw new Error('a group of sums was not written');
    groups.set(key, number(row, 'id'));
    return number(row, 'id');
  };
  for (const { day, group, figures } of added.values()) {
    const values = FIGURES.map(([, name]) => figures[name]);
    days.run(day, idOf(group), ...values);
    months.run(day.slice(0, 7), idOf(group), ...values);
  }
  for (const { day, hour, channel, paidCount, paidFen, refundedCount, refundedFen } of curve.values()) hours.run(day, hour, channel, paidCount, paidFen, refundedCount, refundedFen);
  for (const { day, refundNo } of refunds) refundDays.run(day, refundNo);
}
