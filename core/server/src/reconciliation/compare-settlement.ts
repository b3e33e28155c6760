import type { FundStatementLine, StatementLine } from '@hospay/plugin-sdk';
import { refundStateOf } from './read-rows.js';

/** A trade statement's sums in fen: what was taken, what was given back, and what the channel kept of it (below zero when it gave back more). */
export type StatedSums = { readonly paymentFen: number; readonly refundFen: number; readonly feeFen: number };
type StatedLine = Pick<StatementLine, 'kind' | 'amountFen' | 'feeMilliFen' | 'status'>;

type Way = Pick<FundStatementLine, 'direction' | 'kind'>;
/** What movements of an account come to in fen, by what they are for and which way they go. */
export type Moved = { [way in `${Way['kind']} ${Way['direction']}`]?: number };

export type Settlement = {
  /** Of the trade statement of the day. */
  readonly stated: StatedSums;
  /** Of the merchant's account on that day. */
  readonly moved: Moved;
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

export const nothingStated = (): { -readonly [sum in keyof StatedSums]: number } => ({ paymentFen: 0, refundFen: 0, feeFen: 0 });

/** A channel takes its fee in whole fen per payment: each is rounded half up. */
export function addStated(sums: ReturnType<typeof nothingStated>, { kind, amountFen, feeMilliFen, status }: StatedLine): void {
  if (kind === 'payment') sums.paymentFen += amountFen;
  // A refund that failed is listed, and moved nothing.
  else if (refundStateOf(status) !== 'failed') sums.refundFen += amountFen;
  sums.feeFen += wholeFen(feeMilliFen);
}

export function addMovement(moved: Moved, { kind, direction, amountFen }: Way & Pick<FundStatementLine, 'amountFen'>): void {
  moved[`${kind} ${direction}`] = (moved[`${kind} ${direction}`] ?? 0) + amountFen;
}

/** The channel's statement beside its account, and what it paid out beside what the bank received (应到款, 实到款). 长款: more there than the statement says. */
export function compareSettlement({ stated, moved, arrivedFen }: Settlement): SettlementComparison {
  const sum = (kind: Way['kind'], direction: Way['direction']): number => moved[`${kind} ${direction}`] ?? 0;
  const withdrawnFen = sum('withdrawal', 'out');
  const differences = [
    ...differenceOf('payments', stated.paymentFen, sum('payment', 'in')),
    ...differenceOf('refunds', -stated.refundFen, -sum('refund', 'out')),
    ...differenceOf('fee', stated.feeFen, sum('fee', 'out') - sum('feeReturned', 'in')),
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
