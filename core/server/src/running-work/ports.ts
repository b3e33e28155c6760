/**
 * Running work (进行中的工作): what a person began and takes longer than a page waits. It goes on whether anybody looks or not, is found again after a reload, and is cancelled only where stopping in the middle leaves nothing half done.
 */
import type { Outcome } from '../domain/errors.js';

export const WORK_KINDS = ['reportExport', 'hisExamination', 'reconciliation', 'bankStatements', 'packageProof', 'task', 'prepaymentRun', 'backup', 'backupProof'] as const;
export type WorkKind = (typeof WORK_KINDS)[number];
/** `waiting`: for another of its kind. `cancelled`: what was done until then stands. */
export const WORK_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;
export type WorkState = (typeof WORK_STATES)[number];

/** `subject`: a day, a report, a task: never a patient. `share`: how much is done, in hundredths of a percent; undefined where nobody can know. `step`: what is done now. */
export type Work = {
  readonly id: string; readonly kind: WorkKind; readonly subject: string; readonly title?: { readonly zh: string; readonly en: string } | undefined; readonly by: string; readonly state: WorkState; readonly startedAt: string; readonly endedAt?: string | undefined;
  readonly share?: number | undefined; readonly step?: string | undefined; readonly problem?: string | undefined; readonly mayCancel: boolean;
};

/** What long work says of itself and hears, between two steps. */
export type WorkHear = { step(now: { readonly share: number; readonly step: string }): void; isCancelled(): boolean };

/** Work of this run of the platform that has no row of its own. */
export type WorkBoard = {
  /** Shows the work while it runs and for a time after; its answer is the caller's as ever. */
  during<Value>(begun: { readonly kind: WorkKind; readonly subject: string; readonly by: string; /** It looks between its steps whether it is cancelled. */ readonly mayCancel: boolean }, work: (hear: WorkHear) => Promise<Outcome<Value>>): Promise<Outcome<Value>>;
  /** One's own, newest first. */
  list(by: string): readonly Work[];
  /** Asks it to stop before its next step. Errors: NO_SUCH_ITEM for what is not one's own; CONFLICT for what has ended or cannot be stopped. */
  cancel(request: { readonly id: string; readonly by: string }): Outcome<Work>;
};
