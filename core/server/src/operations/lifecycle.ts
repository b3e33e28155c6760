import type { Log } from '../domain/log.js';
import type { Clock, Timers } from '../domain/time.js';

/** Something that is started before traffic and stopped after it. It owns what it opens. */
export type Part = {
  readonly name: string;
  readonly startDeadlineMs: number;
  readonly stopDeadlineMs: number;
  start(): Promise<void> | void;
  stop(): Promise<void> | void;
};

export class PartDidNotStart extends Error {
  override readonly name = 'PartDidNotStart';
}

export type StopReport = readonly { readonly part: string; readonly problem: string }[];

export type Lifecycle = {
  /** Adds a part after the ones there. Only before `start`. */
  add(part: Part): void;
  /** Starts in order. If one fails or is late, those started are stopped in reverse and the reason is thrown. */
  start(): Promise<void>;
  /** Stops in reverse. A part that fails or is late does not keep the others from stopping. Calling it twice stops once. */
  stop(): Promise<StopReport>;
};

export function createLifecycle({ log, clock, timers }: { readonly log: Log; readonly clock: Clock; readonly timers: Timers }): Lifecycle {
  const parts: Part[] = [];
  const started: Part[] = [];
  let state: 'new' | 'starting' | 'started' | 'stopping' = 'new';
  let starting: Promise<void> = Promise.resolve();
  let stopping: Promise<StopReport> | undefined;

  const startAll = async (): Promise<void> => {
    for (const part of parts) {
      if (state === 'stopping') return;
      const before = clock.now().getTime();
      // Listed before it is started: a part that failed half-way still has something to close.
      started.push(part);
      try {
        await withDeadline(async () => part.start(), part.startDeadlineMs, timers);
      } catch (error) {
        throw new PartDidNotStart(`${part.name} did not start: ${reasonOf(error)}`, { cause: error });
      }
      log.info('part started', { part: part.name, tookMs: clock.now().getTime() - before });
    }
  };

  const stopAll = async (): Promise<StopReport> => {
    const problems: { part: string; problem: string }[] = [];
    for (const part of started.splice(0).toReversed()) {
      try {
        await withDeadline(async () => part.stop(), part.stopDeadlineMs, timers);
        log.info('part stopped', { part: part.name });
      } catch (error) {
        problems.push({ part: part.name, problem: reasonOf(error) });
        log.error('part did not stop cleanly', { part: part.name, error });
      }
    }
    return problems;
  };

  const stop = (): Promise<StopReport> => {
    state = 'stopping';
    stopping ??= starting.catch(() => undefined).then(stopAll);
    return stopping;
  };

  return {
    add(part) {
      if (state !== 'new') throw new Error(`${part.name} was added after the start`);
      parts.push(part);
    },
    async start() {
      if (state !== 'new') throw new Error('started before');
      state = 'starting';
      starting = startAll();
      try {
        await starting;
      } catch (error) {
        await stop();
        throw error;
      }
      if (state === 'starting') state = 'started';
    },
    stop,
  };
}

async function withDeadline(work: () => Promise<void>, deadlineMs: number, timers: Timers): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = timers.after(deadlineMs, () => late.reject(new Error(`took longer than ${deadlineMs} ms`)));
  try {
    await Promise.race([work(), late.promise]);
  } finally {
    timer.cancel();
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
