import assert from 'node:assert/strict';
import test from 'node:test';
import { runSeeds } from './run-seeds.js';

const SEEDS = 25;

test(`${String(SEEDS)} seeds in which administrators test channels with one fen: it goes back, the HIS is told of none, and a press is one order`, async () => {
  const summary = await runSeeds({ firstSeed: 1, seeds: SEEDS, workers: 2, testsChannels: true, onReport: (report) => report.violations.length > 0 });
  assert.deepEqual(summary.failed.map(({ seed, violations: [first] }) => `seed ${String(seed)}: ${first?.rule ?? ''} ${first?.subject ?? ''}: ${first?.detail ?? ''} (npm run simulate -- --seed ${String(seed)} --seeds 1 --self-tests)`), []);
  assert.deepEqual(summary.unrepeatable, [], 'the same seed gave two histories');
  for (const fault of ['two tests of one channel at once', 'self-test given up']) assert.ok((summary.faults.get(fault) ?? 0) > 0, fault);
  assert.ok(summary.marks.has('a self-test was begun') && summary.marks.has('a self-test was refused'), 'every test was taken, or none');
});
