import assert from 'node:assert/strict';
import test from 'node:test';
import type { Storm } from './faults.js';
import { PLANTED_BUGS } from './planted-bugs.js';
import { simulateSeed } from './simulate-seed.js';

/** A planted bug must show within this many seeds; the same seeds are clean without it. */
const SEEDS = 100;
const USUAL: Storm = {};

test('the seeds the planted bugs are tried on are clean without them', async () => {
  for (const storm of new Set(PLANTED_BUGS.map((plant) => plant.storm ?? USUAL))) {
    for (let seed = 1; seed <= SEEDS; seed += 1) assert.deepEqual((await simulateSeed(seed, { storm })).violations, [], `seed ${String(seed)} in ${JSON.stringify(storm)}`);
  }
});

test('at least twenty bugs are planted, each under a name of its own', () => {
  assert.ok(PLANTED_BUGS.length >= 20);
  assert.equal(new Set(PLANTED_BUGS.map((plant) => plant.name)).size, PLANTED_BUGS.length);
});

for (const plant of PLANTED_BUGS) {
  test(`planted bug ${plant.name} is caught: ${plant.what}`, async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      if ((await simulateSeed(seed, { plant })).violations.length > 0) return;
    }
    assert.fail(`${String(SEEDS)} seeds passed with ${plant.name} planted: the world lacks a fault, or the auditor a question`);
  });
}
