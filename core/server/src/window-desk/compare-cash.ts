import type { TillDay } from '@hospay/plugin-sdk';
import type { CashOfDay } from './ports.js';

/**
 * `same`: book and ledger say the same. `differs`: they do not, and nothing is on its way. `inFlight`: cash of this channel is being taken or paid out at this moment. `noBook`: the till book does
 * not answer. `bookGone`: the day is older than what a till book keeps.
 */
export const CASH_COMPARISON_STATES = ['same', 'differs', 'inFlight', 'noBook', 'bookGone'] as const;
export type CashComparisonState = (typeof CASH_COMPARISON_STATES)[number];

type Sum = { readonly count: number; readonly amountFen: number };
export type CashComparison = {
  readonly channel: string;
  readonly merchantNos: readonly string[];
  readonly state: CashComparisonState;
  /** What all tills of the channel say together; absent when the book does not answer. */
  readonly book: { readonly takenIn: Sum; readonly paidOut: Sum } | undefined;
  /** What account 1001 says. */
  readonly ledger: { readonly takenIn: Sum; readonly paidOut: Sum };
  /** Book − ledger, of what is left in the tills. Two differences that cancel out still differ. */
  readonly differenceFen: number | undefined;
};

const NOTHING: Sum = { count: 0, amountFen: 0 };

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

function sumOf(sums: readonly Sum[]): Sum {
  return sums.reduce((total, { count, amountFen }) => ({ count: total.count + count, amountFen: total.amountFen + amountFen }), NOTHING);
}
function equal(left: Sum, right: Sum): boolean {
  return left.count === right.count && left.amountFen === right.amountFen;
}
