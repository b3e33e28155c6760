/**
 * Running work (进行中的工作): what a person began and takes longer than a page waits. It goes on whether anybody looks or not, is found again after a reload, and is cancelled only where stopping in the middle leaves nothing half done.
 */
import type { Bilingual } from '../domain/bilingual.js';
import type { Outcome } from '../domain/errors.js';

export const WORK_KINDS = ['reportExport', 'hisExamination', 'reconciliation', 'bankStatements', 'packageProof', 'task', 'prepaymentRun', 'backup', 'backupProof', 'updateTaking', 'updateInspection', 'updateInstallation', 'supportBundle'] as const;
export type WorkKind = (typeof WORK_KINDS)[number];
/** `waiting`: for another of its kind. `cancelled`: what was done until then stands. */
export const WORK_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;
export type WorkState = (typeof WORK_STATES)[number];

/** `subject`: a day, a report, a task: never a patient. `share`: how much is done, in hundredths of a percent; undefined where nobody can know. `step`: what is done now. */
export type Work = {
  readonly id: string; readonly kind: WorkKind; readonly subject: string; readonly title?: { readonly zh: string; readonly en: string } | undefined; readonly by: string; readonly state: WorkState; readonly startedAt: string; readonly endedAt?: string | undefined;
  readonly share?: number | undefined; readonly step?: string | undefined; readonly problem?: Bilingual | undefined; readonly mayCancel: boolean;
  /** It was asked to stop and does so before its next step. */
  readonly isCancelling?: boolean | undefined;
};

/** What long work says of itself and hears, between two steps. */
export type WorkHear = { step(now: { readonly share: number; readonly step: string }): void; isCancelled(): boolean };

export type BegunWork = { readonly kind: WorkKind; readonly subject: string; readonly by: string; /** It looks between its steps whether it is cancelled. */ readonly mayCancel: boolean };
/** `within`: its answer if it ends in that time, else undefined; it goes on, and its end is on the board. A throw is the caller's only in that time. */
export type BackgroundWork<Value> = { readonly work: Work; /** Somebody began the very same before, and it runs still. */ readonly isJoined: boolean; within(ms: number): Promise<Outcome<Value> | undefined> };

/** Work of this run of the platform that has no row of its own. */
export type WorkBoard = {
  /** Shows the work while it runs and for a time after; its answer is the caller's as ever. */
  during<Value>(begun: BegunWork, work: (hear: WorkHear) => Promise<Outcome<Value>>): Promise<Outcome<Value>>;
  /** The same for work nobody waits for to its end. `join`: the same kind and subject is begun once at a time, and whoever asks meanwhile is told of the one that runs; such work has no answer but that it ended. */
  begin(begun: BegunWork & { readonly join: boolean }, work: (hear: WorkHear) => Promise<Outcome<unknown>>): BackgroundWork<unknown>;
  /** Everybody's of a kind, newest first, for a page that shows its result to all. */
  listOf(kind: WorkKind): readonly Work[];
  /** One's own, newest first. */
  list(by: string): readonly Work[];
  /** Asks it to stop before its next step. Errors: NO_SUCH_ITEM for what is not one's own; CONFLICT for what has ended or cannot be stopped. */
  cancel(request: { readonly id: string; readonly by: string }): Outcome<Work>;
};
