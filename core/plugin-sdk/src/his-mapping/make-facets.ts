/** The optional facets whose fields are exactly the contract's: one mapped operation, one method. */
import type { CallLimits } from '../budget-guard.js';
import { HIS_RESULT_SCHEMAS, type HospitalAdapter } from '../hospital-adapter.js';
import type { HisResult } from '../hospital/his-result.js';
import type { OperationName } from './canonical-operations.js';
import { checked } from './contract-shapes.js';
import type { GuardedCalls } from './guarded-calls.js';
import type { HisRequest, OperationOutcome } from './his-answer.js';
import type { MappedOperation } from './mapped-operation.js';
import { readFound, readRows, readSingle } from './read-answer.js';
import { reading, refusalOf, type Unknown } from './result-of.js';

/** Operations with a method of their own name that needs nothing but the mapping. */
export const FACET_OPERATIONS = [
  'createPatient', 'updatePatient', 'checkCard', 'reportCardLost', 'reissueCard', 'accountBalance', 'listAccountMovements', 'returnAccountBalance',
  'listDepartments', 'listDoctors', 'listSchedules', 'listSlots', 'lockSlot', 'unlockSlot', 'holdRegistration', 'cancelRegistration', 'listRegistrations', 'checkIn',
  'lockBills', 'unlockBills', 'reverseConfirmation', 'findInpatient', 'listDeposits', 'listDailyFees', 'sumFees', 'checkDischarge', 'presettleDischarge', 'settleDischarge', 'queryDischarge',
  'issueInvoice', 'queryInvoice', 'redFlushInvoice', 'listReports', 'readReport', 'listPrices', 'queuePlaces', 'resolveGuideCode',
] as const satisfies readonly (OperationName & keyof HospitalAdapter & keyof typeof HIS_RESULT_SCHEMAS)[];
type FacetOperation = (typeof FACET_OPERATIONS)[number];

/** A method for each operation that is mapped. */
export function makeFacets<Operation extends MappedOperation>({ operations, guarded, run }: GuardedCalls<Operation>): Pick<Partial<HospitalAdapter>, FacetOperation> {
  return Object.fromEntries(FACET_OPERATIONS.flatMap((name) => {
    const operation = operations[name];
    if (operation === undefined) return [];
    const call = (request: HisRequest, limits: CallLimits) => guarded(name, limits, async (signal) => read(name, operation, await run(operation, request, signal)));
    // An operation without a request is called with its limits alone.
    const method = Object.keys(operation.canonical.request).length === 0 ? (limits: CallLimits) => call({}, limits) : call;
    return [[name, method]];
  }));
}

type Answer = HisResult<unknown> | { readonly kind: 'absent' };

function read(name: FacetOperation, operation: MappedOperation, outcome: OperationOutcome): Answer | Unknown {
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
