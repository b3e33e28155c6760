import assert from 'node:assert/strict';
import { test } from 'node:test';

import { meaningOf, stateOf } from './status-codes.js';

test('each word of the manual means what it says, the contract’s own list refuses, and every other code is unknown', () => {
  const table: readonly [string, ReturnType<typeof meaningOf>][] = [
    ['AAAAAAA', 'taken'], ['AAAAAAC', 'taken'], ['AAAAAAE', 'taken'], ['CCCCCCC', 'taken'], ['AAAAAAB', 'awaitsApproval'], ['EEEEEEE', 'unknown'], ['UNKNOWN', 'unknown'], ['ED02001', 'refused'], ['ED02002', 'unknown'],
    // Of batches: an answer to one instruction cannot say it.
    ['AAAAAAF', 'unknown'], ['BBBBBBB', 'unknown'],
  ];
  for (const [status, meaning] of table) assert.equal(meaningOf(status, ['ED02001']), meaning, status);
});

test('the bank’s "unknown" cannot be configured into a refusal by its words of progress', () => {
  assert.equal(meaningOf('AAAAAAB', ['AAAAAAB']), 'awaitsApproval');
  assert.equal(meaningOf('AAAAAAE', ['AAAAAAE']), 'taken');
});

test('states of an instruction: only 0 is paid, only 1, 3 and 4 are failed', () => {
  assert.deepEqual(['0', '1', '2', '3', '4', '5', '', undefined].map(stateOf), ['paid', 'failed', 'open', 'failed', 'failed', 'unreadable', 'unreadable', 'unreadable']);
});
