import { DatabaseSync } from 'node:sqlite';
import { wallClock } from './calendar.js';
import { Catalog, objectKey, type Table } from './catalog.js';
import { timeToStored } from './convert-value.js';
import { parseBatch } from './parser.js';
import { Session, type SessionInfo } from './session.js';
import { registerFunctions } from './sqlite-functions.js';
import { datetimeType } from './sql-type.js';
import { WriterLock } from './writer-lock.js';
import type { Definition, Statement } from './syntax.js';
import type { ResultColumn } from './translator.js';

/** A statement already turned into SQLite text, kept for as long as the catalog does not change. */
export interface Translated {
  readonly version: number;
  readonly depth: number;
  readonly sql: string;
  readonly bindings: readonly string[];
  /** The types its variables had. */
  readonly types: string;
  readonly columns: readonly ResultColumn[];
  readonly assignments: readonly string[] | undefined;
  readonly wantsWriteLock: boolean;
}

export interface DatabaseOptions {
  readonly file: string;
  readonly name: string;
  readonly now: () => Date;
  readonly utcOffsetMinutes: number;
}

/** One database: a SQLite file, the catalog of T-SQL definitions beside it, and the lock its sessions share. */
export class Database {
  readonly catalog = new Catalog();
  readonly lock = new WriterLock();
  readonly translations = new WeakMap<object, Translated>();
  readonly name: string;
  readonly #options: DatabaseOptions;
  readonly #owner: DatabaseSync;
  readonly #parsed = new Map<string, readonly Statement[]>();
  readonly #sessions = new Set<Session>();
  #nextSpid = 51;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.name = options.name;
    this.#owner = this.openHandle();
    this.#owner.exec('CREATE TABLE IF NOT EXISTS "__catalog" (position INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, name TEXT NOT NULL, source TEXT NOT NULL, UNIQUE (kind, name))');
    this.loadCatalog();
  }

  /** A SQLite handle of its own for each session: what is not committed stays invisible to the others. */
  openHandle(): DatabaseSync {
    const handle = new DatabaseSync(this.#options.file);
    handle.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 2000;');
    registerFunctions(handle, this.catalog);
    return handle;
  }

  openSession(info: SessionInfo): Session {
    const session = new Session(this, this.#nextSpid++, info, () => this.#sessions.delete(session));
    this.#sessions.add(session);
    return session;
  }

  now(): string {
    return timeToStored(wallClock(this.#options.now(), this.#options.utcOffsetMinutes), datetimeType);
  }

  /** Batches repeat, so their trees are kept. */
  parse(source: string): readonly Statement[] {
    const known = this.#parsed.get(source);
    if (known) return known;
    const statements = parseBatch(source);
    if (this.#parsed.size > 1000) this.#parsed.clear();
    this.#parsed.set(source, statements);
    return statements;
  }

  /** Reads every definition again; needed at start and after a rolled back CREATE or DROP. */
  loadCatalog(): void {
    const { catalog } = this;
    for (const objects of [catalog.tables, catalog.views, catalog.procedures, catalog.indexes]) objects.clear();
    for (const row of this.#owner.prepare('SELECT source FROM "__catalog" ORDER BY position').all()) {
      for (const statement of parseBatch(String(row['source']))) if (isDefinition(statement)) define(catalog, statement);
    }
    catalog.version++;
  }

  close(): void {
    for (const session of Array.from(this.#sessions)) session.close();
    this.#owner.close();
  }
}

/** Puts one definition into the catalog. */
export function define(catalog: Catalog, statement: Definition): void {
  catalog.version++;
  switch (statement.kind) {
    case 'createTable': {
      const name = statement.name[statement.name.length - 1] ?? '';
      catalog.tables.set(name.toLowerCase(), { name, ...statement.shape });
      break;
    }
    case 'addColumns': {
      const table = catalog.requireTable(statement.table);
      const grown: Table = { name: table.name, columns: [...table.columns, ...statement.shape.columns], constraints: [...table.constraints, ...statement.shape.constraints] };
      catalog.tables.set(table.name.toLowerCase(), grown);
      break;
    }
    case 'createView':
      catalog.views.set(objectKey(statement.name), { name: statement.name[statement.name.length - 1] ?? '', columns: statement.columns, query: statement.query });
      break;
    case 'createProcedure':
      catalog.procedures.set(objectKey(statement.name), { name: statement.name[statement.name.length - 1] ?? '', parameters: statement.parameters, body: statement.body });
      break;
    case 'createIndex': {
      const columns = statement.columns.flatMap((item) => (item.by.kind === 'column' ? [item.by.path[0] ?? ''] : []));
      catalog.indexes.set(`${objectKey(statement.table)}.${statement.name.toLowerCase()}`, { name: statement.name, table: objectKey(statement.table), columns, unique: statement.unique });
      break;
    }
    case 'drop':
      // What is dropped leaves the catalog where it is dropped; its definition is no longer stored.
      break;
  }
}

const definingKinds: ReadonlySet<string> = new Set<Definition['kind']>(['createTable', 'createIndex', 'createView', 'createProcedure', 'addColumns', 'drop']);

function isDefinition(statement: Statement): statement is Definition {
  return definingKinds.has(statement.kind);
}
