/**
 * Merchants (商户): what one merchant number of the hospital took, for whoever is bound to it. Money belongs to the merchant its payment was charged for (`payment.merchant_no`, the account 1121/<channel>/<merchant>): one order
 * may be paid at several, and each sees its own part. Every question carries the merchant of the caller as the platform knows it, never one that was sent.
 */
import type { AuditTrail } from '../domain/audit.js';
import type { ConfirmationState } from '../domain/confirmation-states.js';
import type { Outcome } from '../domain/errors.js';
import type { RefundCause } from '../domain/order.js';
import type { PaymentState } from '../domain/payment-states.js';
import type { StatementSource } from '../domain/reconciliation-store.js';
import type { RefundState } from '../domain/refund-states.js';
import type { BatchState } from '../domain/settlement-batch.js';
import type { ArrivalKind } from '../domain/arrival.js';
import type { ExportFormat, ReportDesk, ReportExport, ReportReader } from '../reports/ports.js';
import type { ArrivalDesk, ExpectedState, SettlementDesk } from '../settlement/ports.js';
import type { KeptStatementFile, OpenedFile, StatementFileDesk } from '../statement-files/ports.js';

/** As the configuration names it. */
export type Merchant = { readonly merchantNo: string; readonly name: string; readonly campus: string };
export type MerchantView = Merchant & { /** The channels that charge for it. */ readonly channels: readonly string[] };

/** `number`: of an order, a payment, a refund, or the channel's own. Days are those of the request. */
export type MerchantPaymentFilter = { readonly fromDay?: string; readonly toDay?: string; readonly state?: PaymentState; readonly number?: string; readonly after?: string; readonly limit?: number };
export type MerchantPayment = {
  readonly paymentNo: string; readonly tradeNo: string; readonly submittedAt: string; readonly channel: string; readonly method: string; readonly state: PaymentState; readonly amountFen: number; readonly refundedFen: number; readonly refundingFen: number;
  readonly paidAt?: string; readonly billDay?: string; readonly channelTradeNo?: string; readonly patientLabel: string; readonly description: string; readonly confirmation: ConfirmationState;
};
export type MerchantPaymentPage = { readonly payments: readonly MerchantPayment[]; readonly next?: string };
/** An order with what of it is this merchant's, and nothing else. */
export type MerchantOrder = {
  readonly tradeNo: string; readonly createdAt: string; readonly patientLabel: string; readonly description: string; readonly confirmation: ConfirmationState;
  readonly payments: readonly (Omit<MerchantPayment, 'tradeNo' | 'patientLabel' | 'description' | 'confirmation'> & { readonly fundingSource?: string })[];
  readonly refunds: readonly { readonly refundNo: string; readonly paymentNo: string; readonly refundFen: number; readonly state: RefundState; readonly cause: RefundCause; readonly requestedAt: string; readonly refundedAt?: string; readonly channelRefundNo?: string }[];
  readonly timeline: readonly { readonly at: string; readonly axis: 'payment' | 'refund' | 'confirmation'; readonly subject: string; readonly to: string }[];
};

/** Reads the money database for one merchant and never writes it. */
export type MerchantReader = {
  /** Newest first. Undefined: `after` is not a mark this reader gave out. A page that finds little comes short, with a mark to go on by. */
  listPayments(of: MerchantPaymentFilter & { readonly merchantNo: string }): Promise<MerchantPaymentPage | undefined>;
  /** Undefined also when nothing of the order is this merchant's. */
  findOrder(of: { readonly merchantNo: string; readonly tradeNo: string }): Promise<MerchantOrder | undefined>;
};

export const FIGURE_PERIODS = ['day', 'month'] as const;
export type FigurePeriod = (typeof FIGURE_PERIODS)[number];
type Sums = { readonly paidCount: number; readonly paidFen: number; readonly refundedCount: number; readonly refundedFen: number };
/** By bill day, as the ledger and statements have it. `behind`: journals that are not in the sums yet. */
export type MerchantFigures = { readonly rows: readonly (Sums & { readonly period: string; readonly channel: string; readonly method: string })[]; readonly totals: Sums; readonly behind: number };

/** What of this merchant's money is on its way to the bank, came, and was settled. */
export type MerchantSettlement = {
  readonly expected: readonly { readonly channel: string; readonly day: string; readonly amountFen: number; readonly dueOn: string; readonly state: ExpectedState }[];
  readonly arrivals: readonly { readonly arrivalNo: string; readonly at: string; readonly kind: ArrivalKind; readonly channel: string; readonly days: readonly string[]; readonly expectedFen: number; readonly arrivedFen: number }[];
  readonly batches: readonly { readonly batchNo: string; readonly state: BatchState; readonly proposedAt: string; readonly decidedAt?: string; readonly lines: readonly MerchantBatchLine[] }[];
};
export type MerchantBatchLine = { readonly channel: string; readonly day: string; readonly campus: string; readonly grossFen: number; readonly refundFen: number; readonly feeFen: number; readonly netFen: number };

type OfMerchant = { readonly merchantNo: string };
type OwnExport = OfMerchant & { readonly id: string; readonly by: string };
/** The merchant console (商户管理控制台), and what a merchant's own systems may ask. */
export type MerchantDesk = {
  list(): readonly Merchant[];
  read(of: OfMerchant): MerchantView;
  /** Refuses MALFORMED_REQUEST. */
  listPayments(of: OfMerchant & MerchantPaymentFilter): Promise<Outcome<MerchantPaymentPage>>;
  /** Refuses ORDER_NOT_FOUND, also for an order of others. */
  findOrder(of: OfMerchant & { readonly tradeNo: string }): Promise<Outcome<MerchantOrder>>;
  /** Refuses MALFORMED_REQUEST (no such days, or too many). */
  readFigures(of: OfMerchant & { readonly by: FigurePeriod; readonly from: string; readonly to: string }): Promise<Outcome<MerchantFigures>>;
  readSettlement(of: OfMerchant): Promise<MerchantSettlement>;
  listStatements(of: OfMerchant & { readonly from: string; readonly to: string }): Outcome<readonly KeptStatementFile[]>;
  /** Who took it stands in the audit log. */
  openStatement(of: OfMerchant & { readonly day: string; readonly version?: number | undefined; readonly by: string }): Promise<Outcome<OpenedFile>>;
  startExport(of: OfMerchant & { readonly from: string; readonly to: string; readonly format: ExportFormat; readonly by: string }): Promise<Outcome<ReportExport>>;
  listExports(of: OfMerchant & { readonly by: string }): readonly ReportExport[];
  cancelExport(of: OwnExport): Promise<Outcome<ReportExport>>;
  openExport(of: OwnExport): ReturnType<ReportDesk['openExport']>;
};

export type MerchantPorts = {
  readonly merchants: readonly Merchant[];
  campusName(id: string): string;
  /** Channel instances that charge for a merchant now. */
  channelsOf(merchantNo: string): readonly string[];
  /** Channels that share a statement, as arrivals and batches name them. */
  sources(): readonly StatementSource[];
  readonly money: MerchantReader;
  readonly sums: Pick<ReportReader, 'sums' | 'state'>;
  readonly reports: Pick<ReportDesk, 'startExport' | 'listExports' | 'cancelExport' | 'openExport'>;
  readonly statements: Pick<StatementFileDesk, 'list' | 'open'>;
  readonly arrivals: Pick<ArrivalDesk, 'listArrivals'>;
  readonly settlements: Pick<SettlementDesk, 'listBatches'>;
  readonly audit: AuditTrail;
};
