import assert from 'node:assert/strict';
import test from 'node:test';
import { runSeeds } from './run-seeds.js';

const SEEDS = 25;

test(`${String(SEEDS)} seeds in which what has ended is asked about again: a channel that denies what it said moves no fen, and every fen is known or back`, async () => {
  const summary = await runSeeds({ firstSeed: 1, seeds: SEEDS, workers: 2, asksAgain: true, onReport: (report) => report.violations.length > 0 });
  assert.deepEqual(summary.failed.map(({ seed, violations: [first] }) => `seed ${String(seed)}: ${first?.rule ?? ''} ${first?.subject ?? ''}: ${first?.detail ?? ''} (npm run simulate -- --seed ${String(seed)} --seeds 1 --again)`), []);
  assert.deepEqual(summary.unrepeatable, [], 'the same seed gave two histories');
  assert.ok((summary.faults.get('success denied when asked again') ?? 0) > 0);
  assert.ok(summary.marks.has('case channelDenies'), 'nothing was ever denied twice');
});
