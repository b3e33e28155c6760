/** What reconciliation needs from outside, and what it gives. */
import type { AuditTrail } from '../domain/audit.js';
import type { ChannelGuest, Hospitals } from '../domain/guests.js';
import type { FeeContract } from '../domain/fee-contract.js';
import type { Log } from '../domain/log.js';
import type { DayOf, DaySummary, DifferenceRecord, ReconciliationStore, StatementSource } from '../domain/reconciliation-store.js';
import type { Clock } from '../domain/time.js';

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
