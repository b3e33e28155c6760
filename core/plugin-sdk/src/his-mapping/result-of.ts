/** From what is known of an operation to the contract's results: lists, single values, answers to queries. Garbage is `unknown`. */
import type { HIS_RESULT_SCHEMAS } from '../hospital-adapter.js';
import type { HisQueryResult, HisResult } from '../hospital/his-result.js';
import { checked } from './contract-shapes.js';
import { GarbledAnswer, readFound, readRows, readSingle, type CanonicalRecord } from './read-answer.js';
import type { OperationOutcome } from './his-answer.js';
import type { MappedOperation } from './mapped-operation.js';

export type Unknown = { readonly kind: 'unknown'; readonly reason: string };

/** A list, or what stands in its place; garbage in one row makes the whole list unknown. */
export function readList<Row>(
  outcome: OperationOutcome,
  operation: MappedOperation,
  make: (record: CanonicalRecord) => Row,
  resultName?: keyof typeof HIS_RESULT_SCHEMAS,
): HisResult<Row[]> {
  if (outcome.kind === 'empty') return { kind: 'ok', value: [] };
  if (outcome.kind !== 'ok') return refusalOf(outcome);
  return reading(() => {
    const value = readRows(operation, outcome.answer, outcome.reading).map(make);
    return { kind: 'ok', value: resultName === undefined ? value : checked(resultName, value) };
  });
}

export function readOne<Value>(outcome: OperationOutcome, operation: MappedOperation, make: (record: CanonicalRecord) => Value): HisResult<Value> {
  if (outcome.kind !== 'ok') return refusalOf(outcome);
  return reading(() => ({ kind: 'ok', value: make(readSingle(operation, outcome.answer, outcome.reading)) }));
}

/** A query knows ok, absent and unknown; a refusal to answer is unknown. */
export function readQuery<Value>(operation: MappedOperation, outcome: OperationOutcome, make: (record: CanonicalRecord) => Value): HisQueryResult<Value> {
  if (outcome.kind === 'unknown') return { kind: 'unknown', reason: outcome.reason };
  if (outcome.kind === 'empty') return { kind: 'absent' };
  if (outcome.kind !== 'ok') return { kind: 'unknown', reason: `${operation.name}: ${outcome.code} ${outcome.message}`.slice(0, 500) };
  return reading(() => {
    const record = readFound(operation, outcome.answer, outcome.reading);
    return record === undefined ? { kind: 'absent' } : { kind: 'ok', value: make(record) };
  });
}

export function refusalOf(outcome: Exclude<OperationOutcome, { kind: 'ok' }>): HisResult<never> {
  if (outcome.kind === 'unknown') return { kind: 'unknown', reason: outcome.reason };
  if (outcome.kind === 'empty') return { kind: 'unknown', reason: 'the HIS says that it has nothing, where it must have one' };
  return { kind: outcome.kind === 'mismatch' ? 'mismatch' : 'rejected', code: outcome.code, message: outcome.message };
}

export function reading<Answer>(read: () => Answer): Answer | Unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof GarbledAnswer) return { kind: 'unknown', reason: `garbled answer: ${error.message}`.slice(0, 500) };
    throw error;
  }
}

/** The booked trade number and amount, as far as the answer tells them. */
export function readLeniently(operation: MappedOperation, outcome: Extract<OperationOutcome, { kind: 'alreadyPaid' }>, names: readonly string[]): CanonicalRecord {
  const record: Record<string, string | number> = {};
  for (const name of names) {
    const specification = operation.canonical.result[name];
    const field = operation.fields.get(name);
    // A request's own value says nothing about what the HIS has booked.
    if (specification === undefined || field === undefined || field.request !== undefined) continue;
    const only: MappedOperation = { ...operation, canonical: { ...operation.canonical, result: { [name]: specification } }, fields: new Map([[name, field]]) };
    const read = reading(() => ({ kind: 'read' as const, record: readSingle(only, outcome.answer, outcome.reading) }));
    const value = read.kind === 'read' ? read.record[name] : undefined;
    if (value !== undefined) record[name] = value;
  }
  return record;
}
