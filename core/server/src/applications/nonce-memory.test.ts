import assert from 'node:assert/strict';
import test from 'node:test';
import { createNonceMemory } from './nonce-memory.js';

const at = (seconds: number) => new Date(1_795_140_000_000 + seconds * 1000);

test('a nonce is fresh once, for as long as a request with it can be valid, whenever its generation began', () => {
  for (const offset of [0, 1, 299, 300, 599, 600, 601]) {
    const memory = createNonceMemory();
    assert.equal(memory.claim('app', 'first-of-all', at(0)), 'fresh');
    assert.equal(memory.claim('app', 'nonce', at(offset)), 'fresh');
    for (const later of [0, 300, 600]) assert.equal(memory.claim('app', 'nonce', at(offset + later)), 'used', `${String(offset)} + ${String(later)}`);
  }
});

test('a clock set back forgets nothing', () => {
  const memory = createNonceMemory();
  assert.equal(memory.claim('app', 'nonce', at(0)), 'fresh');
  assert.equal(memory.claim('app', 'nonce', at(-3_600)), 'used');
});

test('a full memory makes callers wait instead of forgetting, each application by itself, and empties with time', () => {
  const memory = createNonceMemory(2);
  assert.equal(memory.claim('app', 'one', at(0)), 'fresh');
  assert.equal(memory.claim('app', 'two', at(0)), 'fresh');
  assert.equal(memory.claim('app', 'three', at(0)), 'full');
  assert.equal(memory.claim('other', 'three', at(0)), 'fresh');
  assert.equal(memory.claim('app', 'three', at(601)), 'fresh');
  assert.equal(memory.claim('app', 'one', at(601)), 'used');
});
