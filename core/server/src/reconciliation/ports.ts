/** What reconciliation needs from outside, and what it gives. */
import type { AuditTrail } from '../domain/audit.js';
import type { ChannelGuest, Hospitals } from '../domain/guests.js';
import type { FeeContract } from '../domain/fee-contract.js';
import type { Log } from '../domain/log.js';
import type { MoneyStore } from '../domain/money-store.js';
import type { PaymentPolicy } from '../domain/payment-policy.js';
import type { DayOf, DaySummary, DifferenceRecord, ReconciliationStore, StatementSource } from '../domain/reconciliation-store.js';
import type { EndedStore, RunningCheck, RunningStore } from '../domain/running-reconciliation.js';
import type { Clock, RandomSource } from '../domain/time.js';

/** Keeps the files of the other side as they came, for ever, so that a day can be read again. */
export type FileArchive = {
  /** Resolves when the bytes are on the disk, with their SHA-256. The same bytes again are the same file. */
  keep(file: { readonly day: string; readonly name: string; readonly bytes: Uint8Array }): Promise<string>;
};

export type ReconciliationPorts = {
  readonly store: ReconciliationStore;
  readonly channels: { find(id: string): Pick<ChannelGuest, 'downloadStatement' | 'fundStatement' | 'givesStatements' | 'merchantNo' | 'methods'> | undefined };
  readonly hospitals: Hospitals;
  readonly hospitalId: string;
  /** Every merchant number that gives statements, with the instances that charge for it. */
  sources(): readonly StatementSource[];
  /** What channels may keep of a payment. */
  readonly contracts: readonly FeeContract[];
  readonly archive: FileArchive;
  readonly clock: Clock;
  readonly log: Log;
  readonly audit: AuditTrail;
  /** Lets everything else that waits go first. */
  readonly breathe: () => Promise<void>;
};

/** A day's comparisons by hand or by the clock, and what they found. */
export type ReconciliationDesk = {
  /** Runs every comparison of a day now; repeating it is harmless. */
  runDay(request: { readonly day: string; readonly by: string }): Promise<readonly DaySummary[]>;
  /** What the clock calls: yesterday, and the days before it that are not settled. Tells what it did in one line. */
  runDue(): Promise<string>;
  listDays(range: { readonly from: string; readonly to: string }): readonly DaySummary[];
  listDifferences(of: DayOf): readonly DifferenceRecord[];
};

/** What asking again needs: channels as payments have them, and the money store through which all is written. */
export type AskAgainPorts = {
  readonly ended: EndedStore;
  readonly money: Pick<MoneyStore, 'change' | 'findOrderByPayment' | 'findOrderByRefund'>;
  readonly channels: { find(id: string): Pick<ChannelGuest, 'id' | 'query' | 'queryRefund'> | undefined };
  readonly isHealthy: (channel: string) => boolean;
  readonly policy: PaymentPolicy;
  readonly clock: Clock;
  readonly random: RandomSource;
};

export type RunningPorts = {
  readonly store: Pick<ReconciliationStore, 'listHospitalRows' | 'findHospitalRows'>;
  readonly running: Pick<RunningStore, 'readChannelNow' | 'saveCheck'>;
  readonly hospitals: Hospitals;
  readonly hospitalId: string;
  /** Every merchant number that is charged for, with the instances that do. */
  sources(): readonly StatementSource[];
  /** Why the HIS is left in peace now; undefined when it is well. */
  readonly reasonToSpareHis: () => string | undefined;
  /** Rows younger than this are not judged. */
  readonly marginMs: number;
  readonly clock: Clock;
  readonly breathe: () => Promise<void>;
};

/** 日间对账: what the clock calls, and what the console shows. */
export type RunningDesk = {
  askEndedAgain(): Promise<string>;
  runCheck(): Promise<string>;
  listChecks(): readonly RunningCheck[];
};
