import type { PluginStore } from '@hospay/plugin-sdk';
import type { Faults } from '../faults.js';
import type { GuestLife } from './guest-life.js';

const DEFAULT_PAGE = 100;

/** What one plugin instance has on the disk: it outlives every life of its process, which may end just before a write or just after it. */
export class DurableStore {
  readonly #texts = new Map<string, string>();
  readonly #faults: Faults;
  /** Set by the stand: the process dies in the middle of its own write. */
  onDeath: () => void = () => {};
  /** Told of every write, for channels whose truth is what was written (a till). */
  onWritten: (key: string, value: unknown) => void = () => {};

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  read(key: string): unknown {
    const text = this.#texts.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** The store as one life of the plugin has it. */
  open(life: GuestLife): PluginStore {
    const answer = <Value>(work: () => Value): Promise<Value> => life.mine(Promise.resolve().then(() => {
      if (!life.isAlive) throw new Error('the process has ended');
      return work();
    }));
    const write = (work: () => void): void => {
      if (this.#faults.strikes('plugin dies before a write')) {
        this.onDeath();
        return;
      }
      work();
      if (this.#faults.strikes('plugin dies after a write')) this.onDeath();
    };
    return {
      get: (key) => answer(() => this.read(key)),
      put: (key, value) => answer(() => { write(() => { this.#keep(key, value); }); }),
      claim: (key, value) => answer(() => {
        if (this.#texts.has(key)) return false;
        write(() => { this.#keep(key, value); });
        return true;
      }),
      delete: (key) => answer(() => { write(() => { this.#texts.delete(key); }); }),
      list: (prefix, { after = '', limit = DEFAULT_PAGE } = {}) => answer(() =>
        [...this.#texts.keys()].filter((key) => key.startsWith(prefix) && key > after).sort().slice(0, limit).map((key) => ({ key, value: this.read(key) }))),
    };
  }

  #keep(key: string, value: unknown): void {
    this.#texts.set(key, JSON.stringify(value));
    this.onWritten(key, value);
  }
}
