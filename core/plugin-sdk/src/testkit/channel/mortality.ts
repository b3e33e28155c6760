import type { PluginContext, PluginHttp, PluginStore } from '../../plugin.js';

/** Never comes back, like the promise of a process that is gone. */
const NEVER = new Promise<never>(() => undefined);

/**
 * `kill -9` at a chosen step. Every effect a plugin has through its context is two steps, before it and after it: a store write that is not or is on the
 * disk, a request that has not or has been executed. At step `dieAt` the plugin is gone: what it awaits never comes back, and nothing of it has an effect any more.
 * The store and the far side keep what had happened by then; the same store in another context is the restart.
 */
export class Mortality {
  readonly #dieAt: number;
  #steps = 0;
  #isDead = false;
  #tellDeath: () => void = () => undefined;
  /** Resolves when it dies. Whoever waits for something of this life waits for this too: a dead plugin's `stop` never comes back. */
  readonly death: Promise<'dead'>;

  constructor(dieAt = Number.POSITIVE_INFINITY) {
    this.#dieAt = dieAt;
    this.death = new Promise((resolve) => {
      this.#tellDeath = () => { resolve('dead'); };
    });
  }

  /** The context as this life has it. */
  wrap<Context extends Pick<PluginContext<unknown>, 'store' | 'http' | 'after'>>(context: Context): Context {
    const { store, http } = context;
    const mortalStore: PluginStore = {
      get: (key) => this.#ifAlive(() => store.get(key)),
      list: (prefix, page) => this.#ifAlive(() => store.list(prefix, page)),
      put: (key, value) => this.#twoSteps(() => store.put(key, value)),
      claim: (key, value) => this.#twoSteps(() => store.claim(key, value)),
      delete: (key) => this.#twoSteps(() => store.delete(key)),
    };
    const mortalHttp: PluginHttp = { request: (request) => this.#twoSteps(() => http.request(request)) };
    return {
      ...context,
      store: mortalStore,
      http: mortalHttp,
      after: (milliseconds, run) => context.after(milliseconds, () => { if (!this.#isDead) run(); }),
    };
  }

  /** A step of a channel that has effects beside its context: call it before and after each. */
  step(): Promise<void> {
    if (this.#isDead) return NEVER;
    this.#steps += 1;
    if (this.#steps < this.#dieAt) return Promise.resolve();
    this.#isDead = true;
    this.#tellDeath();
    return NEVER;
  }

  async #twoSteps<Value>(effect: () => Promise<Value>): Promise<Value> {
    await this.step();
    const value = await effect();
    await this.step();
    return value;
  }

  async #ifAlive<Value>(read: () => Promise<Value>): Promise<Value> {
    const value = this.#isDead ? await NEVER : await read();
    return this.#isDead ? NEVER : value;
  }
}
