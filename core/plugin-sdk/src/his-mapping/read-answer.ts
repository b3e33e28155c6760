/**
 * Reads what a HIS answered into canonical fields. Nothing is guessed: a missing column, a NULL where a number must stand, an amount
 * that is not an amount, an untranslated word, one row too many — each makes the whole answer garbage, and garbage is `unknown`.
 */
import { fen, fenFromYuan, LARGEST_PAYMENT_FEN, type Fen } from '../money.js';
import type { ResultField } from './canonical-fields.js';
import type { AnswerRows, HisAnswer, ReadingContext, RequestValue } from './his-answer.js';
import { readHisTime } from './his-time.js';
import type { MappedOperation } from './mapped-operation.js';
import type { CodesMapping, FieldMapping } from './value-mapping.js';

/** Fields that are absent by right (optional, blank) are not in the record, or are ''. Money is in fen, counts are numbers. */
export type CanonicalRecord = Readonly<Record<string, string | number>>;

export class GarbledAnswer extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'GarbledAnswer';
  }
}

/** The HIS has our request and has not decided: neither garbage nor an answer. */
export class NotDecidedYet extends GarbledAnswer {}

export type Verdict =
  | { readonly kind: 'ok' }
  /** The HIS's own word for an empty list, or for nothing under this number. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'rejected' | 'mismatch' | 'alreadyPaid'; readonly code: string; readonly message: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * What the return code means. Without declared codes the answer speaks for itself.
 * A code that is listed nowhere is unknown, or on reads what `otherwise` says.
 */
export function readVerdict(operation: MappedOperation, answer: HisAnswer): Verdict {
  const { codes } = operation.reading;
  if (codes === undefined) return { kind: 'ok' };
  const set = answer.sets[operation.reading.resultSet ?? 0];
  const code = readSource(codes.from, set, answer);
  if (code === undefined || code === '') return { kind: 'unknown', reason: `${operation.name}: the answer carries no return code` };
  if (codes.ok.includes(code)) return { kind: 'ok' };
  if (codes.empty?.includes(code) === true) return { kind: 'empty' };
  const message = (codes.message === undefined ? undefined : readSource(codes.message, set, answer)) ?? '';
  const shortCode = code.slice(0, 64);
  const told = codes.byMessage?.find(({ contains }) => message.includes(contains))?.means;
  if (told !== undefined && told !== 'unknown') return { kind: told, code: shortCode, message: message.slice(0, 500) };
  for (const kind of told === 'unknown' ? [] : (['rejected', 'mismatch', 'alreadyPaid'] as const)) {
    if (codes[kind]?.includes(code) === true) return { kind, code: shortCode, message: message.slice(0, 500) };
  }
  if (codes.otherwise === 'rejected' && told === undefined && codes.unknown?.includes(code) !== true) return { kind: 'rejected', code: shortCode, message: message.slice(0, 500) };
  return { kind: 'unknown', reason: `${operation.name}: return code ${shortCode}${message === '' ? '' : `, ${message.slice(0, 300)}`}` };
}

function readSource(source: CodesMapping['from'], set: AnswerRows | undefined, answer: HisAnswer): string | undefined {
  const value = source.returnStatus === true ? answer.returnStatus
    : source.out !== undefined ? answer.out.get(source.out.toLowerCase())
    : set?.rows[0]?.get((source.column ?? '').toLowerCase());
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value).trim() : undefined;
}

/** @throws GarbledAnswer when the result set is missing or a row is not what the mapping promises. */
export function readRows(operation: MappedOperation, answer: HisAnswer, context: ReadingContext): CanonicalRecord[] {
  const set = requireSet(operation, answer);
  return set.rows.map((row) => readRecord(operation, row, answer, context));
}

/**
 * For queries by key.
 * @returns undefined when the HIS has no such row, or one whose declared state counts as absent
 * @throws GarbledAnswer when the answer has no result set, several rows, an unlisted state or a wrong shape
 */
export function readFound(operation: MappedOperation, answer: HisAnswer, context: ReadingContext): CanonicalRecord | undefined {
  const set = requireSet(operation, answer);
  const [row, second] = set.rows;
  if (row === undefined) return undefined;
  if (second !== undefined) throw new GarbledAnswer(`${operation.name}: ${set.rows.length} rows under one number`);
  const { state } = operation.reading;
  if (state !== undefined) {
    const word = textOf(row.get(state.column.toLowerCase()))?.trim() ?? '';
    if (state.absent.includes(word)) return undefined;
    if (state.pending?.includes(word) === true) throw new NotDecidedYet(`${operation.name}: the HIS has the request and has not decided yet (state ${word.slice(0, 40)})`);
    if (!state.booked.includes(word)) throw new GarbledAnswer(`${operation.name}: state "${word.slice(0, 40)}" is not in the mapping`);
  }
  return readRecord(operation, row, answer, context);
}

/** For answers of one row, or of OUT parameters alone. @throws GarbledAnswer */
export function readSingle(operation: MappedOperation, answer: HisAnswer, context: ReadingContext): CanonicalRecord {
  if (![...operation.fields.values()].some((field) => field.column !== undefined)) return readRecord(operation, new Map(), answer, context);
  const set = requireSet(operation, answer);
  const [row] = set.rows;
  if (row === undefined || set.rows.length !== 1) throw new GarbledAnswer(`${operation.name}: ${set.rows.length} rows instead of one`);
  return readRecord(operation, row, answer, context);
}

/** An answer without its columns is no answer, even when it has no rows: "nothing found" must be said in the right shape. */
function requireSet(operation: MappedOperation, answer: HisAnswer): AnswerRows {
  const index = operation.reading.resultSet ?? 0;
  const set = answer.sets[index];
  if (set === undefined) throw new GarbledAnswer(`${operation.name}: no result set ${index}`);
  const state = operation.reading.state?.column;
  const wanted = [...operation.fields.values(), ...(operation.reading.echo ?? [])].flatMap((field) => (field.column === undefined ? [] : [field.column]));
  for (const column of state === undefined ? wanted : [...wanted, state]) {
    const found = set.columns.filter((name) => name === column.toLowerCase()).length;
    if (found !== 1) throw new GarbledAnswer(`${operation.name}: column "${column}" appears ${found} times`);
  }
  return set;
}

function readRecord(operation: MappedOperation, row: ReadonlyMap<string, unknown>, answer: HisAnswer, context: ReadingContext): CanonicalRecord {
  requireEcho(operation, row, answer, context);
  const record: Record<string, string | number> = {};
  for (const [name, specification] of Object.entries(operation.canonical.result)) {
    const mapping = operation.fields.get(name);
    const value = mapping === undefined ? undefined : readField(name, specification, mapping, row, answer, context);
    if (value !== undefined) record[name] = value;
    else if (specification.presence === 'blank') record[name] = '';
    else if (specification.presence === 'needed') throw new GarbledAnswer(`${operation.name}: ${name} is empty`);
  }
  return record;
}

/** A HIS that mixes up its callers, or answers the question before: whose card or number it is must be the one that was asked about. */
function requireEcho({ name, reading }: MappedOperation, row: ReadonlyMap<string, unknown>, answer: HisAnswer, { request }: ReadingContext): void {
  for (const { column = '', out, repeats } of reading.echo ?? []) {
    const asked = request[repeats];
    if (typeof asked !== 'string' && typeof asked !== 'number') continue;
    const told = textOf(out === undefined ? row.get(column.toLowerCase()) : answer.out.get(out.toLowerCase()))?.trim();
    if (told !== String(asked).trim()) throw new GarbledAnswer(`${name}: asked about one ${repeats}, answered about ${told === undefined || told === '' ? 'none' : 'another'}`);
  }
}

function readField(
  name: string,
  specification: ResultField,
  mapping: FieldMapping,
  row: ReadonlyMap<string, unknown>,
  answer: HisAnswer,
  context: ReadingContext,
): string | number | undefined {
  if (mapping.secondsFromNow !== undefined) return new Date(context.now().getTime() + mapping.secondsFromNow * 1000).toISOString();
  if (mapping.constant !== undefined) return specification.kind === 'money' ? readMoney(name, mapping.constant, { money: 'fen' }) : specification.kind === 'count' ? readCount(name, mapping.constant) : mapping.constant;
  if (mapping.request !== undefined) return requestValue(name, specification, context.request[mapping.request]);
  const raw = mapping.out === undefined ? row.get((mapping.column ?? '').toLowerCase()) : answer.out.get(mapping.out.toLowerCase());
  if (raw === null || raw === undefined) return undefined;
  // A position that is empty is a value that is not there.
  if (specification.presence === 'optional' && typeof raw === 'string' && raw.trim() === '') return undefined;
  switch (specification.kind) {
    case 'money': return readMoney(name, raw, mapping);
    case 'count': return readCount(name, raw);
    case 'time': return mapping.time === undefined ? undefined : readTime(name, raw, mapping.time, context.offset);
    // A birthday is shown, not computed with: one the HIS wrote badly is left out rather than spoiling the patient's file.
    case 'date': return mapping.time === undefined ? undefined : readHisTime(raw, mapping.time, context.offset)?.slice(0, 10);
    case 'id': case 'text': case 'word': return readText(name, specification, raw, mapping, context.offset);
  }
}

function readCount(name: string, raw: unknown): number {
  const digits = textOf(raw)?.trim() ?? '';
  if (!/^\d{1,9}$/.test(digits)) throw new GarbledAnswer(`${name}: not a count`);
  return Number(digits);
}

function requestValue(name: string, specification: ResultField, value: RequestValue | undefined): string | Fen {
  if (typeof value === 'string' && specification.kind !== 'money') return value;
  if (typeof value === 'number' && specification.kind === 'money') return readMoney(name, value, { money: 'fen' });
  throw new GarbledAnswer(`${name}: the request has no such value`);
}

function readText(name: string, specification: ResultField, raw: unknown, mapping: FieldMapping, offset: string): string | undefined {
  if (mapping.time !== undefined) return readTime(name, raw, mapping.time, offset);
  const whole = textOf(raw);
  if (whole === undefined) throw new GarbledAnswer(`${name}: not text`);
  const text = mapping.trim === false ? whole : whole.trim();
  if (mapping.pattern !== undefined && text !== '' && !new RegExp(`^(?:${mapping.pattern})$`, 'u').test(text)) throw new GarbledAnswer(`${name}: not of the form the mapping tells`);
  const word = mapping.translate === undefined ? text : (mapping.translate[text] ?? mapping.otherwise);
  if (word === undefined) throw new GarbledAnswer(`${name}: the mapping has no word for "${text.slice(0, 20)}"`);
  if (word === '') return undefined;
  if (word.length <= specification.maxLength) return word;
  if (specification.kind !== 'text') throw new GarbledAnswer(`${name}: longer than ${specification.maxLength} characters`);
  return word.slice(0, specification.maxLength).toWellFormed();
}

function readTime(name: string, raw: unknown, format: NonNullable<FieldMapping['time']>, offset: string): string {
  const time = readHisTime(raw, format, offset);
  if (time === undefined) throw new GarbledAnswer(`${name}: not a time of the form ${format}`);
  return time;
}

/** Beyond this a float of yuan no longer shows every fen. */
const LARGEST_EXACT_NUMBER = 10 ** 12;

function readMoney(name: string, raw: unknown, mapping: Pick<FieldMapping, 'money' | 'sign'>): Fen {
  if (typeof raw === 'number' && Math.abs(raw) >= LARGEST_EXACT_NUMBER) throw new GarbledAnswer(`${name}: too large for an amount`);
  const unit = mapping.money ?? 'yuan';
  const [, minus = '', whole, fraction = ''] = /^(-?)(\d{1,13})(?:\.(\d{1,18}))?$/.exec(textOf(raw)?.trim() ?? '') ?? [];
  // money and decimal(x,4) columns come with surplus zeros, which say nothing; surplus digits are not money.
  const decimals = fraction.replace(/0+$/, '');
  if (whole === undefined || decimals.length > (unit === 'yuan' ? 2 : 0)) throw new GarbledAnswer(`${name}: not an amount in ${unit}`);
  const amount = unit === 'yuan' ? fenFromYuan(`${whole}.${decimals.padEnd(2, '0')}`) : fen(Number(whole));
  if (minus === '-' && amount > 0 && mapping.sign !== 'magnitude') throw new GarbledAnswer(`${name}: a negative amount`);
  if (amount > LARGEST_PAYMENT_FEN) throw new GarbledAnswer(`${name}: larger than any payment may be; is the unit right?`);
  return amount;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  return undefined;
}
