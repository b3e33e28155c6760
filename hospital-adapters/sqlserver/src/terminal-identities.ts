/**
 * The terminal and operator numbers a HIS keeps for us. It names a basket by the pair, so two sequences under one pair would fill each other's
 * basket: a pair is never lent twice at once, and one whose sequence was lost rests until the HIS cannot be at work on it any more.
 */
import { NotConnected } from './connection-pool.js';

export type TerminalIdentity = { readonly terminal: string; readonly operator: string };
export type LentIdentity = TerminalIdentity & { /** `lost`: the HIS may still be at work on its basket. */ readonly giveBack: (outcome: 'ended' | 'lost') => void };

export class TerminalIdentities {
  readonly #free: TerminalIdentity[];
  readonly #waiting: ((identity: TerminalIdentity) => void)[] = [];
  readonly #resting = new Set<NodeJS.Timeout>();
  readonly #restMs: number;

  constructor(identities: readonly TerminalIdentity[], restMs: number) {
    this.#free = [...identities];
    this.#restMs = restMs;
  }

  /** @throws NotConnected when the signal aborts before a pair is free; nothing was sent then */
  async borrow(signal: AbortSignal): Promise<LentIdentity> {
    const identity = this.#free.shift() ?? (await this.#wait(signal));
    let isLent = true;
    return {
      ...identity,
      giveBack: (outcome) => {
        if (!isLent) return;
        isLent = false;
        if (outcome === 'ended') this.#hand(identity);
        else this.#rest(identity);
      },
    };
  }

  close(): void {
    for (const timer of this.#resting) clearTimeout(timer);
    this.#resting.clear();
  }

  #wait(signal: AbortSignal): Promise<TerminalIdentity> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        signal.removeEventListener('abort', onAbort);
        const index = this.#waiting.indexOf(take);
        if (index >= 0) this.#waiting.splice(index, 1);
      };
      const take = (identity: TerminalIdentity): void => { leave(); resolve(identity); };
      const onAbort = (): void => { leave(); reject(new NotConnected('the deadline passed before a terminal number of the HIS was free')); };
      if (signal.aborted) { onAbort(); return; }
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(take);
    });
  }

  #hand(identity: TerminalIdentity): void {
    const next = this.#waiting[0];
    if (next === undefined) this.#free.push(identity);
    else next(identity);
  }

  #rest(identity: TerminalIdentity): void {
    const timer = setTimeout(() => {
      this.#resting.delete(timer);
      this.#hand(identity);
    }, this.#restMs);
    this.#resting.add(timer);
  }
}
