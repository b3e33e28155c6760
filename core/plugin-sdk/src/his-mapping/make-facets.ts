/** The optional facets whose fields are exactly the contract's: one mapped operation, one method. */
import type { CallLimits } from '../budget-guard.js';
import type { HospitalAdapter } from '../hospital-adapter.js';
import { HOSPITAL_FACETS, type HospitalFacet } from '../hospital/facets.js';
import type { HisResult } from '../hospital/his-result.js';
import { checked } from './contract-shapes.js';
import type { GuardedCalls } from './guarded-calls.js';
import type { HisRequest, OperationOutcome } from './his-answer.js';
import type { MappedOperation } from './mapped-operation.js';
import { readFound, readRows, readSingle } from './read-answer.js';
import { reading, refusalOf, type Unknown } from './result-of.js';

/** A method for each operation that is mapped. */
export function makeFacets<Operation extends MappedOperation>({ operations, guarded, run }: GuardedCalls<Operation>): Pick<Partial<HospitalAdapter>, HospitalFacet> {
  return Object.fromEntries(HOSPITAL_FACETS.flatMap((name) => {
    const operation = operations[name];
    if (operation === undefined) return [];
    const call = (request: HisRequest, limits: CallLimits) => guarded(name, limits, async (signal) => read(name, operation, await run(operation, request, signal)));
    return [[name, call]];
  }));
}

type Answer = HisResult<unknown> | { readonly kind: 'absent' };

function read(name: HospitalFacet, operation: MappedOperation, outcome: OperationOutcome): Answer | Unknown {
  const { shape } = operation.canonical;
  if (outcome.kind === 'empty' && shape === 'list') return { kind: 'ok', value: [] };
  if (outcome.kind === 'empty' && shape === 'found') return { kind: 'absent' };
  // Done before by a call whose answer was lost: the HIS says so and tells its numbers again.
  if (outcome.kind === 'alreadyPaid') return reading(() => ({ kind: 'ok', value: checked(name, readSingle(operation, outcome.answer, outcome.reading)) }));
  if (outcome.kind !== 'ok') return shape === 'found' && outcome.kind !== 'unknown' ? { kind: 'unknown', reason: `${name}: ${outcome.kind}` } : refusalOf(outcome);
  return reading((): Answer => {
    if (shape === 'list') return { kind: 'ok', value: checked(name, readRows(operation, outcome.answer, outcome.reading)) };
    if (shape === 'row') return { kind: 'ok', value: checked(name, readSingle(operation, outcome.answer, outcome.reading)) };
    const record = readFound(operation, outcome.answer, outcome.reading);
    return record === undefined ? { kind: 'absent' } : { kind: 'ok', value: checked(name, record) };
  });
}
