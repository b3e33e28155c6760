import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOCK_AFTER_FAILURES, LOCK_MS, lockAfter, weaknessOf } from './payment-password-rule.js';

test('a password everybody tries first is refused, others are taken', () => {
  for (const weak of ['111111', '123456', '654321', '901234', '135791', '123123', '121212', '112211', '12345', '1234567', '12345a', '']) assert.notEqual(weaknessOf(weak), undefined, weak);
  for (const fine of ['802517', '192837', '110392', '520413']) assert.equal(weaknessOf(fine), undefined, fine);
});

test('every fifth failure locks, each time for longer, and the last time repeats', () => {
  assert.deepEqual([1, 2, 3, 4].map(lockAfter), [undefined, undefined, undefined, undefined]);
  assert.equal(lockAfter(LOCK_AFTER_FAILURES), LOCK_MS[0]);
  assert.equal(lockAfter(6), undefined);
  assert.equal(lockAfter(10), LOCK_MS[1]);
  assert.equal(lockAfter(15), LOCK_MS[2]);
  assert.equal(lockAfter(40), LOCK_MS[2]);
});
