/** From what is known of a call to what is known of its operation. */
import { readVerdict, type HisAnswer, type MappedOperation, type OperationOutcome, type ReadingContext } from '@hospay/plugin-sdk/his-mapping';
import type { CallOutcome } from './call-procedure.js';

/**
 * SQL errors that say our mapping does not fit the HIS: procedure, object or column missing, permission refused, parameters that do not match.
 * On a read they are a definite refusal. On a booking they stay unknown: the same numbers can come from deep inside the procedure, after
 * a part of it has committed; the query decides, and the open case brings a person to the mapping.
 */
const MAPPING_ERRORS: ReadonlySet<number> = new Set([201, 206, 207, 208, 229, 230, 257, 2812, 8144, 8145, 8146]);

export type NoAnswer = Exclude<CallOutcome, { readonly kind: 'answered' }>;

/** What the return code makes of an answer. */
export function judge(operation: MappedOperation, answer: HisAnswer, reading: ReadingContext): OperationOutcome {
  const verdict = readVerdict(operation, answer);
  switch (verdict.kind) {
    case 'ok': return { kind: 'ok', answer, reading };
    case 'alreadyPaid': return { ...verdict, kind: 'alreadyPaid', answer, reading };
    case 'rejected': case 'mismatch': return { kind: verdict.kind, code: verdict.code, message: verdict.message };
    case 'empty': case 'unknown': return verdict;
  }
}

export function judgeNoAnswer(operation: MappedOperation, outcome: NoAnswer): OperationOutcome {
  switch (outcome.kind) {
    case 'sqlError': return judgeSqlError(operation, outcome);
    case 'notSent': return { kind: 'unknown', reason: `notSent: ${outcome.reason}` };
    case 'lost': return { kind: 'unknown', reason: `${operation.name}: ${outcome.reason}`, mayStillRun: true };
  }
}

function judgeSqlError(operation: MappedOperation, { number, message }: { readonly number: number; readonly message: string }): OperationOutcome {
  const asksOnly = operation.canonical.shape !== 'found' && !operation.canonical.books;
  if (MAPPING_ERRORS.has(number)) {
    const code = `HIS_MAPPING_${number}`;
    return asksOnly ? { kind: 'rejected', code, message } : { kind: 'unknown', reason: `${code}: ${message}` };
  }
  return { kind: 'unknown', reason: `${operation.name}: SQL error ${number}: ${message}` };
}

/** Bookings and the questions about them pass other reads that wait for a connection. */
export function urgencyOf({ canonical }: MappedOperation): 'urgent' | 'ordinary' {
  return canonical.books || canonical.shape === 'found' ? 'urgent' : 'ordinary';
}
