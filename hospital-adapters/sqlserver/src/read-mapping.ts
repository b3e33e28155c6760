/** Reads a mapping file into prepared operations, or says everything that is wrong with it, each complaint with its path. */
import {
  CANONICAL_OPERATIONS, checkReading, checkSource, describeSchemaErrors, MappingError, prepareOperations,
  type CanonicalOperation, type Complain, type MappedOperation, type OperationName, type PreparedOperations, type RequestFieldKind, type ValueSource,
} from '@hospay/plugin-sdk/his-mapping';
import { Compile } from 'typebox/compile';
import { MappingSchema, type HospitalMapping, type OperationMapping, type ParameterMapping } from './mapping-schema.js';
import { parseSqlType, type SqlType } from './sql-type.js';

export type PreparedParameter = {
  readonly name: string;
  readonly sqlType: SqlType;
  readonly source: { readonly kind: 'out' } | ValueSource;
  readonly mapping: ParameterMapping;
};

export type PreparedOperation = MappedOperation & {
  readonly command: { readonly kind: 'procedure'; readonly name: string } | { readonly kind: 'sql'; readonly text: string };
  readonly parameters: readonly PreparedParameter[];
  readonly retryOnErrors: ReadonlySet<number>;
};

export type PreparedMapping = {
  readonly hospital: string;
  readonly codePage: HospitalMapping['codePage'];
  readonly maxRows: number;
  readonly operations: PreparedOperations<PreparedOperation>;
  readonly dictionaries: ReadonlyMap<string, PreparedOperation>;
};

const DEFAULT_MAX_ROWS = 2000;
/** Deadlock victim and lock timeout: the statement had no effect, a read may be sent again. */
const RETRYABLE_ON_READS = [1205, 1222];

const mappingCheck = Compile(MappingSchema);

/**
 * @param input the parsed JSON of a mapping file
 * @throws MappingError with every complaint
 */
export function readMapping(input: unknown): PreparedMapping {
  if (!mappingCheck.Check(input)) throw new MappingError(describeSchemaErrors(mappingCheck.Errors(input)));
  const complaints: string[] = [];
  const prepare = (name: OperationName, path: string, mapping: OperationMapping): PreparedOperation => prepareOperation(name, path, mapping, complaints);
  const operations = prepareOperations(input.operations, prepare, complaints);
  const dictionaries = new Map<string, PreparedOperation>();
  for (const [name, mapping] of Object.entries(input.dictionaries ?? {})) dictionaries.set(name, prepare('dictionary', `dictionaries.${name}`, mapping));
  if (complaints.length > 0 || operations === undefined) throw new MappingError(complaints);
  return { hospital: input.hospital, codePage: input.codePage, maxRows: input.maxRows ?? DEFAULT_MAX_ROWS, operations, dictionaries };
}

function prepareOperation(name: OperationName, path: string, mapping: OperationMapping, complaints: string[]): PreparedOperation {
  const canonical: CanonicalOperation = CANONICAL_OPERATIONS[name];
  const complain = (at: string, expected: string): void => { complaints.push(`${path}${at}: ${expected}`); };
  if ((mapping.procedure === undefined) === (mapping.sql === undefined)) complain('', 'expected exactly one of procedure and sql');
  const parameters = mapping.parameters.map((parameter, index) => prepareParameter(parameter, canonical, (expected, key = '') => {
    complain(`.parameters[${index}]${key}`, expected);
  }));
  const names = parameters.map((parameter) => parameter.name.toLowerCase());
  for (const [index, parameterName] of names.entries()) {
    if (names.indexOf(parameterName) !== index) complain(`.parameters[${index}].name`, `"${parameterName}" is declared twice`);
  }
  if (mapping.sql !== undefined) checkSqlNames(mapping.sql, names, complain);
  const { procedure, sql, parameters: _parameters, retryOnErrors, fields, ...reading } = mapping;
  const outNames = parameters.filter(({ source }) => source.kind === 'out').map((parameter) => parameter.name.toLowerCase());
  checkReading({ name, canonical, mapping: { fields, ...reading }, outNames, complain });
  return {
    name,
    canonical,
    command: procedure === undefined ? { kind: 'sql', text: sql ?? '' } : { kind: 'procedure', name: procedure },
    parameters,
    fields: new Map(Object.entries(fields)),
    reading,
    retryOnErrors: new Set(retryOnErrors ?? (canonical.books ? [] : RETRYABLE_ON_READS)),
  };
}

function prepareParameter(mapping: ParameterMapping, canonical: CanonicalOperation, complain: (expected: string, key?: string) => void): PreparedParameter {
  const sqlType = parseSqlType(mapping.type);
  if (sqlType === undefined) complain(`expected a SQL type with its size, such as varchar(32), decimal(12,2) or int, got "${mapping.type}"`, '.type');
  const prepared = { name: mapping.name, sqlType: sqlType ?? { kind: 'integer', name: 'int' }, mapping } as const;
  if (mapping.direction === 'out') {
    for (const key of ['from', 'constant', 'join', 'money', 'time', 'translate', 'cut', 'optional'] as const) {
      if (mapping[key] !== undefined) complain(`an out parameter takes no ${key}: result fields say how it is read`);
    }
    return { ...prepared, source: { kind: 'out' } };
  }
  const source = checkSource(mapping, canonical, complain);
  if (source.kind === 'constant') return { ...prepared, source };
  const { fieldKind } = source;
  if (sqlType !== undefined) checkParameterType(mapping, fieldKind, sqlType, complain);
  return { ...prepared, source };
}

function checkParameterType(mapping: ParameterMapping, fieldKind: RequestFieldKind, sqlType: SqlType, complain: (expected: string, key?: string) => void): void {
  if ((mapping.time === 'datetime') !== (sqlType.kind === 'time')) complain('time "datetime" and a SQL date type go together', '.time');
  if (mapping.money === 'yuan' && (sqlType.kind === 'integer' || (sqlType.kind === 'decimal' && sqlType.scale < 2))) {
    complain('yuan need a type with two decimals; a whole number means fen', '.type');
  }
  const isWords = fieldKind === 'text' || fieldKind === 'list' || fieldKind === 'time' || fieldKind === 'day';
  if (isWords && sqlType.kind !== 'character' && sqlType.kind !== 'time' && !(fieldKind === 'text' && sqlType.kind === 'integer')) {
    complain(`"${mapping.from ?? ''}" is text and needs a character type`, '.type');
  }
  if (mapping.cut === true && sqlType.kind !== 'character') complain('only character types can be cut', '.cut');
}

function checkSqlNames(sql: string, names: readonly string[], complain: Complain): void {
  const used = new Set([...sql.matchAll(/(?<!@)@([A-Za-z_\u4e00-\u9fa5][\w#$\u4e00-\u9fa5]*)/g)].map((match) => (match[1] ?? '').toLowerCase()));
  const declared = new Set([...sql.matchAll(/declare\s+@(\w+)/gi)].map((match) => (match[1] ?? '').toLowerCase()));
  for (const name of used) if (!names.includes(name) && !declared.has(name)) complain('.sql', `@${name} is not among the parameters`);
  for (const name of names) if (!used.has(name)) complain('.sql', `the parameter @${name} is not used`);
}
