import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SILENT_LOG } from '../domain/log.js';
import { createChannelHealth } from './channel-health.js';

function bench(answers: boolean[]) {
  const waiting: { ms: number; task: () => void }[] = [];
  const probed: string[] = [];
  const health = createChannelHealth({
    clock: { now: () => new Date(0) },
    timers: { after: (ms, task) => { const timer = { ms, task }; waiting.push(timer); return { cancel: () => { waiting.splice(waiting.indexOf(timer), 1); } }; } },
    log: SILENT_LOG,
    probe: (instance) => { probed.push(instance); return Promise.resolve(answers.shift() ?? false); },
  });
  const say = (outcome: string, times = 1, operation = 'query') => { for (let time = 0; time < times; time += 1) health.observe({ plugin: 'p', instance: 'c', operation, outcome }); };
  const elapse = async () => {
    for (const { task } of waiting.splice(0)) task();
    await new Promise((resolve) => { setImmediate(resolve); });
  };
  return { health, say, elapse, waiting, probed };
}

test('five calls in a row without a usable answer take a channel out; one answer in between starts the count anew', () => {
  const { health, say } = bench([]);
  say('unknown', 4);
  say('declined');
  say('notSent', 4);
  assert.equal(health.isHealthy('c'), true);
  say('unknown');
  assert.equal(health.isHealthy('c'), false);
  assert.equal(health.isHealthy('another'), true);
});

test('a channel that is out is asked by probes with growing gaps and comes back by itself', async () => {
  const { health, say, elapse, waiting, probed } = bench([false, false, false, true]);
  say('unknown', 5);
  for (const ms of [0, 10_000, 20_000]) {
    assert.deepEqual(waiting.map((timer) => timer.ms), [ms]);
    await elapse();
  }
  await elapse();
  assert.deepEqual([probed.length, health.isHealthy('c'), waiting.length], [4, true, 0]);
});

test('a channel whose calls are unknown for reasons of their own is asked at once, and stays', async () => {
  const { health, say, elapse, waiting } = bench([true]);
  say('unknown', 5);
  await elapse();
  assert.deepEqual([health.isHealthy('c'), waiting.length], [true, 0]);
});

test('an ordinary answer to a payment already sent brings it back too', () => {
  const { health, say, waiting } = bench([]);
  say('unknown', 5);
  say('succeeded');
  assert.deepEqual([health.isHealthy('c'), waiting.length], [true, 0]);
});

test('what a notification or a statement says is not counted', () => {
  const { health, say } = bench([]);
  say('unknown', 9, 'downloadStatement');
  say('unknown', 9, 'readNotification');
  assert.equal(health.isHealthy('c'), true);
});
