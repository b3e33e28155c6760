import type { Catalog } from './catalog.js';
import { intType, maxLength, nvarcharType, typeClass, type SqlType } from './sql-type.js';
import { quoted, text } from './typed.js';

/** What the server says of itself: INFORMATION_SCHEMA of SQL Server 2000 and later, as far as a client asks about procedures and columns. */
type Column = { readonly name: string; readonly type: SqlType };
export type MetadataView = { readonly columns: readonly Column[]; readonly sql: string };

type Value = string | number | null;
type Columns = { readonly name: string; readonly columns: readonly Column[] };

/** @param viewColumns the columns of a view, which only its query knows; undefined for what INFORMATION_SCHEMA does not have here */
export function metadataView(name: string, catalog: Catalog, viewColumns: (view: string) => readonly Column[]): MetadataView | undefined {
  const tables = (): readonly Columns[] => [...catalog.tables.values(), ...[...catalog.views.values()].map((view) => ({ name: view.name, columns: viewColumns(view.name) }))];
  switch (name.toUpperCase()) {
    case 'ROUTINES':
      return made({ ROUTINE_SCHEMA: wordType, ROUTINE_NAME: wordType, ROUTINE_TYPE: wordType }, [...catalog.procedures.values()].map((procedure) => ['dbo', procedure.name, 'PROCEDURE']));
    case 'PARAMETERS':
      return made({ SPECIFIC_SCHEMA: wordType, SPECIFIC_NAME: wordType, ORDINAL_POSITION: intType, PARAMETER_MODE: wordType, PARAMETER_NAME: wordType, ...typeColumns },
        [...catalog.procedures.values()].flatMap(({ name: procedure, parameters }) => parameters.map((parameter, index): Value[] =>
          ['dbo', procedure, index + 1, parameter.output ? 'INOUT' : 'IN', parameter.name, ...described(parameter.type)])));
    case 'TABLES':
      return made({ TABLE_SCHEMA: wordType, TABLE_NAME: wordType, TABLE_TYPE: wordType }, tables().map((table) => ['dbo', table.name, catalog.views.has(table.name.toLowerCase()) ? 'VIEW' : 'BASE TABLE']));
    case 'COLUMNS':
      return made({ TABLE_SCHEMA: wordType, TABLE_NAME: wordType, COLUMN_NAME: wordType, ORDINAL_POSITION: intType, ...typeColumns },
        tables().flatMap((table) => table.columns.map((column, index): Value[] => ['dbo', table.name, column.name, index + 1, ...described(column.type)])));
    default:
      return undefined;
  }
}

const wordType = nvarcharType(128);
const typeColumns = { DATA_TYPE: wordType, CHARACTER_MAXIMUM_LENGTH: intType, NUMERIC_PRECISION: intType, NUMERIC_SCALE: intType } as const;

function described(type: SqlType): Value[] {
  const isText = typeClass(type) === 'string';
  const isDecimal = typeClass(type) === 'decimal';
  return [type.name, isText ? (type.length === maxLength ? -1 : type.length) : null, isDecimal ? type.precision : null, isDecimal ? type.scale : null];
}

function made(columns: Readonly<Record<string, SqlType>>, rows: readonly (readonly Value[])[]): MetadataView {
  const names = Object.keys(columns);
  // One text for all rows: SQLite takes tens of milliseconds to read a thousand written ones, and every connection asks.
  const values = `SELECT ${names.map((_name, index) => `json_extract("value", '$[${String(index)}]')`).join(', ')} FROM json_each(${text(JSON.stringify(rows))})`;
  // Names compare without case, like every string here.
  const selected = names.map((name) => (columns[name] === intType ? quoted(name) : `${quoted(name)} COLLATE NOCASE AS ${quoted(name)}`));
  return { columns: names.map((name) => ({ name, type: columns[name] ?? wordType })), sql: `WITH "m" (${names.map(quoted).join(', ')}) AS (${values}) SELECT ${selected.join(', ')} FROM "m"` };
}

