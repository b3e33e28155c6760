/** 渠道费率合同: what a channel may keep of each payment, as the hospital agreed with it. The statement's own fee is what is posted (money.md 13); the contract says whether it is right. Amounts in integer fen, rates in millionths (6,000 = 0.6%). */

export type FeeRate = { readonly rateMillionths: number; /** 封顶: at most so much of one payment. */ readonly capFen?: number | undefined; /** 保底: at least so much of one payment. */ readonly floorFen?: number | undefined };

export type FeeContract = FeeRate & {
  /** The source whose statements it is held against. */
  readonly source: string;
  /** Its first day; until the next contract of the source begins. */
  readonly from: string;
  /** 阶梯: payments from an amount on have a rate of their own; the highest that is reached counts. */
  readonly tiers?: readonly (FeeRate & { readonly fromFen: number })[] | undefined;
  /** 手续费补贴: so much of each fee somebody else bears. */
  readonly subsidyMillionths?: number | undefined;
  /** Whether a refund brings its fee back. */
  readonly refundsFee: boolean;
};

const MILLION = 1_000_000n;

/** What the contract has the channel keep of one payment, in whole fen, rounded half up as channels do; below zero for what a refund brings back. */
export function contractFeeFen(contract: FeeContract, { kind, amountFen }: { readonly kind: 'payment' | 'refund'; readonly amountFen: number }): number {
  if (kind === 'refund') return contract.refundsFee ? -contractFeeFen(contract, { kind: 'payment', amountFen }) : 0;
  const { rateMillionths, capFen = Number.MAX_SAFE_INTEGER, floorFen = 0 } = (contract.tiers ?? []).reduce<FeeRate & { readonly fromFen: number }>((best, tier) => (amountFen >= tier.fromFen && tier.fromFen >= best.fromFen ? tier : best), { ...contract, fromFen: 0 });
  const fee = Math.max(floorFen, Math.min(capFen, shareOf(amountFen, rateMillionths)));
  return fee - shareOf(fee, contract.subsidyMillionths ?? 0);
}
function shareOf(amountFen: number, millionths: number): number {
  return Number((BigInt(amountFen) * BigInt(millionths) + MILLION / 2n) / MILLION);
}

/** The contract in force for a source on a day. */
export function contractOf(contracts: readonly FeeContract[], source: string, day: string): FeeContract | undefined {
  return contracts.filter((contract) => contract.source === source && contract.from <= day).toSorted((one, other) => (one.from < other.from ? 1 : -1))[0];
}

export type StatedFee = { readonly kind: 'payment' | 'refund'; readonly amountFen: number; readonly feeFen: number };
export type FeeComparison = { readonly expectedFen: number; readonly statedFen: number; /** Rows whose fee is not the contract's. */ readonly differing: number; /** The largest difference of one row. */ readonly worstFen: number; /** A person has to look: more than a fen of one payment, or a ten-thousandth of the day. */ readonly isNotable: boolean };

/** Fees of a day beside the contract, row by row. A refund's fee may be rounded otherwise when it goes back in parts: a fen is none. */
export function compareFees(contract: FeeContract): { add(row: StatedFee): void; found(): FeeComparison } {
  const sums = { expectedFen: 0, statedFen: 0, differing: 0, worstFen: 0, turnoverFen: 0 };
  return {
    add(row) {
      const expected = contractFeeFen(contract, row);
      const off = Math.abs(row.feeFen - expected);
      sums.expectedFen += expected;
      sums.statedFen += row.feeFen;
      sums.differing += off === 0 ? 0 : 1;
      sums.worstFen = Math.max(sums.worstFen, off);
      sums.turnoverFen += row.amountFen;
    },
    found() {
      const { turnoverFen, ...told } = sums;
      return { ...told, isNotable: sums.worstFen > 1 || Math.abs(sums.statedFen - sums.expectedFen) * 10_000 > turnoverFen };
    },
  };
}
