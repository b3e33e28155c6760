/** Reads a mapping file into prepared operations, or says everything that is wrong with it, each complaint with its path. */
import { Compile } from 'typebox/compile';
import { CANONICAL_OPERATIONS, INSURANCE_OPERATIONS, type CanonicalOperation, type OperationName, type RequestFieldKind } from './canonical-fields.js';
import { MappingSchema, type FieldMapping, type HospitalMapping, type OperationMapping, type ParameterMapping } from './mapping-schema.js';
import { parseSqlType, type SqlType } from './sql-type.js';

export type PreparedParameter = {
  readonly name: string;
  readonly sqlType: SqlType;
  readonly source:
    | { readonly kind: 'out' }
    | { readonly kind: 'constant'; readonly value: string | number | null }
    | { readonly kind: 'field'; readonly field: string; readonly fieldKind: RequestFieldKind };
  readonly mapping: ParameterMapping;
};

export type PreparedOperation = {
  readonly name: OperationName;
  readonly canonical: CanonicalOperation;
  readonly command: { readonly kind: 'procedure'; readonly name: string } | { readonly kind: 'sql'; readonly text: string };
  readonly parameters: readonly PreparedParameter[];
  readonly fields: ReadonlyMap<string, FieldMapping>;
  readonly mapping: OperationMapping;
  readonly retryOnErrors: ReadonlySet<number>;
};

type MandatoryName = 'findPatient' | 'listOpenBills' | 'presettle' | 'confirm' | 'queryConfirmation';

export type PreparedMapping = {
  readonly hospital: string;
  readonly codePage: HospitalMapping['codePage'];
  readonly maxRows: number;
  readonly operations: Readonly<Record<MandatoryName, PreparedOperation>> & Readonly<Partial<Record<OperationName, PreparedOperation>>>;
  readonly dictionaries: ReadonlyMap<string, PreparedOperation>;
};

/** A mapping that cannot be used. `complaints` are sentences of the form `path: what was expected`. */
export class MappingError extends Error {
  readonly complaints: readonly string[];

  constructor(complaints: readonly string[]) {
    super(`the mapping cannot be used:\n  ${complaints.join('\n  ')}`);
    this.name = 'MappingError';
    this.complaints = complaints;
  }
}

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
  const { findPatient, listOpenBills, presettle, confirm, queryConfirmation, ...others } = input.operations;
  const operations: Record<MandatoryName, PreparedOperation> & Partial<Record<OperationName, PreparedOperation>> = {
    findPatient: prepare('findPatient', 'operations.findPatient', findPatient),
    listOpenBills: prepare('listOpenBills', 'operations.listOpenBills', listOpenBills),
    presettle: prepare('presettle', 'operations.presettle', presettle),
    confirm: prepare('confirm', 'operations.confirm', confirm),
    queryConfirmation: prepare('queryConfirmation', 'operations.queryConfirmation', queryConfirmation),
  };
  for (const name of ['listBillLines', 'approveRefund', 'queryRefundApproval', 'listDay', 'ping', ...INSURANCE_OPERATIONS] as const) {
    const mapping = others[name];
    if (mapping !== undefined) operations[name] = prepare(name, `operations.${name}`, mapping);
  }
  if ((others.approveRefund === undefined) !== (others.queryRefundApproval === undefined)) {
    complaints.push('operations: approveRefund and queryRefundApproval come together: a lost refund answer must be asked about');
  }
  const missing = INSURANCE_OPERATIONS.filter((name) => others[name] === undefined);
  if (missing.length > 0 && missing.length < INSURANCE_OPERATIONS.length) {
    complaints.push(`operations: ${INSURANCE_OPERATIONS.join(', ')} come together: what the platform settles with the insurance must be bookable; missing ${missing.join(', ')}`);
  }
  const dictionaries = new Map<string, PreparedOperation>();
  for (const [name, mapping] of Object.entries(input.dictionaries ?? {})) dictionaries.set(name, prepare('dictionary', `dictionaries.${name}`, mapping));
  if (complaints.length > 0) throw new MappingError(complaints);
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
  checkFields(mapping, canonical, name, complain);
  checkCodes(mapping, canonical, complain);
  if (mapping.state !== undefined && canonical.shape !== 'found') complain('.state', 'only queries by key have a state');
  if (mapping.roundingFen !== undefined && name !== 'presettle') complain('.roundingFen', 'only presettle rounds');
  return {
    name,
    canonical,
    command: mapping.procedure === undefined ? { kind: 'sql', text: mapping.sql ?? '' } : { kind: 'procedure', name: mapping.procedure },
    parameters,
    fields: new Map(Object.entries(mapping.fields)),
    mapping,
    retryOnErrors: new Set(mapping.retryOnErrors ?? (canonical.books ? [] : RETRYABLE_ON_READS)),
  };
}

type Complain = (at: string, expected: string) => void;

function prepareParameter(mapping: ParameterMapping, canonical: CanonicalOperation, complain: (expected: string, key?: string) => void): PreparedParameter {
  const sqlType = parseSqlType(mapping.type);
  if (sqlType === undefined) complain(`expected a SQL type with its size, such as varchar(32), decimal(12,2) or int, got "${mapping.type}"`, '.type');
  const prepared = { name: mapping.name, sqlType: sqlType ?? { kind: 'integer', name: 'int' }, mapping } as const;
  if (mapping.direction === 'out') {
    for (const key of ['from', 'constant', 'join', 'money', 'time', 'translate', 'cut'] as const) {
      if (mapping[key] !== undefined) complain(`an out parameter takes no ${key}: result fields say how it is read`);
    }
    return { ...prepared, source: { kind: 'out' } };
  }
  if ((mapping.from === undefined) === (mapping.constant === undefined)) complain('expected exactly one of from and constant');
  if (mapping.from === undefined) return { ...prepared, source: { kind: 'constant', value: mapping.constant ?? null } };
  const fieldKind = canonical.request[mapping.from];
  if (fieldKind === undefined) {
    complain(`expected one of ${Object.keys(canonical.request).join(', ') || '(this operation sends nothing)'}, got "${mapping.from}"`, '.from');
    return { ...prepared, source: { kind: 'field', field: mapping.from, fieldKind: 'text' } };
  }
  const needs = { money: fieldKind === 'money', time: fieldKind === 'time' || fieldKind === 'day', join: fieldKind === 'list' };
  for (const key of ['money', 'time', 'join'] as const) {
    if (needs[key] && mapping[key] === undefined) complain(`"${mapping.from}" needs ${key}`);
    if (!needs[key] && mapping[key] !== undefined) complain(`"${mapping.from}" takes no ${key}`);
  }
  if (sqlType !== undefined) checkParameterType(mapping, fieldKind, sqlType, complain);
  return { ...prepared, source: { kind: 'field', field: mapping.from, fieldKind } };
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

function checkFields(mapping: OperationMapping, canonical: CanonicalOperation, operation: OperationName, complain: Complain): void {
  const outNames = mapping.parameters.filter((parameter) => parameter.direction === 'out').map((parameter) => parameter.name.toLowerCase());
  for (const [field, specification] of Object.entries(canonical.result)) {
    if (specification.presence === 'needed' && mapping.fields[field] === undefined) complain(`.fields.${field}`, 'missing; the platform needs it');
  }
  for (const [field, source] of Object.entries(mapping.fields)) {
    const specification = canonical.result[field];
    if (specification === undefined) {
      complain(`.fields.${field}`, `expected one of ${Object.keys(canonical.result).join(', ')}`);
      continue;
    }
    const sources = (['column', 'out', 'request', 'constant', 'secondsFromNow'] as const).filter((key) => source[key] !== undefined);
    if (sources.length !== 1) complain(`.fields.${field}`, 'expected exactly one of column, out, request, constant and secondsFromNow');
    if (source.out !== undefined && !outNames.includes(source.out.toLowerCase())) complain(`.fields.${field}.out`, `"${source.out}" is not an out parameter of this operation`);
    if (source.out !== undefined && canonical.shape === 'list') complain(`.fields.${field}.out`, 'a list is read from columns');
    if (source.request !== undefined && canonical.request[source.request] === undefined) {
      complain(`.fields.${field}.request`, `expected one of ${Object.keys(canonical.request).join(', ')}`);
    }
    const fromHis = source.column !== undefined || source.out !== undefined;
    if (specification.kind === 'money' && fromHis && source.money === undefined) complain(`.fields.${field}.money`, 'expected "yuan" or "fen": a HIS amount without a unit is not money');
    if (specification.kind !== 'money' && source.money !== undefined) complain(`.fields.${field}.money`, 'this field is not money');
    if ((specification.kind === 'time' || specification.kind === 'date') && fromHis && source.time === undefined) complain(`.fields.${field}.time`, 'expected a time format');
    if (source.secondsFromNow !== undefined && specification.kind !== 'time') complain(`.fields.${field}.secondsFromNow`, 'this field is not a time');
  }
  if (canonical.shape === 'found' && !Object.values(mapping.fields).some((source) => source.column !== undefined)) {
    complain('.fields', 'a query answers with a row or none: at least one field must come from a column');
  }
  if (operation === 'queryConfirmation' && mapping.fields['bookedTradeNo'] === undefined) {
    complain('.fields.bookedTradeNo', 'missing: the answer must show whose booking it is');
  }
}

function checkCodes(mapping: OperationMapping, canonical: CanonicalOperation, complain: Complain): void {
  const { codes } = mapping;
  if (codes === undefined) {
    if (canonical.books) complain('.codes', 'missing: a booking without a return code cannot be told from a refusal');
    return;
  }
  const outNames = mapping.parameters.filter((parameter) => parameter.direction === 'out').map((parameter) => parameter.name.toLowerCase());
  for (const [key, source] of [['from', codes.from], ['message', codes.message]] as const) {
    if (source === undefined) continue;
    if (Object.keys(source).length !== 1) complain(`.codes.${key}`, 'expected exactly one of column, out and returnStatus');
    if (source.out !== undefined && !outNames.includes(source.out.toLowerCase())) complain(`.codes.${key}.out`, `"${source.out}" is not an out parameter of this operation`);
  }
  const seen = new Set<string>();
  for (const list of ['ok', 'rejected', 'mismatch', 'unknown', 'alreadyPaid'] as const) {
    for (const code of codes[list] ?? []) {
      if (seen.has(code)) complain(`.codes.${list}`, `code "${code}" has two meanings`);
      seen.add(code);
    }
  }
  if (canonical.books && codes.otherwise === 'rejected') complain('.codes.otherwise', 'a code nobody listed is never a refusal of a booking: it is unknown');
  if (!canonical.books && codes.alreadyPaid !== undefined) complain('.codes.alreadyPaid', 'only bookings can find that something is already paid');
}

type SchemaError = { readonly keyword: string; readonly instancePath: string; readonly params: object; readonly message: string };

/** Turns schema errors into `path: what was expected`, one line a path. */
export function describeSchemaErrors(errors: readonly SchemaError[]): string[] {
  const byPath = new Map<string, Set<string>>();
  for (const { keyword, instancePath, params, message } of errors) {
    if (keyword === 'additionalProperties' || keyword === 'anyOf') continue;
    const path = instancePath.slice(1).replaceAll(/\/(\d+)(?=\/|$)/g, '[$1]').replaceAll('/', '.') || '(the whole)';
    const texts = byPath.get(path) ?? new Set<string>();
    byPath.set(path, texts);
    texts.add(wordSchemaError(keyword, params, message));
  }
  return [...byPath].map(([path, texts]) => `${path}: ${[...texts].join(' or ')}`);
}

function wordSchemaError(keyword: string, params: object, message: string): string {
  if (keyword === 'boolean') return 'unknown key';
  if (keyword === 'const' && 'allowedValue' in params) return `expected ${JSON.stringify(params.allowedValue)}`;
  if (keyword === 'enum' && 'allowedValues' in params && Array.isArray(params.allowedValues)) return `expected one of ${params.allowedValues.join(', ')}`;
  if (keyword === 'required' && 'requiredProperties' in params && Array.isArray(params.requiredProperties)) return `missing ${params.requiredProperties.join(', ')}`;
  if (keyword === 'pattern' && 'pattern' in params) return `expected text like ${String(params.pattern)}`;
  return message;
}
