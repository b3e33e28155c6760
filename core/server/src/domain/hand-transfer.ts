/**
 * 转账登记: what of a prepayment account or of a stay's deposits no order can give back is paid by the hospital's bank, outside the platform. One person records how, another one confirms it against the bank's own
 * slip; then its case is closed. The platform's ledger never held this money and posts nothing.
 */
import type { CaseKind } from './order-change.js';

/** What is owed: `prepayment` by the number of the return, `discharge` by that of the settlement. */
export const TRANSFER_KINDS = ['prepayment', 'discharge'] as const;
export type TransferKind = (typeof TRANSFER_KINDS)[number];
export const CASE_OF_TRANSFER = { prepayment: 'prepaymentTransfer', discharge: 'dischargeTransfer' } as const satisfies Record<TransferKind, CaseKind>;

export const TRANSFER_STATES = ['recorded', 'confirmed', 'rejected'] as const;
export type TransferState = (typeof TRANSFER_STATES)[number];

export type HandTransfer = {
  readonly transferNo: string;
  readonly kind: TransferKind;
  readonly subject: string;
  /** Integer fen: all of what is owed, never a part. */
  readonly amountFen: number;
  readonly state: TransferState;
  /** Beijing day on which the bank paid. */
  readonly paidOn: string;
  readonly bankName: string;
  /** Name on the account, masked. */
  readonly accountLabel: string;
  /** Its last four digits. The whole number stays with the bank. */
  readonly accountTail: string;
  /** 银行流水号: of this bank one transfer. */
  readonly slipNo: string;
  readonly recordedBy: string;
  readonly recordedAt: string;
  readonly decidedBy: string | undefined;
  readonly decidedAt: string | undefined;
  readonly reason: string | undefined;
};

/** An open case, with what is owed and the record that waits, if one does. */
export type DueTransfer = { readonly kind: TransferKind; readonly subject: string; /** Whom: patient number, or inpatient number and stay, masked. */ readonly owedTo: string; readonly amountFen: number; readonly since: string; readonly waiting: HandTransfer | undefined; /** The payout through the bank link that pays it, or may: no transfer by hand beside it. */ readonly payoutNo?: string };

export type TransferDraft = Pick<HandTransfer, 'kind' | 'subject' | 'amountFen' | 'paidOn' | 'bankName' | 'accountLabel' | 'accountTail' | 'slipNo'>;
export type RecordTransferResult =
  | { readonly kind: 'recorded'; readonly transfer: HandTransfer }
  /** Nothing is owed under this number (any more). */
  | { readonly kind: 'notFound' }
  | { readonly kind: 'amountDiffers'; readonly amountFen: number }
  /** Another record of it waits, or a payout of it is under way. */
  | { readonly kind: 'waits'; readonly transferNo: string }
  /** The bank's number was recorded for another transfer. */
  | { readonly kind: 'slipUsed'; readonly transferNo: string };
export type DecideTransferResult = { readonly kind: 'decided'; readonly transfer: HandTransfer } | { readonly kind: 'notFound' } | { readonly kind: 'ownRecord' } | { readonly kind: 'notWhatWasShown' } | { readonly kind: 'decidedBefore' };

export type HandTransferStore = {
  listDue(): Promise<readonly DueTransfer[]>;
  /** The newest first. */
  list(limit: number): Promise<readonly HandTransfer[]>;
  record(request: { readonly draft: TransferDraft; readonly by: string; readonly now: Date }): Promise<RecordTransferResult>;
  /** Confirmed by another person who names amount and slip as he sees them at the bank; the case is closed in the same transaction. Rejected: another record may be made. */
  decide(request: { readonly transferNo: string; readonly isConfirmed: boolean; readonly amountFen: number; readonly slipNo: string; readonly reason: string; readonly by: string; readonly now: Date }): Promise<DecideTransferResult>;
};
