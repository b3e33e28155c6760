import type { DictionaryEntry } from '@hospay/plugin-sdk';

/** What the dictionary cache needs from outside. */

export type LoadedDictionary = { readonly entries: readonly DictionaryEntry[]; readonly loadedAt: Date };

/** Asks the HIS. A HIS that is down answers `failed`, never throws. */
export type DictionaryLoader = {
  load(name: string): Promise<{ readonly kind: 'ok'; readonly entries: readonly DictionaryEntry[] } | { readonly kind: 'failed'; readonly reason: string }>;
};

/** Keeps the last good load, so that a HIS that is down at start still gives yesterday's dictionary. */
export type DictionaryStore = {
  read(name: string): Promise<LoadedDictionary | undefined>;
  /** Replaces the whole dictionary at once. */
  replace(name: string, dictionary: LoadedDictionary): Promise<void>;
};
