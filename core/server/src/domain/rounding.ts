type Rounded = { readonly presettlementNo?: string | undefined; readonly amountFen: number; readonly fundFen: number; readonly personalAccountFen: number; readonly totalFen: number };

/** 四舍五入, signed, in fen: kept with the parts it was added to. An order with the insurance in it is paid whole, as the centre priced it: nothing of it is rounded. */
export function roundedBy({ presettlementNo, amountFen, fundFen, personalAccountFen, totalFen }: Rounded): { readonly roundingFen?: number } {
  const roundingFen = presettlementNo === undefined ? fundFen + personalAccountFen + amountFen - totalFen : 0;
  return roundingFen === 0 ? {} : { roundingFen };
}
