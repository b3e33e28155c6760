import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { StoreUnavailable } from '../../../domain/money-store.js';

type Waiting = { readonly work: () => unknown; readonly resolve: (value: unknown) => void; readonly reject: (error: unknown) => void };

/** How many pieces of work one commit may carry: more only adds waiting, the fsync is already shared. */
const LARGEST_BATCH = 256;

/**
 * One writer, group commit: everything asked for in the same turn of the event loop is written in one transaction, each piece under its own
 * savepoint, and answered after the one fsync. Nothing is awaited inside, so readers on this thread always see committed state.
 */
export class GroupCommit {
  readonly #database: DatabaseSync;
  readonly #soon: (flush: () => void) => void;
  readonly #begin: StatementSync;
  readonly #commitAll: StatementSync;
  readonly #savepoint: StatementSync;
  readonly #release: StatementSync;
  #waiting: Waiting[] = [];
  #isScheduled = false;
  #refusal: string | undefined;
  /** Called with the work inside the transaction, before COMMIT: simulations throw here to lose a commit. */
  beforeCommit: (() => void) | undefined;
  /** Told how long a commit took, from its first piece to the end of its fsync, in milliseconds. */
  afterCommit: ((milliseconds: number) => void) | undefined;
  /** Told after each commit, once its pieces are answered: screens are announced what changed. */
  committed: (() => void) | undefined;

  constructor(database: DatabaseSync, soon: (flush: () => void) => void) {
    this.#database = database;
    this.#soon = soon;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commitAll = database.prepare('COMMIT');
    this.#savepoint = database.prepare('SAVEPOINT piece');
    this.#release = database.prepare('RELEASE piece');
  }

  /** From now on every write is refused with this reason (safe mode, closed). */
  refuse(reason: string): void {
    this.#refusal = reason;
  }

  write<Result>(work: () => Result): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      if (this.#refusal !== undefined) {
        reject(new StoreUnavailable(this.#refusal));
        return;
      }
      this.#waiting.push({ work, resolve: (value) => { resolve(value as Result); }, reject });
      if (!this.#isScheduled) {
        this.#isScheduled = true;
        this.#soon(() => { this.flush(); });
      }
    });
  }

  flush(): void {
    this.#isScheduled = false;
    while (this.#waiting.length > 0) this.#commit(this.#waiting.splice(0, LARGEST_BATCH));
  }

  #commit(batch: readonly Waiting[]): void {
    const answers: (() => void)[] = [];
    const measure = this.afterCommit;
    const began = measure === undefined ? 0 : performance.now();
    try {
      this.#begin.run();
      for (const piece of batch) answers.push(this.#underSavepoint(piece));
      this.beforeCommit?.();
      this.#commitAll.run();
      measure?.(performance.now() - began);
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      const refusal = new StoreUnavailable(`the money store could not commit: ${messageOf(error)}`, { cause: error });
      for (const piece of batch) piece.reject(refusal);
      return;
    }
    for (const answer of answers) answer();
    this.committed?.();
  }

  #underSavepoint(piece: Waiting): () => void {
    this.#savepoint.run();
    try {
      const value = piece.work();
      this.#release.run();
      return () => { piece.resolve(value); };
    } catch (error) {
      // A full disk may already have rolled the whole transaction back: then the batch is lost, not the piece.
      if (!this.#database.isTransaction) throw error;
      this.#database.exec('ROLLBACK TO piece');
      this.#database.exec('RELEASE piece');
      return () => { piece.reject(isStorageError(error) ? new StoreUnavailable(`the money store could not write: ${messageOf(error)}`, { cause: error }) : error); };
    }
  }
}

/** SQLITE_FULL (13), IOERR (10), CANTOPEN (14), READONLY (8), CORRUPT (11), BUSY (5), NOMEM (7). */
function isStorageError(error: unknown): boolean {
  const code: unknown = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' && [5, 7, 8, 10, 11, 13, 14].includes(code & 0xff);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
