import assert from 'node:assert/strict';
import test from 'node:test';
import { CLOCK_STORM } from './faults.js';
import { runSeeds } from './run-seeds.js';

const SEEDS = 30;

test(`${String(SEEDS)} seeds in which the clock is put right while the HIS is told: nothing is booked twice, and every fen is known or back`, async () => {
  const summary = await runSeeds({ firstSeed: 1, seeds: SEEDS, workers: 2, storm: CLOCK_STORM, onReport: (report) => report.violations.length > 0 });
  assert.deepEqual(summary.failed.map(({ seed, violations: [first] }) => `seed ${String(seed)}: ${first?.rule ?? ''} ${first?.subject ?? ''}: ${first?.detail ?? ''} (npm run simulate -- --seed ${String(seed)} --seeds 1 --clock)`), []);
  assert.deepEqual(summary.unrepeatable, [], 'the same seed gave two histories');
  assert.ok((summary.faults.get('clock jump while the HIS is told') ?? 0) > 0);
});
