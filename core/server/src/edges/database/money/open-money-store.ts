/** Start-up recovery of the money store: checked before anything is served, repaired never silently. */
import type { JournalHead } from '../../../domain/money-store.js';
import { GENESIS_HASH } from './ledger-writer.js';
import { JournalWitness } from './journal-witness.js';
import { number, text } from './rows.js';
import { SqliteMoneyStore, type SqliteMoneyStoreOptions } from './sqlite-money-store.js';

export type StartUpReport = {
  /** `ok`, or what SQLite found. */
  readonly quickCheck: string;
  readonly head: JournalHead;
  readonly witness: JournalHead | undefined;
  /** Why the store opened read-only, or undefined. */
  readonly safeMode: string | undefined;
  /** Why nothing is written, and nobody spoken to: safe mode, or what the caller says. */
  readonly standsStill: string | undefined;
  /** Leases of the earlier run that were given back. */
  readonly wokenJobs: number;
};

export type OpenMoneyStoreOptions = SqliteMoneyStoreOptions & {
  readonly witnessFile: string;
  readonly now: () => Date;
  /** A fenced box reads and writes nothing. */
  readonly fenced?: string | undefined;
  /** Questions about open payments are spread over this long after a restart. */
  readonly spreadMs: number;
};

/** How many of the newest journals have their links checked at start; the whole chain is checked nightly. */
const CHECKED_AT_START = 10_000;

export async function openMoneyStore(options: OpenMoneyStoreOptions): Promise<{ store: SqliteMoneyStore; witness: JournalWitness; report: StartUpReport }> {
  const store = new SqliteMoneyStore(options);
  const witness = new JournalWitness(options.witnessFile);
  const head = await store.journalHead();
  const witnessed = witness.read();
  const quickCheck = checkFile(store);
  const safeMode = whySafeMode(store, quickCheck, head, witnessed);
  const standsStill = safeMode === undefined ? options.fenced : `safe mode: ${safeMode}`;
  if (standsStill !== undefined) store.commits.refuse(standsStill);
  const wokenJobs = standsStill === undefined ? await store.wakeJobs(options.now(), options.spreadMs) : 0;
  return { store, witness, report: { quickCheck, head, witness: witnessed, safeMode, standsStill, wokenJobs } };
}

function whySafeMode(store: SqliteMoneyStore, quickCheck: string, head: JournalHead, witness: JournalHead | undefined): string | undefined {
  if (quickCheck !== 'ok') return `the database file is damaged: ${quickCheck}`;
  const brokenAt = findBrokenLink(store);
  if (brokenAt !== undefined) return `the journal's hash chain breaks at ${String(brokenAt)}`;
  if (witness === undefined) return undefined;
  if (witness.seq > head.seq) return `the journal ends at ${String(head.seq)} but ${String(witness.seq)} was witnessed: committed payments are missing from this file`;
  const row = store.database.prepare('SELECT hash FROM journal WHERE seq = ?').get(witness.seq);
  const hash = row === undefined ? (witness.seq === 0 ? GENESIS_HASH : undefined) : text(row, 'hash');
  return hash === witness.hash ? undefined : `journal ${String(witness.seq)} is not the one that was witnessed: the file was rewritten or restored`;
}

function checkFile(store: SqliteMoneyStore): string {
  const row = store.database.prepare('PRAGMA quick_check(1)').get();
  return row === undefined ? 'no answer' : text(row, 'quick_check');
}

function findBrokenLink(store: SqliteMoneyStore): number | undefined {
  const row = store.database
    .prepare(
      `SELECT min(j.seq) AS seq FROM (SELECT seq, prev_hash FROM journal ORDER BY seq DESC LIMIT ?) j
       LEFT JOIN journal p ON p.seq = j.seq - 1 WHERE j.prev_hash <> coalesce(p.hash, ?)`,
    )
    .get(CHECKED_AT_START, GENESIS_HASH);
  return row === undefined || row['seq'] === null ? undefined : number(row, 'seq');
}
