import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Database } from './engine/database.js';
import { BatchAborted } from './engine/request-end.js';
import { silentSink } from './engine/result-sink.js';
import { Session } from './engine/session.js';
import type { SqlServerError } from './engine/sql-server-error.js';

export type Row = Record<string, SQLOutputValue>;
export const text = (row: Row, name: string): string => String(row[name] ?? '');
export const whole = (row: Row, name: string): number => Number(row[name] ?? 0);

/** The hospital's database in the hands of its own staff: read at once, written under the lock everybody shares. Amounts are fen. */
export class HospitalBooks {
  readonly #database: Database;
  readonly handle: DatabaseSync;

  constructor(database: Database) {
    this.#database = database;
    this.handle = database.openHandle();
  }

  close(): void {
    this.handle.close();
  }

  /** yyyymmddHH:MM:SS of the hospital's wall clock. */
  time(): string {
    const now = this.#database.now();
    return `${now.slice(0, 10).replaceAll('-', '')}${now.slice(11, 19)}`;
  }

  count(sql: string, ...values: readonly string[]): number {
    return Number(this.handle.prepare(sql).get(...values)?.['n'] ?? 0);
  }

  /** One transaction of the hospital's own staff. */
  async write(work: () => void): Promise<void> {
    const { lock } = this.#database;
    await lock.acquire(this, { timeoutMs: 10_000, cancelled: new AbortController().signal });
    try {
      this.handle.exec('BEGIN IMMEDIATE');
      try {
        work();
        this.handle.exec('COMMIT');
      } catch (error) {
        this.handle.exec('ROLLBACK');
        throw error;
      }
    } finally {
      lock.release(this);
    }
  }

  /** Runs T-SQL as the hospital itself would. @throws when a batch fails */
  async run(batches: readonly string[]): Promise<void> {
    const session = new Session(this.#database, { login: 'hospital', application: 'hospital', host: '' });
    let failure: SqlServerError | undefined;
    try {
      for (const batch of batches) {
        await session.runBatch(batch, { ...silentSink, error: (error) => { failure ??= error; } }, new AbortController().signal).catch((error: unknown) => {
          if (!(error instanceof BatchAborted)) throw error;
        });
        if (failure) throw new Error(`The hospital's own script failed with ${failure.number} (${failure.message}) in: ${batch.trim().slice(0, 120)}`);
      }
    } finally {
      session.close();
    }
  }
}
