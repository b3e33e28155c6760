import assert from 'node:assert/strict';
import test from 'node:test';
import { runSeeds } from './run-seeds.js';

const SEEDS = 40;
const FIRST_SEED = 101;

/** What so many seeds with bound cards must have met. */
const MET: readonly string[] = [
  'patient paid by quickPay',
  'the plugin of quick-pay died',
  'a code was entered',
  'a card was bound',
  'a card that was bound already got the token it has',
  'a binding code had no answer',
  'a binding code was entered: confirming',
  'a binding code was refused: SMS_CODE_WRONG',
  'a payment password was locked',
  'a payment password was reset',
  'a reset had no answer',
  'a reset was refused: SMS_CODE_WRONG',
  'a reset was refused: HOLDER_CHECK_NOT_OPEN',
  'paid by a card bound here',
  'a card was unbound as it paid',
  'a card was unbound: ending',
  'an unbound card was refused',
  'quickPay: submitted → succeeded by answer',
  'quickPay: submitted → paying by answer',
  'quickPay: submitted → unknown by answer',
  'quickPay: submitted → failed by answer',
  'quickPay: paying → succeeded by query',
  'quickPay: unknown → paying by query',
  'quickPay: closing → closed by query',
];

test(`${String(SEEDS)} seeds of patients who pay with bound cards: no card is charged that nobody committed, none twice, and every fen is known or back`, async () => {
  const summary = await runSeeds({ firstSeed: FIRST_SEED, seeds: SEEDS, workers: 2, hasBoundCards: true, onReport: (report) => report.violations.length > 0 });
  assert.deepEqual(summary.failed.map(({ seed, violations: [first] }) => `seed ${String(seed)}: ${first?.rule ?? ''} ${first?.subject ?? ''}: ${first?.detail ?? ''} (npm run simulate -- --seed ${String(seed)} --seeds 1 --cards)`), []);
  assert.deepEqual(summary.unrepeatable, [], 'the same seed gave two histories');
  assert.deepEqual(MET.filter((mark) => !summary.marks.has(mark)), [], 'these were never met');
});
