import type { Timers } from '../../domain/time.js';

/** setTimeout counts in 31 bits and fires at once beyond them: longer waits are taken in pieces. */
const LONGEST_PIECE_MS = 2_000_000_000;

/** The machine's own timers. A pending one keeps the process alive; whoever set it cancels it when stopping. */
export const SYSTEM_TIMERS: Timers = {
  after(ms, task) {
    let cancelled = false;
    let handle: NodeJS.Timeout | undefined;
    const wait = (leftMs: number): void => {
      handle = setTimeout(
        () => {
          if (cancelled) return;
          if (leftMs > LONGEST_PIECE_MS) wait(leftMs - LONGEST_PIECE_MS);
          else task();
        },
        Math.min(leftMs, LONGEST_PIECE_MS),
      );
    };
    wait(Math.max(0, ms));
    return {
      cancel() {
        cancelled = true;
        clearTimeout(handle);
      },
    };
  },
};
