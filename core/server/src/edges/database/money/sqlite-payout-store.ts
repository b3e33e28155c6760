import { TRANSFER_KINDS, type TransferKind } from '../../../domain/hand-transfer.js';
import { isPayoutFinal, isPayoutLive } from '../../../domain/payout-states.js';
import type { DecidePayoutResult, PayoutChangeRequest, PayoutChangeResult, PayoutStore, ProposePayoutResult } from '../../../domain/payout-store.js';
import { PayoutChange, payoutHash, type BesidePayout, type Payout, type PayoutKind } from '../../../domain/payout.js';
import type { Fact } from '../../../domain/order-change.js';
import type { GroupCommit } from './group-commit.js';
import type { JobTable } from './job-table.js';
import type { LedgerWriter } from './ledger-writer.js';
import { isStillOwed, livePayoutNo, owedWhileOpen } from './owed-transfers.js';
import { payoutColumns, payoutFromRow, payoutStateColumns } from './payout-rows.js';
import { text } from './rows.js';
import type { SharedRows } from './sqlite-presettlement-store.js';
import type { Statements } from './statements.js';

export type PayoutParts = { readonly commits: GroupCommit; readonly sql: Statements; readonly jobs: JobTable; readonly ledger: LedgerWriter; readonly shared: SharedRows; readonly hospitalId: string };

/** Payouts in the money database, in the money store's own transactions. */
export class SqlitePayoutStore implements PayoutStore {
  readonly #parts: PayoutParts;
  readonly #sql: Statements;
  readonly #hospitalId: string;

  constructor(parts: PayoutParts) {
    this.#parts = parts;
    this.#sql = parts.sql;
    this.#hospitalId = parts.hospitalId;
  }

  propose({ payout, requestKey, cause }: Parameters<PayoutStore['propose']>[0]): Promise<ProposePayoutResult> {
    return this.#parts.commits.write<ProposePayoutResult>(() => {
      const { kind, subject, amountFen } = payout;
      const earlier = requestKey === undefined ? undefined : this.#sql.get('SELECT * FROM payout WHERE hospital_id = ? AND request_key = ?', this.#hospitalId, requestKey);
      if (earlier !== undefined) return isSame(payoutFromRow(earlier), payout) ? { kind: 'proposed', payout: payoutFromRow(earlier) } : { kind: 'keyReused' };
      if (isDebt(kind)) {
        const live = this.#liveOf(kind, subject);
        if (live !== undefined) return live.state === 'proposed' && isSame(live, payout) ? { kind: 'proposed', payout: live } : { kind: 'waits', number: live.payoutNo };
        const owed = owedWhileOpen(this.#sql, this.#hospitalId, kind, subject);
        if (owed === undefined) return { kind: 'notOwed' };
        if (owed.amountFen !== amountFen) return { kind: 'amountDiffers', amountFen: owed.amountFen };
        const byHand = this.#sql.get("SELECT transfer_no FROM hand_transfer WHERE kind = ? AND subject = ? AND state = 'recorded'", kind, subject);
        if (byHand !== undefined) return { kind: 'waits', number: text(byHand, 'transfer_no') };
      }
      this.#sql.insert('payout', { ...payoutColumns(payout), request_key: requestKey ?? null, is_live: 1 });
      this.#parts.shared.saveEvent('', { axis: 'payout', subject: payout.payoutNo, from: undefined, to: payout.state, trigger: 'propose', cause }, 0, new Date(payout.proposedAt));
      this.#parts.jobs.schedule({ kind: 'advancePayout', subject: payout.payoutNo, dueAt: new Date(payout.expiresAt) }, '');
      return { kind: 'proposed', payout };
    });
  }

  decide({ payoutNo, hash, isApproved, by, now }: Parameters<PayoutStore['decide']>[0]): Promise<DecidePayoutResult> {
    return this.#parts.commits.write<DecidePayoutResult>(() => {
      const payout = this.#find(payoutNo);
      if (payout === undefined) return { kind: 'notFound' };
      const refusal = whyNot(payout, { hash, isApproved, by, now });
      if (refusal === 'again') return { kind: 'decided', payout };
      if (refusal !== undefined) return { kind: refusal };
      const cause = { kind: 'operator' as const, id: `payout/${payoutNo}/${isApproved ? 'approve' : 'reject'}/${by}` };
      const change = new PayoutChange(payout, { cause, now, beside: this.#beside(payout) });
      if (isApproved && !change.beside.isOwed) return { kind: 'notOwed' };
      if (!isApproved) change.move('rejected', 'reject', { decidedBy: by, decidedAt: now.toISOString() });
      else if (payout.needsSecond && payout.state === 'proposed') change.move('firstApproved', 'approve', { firstApprovedBy: by });
      else change.move('approved', 'approve', { decidedBy: by, decidedAt: now.toISOString() });
      const { state } = change.payout;
      change.resolveCase('payoutLate');
      this.#save(change, { kind: 'operator', source: 'console', sourceId: cause.id, body: { hash, state } });
      if (state === 'approved') this.#parts.jobs.schedule({ kind: 'advancePayout', subject: payoutNo, dueAt: now }, '');
      if (state === 'rejected') this.#parts.jobs.drop('advancePayout', payoutNo);
      return { kind: 'decided', payout: change.payout };
    });
  }

  find(payoutNo: string): Promise<Payout | undefined> {
    return Promise.resolve(this.#find(payoutNo));
  }
  findByKey(requestKey: string): Promise<Payout | undefined> {
    const row = this.#sql.get('SELECT * FROM payout WHERE hospital_id = ? AND request_key = ?', this.#hospitalId, requestKey);
    return Promise.resolve(row === undefined ? undefined : payoutFromRow(row));
  }
  list(limit: number): Promise<readonly Payout[]> {
    const rows = this.#sql.all("SELECT * FROM payout WHERE hospital_id = ? ORDER BY (state IN ('rejected', 'expired', 'succeeded', 'failed', 'returned')), seq DESC LIMIT ?", this.#hospitalId, limit);
    return Promise.resolve(rows.map(payoutFromRow));
  }
  liveOf(kind: TransferKind, subject: string): Promise<Payout | undefined> {
    return Promise.resolve(this.#liveOf(kind, subject));
  }

  change<Result>(request: PayoutChangeRequest, work: (change: PayoutChange) => Result): Promise<PayoutChangeResult<Result>> {
    return this.#parts.commits.write<PayoutChangeResult<Result>>(() => this.changeInside(request, work));
  }

  /** The same inside a transaction that runs: a bank line and what it does to its payout are one. */
  changeInside<Result>({ payoutNo, cause, now, fact, job, jobThen }: PayoutChangeRequest, work: (change: PayoutChange) => Result): PayoutChangeResult<Result> {
    const { jobs } = this.#parts;
    if (job !== undefined && !jobs.isNewest(job)) return { kind: 'fenced' };
    const payout = this.#find(payoutNo);
    if (payout === undefined) return { kind: 'notFound' };
    const change = new PayoutChange(payout, { cause, now, beside: this.#beside(payout) });
    const result = work(change);
    if (job !== undefined && jobThen !== undefined) jobs.settle(job, jobThen(change.payout));
    this.#save(change, fact);
    return { kind: 'changed', result, payout: change.payout };
  }

  #save(change: PayoutChange, fact: Fact | undefined): void {
    const { shared, ledger } = this.#parts;
    const { now, payout } = change;
    for (const learned of [...(fact === undefined ? [] : [fact]), ...change.facts]) shared.saveFact(learned, undefined, now);
    const isLive = isPayoutLive(payout.state) && (change.isLive || !isPayoutFinal(payout.state));
    this.#sql.update('payout', { ...payoutStateColumns(payout), is_live: isLive ? 1 : 0 }, 'payout_no', payout.payoutNo);
    for (const event of change.events) shared.saveEvent('', event, 0, now);
    for (const journal of change.journals) ledger.post(journal, { tradeNo: '', cause: change.cause, at: now.toISOString() });
    for (const { kind, subject } of change.resolvedCases) shared.resolveCase(kind, subject, now);
    for (const draft of change.cases) shared.saveCase(draft, undefined, now);
  }

  #beside({ payoutNo, kind, subject, fromAccount }: Payout): BesidePayout {
    const hasLine = (meaning: string): boolean => this.#sql.get('SELECT 1 AS n FROM bank_line WHERE payout_no = ? AND meaning = ?', payoutNo, meaning) !== undefined;
    const others = isDebt(kind)
      ? this.#sql.get("SELECT 1 AS n FROM payout WHERE kind = ?1 AND subject = ?2 AND is_live = 1 AND payout_no <> ?3 UNION ALL SELECT 1 FROM hand_transfer WHERE kind = ?1 AND subject = ?2 AND state <> 'rejected'", kind, subject, payoutNo)
      : undefined;
    return {
      isOwed: !isDebt(kind) || isStillOwed(this.#sql, kind, subject),
      hasOther: others !== undefined,
      hasStatementOf: (day) => this.#sql.get("SELECT 1 AS n FROM bank_statement WHERE hospital_id = ? AND account = ? AND day = ? AND outcome = 'imported'", this.#hospitalId, fromAccount, day) !== undefined,
      hasGapBefore: (day) => this.#sql.get("SELECT 1 AS n FROM discrepancy_case WHERE kind = 'bankStatementGap' AND subject = ? AND resolved_at IS NULL", `${fromAccount}/${day}`) !== undefined,
      hasPaidLine: hasLine('paid'),
      hasReturnLine: hasLine('returned'),
    };
  }
  #liveOf(kind: TransferKind, subject: string): Payout | undefined {
    const payoutNo = livePayoutNo(this.#sql, kind, subject);
    return payoutNo === undefined ? undefined : this.#find(payoutNo);
  }
  #find(payoutNo: string): Payout | undefined {
    const row = this.#sql.get('SELECT * FROM payout WHERE payout_no = ? AND hospital_id = ?', payoutNo, this.#hospitalId);
    return row === undefined ? undefined : payoutFromRow(row);
  }
}

/** Whoever proposed or approved it may take it back, never approve it (again). */
function whyNot(payout: Payout, { hash, isApproved, by, now }: { readonly hash: string; readonly isApproved: boolean; readonly by: string; readonly now: Date }): Exclude<DecidePayoutResult['kind'], 'decided' | 'notFound' | 'notOwed'> | 'again' | undefined {
  const { state, firstApprovedBy, decidedBy, proposedBy } = payout;
  if (hash !== payoutHash(payout)) return 'notWhatWasShown';
  if (!isApproved) {
    if (state === 'rejected' && decidedBy === by) return 'again';
    return state === 'proposed' || state === 'firstApproved' || state === 'approved' ? undefined : 'decidedBefore';
  }
  if ((state === 'firstApproved' && firstApprovedBy === by) || (state === 'approved' && decidedBy === by)) return 'again';
  if (state !== 'proposed' && state !== 'firstApproved') return state === 'expired' ? 'expired' : 'decidedBefore';
  if (by === proposedBy) return 'ownProposal';
  return now.getTime() >= Date.parse(payout.expiresAt) ? 'expired' : undefined;
}

function isDebt(kind: PayoutKind): kind is TransferKind {
  return TRANSFER_KINDS.some((known) => known === kind);
}
function isSame(one: Payout, other: Payout): boolean {
  return one.kind === other.kind && one.subject === other.subject && one.amountFen === other.amountFen && one.fromAccount === other.fromAccount && one.payee.fingerprint === other.payee.fingerprint && one.purpose === other.purpose && one.proposedBy === other.proposedBy;
}

