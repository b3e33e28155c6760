import assert from 'node:assert/strict';
import test from 'node:test';
import { BilingualError, type Bilingual } from '../domain/bilingual.js';
import { SILENT_LOG } from '../domain/log.js';
import type { MissedPolicy, NewTaskRun, StoredTask, TaskRun, TaskStore } from './ports.js';
import { createTaskScheduler, type TaskWork } from './task-scheduler.js';

/** A store in memory with the real one's rule: one row per firing. */
function makeStore() {
  const tasks: StoredTask[] = [];
  const runs: TaskRun[] = [];
  const store: TaskStore & { fail: boolean } = {
    fail: false,
    async define(definitions, now) {
      for (const definition of definitions) if (!tasks.some(({ name }) => name === definition.name)) tasks.push({ ...definition, createdAt: now });
    },
    async list() {
      return tasks;
    },
    async setEnabled(name, enabled) {
      const index = tasks.findIndex((task) => task.name === name);
      const task = tasks[index];
      if (task !== undefined) tasks[index] = { ...task, enabled };
      return task !== undefined;
    },
    async addRun(run: NewTaskRun) {
      if (store.fail) throw new Error('disk full');
      if (runs.some(({ task, fireTime }) => task === run.task && fireTime.getTime() === run.fireTime.getTime())) return undefined;
      runs.push({ ...run, id: runs.length + 1 });
      return runs.length;
    },
    async finishRun(id, end) {
      const run = runs[id - 1] ?? assert.fail();
      runs[id - 1] = { ...run, ...end };
    },
    async lastFireTime(task) {
      return runs.filter((run) => run.task === task && run.cause !== 'person').map(({ fireTime }) => fireTime).toSorted((a, b) => b.getTime() - a.getTime())[0];
    },
    async listRuns({ task, limit }) {
      return runs.filter((run) => task === undefined || run.task === task).toReversed().slice(0, limit);
    },
    async markInterrupted() {
      return 0;
    },
    async removeRunsBefore() {
      return 0;
    },
  };
  return { store, tasks, runs };
}

const DONE = { zh: '完成', en: 'done' };
const settle = () => new Promise((resolve) => setImmediate(resolve));

function makeWorld({ rule = '0 0 * * * *', missed = 'skip', work = async () => DONE, made = makeStore(), start = '2026-11-22T00:30:00Z' }: { rule?: string; missed?: MissedPolicy; work?: TaskWork; made?: ReturnType<typeof makeStore>; start?: string } = {}) {
  let now = new Date(start);
  const alarms: { when: Date; fire: () => void }[] = [];
  const scheduler = createTaskScheduler({
    definitions: [{ name: 'verify', rule, missed, enabled: true }],
    work: new Map([['verify', work]]),
    store: made.store,
    clock: { now: () => now },
    log: SILENT_LOG,
    timer: {
      at(when, fire) {
        const alarm = { when, fire };
        alarms.push(alarm);
        return { cancel: () => void (alarms.includes(alarm) && alarms.splice(alarms.indexOf(alarm), 1)) };
      },
    },
  });
  return {
    ...made,
    scheduler,
    alarms,
    moveTo: async (time: string) => {
      now = new Date(time);
      const due = alarms.filter(({ when }) => when <= now);
      for (const alarm of due) if (alarms.includes(alarm)) { alarms.splice(alarms.indexOf(alarm), 1); alarm.fire(); }
      await settle();
    },
  };
}
const summary = (runs: readonly TaskRun[]) => runs.map(({ fireTime, state, cause }) => `${fireTime.toISOString().slice(11, 16)} ${state} ${cause}`);

test('each firing is a row with its result, and the next one is armed', async () => {
  const { scheduler, moveTo, runs, alarms } = makeWorld();
  await scheduler.start();
  await moveTo('2026-11-22T01:00:00Z');
  await moveTo('2026-11-22T02:00:00Z');
  assert.deepEqual(summary(runs), ['01:00 succeeded rule', '02:00 succeeded rule']);
  assert.deepEqual(runs[0]?.result, DONE);
  assert.deepEqual((await scheduler.list()).map(({ next, last }) => [next?.toISOString(), last?.state]), [['2026-11-22T03:00:00.000Z', 'succeeded']]);
  await scheduler.stop();
  assert.equal(alarms.length, 0);
});

test('an error is a recorded result, without personal data, and the task goes on', async () => {
  const { scheduler, moveTo, runs } = makeWorld({ work: async () => { throw new Error('HIS refused 13812345678'); } });
  await scheduler.start();
  await moveTo('2026-11-22T01:00:00Z');
  await moveTo('2026-11-22T02:00:00Z');
  const said = { zh: 'HIS refused [redacted]', en: 'HIS refused [redacted]' };
  assert.deepEqual(runs.map(({ state, result }) => [state, result]), [['failed', said], ['failed', said]]);
});

test('what a task says of its failure is recorded in both languages', async () => {
  const said = { zh: '钱箱与账本不符', en: 'the tills differ from the ledger' };
  const { scheduler, moveTo, runs } = makeWorld({ work: async () => { throw new BilingualError(said); } });
  await scheduler.start();
  await moveTo('2026-11-22T01:00:00Z');
  assert.deepEqual(runs.map(({ state, result }) => [state, result]), [['failed', said]]);
});

test('a firing during a run does not run beside it, and is stated', async () => {
  const gate = Promise.withResolvers<Bilingual>();
  const { scheduler, moveTo, runs } = makeWorld({ work: () => gate.promise });
  await scheduler.start();
  await moveTo('2026-11-22T01:00:00Z');
  await moveTo('2026-11-22T02:00:00Z');
  assert.deepEqual(await scheduler.runNow('verify'), { kind: 'refused', reason: 'running' });
  gate.resolve(DONE);
  await settle();
  assert.deepEqual(summary(runs), ['01:00 succeeded rule', '02:00 overlapped rule']);
});

test('firings that fell into a stop are stated at the next start; skip runs none of them', async () => {
  const made = makeStore();
  const before = makeWorld({ made });
  await before.scheduler.start();
  await before.moveTo('2026-11-22T01:00:00Z');
  await before.scheduler.stop();
  const after = makeWorld({ made, start: '2026-11-22T04:10:00Z' });
  await after.scheduler.start();
  await settle();
  assert.deepEqual(summary(made.runs), ['01:00 succeeded rule', '02:00 missed rule', '03:00 missed rule', '04:00 missed rule']);
});

test('with runOnce the newest missed firing is caught up, once, however often the platform restarts', async () => {
  const made = makeStore();
  const before = makeWorld({ made, missed: 'runOnce' });
  await before.scheduler.start();
  await before.scheduler.stop();
  for (let restart = 0; restart < 2; restart += 1) {
    const after = makeWorld({ made, missed: 'runOnce', start: '2026-11-22T03:10:00Z' });
    await after.scheduler.start();
    await settle();
    await after.scheduler.stop();
  }
  assert.deepEqual(summary(made.runs).toSorted(), ['01:00 missed rule', '02:00 missed rule', '03:00 succeeded catchUp']);
});

test('two schedulers on one store run one firing once', async () => {
  const made = makeStore();
  let runs = 0;
  const work = async () => {
    runs += 1;
    return DONE;
  };
  const [one, two] = [makeWorld({ made, work }), makeWorld({ made, work })];
  await one.scheduler.start();
  await two.scheduler.start();
  await Promise.all([one.moveTo('2026-11-22T01:00:00Z'), two.moveTo('2026-11-22T01:00:00Z')]);
  assert.deepEqual([runs, made.runs.length], [1, 1]);
});

test('a disabled task does not fire and is not caught up', async () => {
  const { scheduler, moveTo, runs } = makeWorld();
  await scheduler.start();
  assert.equal(await scheduler.setEnabled('verify', false), true);
  await moveTo('2026-11-22T01:00:00Z');
  assert.deepEqual(runs, []);
  assert.equal(await scheduler.setEnabled('verify', true), true);
  await moveTo('2026-11-22T02:00:00Z');
  assert.deepEqual(summary(runs), ['02:00 succeeded rule']);
  assert.equal(await scheduler.setEnabled('nobody', true), false);
});

test('a person can run a task, which is recorded as such and does not hide missed firings', async () => {
  const { scheduler, runs } = makeWorld();
  await scheduler.start();
  const result = await scheduler.runNow('verify');
  assert.ok(result.kind === 'started');
  await result.finished;
  assert.deepEqual(summary(runs), ['00:30 succeeded person']);
  assert.deepEqual(await scheduler.runNow('nobody'), { kind: 'refused', reason: 'unknown' });
});

test('when the firing cannot be recorded the work is not begun', async () => {
  let worked = false;
  const { scheduler, store, moveTo } = makeWorld({ work: async () => { worked = true; return DONE; } });
  await scheduler.start();
  store.fail = true;
  await moveTo('2026-11-22T01:00:00Z');
  assert.equal(worked, false);
});

test('a rule that cannot be read and a task nobody knows are refused before anything starts', () => {
  assert.throws(() => makeWorld({ rule: 'every night' }), /task verify: .*six fields/);
  const { store } = makeStore();
  assert.throws(
    () => createTaskScheduler({ definitions: [{ name: 'sing', rule: '0 0 0 * * *', missed: 'skip', enabled: true }], work: new Map(), store, clock: { now: () => new Date(0) }, log: SILENT_LOG, timer: { at: () => ({ cancel() {} }) } }),
    /task sing is not one this platform knows/,
  );
});

test('stopping waits for the run in progress', async () => {
  const gate = Promise.withResolvers<Bilingual>();
  const { scheduler, moveTo, runs } = makeWorld({ work: () => gate.promise });
  await scheduler.start();
  await moveTo('2026-11-22T01:00:00Z');
  const stopping = scheduler.stop();
  gate.resolve(DONE);
  await stopping;
  assert.deepEqual(runs.map(({ state }) => state), ['succeeded']);
});
