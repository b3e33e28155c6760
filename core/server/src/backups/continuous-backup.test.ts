import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useFakeTimers } from 'sinon';
import { BilingualError } from '../domain/bilingual.js';
import { SILENT_LOG } from '../domain/log.js';
import { createContinuousBackup } from './continuous-backup.js';
import type { BackupSet, IncrementWorker } from './ports.js';

test('every minute one is taken and sent; a run without a set takes one, and what each target would give back is told', async () => {
  const clock = useFakeTimers({ now: Date.parse('2026-11-20T01:00:00.000Z'), toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  try {
    const calls: string[] = [];
    let captured = 0;
    let problem = false;
    let nas = 0;
    let isExchanged = false;
    const at = () => new Date(Date.now());
    const scripted: IncrementWorker = {
      mark: () => Promise.resolve({ stream: 'aaaaaaaa', no: captured }),
      capture: async () => {
        calls.push('capture');
        if (problem) throw new BilingualError({ zh: '数据盘剩余空间不足', en: 'full' });
        captured += 1;
        return { stream: 'aaaaaaaa', no: captured };
      },
      send: async () => ['usb', 'nas'].map((target) => { const no = target === 'usb' ? captured : nas; return { target, lacksBase: target === 'usb' && isExchanged, waiting: captured - no, last: no === 0 ? undefined : { stream: 'aaaaaaaa', no, takenAt: new Date(no * 1_000).toISOString() } }; }),
      close: () => Promise.resolve(),
    };
    const timers = { after: (ms: number, task: () => void) => { const timer = setTimeout(task, ms); return { cancel: () => { clearTimeout(timer); } }; } };
    const remembered: string[] = [];
    const continuous = createContinuousBackup({ worker: scripted, everySeconds: 60, targets: ['usb', 'nas'], cleaned: () => Promise.resolve(), remember: (stream) => { remembered.push(stream); }, takeBase: async () => { calls.push('base'); return true; }, clock: { now: at }, timers, log: SILENT_LOG });
    continuous.start();
    await clock.tickAsync(60_500);
    // One is due, and no set is followed yet.
    assert.deepEqual([calls, remembered], [['capture', 'base'], ['aaaaaaaa']]);
    const begunAt = at();
    const set = { name: 'x', state: 'good', begunAt, copies: [{ target: 'usb', verifiedAt: begunAt.toISOString() }, { target: 'nas', verifiedAt: begunAt.toISOString() }] } as unknown as BackupSet;
    const mark = await continuous.mark();
    assert.deepEqual(mark, { stream: 'aaaaaaaa', no: 1 });
    continuous.follow(set, mark ?? { stream: '', no: 0 });
    await clock.tickAsync(60_000);
    assert.deepEqual(calls, ['capture', 'base', 'capture']);
    const [usb, share] = continuous.state([set]).targets;
    assert.ok((usb?.upTo?.getTime() ?? 0) > begunAt.getTime());
    // The share has nothing behind its set yet.
    assert.deepEqual([share?.upTo, share?.waiting], [begunAt, 2]);
    nas = 2;
    problem = true;
    await clock.tickAsync(60_000);
    assert.match(continuous.state([set]).problem?.zh ?? '', /剩余空间不足/);
    assert.deepEqual([continuous.state([set]).targets[1]?.upTo, continuous.state([]).targets[1]?.waiting], [usb?.upTo, 0]);
    // Another drive is in its place: it would give back nothing, and gets a set; not more than one an hour.
    [problem, isExchanged] = [false, true];
    await clock.tickAsync(120_000);
    assert.equal(continuous.state([set]).targets[0]?.upTo, undefined);
    assert.equal(calls.filter((call) => call === 'base').length, 1);
    await clock.tickAsync(3_600_000);
    assert.equal(calls.filter((call) => call === 'base').length, 2);
    await continuous.stop();
    const so = calls.length;
    await clock.tickAsync(600_000);
    assert.equal(calls.length, so);
  } finally {
    clock.restore();
  }
});

test('while a slow target is being sent to, what changes is kept for the next increment; the others do not wait for ever', async () => {
  const clock = useFakeTimers({ now: Date.parse('2026-11-20T01:00:00.000Z'), toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  try {
    let captured = 0;
    const slow: PromiseWithResolvers<void>[] = [];
    const worker: IncrementWorker = {
      mark: () => Promise.resolve({ stream: 'aaaaaaaa', no: captured }),
      capture: async () => { captured += 1; return { stream: 'aaaaaaaa', no: captured }; },
      async send() {
        const over = Promise.withResolvers<void>();
        slow.push(over);
        await over.promise;
        return [];
      },
      close: () => Promise.resolve(),
    };
    const timers = { after: (ms: number, task: () => void) => { const timer = setTimeout(task, ms); return { cancel: () => { clearTimeout(timer); } }; } };
    const continuous = createContinuousBackup({ worker, everySeconds: 60, targets: ['nas'], cleaned: () => Promise.resolve(), remember: () => undefined, takeBase: () => Promise.resolve(true), clock: { now: () => new Date(Date.now()) }, timers, log: SILENT_LOG });
    continuous.start();
    await clock.tickAsync(4 * 60_000 + 500);
    assert.deepEqual([captured, slow.length], [1, 1]);
    await clock.tickAsync(2 * 60_000);
    assert.deepEqual([captured, slow.length], [2, 1]);
    slow[0]?.resolve();
    await clock.tickAsync(60_000);
    assert.deepEqual([captured, slow.length], [3, 2]);
    await continuous.stop();
  } finally {
    clock.restore();
  }
});

test('a set that could not be begun, because another was being taken, is tried again with the next increment and not in an hour', async () => {
  const clock = useFakeTimers({ now: Date.parse('2026-11-20T01:00:00.000Z'), toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  try {
    let tried = 0;
    const worker: IncrementWorker = { mark: () => Promise.resolve({ stream: 'aaaaaaaa', no: 0 }), capture: () => Promise.resolve({ stream: 'aaaaaaaa', no: 1 }), send: () => Promise.resolve([]), close: () => Promise.resolve() };
    const timers = { after: (ms: number, task: () => void) => { const timer = setTimeout(task, ms); return { cancel: () => { clearTimeout(timer); } }; } };
    const takeBase = (): Promise<boolean> => {
      tried += 1;
      return Promise.resolve(tried === 2);
    };
    const continuous = createContinuousBackup({ worker, everySeconds: 60, targets: ['nas'], cleaned: () => Promise.resolve(), remember: () => undefined, takeBase, clock: { now: () => new Date(Date.now()) }, timers, log: SILENT_LOG });
    continuous.start();
    await clock.tickAsync(2 * 60_000 + 500);
    assert.equal(tried, 2);
    await clock.tickAsync(30 * 60_000);
    assert.equal(tried, 2);
    await continuous.stop();
  } finally {
    clock.restore();
  }
});
