import type { DatabaseSync } from 'node:sqlite';

import { openDatabase } from '../machinery/record-tables.js';

/** Records by kind and number: SQLite in the data folder, or in this process when there is none. */
export class SimulatorStore {
  readonly #database: DatabaseSync;

  constructor(dataFolder: string | undefined) {
    this.#database = openDatabase(dataFolder, 'medical-insurance.sqlite');
    this.#database.exec('CREATE TABLE IF NOT EXISTS record (kind TEXT, number TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, number))');
  }

  all<Record>(kind: string): Map<string, Record> {
    const rows = this.#database.prepare('SELECT number, body FROM record WHERE kind = ? ORDER BY rowid').all(kind);
    return new Map(rows.map((row) => [String(row['number']), JSON.parse(String(row['body'])) as Record] as const));
  }

  save(kind: string, number: string, record: unknown): void {
    this.#database.prepare('INSERT INTO record (kind, number, body) VALUES (?, ?, ?) ON CONFLICT (kind, number) DO UPDATE SET body = excluded.body').run(kind, number, JSON.stringify(record));
  }

  remove(kind: string, number: string): void {
    this.#database.prepare('DELETE FROM record WHERE kind = ? AND number = ?').run(kind, number);
  }

  close(): void {
    this.#database.close();
  }
}
