/** The bare limit: the rows one payment leaves behind, written by the bare driver in the same file mode, grouped as the store grouped them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';

/** Rows a finished payment leaves: order, payment, claim, key, events, facts, journals, entries; and the balance and job rows it touches. */
const WRITES: readonly { readonly sql: string; readonly times: number; readonly values: (unique: string, time: number) => (string | number)[] }[] = [
  { sql: 'INSERT INTO bare (a, b, c, d) VALUES (?,?,?,?)', times: 17, values: (unique, time) => [unique, `${unique}-${String(time)}`, 10_000, 'x'.repeat(160)] },
  { sql: 'UPDATE bare_state SET n = n + ? WHERE k = ?', times: 14, values: (_unique, time) => [1, time] },
];

export function measureBareLimit(options: { readonly count: number; readonly paymentsPerCommit: number }): { readonly perSecond: number } {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-bare-'));
  const store = new SqliteMoneyStore({ file: join(folder, 'bare.sqlite') });
  const { database } = store;
  database.exec('CREATE TABLE bare (id INTEGER PRIMARY KEY, a TEXT, b TEXT UNIQUE, c INTEGER, d TEXT) STRICT; CREATE TABLE bare_state (k INTEGER PRIMARY KEY, n INTEGER) STRICT');
  for (let key = 0; key < 14; key += 1) database.exec(`INSERT INTO bare_state VALUES (${String(key)}, 0)`);
  const statements = WRITES.map((write) => ({ ...write, statement: database.prepare(write.sql) }));
  const began = performance.now();
  for (let index = 0; index < options.count; index += 1) {
    if (index % options.paymentsPerCommit === 0) database.exec(index === 0 ? 'BEGIN IMMEDIATE' : 'COMMIT; BEGIN IMMEDIATE');
    for (const { statement, times, values } of statements) for (let time = 0; time < times; time += 1) statement.run(...values(String(index), time));
  }
  database.exec('COMMIT');
  const seconds = (performance.now() - began) / 1000;
  void store.close();
  rmSync(folder, { recursive: true });
  return { perSecond: options.count / seconds };
}
