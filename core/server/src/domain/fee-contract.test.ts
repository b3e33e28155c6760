import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareFees, contractFeeFen, contractOf, type FeeComparison, type FeeContract, type StatedFee } from './fee-contract.js';

const PLAIN: FeeContract = { source: 'wechat', from: '2026-01-01', rateMillionths: 6_000, refundsFee: true };
const fee = (contract: FeeContract, amountFen: number, kind: 'payment' | 'refund' = 'payment') => contractFeeFen(contract, { kind, amountFen });

test('a fee is the rate of a payment in whole fen, half up; a refund brings it back where the contract says so', () => {
  assert.deepEqual([83, 84, 250, 10_000, 0].map((amount) => fee(PLAIN, amount)), [0, 1, 2, 60, 0]);
  assert.deepEqual([fee(PLAIN, 10_000, 'refund'), fee({ ...PLAIN, refundsFee: false }, 10_000, 'refund')], [-60, 0]);
});

test('a cap and a floor bound it, a tier has a rate of its own, a subsidy is taken off', () => {
  assert.deepEqual([fee({ ...PLAIN, capFen: 2_000 }, 1_000_000), fee({ ...PLAIN, floorFen: 10 }, 100)], [2_000, 10]);
  const tiered: FeeContract = { ...PLAIN, tiers: [{ fromFen: 100_000, rateMillionths: 3_800 }, { fromFen: 1_000_000, rateMillionths: 2_000, capFen: 2_500 }] };
  assert.deepEqual([99_999, 100_000, 1_000_000, 9_000_000].map((amount) => fee(tiered, amount)), [600, 380, 2_000, 2_500]);
  assert.equal(fee({ ...PLAIN, subsidyMillionths: 500_000 }, 10_000), 30);
});

test('the contract of a day is the newest that has begun', () => {
  const contracts = [PLAIN, { ...PLAIN, from: '2026-07-01', rateMillionths: 3_800 }, { ...PLAIN, source: 'alipay' }];
  assert.deepEqual(['2025-12-31', '2026-06-30', '2026-07-01'].map((day) => contractOf(contracts, 'wechat', day)?.rateMillionths), [undefined, 6_000, 3_800]);
});

test('a fen here and there is rounding; more than one of a payment, or a ten-thousandth of the day, is a difference', () => {
  const compared = (of: readonly StatedFee[]): FeeComparison => {
    const fees = compareFees(PLAIN);
    for (const row of of) fees.add(row);
    return fees.found();
  };
  const rows = (off: number, count: number, amountFen = 10_000) => Array.from({ length: count }, () => ({ kind: 'payment' as const, amountFen, feeFen: 60 + off }));
  assert.deepEqual(compared([...rows(0, 99), ...rows(1, 1)]), { expectedFen: 6_000, statedFen: 6_001, differing: 1, worstFen: 1, isNotable: false });
  assert.equal(compared([...rows(0, 99), ...rows(2, 1)]).isNotable, true);
  assert.equal(compared(rows(1, 100, 9_999)).isNotable, true, 'a fen of each is 0.01%, and a little more');
  assert.equal(compared(rows(1, 100)).isNotable, false);
});
