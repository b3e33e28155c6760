/** What must be true of every payout at every moment, as a pure function over rows. A violation is a bug or a damaged file. */
import { beijingDay } from '@hospay/plugin-sdk';
import type { ClearBalance, Violation } from './invariants.js';
import { CHART, accountCode } from './ledger.js';
import type { Cause } from './order-change.js';
import { bank, bankCharges, fundedBy, fundKey, payoutClearing } from './payout-postings.js';
import { isPayoutFinal, payoutTransitions, PAYOUT_STATES, PAYOUT_TRIGGERS, wasSent, type PayoutState, type PayoutTrigger } from './payout-states.js';
import type { Payout } from './payout.js';

export type PayoutEvent = { readonly subject: string; readonly from: string | undefined; readonly to: string; readonly trigger: string; readonly cause: Cause };

export type PayoutRecords = {
  readonly payouts: readonly Payout[];
  /** Of account 2021. */
  readonly balances: readonly ClearBalance[];
  /** Oldest first. */
  readonly events: readonly PayoutEvent[];
  readonly isFact: (sourceId: string) => boolean;
};

/**
 * I8: 2021 under a payout's number holds its amount while it is under way, and nothing when it is final. I12: an end has the fact that justified it. I13: the state is the last event's, by lines of the table.
 * P1: what was sent was approved by others than who proposed it, by two where its amount needs them.
 */
export function checkPayouts({ payouts, balances, events, isFact }: PayoutRecords): Violation[] {
  const found: Violation[] = [];
  const unless = (isTrue: boolean, rule: string, subject: string, detail: string): void => { if (!isTrue) found.push({ rule, subject, detail }); };
  const held = new Map(balances.map((one) => [`${one.account} ${one.clearKey}`, one]));
  const last = lastStates(events, unless, isFact);
  for (const payout of payouts) {
    const { payoutNo, state, amountFen, reservation, proposedBy, firstApprovedBy, decidedBy, needsSecond } = payout;
    const key = `${payoutClearing(payout)} ${payoutNo}`;
    const { netFen = 0, pendingFen = 0 } = held.get(key) ?? {};
    held.delete(key);
    const isUnderWay = wasSent(state) && !isPayoutFinal(state);
    const [posted, pending] = [reservation === 'posted' ? amountFen : 0, reservation === 'pending' ? amountFen : 0];
    unless(isUnderWay === (reservation !== 'none'), 'I8', payoutNo, `${state} with reservation ${reservation}`);
    unless(netFen === posted && pendingFen === pending, 'I8', payoutNo, `${state}: 2021 holds ${String(netFen)} (+${String(pendingFen)} pending) fen, should be ${String(posted)} (+${String(pending)})`);
    unless(last.get(payoutNo) === state, 'I13', payoutNo, `it is ${state}, its last event says ${last.get(payoutNo) ?? 'nothing'}`);
    const isApproved = decidedBy !== undefined && decidedBy !== proposedBy && (!needsSecond || (firstApprovedBy !== undefined && firstApprovedBy !== proposedBy && firstApprovedBy !== decidedBy));
    unless(!(state === 'approved' || wasSent(state)) || isApproved, 'P1', payoutNo, `${state} without the approval of others`);
  }
  for (const [key, { netFen }] of held) unless(false, 'I8', key, `2021 holds ${String(netFen)} fen of no payout`);
  return found;
}

/** What payouts together must have left on every account they touch, each under its clear key. */
export function expectedPayoutBalances(payouts: readonly Payout[]): ClearBalance[] {
  return payouts.flatMap((payout): ClearBalance[] => {
    const { state, reservation, amountFen, feeFen, fromAccount, payoutNo, submittedAt, paidAt, returnedAt } = payout;
    const debited = (at: string | undefined, fen: number, pendingFen = 0): ClearBalance => {
      const sign = CHART[accountCode(fundedBy(payout))].normal === 'debit' ? 1 : -1;
      return { account: fundedBy(payout), clearKey: fundKey(payout, at), netFen: sign * fen, pendingFen: sign * pendingFen };
    };
    const cleared = { account: payoutClearing(payout), clearKey: payoutNo };
    if (reservation === 'pending') return [debited(submittedAt, 0, amountFen), { ...cleared, netFen: 0, pendingFen: amountFen }];
    if (reservation === 'posted') return [debited(submittedAt, amountFen), { ...cleared, netFen: amountFen, pendingFen: 0 }];
    if ((state !== 'succeeded' && state !== 'returned') || paidAt === undefined) return [];
    const day = beijingDay(paidAt);
    const paid = [debited(paidAt, amountFen), { account: bank(fromAccount), clearKey: day, netFen: -amountFen - feeFen, pendingFen: 0 }, { account: bankCharges(fromAccount), clearKey: day, netFen: feeFen, pendingFen: 0 }];
    if (returnedAt === undefined) return paid;
    return [...paid, debited(returnedAt, -amountFen), { account: bank(fromAccount), clearKey: beijingDay(returnedAt), netFen: amountFen, pendingFen: 0 }];
  });
}

const FACTS_OF_ENDS: Readonly<Partial<Record<string, readonly Cause['kind'][]>>> = { succeeded: ['answer', 'query', 'statement'], returned: ['query', 'statement'], failed: ['answer', 'query', 'operator'] };

function lastStates(events: readonly PayoutEvent[], unless: (isTrue: boolean, rule: string, subject: string, detail: string) => void, isFact: (sourceId: string) => boolean): ReadonlyMap<string, string> {
  const last = new Map<string, string>();
  for (const { subject, from, to, trigger, cause } of events) {
    unless(from === last.get(subject), 'I13', subject, `moved from ${from ?? 'nothing'}, but was ${last.get(subject) ?? 'nothing'}`);
    const [before, after, by] = [stateOf(from), stateOf(to), PAYOUT_TRIGGERS.find((known) => known === trigger)];
    unless(before === undefined || (after !== undefined && by !== undefined && isInTable(before, after, by)), 'I13', subject, `${from ?? ''} → ${to} by ${trigger} is not in the table`);
    last.set(subject, to);
    const needed = FACTS_OF_ENDS[to];
    unless(needed === undefined || (needed.includes(cause.kind) && isFact(cause.id)), 'I12', subject, `became ${to} because of ${cause.kind} ${cause.id}, which is not among its facts`);
  }
  return last;
}
function isInTable(from: PayoutState, to: PayoutState, by: PayoutTrigger): boolean {
  return payoutTransitions.allows(from, to, by);
}
function stateOf(word: string | undefined): PayoutState | undefined {
  return PAYOUT_STATES.find((known) => known === word);
}
