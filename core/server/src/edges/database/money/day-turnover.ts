import type { DayTurnover, SettlementSource } from '../../../domain/settlement-batch.js';
import { number, text, type Row } from './rows.js';
import type { Statements } from './statements.js';

/** A day of a large hospital has tens of thousands of entries: a page of them is read in some milliseconds, and payments go on between two. */
export const PAGE_ENTRIES = 2_000;

const ACCOUNTS = "SELECT id FROM account WHERE code IN ('1121', '1131') AND substr(name, 6, length(?1)) = ?1 ORDER BY id";
const PAGE = "SELECT max(id) AS last, count(*) AS n FROM (SELECT id FROM entry WHERE account_id = ? AND clear_key = ? AND id > ? AND id <= ? ORDER BY id LIMIT ?)";
const TURNOVER = `
  SELECT o.owner_kind, o.owner_id, j.biz_type, sum(CASE e.side WHEN 'debit' THEN e.amount_fen ELSE -e.amount_fen END) AS fen, count(*) AS n
    FROM entry e JOIN journal j ON j.seq = e.journal_seq JOIN orders o ON o.trade_no = j.trade_no
   WHERE e.account_id = ? AND e.clear_key = ? AND e.id > ? AND e.id <= ? AND e.phase = 'final' AND j.biz_type IN ('payment', 'refund') AND j.step = 'succeeded' GROUP BY 1, 2, 3`;

type Parts = DayTurnover['parts'];

/** Entries are numbered in the order they were written and never altered: what a day says is what it said up to one of them, and the entries behind it. */
export function lastEntry(sql: Statements): number {
  const row = sql.get('SELECT coalesce(max(id), 0) AS id FROM entry');
  return row === undefined ? 0 : number(row, 'id');
}

/** Payments and refunds of a bill day by who asked for them, of entries behind `after` up to `upTo`; page by page. */
export function* turnoverOf(sql: Statements, { channels }: Pick<SettlementSource, 'channels'>, day: string, { after, upTo }: { readonly after: number; readonly upTo: number }): Generator<Parts> {
  for (const channel of channels) {
    for (const account of sql.all(ACCOUNTS, `${channel}/`).map((row) => number(row, 'id'))) {
      for (let from = after; ;) {
        const page = sql.get(PAGE, account, day, from, upTo, PAGE_ENTRIES);
        const rows = page === undefined ? 0 : number(page, 'n');
        if (page === undefined || rows === 0) break;
        const last = number(page, 'last');
        yield sql.all(TURNOVER, account, day, from, last).map(partFrom);
        if (rows < PAGE_ENTRIES) break;
        from = last;
      }
    }
  }
}

/** Pages of one day together: one part for each owner. */
export function summedParts(pages: Iterable<Parts>): Parts {
  const sums = new Map<string, Parts[number]>();
  for (const parts of pages) {
    for (const part of parts) {
      const key = `${part.owner.kind}/${part.owner.id}`;
      const before = sums.get(key);
      sums.set(key, before === undefined ? part : { owner: part.owner, grossFen: before.grossFen + part.grossFen, refundFen: before.refundFen + part.refundFen, payments: before.payments + part.payments, refunds: before.refunds + part.refunds });
    }
  }
  return [...sums.values()];
}

function partFrom(row: Row): Parts[number] {
  const isPayment = text(row, 'biz_type') === 'payment';
  const [fen, count] = [number(row, 'fen'), number(row, 'n')];
  return {
    owner: { kind: text(row, 'owner_kind') === 'terminal' ? 'terminal' : 'application', id: text(row, 'owner_id') }, grossFen: isPayment ? fen : 0, refundFen: isPayment ? 0 : -fen, payments: isPayment ? count : 0, refunds: isPayment ? 0 : count,
  };
}
