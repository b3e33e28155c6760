/** Whose booking an answer shows: ours only with our trade number and our amount. */
import type { Confirmation, ConfirmRequest } from '../hospital-adapter.js';
import type { HisQueryResult } from '../hospital/his-result.js';
import type { Owner } from './book-once.js';
import type { CanonicalRecord } from './read-answer.js';

export function ownerOfConfirmation(record: CanonicalRecord, request: ConfirmRequest): Owner {
  const { bookedTradeNo, amountFen } = record;
  if (bookedTradeNo !== undefined && bookedTradeNo !== request.tradeNo) return 'others';
  if (amountFen !== undefined && amountFen !== request.amountFen) return 'contradicted';
  return bookedTradeNo === undefined || amountFen === undefined ? 'unstated' : 'ours';
}

/** Found under our number with another amount: neither booked as asked nor absent. */
export function compareBooked(answer: HisQueryResult<Confirmation>, request: ConfirmRequest): HisQueryResult<Confirmation> {
  if (answer.kind !== 'ok' || answer.value.amountFen === request.amountFen) return answer;
  return { kind: 'unknown', reason: 'booked under our number with another amount' };
}
