import { BilingualError, saidOf, type Bilingual } from '../domain/bilingual.js';
import type { Log } from '../domain/log.js';
import type { Clock, Timers } from '../domain/time.js';
import type { BackupSet, ContinuousBackup, IncrementWorker, StreamMark, TargetProgress } from './ports.js';

/** A start has other things to do first. */
const BASE_AFTER_MS = 60_000;
/** So many turns the quick targets wait for a slow one. */
const MOST_SKIPPED = 5;
/** A set is large: a run that loses its place again and again does not take one each time. */
const BASE_AGAIN_AFTER_MS = 3_600_000;

export type ContinuousPorts = {
  readonly worker: IncrementWorker;
  readonly everySeconds: number;
  readonly targets: readonly string[];
  /** Once leftovers of an earlier run are taken away. */
  readonly cleaned: () => Promise<unknown>;
  /** Told of each run, before anything of it lies on a target. */
  readonly remember: (stream: string) => void;
  /** Takes a set that increments go on from. @returns whether one was begun: where a backup or a proof runs, none is */
  readonly takeBase: () => Promise<boolean>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
};

type Base = { readonly mark: StreamMark; readonly begunAt: Date; readonly set: string };

export function createContinuousBackup({ worker, everySeconds, targets, cleaned, remember, takeBase, clock, timers, log }: ContinuousPorts): ContinuousBackup {
  const startedAt = clock.now().getTime();
  const bases = new Map<string, Base>();
  let progress: readonly TargetProgress[] = [];
  let captured: { readonly mark: StreamMark; readonly at: Date } | undefined;
  let problem: Bilingual | undefined;
  let triedBaseAt: number | undefined;
  let known: string | undefined;
  let sending: Promise<void> | undefined;
  let ticking: Promise<void> = Promise.resolve();
  let next: { cancel(): void } | undefined;
  let isStopped = false;

  const see = (mark: StreamMark): StreamMark => {
    if (known !== mark.stream) remember(mark.stream);
    known = mark.stream;
    return mark;
  };
  const send = async (): Promise<void> => {
    const before = new Map(progress.map((one) => [one.target, one.problem]));
    try {
      await cleaned();
      progress = await worker.send({ bases: Object.fromEntries([...bases].map(([target, { set }]) => [target, set])) });
      for (const one of progress) {
        if (one.problem !== undefined && before.get(one.target) === undefined) log.warn('increments do not reach a backup target; they wait on this machine', { target: one.target, problem: one.problem.en });
        if (one.problem === undefined && before.get(one.target) !== undefined) log.info('a backup target has the increments again', { target: one.target });
      }
    } catch (error) {
      if (!isStopped) log.error('increments could not be sent', { error });
    }
  };
  /** The set that increments on this target follow. */
  const baseOf = (target: string): Base | undefined => {
    const base = bases.get(target);
    const { missing, lacksBase = false } = progress.find((one) => one.target === target) ?? {};
    return base === undefined || base.mark.stream !== known || lacksBase || (missing?.stream === known && missing.no > base.mark.no) ? undefined : base;
  };
  // One that cannot be written would get none either.
  const needsBase = (): boolean => known !== undefined && targets.some((target) => baseOf(target) === undefined && progress.find((one) => one.target === target)?.problem === undefined);
  const tick = async (): Promise<void> => {
    const at = clock.now();
    // A slow server gets fewer and larger ones: what changed meanwhile goes with the next.
    if (sending !== undefined && captured !== undefined && at.getTime() - captured.at.getTime() < MOST_SKIPPED * everySeconds * 1_000) return;
    try {
      captured = { mark: see(await worker.capture({ takenAt: at.toISOString() })), at };
      if (problem !== undefined) log.info('increments are taken again');
      problem = undefined;
    } catch (error) {
      if (isStopped) return;
      if (problem === undefined) log.warn('no increment was taken', { error: error instanceof BilingualError ? error.said.en : error });
      problem = saidOf(error);
    }
    sending ??= send().finally(() => { sending = undefined; });
    const now = clock.now().getTime();
    if (needsBase() && now - startedAt >= BASE_AFTER_MS && (triedBaseAt === undefined || now - triedBaseAt >= BASE_AGAIN_AFTER_MS)) {
      triedBaseAt = now;
      // Payments, increments and the next look go on meanwhile.
      void takeBase().then((isBegun) => { if (!isBegun) triedBaseAt = undefined; }, (error: unknown) => { log.error('the set that increments go on from was not taken', { error }); });
    }
  };
  const plan = (): void => {
    if (isStopped) return;
    next = timers.after(everySeconds * 1_000, () => { ticking = tick().finally(plan); });
  };

  const upTo = (target: string, sets: readonly BackupSet[]): Date | undefined => {
    const base = baseOf(target);
    const { last, lacksBase } = progress.find((one) => one.target === target) ?? {};
    if (lacksBase === true) return undefined;
    const alone = sets.find(({ state, copies }) => state === 'good' && copies.some((copy) => copy.target === target && copy.verifiedAt !== undefined && copy.problem === undefined))?.begunAt;
    if (base === undefined || captured === undefined || base.mark.stream !== captured.mark.stream) return alone;
    const { stream, no } = base.mark;
    const has = last?.stream === stream ? last.no : 0;
    if (Math.max(has, no) >= captured.mark.no) return captured.at;
    return has > no && last !== undefined ? new Date(last.takenAt) : base.begunAt;
  };

  return {
    async mark() {
      try {
        return see(await worker.mark());
      } catch (error) {
        log.warn('the set stands alone: no increments can follow it', { error: error instanceof BilingualError ? error.said.en : error });
        return undefined;
      }
    },
    follow(set, mark) {
      for (const { target, verifiedAt, problem: failed } of set.copies) if (verifiedAt !== undefined && failed === undefined) bases.set(target, { mark, begunAt: set.begunAt, set: set.name });
    },
    state: (sets) => ({
      everySeconds, problem,
      targets: targets.map((target) => {
        const one = progress.find((of) => of.target === target);
        return { target, upTo: upTo(target, sets), waiting: one?.waiting ?? 0, problem: one?.problem };
      }),
    }),
    start: plan,
    async stop() {
      isStopped = true;
      next?.cancel();
      await ticking;
    },
  };
}
