/**
 * Statement files (对账文件): what succeeded on one bill day (账单日), for one application, one merchant or the whole hospital, as a file that machines read. A payment stands under its bill day, a refund under
 * the day of its request at the channel (cash: when the notes were handed out): the days of the ledger. Amounts are integer fen.
 */
import type { AuditTrail } from '../domain/audit.js';
import type { Bilingual } from '../domain/bilingual.js';
import type { Outcome } from '../domain/errors.js';
import type { CaseDraft, CaseKind } from '../domain/order-change.js';
import type { ClaimedJob } from '../domain/money-store.js';
import type { Clock } from '../domain/time.js';

/** Whose money facts a file holds: what one application asked for, what was charged for one merchant, or all of the hospital. */
export const STATEMENT_SCOPES = ['application', 'hospital', 'merchant'] as const;
export type StatementScope = (typeof STATEMENT_SCOPES)[number];
/** `appId` is '' for the hospital's own, and the merchant number for a merchant's. */
export type Receiver = { readonly scope: StatementScope; readonly appId: string };

/** One payment that succeeded, or one refund that did. Texts are '' where there is nothing. */
export type MoneyFact = {
  readonly kind: 'payment' | 'refund';
  readonly tradeNo: string;
  /** The key under which the owner asked for it: the application's own order or refund number. '' when the platform itself refunded. */
  readonly idempotencyKey: string;
  readonly paymentNo: string;
  readonly refundNo: string;
  readonly channel: string;
  /** The merchant it was charged for. No column: a file for a merchant is its own by its head. */
  readonly merchantNo: string;
  readonly channelTradeNo: string;
  readonly channelRefundNo: string;
  readonly method: string;
  /** In the channel's own word; `eCny` is the digital yuan. */
  readonly fundingSource: string;
  readonly amountFen: number;
  /** When the money moved, by the channel's clock; RFC 3339. */
  readonly at: string;
  /** The number under which the HIS booked the order. */
  readonly settlementNo: string;
  readonly business: string;
  readonly feeType: string;
  readonly ownerKind: 'terminal' | 'application';
  readonly ownerId: string;
  readonly operatorId: string;
};

/** Reads what stands under a day. A past day may still grow; whatever it was read with is told as changed again. */
export type DayFacts = {
  /** Payments of a day by their numbers, behind `after`, at most `limit`. */
  payments(of: { readonly day: string; readonly after: string; readonly limit: number }): readonly MoneyFact[];
  /** Refunds of a day by their numbers. */
  refunds(of: { readonly day: string }): readonly MoneyFact[];
  /** The newest event that is kept. */
  newestEvent(): number;
  /** Days whose file an event behind `after`, up to `upTo`, may have changed: a payment or refund succeeded, an order was booked. */
  changedDays(of: { readonly after: number; readonly upTo: number }): readonly string[];
};

/** A version of a day's file. It is never changed: when the day changes, the next version is made beside it. */
export type StatementFile = Receiver & {
  readonly id: number;
  readonly day: string;
  readonly version: number;
  readonly payments: number;
  readonly paymentFen: number;
  readonly refunds: number;
  readonly refundFen: number;
  /** Of the lines between head and foot: two versions of the same hash say the same. */
  readonly bodySha256: string;
  readonly fileName: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly madeAt: string;
};
/** `notice`: told with what the file is, and fetched; `file`: the file itself is sent. */
export const PUSH_KINDS = ['notice', 'file'] as const;
export type PushKind = (typeof PUSH_KINDS)[number];
/** `application`: who is sent it; of the hospital's own file an application of the HIS. */
export type Delivery = { readonly application: string; readonly what: PushKind; readonly attempts: number; readonly lastProblem: string | undefined; readonly deliveredAt: string | undefined };
export type KeptStatementFile = StatementFile & { readonly delivery: Delivery | undefined };

/** Files as the money store keeps them; what is to be sent is written in the same transaction as its job. */
export type StatementFileStore = {
  newest(of: Receiver & { readonly day: string }): StatementFile | undefined;
  find(id: number): KeptStatementFile | undefined;
  /** Of days, newest day first, newest version first. `receiver` absent: everybody's. */
  list(of: { readonly receiver?: Receiver; readonly from: string; readonly to: string }): readonly KeptStatementFile[];
  add(file: Omit<StatementFile, 'id'>, push: Push | undefined): Promise<StatementFile>;
  /** Up to which event, and when, a run made everybody's files to the end; undefined before the first. */
  mark(): { readonly eventId: number; readonly at: string } | undefined;
  moveMark(eventId: number, at: Date): Promise<void>;
  /** What became of an attempt to send a file: delivered, or due again. False when the job is somebody else's by now. */
  attempted(job: ClaimedJob, outcome: { readonly kind: 'delivered'; readonly at: Date } | { readonly kind: 'again'; readonly problem: string; readonly dueAt: Date }): Promise<boolean>;
};

/** The files on the disk. */
export type StatementFolder = {
  /** Something that is written piece by piece and is nowhere to be seen before `keep`. */
  begin(): Promise<{ write(text: string): Promise<void>; keep(as: { readonly day: string; readonly fileName: string }): Promise<{ readonly bytes: number; readonly sha256: string }>; discard(): Promise<void> }>;
  open(of: { readonly day: string; readonly fileName: string }): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Files of days before this one; how many days. */
  removeBefore(day: string): Promise<number>;
};

/** `scope` hospital: the whole hospital's file, to one application that may have it. Absent: its own. */
export type Push = { readonly application: string; readonly what: PushKind; readonly scope?: 'hospital' | undefined };

export type StatementPolicy = {
  /** So many days files lie on the disk. */
  readonly keepDays: number;
  /** Days that lie further back are not made anew. */
  readonly lookBackDays: number;
  /** Who is told without asking, and what. */
  readonly push: readonly Push[];
};

/** Carries a file, or the news of it, to an application. */
export type StatementCarrier = { carry(file: KeptStatementFile): Promise<{ readonly kind: 'delivered' } | { readonly kind: 'again'; readonly problem: string }> };

export type StatementFilePorts = {
  readonly hospital: { readonly id: string };
  readonly facts: DayFacts;
  readonly files: StatementFileStore;
  readonly folder: StatementFolder;
  readonly policy: StatementPolicy;
  /** Applications that may have a statement. */
  readonly receivers: () => Promise<readonly string[]>;
  /** Merchant numbers of the hospital. */
  readonly merchants: readonly string[];
  readonly clock: Clock;
  readonly audit: AuditTrail;
  /** Between two slices payments go on. */
  readonly breathe: () => Promise<void>;
};
export type SendPorts = {
  readonly files: StatementFileStore;
  readonly carrier: StatementCarrier;
  readonly rhythmMs: readonly number[];
  readonly cases: { openCase(draft: CaseDraft, now: Date): Promise<void>; resolveCase(kind: CaseKind, subject: string, now: Date): Promise<void> };
  readonly clock: Clock;
};

export type OpenedFile = { readonly file: StatementFile; readonly content: AsyncIterable<Uint8Array> };
/** Statement files as the edges use them. */
export type StatementFileDesk = {
  /** Makes what is missing and what has changed; what was made, in words. Run again, it makes nothing new. */
  makeDue(): Promise<Bilingual>;
  /** Newest day first, newest version first. Only days whose files are still kept. */
  list(of: { readonly receiver?: Receiver; readonly from: string; readonly to: string }): Outcome<readonly KeptStatementFile[]>;
  /** `version` absent: the newest. */
  open(of: Receiver & { readonly day: string; readonly version?: number | undefined }): Promise<Outcome<OpenedFile>>;
  /** For a person of the hospital: whatever file, and who took it is written down. */
  openFor(of: { readonly id: number; readonly by: string }): Promise<Outcome<OpenedFile>>;
};
