import type { ComparisonKind, DayState, Difference, DifferenceClass, Comparison, ReconciliationRow, RowKind, RowState } from './reconciliation.js';
import type { AccountName } from './ledger.js';
import type { CaseDraft, JobRequest } from './order-change.js';

/** One comparison of one day. `source`: the channel instance that gives the statement, or the hospital. */
export type DayOf = { readonly comparison: ComparisonKind; readonly source: string; readonly day: string };

/** Several instances may charge for one merchant number: its statement holds the payments of all. */
export type StatementSource = { readonly source: string; readonly channels: readonly string[]; /** 日切, `HH:mm`: when its bill day ends, where that is not midnight. */ readonly cutOff?: string };

export type RunOutcome = 'postponed' | 'stopped' | 'compared';

/** What a run leaves behind; a later run of the same day stands in its place, and both are kept. */
export type RunRecord = DayOf & {
  readonly outcome: RunOutcome;
  /** Why it was postponed or stopped; '' otherwise. */
  readonly reason: string;
  /** SHA-256 of the other side's file as it is kept; undefined when there was none. */
  readonly fileSha256: string | undefined;
  /** Control totals by class; of a settlement its sums. */
  readonly totals: unknown;
  readonly at: Date;
};

/** A difference with what follows from it. */
export type FoundDifference = {
  readonly difference: Difference;
  /** Opened once, however often the day is run. */
  readonly case?: CaseDraft | undefined;
};

/**
 * What a run says about the books. `channel`: `account` is where money of the source lies that no payment of ours tells of; `feeFen` is what the channel kept of the day, below zero when it gave back more. `hospital`: the
 * HIS has told its day. Without it nothing is posted.
 */
export type RunBooks = { readonly kind: 'channel'; readonly account: AccountName; readonly feeFen: number } | { readonly kind: 'hospital' };

export type CompletedRun = {
  readonly run: RunRecord;
  readonly found: readonly FoundDifference[];
  /** Cases about the day itself, such as a file that cannot be used. */
  readonly cases: readonly CaseDraft[];
  /** Questions to be asked again now: they only wake what would ask anyway. */
  readonly wake: readonly (JobRequest & { readonly tradeNo: string })[];
  readonly books?: RunBooks | undefined;
};

/** A difference as it is kept. */
export type DifferenceRecord = DayOf & {
  readonly class: DifferenceClass;
  readonly kind: RowKind;
  readonly key: string;
  readonly tradeNo: string | undefined;
  readonly ourFen: number | undefined;
  readonly theirFen: number | undefined;
  readonly ourState: RowState | undefined;
  readonly theirState: RowState | undefined;
  readonly ourAt: string | undefined;
  readonly theirAt: string | undefined;
  readonly foundAt: string;
  readonly settledAt: string | undefined;
  /** `rerun`: a later run of the day found it in order. `matched`: another day's statement has it. `refunded`: it went back (账平, 处置后). `short`: waited for too long. `writtenOff`, `explained`: two persons decided. */
  readonly settledHow: string | undefined;
};

export type DaySummary = DayOf & { readonly state: DayState; readonly reason: string; readonly fileSha256: string | undefined; readonly ranAt: string; readonly runs: number; readonly openDifferences: number; readonly totals: unknown };

/** No day of a hospital's channel is larger, zipped or not. */
export const LARGEST_STATEMENT_BYTES = 64 * 1_048_576;

/** A statement's file that a person took from the channel's portal: read when the channel itself gives none. The newest of a day counts; none is ever altered. */
export type StatementUpload = {
  readonly source: string; readonly day: string; readonly fileName: string; readonly fileSha256: string; readonly bytes: number;
  readonly rows: number; readonly paymentFen: number; readonly refundFen: number; readonly reason: string; readonly by: string; readonly at: Date;
};

export type ReconciliationStore = {
  /** Keeps that a file was brought; the file itself lies in the archive before that. */
  addUpload(upload: StatementUpload): Promise<void>;
  /** The newest of a day. */
  findUpload(of: { readonly source: string; readonly day: string }): StatementUpload | undefined;
  /** Payments and refunds that are done, of a source, between two instants; page by page, each a read of its own. */
  listChannelRows(request: StatementSource & { readonly from: Date; readonly to: Date }): Iterable<readonly ReconciliationRow[]>;
  /** Whatever is known, in any state, under these numbers of payments and refunds. */
  findChannelRows(request: StatementSource & { readonly keys: readonly string[] }): readonly ReconciliationRow[];
  /** What the HIS should have of a day, and orders of that day it should not have; page by page. */
  listHospitalRows(request: { readonly hospitalId: string; readonly day: string }): Iterable<readonly ReconciliationRow[]>;
  /** Under the trade numbers, and under our numbers of refunds or the HIS's (`alias` then says which). */
  findHospitalRows(request: { readonly hospitalId: string; readonly keys: readonly string[] }): readonly (ReconciliationRow & { readonly alias?: string })[];
  /** Keys of ours that wait for a later statement of the source, as the run of this day has to see them. */
  parkedKeys(of: DayOf): readonly string[];
  /** Keys of ours that other days have found or given up. */
  keysJudgedElsewhere(of: DayOf): ReadonlySet<string>;
  /** 长款 of earlier days, as the run of this day has to see them: payment key → fen. */
  earlierLongs(of: DayOf): ReadonlyMap<string, number>;
  /** Writes a run, its differences and cases in one transaction. What an earlier run of the day found and this one does not is settled. */
  complete(run: CompletedRun): Promise<void>;
  listDays(range: { readonly from: string; readonly to: string }): readonly DaySummary[];
  listDifferences(of: DayOf): readonly DifferenceRecord[];
};

/** A comparison as `RunRecord.totals` keeps it. */
export type ComparisonTotals = Pick<Comparison, 'classes' | 'ours' | 'theirs'>;
