/**
 * The rules under which a booking (a confirm, a refund approval) may be called done or refused. Both words move money afterwards, so both
 * must be true: `ok` only when the HIS shows our number and our amount, `rejected` only when it shows that nothing is booked under our number.
 */
import type { HisQueryResult, HisResult } from '../hospital/his-result.js';
import { GarbledAnswer } from './read-answer.js';
import type { OperationOutcome } from './his-answer.js';

export type BookingRules<Value> = {
  /** Sends the booking. */
  send(): Promise<OperationOutcome>;
  /** Asks what is booked under our number. */
  ask(): Promise<HisQueryResult<Value>>;
  /** Reads an `ok` or `alreadyPaid` answer; `owner` says whose booking it shows. @throws GarbledAnswer */
  read(outcome: Extract<OperationOutcome, { kind: 'ok' | 'alreadyPaid' }>): { readonly value: Value; readonly owner: Owner };
  /** Whose booking an "already paid" answer names, when its other fields cannot be read. */
  ownerOf(outcome: Extract<OperationOutcome, { kind: 'alreadyPaid' }>): Owner;
  /** Whether refusals are checked by `ask` before they are believed. */
  readonly verifyRefusals: boolean;
  /** Whether another call under our number may still be at work at the HIS. */
  isInDoubt(): boolean;
};

/** `contradicted`: our number with another amount. `unstated`: the answer does not say. */
export type Owner = 'ours' | 'others' | 'contradicted' | 'unstated';

export async function bookOnce<Value>(rules: BookingRules<Value>): Promise<HisResult<Value>> {
  const result = await settle(rules, await rules.send());
  if ((result.kind !== 'rejected' && result.kind !== 'mismatch') || !rules.isInDoubt()) return result;
  return { kind: 'unknown', reason: `refused (${result.code}) while an earlier call under this number may still be running` };
}

async function settle<Value>(rules: BookingRules<Value>, outcome: OperationOutcome): Promise<HisResult<Value>> {
  switch (outcome.kind) {
    case 'unknown':
      return { kind: 'unknown', reason: outcome.reason };
    case 'ok':
      return settleOk(rules, outcome);
    case 'alreadyPaid':
      return settleAlreadyPaid(rules, outcome);
    case 'empty':
      return { kind: 'unknown', reason: 'the answer to a booking says that there is nothing' };
    case 'rejected': case 'mismatch':
      return settleRefusal(rules, outcome);
  }
}

function settleOk<Value>(rules: BookingRules<Value>, outcome: Extract<OperationOutcome, { kind: 'ok' }>): HisResult<Value> {
  try {
    const { value, owner } = rules.read(outcome);
    if (owner === 'ours' || owner === 'unstated') return { kind: 'ok', value };
    return { kind: 'unknown', reason: 'the HIS says it booked, but under another number or amount' };
  } catch (error) {
    if (error instanceof GarbledAnswer) return { kind: 'unknown', reason: `garbled answer: ${error.message}` };
    throw error;
  }
}

async function settleAlreadyPaid<Value>(rules: BookingRules<Value>, outcome: Extract<OperationOutcome, { kind: 'alreadyPaid' }>): Promise<HisResult<Value>> {
  const owner = rules.ownerOf(outcome);
  const refusal = { kind: 'rejected', code: outcome.code, message: outcome.message } as const;
  if (owner === 'contradicted') return { kind: 'unknown', reason: 'already paid under our number with another amount' };
  if (owner === 'others') return settleRefusal(rules, refusal);
  if (owner === 'ours') {
    const told = readOwnBooking(rules, outcome);
    if (told !== undefined) return { kind: 'ok', value: told };
  }
  // Ours but incomplete, or nobody's name on it: the query by our number has the booking, or shows that it is somebody else's.
  const booked = await rules.ask();
  if (booked.kind === 'absent') return owner === 'ours' ? { kind: 'unknown', reason: 'already paid by us, and not found under our number' } : refusal;
  return booked;
}

function readOwnBooking<Value>(rules: BookingRules<Value>, outcome: Extract<OperationOutcome, { kind: 'alreadyPaid' }>): Value | undefined {
  try {
    return rules.read(outcome).value;
  } catch (error) {
    if (error instanceof GarbledAnswer) return undefined;
    throw error;
  }
}

/**
 * A refusal of a re-sent booking may only mean that the bill is no longer open because the first, lost call has settled it.
 * Refunding then would pay back a booked bill.
 */
async function settleRefusal<Value>(
  rules: BookingRules<Value>,
  refusal: { readonly kind: 'rejected' | 'mismatch'; readonly code: string; readonly message: string },
): Promise<HisResult<Value>> {
  const { kind, code, message } = refusal;
  if (!rules.verifyRefusals) return { kind, code, message };
  const booked = await rules.ask();
  if (booked.kind === 'absent') return { kind, code, message };
  if (booked.kind === 'ok') return booked;
  return { kind: 'unknown', reason: `refused (${code}), and whether an earlier call was booked is unknown: ${booked.reason}`.slice(0, 500) };
}
