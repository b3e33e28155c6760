import { statfs } from 'node:fs/promises';
import type { DiskState, DiskStep } from '../backups/ports.js';
import type { AuditTrail } from '../domain/audit.js';
import type { Log } from '../domain/log.js';
import type { Timers } from '../domain/time.js';
import type { Ballast } from './ballast-file.js';

export type DiskSpace = { readonly totalBytes: number; readonly freeBytes: number };

export type DiskLimits = {
  readonly warnPercent: number;
  readonly clearPercent: number;
  readonly refusePercent: number;
  /** Bytes free from which on a percentage says nothing: three of a hundred of a large disk are room for a year. */
  readonly roomyBytes: number;
  /** Bytes free below which it is so whatever the percentage. */
  readonly warnBelowBytes: number;
  readonly refuseBelowBytes: number;
};

export type DiskSpaceWatch = {
  /** False: new payments are refused with a clear text; queries, refunds and notifications go on. */
  acceptsPayments(): boolean;
  state(): DiskState;
  /** Lets the ballast go, so that a repair can write. False: there is none, or there is room without it. */
  releaseBallast(by: string): Promise<boolean>;
  /** Reads once now and then again after every interval. */
  start(): Promise<void>;
  stop(): void;
};

export type DiskSpaceOptions = {
  readonly limits: DiskLimits;
  readonly intervalMs: number;
  readonly timers: Timers;
  readonly log: Log;
  readonly audit: AuditTrail;
  readonly ballast: Ballast;
  /** Removes what can be spared; tells how much that was. */
  readonly clear: () => Promise<{ readonly files: number; readonly bytes: number }>;
  /** Of the data disk, for an unprivileged writer; `spaceOf(folder)` in the running platform. */
  readonly readSpace: () => Promise<DiskSpace>;
};

/** Clearing again before something can have grown old finds nothing. */
const CLEAR_EVERY_MS = 3_600_000;
/** Less than this and not even the answer to a refund can be written down. */
const LAST_BYTES = 32 * 1_048_576;
const LAST_SHARE = 0.25;

/** Of the file system that holds a folder. What is kept for root is nobody's: the total is what can be used, as `df` reckons. */
export async function spaceOf(folder: string): Promise<DiskSpace> {
  const { blocks, bfree, bavail, bsize } = await statfs(folder);
  return { totalBytes: (blocks - bfree + bavail) * bsize, freeBytes: bavail * bsize };
}

export function usedPercentOf({ totalBytes, freeBytes }: DiskSpace): number {
  return totalBytes <= 0 ? 100 : (1 - Math.max(0, freeBytes) / totalBytes) * 100;
}

/** The ladder (磁盘阶梯), each step with those before it. `scarce`: said. `clearing`: old logs and what can be made again go. `refusing`: no new payment is taken. */
export function stepOf(space: DiskSpace, limits: DiskLimits): Exclude<DiskStep, 'unreadable'> {
  const percent = space.freeBytes < limits.roomyBytes ? usedPercentOf(space) : 0;
  if (space.freeBytes < limits.refuseBelowBytes || percent >= limits.refusePercent) return 'refusing';
  if (percent >= limits.clearPercent) return 'clearing';
  return space.freeBytes < limits.warnBelowBytes || percent >= limits.warnPercent ? 'scarce' : 'ample';
}

/** Watches the data disk: a payment that could not be written down must not be begun. An unreadable disk counts as full. */
export function watchDiskSpace({ limits, intervalMs, timers, log, audit, ballast, clear, readSpace }: DiskSpaceOptions): DiskSpaceWatch {
  let state: DiskState = { step: 'ample', freeBytes: undefined, usedPercent: undefined, ballast: 'none', ballastBytes: 0 };
  let running = false;
  let timer = { cancel() {} };
  let sinceCleared = Number.POSITIVE_INFINITY;

  /** Room that the repair was given is not room for payments: a ballast that is away counts as if it were there. */
  const reckon = (read: DiskSpace): DiskState => {
    const kept = ballast.state();
    const space = kept.kind === 'released' ? { ...read, freeBytes: read.freeBytes - ballast.sizeOn(read.totalBytes) } : read;
    return { step: stepOf(space, limits), freeBytes: read.freeBytes, usedPercent: usedPercentOf(space), ballast: kept.kind, ballastBytes: kept.kind === 'kept' ? kept.bytes : 0 };
  };
  const release = async (by: string): Promise<void> => {
    ballast.release();
    log.warn('the ballast was let go', { by });
    // Afterwards: before, there was no room to write it.
    await audit.record({ who: by, what: 'disk.releaseBallast', object: 'data disk', after: { freeBytes: state.freeBytes } });
    state = reckon(await readSpace());
  };
  const clearOut = async (): Promise<void> => {
    sinceCleared = 0;
    const { files, bytes } = await clear();
    log.warn('old logs and what can be made again were removed', { files, bytes });
  };
  const keepBallast = async (read: DiskSpace): Promise<void> => {
    const bytes = ballast.sizeOn(read.totalBytes);
    if (bytes === 0 || state.ballast === 'kept' || stepOf({ ...read, freeBytes: read.freeBytes - bytes }, limits) !== 'ample') return;
    await ballast.make(bytes);
    log.info('the ballast was made', { bytes });
    state = reckon(await readSpace());
  };
  const act = async (read: DiskSpace): Promise<void> => {
    if ((state.step === 'clearing' || state.step === 'refusing') && sinceCleared >= CLEAR_EVERY_MS) {
      await clearOut();
      state = reckon(await readSpace());
    }
    if (state.ballast === 'kept' && (state.freeBytes ?? 0) < Math.min(LAST_BYTES, limits.refuseBelowBytes * LAST_SHARE)) await release('system');
    else await keepBallast(read);
  };
  const look = async (): Promise<void> => {
    const before = state.step;
    sinceCleared += intervalMs;
    try {
      const read = await readSpace();
      state = reckon(read);
      await act(read).catch((error: unknown) => { log.error('the disk could not be cleared, or its ballast not be kept', { error }); });
    } catch (error) {
      state = { ...state, step: 'unreadable', freeBytes: undefined, usedPercent: undefined };
      if (before !== 'unreadable') log.error('disk space cannot be read: new payments are refused', { error });
    }
    if (state.step !== before && state.step !== 'unreadable') log[state.step === 'ample' ? 'info' : 'warn']('disk space changed', { diskStep: state.step, freeBytes: state.freeBytes });
  };
  const lookAgain = (): void => {
    if (!running) return;
    timer = timers.after(intervalMs, () => void look().then(lookAgain));
  };

  return {
    acceptsPayments: () => state.step !== 'refusing' && state.step !== 'unreadable',
    state: () => state,
    async releaseBallast(by) {
      if (ballast.state().kind !== 'kept' || (state.step !== 'refusing' && state.step !== 'unreadable')) return false;
      await release(by);
      return true;
    },
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
