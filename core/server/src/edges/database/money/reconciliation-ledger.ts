import { fen } from '@hospay/plugin-sdk';
import type { AccountName, Entry, Side } from '../../../domain/ledger.js';
import { DIFFERENCE_CLASSES, needOf, type DifferenceClass, type RowState } from '../../../domain/reconciliation.js';
import { entriesOfDifference, entriesOfFee, entriesOfHisDay, feesOf, opposite, type StandingDifference } from '../../../domain/reconciliation-postings.js';
import type { CompletedRun } from '../../../domain/reconciliation-store.js';
import type { LedgerWriter } from './ledger-writer.js';
import { number, optionalText, text, type Row } from './rows.js';
import type { Statements } from './statements.js';

/** By two persons. */
const DECIDED: readonly string[] = ['writtenOff', 'explained'];

type Parts = { readonly sql: Statements; readonly ledger: LedgerWriter };

/**
 * Brings the ledger to what a run found: differences that are new, other or settled, the fees of the day, and what the HIS agrees to. One journal for a run, in its transaction; a run that finds what stood before posts
 * nothing.
 */
export function postRun({ sql, ledger }: Parts, { run, books }: Pick<CompletedRun, 'run' | 'books'>, runId: number): void {
  if (books === undefined || run.outcome !== 'compared') return;
  const { comparison, source, day, at } = run;
  const entries = books.kind === 'channel' ? [...changedDifferences(sql, { source, day, account: books.account, at }), ...changedFees(sql, { source, day, account: books.account, feeFen: books.feeFen })] : agreedDay(sql, source, day);
  if (entries.length === 0) return;
  const journal = { bizType: 'reconciliation', bizId: `${comparison}/${source}/${day}`, step: `run ${String(runId)}`, entries } as const;
  ledger.post(journal, { tradeNo: '', cause: { kind: 'statement', id: run.fileSha256 ?? `run ${String(runId)}` }, at: at.toISOString() });
}

/** Differences of the day, and earlier ones that this run settled. What was posted for one is kept with it, so that exactly that is taken back. */
function changedDifferences(sql: Statements, { source, day, account, at }: { readonly source: string; readonly day: string; readonly account: AccountName; readonly at: Date }): Entry[] {
  const rows = sql.all("SELECT * FROM reconciliation_difference WHERE comparison = 'channel' AND source = ? AND (day = ? OR settled_at = ?) AND posted IS NOT NULL ORDER BY id", source, day, at.toISOString());
  return rows.flatMap((row) => {
    // Two persons have decided over it; a later statement opens a difference of its own.
    if (DECIDED.includes(optionalText(row, 'settled_how') ?? '')) return [];
    const before = JSON.parse(text(row, 'posted')) as Entry[];
    const now = entriesOfDifference(standing(sql, row, account));
    if (JSON.stringify(before) === JSON.stringify(now)) return [];
    sql.run('UPDATE reconciliation_difference SET posted = ? WHERE id = ?', JSON.stringify(now), number(row, 'id'));
    return [...before.map(opposite), ...now];
  });
}

export function standing(sql: Statements, row: Row, account: AccountName): StandingDifference {
  const fenOf = (column: string): number | undefined => (typeof row[column] === 'number' ? row[column] : undefined);
  const stateIn = (column: string): RowState | undefined => (['done', 'open', 'failed'] as const).find((state) => state === optionalText(row, column));
  const kind = text(row, 'kind') === 'refund' ? 'refund' : 'payment';
  return {
    source: text(row, 'source'), day: text(row, 'day'), class: classOf(row), kind, ourFen: fenOf('our_fen'), theirFen: fenOf('their_fen'), ourState: stateIn('our_state'), theirState: stateIn('their_state'),
    settledHow: optionalText(row, 'settled_how'), settledByDay: optionalText(row, 'settled_by_day'), caseKey: caseKeyOf(row), own: ownEntries(sql, kind, text(row, 'key')), account,
  };
}

export function caseKeyOf(row: Row): string {
  return `${optionalText(row, 'case_kind') ?? ''}/${optionalText(row, 'case_subject') ?? ''}`;
}
export function classOf(row: Row): DifferenceClass {
  const known = DIFFERENCE_CLASSES.find((name) => name === text(row, 'class'));
  if (known === undefined) throw new Error(`no such class of difference: ${text(row, 'class')}`);
  return known;
}

export function ownEntries(sql: Statements, kind: 'payment' | 'refund', key: string): Entry[] {
  return sql
    .all("SELECT a.name, e.side, e.amount_fen, e.clear_key FROM journal j JOIN entry e ON e.journal_seq = j.seq JOIN account a ON a.id = e.account_id WHERE j.biz_type = ? AND j.biz_id = ? AND j.step = 'succeeded' AND e.phase = 'final' AND a.code IN ('1121', '1131') ORDER BY e.id", kind, key)
    .map((row) => ({ account: text(row, 'name') as AccountName, side: text(row, 'side') as Side, amountFen: fen(number(row, 'amount_fen')), phase: 'final', clearKey: text(row, 'clear_key') }));
}

function changedFees(sql: Statements, { source, day, account, feeFen }: { readonly source: string; readonly day: string; readonly account: AccountName; readonly feeFen: number }): Entry[] {
  return entriesOfFee({ source, day, account, feeFen: feeFen - clearBalanceOf(sql, feesOf(source), day) });
}

/** Once nothing of the day needs another look: all of it but what the HIS does not have as we do. What comes onto the day later follows when it is run again. */
function agreedDay(sql: Statements, hospitalId: string, day: string): Entry[] {
  const rows = sql.all("SELECT class, kind, our_fen, their_fen FROM reconciliation_difference WHERE comparison = 'hospital' AND source = ? AND day = ? AND settled_at IS NULL", hospitalId, day);
  if (rows.some((row) => needOf(classOf(row)) === 'anotherLook')) return [];
  const agreedFen = clearBalanceOf(sql, `2002/${hospitalId}`, day) - rows.reduce((sum, row) => sum + heldBackFen(row), 0);
  if (agreedFen !== 0) sql.run('INSERT INTO his_day_agreed (hospital_id, day, agreed_fen) VALUES (?,?,?) ON CONFLICT (hospital_id, day) DO UPDATE SET agreed_fen = agreed_fen + excluded.agreed_fen', hospitalId, day, agreedFen);
  return entriesOfHisDay({ hospitalId, day, agreedFen });
}

/** What stays on 2002: what we believe the HIS has and it does not list, or the difference. */
function heldBackFen(row: Row): number {
  const found = classOf(row);
  if (found !== 'hisMissing' && found !== 'hisAmount') return 0;
  const fenOf = (column: string): number => (typeof row[column] === 'number' ? row[column] : 0);
  const fenMore = fenOf('our_fen') - (found === 'hisAmount' ? fenOf('their_fen') : 0);
  return text(row, 'kind') === 'refund' ? -fenMore : fenMore;
}

export function clearBalanceOf(sql: Statements, account: string, clearKey: string): number {
  const row = sql.get('SELECT c.net_fen FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.name = ? AND c.clear_key = ?', account, clearKey);
  return row === undefined ? 0 : number(row, 'net_fen');
}
