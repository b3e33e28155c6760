import assert from 'node:assert/strict';
import test from 'node:test';
import { stub } from 'sinon';
import type { ClaimedJob } from '../../domain/money-store.js';
import { SqliteMoneyStore } from '../database/money/sqlite-money-store.js';
import { JobTable } from '../database/money/job-table.js';
import { Statements } from '../database/money/statements.js';
import { JobRunner } from './job-runner.js';

const START = Date.parse('2026-03-02T02:00:00.000Z');
const HOUR_MS = 3_600_000;

/** A runner over a real store, with a clock and timers moved by hand. */
function bench(handle: (job: ClaimedJob) => Promise<void>) {
  let nowMs = START;
  let elapsedMs = 0;
  const alarms = new Set<{ readonly atMs: number; readonly task: () => void }>();
  const failures: unknown[] = [];
  const store = new SqliteMoneyStore({ file: ':memory:', soon: (flush) => { queueMicrotask(flush); } });
  const jobs = new JobTable(new Statements(store.database));
  const runner = new JobRunner(
    {
      store,
      clock: { now: () => new Date(nowMs) },
      timers: {
        after: (ms, task) => {
          const alarm = { atMs: elapsedMs + ms, task };
          alarms.add(alarm);
          return { cancel: () => { alarms.delete(alarm); } };
        },
      },
      owner: 'run-1',
      handlers: { advancePayment: handle, advanceTender: handle, confirmOrder: handle, advanceRefund: handle, tellOwner: handle, advanceDischarge: handle, advanceInvoice: handle, checkBooking: handle, unlockBills: handle, advancePrepaymentReturn: handle, advanceNotice: handle, advancePayout: handle, sendStatementFile: handle, advancePresettlement: handle, tellInsuranceRefund: handle },
      onFailure: (_job, error) => { failures.push(error); },
    },
    [{ kinds: ['tellOwner'], concurrency: 2, leaseMs: 60_000 }],
  );
  const settled = () => new Promise<void>((resolve) => { setImmediate(resolve); });
  return {
    store, runner, failures,
    schedule: (subject: string, inMs: number) => { jobs.schedule({ kind: 'tellOwner', subject, dueAt: new Date(nowMs + inMs) }, subject); },
    /** Sets the clock and lets so much time pass, which the clock may contradict: the sleeping runner looks. */
    passTo: async (ms: number, inMs = 5_000) => {
      nowMs = ms;
      elapsedMs += inMs;
      for (const alarm of [...alarms].filter(({ atMs }) => atMs <= elapsedMs)) {
        alarms.delete(alarm);
        alarm.task();
      }
      await settled();
    },
    start: async () => {
      runner.start();
      await settled();
    },
  };
}

/** A job under way until the test ends it (`ends`), whose result must count. */
async function oneAtWork() {
  const ends: (() => void)[] = [];
  const started = bench(async (job) => {
    await new Promise<void>((resolve) => { ends.push(resolve); });
    assert.equal(await started.store.putBackJob(job, 'done'), true);
  });
  started.schedule('H0001', 0);
  await started.start();
  return { ...started, ends };
}

test('a job runs when it is due, not before, and no more at once than the lane bears', async () => {
  const running: string[] = [];
  const { schedule, start, passTo, store } = bench((job) => new Promise(() => { running.push(job.subject); }));
  for (const subject of ['H0001', 'H0002', 'H0003']) schedule(subject, 10_000);
  await start();
  assert.deepEqual(running, []);
  await passTo(START + 10_000);
  assert.deepEqual(running, ['H0001', 'H0002']);
  await store.close();
});

test('a handler that throws loses nothing: its job is put back and comes again', async () => {
  let attempts = 0;
  const { schedule, start, passTo, store, failures } = bench(async (job) => {
    attempts += 1;
    if (attempts === 1) throw new Error('a bug');
    await store.putBackJob(job, 'done');
  });
  schedule('H0001', 0);
  await start();
  assert.equal(attempts, 1);
  assert.equal(failures.length, 1);
  await passTo(START + 5_000);
  assert.equal(attempts, 2);
  assert.equal(await store.nextJobAt(['tellOwner']), undefined);
  await store.close();
});

test('a clock set back a day does not leave the work waiting for a day', async () => {
  const seen: string[] = [];
  const { schedule, start, passTo, store } = bench(async (job) => {
    seen.push(job.subject);
    await store.putBackJob(job, 'done');
  });
  schedule('H0001', 60_000);
  await start();
  const yesterday = START - 24 * HOUR_MS;
  await passTo(yesterday);
  await passTo(yesterday + 10_000);
  assert.deepEqual(seen, ['H0001']);
  await store.close();
});

test('what is at work when the clock jumps ahead is not begun a second time beside itself, and its result counts', async () => {
  const { ends, passTo, store } = await oneAtWork();
  await passTo(START + HOUR_MS);
  assert.equal(ends.length, 1);
  ends[0]?.();
  await passTo(START + HOUR_MS + 5_000);
  assert.equal(await store.nextJobAt(['tellOwner']), undefined);
  assert.equal(ends.length, 1);
  await store.close();
});

test('what is at work when the clock is set back keeps its lease: it is not begun a second time, and its result counts', async () => {
  const { ends, passTo, store } = await oneAtWork();
  await passTo(START - HOUR_MS);
  await passTo(START - HOUR_MS + 10_000);
  assert.equal(ends.length, 1);
  assert.deepEqual(await store.nextJobAt(['tellOwner']), new Date(START - HOUR_MS + 60_000), 'and ends by the new clock, not an hour later');
  ends[0]?.();
  await passTo(START - HOUR_MS + 15_000);
  assert.equal(await store.nextJobAt(['tellOwner']), undefined);
  await store.close();
});

test('work that hangs longer than its lease is given to another, whatever the clock did', async () => {
  const begun: number[] = [];
  const { schedule, start, passTo, store } = bench((job) => { begun.push(job.attempt); return new Promise(() => {}); });
  schedule('H0001', 0);
  await start();
  await passTo(START + HOUR_MS);
  assert.deepEqual(begun, [1]);
  await passTo(START + HOUR_MS + 60_000, 60_000);
  await passTo(START + HOUR_MS + 65_000);
  assert.deepEqual(begun, [1, 2]);
  await store.close();
});

test('a clock set back while the store refuses is made good when the store takes writes again', async () => {
  const seen: string[] = [];
  const { schedule, start, passTo, store } = bench(async (job) => {
    seen.push(job.subject);
    await store.putBackJob(job, 'done');
  });
  schedule('H0001', 60_000);
  await start();
  const refused = stub(store, 'wakeJobs').rejects(new Error('the disk is full'));
  const yesterday = START - 24 * HOUR_MS;
  await passTo(yesterday);
  refused.restore();
  await passTo(yesterday + 5_000);
  await passTo(yesterday + 15_000);
  assert.deepEqual(seen, ['H0001']);
  await store.close();
});

test('a stopped runner takes nothing more', async () => {
  const seen: string[] = [];
  const { schedule, start, passTo, store, runner } = bench(async (job) => { seen.push(job.subject); });
  await start();
  await runner.stop();
  schedule('H0001', 0);
  await passTo(START + 60_000);
  assert.deepEqual(seen, []);
  await store.close();
});
