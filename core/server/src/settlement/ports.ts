/** What clearing and settlement (清结算) need from outside, and what the console and the clock ask of them. */
import type { Arrival, ArrivalRule, ArrivalStore, ArrivedLine, ExpectedArrival } from '../domain/arrival.js';
import type { AuditTrail } from '../domain/audit.js';
import type { Bilingual } from '../domain/bilingual.js';
import type { Outcome } from '../domain/errors.js';
import type { PeriodSheet, PeriodStore } from '../domain/period-close.js';
import type { DaySummary, StatementSource } from '../domain/reconciliation-store.js';
import type { Owner } from '../domain/order.js';
import type { SettlementBatch, SettlementMove, SettlementSheet, SettlementStore } from '../domain/settlement-batch.js';
import type { Clock } from '../domain/time.js';
import type { WorkingCalendar } from '../domain/working-days.js';

export type ArrivalPorts = {
  readonly arrivals: ArrivalStore;
  /** As configured, with the channels of each source as they are now. */
  rules(): readonly ArrivalRule[];
  readonly calendar: WorkingCalendar;
  readonly clock: Clock;
  readonly audit: AuditTrail;
};

/** `waiting`: not due. `due`: it should have come. `hung`: overdue, under its case. `unsettled`: its statement was not compared yet. */
export const EXPECTED_STATES = ['waiting', 'due', 'hung', 'unsettled'] as const;
export type ExpectedState = (typeof EXPECTED_STATES)[number];
export type ExpectedView = Pick<ExpectedArrival, 'source' | 'key' | 'day' | 'amountFen'> & { readonly account: string; readonly dueOn: string; readonly state: ExpectedState };
export type LineView = Pick<ArrivedLine, 'account' | 'bankLineNo' | 'day' | 'at' | 'amountFen' | 'counterpartyLabel' | 'summary' | 'isHung'> & { /** Whose rule it is of; undefined: of none, a person may know. */ readonly source: string | undefined };
export type ArrivalView = Pick<Arrival, 'arrivalNo' | 'kind' | 'source' | 'account' | 'by' | 'reason' | 'at'> & {
  readonly lines: readonly Pick<ArrivedLine, 'bankLineNo' | 'day' | 'amountFen'>[];
  readonly days: readonly Pick<ExpectedArrival, 'key' | 'amountFen'>[];
  readonly arrivedFen: number;
  readonly expectedFen: number;
};

export type ArrivalDesk = {
  /** What is expected, what came unexplained, and the newest arrivals. */
  listArrivals(): Promise<{ readonly expected: readonly ExpectedView[]; readonly lines: readonly LineView[]; readonly arrivals: readonly ArrivalView[] }>;
  /** Matches to the fen what can be matched, and hangs what is late. Repeating it is harmless. Tells what it did in one line. */
  matchDue(): Promise<Bilingual>;
  /** A person says which lines pay which days, as they were shown; what then differs hangs. Refuses NO_SUCH_ITEM (no such source), CONFLICT (not what was shown). */
  assign(request: { readonly source: string; readonly lines: readonly { readonly bankLineNo: string; readonly amountFen: number }[]; readonly days: readonly { readonly key: string; readonly amountFen: number }[]; readonly reason: string; readonly by: string }): Promise<Outcome<ArrivalView>>;
};

/** What keeps a month from being closed. */
export type PeriodBlocker = { readonly code: 'notOver' | 'notNext' | 'dayOpen' | 'dayNotCompared' | 'suspense'; readonly detail: Bilingual; /** Of a day: which comparison of which source, and how it stands. */ readonly of?: { readonly day: string; readonly comparison: string; readonly source: string; readonly state: string } };
export type PeriodState = 'open' | 'proposed' | 'closed';
export type PeriodView = { readonly month: string; readonly state: PeriodState; readonly proposedBy?: string; readonly closedBy?: string; readonly closedAt?: string };
/** A month with what is (or would be) closed. `hash` is what an approval is bound to. */
export type PeriodSheetView = PeriodView & { readonly hash: string; readonly blockers: readonly PeriodBlocker[]; readonly sheet: PeriodSheet };

export type PeriodPorts = {
  readonly periods: PeriodStore;
  /** What moved on the accounts, by accounting day. */
  ledger(range: { readonly from: string; readonly to: string }): Promise<readonly { readonly account: string; readonly debitFen: number; readonly creditFen: number }[]>;
  /** Comparisons of these days as they stand. */
  days(range: { readonly from: string; readonly to: string }): readonly Pick<DaySummary, 'comparison' | 'source' | 'day' | 'state' | 'reason'>[];
  sources(): readonly StatementSource[];
  /** Whether the other side tells its days at all: a channel's statement, the HIS's day list. Undefined: it cannot be asked now. */
  tellsDays(comparison: 'channel' | 'hospital', source: string): boolean | undefined;
  readonly hospitalId: string;
  readonly clock: Clock;
  readonly audit: AuditTrail;
};

export type PeriodDesk = {
  /** Every month of the books, the newest first. */
  listPeriods(): Promise<readonly PeriodView[]>;
  /** Refuses NO_SUCH_ITEM: no month of the books. */
  readPeriod(request: { readonly month: string }): Promise<Outcome<PeriodSheetView>>;
  /** Refuses NO_SUCH_ITEM, PERIOD_NOT_CLOSABLE (with what stands against it), APPROVAL_OVER (not what was shown), CONFLICT (closed). */
  proposeClose(request: { readonly month: string; readonly hash: string; readonly by: string }): Promise<Outcome<PeriodSheetView>>;
  /** By another person. Refuses also SECOND_PERSON_NEEDED. */
  decideClose(request: { readonly month: string; readonly hash: string; readonly isApproved: boolean; readonly reason: string; readonly by: string }): Promise<Outcome<PeriodSheetView>>;
};

/** One approved move as a payout, once it was made. */
export type MoveView = SettlementMove & { readonly payoutNo?: string; readonly payoutState?: string };
export type BatchView = Omit<SettlementBatch, 'moves'> & { readonly moves: readonly MoveView[] };

export type SettlementPorts = {
  readonly batches: SettlementStore;
  /** The sources whose money is settled, with the account each comes to. */
  sources(): readonly { readonly source: string; readonly channels: readonly string[]; readonly account: string }[];
  campusOf(owner: Owner): string;
  /** Where a campus's money belongs; undefined: it stays where it came. */
  accountOfCampus(campus: string): string | undefined;
  /** Moves money between the hospital's own accounts; the same key is the same payout. */
  readonly payouts: PayoutMover;
  readonly expiresAfterMs: number;
  readonly clock: Clock;
  readonly audit: AuditTrail;
};
type Made = { readonly payoutNo: string; readonly hash: string; readonly state: string };
export type PayoutMover = {
  proposeSettlement(request: { readonly requestKey: string; readonly fromAccount: string; readonly toAccount: string; readonly amountFen: number; readonly purpose: string; readonly by: string }): Promise<Outcome<Made>>;
  decidePayouts(request: { readonly payouts: readonly { readonly payoutNo: string; readonly hash: string }[]; readonly isApproved: boolean; readonly reason: string; readonly by: string }): Promise<unknown>;
  /** The payout of a key, if it was made. */
  findByKey(requestKey: string): Promise<Made | undefined>;
};

export type SettlementDesk = {
  /** What has arrived and is in no batch yet, with what would be moved. `hash` is what a proposal is bound to. */
  drawBatch(): Promise<SettlementSheet & { readonly hash: string }>;
  listBatches(request: { readonly limit: number }): Promise<readonly BatchView[]>;
  /** Refuses APPROVAL_OVER (not what was shown), CONFLICT (another batch waits), NO_SUCH_ITEM (nothing to settle). */
  proposeBatch(request: { readonly hash: string; readonly by: string }): Promise<Outcome<BatchView>>;
  /** Approved, its moves become payouts that he has approved; what the bank link cannot take now is made when it is carried out again. */
  decideBatch(request: { readonly batchNo: string; readonly hash: string; readonly isApproved: boolean; readonly reason: string; readonly by: string }): Promise<Outcome<BatchView>>;
  /** Makes the payouts of an approved batch that are not there yet. */
  carryOut(request: { readonly batchNo: string; readonly by: string }): Promise<Outcome<BatchView>>;
};
