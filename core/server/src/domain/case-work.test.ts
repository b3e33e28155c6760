import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waysOf } from './case-work.js';

test('what hangs is written off, what nobody else can end is explained, and what the platform will know is ended by no person', () => {
  assert.deepEqual([waysOf('statementLong', 100), waysOf('statementLong', 0)], [['writeOff'], ['explain']]);
  assert.deepEqual([waysOf('payoutReturned', 0), waysOf('payoutStrange', 0)], [['explain'], ['explain']]);
  assert.deepEqual([waysOf('payoutUnknown', 0), waysOf('paymentUnknown', 0), waysOf('cashLong', 100)], [[], [], []]);
});
