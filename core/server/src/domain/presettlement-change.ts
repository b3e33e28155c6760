import type { CaseDraft, Cause, JobKind, JobRequest, StateEvent } from './order-change.js';
import type { Presettlement } from './order.js';
import { isBusy } from './presettlement.js';
import { presettlementTransitions, type PresettlementState, type PresettlementTrigger } from './presettlement-states.js';

/** Who asks for it asks the centre himself at once; if that is cut short, the timer carries on. */
const REQUEST_HEAD_START_MS = 2_000;

/** One change of one pre-settlement outside of an order, decided synchronously over the locked row. */
export class PresettlementChange {
  readonly now: Date;
  readonly cause: Cause;
  #presettlement: Presettlement;
  readonly events: StateEvent[] = [];
  readonly jobs: JobRequest[] = [];
  readonly droppedJobs: { readonly kind: JobKind; readonly subject: string }[] = [];
  readonly cases: CaseDraft[] = [];
  readonly resolvedCases: { readonly kind: CaseDraft['kind']; readonly subject: string }[] = [];

  constructor(presettlement: Presettlement, cause: Cause, now: Date) {
    this.#presettlement = presettlement;
    this.cause = cause;
    this.now = now;
  }

  get presettlement(): Presettlement {
    return this.#presettlement;
  }

  /** @throws ForbiddenTransition */
  move(to: PresettlementState, by: PresettlementTrigger, set: Partial<Presettlement> = {}): Presettlement {
    const { presettlementNo, state } = this.#presettlement;
    presettlementTransitions.check(state, to, by);
    this.events.push({ axis: 'presettlement', subject: presettlementNo, from: state, to, trigger: by, cause: this.cause });
    return this.set({ ...set, state: to });
  }

  set(set: Partial<Presettlement>): Presettlement {
    this.#presettlement = { ...this.#presettlement, ...set };
    return this.#presettlement;
  }

  /** From now on nothing settles it: what the centre holds is taken back, at once or as soon as the call under way has ended. */
  abandon(by: Extract<PresettlementTrigger, 'answer' | 'request' | 'timer'>, why: string): Presettlement {
    const moved = this.move('abandoning', by, { abandoningSince: this.now.toISOString(), lastNews: why });
    const soonest = by === 'request' ? this.now.getTime() + REQUEST_HEAD_START_MS : this.now.getTime();
    this.schedule(new Date(isBusy(moved, this.now) ? (moved.busyUntil ?? soonest) : soonest));
    return moved;
  }

  schedule(dueAt: Date): void {
    this.jobs.push({ kind: 'advancePresettlement', subject: this.#presettlement.presettlementNo, dueAt });
  }
  /** Asks the channel again what became of a payment that may have settled it. */
  askAboutPayment(paymentNo: string): void {
    this.jobs.push({ kind: 'advancePayment', subject: paymentNo, dueAt: this.now });
  }
  dropJob(): void {
    this.droppedJobs.push({ kind: 'advancePresettlement', subject: this.#presettlement.presettlementNo });
  }
  openCase(draft: Omit<CaseDraft, 'subject'>): void {
    this.cases.push({ ...draft, subject: this.#presettlement.presettlementNo });
  }
  resolveCase(kind: CaseDraft['kind']): void {
    this.resolvedCases.push({ kind, subject: this.#presettlement.presettlementNo });
  }
}
