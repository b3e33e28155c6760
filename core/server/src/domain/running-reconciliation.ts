/**
 * 日间对账: what is known of a day before it is over. Provisional: the newest run stands in the place of the one before, opens no case and posts nothing, and goes when the day itself is reconciled (T+1).
 */
import type { DayOf } from './reconciliation-store.js';
import type { Difference, RowKind, RowState, SideTotals } from './reconciliation.js';

/** A payment or refund that has ended and is to be asked about once more. */
export type EndedRow = {
  readonly kind: RowKind;
  readonly number: string;
  readonly endedAt: string;
  /** Questions without an answer so far. */
  readonly tries: number;
  /** The channel has denied it once. */
  readonly isDenied: boolean;
};
/** `cursor`: up to where the events were read. */
export type EndedBatch = { readonly rows: readonly EndedRow[]; readonly cursor: number; readonly isMore: boolean };

/** What a channel says of its own again, under the day it belongs to. */
export type Confirmed = { readonly channel: string; readonly day: string; readonly kind: RowKind; readonly fen: number };

export type EndedStore = {
  /** What ended before `until` and after `oldest`: first what is to be asked again, then what comes behind the cursor. Reads only. */
  takeEnded(request: { readonly until: Date; readonly oldest: Date; readonly now: Date; readonly limit: number }): EndedBatch;
  /** What became of a batch, in one transaction with the cursor. */
  keepAsked(asked: { readonly cursor: number; readonly done: readonly EndedRow[]; readonly later: readonly EndedRow[]; readonly laterAt: Date; readonly confirmed: readonly Confirmed[] }): Promise<void>;
};

/** A difference of a day that is not over; `since` it stands, in so many runs on end. */
export type RunningDifference = {
  readonly class: Difference['class'];
  readonly kind: RowKind;
  readonly key: string;
  readonly tradeNo?: string | undefined;
  readonly ourFen?: number | undefined;
  readonly theirFen?: number | undefined;
  readonly ourState?: RowState | undefined;
  readonly theirState?: RowState | undefined;
  readonly at: string;
  readonly since: string;
  readonly runs: number;
};

export type RunningCheck = DayOf & {
  readonly at: string;
  readonly ours: SideTotals;
  readonly theirs: SideTotals;
  /** Payments of the day without a definite answer. */
  readonly unknown: { readonly payments: number; readonly fen: number };
  /** All there are; at most so many are listed. */
  readonly found: number;
  readonly differences: readonly RunningDifference[];
};

export type FoundNow = Omit<RunningDifference, 'since' | 'runs'>;

/** What channels have of a day: as the platform has it, what they said again of it, what nobody knows yet, and what they deny. */
export type ChannelNow = { readonly ours: SideTotals; readonly theirs: SideTotals; readonly unknown: RunningCheck['unknown']; readonly denied: readonly FoundNow[] };

export type RunningStore = EndedStore & {
  readChannelNow(request: { readonly channels: readonly string[]; readonly day: string; readonly from: Date; readonly to: Date }, breathe: () => Promise<void>): Promise<ChannelNow>;
  /** In the place of the run before; what stood in it stands for one run more. Not once the day itself was compared. */
  saveCheck(check: Omit<RunningCheck, 'differences'> & { readonly differences: readonly FoundNow[] }): Promise<void>;
  listChecks(): readonly RunningCheck[];
};

/** From so many runs on end it is no longer a matter of the moment. */
export const STANDS_AFTER_RUNS = 2;
