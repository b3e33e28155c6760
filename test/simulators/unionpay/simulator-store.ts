import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

import type { SimulatedNotification, SimulatedPaymentCode, SimulatedTransaction } from './simulated-records.js';

type Kinds = { transaction: SimulatedTransaction; code: SimulatedPaymentCode; notification: SimulatedNotification };

/** One kind of record: all in memory, each change written through. */
export type Table<Row> = { get(key: string): Row | undefined; put(key: string, row: Row): void; all(): readonly Row[] };

/** The simulator's ledger: SQLite in the data folder, or in memory when there is none. */
export class SimulatorStore {
  readonly transactions: Table<SimulatedTransaction>;
  readonly codes: Table<SimulatedPaymentCode>;
  readonly notifications: Table<SimulatedNotification>;
  readonly #database: DatabaseSync;
  readonly #upsert: StatementSync;

  constructor(dataFolder: string | undefined) {
    this.#database = new DatabaseSync(dataFolder === undefined ? ':memory:' : join(dataFolder, 'unionpay.sqlite'));
    // Without fsync: a killed process loses nothing, and the simulator need not survive a power cut of the test machine.
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;');
    this.#database.exec('CREATE TABLE IF NOT EXISTS record (kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key))');
    this.#upsert = this.#database.prepare('INSERT INTO record (kind, key, body) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body');
    this.transactions = this.#table('transaction');
    this.codes = this.#table('code');
    this.notifications = this.#table('notification');
  }

  close(): void {
    this.#database.close();
  }

  #table<Kind extends keyof Kinds>(kind: Kind): Table<Kinds[Kind]> {
    const rows = new Map<string, Kinds[Kind]>();
    for (const row of this.#database.prepare('SELECT key, body FROM record WHERE kind = ? ORDER BY rowid').all(kind)) {
      rows.set(String(row['key']), JSON.parse(String(row['body'])) as Kinds[Kind]);
    }
    return {
      get: (key) => rows.get(key),
      put: (key, row) => {
        this.#upsert.run(kind, key, JSON.stringify(row));
        rows.set(key, row);
      },
      all: () => [...rows.values()],
    };
  }
}
