import type { DatabaseSync } from 'node:sqlite';
import type { Database } from './database.js';
import { SqlServerError } from './sql-server-error.js';
import { quoted } from './typed.js';

export interface LockPatience {
  readonly timeoutMs: number;
  readonly cancelled: AbortSignal;
}

/**
 * A session's transaction. T-SQL counts nested BEGINs; SQLite is told only at the first write, with BEGIN IMMEDIATE once the writer lock is held, so that
 * reads before it see what is committed at their moment (READ COMMITTED) and a transaction never fails for having read first.
 */
export class Transaction {
  readonly #database: Database;
  readonly #handle: DatabaseSync;
  readonly #onEnd: (how: 'commit' | 'rollback') => void;
  readonly #savepoints = new Set<string>();
  #depth = 0;
  #writing = false;
  /** XACT_STATE() -1: an error inside TRY left nothing to do but roll back. */
  doomed = false;
  /** A CREATE or DROP happened in it, so a rollback must read the catalog again. */
  definesObjects = false;

  constructor(database: Database, handle: DatabaseSync, onEnd: (how: 'commit' | 'rollback') => void) {
    this.#database = database;
    this.#handle = handle;
    this.#onEnd = onEnd;
  }

  get depth(): number {
    return this.#depth;
  }

  /** True for the outermost BEGIN. */
  begin(): boolean {
    this.#depth++;
    return this.#depth === 1;
  }

  commit(): void {
    if (this.#depth === 0) throw new SqlServerError(3902, 'The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.');
    if (this.doomed) throw uncommittable();
    if (this.#depth > 1) this.#depth--;
    else this.#end('COMMIT');
  }

  /** To a savepoint when one of that name exists, else all of it. */
  rollback(savepoint?: string): void {
    if (this.#depth === 0) throw new SqlServerError(3903, 'The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.');
    const name = savepoint?.toLowerCase() ?? '';
    if (this.#savepoints.has(name)) this.#handle.exec(`ROLLBACK TO ${quoted(name)}`);
    else this.#end('ROLLBACK');
  }

  async save(savepoint: string, patience: LockPatience): Promise<void> {
    if (this.#depth === 0) throw new SqlServerError(628, 'Cannot issue SAVE TRANSACTION when there is no active transaction.');
    await this.becomeWriter(patience);
    this.#handle.exec(`SAVEPOINT ${quoted(savepoint.toLowerCase())}`);
    this.#savepoints.add(savepoint.toLowerCase());
  }

  /** Runs a write under the lock: for the rest of the transaction, or just for itself outside of one. */
  async write<Result>(patience: LockPatience, work: () => Result): Promise<Result> {
    if (this.doomed) throw uncommittable();
    await this.becomeWriter(patience);
    try {
      return work();
    } finally {
      if (this.#depth === 0) this.#database.lock.release(this);
    }
  }

  async becomeWriter(patience: LockPatience): Promise<void> {
    if (this.#writing) return;
    await this.#database.lock.acquire(this, patience);
    if (this.#depth === 0) return;
    this.#handle.exec('BEGIN IMMEDIATE');
    this.#writing = true;
  }

  /** Gives up whatever is open; for errors that roll back, lost connections and resets. */
  abandon(): void {
    if (this.#depth > 0) this.#end('ROLLBACK');
  }

  #end(how: 'COMMIT' | 'ROLLBACK'): void {
    if (this.#writing) this.#handle.exec(how);
    this.#writing = false;
    this.doomed = false;
    this.#depth = 0;
    this.#savepoints.clear();
    this.#database.lock.release(this);
    if (this.definesObjects && how === 'ROLLBACK') this.#database.loadCatalog();
    this.definesObjects = false;
    this.#onEnd(how === 'COMMIT' ? 'commit' : 'rollback');
  }
}

function uncommittable(): SqlServerError {
  return new SqlServerError(3930, 'The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.');
}
