import type { Fact, IdempotencyKey } from '../../../domain/money-store.js';
import type { CaseDraft, CaseKind, Cause, StateEvent } from '../../../domain/order-change.js';
import type { Presettlement } from '../../../domain/order.js';
import { PresettlementChange } from '../../../domain/presettlement-change.js';
import type { BeginResult, PresettlementChangeRequest, PresettlementChangeResult, PresettlementStore } from '../../../domain/presettlement-store.js';
import type { GroupCommit } from './group-commit.js';
import type { JobTable } from './job-table.js';
import type { PresettlementTable } from './presettlement-table.js';

/** What the money store lets this one write beside its own rows. The trade number is empty while no order has taken the pre-settlement. */
export type SharedRows = {
  saveFact(fact: Fact, tradeNo: string | undefined, now: Date): boolean;
  saveEvent(tradeNo: string, event: StateEvent, version: number, now: Date): void;
  saveCase(draft: CaseDraft, tradeNo: string | undefined, now: Date): void;
  resolveCase(kind: CaseKind, subject: string, now: Date): void;
};

/** Pre-settlements in the money database, in the money store's own transactions. */
export class SqlitePresettlementStore implements PresettlementStore {
  readonly #commits: GroupCommit;
  readonly #table: PresettlementTable;
  readonly #jobs: JobTable;
  readonly #shared: SharedRows;

  constructor(parts: { readonly commits: GroupCommit; readonly table: PresettlementTable; readonly jobs: JobTable; readonly shared: SharedRows }) {
    this.#commits = parts.commits;
    this.#table = parts.table;
    this.#jobs = parts.jobs;
    this.#shared = parts.shared;
  }

  begin(presettlement: Presettlement, idempotency: IdempotencyKey, cause: Cause): Promise<BeginResult> {
    return this.#commits.write<BeginResult>(() => {
      const known = this.#known(idempotency);
      if (known !== undefined) return known;
      const holder = this.#table.holderOf(presettlement.hospitalId, presettlement.billNos);
      if (holder !== undefined) return { kind: 'billPresettled', presettlement: holder };
      this.#table.insert(presettlement, idempotency);
      const at = new Date(presettlement.requestedAt);
      this.#shared.saveEvent('', { axis: 'presettlement', subject: presettlement.presettlementNo, from: undefined, to: presettlement.state, trigger: 'request', cause }, 0, at);
      this.#jobs.schedule({ kind: 'advancePresettlement', subject: presettlement.presettlementNo, dueAt: new Date(presettlement.expiresAt) }, '');
      return { kind: 'begun', presettlement };
    });
  }

  find(presettlementNo: string): Promise<Presettlement | undefined> {
    return Promise.resolve(this.#table.find(presettlementNo));
  }

  findByKey(key: IdempotencyKey): ReturnType<PresettlementStore['findByKey']> {
    return Promise.resolve(this.#known(key));
  }

  unpaidBy(presettlementNo: string): Promise<string[]> {
    return Promise.resolve(this.#table.unpaidBy(presettlementNo));
  }

  change<Result>(request: PresettlementChangeRequest, work: (change: PresettlementChange) => Result): Promise<PresettlementChangeResult<Result>> {
    const { presettlementNo, cause, now, fact, job, jobThen } = request;
    return this.#commits.write<PresettlementChangeResult<Result>>(() => {
      if (job !== undefined && !this.#jobs.isNewest(job)) return { kind: 'fenced' };
      const before = this.#table.find(presettlementNo);
      if (before === undefined) return { kind: 'noSuchPresettlement' };
      const tradeNo = before.tradeNo ?? '';
      if (fact !== undefined) this.#shared.saveFact(fact, before.tradeNo, now);
      const change = new PresettlementChange(before, cause, now);
      const result = work(change);
      if (job !== undefined && jobThen !== undefined) this.#jobs.settle(job, jobThen);
      if (change.presettlement !== before) this.#table.update(change.presettlement);
      for (const event of change.events) this.#shared.saveEvent(tradeNo, event, 0, now);
      for (const { kind, subject } of change.droppedJobs) this.#jobs.drop(kind, subject);
      for (const wanted of change.jobs) this.#jobs.schedule(wanted, tradeNo);
      for (const draft of change.cases) this.#shared.saveCase(draft, before.tradeNo, now);
      for (const { kind, subject } of change.resolvedCases) this.#shared.resolveCase(kind, subject, now);
      return { kind: 'changed', result, presettlement: change.presettlement };
    });
  }

  #known(idempotency: IdempotencyKey): Exclude<BeginResult, { kind: 'begun' | 'billPresettled' }> | undefined {
    const known = this.#table.findByKey(idempotency);
    if (known === undefined) return undefined;
    return known.requestHash === idempotency.requestHash ? { kind: 'known', presettlement: known.presettlement } : { kind: 'keyReused' };
  }
}
