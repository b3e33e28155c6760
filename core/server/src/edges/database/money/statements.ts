import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Columns, Row } from './rows.js';

/** Prepares each SQL text once. Money writes run the same few dozen statements for ever. */
export class Statements {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  prepare(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.prepare(sql).get(...values);
  }
  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.prepare(sql).all(...values);
  }
  /** Returns the number of rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.prepare(sql).run(...values).changes);
  }
  insert(table: string, columns: Columns): void {
    const names = Object.keys(columns);
    this.run(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`, ...Object.values(columns));
  }
  update(table: string, columns: Columns, keyColumn: string, key: string): number {
    const names = Object.keys(columns);
    return this.run(`UPDATE ${table} SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE ${keyColumn} = ?`, ...Object.values(columns), key);
  }
}
