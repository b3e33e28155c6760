import assert from 'node:assert/strict';
import test from 'node:test';
import { Places } from './places.js';

const never = new AbortController().signal;

test('places are given in the order they were asked for, and never more than there are', async () => {
  const places = new Places(1);
  const order: string[] = [];
  assert.equal(await places.take(never), true);
  const waiting = ['a', 'b'].map(async (name) => { if (await places.take(never)) order.push(name); });
  places.give();
  await waiting[0];
  assert.deepEqual(order, ['a']);
  places.give();
  await Promise.all(waiting);
  assert.deepEqual(order, ['a', 'b']);
});

test('who leaves while waiting gets none, and takes none from others', async () => {
  const places = new Places(1);
  await places.take(never);
  const leaving = new AbortController();
  const left = places.take(leaving.signal);
  const stays = places.take(never);
  leaving.abort();
  assert.equal(await left, false);
  places.give();
  assert.equal(await stays, true);
  assert.equal(await places.take(AbortSignal.abort()), false);
});
