import assert from 'node:assert/strict';
import { test } from 'node:test';
import { receiptGaps, receiptRuns } from './receipt-runs.js';

test('numbers that follow each other are one run, and leading zeros stay', () => {
  assert.deepEqual(receiptRuns(['0000099', '0000100', '0000101', '0000103', 'A007', 'A008', 'B009', 'ohne']), ['0000099-0000101', '0000103', 'A007-A008', 'B009', 'ohne']);
  assert.deepEqual(receiptRuns([]), []);
});

test('numbers of another length or prefix do not follow, however close', () => {
  assert.deepEqual(receiptRuns(['99', '100']), ['99', '100']);
  assert.deepEqual(receiptRuns(['R9007199254740993', 'R9007199254740994']), ['R9007199254740993-R9007199254740994']);
});

test('a gap is counted once, and only within one prefix', () => {
  assert.equal(receiptGaps(['0001', '0002', '0005', '0006', 'B0001', 'B0003']), 2);
  assert.equal(receiptGaps(['A1', 'B9']), 0);
});
