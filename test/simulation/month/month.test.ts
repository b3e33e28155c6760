/** A few days of a hospital in virtual time, with every kind of difference planted. The whole month is `npm run simulate:month`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PLANTINGS } from './inject.js';
import { RECONCILIATION_PLANTS, type ReconciliationPlant } from './planted-reconciliation-bugs.js';
import { runMonth } from './run-month.js';

const DAYS = { firstDay: '2026-09-28', days: 5, ordersPerDay: 100, differencesPerDay: 20 } as const;

test('every day is balanced or explained, every planted difference is found as what it is and none is invented, suspense is what open cases say, each channel day brings to the bank what its statement says, and settlement equals bank', async () => {
  for (const seed of [1, 2, 3]) {
    const report = await runMonth({ ...DAYS, seed });
    assert.deepEqual(report.problems, []);
    assert.deepEqual([...report.planted.keys()].toSorted(), Object.keys(PLANTINGS).toSorted(), 'every kind of difference occurred');
    assert.ok(report.orders > 500);
    assert.ok(report.hangingFen.before > report.hangingFen.after && report.hangingFen.after > 0, 'two persons ended some of it');
  }
});

test('the same month gives the same ledger, to the last hash; another seed another', async () => {
  const [one, again, other] = [await runMonth({ ...DAYS, seed: 7 }), await runMonth({ ...DAYS, seed: 7 }), await runMonth({ ...DAYS, seed: 8 })];
  assert.equal(one.ledgerHash, again.ledgerHash);
  assert.notEqual(one.ledgerHash, other.ledgerHash);
});

for (const [plant, what] of Object.entries(RECONCILIATION_PLANTS)) {
  test(`planted bug ${plant} is caught: ${what}`, async () => {
    const { problems } = await runMonth({ ...DAYS, seed: 1, plant: plant as ReconciliationPlant });
    assert.notDeepEqual(problems, []);
  });
}
