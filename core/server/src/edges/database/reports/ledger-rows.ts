import type { DatabaseSync } from 'node:sqlite';
import type { DayRange, LedgerRow } from '../../../reports/ports.js';
import { number, text } from '../money/rows.js';

/** A step that happens more than once carries a number behind a space or a hyphen: to accounting it is one business. */
const STEP = "rtrim(rtrim(j.step, '0123456789'), ' -')";
const LEDGER = `
  SELECT j.acct_date AS day, j.biz_type, ${STEP} AS step, a.name, a.code, sum(CASE e.side WHEN 'debit' THEN e.amount_fen ELSE 0 END) AS debit_fen, sum(CASE e.side WHEN 'credit' THEN e.amount_fen ELSE 0 END) AS credit_fen, count(DISTINCT j.seq) AS journals
    FROM journal j JOIN entry e ON e.journal_seq = j.seq JOIN account a ON a.id = e.account_id
   WHERE j.acct_date BETWEEN ? AND ? AND e.phase = 'final' GROUP BY 1, 2, 3, a.id ORDER BY 1, 2, 3, a.name`;

export function ledgerRows(money: DatabaseSync, { from, to }: DayRange): LedgerRow[] {
  return money.prepare(LEDGER).all(from, to).map((row) => ({
    day: text(row, 'day'), bizType: text(row, 'biz_type'), step: text(row, 'step'), account: text(row, 'name'), code: text(row, 'code'), debitFen: number(row, 'debit_fen'), creditFen: number(row, 'credit_fen'), journals: number(row, 'journals'),
  }));
}
