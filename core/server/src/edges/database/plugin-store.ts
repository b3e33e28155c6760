/** Where plugins keep what a later answer depends on: one small SQLite file, one row per key, on the disk before a write is answered. */
import type { PluginStore } from '@hospay/plugin-sdk';
import { StoreFullError } from '@hospay/plugin-sdk/host';
import { SqliteHandle } from './platform/sqlite-handle.js';

const DEFAULT_PAGE = 100;
const LONGEST_PAGE = 1_000;

export type PluginStoreFile = {
  /** The store of one plugin instance. Reloads and upgrades of the instance find what the earlier code kept. */
  open(instance: string, quotaBytes?: number): PluginStore;
  close(): void;
};

const DEFAULT_QUOTA_BYTES = 8 * 1_048_576;

export function openPluginStoreFile(path: string): PluginStoreFile {
  const database = new SqliteHandle(path);
  database.execute('CREATE TABLE IF NOT EXISTS plugin_record (instance TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (instance, key)) STRICT, WITHOUT ROWID', []);
  const text = (row: Record<string, unknown> | undefined, column: string): string | undefined => {
    const value = row?.[column];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    open(instance, quotaBytes = DEFAULT_QUOTA_BYTES) {
      const read = (key: string): string | undefined => text(database.execute('SELECT value FROM plugin_record WHERE instance = ? AND key = ?', [instance, key]).rows[0], 'value');
      const write = (key: string, value: unknown): void => {
        const kept = JSON.stringify(value);
        const used = Number(database.execute('SELECT coalesce(sum(length(key) + length(value)), 0) AS used FROM plugin_record WHERE instance = ? AND key <> ?', [instance, key]).rows[0]?.['used'] ?? 0);
        if (used + key.length + kept.length > quotaBytes) throw new StoreFullError(`the plugin's store is full (${String(quotaBytes)} bytes)`);
        database.execute('INSERT INTO plugin_record (instance, key, value) VALUES (?, ?, ?) ON CONFLICT (instance, key) DO UPDATE SET value = excluded.value', [instance, key, kept]);
      };
      return {
        get: async (key) => {
          const kept = read(key);
          return kept === undefined ? undefined : JSON.parse(kept);
        },
        put: async (key, value) => { write(key, value); },
        claim: async (key, value) => {
          if (read(key) !== undefined) return false;
          write(key, value);
          return true;
        },
        delete: async (key) => { database.execute('DELETE FROM plugin_record WHERE instance = ? AND key = ?', [instance, key]); },
        list: async (prefix, { after = '', limit = DEFAULT_PAGE } = {}) =>
          database
            .execute('SELECT key, value FROM plugin_record WHERE instance = ? AND substr(key, 1, length(?)) = ? AND key > ? ORDER BY key LIMIT ?', [instance, prefix, prefix, after, Math.min(limit, LONGEST_PAGE)])
            .rows.map((row) => ({ key: text(row, 'key') ?? '', value: JSON.parse(text(row, 'value') ?? 'null') as unknown })),
      };
    },
    close: () => { database.close(); },
  };
}
