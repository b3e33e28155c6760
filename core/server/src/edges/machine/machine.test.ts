import assert from 'node:assert/strict';
import test from 'node:test';
import { SYSTEM_RANDOM } from './system-random.js';
import { SYSTEM_TIMERS } from './system-timers.js';

test('a timer runs its task once, and a cancelled one never', async () => {
  let runs = 0;
  SYSTEM_TIMERS.after(1, () => (runs += 100)).cancel();
  await new Promise<void>((resolve) => SYSTEM_TIMERS.after(5, () => { runs += 1; resolve(); }));
  assert.equal(runs, 1);
});

test('a wait longer than setTimeout can count does not fire at once', async () => {
  let fired = false;
  const timer = SYSTEM_TIMERS.after(3_000_000_000, () => (fired = true));
  await new Promise((resolve) => setImmediate(resolve));
  timer.cancel();
  assert.equal(fired, false);
});

test('random bytes have the asked length and integers stay below the limit', () => {
  assert.equal(SYSTEM_RANDOM.bytes(26).length, 26);
  for (let count = 0; count < 50; count += 1) assert.ok(SYSTEM_RANDOM.nextInt(3) < 3);
});
