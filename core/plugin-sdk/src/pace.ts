import type { PluginContext } from './plugin.js';

/** Runs the work when its turn has come, or says that none came before the signal. */
export type Pace = <Result>(signal: AbortSignal, work: () => Promise<Result>) => Promise<Result | 'noTurn'>;

/**
 * One request after another, with a rest between the end of one and the next: the bank measures when they arrive, and what is slow on the way out must not arrive together with what follows. A request that hangs holds
 * its own lane only.
 */
export function createPace({ after }: Pick<PluginContext<unknown>, 'after'>, restMs: number): Pace {
  let rested: Promise<void> = Promise.resolve();
  return async (signal, work) => {
    const before = rested;
    const { promise, resolve } = Promise.withResolvers<void>();
    rested = promise;
    const hasTurn = await Promise.race([before.then(() => true), aborted(signal)]);
    if (!hasTurn || signal.aborted) {
      // The turn is passed on as it comes: nothing was sent in it.
      void before.then(resolve);
      return 'noTurn';
    }
    try {
      return await work();
    } finally {
      if (restMs === 0) resolve();
      else after(restMs, resolve);
    }
  };
}

function aborted(signal: AbortSignal): Promise<false> {
  const { promise, resolve } = Promise.withResolvers<false>();
  if (signal.aborted) resolve(false);
  else signal.addEventListener('abort', () => { resolve(false); }, { once: true });
  return promise;
}
