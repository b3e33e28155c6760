/**
 * Reports (报表) are read, never reckoned from screens: sums that are kept beside the money database (`SumRow`), and rows of the money database itself, read-only.
 * Amounts are integer fen, days Beijing days (yyyy-MM-dd). A payment stands under its bill day (账单日), a refund under the day of its request at the channel, a
 * booking under its HIS day: as statements and day lists have them.
 */
import { REPORT_SPLITS, REPORT_UNITS, type ReportSplit, type ReportUnit } from '@hospay/plugin-sdk';
import type { AuditTrail } from '../domain/audit.js';
import type { Bilingual } from '../domain/bilingual.js';
import type { Outcome } from '../domain/errors.js';
import type { ReportGuest } from '../domain/guests.js';
import type { Log } from '../domain/log.js';
import type { TerminalDay } from '../fleet/ports.js';
import type { DayState, DifferenceClass, RowKind } from '../domain/reconciliation.js';
import type { StatementSource } from '../domain/reconciliation-store.js';
import type { Clock, RandomSource } from '../domain/time.js';

/** What sums are kept by. `method`: digital yuan is one of its own. `tillNo`: `operator:<id>`, `terminal:<id>` or '' (nobody's till). */
export const SUM_DIMENSIONS = ['day', 'month', 'channel', 'merchantNo', 'method', 'business', 'feeType', 'ownerKind', 'ownerId', 'tillNo'] as const;
export type SumDimension = (typeof SUM_DIMENSIONS)[number];

/** `booked`: what the HIS booked, by tender. `reversed`: what it took back of that. `fund`, `account`: who of the insurance owes the insured payments, refunds taken off. */
export type SumFigures = {
  readonly paidCount: number; readonly paidFen: number; readonly refundedCount: number; readonly refundedFen: number; readonly bookedCount: number; readonly bookedFen: number;
  readonly reversedCount: number; readonly reversedFen: number; readonly fundFen: number; readonly accountFen: number;
};
export type SumRow = SumFigures & { readonly of: Readonly<Partial<Record<SumDimension, string>>> };
export type DayRange = { readonly from: string; readonly to: string };
/** `most`: no more rows are fetched than that and one; for whoever cannot say how many there are. */
export type SumRequest = DayRange & { readonly by: readonly SumDimension[]; readonly channel?: string | undefined; readonly method?: string | undefined; readonly merchantNo?: string | undefined; readonly most?: number | undefined };

/** What came and went in an hour of a day; by day where no hour is asked for. */
export type CurveRow = { readonly day: string; readonly hour: number; readonly paidCount: number; readonly paidFen: number; readonly refundedCount: number; readonly refundedFen: number };

/** One payment that succeeded, or one refund that did. */
export type TransactionRow = {
  readonly day: string; readonly at: string; readonly kind: RowKind; readonly tradeNo: string; readonly paymentNo: string; readonly refundNo: string; readonly channel: string; readonly merchantNo: string; readonly method: string;
  readonly fundingSource: string; readonly business: string; readonly feeType: string; readonly ownerKind: string; readonly ownerId: string; readonly tillNo: string;
  /** Masked when it was written. */
  readonly patientLabel: string;
  /** Masked by the reader. */
  readonly patientId: string;
  readonly amountFen: number; readonly channelTradeNo: string; readonly confirmation: string; readonly receiptNo: string; readonly hisDay: string;
  /** What the HIS booked of it, or reversed; undefined where it has done neither. */
  readonly hisFen: number | undefined;
  /** What the channel's statement of the day has of it: undefined while there is none, or where it is not in it. */
  readonly channelFen: number | undefined;
  /** When the day was compared with the statement; '' before. */
  readonly comparedAt: string;
  /** What the comparison found of it; '' when it is simply equal, or was not compared. */
  readonly difference: DifferenceClass | '';
};
export type TransactionRequest = DayRange & { readonly after?: string | undefined; readonly limit: number; readonly method?: string | undefined; readonly channel?: string | undefined; readonly merchantNo?: string | undefined; readonly sources: readonly StatementSource[] };

export type DifferenceRow = {
  readonly id: number; readonly day: string; readonly comparison: string; readonly source: string; readonly class: DifferenceClass; readonly kind: RowKind; readonly key: string; readonly tradeNo: string;
  readonly ourFen: number | undefined; readonly theirFen: number | undefined; readonly caseState: 'none' | 'open' | 'closed'; readonly foundAt: string; readonly settledAt: string; readonly settledHow: string;
};
/** A day of a channel as its newest comparison left it. `ours`, `theirs`: undefined while there is no statement. */
export type ChannelDayRow = {
  readonly day: string; readonly source: string; readonly state: DayState; readonly ours: SideFigures | undefined; readonly theirs: SideFigures | undefined;
  /** What the ledger has as fees of the day (6001), from the rows of the statement. */
  readonly feeFen: number;
  /** Of the statement beside the merchant's account, where the channel tells it. */
  readonly settlement: { readonly actualFeeFen: number; readonly netFen: number } | undefined;
};
export type SideFigures = { readonly payments: number; readonly paymentFen: number; readonly refunds: number; readonly refundFen: number };
/** The closed shifts of a till in a time. */
export type TillRow = { readonly tillNo: string; readonly shifts: number; readonly expectedFen: number; readonly countedFen: number; readonly longCount: number; readonly longFen: number; readonly shortCount: number; readonly shortFen: number };

/** What a kind of journals moved on an account on an accounting day (记账日), final entries only. */
export type LedgerRow = { readonly day: string; readonly bizType: string; readonly step: string; readonly account: string; readonly code: string; readonly debitFen: number; readonly creditFen: number; readonly journals: number };

export type Page<Row> = { readonly rows: readonly Row[]; readonly next: string | undefined };
/** How far the sums have come: `behind` journals are not in them yet. */
export type SumState = { readonly seq: number; readonly behind: number };
/** Where kept sums and the orders' own rows are not the same, in words. `behind`: so many journals wait, and nothing was compared. */
export type DayCheck = { readonly day: string; readonly behind: number; readonly differences: readonly string[] };

/** The read-only reader of reports. It works beside the payments: nothing of theirs waits for it. */
export type ReportReader = {
  state(of: Record<never, never>): Promise<SumState>;
  sums(of: SumRequest): Promise<readonly SumRow[]>;
  curve(of: DayRange & { readonly by: 'hour' | 'day' }): Promise<readonly CurveRow[]>;
  transactions(of: TransactionRequest): Promise<Page<TransactionRow>>;
  differences(of: DayRange & { readonly after?: string | undefined; readonly limit: number }): Promise<Page<DifferenceRow>>;
  channelDays(of: DayRange): Promise<readonly ChannelDayRow[]>;
  tills(of: DayRange): Promise<readonly TillRow[]>;
  ledger(of: DayRange): Promise<readonly LedgerRow[]>;
  /** Reckons a day from the orders, payments and refunds and holds it against the kept sums, to the fen. */
  checkDay(of: { readonly day: string }): Promise<DayCheck>;
  /** Throws the sums away and reckons them anew from the first journal. */
  rebuild(of: Record<never, never>): Promise<SumState>;
};

/** What reports are read from: the reader of the money, and days of kiosks from the platform's own database. */
export type ReportInput = ReportReader & { terminalDays(of: { readonly day: string }): Promise<readonly TerminalDay[]> };

/** What a code is called. A code that is not there is shown as it is. */
export type Words = Readonly<Record<string, Bilingual>>;
export const REPORT_GROUPS = ['management', 'finance'] as const;
export type ReportGroup = (typeof REPORT_GROUPS)[number];
/** `fen` integer fen, `percent` hundredths of a percent, `time` RFC 3339, `word` a code of the column's words. */
export const COLUMN_KINDS = ['text', 'word', 'fen', 'count', 'percent', 'day', 'time'] as const;
export type ColumnKind = (typeof COLUMN_KINDS)[number];
/** Null: a number the platform does not know, or that does not exist. */
export type Cell = string | number | null;
export type ColumnView = Bilingual & { readonly kind: ColumnKind; readonly words?: Words; readonly absent?: Bilingual };

/** What may be asked is the same for the platform's own reports and for those of plugins. */
export { REPORT_SPLITS, REPORT_UNITS, type ReportSplit, type ReportUnit };
/** What may be asked of a report beside its days. */
export type ReportParameter = { readonly name: 'by'; readonly of: readonly ReportSplit[] } | { readonly name: 'unit'; readonly of: readonly ReportUnit[] } | { readonly name: 'channel' } | { readonly name: 'method' };
/** `merchantNo`: of a report for one merchant, set by the platform and taken from no request. */
export type ReportValues = DayRange & { readonly by?: ReportSplit | undefined; readonly unit?: ReportUnit | undefined; readonly channel?: string | undefined; readonly method?: string | undefined; readonly merchantNo?: string | undefined };
export type ReportRequest = ReportValues & { readonly after?: string | undefined; readonly limit: number };

/** What things are called and where they stand now. */
export type ReportNames = {
  readonly hospital: string;
  readonly campus: (id: string) => string;
  readonly terminal: (id: string) => { readonly title: string; readonly kind: string; readonly campus: string | undefined } | undefined;
  /** The person behind a staff number. */
  readonly operator: (operatorNo: string) => string | undefined;
  readonly sources: readonly StatementSource[];
};

export type ReportView = {
  readonly id: string; readonly group: ReportGroup; readonly title: Bilingual; readonly note: Bilingual | undefined; readonly parameters: readonly ReportParameter[]; readonly mostDays: { readonly screen: number; readonly export: number };
  readonly isPaged: boolean; readonly columns: readonly ColumnView[];
};
export type ReportAnswerRows = { readonly rows: readonly (readonly Cell[])[]; readonly next: string | undefined; readonly totals: readonly Cell[] | undefined };
/** `behind`: journals that are not in the sums yet. */
export type ReportAnswer = ReportAnswerRows & { readonly behind: number };

export const EXPORT_FORMATS = ['csv', 'xlsx'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
/** `waiting`: another export is being written. `cancelled`, `failed`: there is no file. */
export const EXPORT_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;
export type ExportState = (typeof EXPORT_STATES)[number];
/** One report written to a file, for the one who asked. `share`: how much of its time is written, in hundredths of a percent. */
export type ReportExport = {
  readonly id: string; readonly report: string; readonly title: Bilingual; readonly format: ExportFormat; readonly values: ReportValues; readonly by: string; readonly at: string; readonly state: ExportState; readonly rows: number; readonly share: number;
  readonly expiresAt: string; readonly fileName: string; readonly bytes?: number; readonly sha256?: string; readonly problem?: Bilingual;
};

/** A sheet being written, row by row. Nothing of it can be read before `end`. */
export type SheetWriter = {
  rows(rows: readonly (readonly Cell[])[]): Promise<void>;
  /** On the disk. */
  end(): Promise<{ readonly bytes: number; readonly sha256: string }>;
  discard(): Promise<void>;
};
/** Files of exports. A finished one carries its export beside it, so that it is found again after a restart. */
export type ExportFiles = {
  begin(sheet: { readonly id: string; readonly format: ExportFormat; readonly title: string; readonly columns: readonly ColumnView[]; /** Said above the rows, in its own lines. */ readonly heading: readonly string[] }): Promise<SheetWriter>;
  keep(done: ReportExport): Promise<void>;
  kept(): Promise<readonly ReportExport[]>;
  open(id: string, format: ExportFormat): Promise<AsyncIterable<Uint8Array> | undefined>;
  remove(id: string): Promise<void>;
};

/** Whose export it is: the person's, and of a merchant's that merchant's. Who was bound to another before has none of its exports any more. */
export type ExportOwner = { readonly by: string; readonly merchantNo?: string | undefined };

/** Reports as the console uses them. */
export type ReportDesk = {
  list(): readonly ReportView[];
  read(request: ReportRequest & { readonly report: string }): Promise<Outcome<ReportAnswer>>;
  /** Begins an export, or lets it wait for the one that is being written. */
  startExport(request: { readonly report: string; readonly format: ExportFormat; readonly values: ReportValues; readonly by: string }): Promise<Outcome<ReportExport>>;
  /** One's own, newest first. */
  listExports(owner: ExportOwner): readonly ReportExport[];
  /** Ends it, or throws its file away. */
  cancelExport(request: ExportOwner & { readonly id: string }): Promise<Outcome<ReportExport>>;
  openExport(request: ExportOwner & { readonly id: string }): Promise<Outcome<{ readonly export: ReportExport; readonly content: AsyncIterable<Uint8Array> }>>;
  /** Finds the files of an earlier run again. */
  start(): Promise<void>;
  /** Files whose day is over. How many. */
  removeExpired(): Promise<number>;
  stop(): Promise<void>;
};

export type ReportPorts = {
  /** Reports of plugins that run now. */
  readonly guests: () => readonly ReportGuest[];
  readonly hospital: { readonly id: string };
  readonly reader: ReportInput;
  readonly names: () => Promise<ReportNames>;
  readonly files: ExportFiles;
  /** Told whenever somebody's export moved on or ended. */
  readonly exportChanged: (of: ReportExport) => void;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Log;
};
