import assert from 'node:assert/strict';
import test from 'node:test';
import { BANK_FAULTS } from './faults.js';
import { OFFICE_WEATHER } from './planted-payout-bugs.js';
import { runSeeds } from './run-seeds.js';

const SEEDS = 100;

/** What so many seeds with a finance office must have met. */
const MET: readonly string[] = [
  'the bank paid',
  'a transfer came back',
  'a transfer the bank never answers about',
  'payout: proposed → firstApproved by approve',
  'payout: firstApproved → approved by approve',
  'payout: proposed → rejected by reject',
  'payout: approved → submitted by send',
  'payout: submitted → approved by answer',
  'payout: submitted → unknown by answer',
  'payout: submitted → failed by answer',
  'payout: unknown → processing by query',
  'payout: unknown → failed by operator',
  'payout: processing → succeeded by query',
  'payout: processing → succeeded by statement',
  'payout: processing → failed by query',
  'payout: succeeded → returned by query',
  'payout: succeeded → returned by statement',
  'a refund at the console went at once',
  'a refund at the console needs 1 approvals',
  'a refund at the console needs 2 approvals',
  'a refund approval: approved',
  'a refund approval: CONFLICT',
];

test(`${String(SEEDS)} seeds of a finance office and its bank: each transfer once, each debt paid once, 1002 what the bank moved`, async () => {
  const summary = await runSeeds({ firstSeed: 1, seeds: SEEDS, workers: 2, hasFinanceOffice: true, storm: OFFICE_WEATHER, onReport: (report) => report.violations.length > 0 });
  assert.deepEqual(summary.failed.map(({ seed, violations: [first] }) => `seed ${String(seed)}: ${first?.rule ?? ''} ${first?.subject ?? ''}: ${first?.detail ?? ''} (npm run simulate -- --seed ${String(seed)} --seeds 1 --office)`), []);
  assert.deepEqual(summary.unrepeatable, [], 'the same seed gave two histories');
  assert.deepEqual(Object.keys(BANK_FAULTS).filter((kind) => !summary.faults.has(kind)), [], 'these faults never struck');
  assert.deepEqual(MET.filter((mark) => !summary.marks.has(mark)), [], 'these were never met');
});
