/** 电子回单: the bank's own document about one movement: a transfer it carried out, or what somebody paid in. Fetched beside the money and never in its way: what it says decides nothing. */
import type { BankReceiptMedia } from '@hospay/plugin-sdk';

/** `kept`: for ever. `none`: the bank makes none of it. `givenUp`: not asked for by itself any more. */
export const RECEIPT_STATES = ['awaited', 'kept', 'none', 'givenUp'] as const;
export type ReceiptState = (typeof RECEIPT_STATES)[number];

export type KeptDocument = { readonly receiptNo: string; readonly mediaType: BankReceiptMedia; readonly bytes: number; readonly sha256: string };
export type BankReceipt = {
  /** The payout, or the line of the statement (`subjectOfLine`). */
  readonly subject: string;
  readonly state: ReceiptState;
  /** Of a receipt that is kept. */
  readonly document: KeptDocument | undefined;
  readonly tries: number;
  /** When it is asked for next. */
  readonly dueAt: string | undefined;
  readonly keptAt: string | undefined;
  readonly news: string | undefined;
};

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 24 * 3_600_000];
/** Some banks make a receipt within minutes, most over night. The last gap repeats. */
const GAPS_MS = [10 * MINUTE, HOUR, 6 * HOUR, DAY];
/** A month after it was paid the bank's own counter is the place to ask. */
export const RECEIPT_PATIENCE_MS = 30 * DAY;

/** One line of one account. */
export type LineName = { readonly account: string; readonly bankLineNo: string };
export function subjectOfLine({ account, bankLineNo }: LineName): string {
  return `line/${account}/${bankLineNo}`;
}
/** Undefined: it is no line's. */
export function lineOfSubject(subject: string): LineName | undefined {
  const [, account, bankLineNo] = /^line\/([^/]+)\/(.+)$/.exec(subject) ?? [];
  return account === undefined || bankLineNo === undefined ? undefined : { account, bankLineNo };
}

/** What becomes of a receipt that was not given now. `movedAt`: when the money moved. */
export function awaitReceipt({ tries, movedAt, now }: { readonly tries: number; readonly movedAt: string; readonly now: Date }): { readonly state: 'awaited'; readonly dueAt: string } | { readonly state: 'givenUp'; readonly dueAt: undefined } {
  if (now.getTime() - Date.parse(movedAt) >= RECEIPT_PATIENCE_MS) return { state: 'givenUp', dueAt: undefined };
  const gapMs = GAPS_MS[Math.min(tries, GAPS_MS.length) - 1] ?? GAPS_MS[0] ?? DAY;
  return { state: 'awaited', dueAt: new Date(now.getTime() + gapMs).toISOString() };
}
