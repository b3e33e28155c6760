import assert from 'node:assert/strict';
import test from 'node:test';
import { oneAfterAnother, oneAfterAnotherPerSubject } from './one-after-another.js';

test('work begins when the work before it has ended, in the order it came, and one that fails holds up nobody', async () => {
  const inTurn = oneAfterAnother();
  const seen: string[] = [];
  const hold = Promise.withResolvers<void>();
  const first = inTurn(async () => {
    seen.push('first begins');
    await hold.promise;
    seen.push('first fails');
    throw new Error('no');
  });
  const second = inTurn(() => Promise.resolve(seen.push('second')));
  await new Promise((wake) => { setImmediate(wake); });
  assert.deepEqual(seen, ['first begins']);
  hold.resolve();
  await assert.rejects(first, /no/);
  await second;
  assert.deepEqual(seen, ['first begins', 'first fails', 'second']);
});

test('work on one subject waits for earlier work on it, and not for that on another', async () => {
  const inTurn = oneAfterAnotherPerSubject();
  const seen: string[] = [];
  const hold = Promise.withResolvers<void>();
  const first = inTurn('T1', () => hold.promise);
  const second = inTurn('T1', () => Promise.resolve(seen.push('T1 again')));
  await inTurn('T2', () => Promise.resolve(seen.push('T2')));
  assert.deepEqual(seen, ['T2']);
  hold.resolve();
  await Promise.all([first, second]);
  assert.deepEqual(seen, ['T2', 'T1 again']);
});
