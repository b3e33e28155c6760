import assert from 'node:assert/strict';
import test from 'node:test';
import { SqliteMoneyStore } from './sqlite-money-store.js';
import { JobTable } from './job-table.js';
import { Statements } from './statements.js';

const AT = new Date('2026-03-02T02:00:00.000Z');
const REQUEST = { kind: 'tellOwner' as const, subject: 'H20260302100000ABCDEFGHJ', dueAt: AT };

function table(): { jobs: JobTable; claim: (at?: Date) => ReturnType<JobTable['claim']>[number] | undefined } {
  const store = new SqliteMoneyStore({ file: ':memory:' });
  const jobs = new JobTable(new Statements(store.database));
  return { jobs, claim: (at = AT) => jobs.claim({ kinds: ['tellOwner'], owner: 'run-1', now: at, leaseMs: 60_000, limit: 4 })[0] };
}

test('a slow worker of a job that ended and was asked for again does not end the new one', () => {
  const { jobs, claim } = table();
  jobs.schedule(REQUEST, 'H1');
  const slow = claim();
  jobs.schedule(REQUEST, 'H1');
  const quick = claim();
  assert.ok(slow !== undefined && quick !== undefined);
  assert.equal(jobs.settle(quick, 'done'), true);
  jobs.schedule(REQUEST, 'H1');
  const third = claim();
  assert.ok(third !== undefined);
  assert.equal(jobs.isNewest(slow), false);
  assert.equal(jobs.settle(slow, 'done'), false);
  assert.equal(jobs.settle(third, 'done'), true);
});

test('work asked for again while it is leased is due at once, and the running attempt is fenced', () => {
  const { jobs, claim } = table();
  jobs.schedule(REQUEST, 'H1');
  const running = claim();
  assert.ok(running !== undefined);
  assert.equal(claim(), undefined);
  jobs.schedule(REQUEST, 'H1');
  assert.equal(jobs.settle(running, 'done'), false);
  assert.equal(claim()?.attempt, 1);
});

test('a lease that ran out is given to the next, and start-up takes back the leases of the run before', () => {
  const { jobs, claim } = table();
  jobs.schedule(REQUEST, 'H1');
  const first = claim();
  const second = claim(new Date(AT.getTime() + 60_000));
  assert.ok(first !== undefined && second !== undefined);
  assert.equal(jobs.isNewest(first), false);
  assert.equal(second.attempt, 2);
  assert.equal(jobs.wakeAll(AT, 1), 1);
  assert.equal(jobs.isNewest(second), false);
  assert.equal(claim()?.attempt, 3);
});
