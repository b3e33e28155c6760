/** What changes (变更申请) need from outside, and what edges and other use cases see of them. */
import type { AuditTrail } from '../domain/audit.js';
import type { ChangeKind, ChangeLine, ChangeProposal, ChangeStore } from '../domain/change-proposal.js';
import type { Outcome, Refused } from '../domain/errors.js';
import type { Log } from '../domain/log.js';
import type { Clock } from '../domain/time.js';

/** A change as it would be made of the state as it is now. */
export type ChangeDraft = {
  readonly subject: string;
  /** What is kept, sealed, and carried out. */
  readonly content: unknown;
  /** The same with fingerprints in place of secrets: this is hashed. */
  readonly masked: unknown;
  readonly lines: readonly ChangeLine[];
  readonly levels: 1 | 2;
  /** Nobody may approve it later than this, whatever the rule says. */
  readonly holdsUntil?: Date | undefined;
};

/** How one kind of change is shown and made. */
export type ChangeAct = {
  readonly kind: ChangeKind;
  /** Refuses what cannot be made at all. */
  draw(content: unknown): Promise<Outcome<ChangeDraft>>;
  /** The state it would replace, briefly and without calling anybody: read again inside the transaction that approves. */
  present(content: unknown): Promise<unknown>;
  /** Whether it is made already: the power went between making it and writing that down. */
  isDone(content: unknown): Promise<boolean>;
  apply(content: unknown, of: Pick<ChangeProposal, 'changeNo' | 'proposedBy' | 'decidedBy'>): Promise<Outcome<object>>;
};

export type ChangePorts = {
  readonly acts: readonly ChangeAct[];
  readonly store: ChangeStore;
  readonly expiresAfterMs: number;
  readonly clock: Clock;
  readonly audit: AuditTrail;
  readonly log: Log;
};

export type ChangeAsked = { readonly kind: ChangeKind; readonly content: unknown; readonly reason: string; readonly by: string };
/** `result` when it was made at once. */
export type ChangeAnswer = { readonly change: ChangeProposal; readonly result?: object | undefined };
export type ChangeResult = { readonly changeNo: string; readonly change?: ChangeProposal; readonly refused?: Refused };

export type ChangeDesk = {
  /** Proposes it; makes it at once while there are not two persons yet. Refuses what the change itself refuses, CONFLICT (another of the subject waits). */
  request(asked: ChangeAsked): Promise<Outcome<ChangeAnswer>>;
  list(request: { readonly limit: number }): Promise<{ readonly needsTwo: boolean; readonly changes: readonly ChangeProposal[] }>;
  /** One or several, each by the hash of what was shown, each for itself. The last approval makes it. */
  decide(request: { readonly changes: readonly { readonly changeNo: string; readonly hash: string }[]; readonly isApproved: boolean; readonly reason: string; readonly by: string }): Promise<readonly ChangeResult[]>;
  /** Makes what was approved and not made: at start, and when a person asks. */
  carryOut(request: { readonly changeNo: string; readonly by: string }): Promise<Outcome<ChangeProposal>>;
  /** `only`: of a box that makes nothing else yet. */
  resume(only?: ChangeKind): Promise<void>;
  /** Ends what is past its time, and forgets what it held. How many. */
  expireOld(): Promise<number>;
};
