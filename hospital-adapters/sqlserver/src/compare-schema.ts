/** Holds what the mapping declares against what the HIS says it has. */
import { keyOf, parseName, type DeclaredParameter, type DeclaredType, type HisSchema } from './his-schema.js';
import type { PreparedCall, PreparedParameter } from './prepared-call.js';
import { MAX_LENGTH } from './sql-type.js';

export type SchemaFinding = {
  /** Where the mapping says otherwise. */
  readonly path: string;
  readonly difference: string;
  /** Set where the server would shorten a longer value without a word. */
  readonly cutsAt?: { readonly parameter: string; readonly length: number; readonly counts: 'bytes' | 'characters' };
};

/** Parameters each procedure is known to have, by key: what any call of the mapping sends or leaves to its default. */
export function knownParameters(calls: readonly PreparedCall[]): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Map<string, Set<string>>();
  for (const { command, parameters, leftOut } of calls) {
    if (command.kind !== 'procedure') continue;
    const key = keyOf(parseName(command.name));
    const names = known.get(key) ?? new Set<string>();
    known.set(key, names);
    for (const name of [...parameters.map((parameter) => parameter.name.toLowerCase()), ...(leftOut ?? [])]) names.add(name);
  }
  return known;
}

export function compareCall(call: PreparedCall, schema: HisSchema, known: ReadonlyMap<string, ReadonlySet<string>>): readonly SchemaFinding[] {
  const { command, path } = call;
  if (command.kind === 'sql') return [];
  const key = keyOf(parseName(command.kind === 'procedure' ? command.name : command.object));
  if (command.kind === 'procedure') {
    const declared = schema.procedures.get(key);
    if (declared === undefined) return [{ path, difference: `the HIS has no procedure ${command.name}, or this login may not see it` }];
    return compareParameters(call, declared, command.name, known.get(key) ?? new Set());
  }
  const columns = schema.objects.get(key);
  if (columns === undefined) return [{ path, difference: `the HIS has no table or view ${command.object}, or this login may not see it` }];
  const missing = command.columns.filter((column) => !columns.has(column.toLowerCase())).map((column): SchemaFinding => ({ path, difference: `${command.object} has no column ${column}` }));
  const types = call.parameters.flatMap((parameter, index) => {
    const type = columns.get((parameter.mapping.column ?? parameter.name).toLowerCase());
    // A value that is only compared with a column is not stored in it.
    return type === undefined || command.kind === 'view' ? [] : compareType(parameter, type, `${path}.parameters[${index}]`, `${command.object}.${parameter.name}`);
  });
  return [...missing, ...types];
}

function compareParameters({ parameters, path }: PreparedCall, declared: readonly DeclaredParameter[], procedure: string, known: ReadonlySet<string>): SchemaFinding[] {
  const findings = parameters.flatMap((parameter, index): readonly SchemaFinding[] => {
    const at = `${path}.parameters[${index}]`;
    const own = declared.find(({ name }) => name === parameter.name.toLowerCase());
    if (own === undefined) return [{ path: at, difference: `${procedure} has no parameter @${parameter.name}` }];
    if (parameter.source.kind === 'out' && !own.isOut) return [{ path: at, difference: `@${parameter.name} of ${procedure} is no OUTPUT parameter` }];
    return compareType(parameter, own.type, at, `@${parameter.name} of ${procedure}`);
  });
  // One with a default may be left out, which the server does not say of it.
  return [...findings, ...declared.filter(({ name }) => !known.has(name)).map(({ name }): SchemaFinding => ({ path, difference: `${procedure} has a parameter @${name} that the mapping does not send` }))];
}

function compareType({ name, sqlType, source, mapping }: PreparedParameter, his: DeclaredType, path: string, what: string): readonly SchemaFinding[] {
  const declared = mapping.type;
  if (familyOf(his.name) !== familyOf(sqlType.name)) return [{ path, difference: `${what} is ${spell(his)}, the mapping says ${declared}` }];
  if (sqlType.kind === 'character') return compareLength({ name, sqlType, source, mapping }, his, path, what);
  if (sqlType.kind === 'decimal' && ((his.scale ?? 0) < sqlType.scale || wholeDigits(his) < sqlType.precision - sqlType.scale) && source.kind !== 'out') {
    return [{ path, difference: `${what} is ${spell(his)} and holds less than ${declared} of the mapping` }];
  }
  return [];
}

function compareLength({ name, sqlType, source, mapping }: Pick<PreparedParameter, 'name' | 'sqlType' | 'source' | 'mapping'>, his: DeclaredType, path: string, what: string): readonly SchemaFinding[] {
  if (sqlType.kind !== 'character' || source.kind === 'out') return [];
  const counts = his.name.startsWith('n') ? 'characters' : 'bytes';
  const difference = `${what} is ${spell(his)}, the mapping says ${mapping.type}`;
  if (sqlType.name.startsWith('n') && !his.name.startsWith('n')) return [{ path, difference: `${difference}: characters outside of the server's code page become question marks` }];
  const length = his.length === undefined || his.length < 0 ? MAX_LENGTH : his.length;
  if (length >= sqlType.length || (source.kind === 'constant' && String(source.value ?? '').length <= length)) return [];
  const cutsAt = { parameter: name, length, counts } as const;
  return [{ path, difference: `${difference}: the server would shorten a longer value`, ...(mapping.cut === true ? {} : { cutsAt }) }];
}

function familyOf(name: string): string {
  if (/char|text/.test(name)) return 'text';
  if (/^(decimal|numeric|money|smallmoney)$/.test(name)) return 'amount';
  if (name.endsWith('int')) return 'whole number';
  return /date|time/.test(name) ? 'time' : name;
}

function wholeDigits({ name, precision = 38, scale = 0 }: DeclaredType): number {
  return name === 'money' ? 15 : name === 'smallmoney' ? 6 : precision - scale;
}

function spell({ name, length, precision, scale }: DeclaredType): string {
  if (length !== undefined) return `${name}(${length < 0 ? 'max' : length})`;
  return name === 'decimal' || name === 'numeric' ? `${name}(${precision ?? '?'},${scale ?? 0})` : name;
}

