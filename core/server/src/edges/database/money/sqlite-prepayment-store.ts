import { fen } from '@hospay/plugin-sdk';
import type { Cause } from '../../../domain/order-change.js';
import { PREPAYMENT_RETURN_STATES, PREPAYMENT_RUN_STATES } from '../../../domain/prepayment-states.js';
import type { Decision, DecisionResult, PauseResult, PrepaymentStore, ReturnChangeRequest, ReturnChangeResult } from '../../../domain/prepayment-store.js';
import { PrepaymentReturnChange, shownHash, type PrepaymentReturn, type PrepaymentRun, type PrepaymentShare } from '../../../domain/prepayment.js';
import type { GroupCommit } from './group-commit.js';
import type { JobTable } from './job-table.js';
import { number, optionalText, text, type Columns, type Row } from './rows.js';
import type { SharedRows } from './sqlite-presettlement-store.js';
import type { Statements } from './statements.js';

type Parts = { readonly commits: GroupCommit; readonly sql: Statements; readonly jobs: JobTable; readonly shared: SharedRows };

/** Runs of 清退 in the money database, in the money store's own transactions. */
export class SqlitePrepaymentStore implements PrepaymentStore {
  readonly #commits: GroupCommit;
  readonly #sql: Statements;
  readonly #jobs: JobTable;
  readonly #shared: SharedRows;

  constructor({ commits, sql, jobs, shared }: Parts) {
    this.#commits = commits;
    this.#sql = sql;
    this.#jobs = jobs;
    this.#shared = shared;
  }

  propose(run: PrepaymentRun, cause: Cause): Promise<readonly string[]> {
    return this.#commits.write(() => {
      this.#endExpired(run.hospitalId, new Date(run.proposedAt));
      const taken = this.#live(run.hospitalId, new Date(run.proposedAt));
      const known = run.returns.filter(({ patientId }) => taken.has(patientId)).map(({ patientId }) => patientId);
      if (known.length > 0) return known;
      this.#sql.insert('prepayment_run', {
        run_no: run.runNo, hospital_id: run.hospitalId, title: run.title, state: run.state, proposed_by: run.proposedBy, proposed_at: run.proposedAt, expires_at: run.expiresAt, decided_by: null, decided_at: null,
        left_out: JSON.stringify(run.leftOut),
      });
      for (const one of run.returns) {
        this.#sql.insert('prepayment_return', { return_no: one.returnNo, run_no: run.runNo, hospital_id: run.hospitalId, patient_id: one.patientId, amount_fen: one.amountFen, frozen_fen: one.frozenFen, is_live: 1, ...stateColumns(one) });
        this.#shared.saveEvent('', { axis: 'prepaymentReturn', subject: one.returnNo, from: undefined, to: one.state, trigger: 'propose', cause }, 0, new Date(run.proposedAt));
      }
      return [];
    });
  }

  decide({ runNo, hash, by, isApproved, now }: Decision): Promise<DecisionResult> {
    return this.#commits.write<DecisionResult>(() => {
      const run = this.#findRun(runNo);
      if (run === undefined) return { kind: 'notFound' };
      const wanted = isApproved ? 'approved' : 'rejected';
      if (run.state !== 'proposed') return run.state === wanted && run.decidedBy === by ? { kind: 'decided', run } : { kind: 'decidedBefore' };
      // Whoever proposed it may take it back, never approve it.
      if (isApproved && run.proposedBy === by) return { kind: 'ownProposal' };
      if (isApproved && now.getTime() >= Date.parse(run.expiresAt)) return { kind: 'expired' };
      if (hash !== shownHash(run)) return { kind: 'notWhatWasShown' };
      const decidedBy = run.proposedBy === by ? null : by;
      this.#sql.update('prepayment_run', { state: wanted, decided_by: decidedBy, decided_at: now.toISOString() }, 'run_no', runNo);
      if (isApproved) for (const { returnNo } of run.returns) this.#jobs.schedule({ kind: 'advancePrepaymentReturn', subject: returnNo, dueAt: now }, '');
      else this.#sql.run('UPDATE prepayment_return SET is_live = 0 WHERE run_no = ?', runNo);
      const saved = this.#findRun(runNo);
      return saved === undefined ? { kind: 'notFound' } : { kind: 'decided', run: saved };
    });
  }

  pause({ runNo, isPaused, now }: Parameters<PrepaymentStore['pause']>[0]): Promise<PauseResult> {
    return this.#commits.write<PauseResult>(() => {
      const run = this.#findRun(runNo);
      if (run === undefined) return { kind: 'notFound' };
      if (run.state !== 'approved' && run.state !== 'paused') return { kind: 'notApproved' };
      this.#sql.update('prepayment_run', { state: isPaused ? 'paused' : 'approved' }, 'run_no', runNo);
      if (!isPaused) for (const { returnNo, state } of run.returns) if (state === 'planned') this.#jobs.schedule({ kind: 'advancePrepaymentReturn', subject: returnNo, dueAt: now }, '');
      return { kind: 'done', run: this.#findRun(runNo) ?? run };
    });
  }

  findRun(hospitalId: string, runNo: string): Promise<PrepaymentRun | undefined> {
    const run = this.#findRun(runNo);
    return Promise.resolve(run?.hospitalId === hospitalId ? run : undefined);
  }
  listRuns(hospitalId: string, limit: number): Promise<readonly PrepaymentRun[]> {
    const rows = this.#sql.all('SELECT run_no FROM prepayment_run WHERE hospital_id = ? ORDER BY proposed_at DESC, run_no DESC LIMIT ?', hospitalId, limit);
    return Promise.resolve(rows.flatMap((row) => this.#findRun(text(row, 'run_no')) ?? []));
  }
  findReturn(returnNo: string): ReturnType<PrepaymentStore['findReturn']> {
    const row = this.#sql.get('SELECT r.*, p.state AS run_state FROM prepayment_return r JOIN prepayment_run p ON p.run_no = r.run_no WHERE r.return_no = ?', returnNo);
    return Promise.resolve(row === undefined ? undefined : { run: { hospitalId: text(row, 'hospital_id'), state: runState(text(row, 'run_state')) }, current: returnFrom(row) });
  }
  underWay(hospitalId: string, now: Date): Promise<ReadonlySet<string>> {
    return Promise.resolve(this.#live(hospitalId, now));
  }

  change<Result>({ returnNo, cause, now, fact, job, jobThen }: ReturnChangeRequest, work: (change: PrepaymentReturnChange) => Result): Promise<ReturnChangeResult<Result>> {
    return this.#commits.write<ReturnChangeResult<Result>>(() => {
      if (!this.#jobs.isNewest(job)) return { kind: 'fenced' };
      const row = this.#sql.get('SELECT r.*, p.state AS run_state FROM prepayment_return r JOIN prepayment_run p ON p.run_no = r.run_no WHERE r.return_no = ?', returnNo);
      if (row === undefined) return { kind: 'notFound' };
      if (fact !== undefined) this.#shared.saveFact(fact, undefined, now);
      const before = returnFrom(row);
      const change = new PrepaymentReturnChange(before, { cause, now, mayBegin: runState(text(row, 'run_state')) === 'approved' });
      const result = work(change);
      const { current } = change;
      if (jobThen !== undefined) this.#jobs.settle(job, jobThen);
      if (current !== before) this.#sql.update('prepayment_return', { ...stateColumns(current), is_live: ENDED.has(current.state) ? 0 : 1 }, 'return_no', returnNo);
      for (const event of change.events) this.#shared.saveEvent('', event, 0, now);
      for (const draft of change.cases) this.#shared.saveCase(draft, undefined, now);
      for (const kind of change.resolvedCases) this.#shared.resolveCase(kind, returnNo, now);
      return { kind: 'changed', result, current };
    });
  }

  /** Accounts of runs that nobody approved in time are free for another run. */
  #endExpired(hospitalId: string, now: Date): void {
    this.#sql.run("UPDATE prepayment_return SET is_live = 0 WHERE is_live = 1 AND run_no IN (SELECT run_no FROM prepayment_run WHERE hospital_id = ? AND state = 'proposed' AND expires_at <= ?)", hospitalId, now.toISOString());
  }
  #live(hospitalId: string, now: Date): ReadonlySet<string> {
    const live = "SELECT r.patient_id FROM prepayment_return r JOIN prepayment_run p ON p.run_no = r.run_no WHERE r.hospital_id = ? AND r.is_live = 1 AND NOT (p.state = 'proposed' AND p.expires_at <= ?)";
    return new Set(this.#sql.all(live, hospitalId, now.toISOString()).map((row) => text(row, 'patient_id')));
  }
  #findRun(runNo: string): PrepaymentRun | undefined {
    const row = this.#sql.get('SELECT * FROM prepayment_run WHERE run_no = ?', runNo);
    if (row === undefined) return undefined;
    return {
      runNo, hospitalId: text(row, 'hospital_id'), title: text(row, 'title'), state: runState(text(row, 'state')), proposedBy: text(row, 'proposed_by'), proposedAt: text(row, 'proposed_at'), expiresAt: text(row, 'expires_at'),
      decidedBy: optionalText(row, 'decided_by'), decidedAt: optionalText(row, 'decided_at'), leftOut: JSON.parse(text(row, 'left_out')) as PrepaymentRun['leftOut'],
      returns: this.#sql.all('SELECT * FROM prepayment_return WHERE run_no = ? ORDER BY return_no', runNo).map(returnFrom),
    };
  }
}

const ENDED: ReadonlySet<string> = new Set(['returned', 'refused', 'changed']);

function runState(word: string): PrepaymentRun['state'] {
  const state = PREPAYMENT_RUN_STATES.find((known) => known === word);
  if (state === undefined) throw new Error(`no such state of a run: ${word}`);
  return state;
}
function returnFrom(row: Row): PrepaymentReturn {
  const state = PREPAYMENT_RETURN_STATES.find((known) => known === text(row, 'state'));
  if (state === undefined) throw new Error(`return ${text(row, 'return_no')} cannot be read`);
  return {
    returnNo: text(row, 'return_no'), runNo: text(row, 'run_no'), patientId: text(row, 'patient_id'), amountFen: fen(number(row, 'amount_fen')), frozenFen: fen(number(row, 'frozen_fen')),
    shares: JSON.parse(text(row, 'shares')) as PrepaymentShare[], state, hisReturnNo: optionalText(row, 'his_return_no'), attempts: number(row, 'attempts'), hisDoubtUntil: optionalText(row, 'his_doubt_until'), lastNews: optionalText(row, 'last_news'),
  };
}
function stateColumns({ state, shares, hisReturnNo, attempts, hisDoubtUntil, lastNews }: PrepaymentReturn): Columns {
  return { state, shares: JSON.stringify(shares), his_return_no: hisReturnNo ?? null, attempts, his_doubt_until: hisDoubtUntil ?? null, last_news: lastNews ?? null };
}
