import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { SumFigures } from '../../../reports/ports.js';

/** The columns of every sum, in the order in which they are written. */
export const FIGURES = [
  ['paid_count', 'paidCount'], ['paid_fen', 'paidFen'], ['refunded_count', 'refundedCount'], ['refunded_fen', 'refundedFen'], ['booked_count', 'bookedCount'], ['booked_fen', 'bookedFen'],
  ['reversed_count', 'reversedCount'], ['reversed_fen', 'reversedFen'], ['fund_fen', 'fundFen'], ['account_fen', 'accountFen'],
] as const satisfies readonly (readonly [string, keyof SumFigures])[];
const figureColumns = FIGURES.map(([column]) => `${column} INTEGER NOT NULL`).join(', ');

/** Written into the file: with another number the sums are thrown away and reckoned anew, for everything in them stands in the money database. */
const VERSION = 1;

const SCHEMA = `
CREATE TABLE fed (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE TABLE sum_group (
  id INTEGER PRIMARY KEY, hospital_id TEXT NOT NULL, merchant_no TEXT NOT NULL, channel TEXT NOT NULL, method TEXT NOT NULL, business TEXT NOT NULL, fee_type TEXT NOT NULL,
  owner_kind TEXT NOT NULL, owner_id TEXT NOT NULL, till_no TEXT NOT NULL,
  UNIQUE (hospital_id, merchant_no, channel, method, business, fee_type, owner_kind, owner_id, till_no)
) STRICT;
CREATE TABLE day_sum (day TEXT NOT NULL, group_id INTEGER NOT NULL, ${figureColumns}, PRIMARY KEY (day, group_id)) STRICT, WITHOUT ROWID;
CREATE TABLE month_sum (month TEXT NOT NULL, group_id INTEGER NOT NULL, ${figureColumns}, PRIMARY KEY (month, group_id)) STRICT, WITHOUT ROWID;
CREATE TABLE hour_sum (
  day TEXT NOT NULL, hour INTEGER NOT NULL, channel TEXT NOT NULL, paid_count INTEGER NOT NULL, paid_fen INTEGER NOT NULL, refunded_count INTEGER NOT NULL, refunded_fen INTEGER NOT NULL,
  PRIMARY KEY (day, hour, channel)
) STRICT, WITHOUT ROWID;
CREATE TABLE refund_day (day TEXT NOT NULL, refund_no TEXT NOT NULL, PRIMARY KEY (day, refund_no)) STRICT, WITHOUT ROWID;
`;
const TABLES = ['fed', 'sum_group', 'day_sum', 'month_sum', 'hour_sum', 'refund_day'];

/** The file of the sums. Nothing in it is a fact: it may be deleted at any time, and a damaged one is. */
export function openSums(file: string): DatabaseSync {
  try {
    return openWhole(file);
  } catch {
    for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
    return openWhole(file);
  }
}

/** @throws Error when the file is damaged */
function openWhole(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 1_000 });
  try {
    // A commit lost with the power is fed again from the journal: the mark goes back with the sums.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -32768');
    const found = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
    if (found !== 'ok') throw new Error(`the sums of the reports are damaged: ${String(found)}`);
    if (database.prepare('PRAGMA user_version').get()?.['user_version'] !== VERSION) makeAnew(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Empty sums that have seen no journal. */
export function makeAnew(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const table of TABLES) database.exec(`DROP TABLE IF EXISTS ${table}`);
    database.exec(`${SCHEMA} PRAGMA user_version = ${String(VERSION)}`);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

/** The money database for a report: SQLite itself refuses a write. */
export function openMoneyForReports(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 1_000 });
  database.exec('PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -65536');
  return database;
}
