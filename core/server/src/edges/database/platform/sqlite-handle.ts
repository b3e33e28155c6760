import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

/** Statements kept prepared per handle: about as many as the repositories have queries. */
const KEPT_STATEMENTS = 200;

/** `readOnly` opens the file so that SQLite itself refuses every write: for screens that read a database somebody else writes. */
export type SqliteAccess = 'readWrite' | 'readOnly';
/** A reader of a WAL file waits only while another connection recovers or closes it. */
const READER_WAIT_MS = 1_000;

export type SqliteAnswer = { readonly rows: Record<string, unknown>[]; readonly lastId: number; readonly changes: number };

/** One connection with its pragmas applied at open (they are per connection) and its statements kept prepared. */
export class SqliteHandle {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, access: SqliteAccess = 'readWrite') {
    const isReader = access === 'readOnly';
    // No busy timeout for writers: those of this process queue before SQLite, and no other process may have the file.
    this.#database = new DatabaseSync(path, { timeout: isReader ? READER_WAIT_MS : 0, enableForeignKeyConstraints: true, readOnly: isReader });
    this.#database.exec(isReader ? 'PRAGMA query_only = ON; PRAGMA trusted_schema = OFF' : 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF');
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  execute(sql: string, parameters: Readonly<Record<string, unknown>> | readonly unknown[]): SqliteAnswer {
    const statement = this.#prepare(sql);
    if (statement.columns().length === 0) {
      const { changes, lastInsertRowid } = Array.isArray(parameters) ? statement.run(...parameters.map(bindable)) : statement.run(named(parameters));
      return { rows: [], lastId: Number(lastInsertRowid), changes: Number(changes) };
    }
    const rows = Array.isArray(parameters) ? statement.all(...parameters.map(bindable)) : statement.all(named(parameters));
    return { rows: rows.map(readRow), lastId: 0, changes: 0 };
  }

  close(): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    this.#statements.delete(sql);
    const statement = known ?? this.#database.prepare(sql);
    if (known === undefined) {
      statement.setReadBigInts(true);
      statement.setAllowUnknownNamedParameters(true);
      const oldest = this.#statements.size < KEPT_STATEMENTS ? undefined : this.#statements.keys().next().value;
      if (oldest !== undefined) this.#statements.delete(oldest);
    }
    this.#statements.set(sql, statement);
    return statement;
  }
}

function named(parameters: Readonly<Record<string, unknown>> | readonly unknown[]): Record<string, SQLInputValue> {
  return Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key.replace(/^\$/, ''), bindable(value)]));
}

function bindable(value: unknown): SQLInputValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || value instanceof Uint8Array) return value;
  if (value instanceof Date) return value.toISOString();
  throw new TypeError(`cannot bind a ${typeof value} to an SQL parameter`);
}

function readRow(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, readable(value)]));
}

/** Integers are read as BigInt and narrowed only where a number holds them exactly; beyond that they stay exact, as text. */
function readable(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  return value instanceof Uint8Array ? Buffer.from(value) : value;
}
