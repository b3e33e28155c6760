import type { BankReceiptMedia } from '@hospay/plugin-sdk';
import type { BankReceipt, ReceiptState } from '../domain/bank-receipt.js';

/** The receipt of a payout or a bank line as finance sees it; the document itself is downloaded. */
export type ReceiptView = {
  readonly subject: string;
  readonly state: ReceiptState;
  readonly tries: number;
  readonly receiptNo?: string;
  readonly mediaType?: BankReceiptMedia;
  readonly bytes?: number;
  readonly sha256?: string;
  readonly keptAt?: string;
  readonly dueAt?: string;
  readonly news?: string;
};

export function viewReceipt({ subject, state, tries, document, keptAt, dueAt, news }: BankReceipt): ReceiptView {
  return { subject, state, tries, ...document, ...(keptAt === undefined ? {} : { keptAt }), ...(dueAt === undefined ? {} : { dueAt }), ...(news === undefined ? {} : { news }) };
}
