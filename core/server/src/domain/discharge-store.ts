/** The port through which discharge settlements are written: the same writer and the same transactions as the money, beside `MoneyStore`. */
import type { Discharge, DischargeChange } from './discharge.js';
import type { Cause, Fact } from './order-change.js';
import type { Owner } from './order.js';
import type { ClaimedJob, IdempotencyKey } from './money-store.js';

export type BeginDischarge =
  | { readonly kind: 'begun' | 'known'; readonly discharge: Discharge }
  | { readonly kind: 'keyReused' }
  /** Another settlement of this stay has not been refused. */
  | { readonly kind: 'stayTaken'; readonly discharge: Discharge };

export type DischargeChangeRequest = {
  readonly settlementNo: string;
  readonly cause: Cause;
  readonly now: Date;
  readonly fact?: Fact;
  /** The job this change is the result of: not its newest token → nothing is written. */
  readonly job?: ClaimedJob;
  readonly jobThen?: 'done' | { readonly dueAt: Date };
};
export type DischargeChangeResult<Result> = { readonly kind: 'changed'; readonly result: Result; readonly discharge: Discharge } | { readonly kind: 'fenced' } | { readonly kind: 'noSuchDischarge' };

export type DischargeStore = {
  /** Writes it and schedules its work, before anything is sent. One settlement of a stay at a time. */
  begin(discharge: Discharge, idempotency: IdempotencyKey, cause: Cause): Promise<BeginDischarge>;
  find(settlementNo: string): Promise<Discharge | undefined>;
  /** What an owner began since then, the newest first; at most 20. */
  listRecent(owner: Owner, since: Date): Promise<readonly Discharge[]>;
  /** Loads it under lock, runs `work` (synchronous, pure), writes what it decided, in one transaction. */
  change<Result>(request: DischargeChangeRequest, work: (change: DischargeChange) => Result): Promise<DischargeChangeResult<Result>>;
};
