import { SqliteError } from './sqlite-error.js';
import { SqliteHandle, type SqliteAccess } from './sqlite-handle.js';
import { WriterLock } from './writer-lock.js';

/** What Sequelize takes as metadata of a run; it recognises the class by this very name. */
class Statement {
  readonly lastID: number;
  readonly changes: number;
  constructor(lastID: number, changes: number) {
    this.lastID = lastID;
    this.changes = changes;
  }
}
type Callback = (this: Statement, error: Error | null, rows?: readonly Record<string, unknown>[]) => void;
type Parameters = Readonly<Record<string, unknown>> | readonly unknown[];

/** Idle handles kept open: Sequelize opens one per transaction, and opening costs more than the transaction. */
const KEPT_HANDLES = 4;

export type NodeSqliteDialect = {
  /** For Sequelize's `dialectModule`. */
  readonly module: object;
  /** Closes the idle handles; after Sequelize itself was closed. */
  closeAll(): void;
};

/**
 * node:sqlite in the shape Sequelize 6 expects of a driver, for one file: a pool of handles with their pragmas, one asynchronous writer lock,
 * and every transaction begun IMMEDIATE, so that no transaction finds out at its first write that it read an old snapshot.
 */
export function nodeSqliteDialect(path: string, access: SqliteAccess = 'readWrite'): NodeSqliteDialect {
  const idle: SqliteHandle[] = [];
  const lock = new WriterLock();
  let closed = false;

  class Database {
    readonly filename = path;
    readonly #handle: SqliteHandle | undefined;
    #releaseWriter: (() => void) | undefined;

    constructor(_filename: string, _mode: number, done: (error: Error | null) => void) {
      let failure: SqliteError | undefined;
      try {
        this.#handle = idle.pop() ?? new SqliteHandle(path, access);
      } catch (error) {
        failure = new SqliteError(error);
      }
      queueMicrotask(() => done(failure ?? null));
    }

    serialize(work: () => void): void {
      work();
    }

    run(sql: string, parameters: Parameters | Callback = [], done?: Callback): void {
      void this.#execute(sql, typeof parameters === 'function' ? [] : parameters, typeof parameters === 'function' ? parameters : done);
    }

    all(sql: string, parameters: Parameters | Callback = [], done?: Callback): void {
      this.run(sql, parameters, done);
    }

    close(done?: (error: Error | null) => void): void {
      const handle = this.#handle;
      if (handle !== undefined) {
        // A transaction its user left open must not be inherited by the next user of this handle.
        if (handle.inTransaction) handle.execute('ROLLBACK', []);
        if (closed || idle.length >= KEPT_HANDLES) handle.close();
        else idle.push(handle);
      }
      this.#endWriting();
      if (done !== undefined) queueMicrotask(() => done(null));
    }

    async #execute(sql: string, parameters: Parameters, done: Callback | undefined): Promise<void> {
      try {
        const answer = await this.#inTurn(sql, parameters);
        done?.call(new Statement(answer.lastId, answer.changes), null, answer.rows);
      } catch (error) {
        done?.call(new Statement(0, 0), error instanceof SqliteError ? error : new SqliteError(error));
      }
    }

    async #inTurn(sql: string, parameters: Parameters) {
      const handle = this.#handle;
      if (handle === undefined) throw new Error('the database could not be opened');
      const verb = /^\s*([a-z]+)/i.exec(sql)?.[1]?.toUpperCase() ?? '';
      const reads = verb === 'SELECT' || verb === 'PRAGMA' || verb === 'EXPLAIN';
      if (verb === 'COMMIT') return this.#commit(handle, sql);
      if (reads || (this.#releaseWriter !== undefined && verb !== 'BEGIN')) {
        try {
          return handle.execute(sql, parameters);
        } finally {
          // SQLite itself ends the transaction on some errors: a full disk, an I/O error.
          if (!handle.inTransaction) this.#endWriting();
        }
      }
      this.#releaseWriter = await lock.acquire();
      try {
        return handle.execute(verb === 'BEGIN' ? 'BEGIN IMMEDIATE' : sql, parameters);
      } finally {
        if (!handle.inTransaction) this.#endWriting();
      }
    }

    /** After a COMMIT that failed, Sequelize drops the connection without closing it: left open, its transaction would hold the writer for ever. */
    #commit(handle: SqliteHandle, sql: string) {
      try {
        return handle.execute(sql, []);
      } finally {
        if (handle.inTransaction) handle.execute('ROLLBACK', []);
        this.#endWriting();
      }
    }

    #endWriting(): void {
      this.#releaseWriter?.();
      this.#releaseWriter = undefined;
    }
  }

  return {
    module: { OPEN_READWRITE: 2, OPEN_CREATE: 4, Database },
    closeAll() {
      closed = true;
      for (const handle of idle.splice(0)) handle.close();
    },
  };
}
