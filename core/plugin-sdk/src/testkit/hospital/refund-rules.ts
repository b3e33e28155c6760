import assert from 'node:assert/strict';
import { AFTER_COMMIT, isUnknownSent, knows, okValue, timeoutFor } from './hospital-bench.js';
import type { HospitalRule } from './hospital-rule.js';
import type { HospitalSubject } from './hospital-subject.js';

const hasRefunds = ({ adapter }: HospitalSubject): boolean => adapter.approveRefund !== undefined || adapter.queryRefundApproval !== undefined;

/** The HIS reverses its booking before money goes back. */
export const REFUND_RULES: readonly HospitalRule[] = [
  {
    id: 'refund.replay',
    title: 'the same refund approval three times reverses once and gives the same number; the query finds it',
    applies: hasRefunds,
    run: async (bench) => {
      const { request } = await bench.newPayment();
      await bench.book(request);
      const refund = bench.refundOf(request);
      const first = okValue(await bench.approveRefund(refund));
      for (let count = 2; count <= 3; count += 1) assert.deepEqual(okValue(await bench.approveRefund(refund)), first);
      assert.deepEqual(okValue(await bench.queryRefund(refund)), first);
      assert.equal(await bench.control.countRefunds(refund.refundNo), 1);
    },
  },
  ...AFTER_COMMIT.map((fault): HospitalRule => ({
    id: `refund.${fault}`,
    title: 'a refund approval whose answer is lost or spoiled is unknown, found by the query, and made once',
    applies: (subject) => hasRefunds(subject) && knows(fault)(subject),
    run: async (bench) => {
      const { request } = await bench.newPayment();
      await bench.book(request);
      const refund = bench.refundOf(request);
      await bench.failNext('approveRefund', fault);
      isUnknownSent(await bench.approveRefund(refund, timeoutFor(fault)), 'nobody knows yet whether the HIS reversed it');
      const found = okValue(await bench.queryRefund(refund));
      assert.deepEqual(okValue(await bench.approveRefund(refund)), found);
      assert.equal(await bench.control.countRefunds(refund.refundNo), 1);
    },
  })),
  {
    id: 'refund.absent',
    title: 'a refund number the HIS never saw is absent',
    applies: hasRefunds,
    run: async (bench) => {
      const { request } = await bench.newPayment();
      await bench.book(request);
      assert.deepEqual(await bench.queryRefund(bench.refundOf(request)), { kind: 'absent' });
    },
  },
  {
    id: 'refund.refused',
    title: 'a refund the HIS refuses is rejected, and nothing is reversed',
    applies: (subject) => hasRefunds(subject) && subject.control.refuseRefund !== undefined,
    run: async (bench) => {
      const { request } = await bench.newPayment();
      await bench.book(request);
      await bench.control.refuseRefund?.(request.tradeNo);
      const refund = bench.refundOf(request);
      const result = await bench.approveRefund(refund);
      assert.equal(result.kind, 'rejected', JSON.stringify(result));
      assert.equal(await bench.control.countRefunds(refund.refundNo), 0);
    },
  },
];
