/**
 * The port through which all money is written: one writer, prepared statements, group commit. A promise resolves only after the commit is
 * durable. Implementations: SQLite (embedded). The same commands run on a server database under row locks, because every decision is a
 * synchronous function over rows the store has already locked.
 */
import type { CaseDraft, CaseKind, Cause, Fact, JobKind, JobRequest, OrderChange, StateEvent } from './order-change.js';
import type { Order, OrderAggregate, Owner, Payment, StoredQuote } from './order.js';

export type ClaimedJob = {
  readonly kind: JobKind;
  readonly subject: string;
  readonly tradeNo: string;
  readonly attempt: number;
  /** How often it was put back as answered. Attempts that ended in a crash or met nobody are not among them. */
  readonly answered: number;
  /** Fencing token: a result is written only while it is still the newest. */
  readonly token: number;
  readonly firstDueAt: Date;
  /** After this instant another worker may hold the job: do not start an outside call near it. */
  readonly leasedUntil: Date;
  readonly leaseMs: number;
};

/** What becomes of a claimed job. `isAnswered`: this attempt had a definite answer, and more are wanted. */
export type JobThen = 'done' | { readonly dueAt: Date; readonly isAnswered?: true };

export type IdempotencyKey = { readonly tenant: string; readonly key: string; readonly requestHash: string };

export type Acceptance = {
  readonly idempotency: IdempotencyKey;
  readonly order: Order;
  /** Absent: nothing is to be paid, and the hospital is told at once. */
  readonly payment?: Payment;
  /** 医保混合收款: the wallet payment that settles the first. */
  readonly paymentBeside?: Payment;
  readonly events: readonly StateEvent[];
  readonly jobs: readonly JobRequest[];
  readonly cause: Cause;
  readonly now: Date;
};

export type AcceptanceResult =
  | { readonly kind: 'accepted'; readonly aggregate: OrderAggregate }
  /** The same key and the same body came before: here is what became of it. */
  | { readonly kind: 'replayed'; readonly aggregate: OrderAggregate }
  /** The same key with another body. */
  | { readonly kind: 'keyReused' }
  /** The pre-settlement of an insured order is not there to be taken: settled, given up, past its time, or not of this quote and these amounts. */
  | { readonly kind: 'presettlementNotOpen' }
  /** Another live order holds one of the bills. */
  | { readonly kind: 'billTaken'; readonly tradeNo: string; readonly owner: Owner };

export type ChangeRequest = {
  readonly tradeNo: string;
  readonly cause: Cause;
  readonly now: Date;
  /** Recorded with the change. When it is already known, `work` is not run and the result is `duplicate`. */
  readonly fact?: Fact;
  /** The job this change is the result of: not its newest token → nothing is written and the result is `fenced`. */
  readonly job?: ClaimedJob;
  /** What becomes of that job: done, or due again. */
  readonly jobThen?: 'done' | { readonly dueAt: Date };
  /** For requests that may be repeated (refunds): bound to the trade number with the change. */
  readonly idempotency?: IdempotencyKey;
};

/** A refused request leaves its key free: the caller may correct itself and send the same key. */
export type KeyKeeping<Result> = { readonly keepIdempotencyOnlyIf?: (result: Result) => boolean };

export type ChangeResult<Result> =
  | { readonly kind: 'changed'; readonly result: Result; readonly aggregate: OrderAggregate }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'fenced' }
  | { readonly kind: 'keyReused' }
  | { readonly kind: 'replayed'; readonly aggregate: OrderAggregate; readonly subject: string }
  | { readonly kind: 'noSuchOrder' };

export type JournalHead = { readonly seq: number; readonly hash: string };

/** The disk is full, the file is gone, the store is in safe mode …: nothing was written; the caller may repeat the same request. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

export type MoneyStore = {
  saveQuote(quote: StoredQuote): Promise<void>;
  findQuote(quoteId: string): Promise<StoredQuote | undefined>;

  /** Commits the intent: idempotency key, order, bill claims, payment, jobs. Nothing is called before this resolves. */
  accept(acceptance: Acceptance): Promise<AcceptanceResult>;
  /** Loads the order under lock, runs `work` (synchronous, pure), writes everything it decided, in one transaction. */
  change<Result>(request: ChangeRequest & KeyKeeping<NoInfer<Result>>, work: (change: OrderChange) => Result): Promise<ChangeResult<Result>>;
  /** Records news that belongs to no order we know, with its case. */
  recordStray(fact: Fact, draft: CaseDraft, now: Date): Promise<void>;

  /**
   * Leases due jobs of the kinds, oldest first. Each claim bumps the token.
   * `held`: tokens of attempts this process is at work on. They are not given out again, whatever the clock says of their leases: one that jumps ahead ends every lease at once.
   */
  claimJobs(request: { readonly kinds: readonly JobKind[]; readonly owner: string; readonly now: Date; readonly leaseMs: number; readonly limit: number; readonly held?: readonly number[] }): Promise<ClaimedJob[]>;
  /** Gives a leased job back without any other change. False when fenced. */
  putBackJob(job: ClaimedJob, then: JobThen): Promise<boolean>;
  /** The earliest time any job of the kinds is due, leases counted; without those that are `held`. */
  nextJobAt(kinds: readonly JobKind[], held?: readonly number[]): Promise<Date | undefined>;
  /**
   * Start-up recovery, and after a clock that was set back: leases of an earlier run are void, and every open job is due within `spreadMs`. Those of this run, once it works, go on: `own` says whose they are, and how long one lasts at most by the new clock.
   * Returns how many were leased by others.
   */
  wakeJobs(now: Date, spreadMs: number, own?: { readonly owner: string; readonly leaseMs: number }): Promise<number>;

  findOrder(tradeNo: string): Promise<OrderAggregate | undefined>;
  findOrderByPayment(paymentNo: string): Promise<OrderAggregate | undefined>;
  findOrderByRefund(refundNo: string): Promise<OrderAggregate | undefined>;
  /** By a receipt the HIS gave for it, or one that a red flush made of it later. */
  findOrderByReceipt(hospitalId: string, receiptNo: string): Promise<OrderAggregate | undefined>;
  /** The newest order that was paid for a registration of the HIS. */
  findOrderByRegistration(hospitalId: string, hisRegistrationNo: string): Promise<OrderAggregate | undefined>;
  /** The order that lives on one of these bills. */
  findBillHolder(hospitalId: string, billNos: readonly string[]): Promise<OrderAggregate | undefined>;
  findOrderByKey(tenant: string, key: string): Promise<OrderAggregate | undefined>;
  /** Orders of an owner with anything a terminal must still show or print. */
  listOpenOrders(owner: Owner): Promise<OrderAggregate[]>;

  /** Every order the hospital said it booked from `from` until `to` (instants) is asked about again; how many. */
  scheduleBookingChecks(request: { readonly hospitalId: string; readonly from: Date; readonly to: Date; readonly now: Date }): Promise<number>;

  /** What may be paid out of a till now: what must lie in it, less other refunds that are being paid out of it. Never below zero. */
  tillHoldsFen(tillNo: string, beside: string): Promise<number>;

  journalHead(): Promise<JournalHead>;
  close(): Promise<void>;
};

export type { CaseKind, Fact };
