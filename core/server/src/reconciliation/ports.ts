/** What reconciliation needs from outside, and what it gives. */
import type { DayListLine, FundStatementEnd, FundStatementLine, StatementEnd, StatementFile, StatementLine } from '@hospay/plugin-sdk';
import type { AuditTrail } from '../domain/audit.js';
import type { Bilingual } from '../domain/bilingual.js';
import type { Outcome } from '../domain/errors.js';
import type { ChannelGuest, Hospitals, StatementReaderOf } from '../domain/guests.js';
import type { FeeComparison, FeeContract } from '../domain/fee-contract.js';
import type { Log } from '../domain/log.js';
import type { MoneyStore } from '../domain/money-store.js';
import type { PaymentPolicy } from '../domain/payment-policy.js';
import type { Comparison } from '../domain/reconciliation.js';
import type { DayOf, DaySummary, DifferenceRecord, ReconciliationStore, StatementSource } from '../domain/reconciliation-store.js';
import type { EndedStore, RunningCheck, RunningStore } from '../domain/running-reconciliation.js';
import type { Clock, RandomSource } from '../domain/time.js';
import type { SettlementComparison, StatedSums } from './compare-settlement.js';

/** Keeps the files of the other side as they came, for ever, so that a day can be read again. */
export type FileArchive = {
  /** Resolves when the bytes, which may come in pieces, are on the disk, with their SHA-256. The same bytes again are the same file. */
  keep(file: { readonly day: string; readonly name: string; readonly bytes: Uint8Array | readonly Uint8Array[] }): Promise<string>;
  /** Undefined: it is not there, or it is not what it was. */
  read(file: { readonly day: string; readonly name: string; readonly sha256: string }): Promise<Uint8Array | undefined>;
};

/** What a comparison reads of our side. */
export type DayReads = Pick<ReconciliationStore, 'listChannelRows' | 'findChannelRows' | 'listHospitalRows' | 'findHospitalRows' | 'parkedKeys' | 'keysJudgedElsewhere' | 'earlierLongs'>;

/** A statement's file by the reader of its plugin, line by line, each checked. Never rejects; the lines are only used when it ends well. */
export type ReadStatementFile = (reader: StatementReaderOf, file: StatementFile, take: (line: StatementLine) => void) => Promise<StatementEnd>;
export type ReadFundStatementFile = (reader: StatementReaderOf, file: StatementFile, take: (line: FundStatementLine) => void) => Promise<FundStatementEnd>;

/** Integer fen. */
export type StatementTotals = { readonly paymentFen: number; readonly refundFen: number; readonly lines: number };

export type ChannelDayRequest = {
  readonly of: DayOf;
  /** The instances that charge for the merchant number, and when its day ends. */
  readonly source: Pick<StatementSource, 'channels' | 'cutOff'>;
  /** What the channel may keep of a payment. */
  readonly contract: FeeContract | undefined;
  /** `lines`: as the channel read it. `file`: its bytes, given away. */
  readonly statement: { readonly kind: 'lines'; readonly lines: readonly StatementLine[]; readonly totals: StatementTotals } | { readonly kind: 'file'; readonly reader: StatementReaderOf; readonly raw: Uint8Array };
};
/** `unusable`: the file cannot be read, or its totals are not the sums of its rows; nothing was compared. `fees`: beside the contract, where there is one. */
export type ChannelDayFound = { readonly kind: 'unusable'; readonly message: string } | { readonly kind: 'compared'; readonly comparison: Comparison; readonly stated: StatedSums; readonly fees: FeeComparison | undefined };
/** `lines`: as the channel read them. `file`: its bytes, given away. */
export type SettlementDayRequest = { readonly day: string; readonly stated: StatedSums; readonly statement: { readonly kind: 'lines'; readonly lines: readonly FundStatementLine[] } | { readonly kind: 'file'; readonly reader: StatementReaderOf; readonly raw: Uint8Array } };
export type SettlementDayFound = { readonly kind: 'unusable'; readonly message: string } | { readonly kind: 'compared'; readonly settlement: SettlementComparison };

/** What the other side tells of a day, page by page, so that nobody else need hold it. It is held until `close`, which is never left out; told more, it can be compared again. */
export type OpenedDay<Line, Ask, Found> = { tell(lines: readonly Line[]): Promise<void>; compare(ask: Ask): Promise<Found>; close(): Promise<void> };
export type OfHospitalDay = { readonly hospitalId: string; readonly day: string };

/** What a file says in short, for one that a person brings. `rowsOfDay`: how many rows are of each bill day. */
export type StatementGist = { readonly kind: 'ok'; readonly totals: StatementTotals; readonly rowsOfDay: ReadonlyMap<string, number> } | Exclude<StatementEnd, { kind: 'ok' }>;

/** Compares whole days beside the payments. Differences come without what merely belongs to another day; the control totals count it. */
export type ReconciliationEngine = {
  channelDay(request: ChannelDayRequest): Promise<ChannelDayFound>;
  /** The same, told in pages; what is asked at the end are the statement's own totals. */
  openChannelDay(request: Omit<ChannelDayRequest, 'statement'>): Promise<OpenedDay<StatementLine, StatementTotals, ChannelDayFound>>;
  settlementDay(request: SettlementDayRequest): Promise<SettlementDayFound>;
  openHospitalDay(request: OfHospitalDay): Promise<OpenedDay<DayListLine, undefined, Comparison>>;
  /** A day that is not over: reads our rows first, and holds them beside what the HIS lists after that, but for orders of which something has happened within the margin. */
  openHospitalDayNow(request: OfHospitalDay): Promise<OpenedDay<DayListLine, { readonly now: Date; readonly marginMs: number }, Comparison>>;
  /** Only reads a file. */
  readStatement(file: StatementFile & { readonly reader: StatementReaderOf; readonly cutOff: string | undefined }): Promise<StatementGist>;
};

export type ReconciliationPorts = {
  readonly store: ReconciliationStore;
  readonly engine: ReconciliationEngine;
  readonly channels: { find(id: string): Pick<ChannelGuest, 'downloadStatement' | 'fundStatement' | 'givesStatements' | 'statementFiles' | 'merchantNo' | 'methods'> | undefined };
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
};

export type StatementUploadRequest = { readonly source: string; readonly day: string; readonly fileName: string; readonly bytes: Uint8Array; readonly reason: string; readonly by: string };

/** A day's comparisons by hand or by the clock, and what they found. */
/** Told before each comparison how much of the day is done, in hundredths of a percent, and of what; says whether to go on. */
export type RunHear = { step(now: { readonly share: number; readonly step: string }): void; isCancelled(): boolean };

export type ReconciliationDesk = {
  /** Runs every comparison of a day now; repeating it is harmless. Each comparison is written by itself, so between two of them it may be cancelled: what was compared stands. */
  runDay(request: { readonly day: string; readonly by: string; readonly hear?: RunHear }): Promise<readonly DaySummary[]>;
  /** Takes a statement's file that a person brought, where it can be read and is of that day, and runs the day. What the channel itself gives goes before it. */
  uploadStatement(request: StatementUploadRequest): Promise<Outcome<readonly DaySummary[]>>;
  /** Sources whose files can be brought by hand. */
  uploadable(): readonly string[];
  /** What the clock calls: yesterday, and the days before it that are not settled. Tells what it did in one line. */
  runDue(): Promise<Bilingual>;
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
  readonly engine: Pick<ReconciliationEngine, 'openHospitalDayNow'>;
  readonly running: Pick<RunningStore, 'readChannelNow' | 'saveCheck'>;
  readonly hospitals: Hospitals;
  readonly hospitalId: string;
  /** Every merchant number that is charged for, with the instances that do. */
  sources(): readonly StatementSource[];
  /** Why the HIS is left in peace now; undefined when it is well. */
  readonly reasonToSpareHis: () => Bilingual | undefined;
  /** Rows younger than this are not judged. */
  readonly marginMs: number;
  readonly clock: Clock;
  readonly breathe: () => Promise<void>;
};

/** 日间对账: what the clock calls, and what the console shows. */
export type RunningDesk = {
  askEndedAgain(): Promise<Bilingual>;
  runCheck(): Promise<Bilingual>;
  listChecks(): readonly RunningCheck[];
};
