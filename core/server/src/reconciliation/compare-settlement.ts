import type { FundStatementLine, StatementLine } from '@hospay/plugin-sdk';
import { refundStateOf } from './read-rows.js';

/** A trade statement's sums in fen: what was taken, what was given back, and what the channel kept of it (below zero when it gave back more). */
export type StatedSums = { readonly paymentFen: number; readonly refundFen: number; readonly feeFen: number };
type StatedLine = Pick<StatementLine, 'kind' | 'amountFen' | 'feeMilliFen' | 'status'>;

export type Settlement = {
  /** Of the trade statement of the day. */
  readonly stated: StatedSums;
  /** Every movement of the merchant's account on that day. */
  readonly movements: readonly Pick<FundStatementLine, 'direction' | 'kind' | 'amountFen'>[];
  /** What the bank says arrived from the channel, in fen. Undefined: the bank's statement is not known. */
  readonly arrivedFen?: number;
};

export type SettlementDifference = { readonly class: 'fee' | 'bankLong' | 'bankShort'; readonly what: 'payments' | 'refunds' | 'fee' | 'arrival'; readonly expectedFen: number; readonly actualFen: number };

export type SettlementComparison = {
  readonly paymentFen: number;
  readonly refundFen: number;
  readonly feeFen: number;
  /** What the day must leave in the account (应到款). */
  readonly netFen: number;
  /** What left the account for the bank. */
  readonly withdrawnFen: number;
  readonly differences: readonly SettlementDifference[];
};

const MILLI_FEN_PER_FEN = 1_000;

/** Sums a trade statement. A channel takes its fee in whole fen per payment: each is rounded half up. */
export function sumStatement(lines: readonly StatedLine[]): StatedSums {
  const sums = { paymentFen: 0, refundFen: 0, feeFen: 0 };
  for (const { kind, amountFen, feeMilliFen, status } of lines) {
    if (kind === 'payment') sums.paymentFen += amountFen;
    // A refund that failed is listed, and moved nothing.
    else if (refundStateOf(status) !== 'failed') sums.refundFen += amountFen;
    sums.feeFen += wholeFen(feeMilliFen);
  }
  return sums;
}

/** The channel's statement beside its account, and what it paid out beside what the bank received (应到款, 实到款). 长款: more there than the statement says. */
export function compareSettlement({ stated, movements, arrivedFen }: Settlement): SettlementComparison {
  const moved = (kind: FundStatementLine['kind'], direction: 'in' | 'out'): number => movements.reduce((sum, movement) => (movement.kind === kind && movement.direction === direction ? sum + movement.amountFen : sum), 0);
  const withdrawnFen = moved('withdrawal', 'out');
  const differences = [
    ...differenceOf('payments', stated.paymentFen, moved('payment', 'in')),
    ...differenceOf('refunds', -stated.refundFen, -moved('refund', 'out')),
    ...differenceOf('fee', stated.feeFen, moved('fee', 'out') - moved('feeReturned', 'in')),
    ...(arrivedFen === undefined ? [] : differenceOf('arrival', withdrawnFen, arrivedFen)),
  ];
  return { ...stated, netFen: stated.paymentFen - stated.refundFen - stated.feeFen, withdrawnFen, differences };
}

function differenceOf(what: SettlementDifference['what'], expectedFen: number, actualFen: number): SettlementDifference[] {
  if (expectedFen === actualFen) return [];
  return [{ class: what === 'fee' ? 'fee' : actualFen > expectedFen ? 'bankLong' : 'bankShort', what, expectedFen, actualFen }];
}

/** A channel takes its fee in whole fen per payment, half up. */
export function wholeFen(milliFen: number): number {
  return Math.sign(milliFen) * Math.floor((Math.abs(milliFen) + MILLI_FEN_PER_FEN / 2) / MILLI_FEN_PER_FEN);
}
