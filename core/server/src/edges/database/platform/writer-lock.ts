/** More waiting writers than this is a fault elsewhere, not a load. */
const LONGEST_QUEUE = 1000;

export class WriterQueueFull extends Error {
  override readonly name = 'WriterQueueFull';
}

/**
 * The one writer of one SQLite file, first come first served. node:sqlite is synchronous: a writer that waited inside SQLite for another
 * transaction of the same process would block the thread that has to finish it. So writers wait here, asynchronously.
 */
export class WriterLock {
  #held = false;
  readonly #waiting: (() => void)[] = [];

  /** Resolves when the lock is this caller's. The returned function gives it on; calling it twice gives it on once. */
  async acquire(): Promise<() => void> {
    if (this.#held) {
      if (this.#waiting.length >= LONGEST_QUEUE) throw new WriterQueueFull(`more than ${LONGEST_QUEUE} writers wait for the platform database`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#held = true;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.#waiting.shift();
      if (next === undefined) this.#held = false;
      else next();
    };
  }
}
