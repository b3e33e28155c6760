import { invalidObject, SqlServerError } from './sql-server-error.js';
import type { ColumnDefinition, Definition, ProcedureParameter, Query, Statement, TableConstraint } from './syntax.js';

export interface Table {
  readonly name: string;
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly TableConstraint[];
}

export interface View {
  readonly name: string;
  readonly columns: readonly string[];
  readonly query: Query;
}

export interface Procedure {
  readonly name: string;
  readonly parameters: readonly ProcedureParameter[];
  readonly body: readonly Statement[];
}

export interface Index {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly unique: boolean;
}

/** What is defined in the database. Names are compared without case, and without schema: everything lives in dbo. */
export class Catalog {
  readonly tables = new Map<string, Table>();
  readonly views = new Map<string, View>();
  readonly procedures = new Map<string, Procedure>();
  readonly indexes = new Map<string, Index>();
  /** What the one login may do, as it is asked about; a call that is denied fails by a 229 fault beside it. `broad`: it may read and write everything. */
  readonly rights = { denied: new Set<string>(), broad: false };
  /** Grows with each definition, so that translated statements know when they are stale. */
  version = 1;

  requireProcedure(path: readonly string[]): Procedure {
    const procedure = this.procedures.get(objectKey(path));
    if (!procedure) throw new SqlServerError(2812, `Could not find stored procedure '${path.join('.')}'.`, { state: 62 });
    return procedure;
  }

  requireTable(path: readonly string[]): Table {
    const table = this.tables.get(objectKey(path));
    if (!table) throw invalidObject(path.join('.'));
    return table;
  }

  /** The answer of OBJECT_ID: a number when an object of that kind exists. */
  objectId(name: string, kind: string | undefined): bigint | null {
    const key = objectKey(name.replace(/[[\]"]/g, '').split('.'));
    const kinds: readonly [string, ReadonlyMap<string, unknown>][] = [['U', this.tables], ['V', this.views], ['P', this.procedures]];
    for (const [letter, objects] of kinds) {
      if ((kind === undefined || kind.trim().toUpperCase() === letter) && objects.has(key)) return BigInt(100_000 + [...objects.keys()].indexOf(key));
    }
    return null;
  }
}

export function objectKey(path: readonly string[]): string {
  return (path[path.length - 1] ?? '').toLowerCase();
}

export function isTemporary(path: readonly string[]): boolean {
  return /^[@#]/.test(path[path.length - 1] ?? '');
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

export function isDefinition(statement: Statement): statement is Definition {
  return definingKinds.has(statement.kind);
}
