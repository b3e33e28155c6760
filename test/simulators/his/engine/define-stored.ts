import type { DatabaseSync } from 'node:sqlite';
import { define, objectKey, type Catalog, type Table } from './catalog.js';
import { notSupported, SqlServerError } from './sql-server-error.js';
import type { Definition } from './syntax.js';
import { columnSql, createTableSql } from './table-definition.js';
import { Translator } from './translator.js';
import { quoted } from './typed.js';

/** Carries out CREATE, ALTER and DROP: in SQLite where there is something to make, in the stored definitions, and in the catalog. */
export function defineStored(site: { readonly handle: DatabaseSync; readonly catalog: Catalog }, statement: Definition): void {
  const { handle, catalog } = site;
  const keep = (kind: string, name: string, source: string): void => {
    handle.prepare('INSERT INTO "__catalog" (kind, name, source) VALUES (?, ?, ?) ON CONFLICT (kind, name) DO UPDATE SET source = excluded.source').run(kind, name.toLowerCase(), source);
    define(catalog, statement);
  };
  switch (statement.kind) {
    case 'createTable': {
      const name = statement.name[statement.name.length - 1] ?? '';
      refuseTaken(catalog, name);
      createTable(handle, { name, ...statement.shape }, bareTranslator(catalog));
      keep('table', name, statement.source);
      return;
    }
    case 'addColumns': {
      const table = catalog.requireTable(statement.table);
      if (statement.shape.constraints.length > 0) throw notSupported('adding a constraint to an existing table');
      for (const column of statement.shape.columns) handle.exec(`ALTER TABLE ${quoted(table.name)} ADD COLUMN ${columnSql(column)}`);
      keep('alter', `${table.name}.${statement.shape.columns.map((column) => column.name).join()}`, statement.source);
      return;
    }
    case 'createIndex':
      createIndex(handle, catalog, statement);
      keep('index', `${objectKey(statement.table)}.${statement.name}`, statement.source);
      return;
    case 'createView':
      refuseTaken(catalog, objectKey(statement.name));
      // Translated once for its errors only; each use translates it anew.
      bareTranslator(catalog).query(statement.query);
      keep('view', objectKey(statement.name), statement.source);
      return;
    case 'createProcedure': {
      const name = objectKey(statement.name);
      if (statement.replaces === 'create') refuseTaken(catalog, name);
      else catalog.requireProcedure(statement.name);
      keep('procedure', name, statement.source.replace(/^ALTER/i, 'CREATE'));
      return;
    }
    case 'drop':
      for (const name of statement.names) drop(site, { what: statement.what, path: name, ifExists: statement.ifExists });
  }
}

/** A translator for definitions, where no variable can be. */
export function bareTranslator(catalog: Catalog): Translator {
  return new Translator({ catalog, variableType: () => undefined, temporaryTable: () => undefined });
}

function createTable(handle: DatabaseSync, table: Table, translator: Translator): void {
  handle.exec(createTableSql(table, { temporary: false, translator }));
  const seed = table.columns.find((column) => column.identity)?.identity?.seed;
  if (seed !== undefined && seed > 1) handle.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run(table.name, seed - 1);
}

function createIndex(handle: DatabaseSync, catalog: Catalog, statement: Extract<Definition, { kind: 'createIndex' }>): void {
  const table = catalog.requireTable(statement.table);
  if (catalog.indexes.has(`${table.name.toLowerCase()}.${statement.name.toLowerCase()}`)) {
    throw new SqlServerError(1913, `The operation failed because an index with name '${statement.name}' already exists on table '${table.name}'.`);
  }
  const columns = statement.columns.map((item) => `${quoted(item.by.kind === 'column' ? (item.by.path[0] ?? '') : '')}${item.descending ? ' DESC' : ''}`);
  handle.exec(`CREATE ${statement.unique ? 'UNIQUE ' : ''}INDEX ${quoted(`${table.name}.${statement.name}`)} ON ${quoted(table.name)} (${columns.join(', ')})`);
}

function drop({ handle, catalog }: { readonly handle: DatabaseSync; readonly catalog: Catalog }, { what, path, ifExists }: { what: 'TABLE' | 'VIEW' | 'PROCEDURE' | 'INDEX'; path: readonly string[]; ifExists: boolean }): void {
  const objects = { TABLE: catalog.tables, VIEW: catalog.views, PROCEDURE: catalog.procedures, INDEX: catalog.indexes }[what];
  const key = what === 'INDEX' ? path.slice(-2).join('.').toLowerCase() : objectKey(path);
  const kind = what.toLowerCase();
  if (!objects.has(key)) {
    if (ifExists) return;
    throw cannotDrop(kind, path.join('.'));
  }
  if (what === 'TABLE') handle.exec(`DROP TABLE ${quoted(catalog.requireTable(path).name)}`);
  if (what === 'INDEX') handle.exec(`DROP INDEX ${quoted(path.slice(-2).join('.'))}`);
  handle.prepare('DELETE FROM "__catalog" WHERE (kind = ? AND name = ?) OR (? = \'table\' AND kind IN (\'index\', \'alter\') AND name LIKE ?)').run(kind, key, kind, `${key}.%`);
  objects.delete(key);
  if (what === 'TABLE') for (const index of Array.from(catalog.indexes.keys())) if (index.startsWith(`${key}.`)) catalog.indexes.delete(index);
  catalog.version++;
}

function refuseTaken(catalog: Catalog, name: string): void {
  const key = name.toLowerCase();
  if (catalog.tables.has(key) || catalog.views.has(key) || catalog.procedures.has(key)) throw alreadyThere(name);
}

export function alreadyThere(name: string): SqlServerError {
  return new SqlServerError(2714, `There is already an object named '${name}' in the database.`, { state: 6 });
}

export function cannotDrop(what: string, name: string): SqlServerError {
  return new SqlServerError(3701, `Cannot drop the ${what} '${name}', because it does not exist or you do not have permission.`, { state: 5 });
}
