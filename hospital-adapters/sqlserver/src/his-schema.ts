/** What the HIS says of its procedures and columns, asked through INFORMATION_SCHEMA, which every server since 2000 has and a plain login may read. */
import type { Connection } from 'tedious';
import type { BoundParameter } from './bind-parameters.js';
import { callOn, type CallOptions } from './call-procedure.js';
import type { PreparedCall } from './prepared-call.js';

/** A type as the HIS declares it. Lengths count characters; -1 is (max). */
export type DeclaredType = { readonly name: string; readonly length: number | undefined; readonly precision: number | undefined; readonly scale: number | undefined };
export type DeclaredParameter = { readonly name: string; readonly type: DeclaredType; readonly isOut: boolean };

/** Names in lower case. An object that is not in a map does not exist, or the login may not see it. */
export type HisSchema = {
  readonly procedures: ReadonlyMap<string, readonly DeclaredParameter[]>;
  readonly objects: ReadonlyMap<string, ReadonlyMap<string, DeclaredType>>;
};

/** `dbo.usp_x`, `his..usp_x`, `[dbo].[usp_x]`. */
export type QualifiedName = { readonly database: string | undefined; readonly name: string };

export function parseName(written: string): QualifiedName {
  const parts = written.split('.').map((part) => part.replaceAll(/[[\]"]/g, ''));
  return { database: parts.length === 3 ? parts[0]?.toLowerCase() : undefined, name: (parts.at(-1) ?? '').toLowerCase() };
}

export const keyOf = ({ database, name }: QualifiedName): string => `${database ?? ''}.${name}`;

export class SchemaUnreadable extends Error {}

/** @throws SchemaUnreadable when the server does not answer such a question */
export async function readHisSchema(connection: Connection, wanted: { readonly procedures: readonly QualifiedName[]; readonly objects: readonly QualifiedName[] }, options: CallOptions): Promise<HisSchema> {
  const procedures = new Map<string, DeclaredParameter[]>();
  const objects = new Map<string, Map<string, DeclaredType>>();
  for (const { database, names } of byDatabase(wanted.procedures)) {
    for (const row of await ask(connection, database, 'ROUTINES', 'ROUTINE_NAME', ['ROUTINE_NAME'], names, options)) procedures.set(keyOf({ database, name: textOf(row, 'routine_name') }), []);
    for (const row of await ask(connection, database, 'PARAMETERS', 'SPECIFIC_NAME', ['SPECIFIC_NAME', 'PARAMETER_NAME', 'PARAMETER_MODE', ...TYPE_COLUMNS], names, options)) {
      const parameter = { name: textOf(row, 'parameter_name').replace(/^@/, ''), type: typeOf(row), isOut: textOf(row, 'parameter_mode') !== 'in' };
      procedures.get(keyOf({ database, name: textOf(row, 'specific_name') }))?.push(parameter);
    }
  }
  for (const { database, names } of byDatabase(wanted.objects)) {
    for (const row of await ask(connection, database, 'COLUMNS', 'TABLE_NAME', ['TABLE_NAME', 'COLUMN_NAME', ...TYPE_COLUMNS], names, options)) {
      const key = keyOf({ database, name: textOf(row, 'table_name') });
      const columns = objects.get(key) ?? new Map<string, DeclaredType>();
      objects.set(key, columns.set(textOf(row, 'column_name'), typeOf(row)));
    }
  }
  return { procedures, objects };
}

/**
 * Columns a text would answer with, found without running it. Undefined when the server does not say. The option ends with the text in any case
 * (sp_executesql restores it); it is taken back all the same, because a connection that kept it would carry nothing out.
 */
export async function readColumnsOfText(connection: Connection, call: PreparedCall & { readonly command: { readonly kind: 'sql' } }, resultSet: number, options: CallOptions): Promise<readonly string[] | undefined> {
  const parameters = call.parameters.map(({ name, sqlType, source }): BoundParameter => ({ name, sqlType, direction: source.kind === 'out' ? 'out' : 'in', value: null }));
  const outcome = await callOn(connection, { ...call, command: { kind: 'sql', text: `SET FMTONLY ON\n${call.command.text}\nSET FMTONLY OFF` } }, parameters, options);
  if (outcome.kind === 'lost') throw new SchemaUnreadable(outcome.reason);
  return outcome.kind === 'answered' ? outcome.answer.sets[resultSet]?.columns : undefined;
}

const TYPE_COLUMNS = ['DATA_TYPE', 'CHARACTER_MAXIMUM_LENGTH', 'NUMERIC_PRECISION', 'NUMERIC_SCALE'] as const;
type Row = ReadonlyMap<string, unknown>;

async function ask(connection: Connection, database: string | undefined, view: 'ROUTINES' | 'PARAMETERS' | 'COLUMNS', key: string, columns: readonly string[], names: readonly string[], options: CallOptions): Promise<readonly Row[]> {
  const from = `${database === undefined ? '' : `[${database}].`}INFORMATION_SCHEMA.${view}`;
  const parameters = names.map((name, index): BoundParameter => ({ name: `n${index}`, sqlType: { kind: 'character', name: 'nvarchar', length: 128 }, direction: 'in', value: name }));
  const text = `SELECT ${columns.join(', ')} FROM ${from} WHERE ${key} IN (${parameters.map(({ name }) => `@${name}`).join(', ')})`;
  const outcome = await callOn(connection, { path: 'schema', command: { kind: 'sql', text }, parameters: [] }, parameters, options);
  if (outcome.kind === 'answered') return outcome.answer.sets[0]?.rows ?? [];
  throw new SchemaUnreadable(outcome.kind === 'sqlError' ? `SQL error ${outcome.number}: ${outcome.message}` : outcome.reason);
}

/** Few enough names for one question; a hospital's mapping has some dozens. */
const NAMES_AT_ONCE = 200;

function byDatabase(names: readonly QualifiedName[]): { readonly database: string | undefined; readonly names: readonly string[] }[] {
  const groups = new Map<string | undefined, Set<string>>();
  for (const { database, name } of names) groups.set(database, (groups.get(database) ?? new Set()).add(name));
  return [...groups].flatMap(([database, group]) => {
    const all = [...group];
    return Array.from({ length: Math.ceil(all.length / NAMES_AT_ONCE) }, (_, index) => ({ database, names: all.slice(index * NAMES_AT_ONCE, (index + 1) * NAMES_AT_ONCE) }));
  });
}

function textOf(row: Row, column: string): string {
  const value = row.get(column);
  return typeof value === 'string' ? value.trim().toLowerCase() : '';
}

function typeOf(row: Row): DeclaredType {
  const number = (column: string): number | undefined => {
    const value = row.get(column);
    return typeof value === 'number' ? value : undefined;
  };
  return { name: textOf(row, 'data_type'), length: number('character_maximum_length'), precision: number('numeric_precision'), scale: number('numeric_scale') };
}
