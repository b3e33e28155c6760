import { createHash } from 'node:crypto';
import { beijingDay } from '@hospay/plugin-sdk';
import { accountCode, assertBalanced, CHART, signedFen, type AccountName, type Entry, type Journal } from '../../../domain/ledger.js';
import type { JournalHead } from '../../../domain/money-store.js';
import { monthAfter } from '../../../domain/period-close.js';
import type { Cause } from '../../../domain/order-change.js';
import { number, optionalText, text } from './rows.js';
import type { Statements } from './statements.js';

/** The hash before the first journal. */
export const GENESIS_HASH = '0'.repeat(64);

type Written = { readonly tradeNo: string; readonly cause: Cause; readonly at: string };

/** Appends journals, keeps the materialised balances, chains the hashes. Runs inside the store's transaction. */
export class LedgerWriter {
  readonly #sql: Statements;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  /** Returns the number of the journal. */
  post(journal: Journal, written: Written): number {
    assertBalanced(journal);
    const head = this.head();
    const seq = head.seq + 1;
    // Sorted by account, so that a store with row locks takes them in one order everywhere.
    const entries = journal.entries.map((entry) => ({ ...entry, accountId: this.#accountId(entry.account) })).toSorted((left, right) => left.accountId - right.accountId);
    const totalFen = entries.reduce((sum, entry) => (entry.side === 'debit' ? sum + entry.amountFen : sum), 0);
    const hash = journalHash({ seq, journal, written, entries, prevHash: head.hash });
    this.#sql.run(
      'INSERT INTO journal (seq, biz_type, biz_id, step, trade_no, acct_date, at, cause_kind, cause_id, n_entries, total_fen, prev_hash, hash, till_no) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)',
      seq, journal.bizType, journal.bizId, journal.step, written.tradeNo, this.#openDate(beijingDay(new Date(written.at))), written.at, written.cause.kind, written.cause.id, entries.length, totalFen, head.hash, hash, journal.tillNo ?? null,
    );
    entries.forEach((entry, index) => {
      this.#sql.run(
        'INSERT INTO entry (journal_seq, line, account_id, side, amount_fen, phase, clear_key) VALUES (?,?,?,?,?,?,?)',
        seq, index + 1, entry.accountId, entry.side, entry.amountFen, entry.phase, entry.clearKey,
      );
      this.#addToBalance(entry);
      this.#addToClearBalance(entry, written.at);
    });
    return seq;
  }

  head(): JournalHead {
    const row = this.#sql.get('SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1');
    return row === undefined ? { seq: 0, hash: GENESIS_HASH } : { seq: number(row, 'seq'), hash: text(row, 'hash') };
  }

  /** I15: what is learned of a closed month, or under a clock that was set back, is posted on the first open date. */
  #openDate(day: string): string {
    const row = this.#sql.get('SELECT max(month) AS month FROM period_close');
    const closed = row === undefined ? undefined : optionalText(row, 'month');
    return closed === undefined || day.slice(0, 7) > closed ? day : `${monthAfter(closed)}-01`;
  }

  #accountId(account: AccountName): number {
    const code = accountCode(account);
    this.#sql.run('INSERT OR IGNORE INTO account (name, code, normal) VALUES (?,?,?)', account, code, CHART[code].normal);
    const row = this.#sql.get('SELECT id FROM account WHERE name = ?', account);
    if (row === undefined) throw new Error(`account ${account} was not created`);
    // Not remembered: the surrounding transaction may still be rolled back. The look-up is one unique-index read.
    return number(row, 'id');
  }

  #addToBalance(entry: Entry & { readonly accountId: number }): void {
    const column = entry.phase === 'final' ? `${entry.side}_final` : `${entry.side}_pending`;
    const amount = entry.phase === 'voided' ? -entry.amountFen : entry.amountFen;
    this.#sql.run('INSERT OR IGNORE INTO balance (account_id, debit_final, credit_final, debit_pending, credit_pending) VALUES (?,0,0,0,0)', entry.accountId);
    this.#sql.run(`UPDATE balance SET ${column} = ${column} + ? WHERE account_id = ?`, amount, entry.accountId);
  }

  #addToClearBalance(entry: Entry & { readonly accountId: number }, at: string): void {
    const signed = signedFen(entry);
    const net = entry.phase === 'final' ? signed : 0;
    const pending = entry.phase === 'pending' ? signed : entry.phase === 'voided' ? -signed : 0;
    this.#sql.run(
      `INSERT INTO clear_balance (account_id, clear_key, net_fen, pending_fen, opened_at) VALUES (?,?,?,?,?)
       ON CONFLICT (account_id, clear_key) DO UPDATE SET net_fen = net_fen + excluded.net_fen, pending_fen = pending_fen + excluded.pending_fen`,
      entry.accountId, entry.clearKey, net, pending, at,
    );
    this.#sql.run('DELETE FROM clear_balance WHERE account_id = ? AND clear_key = ? AND net_fen = 0 AND pending_fen = 0', entry.accountId, entry.clearKey);
  }
}

type Hashed = { readonly seq: number; readonly journal: { readonly bizType: string; readonly bizId: string; readonly step: string; readonly tillNo?: string | undefined }; readonly written: Written; readonly entries: readonly Entry[]; readonly prevHash: string };

/**
 * sha256 over the previous hash and every column that matters, as one JSON array: any edit, removal or reordering breaks the chain. A journal of no till, and every one from before
 * there were shifts, hashes as it always did.
 */
export function journalHash({ seq, journal, written, entries, prevHash }: Hashed): string {
  const content = JSON.stringify([
    prevHash, seq, journal.bizType, journal.bizId, journal.step, written.tradeNo, written.at, written.cause.kind, written.cause.id,
    entries.map((entry) => [entry.account, entry.side, entry.amountFen, entry.phase, entry.clearKey]),
    ...(journal.tillNo === undefined ? [] : [journal.tillNo]),
  ]);
  return createHash('sha256').update(content).digest('hex');
}
