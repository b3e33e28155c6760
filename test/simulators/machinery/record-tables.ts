import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** One kind of record: all in memory, each change written through. Records are replaced, never changed in place. */
export type RecordTable<Row> = { get(key: string): Row | undefined; put(key: string, row: Row): void; all(): readonly Row[] };

/** A simulator's ledger, a table for each of `Kinds`: SQLite in the data folder, or in memory when there is none. */
export class RecordTables<Kinds> {
  readonly #database: DatabaseSync;
  readonly #upsert: StatementSync;

  constructor(dataFolder: string | undefined, fileName: string) {
    this.#database = openDatabase(dataFolder, fileName);
    this.#database.exec('CREATE TABLE IF NOT EXISTS record (kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key))');
    this.#upsert = this.#database.prepare('INSERT INTO record (kind, key, body) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body');
  }

  close(): void {
    this.#database.close();
  }

  protected table<Kind extends keyof Kinds & string>(kind: Kind): RecordTable<Kinds[Kind]> {
    const rows = new Map<string, Kinds[Kind]>();
    // Order of creation is kept: an upsert leaves the row where it was.
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

/** Without fsync: a killed process loses nothing, and a simulator need not survive a power cut of the test machine. */
export function openDatabase(dataFolder: string | undefined, fileName: string): DatabaseSync {
  if (dataFolder !== undefined) mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(dataFolder === undefined ? ':memory:' : join(dataFolder, fileName));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;');
  return database;
}
