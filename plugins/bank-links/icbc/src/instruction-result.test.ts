import assert from 'node:assert/strict';
import { test } from 'node:test';

import { meaningOf } from './instruction-result.js';

test('only 7 is paid, only 6, 8 and 11 are failed, 2 and 3 wait for approval, and what the list does not name is unknown', () => {
  const table = { paid: ['7'], failed: ['6', '8', '11'], awaitsApproval: ['2', '3'], inWork: ['0', '1', '4', '5', '9', '10'], unknown: ['12', '86', '95', '98', '', '07', undefined] } as const;
  for (const [meaning, results] of Object.entries(table)) for (const result of results) assert.equal(meaningOf(result), meaning, String(result));
});
