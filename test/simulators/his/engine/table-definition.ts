import type { Table } from './catalog.js';
import { notSupported } from './sql-server-error.js';
import { typeClass, type SqlType } from './sql-type.js';
import type { ColumnDefinition, TableConstraint } from './syntax.js';
import type { Translator } from './translator.js';
import { quoted } from './typed.js';

/** The SQLite statement for a T-SQL table. Strings compare without case, as in Chinese_PRC_CI_AS; defaults are filled in by INSERT. */
export function createTableSql(table: Table, options: { temporary: boolean; translator: Translator }): string {
  const identity = table.columns.find((column) => column.identity);
  const key = table.constraints.find((constraint) => constraint.kind === 'primaryKey');
  if (identity && (key?.kind !== 'primaryKey' || key.columns.length !== 1 || key.columns[0]?.toLowerCase() !== identity.name.toLowerCase())) {
    throw notSupported('an IDENTITY column that is not the whole primary key');
  }
  const parts = [
    ...table.columns.map((column) => columnSql(column)),
    ...table.constraints.filter((constraint) => !(identity && constraint === key)).map((constraint) => constraintSql(constraint, table, options.translator)),
  ];
  return `CREATE ${options.temporary ? 'TEMP ' : ''}TABLE ${quoted(table.name)} (${parts.join(', ')})`;
}

export function columnSql(column: ColumnDefinition): string {
  // INT, not INTEGER: only an identity may become SQLite's own row id, which fills itself in.
  if (column.identity) return `${quoted(column.name)} INTEGER PRIMARY KEY AUTOINCREMENT`;
  return `${quoted(column.name)} ${storage(column.type)}${column.nullable ? '' : ' NOT NULL'}`;
}

function storage(type: SqlType): string {
  switch (typeClass(type)) {
    case 'integer': case 'decimal': return 'INT';
    case 'float': return 'REAL';
    case 'binary': return 'BLOB';
    case 'string': case 'time': case 'guid': return 'TEXT COLLATE NOCASE';
  }
}

function constraintSql(constraint: TableConstraint, table: Table, translator: Translator): string {
  const name = constraint.name === undefined ? '' : `CONSTRAINT ${quoted(constraint.name)} `;
  const list = (columns: readonly string[]): string => columns.map((column) => quoted(column)).join(', ');
  switch (constraint.kind) {
    case 'primaryKey': return `${name}PRIMARY KEY (${list(constraint.columns)})`;
    case 'unique': return `${name}UNIQUE (${list(constraint.columns)})`;
    case 'check': return `${name}CHECK (${translator.tableCheck(constraint.condition, table.columns)})`;
    case 'foreignKey': return `${name}FOREIGN KEY (${list(constraint.columns)}) REFERENCES ${quoted(constraint.table)}${constraint.target.length > 0 ? ` (${list(constraint.target)})` : ''}`;
  }
}
