import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FundStatementLine } from '@hospay/plugin-sdk';
import { addMovement, addStated, compareSettlement, nothingStated, type Moved } from './compare-settlement.js';

const LINES = [
  { kind: 'payment', amountFen: 10_000, feeMilliFen: 60_000, status: 'SUCCESS' },
  { kind: 'payment', amountFen: 1_234, feeMilliFen: 7_404, status: 'SUCCESS' },
  { kind: 'refund', amountFen: 4_000, feeMilliFen: -24_000, status: 'SUCCESS' },
  // Listed, and moved nothing.
  { kind: 'refund', amountFen: 777, feeMilliFen: 0, status: 'FAIL' },
] as const;
const MOVEMENTS = [
  { kind: 'payment', direction: 'in', amountFen: 11_234 }, { kind: 'fee', direction: 'out', amountFen: 67 }, { kind: 'refund', direction: 'out', amountFen: 4_000 }, { kind: 'feeReturned', direction: 'in', amountFen: 24 },
  { kind: 'withdrawal', direction: 'out', amountFen: 7_191 },
] as const;

const stated = nothingStated();
for (const line of LINES) addStated(stated, line);
function movedBy(movements: readonly Pick<FundStatementLine, 'kind' | 'direction' | 'amountFen'>[]): Moved {
  const moved: Moved = {};
  for (const movement of movements) addMovement(moved, movement);
  return moved;
}

test('failure mode 22: the statement, the account and the bank agree: what should arrive is payments less refunds less fees', () => {
  const settled = compareSettlement({ stated, moved: movedBy(MOVEMENTS), arrivedFen: 7_191 });
  assert.deepEqual(settled, { paymentFen: 11_234, refundFen: 4_000, feeFen: 43, netFen: 7_191, withdrawnFen: 7_191, differences: [] });
});

test('less or more in the account, another fee, and less at the bank are told with what was expected', () => {
  const [first, ...rest] = MOVEMENTS;
  assert.deepEqual(compareSettlement({ stated, moved: movedBy([{ ...first, amountFen: 11_000 }, ...rest]) }).differences, [{ class: 'bankShort', what: 'payments', expectedFen: 11_234, actualFen: 11_000 }]);
  assert.deepEqual(compareSettlement({ stated, moved: movedBy([...MOVEMENTS, { kind: 'fee', direction: 'out', amountFen: 1 }]) }).differences, [{ class: 'fee', what: 'fee', expectedFen: 43, actualFen: 44 }]);
  assert.deepEqual(compareSettlement({ stated, moved: movedBy([...MOVEMENTS, { kind: 'refund', direction: 'out', amountFen: 5 }]) }).differences, [{ class: 'bankShort', what: 'refunds', expectedFen: -4_000, actualFen: -4_005 }]);
  assert.deepEqual(compareSettlement({ stated, moved: movedBy(MOVEMENTS), arrivedFen: 7_192 }).differences, [{ class: 'bankLong', what: 'arrival', expectedFen: 7_191, actualFen: 7_192 }]);
});
