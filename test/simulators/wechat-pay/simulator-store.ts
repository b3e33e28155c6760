import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

import type { SimulatedMedInsOrder, SimulatedNotification, SimulatedOrder, SimulatedPaymentCode, SimulatedRefund } from './simulated-records.js';

type RecordKinds = { order: SimulatedOrder; refund: SimulatedRefund; notification: SimulatedNotification; paymentCode: SimulatedPaymentCode; medInsOrder: SimulatedMedInsOrder };

/**
 * One kind of record: all of them in memory, each change written through. Records are replaced, never changed in place.
 */
export class RecordTable<Row> {
  readonly #rows: Map<string, Row>;
  readonly #write: (key: string, row: Row) => void;

  constructor(rows: Map<string, Row>, write: (key: string, row: Row) => void) {
    this.#rows = rows;
    this.#write = write;
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  put(key: string, row: Row): void {
    this.#write(key, row);
    this.#rows.set(key, row);
  }

  all(): IterableIterator<Row> {
    return this.#rows.values();
  }
}

/** The simulator's ledger: SQLite in the data folder, or in memory when there is none. */
export class SimulatorStore {
  readonly orders: RecordTable<SimulatedOrder>;
  readonly refunds: RecordTable<SimulatedRefund>;
  readonly notifications: RecordTable<SimulatedNotification>;
  readonly paymentCodes: RecordTable<SimulatedPaymentCode>;
  readonly medInsOrders: RecordTable<SimulatedMedInsOrder>;
  readonly #database: DatabaseSync;
  readonly #upsert: StatementSync;

  constructor(dataFolder: string | undefined) {
    this.#database = new DatabaseSync(dataFolder === undefined ? ':memory:' : join(dataFolder, 'wechat-pay.sqlite'));
    // Without fsync: a killed process loses nothing, and the simulator need not survive a power cut of the test machine.
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;');
    this.#database.exec(
      'CREATE TABLE IF NOT EXISTS record (kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key))',
    );
    this.#upsert = this.#database.prepare(
      'INSERT INTO record (kind, key, body) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body',
    );
    this.orders = this.#table('order');
    this.refunds = this.#table('refund');
    this.notifications = this.#table('notification');
    this.paymentCodes = this.#table('paymentCode');
    this.medInsOrders = this.#table('medInsOrder');
  }

  close(): void {
    this.#database.close();
  }

  #table<Kind extends keyof RecordKinds>(kind: Kind): RecordTable<RecordKinds[Kind]> {
    const rows = new Map<string, RecordKinds[Kind]>();
    // Order of creation is kept: an upsert leaves the row where it was.
    for (const row of this.#database.prepare('SELECT key, body FROM record WHERE kind = ? ORDER BY rowid').all(kind)) {
      rows.set(String(row['key']), JSON.parse(String(row['body'])) as RecordKinds[Kind]);
    }
    return new RecordTable(rows, (key, row) => {
      this.#upsert.run(kind, key, JSON.stringify(row));
    });
  }
}
