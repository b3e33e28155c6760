import { createGuestHttp, createGuestKeys, createMemoryStore } from '../host/index.js';
import type { PluginContext, PluginStore } from '../plugin.js';

export type TestContextOptions<Settings> = {
  readonly settings: Settings;
  readonly now?: () => Date;
  /** Give the same store to two contexts to play a restart. */
  readonly store?: PluginStore;
  /** Gets every log line as text. */
  readonly logged?: (line: string) => void;
};

/** A context as the core would give it, for tests: real HTTP, real key work over the settings, a store in memory, real timers that keep no process alive. */
export function makeTestContext<Settings extends object>({ settings, now = () => new Date(), store = createMemoryStore(), logged = () => undefined }: TestContextOptions<Settings>): PluginContext<Settings> {
  const secretOf = (name: string): string | undefined => {
    const value: unknown = Reflect.get(settings, name);
    return typeof value === 'string' ? value : undefined;
  };
  const log = (message: string, facts?: object): void => { logged(`${message} ${JSON.stringify(facts ?? {})}`); };
  return {
    settings,
    now,
    log: { info: log, warn: log },
    store,
    http: createGuestHttp({ isAllowed: () => true, secretOf }),
    keys: createGuestKeys(secretOf),
    after(milliseconds, run) {
      const timer = setTimeout(run, milliseconds);
      timer.unref();
      return { cancel: () => { clearTimeout(timer); } };
    },
  };
}
