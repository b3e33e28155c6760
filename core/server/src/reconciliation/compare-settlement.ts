import type { FundStatementLine } from '@hospay/plugin-sdk';
import { refundStateOf } from './read-rows.js';

export type Settlement = {
  /** The trade statement of the day: what was taken and given back, and the channel's fee on each in 1/1000 fen (negative when returned). */
  readonly lines: readonly { readonly kind: 'payment' | 'refund'; readonly amountFen: number; readonly feeMilliFen: number; readonly status: string }[];
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

/**
 * The channel's statement beside its account, and what it paid out beside what the bank received (应到款, 实到款). A channel takes its fee in whole fen per payment: each is
 * rounded half up. 长款: more there than the statement says.
 */
export function compareSettlement({ lines, movements, arrivedFen }: Settlement): SettlementComparison {
  const stated = { payments: 0, refunds: 0, fee: 0 };
  for (const { kind, amountFen, feeMilliFen, status } of lines) {
    if (kind === 'payment') stated.payments += amountFen;
    // A refund that failed is listed, and moved nothing.
    else if (refundStateOf(status) !== 'failed') stated.refunds += amountFen;
    stated.fee += wholeFen(feeMilliFen);
  }
  const moved = (kind: FundStatementLine['kind'], direction: 'in' | 'out'): number => movements.reduce((sum, movement) => (movement.kind === kind && movement.direction === direction ? sum + movement.amountFen : sum), 0);
  const withdrawnFen = moved('withdrawal', 'out');
  const differences = [
    ...differenceOf('payments', stated.payments, moved('payment', 'in')),
    ...differenceOf('refunds', -stated.refunds, -moved('refund', 'out')),
    ...differenceOf('fee', stated.fee, moved('fee', 'out') - moved('feeReturned', 'in')),
    ...(arrivedFen === undefined ? [] : differenceOf('arrival', withdrawnFen, arrivedFen)),
  ];
  return { paymentFen: stated.payments, refundFen: stated.refunds, feeFen: stated.fee, netFen: stated.payments - stated.refunds - stated.fee, withdrawnFen, differences };
}

function differenceOf(what: SettlementDifference['what'], expectedFen: number, actualFen: number): SettlementDifference[] {
  if (expectedFen === actualFen) return [];
  return [{ class: what === 'fee' ? 'fee' : actualFen > expectedFen ? 'bankLong' : 'bankShort', what, expectedFen, actualFen }];
}

/** A channel takes its fee in whole fen per payment, half up. */
export function wholeFen(milliFen: number): number {
  return Math.sign(milliFen) * Math.floor((Math.abs(milliFen) + MILLI_FEN_PER_FEN / 2) / MILLI_FEN_PER_FEN);
}
