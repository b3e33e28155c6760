/** One call to the server, checked: a procedure, SQL text, or a read of a view, with its typed parameters. */
import { checkSource, type CanonicalOperation, type Complain, type FieldMapping, type RequestFieldKind } from '@hospay/plugin-sdk/his-mapping';
import type { CallMapping, ParameterMapping } from './mapping-schema.js';
import type { CallSite, Command, PreparedCall, PreparedParameter } from './prepared-call.js';
import { GENERATIONS, type Generation } from './server-generations.js';
import { MAX_LENGTH, parseSqlType, type SqlType } from './sql-type.js';
import { viewSql } from './view-sql.js';

/** @param columns what is read from a view: the columns of the operation's fields */
export function prepareCall(mapping: CallMapping, columns: readonly string[], site: CallSite): PreparedCall {
  const { complain } = site;
  const parameters = prepareParameters(mapping.parameters, site);
  if ([mapping.procedure, mapping.sql, mapping.view].filter((command) => command !== undefined).length !== 1) complain('', 'expected exactly one of procedure, sql and view');
  if (mapping.sql !== undefined) checkSqlNames(mapping.sql, parameters.map(({ name }) => name.toLowerCase()), complain);
  checkDirtyReads(mapping, site);
  if (mapping.view === undefined) {
    for (const key of ['orderBy', 'noLock'] as const) if (mapping[key] !== undefined) complain(`.${key}`, 'only a view takes it');
    for (const [index, parameter] of mapping.parameters.entries()) {
      if (parameter.column !== undefined || parameter.compare !== undefined) complain(`.parameters[${index}]`, 'column and compare belong to a view');
    }
  }
  return { path: site.path, command: commandOf(mapping, parameters, columns, site), parameters, leftOut: (mapping.leftOut ?? []).map((name) => name.toLowerCase()) };
}

function commandOf(mapping: CallMapping, parameters: readonly PreparedParameter[], columns: readonly string[], { version, complain }: CallSite): Command {
  if (mapping.procedure !== undefined) return { kind: 'procedure', name: mapping.procedure };
  if (mapping.view === undefined) return { kind: 'sql', text: mapping.sql ?? '' };
  const view = { view: mapping.view, columns, parameters, orderBy: mapping.orderBy ?? [], noLock: mapping.noLock === true };
  return { kind: 'view', object: mapping.view, ...viewSql(view, GENERATIONS[version], complain) };
}

export function prepareParameters(mappings: readonly ParameterMapping[], { canonical, version, complain }: CallSite): PreparedParameter[] {
  const parameters = mappings.map((parameter, index) => prepareParameter(parameter, canonical, GENERATIONS[version], (expected, key = '') => {
    complain(`.parameters[${index}]${key}`, expected);
  }));
  const names = parameters.map((parameter) => parameter.name.toLowerCase());
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) !== index) complain(`.parameters[${index}].name`, `"${name}" is declared twice`);
  }
  return parameters;
}

type ComplainOfParameter = (expected: string, key?: string) => void;

function prepareParameter(mapping: ParameterMapping, canonical: CanonicalOperation, generation: Generation, complain: ComplainOfParameter): PreparedParameter {
  const sqlType = parseSqlType(mapping.type);
  if (sqlType === undefined) complain(`expected a SQL type with its size, such as varchar(32), decimal(12,2) or int, got "${mapping.type}"`, '.type');
  else checkGeneration(sqlType, generation, complain);
  const prepared = { name: mapping.name, sqlType: sqlType ?? { kind: 'integer', name: 'int' }, mapping } as const;
  if (mapping.direction === 'out') {
    for (const key of ['from', 'constant', 'join', 'money', 'time', 'translate', 'cut', 'optional'] as const) {
      if (mapping[key] !== undefined) complain(`an out parameter takes no ${key}: result fields say how it is read`);
    }
    return { ...prepared, source: { kind: 'out' } };
  }
  const source = checkSource(mapping, canonical, complain);
  if (source.kind === 'constant') return { ...prepared, source };
  if (sqlType !== undefined) checkParameterType(mapping, source.fieldKind, sqlType, complain);
  return { ...prepared, source };
}

function checkGeneration(sqlType: SqlType, { hasMaxTypes, hasDate }: Generation, complain: ComplainOfParameter): void {
  if (!hasMaxTypes && sqlType.kind === 'character' && sqlType.length === MAX_LENGTH) complain('a server of this version has no (max) types', '.type');
  if (!hasDate && sqlType.kind === 'time' && sqlType.name === 'date') complain('a server of this version has no type date: use datetime', '.type');
}

function checkParameterType(mapping: ParameterMapping, fieldKind: RequestFieldKind, sqlType: SqlType, complain: ComplainOfParameter): void {
  if ((mapping.time === 'datetime') !== (sqlType.kind === 'time')) complain('time "datetime" and a SQL date type go together', '.time');
  if (mapping.money === 'yuan' && (sqlType.kind === 'integer' || (sqlType.kind === 'decimal' && sqlType.scale < 2))) {
    complain('yuan need a type with two decimals; a whole number means fen', '.type');
  }
  const isWords = fieldKind === 'text' || fieldKind === 'list' || fieldKind === 'time' || fieldKind === 'day';
  const isEpoch = mapping.time === 'epochSeconds' || mapping.time === 'epochMillis';
  if (isWords && sqlType.kind !== 'character' && sqlType.kind !== 'time' && !((fieldKind === 'text' || isEpoch) && sqlType.kind === 'integer')) {
    complain(`"${mapping.from ?? ''}" is text and needs a character type`, '.type');
  }
  if (mapping.cut === true && sqlType.kind !== 'character') complain('only character types can be cut', '.cut');
}

const DIRTY = /\b(nolock|readuncommitted|readpast)\b|\bread\s+uncommitted\b/i;

/** A read past the locks may miss a booked row or see one that is rolled back: what decides whether somebody has paid never does it. */
function checkDirtyReads({ sql, noLock }: CallMapping, { name, canonical, complain }: CallSite): void {
  if (!canonical.books && canonical.shape !== 'found' && name !== 'presettle') return;
  const why = 'this decides about money: it never reads past locks (NOLOCK, READUNCOMMITTED, READPAST)';
  if (noLock === true) complain('.noLock', why);
  if (sql !== undefined && DIRTY.test(sql)) complain('.sql', why);
}

function checkSqlNames(sql: string, names: readonly string[], complain: Complain): void {
  const used = new Set([...sql.matchAll(/(?<!@)@([A-Za-z_\u4e00-\u9fa5][\w#$\u4e00-\u9fa5]*)/g)].map((match) => (match[1] ?? '').toLowerCase()));
  const declared = new Set([...sql.matchAll(/declare\s+@(\w+)/gi)].map((match) => (match[1] ?? '').toLowerCase()));
  for (const name of used) if (!names.includes(name) && !declared.has(name)) complain('.sql', `@${name} is not among the parameters`);
  for (const name of names) if (!used.has(name)) complain('.sql', `the parameter @${name} is not used`);
}

/** Columns of the answer an operation wants: its fields', its state's, its codes'. */
export function columnsOf(fields: Readonly<Record<string, FieldMapping>>, others: readonly (string | undefined)[]): string[] {
  const all = [...Object.values(fields).map(({ column }) => column), ...others];
  return [...new Set(all.filter((column) => column !== undefined))];
}
