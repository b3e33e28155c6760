/** The port through which pre-settlements are written: the same writer and the same transactions as the money, beside `MoneyStore`. */
import type { Cause } from './order-change.js';
import type { ClaimedJob, Fact, IdempotencyKey } from './money-store.js';
import type { Presettlement } from './order.js';
import type { PresettlementChange } from './presettlement-change.js';

export type BeginResult =
  | { readonly kind: 'begun'; readonly presettlement: Presettlement }
  /** The same key came before. */
  | { readonly kind: 'known'; readonly presettlement: Presettlement }
  | { readonly kind: 'keyReused' }
  /** Another pre-settlement of one of the bills is not taken back yet: the centre would get its fees twice. */
  | { readonly kind: 'billPresettled'; readonly presettlement: Presettlement };

export type PresettlementChangeRequest = {
  readonly presettlementNo: string;
  readonly cause: Cause;
  readonly now: Date;
  readonly fact?: Fact;
  /** The job this change is the result of: not its newest token → nothing is written. */
  readonly job?: ClaimedJob;
  readonly jobThen?: 'done' | { readonly dueAt: Date };
};

export type PresettlementChangeResult<Result> =
  | { readonly kind: 'changed'; readonly result: Result; readonly presettlement: Presettlement }
  | { readonly kind: 'fenced' }
  | { readonly kind: 'noSuchPresettlement' };

export type PresettlementStore = {
  /** Writes it, claims its bills and schedules its end, before anything is sent. */
  begin(presettlement: Presettlement, idempotency: IdempotencyKey, cause: Cause): Promise<BeginResult>;
  find(presettlementNo: string): Promise<Presettlement | undefined>;
  findByKey(key: IdempotencyKey): Promise<Exclude<BeginResult, { kind: 'begun' | 'billPresettled' }> | undefined>;
  /** Numbers of the insured payments of every order that has taken it, or had, and that are not known to be paid: one of them may have settled it all the same. */
  unpaidBy(presettlementNo: string): Promise<string[]>;
  /** Loads it under lock, runs `work` (synchronous, pure), writes what it decided, in one transaction. Its bills are free again once it is abandoned. */
  change<Result>(request: PresettlementChangeRequest, work: (change: PresettlementChange) => Result): Promise<PresettlementChangeResult<Result>>;
};
