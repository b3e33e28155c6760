import assert from 'node:assert/strict';
import test from 'node:test';
import { testPlantedBugs } from './catch-planted-bugs.js';
import { PLANTED_BUGS } from './planted-bugs.js';

test('at least twenty bugs are planted, each under a name of its own', () => {
  assert.ok(PLANTED_BUGS.length >= 20);
  assert.equal(new Set(PLANTED_BUGS.map((plant) => plant.name)).size, PLANTED_BUGS.length);
});

testPlantedBugs(0);
