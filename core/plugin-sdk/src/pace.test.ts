import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createPace } from './pace.js';

/** Timers that elapse when they are told. */
function makeTimers() {
  const waiting: (() => void)[] = [];
  return { after: (_milliseconds: number, run: () => void) => { waiting.push(run); return { cancel() {} }; }, waiting, elapse: async () => { for (const run of waiting.splice(0)) run(); await settled(); } };
}
const settled = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 2); });
const open = (): AbortSignal => new AbortController().signal;

test('one begins when the one before has ended and the rest has passed, in the order they came', async () => {
  const timers = makeTimers();
  const pace = createPace(timers, 1_000);
  const order: string[] = [];
  const ends: (() => void)[] = [];
  const work = (name: string) => () => new Promise<string>((resolve) => { order.push(name); ends.push(() => { resolve(name); }); });
  const [first, second, third] = [pace(open(), work('a')), pace(open(), work('b')), pace(open(), work('c'))];
  await settled();
  assert.deepEqual(order, ['a']);
  ends[0]?.();
  assert.equal(await first, 'a');
  await settled();
  assert.deepEqual(order, ['a'], 'the rest has not passed');
  await timers.elapse();
  assert.deepEqual(order, ['a', 'b']);
  ends[1]?.();
  assert.equal(await second, 'b');
  await timers.elapse();
  ends[2]?.();
  assert.equal(await third, 'c');
});

test('who gives up waiting passes his turn on, and nobody overtakes', async () => {
  const timers = makeTimers();
  const pace = createPace(timers, 1_000);
  const ends: (() => void)[] = [];
  const hanging = pace(open(), () => new Promise<string>((resolve) => { ends.push(() => { resolve('a'); }); }));
  const giveUp = new AbortController();
  const gone = pace(giveUp.signal, () => assert.fail('it had no turn'));
  let lastBegan = false;
  const last = pace(open(), () => { lastBegan = true; return Promise.resolve('c'); });
  giveUp.abort();
  assert.equal(await gone, 'noTurn');
  await settled();
  assert.equal(lastBegan, false, 'the first still has the line');
  ends[0]?.();
  await hanging;
  await settled();
  await timers.elapse();
  assert.equal(await last, 'c');
});

test('work that throws gives its turn back too', async () => {
  const timers = makeTimers();
  const pace = createPace(timers, 1_000);
  await assert.rejects(() => pace(open(), () => Promise.reject(new Error('line'))));
  await timers.elapse();
  assert.equal(await pace(open(), () => Promise.resolve('next')), 'next');
});
