/**
 * What can be said of the databases without one row of anybody: sizes, whether they are whole, heads of the chains, counts by state. Runs in a process of its own (`database-facts` of the support program): a damaged file
 * can hold a reader up or end it. Nothing is written; a file system that cannot be written is read without the log beside it.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DatabaseSync } from 'node:sqlite';
import type { SupportFacts } from '../../support/ports.js';

export const SUPPORT_DATABASES = ['money.sqlite', 'platform.sqlite', 'plugins.sqlite', 'report-sums.sqlite'] as const;
export type DatabaseReport = { readonly file: string; readonly bytes: number; readonly state: NonNullable<SupportFacts['databases']>[number]['state']; readonly problem?: string; readonly tables: Readonly<Record<string, unknown>>; readonly facts: SupportFacts };
type Row = Readonly<Record<string, unknown>>;

const MOST_PROBLEMS = 20;
/** The newest acts, whatever the clock of the box says. */
const AUDIT_ROWS = 10_000;

/** Counts and ages, no row. Each stands for itself: one that a version does not have, or a damaged page holds, is left out. */
const QUESTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'money.sqlite': {
    migrations: 'SELECT name AS migration FROM money_migration ORDER BY rowid DESC LIMIT 1',
    paymentsByState: 'SELECT state, count(*) AS count FROM payment GROUP BY state', refundsByState: 'SELECT state, count(*) AS count FROM refund GROUP BY state',
    jobs: "SELECT kind, count(*) AS count, max(attempt) AS mostAttempts, datetime(min(due_at) / 1000, 'unixepoch') AS earliestDue FROM job GROUP BY kind",
    casesOpen: 'SELECT kind, severity, count(*) AS count, min(opened_at) AS oldest FROM discrepancy_case WHERE resolved_at IS NULL GROUP BY kind, severity', casesResolved: 'SELECT kind, count(*) AS count FROM discrepancy_case WHERE resolved_at IS NOT NULL GROUP BY kind',
    noticesByState: 'SELECT state, count(*) AS count FROM his_notice GROUP BY state', payoutsByState: 'SELECT state, count(*) AS count FROM payout GROUP BY state',
    journalHead: 'SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1',
    unknownPayment: "SELECT min(submitted_at) AS since, count(*) AS count FROM payment WHERE state = 'unknown'", unknownRefund: "SELECT min(requested_at) AS since, count(*) AS count FROM refund WHERE state = 'unknown'",
  },
  'platform.sqlite': {
    migrations: 'SELECT name AS migration FROM schema_migration ORDER BY rowid DESC LIMIT 1',
    plugins: 'SELECT id AS instance, plugin, kind, enabled, state, lastError FROM plugin_instance ORDER BY id',
    alarmsOpen: 'SELECT rule, severity, count(*) AS count, min(raisedAt) AS oldest FROM alarm WHERE clearedAt IS NULL GROUP BY rule, severity',
    backups: 'SELECT name AS "set", begunAt, state, bytes, files, journalSeq, provedAt, proofFailedAt, problem FROM backup_set ORDER BY begunAt DESC LIMIT 20',
    certificates: 'SELECT owner, titleZh AS title, kind, notAfter AS endsAt FROM credential WHERE isPresent = 1 AND notAfter IS NOT NULL ORDER BY notAfter LIMIT 100',
    tasks: 'SELECT task, state, max(fireTime) AS lastAt, count(*) AS count FROM task_run GROUP BY task, state',
    terminalsByState: 'SELECT kind, status, count(*) AS count FROM terminal GROUP BY kind, status', usersByState: 'SELECT status, count(*) AS count FROM user GROUP BY status',
    auditHead: 'SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1', auditSpan: 'SELECT min(at) AS oldest, count(*) AS count FROM audit_event',
    auditKinds: `SELECT what, count(*) AS count, max(at) AS lastAt FROM audit_event WHERE seq > (SELECT max(seq) FROM audit_event) - ${String(AUDIT_ROWS)} GROUP BY what ORDER BY count DESC LIMIT 200`,
  },
};

export function readDatabase({ dataFolder, file }: { readonly dataFolder: string; readonly file: string }): DatabaseReport {
  const path = join(dataFolder, file);
  const bytes = [path, `${path}-wal`].reduce((sum, one) => sum + (statSync(one, { throwIfNoEntry: false })?.size ?? 0), 0);
  if (!existsSync(path)) return { file, bytes: 0, state: 'absent', tables: {}, facts: {} };
  let database: DatabaseSync;
  try {
    database = openToRead(path);
  } catch (error) {
    // Its own list of tables can be what is torn: that is a database all the same.
    return { file, bytes, state: isCorrupt(error) ? 'damaged' : 'unreadable', problem: said(error), tables: {}, facts: {} };
  }
  try {
    const tables: Record<string, unknown> = {};
    for (const [name, question] of Object.entries(QUESTIONS[file] ?? {})) {
      try {
        tables[name] = database.prepare(question).all();
      } catch (error) {
        tables[name] = { problem: said(error) };
      }
    }
    return { file, bytes, ...checkWhole(database), tables, facts: factsOf(file, tables, dataFolder, database) };
  } finally {
    database.close();
  }
}

function openToRead(path: string): DatabaseSync {
  const look = (opened: DatabaseSync): DatabaseSync => {
    try {
      opened.prepare('SELECT count(*) FROM sqlite_master').get();
      return opened;
    } catch (error) {
      opened.close();
      throw error;
    }
  };
  try {
    return look(new DatabaseSync(path, { readOnly: true, timeout: 2_000 }));
  } catch (error) {
    // SQLITE_CANTOPEN: the log's index cannot be made there. Any other error is one of the file.
    if (!(error instanceof Error && 'errcode' in error && error.errcode === 14)) throw error;
    return look(new DatabaseSync(new URL(`${pathToFileURL(path).href}?immutable=1`), { readOnly: true }));
  }
}

function checkWhole(database: DatabaseSync): Pick<DatabaseReport, 'state' | 'problem'> {
  try {
    const lines = database.prepare(`PRAGMA quick_check(${String(MOST_PROBLEMS)})`).all().map((row) => String(Object.values(row)[0]));
    return lines.length === 1 && lines[0] === 'ok' ? { state: 'whole' } : { state: 'damaged', problem: lines.join('; ') };
  } catch (error) {
    return { state: 'damaged', problem: said(error) };
  }
}

function factsOf(file: string, tables: Readonly<Record<string, unknown>>, dataFolder: string, database: DatabaseSync): SupportFacts {
  const rows = (name: string): readonly Row[] | undefined => { const found = tables[name]; return Array.isArray(found) ? found : undefined; };
  const first = (name: string, key: string): string | undefined => { const value = rows(name)?.[0]?.[key]; return typeof value === 'string' ? value : undefined; };
  if (file === 'money.sqlite') {
    const [payment, refund] = [first('unknownPayment', 'since'), first('unknownRefund', 'since')];
    return { ...(rows('unknownPayment') === undefined ? {} : { unknownSince: { ...(payment === undefined ? {} : { payment }), ...(refund === undefined ? {} : { refund }) } }), witnesses: [{ chain: 'journal', state: compareWitness(join(dataFolder, 'journal-witness'), database, 'journal') }] };
  }
  if (file !== 'platform.sqlite') return {};
  const sets = rows('backups');
  const good = sets?.find(({ state }) => state === 'good');
  const proved = sets?.map(({ provedAt }) => provedAt).filter((at) => typeof at === 'string').toSorted().at(-1);
  return {
    witnesses: [{ chain: 'audit', state: compareWitness(join(dataFolder, 'audit-witness'), database, 'audit_event') }],
    ...(sets === undefined ? {} : { backups: { ...(typeof good?.['begunAt'] === 'string' ? { lastGoodAt: good['begunAt'] } : {}), ...(proved === undefined ? {} : { lastProvedAt: proved }) } }),
    ...(rows('alarmsOpen') === undefined ? {} : { alarmsOpen: (rows('alarmsOpen') ?? []).reduce((sum, { count }) => sum + Number(count), 0) }),
    ...(rows('certificates') === undefined ? {} : { certificates: (rows('certificates') ?? []).map(({ title, owner, endsAt }) => ({ title: `${String(owner)} ${String(title)}`, endsAt: String(endsAt) })) }),
  };
}

/** What the witness saw must be there with the same hash; that the chain has grown since is as it should be. */
function compareWitness(path: string, database: DatabaseSync, table: 'journal' | 'audit_event'): NonNullable<SupportFacts['witnesses']>[number]['state'] {
  const [, seq, hash] = existsSync(path) ? (/^(\d{1,15}) ([0-9a-f]{64})\s*$/.exec(readFileSync(path, 'utf8')) ?? []) : [];
  if (seq === undefined) return existsSync(path) ? 'differs' : 'absent';
  if (seq === '0') return 'matches';
  try {
    const row = database.prepare(`SELECT hash FROM ${table} WHERE seq = ?`).get(Number(seq));
    return row === undefined ? 'shorter' : row['hash'] === hash ? 'matches' : 'differs';
  } catch {
    return 'shorter';
  }
}

/** SQLITE_CORRUPT (11), not SQLITE_NOTADB (26). */
function isCorrupt(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 11;
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
