import { DatabaseSync } from 'node:sqlite';
import { wallClock } from './calendar.js';
import { Catalog, define, isDefinition, isGlobalTemporary, objectKey } from './catalog.js';
import { timeToStored } from './convert-value.js';
import { defineStored } from './define-stored.js';
import { parseBatch } from './parser.js';
import { registerFunctions } from './sqlite-functions.js';
import { datetimeType } from './sql-type.js';
import { WriterLock } from './writer-lock.js';
import type { Statement } from './syntax.js';
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
  readonly #sessions = new Set<{ close(): void }>();
  /** Which session made a ##table, by its name in lower case. */
  readonly #globalTables = new Map<string, object>();
  #closed = false;
  #nextSpid = 51;

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.name = options.name;
    this.#owner = this.openHandle();
    this.#owner.exec('CREATE TABLE IF NOT EXISTS "__catalog" (position INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, name TEXT NOT NULL, source TEXT NOT NULL, UNIQUE (kind, name))');
    this.loadCatalog();
    for (const name of this.catalog.tables.keys()) if (isGlobalTemporary([name])) this.#drop(name);
  }

  /** A SQLite handle of its own for each session: what is not committed stays invisible to the others. Written, but not forced to the disk: a simulator meets no power cut. */
  openHandle(): DatabaseSync {
    const handle = new DatabaseSync(this.#options.file);
    handle.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 2000;');
    registerFunctions(handle, this.catalog);
    return handle;
  }

  /** Counts a session in; its number is @@SPID. */
  enter(session: { close(): void }): number {
    this.#sessions.add(session);
    return this.#nextSpid++;
  }

  leave(session: { close(): void }): void {
    this.#sessions.delete(session);
  }

  ownGlobalTable(path: readonly string[], session: object): void {
    this.#globalTables.set(objectKey(path), session);
  }

  /** A session has ended, and its ##tables end with it as soon as nobody writes. */
  dropGlobalTablesOf(session: object): void {
    if (![...this.#globalTables.values()].includes(session)) return;
    const drop = async (): Promise<void> => {
      await this.lock.acquire(drop, { timeoutMs: -1, cancelled: new AbortController().signal });
      try {
        // One of the same name may have been made by another session meanwhile.
        for (const [name, owner] of this.#globalTables) if (owner === session && !this.#closed) this.#drop(name);
      } finally {
        this.lock.release(drop);
      }
    };
    drop().catch((error: unknown) => process.emitWarning(String(error), 'HisSimulatorDefect'));
  }

  #drop(name: string): void {
    this.#globalTables.delete(name);
    defineStored({ handle: this.#owner, catalog: this.catalog }, { kind: 'drop', line: 0, what: 'TABLE', names: [[name]], ifExists: true });
  }

  now(): string {
    return timeToStored(wallClock(this.#options.now(), this.#options.utcOffsetMinutes), datetimeType);
  }

  parse(source: string): readonly Statement[] {
    return parsedBatch(source);
  }

  /** Reads every definition again; needed at start and after a rolled back CREATE or DROP. */
  loadCatalog(): void {
    const { catalog } = this;
    for (const objects of [catalog.tables, catalog.views, catalog.procedures, catalog.indexes]) objects.clear();
    for (const row of this.#owner.prepare('SELECT source FROM "__catalog" ORDER BY position').all()) {
      for (const statement of parsedBatch(String(row['source']))) if (isDefinition(statement)) define(catalog, statement);
    }
    catalog.version++;
  }

  close(): void {
    this.#closed = true;
    for (const session of Array.from(this.#sessions)) session.close();
    this.#owner.close();
  }
}

/** Batches repeat, in one hospital and in the next of this process; trees are never changed. */
const parsedBatches = new Map<string, readonly Statement[]>();

function parsedBatch(source: string): readonly Statement[] {
  const known = parsedBatches.get(source);
  if (known !== undefined) return known;
  const statements = parseBatch(source);
  if (parsedBatches.size > 2_000) parsedBatches.clear();
  parsedBatches.set(source, statements);
  return statements;
}
