/** A bounded number of places, given out in the order they were asked for. */
export class Places {
  #free: number;
  readonly #waiting: { readonly take: () => void }[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** @returns false when the caller left before a place was free */
  take(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const waiting = { take: (): void => { signal.removeEventListener('abort', leave); resolve(true); } };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        resolve(false);
      };
      this.#waiting.push(waiting);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next.take();
  }
}
