/** News for owners that waited (an application was down) told all at once: jobs a second through the runner and its leases, beside the same rows taken and deleted by plain SQL in the same groups. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClaimedJob } from '@hospay/server/domain/money-store.js';
import { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { JobRunner, LANES, type JobHandlers } from '@hospay/server/edges/outbox/job-runner.js';
import { longestTurn } from './longest-turn.js';

export type QueueDrain = { readonly jobs: number; readonly perSecond: number; readonly commits: number; readonly longestTurnMs: number; readonly barePerSecond: number };

export async function measureQueueDrain({ jobs }: { readonly jobs: number }): Promise<QueueDrain> {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-queue-'));
  const store = new SqliteMoneyStore({ file: join(folder, 'money.sqlite') });
  try {
    seed(store, jobs);
    let commits = 0;
    store.commits.beforeCommit = () => { commits += 1; };
    let left = jobs;
    const drained = Promise.withResolvers<undefined>();
    const told = async (job: ClaimedJob): Promise<void> => {
      await store.putBackJob(job, 'done');
      left -= 1;
      if (left === 0) drained.resolve(undefined);
    };
    const kinds = LANES.flatMap((lane) => lane.kinds);
    const runner = new JobRunner({
      store, clock: { now: () => new Date() }, owner: 'bench',
      timers: { after: (ms, task) => { const timer = setTimeout(task, ms); return { cancel: () => { clearTimeout(timer); } }; } },
      handlers: Object.fromEntries(kinds.map((kind) => [kind, told])) as JobHandlers, onFailure: (_job, error) => { drained.reject(error instanceof Error ? error : new Error(String(error))); },
    });
    const began = performance.now();
    const longestTurnMs = await longestTurn(1, async () => {
      runner.start();
      await drained.promise;
    });
    const perSecond = (jobs * 1_000) / (performance.now() - began);
    await runner.stop();
    return { jobs, perSecond, commits, longestTurnMs, barePerSecond: bareDrain(store, jobs, Math.max(1, Math.round((2 * jobs) / commits))) };
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
}

function seed({ database }: SqliteMoneyStore, jobs: number): void {
  database.exec(`PRAGMA foreign_keys = OFF; WITH RECURSIVE seq (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM seq WHERE i < ${String(jobs)})
    INSERT INTO job (kind, subject, trade_no, due_at, first_due_at, attempt, token) SELECT 'tellOwner', 'H' || i, 'H' || i, 0, 0, 0, 0 FROM seq`);
}

/** Each row is leased in one commit and deleted in another. */
function bareDrain(store: SqliteMoneyStore, jobs: number, rowsACommit: number): number {
  seed(store, jobs);
  const { database } = store;
  const lease = database.prepare("UPDATE job SET leased_by = 'bare', due_at = 1, token = token + 1 WHERE kind = 'tellOwner' AND subject = ?");
  const end = database.prepare("DELETE FROM job WHERE kind = 'tellOwner' AND subject = ? AND token = 1");
  const began = performance.now();
  for (let at = 1; at <= jobs; at += rowsACommit) {
    for (const statement of [lease, end]) {
      database.exec('BEGIN');
      for (let job = at; job < at + rowsACommit && job <= jobs; job += 1) statement.run(`H${String(job)}`);
      database.exec('COMMIT');
    }
  }
  return (jobs * 1_000) / (performance.now() - began);
}
