import { saidOf, type Bilingual } from '../domain/bilingual.js';
import type { Log } from '../domain/log.js';
import { redactText } from '../domain/sensitive.js';
import type { Clock } from '../domain/time.js';
import { readCronRule, type CronRule } from './cron-rule.js';
import { listMissed } from './missed-firings.js';
import type { StoredTask, TaskDefinition, TaskRun, TaskRunCause, TaskStore, TaskTimer } from './ports.js';

/** What a task does. What it returns is recorded as its result; a throw is recorded as its failure: in both languages when it is a BilingualError, else as the program said it. */
export type TaskWork = () => Promise<Bilingual>;

export type TaskView = StoredTask & { readonly next: Date | undefined; readonly running: boolean; readonly last: TaskRun | undefined };
export type RunNowResult = { readonly kind: 'started'; readonly finished: Promise<void> } | { readonly kind: 'refused'; readonly reason: 'unknown' | 'running' | 'stopped' };

export type TaskScheduler = {
  /** States what was missed while the platform was stopped, catches up where the policy says so, and arms the next firing of each task. */
  start(): Promise<void>;
  /** Fires nothing more and waits for runs in progress. */
  stop(): Promise<void>;
  list(): Promise<readonly TaskView[]>;
  /** A person starts it now. Refused while it is running. */
  runNow(name: string): Promise<RunNowResult>;
  /** False: no such task. */
  setEnabled(name: string, enabled: boolean): Promise<boolean>;
};

export type TaskSchedulerOptions = {
  readonly definitions: readonly TaskDefinition[];
  readonly work: ReadonlyMap<string, TaskWork>;
  readonly store: TaskStore;
  readonly timer: TaskTimer;
  readonly clock: Clock;
  readonly log: Log;
  /** Told when a run begins and when it has ended. */
  readonly changed?: (task: string) => void;
};

type Armed = { readonly rule: CronRule; readonly work: TaskWork; next: Date | undefined; timer: { cancel(): void } };

/**
 * Tasks as rows: each firing is a row before it runs and has a result after it, whatever happens. The timer only wakes us.
 * @throws when a definition's rule cannot be read or nobody knows how to do it: a task that would silently never run is a broken configuration.
 */
export function createTaskScheduler({ definitions, work, store, timer, clock, log, changed = () => {} }: TaskSchedulerOptions): TaskScheduler {
  const tasks = new Map<string, Armed>(definitions.map((definition) => [definition.name, { ...readDefinition(definition, work), next: undefined, timer: { cancel() {} } }]));
  const running = new Map<string, Promise<void>>();
  let started = false;

  const arm = (name: string, task: Armed): void => {
    task.timer.cancel();
    task.next = started ? task.rule.next(clock.now()) : undefined;
    const { next } = task;
    if (next === undefined) return;
    task.timer = timer.at(next, () => {
      void run(name, task, next, 'rule');
      arm(name, task);
    });
  };

  /** One firing: row, work, result. A store that cannot be written is logged; the work is then not begun, so nothing runs unrecorded. */
  const run = async (name: string, task: Armed, fireTime: Date, cause: TaskRunCause): Promise<void> => {
    try {
      if (running.has(name)) {
        await store.addRun({ task: name, fireTime, state: 'overlapped', cause, startedAt: undefined, finishedAt: clock.now(), result: { zh: '上一次运行尚未结束', en: 'The run before was still going' } });
        log.warn('task skipped: the run before is still going', { task: name });
        return;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      running.set(name, promise);
      try {
        await runRecorded(name, task, fireTime, cause);
      } finally {
        running.delete(name);
        resolve();
      }
    } catch (error) {
      log.error('task run could not be recorded', { task: name, error });
    }
  };

  const runRecorded = async (name: string, task: Armed, fireTime: Date, cause: TaskRunCause): Promise<void> => {
    const id = await store.addRun({ task: name, fireTime, state: 'running', cause, startedAt: clock.now(), finishedAt: undefined, result: undefined });
    // Another firing for the same time has its row already: that one runs, this one does not.
    if (id === undefined) return;
    changed(name);
    const end = await doWork(task.work);
    await store.finishRun(id, { ...end, finishedAt: clock.now() });
    changed(name);
    log[end.state === 'failed' ? 'error' : 'info']('task finished', { task: name, state: end.state, result: end.result.en });
  };

  const catchUp = async (stored: StoredTask, task: Armed, interrupted: number): Promise<void> => {
    const { name, missed: policy, createdAt } = stored;
    const now = clock.now();
    const { missed, more } = listMissed(task.rule, (await store.lastFireTime(name)) ?? createdAt, now);
    const latest = missed.at(-1);
    if (latest === undefined) return;
    log.warn('task firings were missed while the platform was stopped', { task: name, missed: missed.length, more, policy, interrupted });
    const runsLatest = policy === 'runOnce';
    for (const fireTime of runsLatest ? missed.slice(0, -1) : missed) {
      await store.addRun({ task: name, fireTime, state: 'missed', cause: 'rule', startedAt: undefined, finishedAt: now, result: { zh: '平台当时未运行', en: 'The platform was stopped' } });
    }
    if (runsLatest) void run(name, task, latest, 'catchUp');
  };

  return {
    async start() {
      const now = clock.now();
      const interrupted = await store.markInterrupted(now);
      await store.define(definitions, now);
      started = true;
      for (const stored of await store.list()) {
        const task = tasks.get(stored.name);
        if (task === undefined || !stored.enabled) continue;
        await catchUp(stored, task, interrupted);
        arm(stored.name, task);
      }
    },
    async stop() {
      started = false;
      for (const task of tasks.values()) {
        task.timer.cancel();
        task.next = undefined;
      }
      await Promise.all(running.values());
    },
    async list() {
      const views: TaskView[] = [];
      for (const stored of await store.list()) {
        const [last] = await store.listRuns({ task: stored.name, limit: 1 });
        views.push({ ...stored, next: tasks.get(stored.name)?.next, running: running.has(stored.name), last });
      }
      return views;
    },
    async runNow(name) {
      const task = tasks.get(name);
      if (task === undefined) return { kind: 'refused', reason: 'unknown' };
      if (!started) return { kind: 'refused', reason: 'stopped' };
      if (running.has(name)) return { kind: 'refused', reason: 'running' };
      return { kind: 'started', finished: run(name, task, clock.now(), 'person') };
    },
    async setEnabled(name, enabled) {
      const task = tasks.get(name);
      if (task === undefined || !(await store.setEnabled(name, enabled, clock.now()))) return false;
      if (enabled) arm(name, task);
      else {
        task.timer.cancel();
        task.next = undefined;
      }
      return true;
    },
  };
}

function readDefinition({ name, rule }: TaskDefinition, work: ReadonlyMap<string, TaskWork>): { readonly rule: CronRule; readonly work: TaskWork } {
  const reading = readCronRule(rule);
  if (reading.kind === 'refused') throw new Error(`task ${name}: ${reading.reason}`);
  const known = work.get(name);
  if (known === undefined) throw new Error(`task ${name} is not one this platform knows; it knows ${[...work.keys()].join(', ')}`);
  return { rule: reading.rule, work: known };
}

async function doWork(work: TaskWork): Promise<{ readonly state: 'succeeded' | 'failed'; readonly result: Bilingual }> {
  try {
    return { state: 'succeeded', result: redacted(await work()) };
  } catch (error) {
    return { state: 'failed', result: saidOf(error) };
  }
}

function redacted({ zh, en }: Bilingual): Bilingual {
  return { zh: redactText(zh), en: redactText(en) };
}
