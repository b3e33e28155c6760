import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HisBudgetClass } from '@hospay/plugin-sdk';
import { createBudgetWindow } from './budget-window.js';

const NOTHING: HisBudgetClass = { name: 'bookings', calls: 0, refused: 0, expired: 0, timedOut: 0, failed: 0, inFlight: 0, waiting: 0, isOpen: false };

function opened() {
  let now = new Date('2026-11-27T01:00:00.000Z');
  const window = createBudgetWindow({ clock: { now: () => now } });
  const valueOf = (measure: string, ...classes: Partial<HisBudgetClass>[]) => window.note(classes.map((own) => ({ ...NOTHING, ...own }))).filter((reading) => reading.measure === measure).map(({ subject, value }) => [subject, value]);
  return { window, valueOf, later: (seconds: number) => { now = new Date(now.getTime() + seconds * 1000); } };
}

test('the share of what was turned away is that of five minutes; what was counted before the first look belongs to no time', () => {
  const { valueOf, later } = opened();
  assert.deepEqual(valueOf('hisTurnedAway', { calls: 1_000, refused: 900 }), [['bookings', 0]]);
  later(60);
  assert.deepEqual(valueOf('hisTurnedAway', { calls: 1_100, refused: 915, expired: 5 }), [['bookings', 20]]);
  later(299);
  assert.deepEqual(valueOf('hisTurnedAway', { calls: 1_200, refused: 915, expired: 5 }), [['bookings', 0]], 'a minute later the first look is out of the window');
  later(301);
  assert.deepEqual(valueOf('hisTurnedAway', { calls: 1_200, refused: 915, expired: 5 }), [['bookings', 0]]);
});

test('one refusal among few calls raises nothing; an adapter that was started anew begins at nothing; a class that is gone is forgotten', () => {
  const { valueOf, later } = opened();
  valueOf('hisTurnedAway', { calls: 50, refused: 10 });
  later(15);
  assert.deepEqual(valueOf('hisTurnedAway', { calls: 52, refused: 11 }), [['bookings', 10]]);
  later(15);
  assert.deepEqual(valueOf('hisTurnedAway', { calls: 3, refused: 0 }), [['bookings', 0]], 'the counters fell');
  later(15);
  assert.deepEqual(valueOf('hisTurnedAway', { calls: 13, refused: 5 }), [['bookings', 50]]);
  assert.deepEqual(valueOf('hisTurnedAway', { name: 'reads', calls: 5, refused: 5 }), [['reads', 0]]);
  later(15);
  assert.deepEqual(valueOf('hisTurnedAway', { calls: 20, refused: 20 }), [['bookings', 0]], 'it was forgotten');
});

test('what waits and whether a breaker is open are told by class, as they stand', () => {
  const { window, valueOf } = opened();
  assert.deepEqual(valueOf('hisWaiting', { waiting: 7 }, { name: 'reads', waiting: 2 }), [['bookings', 7], ['reads', 2]]);
  assert.deepEqual(valueOf('hisBreakerOpen', { isOpen: true }, { name: 'reads' }), [['bookings', 1], ['reads', 0]]);
  assert.deepEqual(window.latest().map(({ name }) => name), ['bookings', 'reads']);
});
