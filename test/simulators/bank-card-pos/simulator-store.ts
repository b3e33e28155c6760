import type { DatabaseSync } from 'node:sqlite';

import { openDatabase } from '../machinery/record-tables.js';
import type { MachineState } from './simulated-records.js';

/** The terminals' memory: SQLite in the data folder, or in this process when there is none. */
export class SimulatorStore {
  readonly #database: DatabaseSync;

  constructor(dataFolder: string | undefined) {
    this.#database = openDatabase(dataFolder, 'bank-card-pos.sqlite');
    this.#database.exec('CREATE TABLE IF NOT EXISTS machine (terminal_no TEXT PRIMARY KEY, body TEXT NOT NULL)');
  }

  load(terminalNo: string): MachineState | undefined {
    const row = this.#database.prepare('SELECT body FROM machine WHERE terminal_no = ?').get(terminalNo);
    return row === undefined ? undefined : (JSON.parse(String(row['body'])) as MachineState);
  }

  save(terminalNo: string, state: MachineState): void {
    this.#database.prepare('INSERT INTO machine (terminal_no, body) VALUES (?, ?) ON CONFLICT (terminal_no) DO UPDATE SET body = excluded.body').run(terminalNo, JSON.stringify(state));
  }

  close(): void {
    this.#database.close();
  }
}
