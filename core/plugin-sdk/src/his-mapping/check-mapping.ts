/** What a schema cannot say of a mapping: names that exist, sources that fit, codes with one meaning. Each complaint names its path. */
import type { CanonicalOperation } from './canonical-operations.js';
import type { MappedOperation } from './mapped-operation.js';
import { CLOCK_FORMATS } from './his-time.js';
import type { CodesMapping, FieldMapping, ReadingMapping, ValueMapping } from './value-mapping.js';
import type { ValueSource } from './write-value.js';

/** @param at the path below the operation, for example `.fields.amountFen` */
export type Complain = (at: string, expected: string) => void;

export type CheckedReading = {
  readonly name: MappedOperation['name'];
  readonly canonical: CanonicalOperation;
  readonly mapping: ReadingMapping;
  /** Names an `out` may have; left out where any name may stand (elements of a message). */
  readonly outNames?: readonly string[] | undefined;
  readonly complain: Complain;
};

/** Checks how an answer is read: fields, codes, state. */
export function checkReading(checked: CheckedReading): void {
  checkFields(checked);
  checkCodes(checked);
  checkEcho(checked);
  const { mapping, canonical, name, complain } = checked;
  if (mapping.state !== undefined && canonical.shape !== 'found') complain('.state', 'only queries by key have a state');
  if (mapping.roundingFen !== undefined && name !== 'presettle') complain('.roundingFen', 'only presettle rounds');
}

/** Checks where a sent value comes from. `complain` is told below the parameter. */
export function checkSource(mapping: ValueMapping, canonical: CanonicalOperation, complain: (expected: string, key?: string) => void): ValueSource {
  if ((mapping.from === undefined) === (mapping.constant === undefined)) complain('expected exactly one of from and constant');
  if (mapping.from === undefined) return { kind: 'constant', value: mapping.constant ?? null };
  const fieldKind = canonical.request[mapping.from];
  if (fieldKind === undefined) {
    complain(`expected one of ${Object.keys(canonical.request).join(', ') || '(this operation sends nothing)'}, got "${mapping.from}"`, '.from');
    return { kind: 'field', field: mapping.from, fieldKind: 'text' };
  }
  const needs = { money: fieldKind === 'money', time: fieldKind === 'time' || fieldKind === 'day', join: fieldKind === 'list' };
  for (const key of ['money', 'time', 'join'] as const) {
    if (needs[key] && mapping[key] === undefined) complain(`"${mapping.from}" needs ${key}`);
    if (!needs[key] && mapping[key] !== undefined) complain(`"${mapping.from}" takes no ${key}`);
  }
  return { kind: 'field', field: mapping.from, fieldKind };
}

function checkFields({ name, canonical, mapping, outNames, complain }: CheckedReading): void {
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
    checkOut(source, `.fields.${field}.out`, { outNames, complain });
    if (source.out !== undefined && canonical.shape === 'list') complain(`.fields.${field}.out`, 'a list is read from columns');
    if (source.request !== undefined && canonical.request[source.request] === undefined) {
      complain(`.fields.${field}.request`, `expected one of ${Object.keys(canonical.request).join(', ')}`);
    }
    if (source.pattern !== undefined && !isPattern(source.pattern)) complain(`.fields.${field}.pattern`, 'not a regular expression');
    const isFromHis = source.column !== undefined || source.out !== undefined;
    if (specification.kind === 'money' && isFromHis && source.money === undefined) complain(`.fields.${field}.money`, 'expected "yuan" or "fen": a HIS amount without a unit is not money');
    if (specification.kind === 'money' && source.constant !== undefined && !/^\d{1,12}$/.test(source.constant)) complain(`.fields.${field}.constant`, 'expected an amount in whole fen');
    if (specification.kind !== 'money' && source.money !== undefined) complain(`.fields.${field}.money`, 'this field is not money');
    if ((specification.kind === 'time' || specification.kind === 'date') && isFromHis && source.time === undefined) complain(`.fields.${field}.time`, 'expected a time format');
    if (source.time !== undefined && CLOCK_FORMATS.has(source.time)) complain(`.fields.${field}.time`, 'a time of day without its day cannot be read, only sent');
    if (source.secondsFromNow !== undefined && specification.kind !== 'time') complain(`.fields.${field}.secondsFromNow`, 'this field is not a time');
  }
  if (canonical.shape === 'found' && outNames !== undefined && !Object.values(mapping.fields).some((source) => source.column !== undefined)) {
    complain('.fields', 'a query answers with a row or none: at least one field must come from a column');
  }
  if (QUERIES_OF_BOOKINGS.has(name) && mapping.fields['bookedTradeNo'] === undefined) complain('.fields.bookedTradeNo', 'missing: the answer must show whose booking it is');
}

function checkEcho({ canonical, mapping, outNames, complain }: CheckedReading): void {
  for (const [index, { column, out, repeats }] of (mapping.echo ?? []).entries()) {
    if ((column === undefined) === (out === undefined)) complain(`.echo[${String(index)}]`, 'expected exactly one of column and out');
    if (canonical.request[repeats] !== 'text') complain(`.echo[${String(index)}].repeats`, `"${repeats}" is no text of the request`);
    if (out !== undefined) checkOut({ out }, `.echo[${String(index)}].out`, { outNames, complain });
  }
}

function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').source !== '';
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

const QUERIES_OF_BOOKINGS: ReadonlySet<MappedOperation['name']> = new Set<MappedOperation['name']>(['queryConfirmation', 'queryRegistration', 'queryDeposit']);

function checkOut(source: Pick<FieldMapping, 'out'>, at: string, { outNames, complain }: Pick<CheckedReading, 'outNames' | 'complain'>): void {
  if (source.out === undefined || outNames === undefined || outNames.includes(source.out.toLowerCase())) return;
  complain(at, `"${source.out}" is not an out parameter of this operation`);
}

function checkCodes({ canonical, mapping: { codes }, outNames, complain }: CheckedReading): void {
  if (codes === undefined) {
    if (canonical.books) complain('.codes', 'missing: a booking without a return code cannot be told from a refusal');
    return;
  }
  for (const [key, source] of [['from', codes.from], ['message', codes.message]] as const) {
    if (source === undefined) continue;
    if (Object.keys(source).length !== 1) complain(`.codes.${key}`, 'expected exactly one of column, out and returnStatus');
    checkOut(source, `.codes.${key}.out`, { outNames, complain });
  }
  const seen = new Set<string>();
  for (const list of ['ok', 'rejected', 'mismatch', 'unknown', 'alreadyPaid', 'empty'] as const) {
    for (const code of codes[list] ?? []) {
      if (seen.has(code)) complain(`.codes.${list}`, `code "${code}" has two meanings`);
      seen.add(code);
    }
  }
  checkMeanings(codes, canonical, complain);
}

function checkMeanings(codes: CodesMapping, canonical: CanonicalOperation, complain: Complain): void {
  if (canonical.books && codes.otherwise === 'rejected') complain('.codes.otherwise', 'a code nobody listed is never a refusal of a booking: it is unknown');
  if (!canonical.books && codes.alreadyPaid !== undefined) complain('.codes.alreadyPaid', 'only bookings can find that something is already paid');
  if (!canonical.books && codes.byMessage?.some(({ means }) => means === 'alreadyPaid') === true) complain('.codes.byMessage', 'only bookings can find that something is already paid');
  if (codes.byMessage !== undefined && codes.message === undefined) complain('.codes.message', 'missing: byMessage reads it');
  if (codes.empty !== undefined && canonical.shape === 'row') complain('.codes.empty', 'only a list or a query by key can be empty');
}
