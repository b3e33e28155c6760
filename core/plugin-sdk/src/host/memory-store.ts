import type { PluginStore } from '../plugin.js';

/** The quota of a plugin's store is used up; nothing was written. */
export class StoreFullError extends Error {
  override readonly name = 'StoreFullError';
}

const DEFAULT_QUOTA_BYTES = 8 * 1_048_576;
const DEFAULT_PAGE = 100;

/** A store that lasts as long as the process: for tests and dry runs of plugins. Values are copied through JSON as a real store would. */
export function createMemoryStore({ quotaBytes = DEFAULT_QUOTA_BYTES }: { readonly quotaBytes?: number } = {}): PluginStore {
  const texts = new Map<string, string>();
  const write = (key: string, value: unknown): void => {
    const text = JSON.stringify(value);
    let bytes = key.length + text.length;
    for (const [other, kept] of texts) if (other !== key) bytes += other.length + kept.length;
    if (bytes > quotaBytes) throw new StoreFullError(`the plugin's store is full (${String(quotaBytes)} bytes)`);
    texts.set(key, text);
  };
  const read = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));
  return {
    get: async (key) => read(texts.get(key)),
    put: async (key, value) => { write(key, value); },
    claim: async (key, value) => {
      if (texts.has(key)) return false;
      write(key, value);
      return true;
    },
    delete: async (key) => { texts.delete(key); },
    list: async (prefix, { after = '', limit = DEFAULT_PAGE } = {}) =>
      [...texts.keys()]
        .filter((key) => key.startsWith(prefix) && key > after)
        .sort()
        .slice(0, limit)
        .map((key) => ({ key, value: read(texts.get(key)) })),
  };
}
