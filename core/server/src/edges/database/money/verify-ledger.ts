import type { DatabaseSync } from 'node:sqlite';
import { accountCode, type AccountName, type Entry, type Phase, type Side } from '../../../domain/ledger.js';
import type { Cause } from '../../../domain/order-change.js';
import { fen } from '@hospay/plugin-sdk';
import { GENESIS_HASH, journalHash } from './ledger-writer.js';
import { number, optionalText, text, type Row } from './rows.js';
import { verifyArrivals } from './verify-arrivals.js';
import { verifyPeriods } from './verify-periods.js';
import { verifyRefundApprovals } from './verify-refund-approvals.js';
import { verifyPayouts } from './verify-payouts.js';
import { verifyShifts } from './verify-shifts.js';
import { verifySuspense } from './verify-suspense.js';

export type LedgerVerification = {
  readonly journals: number;
  readonly entries: number;
  readonly head: { readonly seq: number; readonly hash: string };
  /** Empty when the ledger is whole. At most `MOST_PROBLEMS` are listed. */
  readonly problems: readonly string[];
};

/** A damaged ledger is damaged after the first hundred lines too. */
const MOST_PROBLEMS = 100;
const APPEND_ONLY = ['fact', 'state_event', 'journal', 'entry', 'shift', 'cash_act', 'change_money', 'case_act', 'case_attachment', 'bank_line', 'bank_statement', 'arrival', 'arrival_line', 'arrival_foreign', 'period_act', 'period_close'] as const;

/**
 * Rebuilds the whole ledger from its entries and compares: gapless sequence, hash chain, each journal balanced in each phase, balances and
 * clearing balances equal to the sum of their entries, append-only triggers in place, shifts equal to their journals, suspense equal to its open cases, payouts to their clearing account, what arrived to the bank's lines, closed months as they were closed, approved refunds made once. Reads only; runs nightly, and in every simulation.
 */
export function verifyLedger(database: DatabaseSync): LedgerVerification {
  const problems: string[] = [];
  const report = (problem: string) => {
    if (problems.length < MOST_PROBLEMS) problems.push(problem);
  };
  const { journals, entries, head } = walkJournals(database, report);
  compareBalances(database, report);
  compareClearBalances(database, report);
  checkTriggers(database, report);
  for (const { rule, subject, detail } of [...verifyShifts(database), ...verifySuspense(database), ...verifyPayouts(database), ...verifyArrivals(database), ...verifyPeriods(database), ...verifyRefundApprovals(database)]) report(`${subject}: ${detail} (${rule})`);
  return { journals, entries, head, problems };
}

type Report = (problem: string) => void;

/** One pass over journals and entries side by side, both in order: memory stays flat however old the hospital is. */
function walkJournals(database: DatabaseSync, report: Report) {
  const lines = database
    .prepare('SELECT e.*, a.name AS account FROM entry e JOIN account a ON a.id = e.account_id ORDER BY e.journal_seq, e.line')
    .iterate();
  let line = lines.next();
  let head = { seq: 0, hash: GENESIS_HASH };
  let journals = 0;
  let entries = 0;
  for (const row of database.prepare('SELECT * FROM journal ORDER BY seq').iterate()) {
    const seq = number(row, 'seq');
    const own: Entry[] = [];
    while (line.done !== true && number(line.value, 'journal_seq') <= seq) {
      if (number(line.value, 'journal_seq') === seq) own.push(entryFromRow(line.value));
      else report(`entry ${String(number(line.value, 'id'))} belongs to no journal`);
      entries += 1;
      line = lines.next();
    }
    checkJournal(row, own, head, report);
    head = { seq, hash: text(row, 'hash') };
    journals += 1;
  }
  if (line.done !== true) report(`entry ${String(number(line.value, 'id'))} and later belong to no journal`);
  return { journals, entries, head };
}

function checkJournal(row: Row, entries: readonly Entry[], before: { readonly seq: number; readonly hash: string }, report: Report): void {
  const seq = number(row, 'seq');
  const name = `journal ${String(seq)}`;
  if (seq !== before.seq + 1) report(`${name} follows ${String(before.seq)}: the sequence has a gap`);
  if (text(row, 'prev_hash') !== before.hash) report(`${name} does not carry the hash of the one before it`);
  const hash = journalHash({
    seq,
    journal: { bizType: text(row, 'biz_type'), bizId: text(row, 'biz_id'), step: text(row, 'step'), tillNo: optionalText(row, 'till_no') },
    written: { tradeNo: text(row, 'trade_no'), cause: { kind: text(row, 'cause_kind') as Cause['kind'], id: text(row, 'cause_id') }, at: text(row, 'at') },
    entries,
    prevHash: text(row, 'prev_hash'),
  });
  if (hash !== text(row, 'hash')) report(`${name} does not have the hash of its content`);
  if (entries.length < 2 || entries.length !== number(row, 'n_entries')) report(`${name} says ${String(number(row, 'n_entries'))} entries and has ${String(entries.length)}`);
  const debitFen = sumOf(entries.filter((entry) => entry.side === 'debit'));
  if (debitFen !== number(row, 'total_fen')) report(`${name} says ${String(number(row, 'total_fen'))} fen and its debits are ${String(debitFen)}`);
  for (const phase of ['pending', 'voided', 'final'] as const) {
    const inPhase = entries.filter((entry) => entry.phase === phase);
    const difference = sumOf(inPhase.filter((entry) => entry.side === 'debit')) - sumOf(inPhase.filter((entry) => entry.side === 'credit'));
    if (difference !== 0) report(`${name}: ${phase} debits and credits differ by ${String(difference)} fen`);
  }
}

/** I2. */
function compareBalances(database: DatabaseSync, report: Report): void {
  const rows = database
    .prepare(
      `SELECT a.name AS account,
         coalesce(b.debit_final, 0) AS df, coalesce(b.credit_final, 0) AS cf, coalesce(b.debit_pending, 0) AS dp, coalesce(b.credit_pending, 0) AS cp,
         coalesce(sum(CASE WHEN e.side = 'debit' AND e.phase = 'final' THEN e.amount_fen END), 0) AS edf,
         coalesce(sum(CASE WHEN e.side = 'credit' AND e.phase = 'final' THEN e.amount_fen END), 0) AS ecf,
         coalesce(sum(CASE WHEN e.side = 'debit' THEN CASE e.phase WHEN 'pending' THEN e.amount_fen WHEN 'voided' THEN -e.amount_fen END END), 0) AS edp,
         coalesce(sum(CASE WHEN e.side = 'credit' THEN CASE e.phase WHEN 'pending' THEN e.amount_fen WHEN 'voided' THEN -e.amount_fen END END), 0) AS ecp
       FROM account a LEFT JOIN balance b ON b.account_id = a.id LEFT JOIN entry e ON e.account_id = a.id GROUP BY a.id`,
    )
    .all();
  for (const row of rows) {
    const differs = [['df', 'edf'], ['cf', 'ecf'], ['dp', 'edp'], ['cp', 'ecp']].some(([kept = '', summed = '']) => number(row, kept) !== number(row, summed));
    if (differs) report(`balance of ${text(row, 'account')} is not the sum of its entries`);
  }
}

/** I3. */
function compareClearBalances(database: DatabaseSync, report: Report): void {
  const signed = `CASE WHEN e.side = a.normal THEN e.amount_fen ELSE -e.amount_fen END`;
  const rows = database
    .prepare(
      `WITH summed AS (
         SELECT e.account_id, e.clear_key,
           sum(CASE e.phase WHEN 'final' THEN ${signed} ELSE 0 END) AS net_fen,
           sum(CASE e.phase WHEN 'pending' THEN ${signed} WHEN 'voided' THEN -(${signed}) ELSE 0 END) AS pending_fen
         FROM entry e JOIN account a ON a.id = e.account_id GROUP BY e.account_id, e.clear_key
         HAVING net_fen <> 0 OR pending_fen <> 0),
       only_summed AS (SELECT account_id, clear_key, net_fen, pending_fen FROM summed EXCEPT SELECT account_id, clear_key, net_fen, pending_fen FROM clear_balance),
       only_kept AS (SELECT account_id, clear_key, net_fen, pending_fen FROM clear_balance EXCEPT SELECT account_id, clear_key, net_fen, pending_fen FROM summed)
       SELECT DISTINCT a.name AS account, d.clear_key FROM (SELECT * FROM only_summed UNION ALL SELECT * FROM only_kept) d JOIN account a ON a.id = d.account_id`,
    )
    .all();
  for (const row of rows) report(`clearing balance ${text(row, 'account')}[${text(row, 'clear_key')}] is not the sum of its entries`);
}

function checkTriggers(database: DatabaseSync, report: Report): void {
  const present = new Set(database.prepare(`SELECT name FROM sqlite_master WHERE type = 'trigger'`).all().map((row) => text(row, 'name')));
  for (const table of APPEND_ONLY) {
    for (const act of ['update', 'delete']) {
      if (!present.has(`${table}_no_${act}`)) report(`table ${table} has lost its guard against ${act}`);
    }
  }
}

function entryFromRow(row: Row): Entry {
  const account = text(row, 'account') as AccountName;
  accountCode(account);
  return { account, side: text(row, 'side') as Side, amountFen: fen(number(row, 'amount_fen')), phase: text(row, 'phase') as Phase, clearKey: text(row, 'clear_key') };
}

function sumOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, entry) => sum + entry.amountFen, 0);
}
