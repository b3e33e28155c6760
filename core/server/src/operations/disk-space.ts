import { statfs } from 'node:fs/promises';
import type { Log } from '../domain/log.js';
import type { Timers } from '../domain/time.js';

export type DiskState = { readonly level: 'ample' | 'scarce' | 'refusing' | 'unreadable'; readonly freeBytes: number | undefined };

export type DiskSpaceWatch = {
  /** False: new payments are refused with a clear text; queries, refunds and notifications go on. */
  acceptsPayments(): boolean;
  state(): DiskState;
  /** Reads once now and then again after every interval. */
  start(): Promise<void>;
  stop(): void;
};

export type DiskSpaceOptions = {
  readonly warnBelowBytes: number;
  readonly refuseBelowBytes: number;
  readonly intervalMs: number;
  readonly timers: Timers;
  readonly log: Log;
  /** Free bytes for an unprivileged writer; `freeBytesOf(folder)` in the running platform. */
  readonly readFreeBytes: () => Promise<number>;
};

/** Free bytes of the file system that holds a folder. */
export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Watches the data disk: a payment that could not be written down must not be begun. An unreadable disk counts as full. */
export function watchDiskSpace({ warnBelowBytes, refuseBelowBytes, intervalMs, timers, log, readFreeBytes }: DiskSpaceOptions): DiskSpaceWatch {
  let state: DiskState = { level: 'ample', freeBytes: undefined };
  let running = false;
  let timer = { cancel() {} };

  const levelOf = (freeBytes: number): DiskState['level'] => (freeBytes < refuseBelowBytes ? 'refusing' : freeBytes < warnBelowBytes ? 'scarce' : 'ample');
  const look = async (): Promise<void> => {
    const before = state.level;
    try {
      const freeBytes = await readFreeBytes();
      state = { level: levelOf(freeBytes), freeBytes };
    } catch (error) {
      state = { level: 'unreadable', freeBytes: undefined };
      if (before !== 'unreadable') log.error('disk space cannot be read: new payments are refused', { error });
    }
    if (state.level !== before && state.level !== 'unreadable') log[state.level === 'ample' ? 'info' : 'warn']('disk space changed', { diskLevel: state.level, freeBytes: state.freeBytes });
  };
  const lookAgain = (): void => {
    if (!running) return;
    timer = timers.after(intervalMs, () => void look().then(lookAgain));
  };

  return {
    acceptsPayments: () => state.level === 'ample' || state.level === 'scarce',
    state: () => state,
    async start() {
      running = true;
      await look();
      lookAgain();
    },
    stop() {
      running = false;
      timer.cancel();
    },
  };
}
