import assert from 'node:assert/strict';
import test from 'node:test';
import { SILENT_LOG } from '../domain/log.js';
import { createLifecycle, type Part } from './lifecycle.js';

const NEVER = { after: () => ({ cancel() {} }) };
const AT_ONCE = { after: (_ms: number, task: () => void) => { const handle = setImmediate(task); return { cancel: () => clearImmediate(handle) }; } };
const clock = { now: () => new Date(0) };

function makePart(name: string, happened: string[], overrides: Partial<Part> = {}): Part {
  return { name, startDeadlineMs: 10, stopDeadlineMs: 10, start: () => void happened.push(`start ${name}`), stop: () => void happened.push(`stop ${name}`), ...overrides };
}

test('parts start in order and stop in reverse, once', async () => {
  const happened: string[] = [];
  const lifecycle = createLifecycle({ log: SILENT_LOG, clock, timers: NEVER });
  for (const name of ['store', 'plugins', 'http']) lifecycle.add(makePart(name, happened));
  await lifecycle.start();
  const reports = await Promise.all([lifecycle.stop(), lifecycle.stop()]);
  assert.deepEqual(happened, ['start store', 'start plugins', 'start http', 'stop http', 'stop plugins', 'stop store']);
  assert.deepEqual(reports, [[], []]);
});

test('when one part fails to start, it and those before it are stopped and the reason names it', async () => {
  const happened: string[] = [];
  const lifecycle = createLifecycle({ log: SILENT_LOG, clock, timers: NEVER });
  lifecycle.add(makePart('store', happened));
  lifecycle.add(makePart('http', happened, { start: () => { throw new Error('port 8080 is taken'); } }));
  lifecycle.add(makePart('mqtt', happened));
  await assert.rejects(lifecycle.start(), /http did not start: port 8080 is taken/);
  assert.deepEqual(happened, ['start store', 'stop http', 'stop store']);
});

test('a part that never finishes starting is given up at its deadline', async () => {
  const lifecycle = createLifecycle({ log: SILENT_LOG, clock, timers: AT_ONCE });
  lifecycle.add(makePart('his', [], { start: () => new Promise(() => {}) }));
  await assert.rejects(lifecycle.start(), /his did not start: took longer than 10 ms/);
});

test('a part that hangs or throws at the stop is reported and the others still stop', async () => {
  const happened: string[] = [];
  const lifecycle = createLifecycle({ log: SILENT_LOG, clock, timers: AT_ONCE });
  lifecycle.add(makePart('store', happened));
  lifecycle.add(makePart('throws', happened, { stop: () => { throw new Error('broken'); } }));
  lifecycle.add(makePart('hangs', happened, { stop: () => new Promise(() => {}) }));
  await lifecycle.start();
  assert.deepEqual(await lifecycle.stop(), [{ part: 'hangs', problem: 'took longer than 10 ms' }, { part: 'throws', problem: 'broken' }]);
  assert.equal(happened.at(-1), 'stop store');
});

test('a stop during the start waits for the part that is starting and starts no more', async () => {
  const happened: string[] = [];
  const gate = Promise.withResolvers<void>();
  const lifecycle = createLifecycle({ log: SILENT_LOG, clock, timers: NEVER });
  lifecycle.add(makePart('store', happened, { start: async () => { await gate.promise; happened.push('start store'); } }));
  lifecycle.add(makePart('http', happened));
  const starting = lifecycle.start();
  const stopping = lifecycle.stop();
  gate.resolve();
  await Promise.all([starting, stopping]);
  assert.deepEqual(happened, ['start store', 'stop store']);
});
