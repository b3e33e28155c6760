import type { DictionaryEntry } from '@hospay/plugin-sdk';
import { LRUCache } from 'lru-cache';
import type { Log } from '../domain/log.js';
import type { Clock } from '../domain/time.js';
import { own } from '../domain/own-words.js';
import type { DictionaryLoader, DictionaryStore, LoadedDictionary } from './ports.js';

/** How current a dictionary is. `stale`: not from today's HIS (it was down at start, or the last reload failed or is too long ago). */
export type DictionaryState = {
  readonly name: string;
  readonly entries: number;
  readonly loadedAt: Date | undefined;
  readonly ageSeconds: number | undefined;
  readonly stale: boolean;
  readonly problem: string | undefined;
};
export type DictionaryAnswer =
  | { readonly kind: 'ok'; readonly entries: readonly DictionaryEntry[]; readonly state: DictionaryState }
  /** Configured, but the HIS has never given it. */
  | { readonly kind: 'empty'; readonly state: DictionaryState }
  | { readonly kind: 'unknown' };

export type DictionaryCache = {
  /** Loads every configured dictionary: from the HIS, else the last good one from the store. A HIS that is down does not keep the platform from starting. */
  start(): Promise<void>;
  /** Asks the HIS again; the old entries stay until new ones are there. */
  reload(name: string): Promise<DictionaryState | undefined>;
  reloadAll(): Promise<readonly DictionaryState[]>;
  /** All entries, or those whose code or name contains the text. */
  find(name: string, text?: string): Promise<DictionaryAnswer>;
  /** The name of a code, or undefined. */
  nameOf(name: string, code: string): Promise<string | undefined>;
  states(): Promise<readonly DictionaryState[]>;
};

export type DictionaryCacheOptions = {
  readonly names: readonly string[];
  readonly staleAfterMs: number;
  readonly loader: DictionaryLoader;
  readonly store: DictionaryStore;
  readonly clock: Clock;
  readonly log: Log;
};

/** Entries kept in memory over all dictionaries; the largest known (drugs, ICD) has some 40,000. Beyond it the least used is read again from the store. */
const MOST_ENTRIES = 200_000;

type Cached = LoadedDictionary & { readonly byCode: ReadonlyMap<string, string> };

export function createDictionaryCache({ names, staleAfterMs, loader, store, clock, log }: DictionaryCacheOptions): DictionaryCache {
  const cache = new LRUCache<string, Cached>({ maxSize: MOST_ENTRIES, sizeCalculation: ({ entries }) => entries.length + 1 });
  const problems = new Map<string, string>();
  const loading = new Map<string, Promise<void>>();

  const keep = (name: string, dictionary: LoadedDictionary): Cached => {
    const cached = { ...dictionary, byCode: new Map(dictionary.entries.map((entry) => [entry.code, entry.name])) };
    cache.set(name, cached);
    return cached;
  };
  const read = async (name: string): Promise<Cached | undefined> => {
    const cached = cache.get(name);
    if (cached !== undefined) return cached;
    const stored = await store.read(name);
    return stored === undefined ? undefined : keep(name, stored);
  };

  const load = async (name: string): Promise<void> => {
    const answer = await loader.load(name);
    const reason = answer.kind === 'failed' ? answer.reason : problemOf(answer.entries, (await read(name))?.entries.length ?? 0);
    if (answer.kind === 'failed' || reason !== undefined) {
      problems.set(name, reason ?? '');
      log.warn('a dictionary could not be loaded; the last good one stays', { dictionary: name, reason });
      return;
    }
    const dictionary = { entries: answer.entries, loadedAt: clock.now() };
    keep(name, dictionary);
    problems.delete(name);
    await store.replace(name, dictionary);
    log.info('dictionary loaded', { dictionary: name, entries: answer.entries.length });
  };

  /** Several askers share one question to the HIS. */
  const loadOnce = (name: string): Promise<void> => {
    const known = loading.get(name);
    if (known !== undefined) return known;
    const started = load(name)
      .catch((error: unknown) => {
        problems.set(name, own('dictionaryNotStored'));
        log.error('a dictionary could not be stored', { dictionary: name, error });
      })
      .finally(() => loading.delete(name));
    loading.set(name, started);
    return started;
  };

  const stateOf = (name: string, dictionary: LoadedDictionary | undefined): DictionaryState => {
    const ageMs = dictionary === undefined ? undefined : clock.now().getTime() - dictionary.loadedAt.getTime();
    return {
      name,
      entries: dictionary?.entries.length ?? 0,
      loadedAt: dictionary?.loadedAt,
      ageSeconds: ageMs === undefined ? undefined : Math.floor(ageMs / 1000),
      stale: problems.has(name) || ageMs === undefined || ageMs > staleAfterMs,
      problem: problems.get(name),
    };
  };
  const states = () => Promise.all(names.map(async (name) => stateOf(name, await read(name))));

  return {
    async start() {
      await Promise.all(names.map(loadOnce));
    },
    async reload(name) {
      if (!names.includes(name)) return undefined;
      await loadOnce(name);
      return stateOf(name, await read(name));
    },
    async reloadAll() {
      await Promise.all(names.map(loadOnce));
      return states();
    },
    async find(name, text) {
      if (!names.includes(name)) return { kind: 'unknown' };
      const dictionary = await read(name);
      const state = stateOf(name, dictionary);
      if (dictionary === undefined) return { kind: 'empty', state };
      const wanted = text?.toLowerCase();
      const entries = wanted === undefined || wanted === '' ? dictionary.entries : dictionary.entries.filter((entry) => entry.code.toLowerCase().includes(wanted) || entry.name.toLowerCase().includes(wanted));
      return { kind: 'ok', entries, state };
    },
    async nameOf(name, code) {
      return names.includes(name) ? (await read(name))?.byCode.get(code) : undefined;
    },
    states,
  };
}

/** A load that would damage what is there: an empty answer where there were entries, or one code with two meanings. */
function problemOf(entries: readonly DictionaryEntry[], before: number): string | undefined {
  if (entries.length === 0 && before > 0) return own('dictionaryEmpty', String(before));
  const codes = new Set<string>();
  for (const { code } of entries) {
    if (codes.has(code)) return own('dictionaryTwice', code);
    codes.add(code);
  }
  return undefined;
}
