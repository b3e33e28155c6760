import assert from 'node:assert/strict';
import test from 'node:test';
import { WORLD_FAULTS } from './faults.js';
import { runSeeds } from './run-seeds.js';
import { simulateSeed, type SeedReport } from './simulate-seed.js';
import { MET_SOMETIMES } from './sometimes.js';

const SEEDS = 600;

test(`${String(SEEDS)} seeds of faults lose no fen and break no rule, and meet everything they should`, async () => {
  const summary = await runSeeds({ firstSeed: 1, seeds: SEEDS, workers: 2, onReport: (report) => report.violations.length > 0 });
  assert.deepEqual(summary.failed.map(describe), []);
  assert.equal(summary.seeds, SEEDS);
  assert.deepEqual(summary.unrepeatable, [], 'the same seed gave two histories');
  assert.deepEqual(Object.keys(WORLD_FAULTS).filter((kind) => !summary.faults.has(kind)), [], 'these faults never struck');
  assert.deepEqual(MET_SOMETIMES.filter((mark) => !summary.marks.has(mark)), [], 'these were never met');
});

test('the same seed plays the same history, another seed another', async () => {
  const [first, again, other] = [await simulateSeed(7), await simulateSeed(7), await simulateSeed(8)];
  assert.equal(first.digest, again.digest);
  assert.notEqual(first.digest, other.digest);
});

test('a masked fault never strikes', async () => {
  const report = await simulateSeed(7, { masked: new Set(['answer lost', 'request lost']) });
  assert.equal(report.faults['answer lost'], undefined);
  assert.equal(report.faults['request lost'], undefined);
});

test('a seed touches no real timer, clock or randomness', async (context) => {
  const touched: string[] = [];
  const forbid = (name: string) => () => {
    touched.push(name);
    return 0;
  };
  const RealDate = Date;
  context.mock.method(globalThis, 'setTimeout', forbid('setTimeout'));
  context.mock.method(globalThis, 'setInterval', forbid('setInterval'));
  context.mock.method(Math, 'random', forbid('Math.random'));
  context.mock.method(performance, 'now', forbid('performance.now'));
  context.mock.method(Date, 'now', forbid('Date.now'));
  globalThis.Date = new Proxy(RealDate, {
    construct(target, given: unknown[], newTarget) {
      if (given.length === 0) touched.push('new Date()');
      return Reflect.construct(target, given, newTarget);
    },
  });
  try {
    const report = await simulateSeed(12);
    assert.deepEqual(report.violations, []);
  } finally {
    globalThis.Date = RealDate;
    context.mock.restoreAll();
  }
  assert.deepEqual(touched, []);
});

function describe(report: SeedReport): string {
  const [violation] = report.violations;
  return `seed ${String(report.seed)}: ${violation?.rule ?? ''} ${violation?.subject ?? ''}: ${violation?.detail ?? ''} (npm run simulate -- --seed ${String(report.seed)} --seeds 1)`;
}
