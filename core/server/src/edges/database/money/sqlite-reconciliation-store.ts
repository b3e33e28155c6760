import { CASE_KINDS } from '../../../domain/order-change.js';
import { needOf, type DayState, type DifferenceClass } from '../../../domain/reconciliation.js';
import type { CompletedRun, DayOf, DaySummary, DifferenceRecord, FoundDifference, ReconciliationStore, RunOutcome, StatementUpload } from '../../../domain/reconciliation-store.js';
import type { DayReads } from '../../../reconciliation/ports.js';
import type { GroupCommit } from './group-commit.js';
import type { JobTable } from './job-table.js';
import type { LedgerWriter } from './ledger-writer.js';
import { classOf, postRun } from './reconciliation-ledger.js';
import { channelRowsByKey, doneChannelRows, hospitalRowsByKey, hospitalRowsOfDay } from './reconciliation-rows.js';
import { number, optionalText, text, type Row } from './rows.js';
import type { SharedRows } from './sqlite-presettlement-store.js';
import type { Statements } from './statements.js';

type Parts = { readonly commits: GroupCommit; readonly sql: Statements; readonly jobs: JobTable; readonly shared: SharedRows; readonly ledger: LedgerWriter };
const OF_DAY = 'comparison = ? AND source = ? AND day = ?';
/** Nothing can bring these back: another day has answered them. */
const SETTLED_ELSEWHERE = "settled_how IN ('matched', 'refunded', 'short', 'writtenOff', 'explained')";

/** Runs and differences in the money database, in the money store's own transactions: a difference and its case are there together or not at all. */
export function sqliteReconciliationStore({ commits, sql, jobs, shared, ledger }: Parts): ReconciliationStore {
  return {
    ...reconciliationReads(sql),
    addUpload: (upload) => commits.write(() => { addUpload(sql, upload); }),
    findUpload: ({ source, day }) => uploadOf(sql.get('SELECT * FROM statement_upload WHERE source = ? AND day = ? ORDER BY id DESC LIMIT 1', source, day)),
    complete: (completed) => commits.write(() => { complete({ sql, jobs, shared, ledger }, completed); }),
    listDays: ({ from, to }) => sql.all('SELECT * FROM reconciliation_run WHERE id IN (SELECT max(id) FROM reconciliation_run WHERE day >= ? AND day <= ? GROUP BY comparison, source, day) ORDER BY day DESC, comparison, source', from, to).map((row) => summaryOf(sql, row)),
    listDifferences: ({ comparison, source, day }) => sql.all(`SELECT * FROM reconciliation_difference WHERE ${OF_DAY} ORDER BY id`, comparison, source, day).map(differenceOf),
  };
}

/** What a comparison reads; also by a connection that cannot write. */
export function reconciliationReads(sql: Statements): DayReads {
  return {
    listChannelRows: (request) => doneChannelRows(sql, request),
    findChannelRows: (request) => channelRowsByKey(sql, request),
    listHospitalRows: (request) => hospitalRowsOfDay(sql, request),
    findHospitalRows: (request) => hospitalRowsByKey(sql, request),
    parkedKeys: ({ comparison, source, day }) =>
      sql.all("SELECT DISTINCT key FROM reconciliation_difference WHERE comparison = ? AND source = ? AND class = 'crossDayOurs' AND day < ? AND (settled_at IS NULL OR settled_by_day = ?)", comparison, source, day, day).map((row) => text(row, 'key')),
    keysJudgedElsewhere: ({ comparison, source, day }) =>
      new Set(sql.all("SELECT key FROM reconciliation_difference WHERE comparison = ? AND source = ? AND day <> ? AND class IN ('matchedAcrossDays', 'refundUnderway', 'short', 'refundOursOnly')", comparison, source, day).map((row) => text(row, 'key'))),
    earlierLongs: ({ comparison, source, day }) =>
      new Map(sql.all("SELECT key, their_fen FROM reconciliation_difference WHERE comparison = ? AND source = ? AND class IN ('longNoOrder', 'longUnknown') AND kind = 'payment' AND day < ? AND (settled_at IS NULL OR settled_by_day = ?)", comparison, source, day, day).map((row) => [text(row, 'key'), number(row, 'their_fen')])),
  };
}

function addUpload(sql: Statements, { source, day, fileName, fileSha256, bytes, rows, paymentFen, refundFen, reason, by, at }: StatementUpload): void {
  sql.insert('statement_upload', { source, day, file_name: fileName, file_sha256: fileSha256, bytes, rows, payment_fen: paymentFen, refund_fen: refundFen, reason, by_login: by, at: at.toISOString() });
}

function uploadOf(row: Row | undefined): StatementUpload | undefined {
  if (row === undefined) return undefined;
  return {
    source: text(row, 'source'), day: text(row, 'day'), fileName: text(row, 'file_name'), fileSha256: text(row, 'file_sha256'), bytes: number(row, 'bytes'), rows: number(row, 'rows'), paymentFen: number(row, 'payment_fen'),
    refundFen: number(row, 'refund_fen'), reason: text(row, 'reason'), by: text(row, 'by_login'), at: new Date(text(row, 'at')),
  };
}

type Writing = Pick<Parts, 'sql' | 'jobs' | 'shared' | 'ledger'>;

function complete({ sql, jobs, shared, ledger }: Writing, { run, found, cases, wake, books }: CompletedRun): void {
  const { comparison, source, day, outcome, reason, fileSha256, totals, at } = run;
  const head = sql.get('SELECT coalesce(max(seq), 0) AS seq FROM journal');
  const written = sql.get(
    'INSERT INTO reconciliation_run (comparison, source, day, outcome, reason, file_sha256, totals, journal_seq, at) VALUES (?,?,?,?,?,?,?,?,?) RETURNING id',
    comparison, source, day, outcome, reason, fileSha256 ?? null, JSON.stringify(totals), head === undefined ? 0 : number(head, 'seq'), at.toISOString(),
  );
  if (written === undefined) throw new Error('a run was not written');
  if (outcome === 'compared') replaceDifferences({ sql, jobs, shared, ledger }, run, found, books?.kind === 'channel');
  postRun({ sql, ledger }, { run, books }, number(written, 'id'));
  for (const draft of cases) shared.saveCase(draft, undefined, at);
  // What is wrong with the day itself: in order again unless this run says it anew.
  const subject = `${comparison}/${source}/${day}`;
  if (outcome === 'compared') shared.resolveCase('statementUnusable', subject, at);
  for (const kind of ['repairsStopped', 'feeDiffers'] as const) if (outcome === 'compared' && !cases.some((draft) => draft.kind === kind)) shared.resolveCase(kind, subject, at);
  for (const { tradeNo, ...job } of wake) jobs.schedule(job, tradeNo);
}

/** The newer run supersedes the older: what is found again stays as it was written, what is not is settled, its case with it. */
function replaceDifferences(writing: Writing, run: DayOf & { readonly at: Date }, found: readonly FoundDifference[], isPosted: boolean): void {
  const { sql, shared } = writing;
  const { comparison, source, day, at } = run;
  const ordinals = new Map<string, number>();
  const kept = new Set<number>();
  for (const { difference, case: draft } of found) {
    const row = difference.theirs ?? difference.ours;
    if (row === undefined) throw new Error(`a difference ${difference.class} without a row`);
    const same = `${difference.class}/${row.kind}/${row.key}`;
    const ordinal = ordinals.get(same) ?? 0;
    ordinals.set(same, ordinal + 1);
    const { ours, theirs } = difference;
    const tradeNo = ours?.tradeNo ?? theirs?.tradeNo;
    const id = sql.get(
      `INSERT INTO reconciliation_difference (comparison, source, day, class, kind, key, ordinal, trade_no, our_fen, their_fen, our_state, their_state, our_at, their_at, case_kind, case_subject, found_at, posted)
       VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
       ON CONFLICT (comparison, source, day, class, kind, key, ordinal) DO UPDATE SET our_fen = excluded.our_fen, their_fen = excluded.their_fen, our_state = excluded.our_state, their_state = excluded.their_state,
         settled_at = CASE WHEN ${SETTLED_ELSEWHERE} THEN settled_at END, settled_how = CASE WHEN ${SETTLED_ELSEWHERE} THEN settled_how END RETURNING id, settled_at`,
      comparison, source, day, difference.class, row.kind, row.key, ordinal, tradeNo ?? null, ours?.fen ?? null, theirs?.fen ?? null, ours?.state ?? null, theirs?.state ?? null, ours?.at ?? null, theirs?.at ?? null,
      draft?.kind ?? null, draft?.subject ?? null, at.toISOString(), isPosted ? '[]' : null,
    );
    if (id === undefined) throw new Error('a difference was not written');
    kept.add(number(id, 'id'));
    if (draft !== undefined && id['settled_at'] === null) shared.saveCase(draft, tradeNo, at);
    settleEarlier(writing, run, difference.class, row.key, row.paymentKey);
  }
  for (const row of sql.all(`SELECT * FROM reconciliation_difference WHERE ${OF_DAY} AND settled_at IS NULL`, comparison, source, day)) {
    if (!kept.has(number(row, 'id'))) settle(writing, row, 'rerun', day, at);
  }
}

/** What this day tells about differences of earlier days. */
function settleEarlier(writing: Writing, { comparison, source, day, at }: DayOf & { readonly at: Date }, found: DifferenceClass, key: string, paymentKey: string): void {
  const settleAll = (classes: string, of: string, how: string): void => {
    for (const row of writing.sql.all(`SELECT * FROM reconciliation_difference WHERE comparison = ? AND source = ? AND key = ? AND day < ? AND settled_at IS NULL AND class IN (${classes})`, comparison, source, of, day)) settle(writing, row, how, day, at);
  };
  if (found === 'matchedAcrossDays' || found === 'refundUnderway') settleAll("'crossDayOurs', 'short', 'refundOursOnly'", key, 'matched');
  if (found === 'short' || found === 'refundOursOnly') settleAll("'crossDayOurs'", key, 'short');
  if (found === 'settledByRefund') settleAll("'longNoOrder', 'longUnknown'", paymentKey, 'refunded');
}

function settle({ sql, shared }: Writing, row: Row, how: string, day: string, at: Date): void {
  sql.run('UPDATE reconciliation_difference SET settled_at = ?, settled_how = ?, settled_by_day = ? WHERE id = ?', at.toISOString(), how, day, number(row, 'id'));
  const kind = CASE_KINDS.find((known) => known === optionalText(row, 'case_kind'));
  const subject = optionalText(row, 'case_subject');
  if (kind === undefined || subject === undefined) return;
  // Another difference may stand behind the same case.
  const other = sql.get('SELECT 1 FROM reconciliation_difference WHERE case_kind = ? AND case_subject = ? AND settled_at IS NULL', kind, subject);
  if (other === undefined) shared.resolveCase(kind, subject, at);
}

function summaryOf(sql: Statements, run: Row): DaySummary {
  const of = { comparison: comparisonOf(run), source: text(run, 'source'), day: text(run, 'day') };
  const open = sql.all(`SELECT class FROM reconciliation_difference WHERE ${OF_DAY} AND settled_at IS NULL`, of.comparison, of.source, of.day).map((row) => needOf(classOf(row)));
  const runs = sql.get(`SELECT count(*) AS n FROM reconciliation_run WHERE ${OF_DAY}`, of.comparison, of.source, of.day);
  const outcome = text(run, 'outcome');
  const isMoved = of.comparison === 'hospital' && outcome === 'compared' && hasMoved(sql, run);
  return {
    ...of, state: outcome === 'postponed' || outcome === 'stopped' ? outcome : isMoved ? 'open' : stateOf(open), reason: isMoved ? 'money came onto this day after it was compared' : text(run, 'reason'), fileSha256: optionalText(run, 'file_sha256'), ranAt: text(run, 'at'),
    runs: runs === undefined ? 0 : number(runs, 'n'), openDifferences: open.filter((need) => need !== 'nothing').length, totals: JSON.parse(text(run, 'totals')),
  };
}

/** A payment that is learned of late is booked under the HIS day it was paid on: that day is compared again. */
function hasMoved(sql: Statements, run: Row): boolean {
  const last = sql.get(
    "SELECT j.seq, j.biz_type FROM entry e JOIN journal j ON j.seq = e.journal_seq WHERE e.account_id = (SELECT id FROM account WHERE name = ?) AND e.clear_key = ? AND e.phase = 'final' ORDER BY e.id DESC LIMIT 1",
    `2002/${text(run, 'source')}`, text(run, 'day'),
  );
  return last !== undefined && text(last, 'biz_type') !== 'reconciliation' && number(last, 'seq') > number(run, 'journal_seq');
}

/** Every difference that asks for a person has its case, written with it. */
function stateOf(needs: readonly ReturnType<typeof needOf>[]): Exclude<DayState, Exclude<RunOutcome, 'compared'>> {
  if (needs.includes('anotherLook')) return 'open';
  return needs.includes('person') ? 'explained' : 'balanced';
}

function comparisonOf(row: Row): DayOf['comparison'] {
  const name = text(row, 'comparison');
  return name === 'hospital' || name === 'settlement' ? name : 'channel';
}
function differenceOf(row: Row): DifferenceRecord {
  const fenOf = (column: string) => (typeof row[column] === 'number' ? row[column] : undefined);
  const stateIn = (column: string) => (['done', 'open', 'failed'] as const).find((state) => state === optionalText(row, column));
  return {
    comparison: comparisonOf(row), source: text(row, 'source'), day: text(row, 'day'), class: classOf(row), kind: text(row, 'kind') === 'refund' ? 'refund' : 'payment', key: text(row, 'key'), tradeNo: optionalText(row, 'trade_no'),
    ourFen: fenOf('our_fen'), theirFen: fenOf('their_fen'), ourState: stateIn('our_state'), theirState: stateIn('their_state'), ourAt: optionalText(row, 'our_at'), theirAt: optionalText(row, 'their_at'),
    foundAt: text(row, 'found_at'), settledAt: optionalText(row, 'settled_at'), settledHow: optionalText(row, 'settled_how'),
  };
}
