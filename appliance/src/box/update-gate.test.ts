import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GATE_WAITS_MS, judgeGate, RELAY_SERVES_MS, type GateFacts } from './update-gate.js';

const ON_TRIAL: GateFacts = { role: 'platform', isTrying: true, restarts: 0, preparationFailed: false, waitedMs: 5_000 };
const judged = (facts: Partial<GateFacts>): string => judgeGate({ ...ON_TRIAL, ...facts }).verdict;

test('a system that is not on trial is left alone, whatever its core does', () => {
  assert.equal(judged({ isTrying: false, restarts: 9, preparationFailed: true, waitedMs: 2 * GATE_WAITS_MS }), 'passed');
});

test('on trial it waits for its core to commit, and goes back when that ends again and again, when the state cannot be laid out, or when nobody commits in time', () => {
  assert.equal(judged({}), 'wait');
  assert.equal(judged({ restarts: 2 }), 'wait');
  assert.equal(judged({ restarts: 3 }), 'revert');
  assert.equal(judged({ preparationFailed: true }), 'revert');
  assert.equal(judged({ waitedMs: GATE_WAITS_MS - 1 }), 'wait');
  assert.equal(judged({ waitedMs: GATE_WAITS_MS }), 'revert');
});

test('a relay on trial stays once it has served for a minute without being begun again, and goes back when it does not', () => {
  assert.equal(judged({ role: 'relay' }), 'wait');
  assert.equal(judged({ role: 'relay', servesMs: RELAY_SERVES_MS - 1 }), 'wait');
  assert.equal(judged({ role: 'relay', servesMs: RELAY_SERVES_MS }), 'commit');
  const verdict = judgeGate({ ...ON_TRIAL, role: 'relay', restarts: 3, servesMs: RELAY_SERVES_MS });
  assert.deepEqual(verdict, { verdict: 'revert', reason: { zh: '新系统的中继连续 3 次启动失败', en: 'the relay of the new system ended 3 times' } });
  assert.equal(judged({ role: 'relay', waitedMs: GATE_WAITS_MS }), 'revert');
  // A platform is committed by its core alone: it asks its channels first.
  assert.equal(judged({ servesMs: RELAY_SERVES_MS }), 'wait');
});
