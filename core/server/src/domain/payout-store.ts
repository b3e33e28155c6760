/** The port through which payouts and bank statements are written: the same writer and the same transactions as the money. */
import type { BankLine, LineMeaning } from './bank-line.js';
import type { TransferKind } from './hand-transfer.js';
import type { ClaimedJob, JobThen } from './money-store.js';
import type { Cause, Fact } from './order-change.js';
import type { Payout, PayoutChange } from './payout.js';

export type ProposePayoutResult =
  | { readonly kind: 'proposed'; readonly payout: Payout }
  /** Nothing is owed under this number (any more). */
  | { readonly kind: 'notOwed' }
  | { readonly kind: 'amountDiffers'; readonly amountFen: number }
  /** A payout of it is under way, or a transfer by hand waits for its confirmation. */
  | { readonly kind: 'waits'; readonly number: string }
  /** The same request key with other content. */
  | { readonly kind: 'keyReused' };

export type DecidePayoutResult =
  | { readonly kind: 'decided'; readonly payout: Payout }
  | { readonly kind: 'notFound' }
  /** Decided before, otherwise or by somebody else; past its time; not what was shown; by a person who proposed or approved it; not owed any more. */
  | { readonly kind: 'decidedBefore' | 'expired' | 'notWhatWasShown' | 'ownProposal' | 'notOwed' };

export type PayoutChangeRequest = { readonly payoutNo: string; readonly cause: Cause; readonly now: Date; readonly fact?: Fact; readonly job?: ClaimedJob; /** What becomes of the job, told of the payout as it is after the change. */ readonly jobThen?: (after: Payout) => JobThen };
export type PayoutChangeResult<Result> = { readonly kind: 'changed'; readonly result: Result; readonly payout: Payout } | { readonly kind: 'fenced' } | { readonly kind: 'notFound' };

/** A closed day of one account as its bank told it, or why it could not be read. */
export type BankStatementRecord = {
  readonly account: string;
  readonly day: string;
  readonly outcome: 'imported' | 'notReady' | 'unusable';
  readonly reason: string;
  readonly fileSha256: string | undefined;
  readonly openingFen: number | undefined;
  readonly closingFen: number | undefined;
  readonly lines: number;
  readonly at: string;
};

export type PayoutStore = {
  /** `requestKey`: of a request that pays no debt, so that its repeat is the same payout. */
  propose(request: { readonly payout: Payout; readonly requestKey: string | undefined; readonly cause: Cause }): Promise<ProposePayoutResult>;
  /** Decides inside one transaction who, what and when; approved, its work is scheduled with it. The same decision by the same person again is the same answer. */
  decide(request: { readonly payoutNo: string; readonly hash: string; readonly isApproved: boolean; readonly by: string; readonly now: Date }): Promise<DecidePayoutResult>;
  find(payoutNo: string): Promise<Payout | undefined>;
  /** What was asked for under a request key. */
  findByKey(requestKey: string): Promise<Payout | undefined>;
  /** Open ones first, the newest first among each. */
  list(limit: number): Promise<readonly Payout[]>;
  /** The payout that pays a debt, or may. */
  liveOf(kind: TransferKind, subject: string): Promise<Payout | undefined>;
  /** Loads it under lock, runs `work` (synchronous, pure), writes what it decided. */
  change<Result>(request: PayoutChangeRequest, work: (change: PayoutChange) => Result): Promise<PayoutChangeResult<Result>>;
};

export type NewBankLine = Omit<BankLine, 'payoutNo' | 'meaning'>;

export type BankStatementStore = {
  /** Each line once, with what it does to its payout, in one transaction. How many were new. */
  keepLines(request: { readonly lines: readonly NewBankLine[]; readonly fileSha256: string; readonly now: Date }): Promise<number>;
  /** Written after the lines: a day is read when all of it is. A day that was read stays so. */
  recordStatement(record: BankStatementRecord): Promise<void>;
  /** A closed day the bank does not give: a person is called, once. */
  callForStatement(request: { readonly account: string; readonly day: string; readonly reason: string; readonly now: Date }): Promise<void>;
  /** The newest record of each account and day. */
  listStatements(range: { readonly from: string; readonly to: string }): Promise<readonly BankStatementRecord[]>;
  listLines(of: { readonly account?: string | undefined; readonly day: string }): Promise<readonly BankLine[]>;
};

export type { BankLine, LineMeaning };
