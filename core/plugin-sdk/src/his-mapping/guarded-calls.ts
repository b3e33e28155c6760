/** What the facets of a mapped adapter are made of: its operations, how one is run, and the discipline every call passes. */
import type { CallLimits } from '../budget-guard.js';
import type { HisResult } from '../hospital/his-result.js';
import type { BookingRules } from './book-once.js';
import type { GuardedOperation } from './budgets.js';
import type { HisRequest, OperationOutcome } from './his-answer.js';
import type { MappedOperation } from './mapped-operation.js';
import type { PreparedOperations } from './prepare-operations.js';
import type { Unknown } from './result-of.js';

export type GuardedCalls<Operation extends MappedOperation> = {
  readonly operations: PreparedOperations<Operation>;
  readonly run: (operation: Operation, request: HisRequest, signal: AbortSignal) => Promise<OperationOutcome>;
  /** Runs one operation under its budget; what the guard did not let through, or cut off, is unknown. */
  readonly guarded: <Answer extends { readonly kind: string }>(operation: GuardedOperation, limits: CallLimits, call: (signal: AbortSignal) => Promise<Answer | Unknown>) => Promise<Answer | Unknown>;
  /** Sends a booking and remembers whether the HIS is known to have finished with it. */
  readonly book: <Value>(bookingNo: string, send: () => Promise<OperationOutcome>, rules: Omit<BookingRules<Value>, 'send' | 'isInDoubt' | 'verifyRefusals'>) => Promise<HisResult<Value>>;
};
