import { SqlServerError } from './sql-server-error.js';

/**
 * One writer at a time, first come first served. SQL Server locks rows; here the whole database is the row, which is stricter, so a caller that copes with
 * this copes with the real thing. Waiting is asynchronous and ends with 1222 after the session's LOCK_TIMEOUT, or when the request is cancelled.
 */
export class WriterLock {
  #holder: object | undefined;
  readonly #waiting: { readonly owner: object; readonly grant: () => void }[] = [];

  /** `timeoutMs` -1 waits until cancelled; 0 does not wait at all. */
  async acquire(owner: object, options: { timeoutMs: number; cancelled: AbortSignal }): Promise<void> {
    if (this.#holder === owner) return;
    if (this.#holder === undefined) {
      this.#holder = owner;
      return;
    }
    if (options.timeoutMs === 0) throw lockTimeout();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { owner, grant: resolve };
    this.#waiting.push(waiter);
    const giveUp = (reason: unknown): void => {
      const index = this.#waiting.indexOf(waiter);
      if (index >= 0) this.#waiting.splice(index, 1);
      reject(reason instanceof Error ? reason : new Error(String(reason)));
    };
    const timer = options.timeoutMs > 0 ? setTimeout(() => giveUp(lockTimeout()), options.timeoutMs) : undefined;
    const onCancel = (): void => giveUp(options.cancelled.reason);
    options.cancelled.addEventListener('abort', onCancel, { once: true });
    if (options.cancelled.aborted) onCancel();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      options.cancelled.removeEventListener('abort', onCancel);
    }
  }

  release(owner: object): void {
    if (this.#holder !== owner) return;
    const next = this.#waiting.shift();
    this.#holder = next?.owner;
    next?.grant();
  }
}

function lockTimeout(): SqlServerError {
  return new SqlServerError(1222, 'Lock request time out period exceeded.', { state: 51 });
}
