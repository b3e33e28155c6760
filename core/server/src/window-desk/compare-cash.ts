import type { TillDay } from '@hospay/plugin-sdk';
import type { CashComparison, CashOfDay, CountedSum } from './ports.js';

const NOTHING: CountedSum = { count: 0, amountFen: 0 };

/** One channel on one day. Openings are change money and no business of the ledger. Pure. */
export function compareCash(given: {
  readonly channel: string;
  readonly book: readonly TillDay[] | undefined;
  readonly ledger: CashOfDay | undefined;
  readonly isMoving: boolean;
  readonly isKept: boolean;
}): CashComparison {
  const { channel, merchantNos = [], takenIn = NOTHING, paidOut = NOTHING } = given.ledger ?? { channel: given.channel };
  const ledger = { takenIn, paidOut };
  if (given.book === undefined) return { channel, merchantNos, state: 'noBook', book: undefined, ledger, differenceFen: undefined };
  const book = { takenIn: sumOf(given.book.map((till) => till.takenIn)), paidOut: sumOf(given.book.map((till) => till.paidOut)) };
  const isSame = equal(book.takenIn, takenIn) && equal(book.paidOut, paidOut);
  const state = isSame ? 'same' : !given.isKept ? 'bookGone' : given.isMoving ? 'inFlight' : 'differs';
  return { channel, merchantNos, state, book, ledger, differenceFen: book.takenIn.amountFen - book.paidOut.amountFen - (takenIn.amountFen - paidOut.amountFen) };
}

function sumOf(sums: readonly CountedSum[]): CountedSum {
  return sums.reduce((total, { count, amountFen }) => ({ count: total.count + count, amountFen: total.amountFen + amountFen }), NOTHING);
}
function equal(left: CountedSum, right: CountedSum): boolean {
  return left.count === right.count && left.amountFen === right.amountFen;
}
