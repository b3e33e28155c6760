import type { StoredQuote } from '../domain/order.js';

/** A quote as its owner is shown it. Amounts in fen. */
export type QuoteView = {
  readonly quoteId: string;
  readonly billNos: readonly string[];
  readonly totalFen: number;
  readonly fundFen: number;
  readonly personalAccountFen: number;
  readonly selfPayFen: number;
  /** 四舍五入, signed: total + rounding = fund + personal account + self-pay. Absent: nothing was rounded. */
  readonly roundingFen?: number;
  readonly validUntil: string;
};

export function viewQuote({ quoteId, billNos, totalFen, fundFen, personalAccountFen, selfPayFen, roundingFen, validUntil }: StoredQuote): QuoteView {
  return { quoteId, billNos, totalFen, fundFen, personalAccountFen, selfPayFen, ...(roundingFen === undefined ? {} : { roundingFen }), validUntil };
}
