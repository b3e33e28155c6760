import { fen } from '@hospay/plugin-sdk';
import { DischargeChange, type Discharge, type DischargeShare } from '../../../domain/discharge.js';
import { DISCHARGE_STATES } from '../../../domain/discharge-states.js';
import type { BeginDischarge, DischargeChangeRequest, DischargeChangeResult, DischargeStore } from '../../../domain/discharge-store.js';
import type { IdempotencyKey } from '../../../domain/money-store.js';
import type { Owner } from '../../../domain/order.js';
import type { Cause } from '../../../domain/order-change.js';
import type { GroupCommit } from './group-commit.js';
import type { JobTable } from './job-table.js';
import { number, optionalText, text, type Columns, type Row } from './rows.js';
import type { SharedRows } from './sqlite-presettlement-store.js';
import type { Statements } from './statements.js';

type Parts = { readonly commits: GroupCommit; readonly sql: Statements; readonly jobs: JobTable; readonly shared: SharedRows };

/** Discharge settlements in the money database, in the money store's own transactions. */
export class SqliteDischargeStore implements DischargeStore {
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

  begin(discharge: Discharge, { tenant, key, requestHash }: IdempotencyKey, cause: Cause): Promise<BeginDischarge> {
    return this.#commits.write<BeginDischarge>(() => {
      const known = this.#sql.get('SELECT * FROM discharge WHERE tenant = ? AND idempotency_key = ?', tenant, key);
      if (known !== undefined) return text(known, 'request_hash') === requestHash ? { kind: 'known', discharge: dischargeFrom(known) } : { kind: 'keyReused' };
      const other = this.#sql.get("SELECT * FROM discharge WHERE hospital_id = ? AND inpatient_no = ? AND visit_id = ? AND state <> 'rejected'", discharge.hospitalId, discharge.inpatientNo, discharge.visitId);
      if (other !== undefined) return { kind: 'stayTaken', discharge: dischargeFrom(other) };
      this.#sql.insert('discharge', { ...fixedColumns(discharge), ...stateColumns(discharge), tenant, idempotency_key: key, request_hash: requestHash });
      const at = new Date(discharge.requestedAt);
      this.#shared.saveEvent('', { axis: 'discharge', subject: discharge.settlementNo, from: undefined, to: discharge.state, trigger: 'request', cause }, 0, at);
      this.#jobs.schedule({ kind: 'advanceDischarge', subject: discharge.settlementNo, dueAt: at }, '');
      return { kind: 'begun', discharge };
    });
  }

  find(settlementNo: string): Promise<Discharge | undefined> {
    return Promise.resolve(this.#find(settlementNo));
  }

  listRecent({ kind, id }: Owner, since: Date): Promise<readonly Discharge[]> {
    return Promise.resolve(this.#sql.all('SELECT * FROM discharge WHERE owner_kind = ? AND owner_id = ? AND requested_at >= ? ORDER BY requested_at DESC LIMIT 20', kind, id, since.toISOString()).map(dischargeFrom));
  }

  change<Result>({ settlementNo, cause, now, fact, job, jobThen }: DischargeChangeRequest, work: (change: DischargeChange) => Result): Promise<DischargeChangeResult<Result>> {
    return this.#commits.write<DischargeChangeResult<Result>>(() => {
      if (job !== undefined && !this.#jobs.isNewest(job)) return { kind: 'fenced' };
      const before = this.#find(settlementNo);
      if (before === undefined) return { kind: 'noSuchDischarge' };
      if (fact !== undefined) this.#shared.saveFact(fact, undefined, now);
      const change = new DischargeChange(before, cause, now);
      const result = work(change);
      if (job !== undefined && jobThen !== undefined) this.#jobs.settle(job, jobThen);
      if (change.discharge !== before) this.#sql.update('discharge', stateColumns(change.discharge), 'settlement_no', settlementNo);
      for (const event of change.events) this.#shared.saveEvent('', event, 0, now);
      for (const wanted of change.jobs) this.#jobs.schedule(wanted, '');
      for (const draft of change.cases) this.#shared.saveCase(draft, undefined, now);
      for (const { kind, subject } of change.resolvedCases) this.#shared.resolveCase(kind, subject, now);
      return { kind: 'changed', result, discharge: change.discharge };
    });
  }

  #find(settlementNo: string): Discharge | undefined {
    const row = this.#sql.get('SELECT * FROM discharge WHERE settlement_no = ?', settlementNo);
    return row === undefined ? undefined : dischargeFrom(row);
  }
}

function dischargeFrom(row: Row): Discharge {
  const state = DISCHARGE_STATES.find((known) => known === text(row, 'state'));
  const kind = text(row, 'owner_kind');
  if (state === undefined || (kind !== 'terminal' && kind !== 'application')) throw new Error(`discharge ${text(row, 'settlement_no')} cannot be read`);
  return {
    settlementNo: text(row, 'settlement_no'), hospitalId: text(row, 'hospital_id'), owner: { kind, id: text(row, 'owner_id') }, quoteId: text(row, 'quote_id'), hisQuoteNo: text(row, 'his_quote_no'),
    inpatientNo: text(row, 'inpatient_no'), visitId: text(row, 'visit_id'), patientLabel: text(row, 'patient_label'), operatorId: optionalText(row, 'operator_id'), refundFen: fen(number(row, 'refund_fen')), state,
    hisSettlementNo: optionalText(row, 'his_settlement_no'), receiptNo: optionalText(row, 'receipt_no'), shares: JSON.parse(text(row, 'shares')) as DischargeShare[], requestedAt: text(row, 'requested_at'),
    settledAt: optionalText(row, 'settled_at'), attempts: number(row, 'attempts'), hisDoubtUntil: optionalText(row, 'his_doubt_until'), lastNews: optionalText(row, 'last_news'),
  };
}

function fixedColumns({ operatorId, settlementNo, hospitalId, owner, quoteId, hisQuoteNo, inpatientNo, visitId, patientLabel, refundFen, requestedAt }: Discharge): Columns {
  return {
    settlement_no: settlementNo, hospital_id: hospitalId, owner_kind: owner.kind, owner_id: owner.id, quote_id: quoteId, his_quote_no: hisQuoteNo, inpatient_no: inpatientNo, visit_id: visitId, patient_label: patientLabel,
    operator_id: operatorId ?? null, refund_fen: refundFen, requested_at: requestedAt,
  };
}

function stateColumns({ state, hisSettlementNo, receiptNo, shares, settledAt, attempts, hisDoubtUntil, lastNews }: Discharge): Columns {
  return { state, his_settlement_no: hisSettlementNo ?? null, receipt_no: receiptNo ?? null, shares: JSON.stringify(shares), settled_at: settledAt ?? null, attempts, his_doubt_until: hisDoubtUntil ?? null, last_news: lastNews ?? null };
}
