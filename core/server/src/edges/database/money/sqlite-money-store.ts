/** The money store on embedded SQLite: WAL, synchronous=FULL, one writer connection, group commit. */
import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { shortened, writeBilingual } from '../../../domain/bilingual.js';
import type {
  Acceptance, AcceptanceResult, ChangeRequest, ChangeResult, ClaimedJob, Fact, IdempotencyKey, JobThen, JournalHead, KeyKeeping, MoneyStore,
} from '../../../domain/money-store.js';
import { OrderChange, type CaseDraft, type CaseKind, type JobKind, type StateEvent } from '../../../domain/order-change.js';
import type { OrderAggregate, Owner, Payment, StoredQuote } from '../../../domain/order.js';
import type { ReconciliationStore } from '../../../domain/reconciliation-store.js';
import type { RunningStore } from '../../../domain/running-reconciliation.js';
import { payingOut } from '../../../domain/shift.js';
import { holdsMoney } from '../../../domain/refund-states.js';
import { mayBegin } from '../../../domain/presettlement.js';
import { applyMigrations } from './apply-migrations.js';
import { GroupCommit } from './group-commit.js';
import { invoiceColumns, invoiceFromRow, invoiceStateColumns } from './invoice-rows.js';
import { JobTable } from './job-table.js';
import { LedgerWriter } from './ledger-writer.js';
import { PresettlementTable } from './presettlement-table.js';
import {
  orderColumns, orderFromRow, orderStateColumns, paymentColumns, paymentFromRow, paymentStateColumns, quoteColumns, quoteFromRow,
  refundColumns, refundFromRow, refundStateColumns, text,
} from './rows.js';
import { ShiftTable } from './shift-table.js';
import { SqliteArrivalStore } from './sqlite-arrival-store.js';
import { sqliteBankReceiptStore } from './sqlite-bank-receipt-store.js';
import { SqliteBankStatementStore } from './sqlite-bank-statement-store.js';
import { SqliteCaseStore } from './sqlite-case-store.js';
import { SqliteRefundApprovalStore } from './sqlite-refund-approval-store.js';
import { SqliteSettlementStore } from './sqlite-settlement-store.js';
import { SqlitePeriodStore } from './sqlite-period-store.js';
import { SqliteDischargeStore } from './sqlite-discharge-store.js';
import { sqliteEventSource } from './sqlite-event-source.js';
import { SqliteHandTransferStore } from './sqlite-hand-transfer-store.js';
import { SqliteHisNoticeStore } from './sqlite-his-notice-store.js';
import { SqliteNumberedFormStore } from './sqlite-numbered-form-store.js';
import { sqliteOrderChanges } from './sqlite-order-changes.js';
import { sqliteReconciliationStore } from './sqlite-reconciliation-store.js';
import { sqliteRunningStore } from './sqlite-running-store.js';
import { SqlitePayoutStore } from './sqlite-payout-store.js';
import { SqlitePrepaymentStore } from './sqlite-prepayment-store.js';
import { SqlitePresettlementStore, type SharedRows } from './sqlite-presettlement-store.js';
import { SqliteShiftStore } from './sqlite-shift-store.js';
import { sqliteStatementFileStore } from './sqlite-statement-file-store.js';
import type { OrderChanges } from '../../../order-sync/ports.js';
import type { ReceiptStore } from '../../../payouts/ports.js';
import type { StatementFileStore } from '../../../statement-files/ports.js';
import { Statements } from './statements.js';

export type SqliteMoneyStoreOptions = {
  /** A file path, or `:memory:` in simulations. */
  readonly file: string;
  /** When the queued writes are flushed: after this turn of the event loop by default; simulations flush in the same microtask. */
  readonly soon?: (flush: () => void) => void;
  /** What `:memory:` begins with, as `serialize` gave it: simulations open thousands of stores. */
  readonly image?: Uint8Array;
  /** Where refunds of an order begin to count: from elsewhere on a box that was restored. */
  readonly numbersFrom?: number;
};

/** WAL files before this SQLite version can be corrupted by a checkpoint race; we refuse to keep money there. */
/** Of the detail of a case in each language: what a HIS or bank said in it may be long. */
const LONGEST_DETAIL = 500;
const OLDEST_SQLITE = [3, 51, 3] as const;

export class SqliteMoneyStore implements MoneyStore {
  readonly database: DatabaseSync;
  readonly commits: GroupCommit;
  readonly #numbersFrom: number;
  readonly #sql: Statements;
  readonly #jobs: JobTable;
  readonly #ledger: LedgerWriter;
  readonly #presettlements: PresettlementTable;
  readonly #shared: SharedRows;
  readonly #shifts: ShiftTable;
  readonly presettlements: SqlitePresettlementStore;
  readonly discharges: SqliteDischargeStore;
  readonly prepayments: SqlitePrepaymentStore;
  readonly hisNotices: SqliteHisNoticeStore;
  readonly reconciliation: ReconciliationStore;
  readonly #listeners = new Set<(tradeNo: string) => void>();

  constructor(options: SqliteMoneyStoreOptions) {
    this.#numbersFrom = options.numbersFrom ?? 0;
    this.database = new DatabaseSync(options.file);
    assertSqliteVersion(this.database);
    if (options.image !== undefined) this.database.deserialize(options.image);
    this.database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 2000; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8000; PRAGMA temp_store = MEMORY;');
    applyMigrations(this.database);
    this.commits = new GroupCommit(this.database, options.soon ?? ((flush) => { setImmediate(flush); }));
    this.#sql = new Statements(this.database);
    this.#jobs = new JobTable(this.#sql);
    this.#ledger = new LedgerWriter(this.#sql);
    this.#presettlements = new PresettlementTable(this.#sql);
    this.#shifts = new ShiftTable(this.#sql);
    this.#shared = {
      saveFact: (fact, tradeNo, now) => this.#saveFact(fact, tradeNo, now),
      saveEvent: (tradeNo, event, version, now) => { this.#saveEvent(tradeNo, event, version, now); },
      saveCase: (draft, tradeNo, now) => { this.#saveCase(draft, tradeNo, now); },
      resolveCase: (kind, subject, now) => { this.#resolveCase(kind, subject, now); },
    };
    this.presettlements = new SqlitePresettlementStore({ commits: this.commits, table: this.#presettlements, jobs: this.#jobs, shared: this.#shared });
    this.prepayments = new SqlitePrepaymentStore({ commits: this.commits, sql: this.#sql, jobs: this.#jobs, shared: this.#shared });
    this.discharges = new SqliteDischargeStore({ commits: this.commits, sql: this.#sql, jobs: this.#jobs, shared: this.#shared });
    this.hisNotices = new SqliteHisNoticeStore({ commits: this.commits, sql: this.#sql, jobs: this.#jobs, shared: this.#shared });
    this.reconciliation = sqliteReconciliationStore({ commits: this.commits, sql: this.#sql, jobs: this.#jobs, shared: this.#shared, ledger: this.#ledger });
  }

  /** 日间对账. */
  get running(): RunningStore {
    return sqliteRunningStore({ commits: this.commits, sql: this.#sql });
  }

  /** What people do about cases. */
  get cases(): SqliteCaseStore {
    return new SqliteCaseStore({ commits: this.commits, sql: this.#sql, ledger: this.#ledger, shared: this.#shared });
  }

  /** Shifts and counted cash of one hospital. */
  shiftsOf(hospitalId: string): SqliteShiftStore {
    return new SqliteShiftStore({ commits: this.commits, sql: this.#sql, ledger: this.#ledger, shared: this.#shared, hospitalId });
  }

  /** Numbered forms of one hospital. */
  formsOf(hospitalId: string): SqliteNumberedFormStore {
    return new SqliteNumberedFormStore({ commits: this.commits, sql: this.#sql, hospitalId });
  }

  /** Transfers by hand of one hospital. */
  transfersOf(hospitalId: string): SqliteHandTransferStore {
    return new SqliteHandTransferStore({ commits: this.commits, sql: this.#sql, shared: this.#shared, hospitalId });
  }

  /** Payouts and bank statements of one hospital. */
  payoutsOf(hospitalId: string): { readonly payouts: SqlitePayoutStore; readonly statements: SqliteBankStatementStore } {
    const payouts = new SqlitePayoutStore({ commits: this.commits, sql: this.#sql, jobs: this.#jobs, ledger: this.#ledger, shared: this.#shared, hospitalId });
    return { payouts, statements: new SqliteBankStatementStore({ commits: this.commits, sql: this.#sql, payouts, shared: this.#shared, hospitalId }) };
  }

  /** Receipts of one hospital's payouts. */
  receiptsOf(hospitalId: string): ReceiptStore {
    return sqliteBankReceiptStore({ commits: this.commits, sql: this.#sql, hospitalId });
  }

  /** What arrives at the accounts of one hospital. */
  arrivalsOf(hospitalId: string): SqliteArrivalStore {
    return new SqliteArrivalStore({ commits: this.commits, sql: this.#sql, ledger: this.#ledger, shared: this.#shared, hospitalId });
  }

  /** Settlement batches of one hospital. */
  settlementsOf(hospitalId: string): SqliteSettlementStore {
    return new SqliteSettlementStore({ commits: this.commits, sql: this.#sql, hospitalId });
  }

  /** Refunds that others approve. */
  get refundApprovals(): SqliteRefundApprovalStore {
    return new SqliteRefundApprovalStore({ commits: this.commits, sql: this.#sql });
  }

  /** Months that are closed. */
  get periods(): SqlitePeriodStore {
    return new SqlitePeriodStore({ commits: this.commits, sql: this.#sql, database: this.database });
  }

  /** Statement files of one hospital. */
  statementFilesOf(hospitalId: string): StatementFileStore {
    return sqliteStatementFileStore({ commits: this.commits, sql: this.#sql, jobs: this.#jobs, hospitalId });
  }

  /** Changes of one hospital's orders, in the order of their commits. */
  orderChangesOf(hospitalId: string): OrderChanges {
    return sqliteOrderChanges({ sql: this.#sql, load: (tradeNo) => this.#load(tradeNo), hospitalId });
  }

  /** Kept events, and how far sinks have come with them. */
  get events(): ReturnType<typeof sqliteEventSource> {
    return sqliteEventSource({ sql: this.#sql, commits: this.commits, load: (tradeNo) => this.#load(tradeNo) });
  }

  /** Announces (after commit) that an order changed. Announcements steer nothing: a listener that misses one asks. */
  onChanged(listener: (tradeNo: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  saveQuote(quote: StoredQuote): Promise<void> {
    return this.commits.write(() => { this.#sql.insert('quote', quoteColumns(quote)); });
  }

  findQuote(quoteId: string): Promise<StoredQuote | undefined> {
    return this.#read(() => {
      const row = this.#sql.get('SELECT * FROM quote WHERE quote_id = ?', quoteId);
      return row === undefined ? undefined : quoteFromRow(row);
    });
  }

  async accept(acceptance: Acceptance): Promise<AcceptanceResult> {
    const result = await this.commits.write<AcceptanceResult>(() => {
      const { idempotency, order, payment, paymentBeside, now } = acceptance;
      const earlier = this.#findIdempotency(idempotency);
      if (earlier !== undefined) {
        if (earlier.requestHash !== idempotency.requestHash) return { kind: 'keyReused' };
        return { kind: 'replayed', aggregate: this.#mustLoad(earlier.tradeNo) };
      }
      const taken = this.#findOtherClaim(order.hospitalId, order.billNos, order.tradeNo);
      if (taken !== undefined) {
        const other = this.#mustLoad(taken).order;
        return { kind: 'billTaken', tradeNo: other.tradeNo, owner: other.owner };
      }
      if (order.presettlementNo !== undefined && !this.#takePresettlement(acceptance, order.presettlementNo)) return { kind: 'presettlementNotOpen' };
      this.#sql.insert('orders', orderColumns(order));
      for (const made of [payment, paymentBeside]) if (made !== undefined) this.#sql.insert('payment', paymentColumns(made));
      this.#claimBills(order.hospitalId, order.billNos, order.tradeNo, now);
      this.#saveIdempotency(idempotency, order.tradeNo, order.tradeNo, now);
      for (const event of acceptance.events) this.#saveEvent(order.tradeNo, event, order.version, now);
      for (const job of acceptance.jobs) this.#jobs.schedule(job, order.tradeNo);
      return { kind: 'accepted', aggregate: this.#mustLoad(order.tradeNo) };
    });
    if (result.kind === 'accepted') this.#announce(result.aggregate.order.tradeNo);
    return result;
  }

  async change<Result>(request: ChangeRequest & KeyKeeping<NoInfer<Result>>, work: (change: OrderChange) => Result): Promise<ChangeResult<Result>> {
    let isChanged = false;
    const result = await this.commits.write<ChangeResult<Result>>(() => {
      isChanged = false;
      if (request.idempotency !== undefined) {
        const earlier = this.#findIdempotency(request.idempotency);
        if (earlier !== undefined) {
          if (earlier.requestHash !== request.idempotency.requestHash) return { kind: 'keyReused' };
          return { kind: 'replayed', aggregate: this.#mustLoad(earlier.tradeNo), subject: earlier.subject };
        }
      }
      if (request.job !== undefined && !this.#jobs.isNewest(request.job)) return { kind: 'fenced' };
      const aggregate = this.#load(request.tradeNo);
      if (aggregate === undefined) return { kind: 'noSuchOrder' };
      if (request.fact !== undefined && !this.#saveFact(request.fact, request.tradeNo, request.now)) {
        if (request.job !== undefined && request.jobThen !== undefined) this.#jobs.settle(request.job, request.jobThen);
        return { kind: 'duplicate' };
      }
      const change = new OrderChange(aggregate, request.cause, request.now, this.#numbersFrom);
      const value = work(change);
      if (request.job !== undefined && request.jobThen !== undefined) this.#jobs.settle(request.job, request.jobThen);
      const version = this.#save(change, aggregate);
      isChanged = version !== aggregate.order.version;
      if (request.idempotency !== undefined && (request.keepIdempotencyOnlyIf?.(value) ?? true)) {
        const [subject = request.tradeNo] = [...change.newRefunds, ...change.newPayments];
        this.#saveIdempotency(request.idempotency, request.tradeNo, subject, request.now);
      }
      const saved = change.aggregate;
      return { kind: 'changed', result: value, aggregate: { ...saved, order: { ...saved.order, version } } };
    });
    if (isChanged) this.#announce(request.tradeNo);
    return result;
  }

  recordStray(fact: Fact, draft: CaseDraft, now: Date): Promise<void> {
    return this.commits.write(() => {
      if (this.#saveFact(fact, undefined, now)) this.#saveCase(draft, undefined, now);
    });
  }

  openCase(draft: CaseDraft, now: Date): Promise<void> {
    return this.commits.write(() => { this.#saveCase(draft, undefined, now); });
  }
  async resolveCase(kind: CaseKind, subject: string, now: Date): Promise<void> {
    // Asked at every look at a page: where nothing is open nothing is written.
    const isOpen = await this.#read(() => this.#sql.get('SELECT 1 AS n FROM discrepancy_case WHERE kind = ? AND subject = ? AND resolved_at IS NULL', kind, subject) !== undefined);
    if (isOpen) await this.commits.write(() => { this.#resolveCase(kind, subject, now); });
  }

  claimJobs(request: { readonly kinds: readonly JobKind[]; readonly owner: string; readonly now: Date; readonly leaseMs: number; readonly limit: number; readonly held?: readonly number[] }): Promise<ClaimedJob[]> {
    return this.commits.write(() => this.#jobs.claim(request));
  }
  putBackJob(job: ClaimedJob, then: JobThen): Promise<boolean> {
    return this.commits.write(() => this.#jobs.settle(job, then));
  }
  nextJobAt(kinds: readonly JobKind[], held?: readonly number[]): Promise<Date | undefined> {
    return this.#read(() => this.#jobs.nextDueAt(kinds, held));
  }
  /** By a person: work that waits is due now. */
  wakeWork({ kind, subject, now }: { readonly kind: JobKind; readonly subject: string | undefined; readonly now: Date }): Promise<number> {
    return this.commits.write(() => this.#jobs.wake(kind, subject, now));
  }
  wakeJobs(now: Date, spreadMs: number, own?: { readonly owner: string; readonly leaseMs: number }): Promise<number> {
    return this.commits.write(() => this.#jobs.wakeAll(now, spreadMs, own));
  }

  findOrder(tradeNo: string): Promise<OrderAggregate | undefined> {
    return this.#read(() => this.#load(tradeNo));
  }
  findOrderByPayment(paymentNo: string): Promise<OrderAggregate | undefined> {
    return this.#read(() => this.#loadBy('SELECT trade_no FROM payment WHERE payment_no = ?', paymentNo));
  }
  findOrderByRefund(refundNo: string): Promise<OrderAggregate | undefined> {
    return this.#read(() => this.#loadBy('SELECT trade_no FROM refund WHERE refund_no = ?', refundNo));
  }
  findOrderByReceipt(hospitalId: string, receiptNo: string): Promise<OrderAggregate | undefined> {
    return this.#read(() =>
      this.#loadBy('SELECT trade_no FROM receipt_link WHERE hospital_id = ? AND new_receipt_no = ? ORDER BY id DESC LIMIT 1', hospitalId, receiptNo)
      ?? this.#loadBy('SELECT trade_no FROM orders WHERE hospital_id = ? AND receipt_no = ? ORDER BY created_at DESC LIMIT 1', hospitalId, receiptNo));
  }
  findOrderByRegistration(hospitalId: string, hisRegistrationNo: string): Promise<OrderAggregate | undefined> {
    return this.#read(() =>
      this.#loadBy("SELECT o.trade_no FROM orders o WHERE o.hospital_id = ? AND o.business = 'registration' AND o.his_quote_no = ? ORDER BY (o.confirmation <> 'none') DESC, o.created_at DESC LIMIT 1", hospitalId, hisRegistrationNo));
  }
  findBillHolder(hospitalId: string, billNos: readonly string[]): Promise<OrderAggregate | undefined> {
    return this.#read(() => {
      const holder = this.#findOtherClaim(hospitalId, billNos, '');
      return holder === undefined ? undefined : this.#load(holder);
    });
  }
  findOrderByKey(tenant: string, key: string): Promise<OrderAggregate | undefined> {
    return this.#read(() => this.#loadBy('SELECT trade_no FROM idempotency WHERE tenant = ? AND key = ?', tenant, key));
  }

  listOpenOrders(owner: Owner): Promise<OrderAggregate[]> {
    return this.#read(() =>
      this.#sql
        .all(
          `SELECT o.trade_no FROM orders o WHERE o.owner_kind = ? AND o.owner_id = ? AND (
             EXISTS (SELECT 1 FROM payment p WHERE p.trade_no = o.trade_no AND p.state NOT IN ('succeeded', 'closed', 'failed'))
             OR (o.confirmation = 'none' AND o.tender_until IS NOT NULL AND o.tender_ending_at IS NULL)
             OR o.confirmation IN ('toConfirm', 'confirming', 'unknown')
             OR EXISTS (SELECT 1 FROM refund r WHERE r.trade_no = o.trade_no AND r.state NOT IN ('succeeded', 'closed', 'rejected'))
             OR (o.confirmation = 'confirmed' AND o.receipt_printed_at IS NULL))
           ORDER BY o.created_at DESC LIMIT 50`,
          owner.kind, owner.id,
        )
        .map((row) => this.#mustLoad(text(row, 'trade_no'))),
    );
  }

  /**
   * Payments through a channel instance that still need it: no definite outcome, money the hospital has not booked yet, or a refund on its way. A pre-settlement
   * whose registration and fees may have to be taken back needs it too.
   */
  countOpenMoney(channel: string): Promise<number> {
    return this.#read(() => this.#presettlements.countOpen(channel) +
      Number(
        this.#sql.get(
          `SELECT count(*) AS n FROM payment p JOIN orders o ON o.trade_no = p.trade_no WHERE p.channel = ? AND (
             p.state NOT IN ('succeeded', 'closed', 'failed')
             OR (p.state = 'succeeded' AND (o.confirmation IN ('toConfirm', 'confirming', 'unknown') OR (o.confirmation = 'none' AND o.tender_until IS NOT NULL)))
             OR EXISTS (SELECT 1 FROM refund r WHERE r.payment_no = p.payment_no AND r.state NOT IN ('succeeded', 'closed', 'rejected')))`,
          channel,
        )?.['n'] ?? 0,
      ),
    );
  }

  scheduleBookingChecks({ hospitalId, from, to, now }: { readonly hospitalId: string; readonly from: Date; readonly to: Date; readonly now: Date }): Promise<number> {
    return this.commits.write(() => {
      const rows = this.#sql.all("SELECT trade_no FROM orders WHERE hospital_id = ? AND confirmation IN ('confirmed', 'reversing') AND confirmed_at >= ? AND confirmed_at < ?", hospitalId, from.toISOString(), to.toISOString());
      for (const row of rows) this.#jobs.schedule({ kind: 'checkBooking', subject: text(row, 'trade_no'), dueAt: now }, text(row, 'trade_no'));
      return rows.length;
    });
  }

  tillHoldsFen(tillNo: string, beside: string): Promise<number> {
    return this.#read(() => {
      const { figures } = this.#shifts.readOpen(tillNo, this.#ledger.head().seq);
      const leaving = payingOut(figures).filter(({ number }) => number !== beside);
      return Math.max(0, figures.expectedFen - leaving.reduce((sum, { amountFen }) => sum + amountFen, 0));
    });
  }

  journalHead(): Promise<JournalHead> {
    return this.#read(() => this.#ledger.head());
  }

  close(): Promise<void> {
    this.commits.flush();
    this.commits.refuse('the money store is closed');
    if (this.database.isOpen) {
      this.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      this.database.close();
    }
    return Promise.resolve();
  }

  /** Reads run between commits on the writer's own thread: always committed state, never a stale replica. */
  #read<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve) => { resolve(work()); });
  }

  #announce(tradeNo: string): void {
    for (const listener of this.#listeners) listener(tradeNo);
  }

  #loadBy(sql: string, ...keys: string[]): OrderAggregate | undefined {
    const row = this.#sql.get(sql, ...keys);
    return row === undefined ? undefined : this.#load(text(row, 'trade_no'));
  }

  #mustLoad(tradeNo: string): OrderAggregate {
    const aggregate = this.#load(tradeNo);
    if (aggregate === undefined) throw new Error(`order ${tradeNo} is named by another row but does not exist`);
    return aggregate;
  }

  #load(tradeNo: string): OrderAggregate | undefined {
    const row = this.#sql.get('SELECT * FROM orders WHERE trade_no = ?', tradeNo);
    if (row === undefined) return undefined;
    const order = orderFromRow(row);
    const payments = this.#sql.all('SELECT * FROM payment WHERE trade_no = ? ORDER BY leg', tradeNo).map(paymentFromRow);
    const refunds = this.#sql.all('SELECT * FROM refund WHERE trade_no = ? ORDER BY refund_no', tradeNo).map(refundFromRow);
    const invoices = this.#sql.all('SELECT * FROM invoice WHERE trade_no = ? ORDER BY ordinal', tradeNo).map(invoiceFromRow);
    const holdsBills = this.#sql.get('SELECT 1 FROM bill_claim WHERE trade_no = ? LIMIT 1', tradeNo) !== undefined;
    const billsFree = holdsBills || this.#findOtherClaim(order.hospitalId, order.billNos, tradeNo) === undefined;
    const presettlement = order.presettlementNo === undefined ? undefined : this.#presettlements.find(order.presettlementNo);
    return { order, payments, refunds, ...(invoices.length === 0 ? {} : { invoices }), holdsBills, billsFree, presettlement };
  }

  /** The pre-settlement belongs to the new order, or nothing is accepted: amounts are compared here, inside the transaction. */
  #takePresettlement({ order, payment, cause, now }: Acceptance, presettlementNo: string): boolean {
    const presettlement = this.#presettlements.find(presettlementNo);
    if (presettlement === undefined || payment === undefined || !mayBegin(presettlement, order, payment, now)) return false;
    this.#presettlements.update({ ...presettlement, state: 'settling', tradeNo: order.tradeNo });
    this.#saveEvent(order.tradeNo, { axis: 'presettlement', subject: presettlementNo, from: presettlement.state, to: 'settling', trigger: 'payment', cause }, order.version, now);
    this.#jobs.drop('advancePresettlement', presettlementNo);
    return true;
  }

  /** Writes what was decided; returns the order's new version. */
  #save(change: OrderChange, before: OrderAggregate): number {
    const { tradeNo } = change.order;
    if (change.isEmpty) return before.order.version;
    const version = before.order.version + 1;
    const changed = this.#sql.update('orders', orderStateColumns({ ...change.order, version }), 'trade_no', tradeNo);
    if (changed !== 1) throw new Error(`order ${tradeNo} vanished while it was being changed`);
    for (const paymentNo of change.newPayments) this.#sql.insert('payment', paymentColumns(change.payment(paymentNo)));
    for (const paymentNo of change.changedPayments) if (!change.newPayments.has(paymentNo)) this.#sql.update('payment', paymentStateColumns(change.payment(paymentNo)), 'payment_no', paymentNo);
    for (const refundNo of change.newRefunds) this.#sql.insert('refund', refundColumns(change.refund(refundNo)));
    for (const refundNo of change.changedRefunds) {
      if (!change.newRefunds.has(refundNo)) this.#sql.update('refund', refundStateColumns(change.refund(refundNo)), 'refund_no', refundNo);
    }
    if (change.newRefunds.size + change.changedRefunds.size > 0) this.#guardRefundLimits(change);
    for (const number of change.changedInvoices) if (!change.newInvoices.has(number)) this.#sql.update('invoice', invoiceStateColumns(change.invoice(number)), 'invoice_request_no', number);
    for (const number of change.newInvoices) this.#sql.insert('invoice', invoiceColumns(change.invoice(number)));
    if (change.presettlementChanged && change.presettlement !== undefined) this.#presettlements.update(change.presettlement);
    if (change.holdsBills !== before.holdsBills) {
      if (change.holdsBills) this.#claimBills(change.order.hospitalId, change.order.billNos, tradeNo, change.now);
      else this.#sql.run('DELETE FROM bill_claim WHERE trade_no = ?', tradeNo);
    }
    for (const fact of change.facts) this.#saveFact(fact, tradeNo, change.now);
    for (const link of change.receiptLinks) this.#sql.run('INSERT INTO receipt_link (hospital_id, trade_no, his_refund_no, old_receipt_no, new_receipt_no, at) VALUES (?,?,?,?,?,?)', change.order.hospitalId, tradeNo, link.hisRefundNo, link.oldReceiptNo, link.newReceiptNo, change.now.toISOString());
    for (const event of change.events) this.#saveEvent(tradeNo, event, version, change.now);
    for (const journal of change.journals) this.#ledger.post(journal, { tradeNo, cause: change.cause, at: change.now.toISOString() });
    for (const job of change.droppedJobs) this.#jobs.drop(job.kind, job.subject);
    for (const job of change.jobs) this.#jobs.schedule(job, tradeNo);
    // In this order, so that a case that takes another turn is closed as what it was and opened as what it is now.
    for (const { kind, subject } of change.resolvedCases) this.#resolveCase(kind, subject, change.now);
    for (const draft of change.cases) this.#saveCase(draft, tradeNo, change.now);
    return version;
  }

  /** The database's own wall behind the domain's rule: a payment's refunds, accepted or in flight, never exceed it (CHECK on refund_held_fen). */
  #guardRefundLimits(change: OrderChange): void {
    const held = new Map<Payment['paymentNo'], number>();
    for (const refund of change.refunds) {
      if (holdsMoney(refund.state)) held.set(refund.paymentNo, (held.get(refund.paymentNo) ?? 0) + refund.refundFen);
    }
    for (const payment of change.payments) {
      this.#sql.run('UPDATE payment SET refund_held_fen = ? WHERE payment_no = ?', held.get(payment.paymentNo) ?? 0, payment.paymentNo);
    }
  }

  #findOtherClaim(hospitalId: string, billNos: readonly string[], tradeNo: string): string | undefined {
    for (const billNo of billNos) {
      const row = this.#sql.get('SELECT trade_no FROM bill_claim WHERE hospital_id = ? AND bill_no = ? AND trade_no <> ?', hospitalId, billNo, tradeNo);
      if (row !== undefined) return text(row, 'trade_no');
    }
    return undefined;
  }

  #claimBills(hospitalId: string, billNos: readonly string[], tradeNo: string, now: Date): void {
    for (const billNo of billNos) {
      this.#sql.run('INSERT INTO bill_claim (hospital_id, bill_no, trade_no, claimed_at) VALUES (?,?,?,?)', hospitalId, billNo, tradeNo, now.toISOString());
    }
  }

  #findIdempotency(key: IdempotencyKey): { requestHash: string; tradeNo: string; subject: string } | undefined {
    const row = this.#sql.get('SELECT request_hash, trade_no, subject FROM idempotency WHERE tenant = ? AND key = ?', key.tenant, key.key);
    return row === undefined ? undefined : { requestHash: text(row, 'request_hash'), tradeNo: text(row, 'trade_no'), subject: text(row, 'subject') };
  }

  #saveIdempotency(key: IdempotencyKey, tradeNo: string, subject: string, now: Date): void {
    this.#sql.run('INSERT INTO idempotency (tenant, key, request_hash, trade_no, subject, at) VALUES (?,?,?,?,?,?)', key.tenant, key.key, key.requestHash, tradeNo, subject, now.toISOString());
  }

  #saveFact(fact: Fact, tradeNo: string | undefined, now: Date): boolean {
    const body = JSON.stringify(fact.body);
    const hash = createHash('sha256').update(body).digest('hex');
    return this.#sql.run('INSERT OR IGNORE INTO fact (kind, source, source_id, trade_no, body, body_hash, at) VALUES (?,?,?,?,?,?,?)', fact.kind, fact.source, fact.sourceId, tradeNo ?? null, body, hash, now.toISOString()) === 1;
  }

  #saveEvent(tradeNo: string, event: StateEvent, version: number, now: Date): void {
    this.#sql.run(
      'INSERT INTO state_event (trade_no, axis, subject, from_state, to_state, trigger, cause_kind, cause_id, order_version, at) VALUES (?,?,?,?,?,?,?,?,?,?)',
      tradeNo, event.axis, event.subject, event.from ?? null, event.to, event.trigger, event.cause.kind, event.cause.id, version, now.toISOString(),
    );
  }

  #resolveCase(kind: CaseKind, subject: string, now: Date): void {
    this.#sql.run('UPDATE discrepancy_case SET resolved_at = ? WHERE kind = ? AND subject = ? AND resolved_at IS NULL', now.toISOString(), kind, subject);
  }

  #saveCase(draft: CaseDraft, tradeNo: string | undefined, now: Date): void {
    this.#sql.run('INSERT OR IGNORE INTO discrepancy_case (kind, subject, trade_no, severity, detail, opened_at) VALUES (?,?,?,?,?,?)', draft.kind, draft.subject, tradeNo ?? null, draft.severity, writeBilingual(shortened(draft.detail, LONGEST_DETAIL)), now.toISOString());
  }
}

function assertSqliteVersion(database: DatabaseSync): void {
  const row = database.prepare('SELECT sqlite_version() AS version').get();
  const version = row === undefined ? '0' : text(row, 'version');
  const parts = version.split('.').map(Number);
  for (const [index, oldest] of OLDEST_SQLITE.entries()) {
    const part = parts[index] ?? 0;
    if (part > oldest) return;
    if (part < oldest) throw new Error(`SQLite ${version} has a WAL corruption bug; ${OLDEST_SQLITE.join('.')} or later is needed. Start with the pinned runtime (npm start does).`);
  }
}
