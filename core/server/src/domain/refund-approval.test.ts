import assert from 'node:assert/strict';
import { test } from 'node:test';
import { approvalLevels, type AskedRefund, type RefundApprovalRule } from './refund-approval.js';

const RULES: readonly RefundApprovalRule[] = [{ fromFen: 200_000, levels: 1 }, { fromFen: 2_000_000, levels: 2 }, { olderThanDays: 90, levels: 1 }, { channels: ['insurance'], levels: 2 }, { roles: ['cashier'], fromFen: 5_000, levels: 1 }];
const levels = (set: Partial<AskedRefund>) => approvalLevels(RULES, { totalFen: 100, paidAt: '2026-11-20T02:00:00.000Z', channels: ['wechat'], roles: ['finance'], now: new Date('2026-11-20T03:00:00.000Z'), ...set });

test('amount, age, channel and role each call for approvals; the strictest rule counts, and a rule needs all it names', () => {
  assert.deepEqual([levels({}), levels({ totalFen: 199_999 }), levels({ totalFen: 200_000 }), levels({ totalFen: 2_000_000 })], [0, 0, 1, 2]);
  assert.deepEqual([levels({ now: new Date('2027-02-18T01:59:59.000Z') }), levels({ now: new Date('2027-02-18T02:00:00.000Z') })], [0, 1]);
  assert.deepEqual([levels({ channels: ['wechat', 'insurance'] }), levels({ channels: ['insurance'], totalFen: 200_000 })], [2, 2]);
  assert.deepEqual([levels({ roles: ['cashier'], totalFen: 5_000 }), levels({ roles: ['cashier'], totalFen: 4_999 }), levels({ roles: ['cashier', 'finance'], totalFen: 5_000 })], [1, 0, 0], 'who is more than a cashier is not held as one');
  assert.equal(approvalLevels([], { totalFen: 1e9, paidAt: '2020-01-01T00:00:00Z', channels: [], roles: [], now: new Date() }), 0);
});
