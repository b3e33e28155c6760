import { DataTypes, type Model, type ModelStatic, type Sequelize } from 'sequelize';
import type { HisNoticeKind } from '@hospay/plugin-sdk';
import type { HisNoticeState } from '../../../domain/his-notice-states.js';
import type { ConfirmationState } from '../../../domain/confirmation-states.js';
import type { InvoiceState } from '../../../domain/invoice-states.js';
import type { CaseKind } from '../../../domain/order-change.js';
import type { RefundCause } from '../../../domain/order.js';
import type { PaymentState } from '../../../domain/payment-states.js';
import type { RefundState } from '../../../domain/refund-states.js';

export type OrderRow = {
  tradeNo: string; hospitalId: string; merchantId: string; ownerKind: 'terminal' | 'application'; ownerId: string; hisQuoteNo: string; patientId: string; patientLabel: string; billNos: string;
  description: string; totalFen: number; fundFen: number; personalAccountFen: number; amountFen: number; createdAt: string; version: number; confirmation: ConfirmationState; business: string;
  settlementNo: string | null; receiptNo: string | null; pickupWindow: string | null; guide: string | null; confirmedAt: string | null; hisDay: string | null; confirmAttempts: number;
  receiptPrintedAt: string | null; presettlementNo: string | null;
};
export type PaymentRow = {
  paymentNo: string; tradeNo: string; leg: number; channel: string; merchantNo: string; method: string; amountFen: number; state: PaymentState; expiresAt: string; submittedAt: string;
  channelTradeNo: string | null; paidAt: string | null; fundingSource: string | null; attempts: number; billDay: string | null; lastNews: string | null; insuranceFundFen: number | null; insuranceAccountFen: number | null;
};
export type RefundRow = {
  refundNo: string; tradeNo: string; paymentNo: string; refundFen: number; state: RefundState; cause: RefundCause; reason: string; requestedBy: string; requestedAt: string;
  needsHisApproval: number; hisRefundNo: string | null; channelRefundNo: string | null; refundedAt: string | null; attempts: number; replaces: string | null; lastNews: string | null;
};
export type InvoiceRow = {
  invoiceRequestNo: string; tradeNo: string; ordinal: number; amountFen: number; state: InvoiceState; invoiceCode: string | null; invoiceNo: string | null; checkCode: string | null; issuedAt: string | null;
  refundNo: string | null; redInvoiceCode: string | null; redInvoiceNo: string | null; requestedAt: string; lastNews: string | null;
};
export type FactRow = { id: number; kind: string; source: string; sourceId: string; tradeNo: string | null; body: string; at: string };
export type EventRow = { id: number; tradeNo: string; axis: 'payment' | 'confirmation' | 'refund' | 'presettlement' | 'discharge' | 'invoice'; subject: string; fromState: string | null; toState: string; trigger: string; causeKind: string; causeId: string; orderVersion: number; at: string };
export type JournalRow = { seq: number; bizType: string; bizId: string; step: string; tradeNo: string; acctDate: string; at: string; causeKind: string; causeId: string; totalFen: number; hash: string };
export type EntryRow = { id: number; journalSeq: number; line: number; accountId: number; side: 'debit' | 'credit'; amountFen: number; phase: 'pending' | 'voided' | 'final'; clearKey: string };
export type AccountRow = { id: number; name: string; code: string; normal: 'debit' | 'credit' };
export type BalanceRow = { accountId: number; debitFinal: number; creditFinal: number; debitPending: number; creditPending: number };
export type ClearBalanceRow = { accountId: number; clearKey: string; netFen: number; pendingFen: number; openedAt: string };
export type CaseRow = { id: number; kind: CaseKind; subject: string; tradeNo: string | null; severity: number; detail: string; openedAt: string; resolvedAt: string | null };

export type HisNoticeRow = {
  seq: number; noticeId: string; hospitalId: string; adapter: string; kind: HisNoticeKind; noticeNo: string; content: string; state: HisNoticeState; code: string | null; news: string | null; receivedAt: string; endedAt: string | null; repeats: number;
};

export type ReceiptLinkRow = { id: number; hospitalId: string; tradeNo: string; newReceiptNo: string };

type Table<Row extends object> = ModelStatic<Model<Row>>;

/** The tables of the money database as they are read; who may write them is `edges/database/money` alone. Times stay the text they are. */
export function defineReadModels(sequelize: Sequelize) {
  const table = <Row extends object>(name: string, key: string, texts: readonly string[], numbers: readonly string[]): Table<Row> =>
    sequelize.define<Model<Row>>(
      `read_${name}`,
      Object.fromEntries([
        ...texts.map((column) => [column, { type: DataTypes.TEXT, primaryKey: column === key }] as const),
        ...numbers.map((column) => [column, { type: DataTypes.INTEGER, primaryKey: column === key }] as const),
      ]) as Parameters<typeof sequelize.define<Model<Row>>>[1],
      { tableName: name, timestamps: false, freezeTableName: true, underscored: true },
    );
  return {
    orders: table<OrderRow>('orders', 'tradeNo', [
      'tradeNo', 'hospitalId', 'merchantId', 'ownerKind', 'ownerId', 'hisQuoteNo', 'patientId', 'patientLabel', 'billNos', 'description', 'createdAt', 'confirmation', 'business', 'settlementNo', 'receiptNo',
      'pickupWindow', 'guide', 'confirmedAt', 'hisDay', 'receiptPrintedAt', 'presettlementNo',
    ], ['totalFen', 'fundFen', 'personalAccountFen', 'amountFen', 'version', 'confirmAttempts']),
    receiptLinks: table<ReceiptLinkRow>('receipt_link', 'id', ['hospitalId', 'tradeNo', 'newReceiptNo'], ['id']),
    payments: table<PaymentRow>('payment', 'paymentNo', [
      'paymentNo', 'tradeNo', 'channel', 'merchantNo', 'method', 'state', 'expiresAt', 'submittedAt', 'channelTradeNo', 'paidAt', 'fundingSource', 'billDay', 'lastNews',
    ], ['leg', 'amountFen', 'attempts', 'insuranceFundFen', 'insuranceAccountFen']),
    refunds: table<RefundRow>('refund', 'refundNo', [
      'refundNo', 'tradeNo', 'paymentNo', 'state', 'cause', 'reason', 'requestedBy', 'requestedAt', 'hisRefundNo', 'channelRefundNo', 'refundedAt', 'replaces', 'lastNews',
    ], ['refundFen', 'needsHisApproval', 'attempts']),
    invoices: table<InvoiceRow>('invoice', 'invoiceRequestNo', [
      'invoiceRequestNo', 'tradeNo', 'state', 'invoiceCode', 'invoiceNo', 'checkCode', 'issuedAt', 'refundNo', 'redInvoiceCode', 'redInvoiceNo', 'requestedAt', 'lastNews',
    ], ['ordinal', 'amountFen']),
    facts: table<FactRow>('fact', 'id', ['kind', 'source', 'sourceId', 'tradeNo', 'body', 'at'], ['id']),
    events: table<EventRow>('state_event', 'id', ['tradeNo', 'axis', 'subject', 'fromState', 'toState', 'trigger', 'causeKind', 'causeId', 'at'], ['id', 'orderVersion']),
    journals: table<JournalRow>('journal', 'seq', ['bizType', 'bizId', 'step', 'tradeNo', 'acctDate', 'at', 'causeKind', 'causeId', 'hash'], ['seq', 'totalFen']),
    entries: table<EntryRow>('entry', 'id', ['side', 'phase', 'clearKey'], ['id', 'journalSeq', 'line', 'accountId', 'amountFen']),
    accounts: table<AccountRow>('account', 'id', ['name', 'code', 'normal'], ['id']),
    balances: table<BalanceRow>('balance', 'accountId', [], ['accountId', 'debitFinal', 'creditFinal', 'debitPending', 'creditPending']),
    clearBalances: table<ClearBalanceRow>('clear_balance', 'clearKey', ['clearKey', 'openedAt'], ['accountId', 'netFen', 'pendingFen']),
    cases: table<CaseRow>('discrepancy_case', 'id', ['kind', 'subject', 'tradeNo', 'detail', 'openedAt', 'resolvedAt'], ['id', 'severity']),
    hisNotices: table<HisNoticeRow>('his_notice', 'seq', ['noticeId', 'hospitalId', 'adapter', 'kind', 'noticeNo', 'content', 'state', 'code', 'news', 'receivedAt', 'endedAt'], ['seq', 'repeats']),
  };
}
export type ReadModels = ReturnType<typeof defineReadModels>;
