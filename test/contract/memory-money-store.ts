import { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';

/** An empty money store as its migrations leave it: they take longer than most tests that need one. */
let migrated: Uint8Array | undefined;

/** A money store in memory; those after the first of a process begin with a copy of it. */
export function memoryMoneyStore(): SqliteMoneyStore {
  if (migrated !== undefined) return new SqliteMoneyStore({ file: ':memory:', image: migrated });
  const store = new SqliteMoneyStore({ file: ':memory:' });
  migrated = store.database.serialize();
  return store;
}
