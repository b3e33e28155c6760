import type { VirtualTime } from '../virtual-time.js';

/** One life of a plugin's process. After its end nothing it waited for ever comes, and nothing it armed ever runs. */
export class GuestLife {
  isAlive = true;
  readonly #time: VirtualTime;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  end(): void {
    this.isAlive = false;
  }

  /** A promise as this life sees it: it settles only while the process lives. */
  mine<Value>(promise: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => { if (this.isAlive) resolve(value); },
        (error: unknown) => { if (this.isAlive) reject(error instanceof Error ? error : new Error(String(error))); },
      );
    });
  }

  after(delayMs: number, label: string, run: () => void): { cancel(): void } {
    return this.#time.after(delayMs, label, () => { if (this.isAlive) run(); });
  }
}
