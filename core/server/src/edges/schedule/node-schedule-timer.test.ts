import assert from 'node:assert/strict';
import test from 'node:test';
import { useFakeTimers } from 'sinon';
import { SILENT_LOG } from '../../domain/log.js';
import { nodeScheduleTimer } from './node-schedule-timer.js';

const now = () => new Date();

test('it fires once at its time, and soon when the time has just passed', async () => {
  const timer = nodeScheduleTimer({ log: SILENT_LOG, now });
  let fired = 0;
  await Promise.all([20, -1000].map((ms) => new Promise<void>((resolve) => timer.at(new Date(Date.now() + ms), () => { fired += 1; resolve(); }))));
  assert.equal(fired, 2);
});

test('a time months away fires then, and not before', () => {
  const virtual = useFakeTimers({ now: Date.parse('2026-11-22T00:00:00Z') });
  try {
    const when = new Date('2027-03-01T18:30:00Z');
    const fired: string[] = [];
    nodeScheduleTimer({ log: SILENT_LOG, now: () => new Date() }).at(when, () => fired.push(new Date().toISOString()));
    virtual.tick(when.getTime() - Date.now() - 1);
    assert.deepEqual(fired, []);
    virtual.tick(1);
    assert.deepEqual(fired, [when.toISOString()]);
  } finally {
    virtual.restore();
  }
});

test('what is cancelled does not fire and keeps no process alive', async () => {
  const timer = nodeScheduleTimer({ log: SILENT_LOG, now });
  let fired = false;
  timer.at(new Date(Date.now() + 5), () => (fired = true)).cancel();
  timer.at(new Date(Date.now() + 86_400_000), () => (fired = true)).cancel();
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(fired, false);
});

test('a time that is none is refused instead of silently never firing', () => {
  assert.throws(() => nodeScheduleTimer({ log: SILENT_LOG, now }).at(new Date(Number.NaN), () => {}), /date that is none/);
});

test('a start that throws is logged and does not end the process', async () => {
  const logged: unknown[] = [];
  const gate = Promise.withResolvers<void>();
  const timer = nodeScheduleTimer({ now, log: { ...SILENT_LOG, error: (message) => { logged.push(message); gate.resolve(); } } });
  timer.at(new Date(Date.now() + 5), () => { throw new Error('x'); });
  await gate.promise;
  assert.deepEqual(logged, ['a scheduled task threw at its start']);
});
