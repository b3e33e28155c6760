import type { BankReceiptMedia } from '@hospay/plugin-sdk';
import type { BankReceipt, ReceiptState } from '../domain/bank-receipt.js';
import type { Bilingual } from '../domain/bilingual.js';
import { heard } from '../domain/own-words.js';

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
  readonly news?: Bilingual;
};

export function viewReceipt({ subject, state, tries, document, keptAt, dueAt, news }: BankReceipt): ReceiptView {
  return { subject, state, tries, ...document, ...(keptAt === undefined ? {} : { keptAt }), ...(dueAt === undefined ? {} : { dueAt }), ...(news === undefined ? {} : { news: heard(news) }) };
}
