/** The port through which runs of 清退 are written: the same writer and the same transactions as the money. */
import type { ClaimedJob } from './money-store.js';
import type { Cause, Fact } from './order-change.js';
import type { PrepaymentReturn, PrepaymentReturnChange, PrepaymentRun } from './prepayment.js';

export type Decision = { readonly runNo: string; readonly hash: string; readonly by: string; readonly isApproved: boolean; readonly now: Date };
export type DecisionResult =
  | { readonly kind: 'decided'; readonly run: PrepaymentRun }
  | { readonly kind: 'notFound' }
  /** Decided before, otherwise or by somebody else; past its time; not what was shown; by the person who proposed it. */
  | { readonly kind: 'decidedBefore' | 'expired' | 'notWhatWasShown' | 'ownProposal' };

export type PauseResult = { readonly kind: 'done'; readonly run: PrepaymentRun } | { readonly kind: 'notFound' } | { readonly kind: 'notApproved' };

export type ReturnChangeRequest = {
  readonly returnNo: string;
  readonly cause: Cause;
  readonly now: Date;
  readonly fact?: Fact;
  readonly job: ClaimedJob;
  readonly jobThen?: 'done' | { readonly dueAt: Date };
};

export type ReturnChangeResult<Result> = { readonly kind: 'changed'; readonly result: Result; readonly current: PrepaymentReturn } | { readonly kind: 'fenced' | 'notFound' };

export type PrepaymentStore = {
  /** Writes the run with what it shows. Resolves with the patients that another run, not rejected and not ended, has already: nothing is written then. */
  propose(run: PrepaymentRun, cause: Cause): Promise<readonly string[]>;
  /** Decides inside one transaction who, what and when; approved, every account's work is scheduled with it. The same decision by the same person again is the same answer. */
  decide(decision: Decision): Promise<DecisionResult>;
  /** 暂停, 继续 of an approved run. Going on schedules whatever has not begun. The same again is the same answer. */
  pause(request: { readonly runNo: string; readonly isPaused: boolean; readonly now: Date }): Promise<PauseResult>;
  findRun(hospitalId: string, runNo: string): Promise<PrepaymentRun | undefined>;
  listRuns(hospitalId: string, limit: number): Promise<readonly PrepaymentRun[]>;
  findReturn(returnNo: string): Promise<{ readonly run: Pick<PrepaymentRun, 'hospitalId' | 'state'>; readonly current: PrepaymentReturn } | undefined>;
  /** Loads the account under lock, runs `work` (synchronous, pure), writes what it decided. */
  change<Result>(request: ReturnChangeRequest, work: (change: PrepaymentReturnChange) => Result): Promise<ReturnChangeResult<Result>>;
  /** Patients whose account another run has, not ended and not past its time. */
  underWay(hospitalId: string, now: Date): Promise<ReadonlySet<string>>;
};
