import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReconciliationRow } from '../domain/reconciliation.js';
import { compareChannelDay, comparingChannelDay } from './compare-channel-day.js';
import { inSlices, SLICE_ROWS } from './in-slices.js';

const row = (index: number): ReconciliationRow => ({ key: `H${String(index)}`, paymentKey: `H${String(index)}`, kind: 'payment', fen: 1, state: 'done', at: '2026-11-20T10:00:00+08:00' });

test('a day is put down after every slice of rows, in each of its passes, and gives what it gives at once', async () => {
  const rows = 5 * SLICE_ROWS;
  const request = { day: '2026-11-20', ours: Array.from({ length: rows }, (_, index) => row(index)), theirs: Array.from({ length: rows - 3 }, (_, index) => row(index)), judgedElsewhere: new Set<string>(), earlierLongs: new Map<string, number>(), isOwnNumber: () => true };
  let breaths = 0;
  const sliced = await inSlices(comparingChannelDay(request), () => {
    breaths += 1;
    return Promise.resolve();
  });
  assert.deepEqual(sliced, compareChannelDay(request));
  // Built, probed, judged from either side, counted, and both sides summed.
  assert.ok(breaths >= 25, String(breaths));
});
