import assert from 'node:assert/strict';
import { test } from 'node:test';

import { stateOf } from './order-states.js';

test('each state of an order says one thing of the insurance part and one of its refund, and a number nobody lists says nothing', () => {
  const parts = Array.from({ length: 19 }, (_none, state) => stateOf(String(state)).part);
  assert.deepEqual(parts, [
    'notSettled', 'notSettled', 'pending', 'pending', 'settled', 'settled', 'settled', 'settled', 'settled', 'settled', 'settled', 'settled', 'closed', 'closed', 'unknown', 'failed', 'unknown', 'unknown', 'unknown',
  ]);
  const refunds = Array.from({ length: 19 }, (_none, state) => stateOf(String(state)).refund);
  assert.deepEqual(refunds.flatMap((refund, state) => (refund === 'refunded' ? [state] : [])), [7, 8, 11]);
  assert.deepEqual(refunds.flatMap((refund, state) => (refund === 'none' ? [state] : [])), [4, 5, 6, 9, 10]);
  assert.deepEqual(refunds.flatMap((refund, state) => (refund === 'processing' ? [state] : [])), [17]);
  for (const odd of ['', '04', 'constructor', '-1']) assert.deepEqual(stateOf(odd), { part: 'unknown', refund: 'unknown' });
});
