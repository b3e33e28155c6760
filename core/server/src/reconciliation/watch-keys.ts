import type { HeldRows } from './held-rows.js';

/** Which of the numbers the other side names are known from rows of ours that passed by. */
export function watchKeys(theirs: HeldRows): { see(key: string): void; unseen(): ReadonlySet<string> } {
  const seen = new Uint8Array(theirs.length);
  return {
    see(key) {
      // A channel may name a refund by the number of its payment.
      for (const kind of ['payment', 'refund'] as const) {
        const index = theirs.find({ kind, key });
        if (index !== -1) seen[index] = 1;
      }
    },
    unseen() {
      const keys = new Set<string>();
      for (let index = 0; index < theirs.length; index += 1) if (seen[index] === 0 && !theirs.isRepeat(index)) keys.add(theirs.keyAt(index));
      return keys;
    },
  };
}
