import type { PluginContext } from './plugin.js';

const BEIJING_OFFSET_MS = 8 * 3_600_000;
const SWEPT_AT_ONCE = 20;

export type NumberBook<State extends string> = {
  /** Undefined: this number was never written down, or was forgotten. */
  find(number: string): Promise<State | undefined>;
  /** Writes a number down in its first state; one that is there keeps the state it has. On the disk when the promise resolves: call it before the first byte goes out. */
  begin(number: string, state: State): Promise<void>;
  /** The state from now on. */
  put(number: string, state: State): Promise<void>;
};

/**
 * Numbers that must be remembered although the channel no longer tells of them: what was called off (撤销, 冲正, 撤单), above all. Kept in the plugin's own store
 * and swept by the Beijing day they were begun, a few with each new one. What is swept is the rule's own to say: `mayForget` is asked about the state of every
 * number older than `keepDays`, and what may still tell of money is never forgotten.
 * @param name keeps several books of one store apart: lower-case letters.
 */
export function createNumberBook<State extends string>(options: {
  readonly context: Pick<PluginContext<unknown>, 'store' | 'now'>;
  readonly name: string;
  readonly states: readonly State[];
  readonly keepDays: number;
  readonly mayForget: (state: State) => boolean;
}): NumberBook<State> {
  const { context: { store, now }, name, states, keepDays, mayForget } = options;
  const dayKey = (timeMs: number): string => `${name}-day/${new Date(timeMs + BEIJING_OFFSET_MS).toISOString().slice(0, 10)}/`;
  const find = async (number: string): Promise<State | undefined> => {
    const kept = await store.get(`${name}/${number}`);
    const state = states.find((known) => known === kept);
    if (kept !== undefined && state === undefined) throw new Error(`the book of ${name} holds a state it does not know`);
    return state;
  };
  const sweep = async (): Promise<void> => {
    const oldest = dayKey(now().getTime() - keepDays * 86_400_000);
    for (const { key } of await store.list(`${name}-day/`, { limit: SWEPT_AT_ONCE })) {
      if (key >= oldest) return;
      const number = key.slice(oldest.length);
      const state = await find(number);
      if (state !== undefined && mayForget(state)) await store.delete(`${name}/${number}`);
      await store.delete(key);
    }
  };
  return {
    find,
    async begin(number, state) {
      await sweep();
      if (await store.claim(`${name}/${number}`, state)) await store.put(`${dayKey(now().getTime())}${number}`, true);
    },
    put: (number, state) => store.put(`${name}/${number}`, state),
  };
}
