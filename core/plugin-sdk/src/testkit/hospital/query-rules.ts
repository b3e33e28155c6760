import assert from 'node:assert/strict';
import { knows, okValue, timeoutFor } from './hospital-bench.js';
import type { HospitalRule } from './hospital-rule.js';
import { HOSPITAL_FAULTS } from './hospital-subject.js';

/** Absent is a definite answer and never a guess. */
export const QUERY_RULES: readonly HospitalRule[] = [
  {
    id: 'query.absent',
    title: 'a trade number the HIS never saw is absent',
    run: async (bench) => {
      assert.deepEqual(await bench.query(bench.newNumber('CT')), { kind: 'absent' });
    },
  },
  ...HOSPITAL_FAULTS.map((fault): HospitalRule => ({
    id: `query.${fault}`,
    title: 'a query without a proper answer is unknown, never absent',
    applies: knows(fault),
    run: async (bench) => {
      const { request } = await bench.newPayment();
      await bench.book(request);
      await bench.failNext('queryConfirmation', fault);
      assert.equal((await bench.query(request.tradeNo, timeoutFor(fault))).kind, 'unknown');
      assert.equal(okValue(await bench.query(request.tradeNo)).amountFen, request.amountFen, 'and the next one works again');
    },
  })),
];
