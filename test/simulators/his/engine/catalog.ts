import { invalidObject, SqlServerError } from './sql-server-error.js';
import type { ColumnDefinition, ProcedureParameter, Query, Statement, TableConstraint } from './syntax.js';

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
