import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BudgetGuard, NOT_SENT_PREFIX, explainGuardedCall, type BudgetGuardOptions, type GuardClock } from './budget-guard.js';

type Operation = 'confirm' | 'query';

/** Virtual time: timers fire in order when the test moves the clock. */
class VirtualClock implements GuardClock {
  #now = Date.parse('2026-01-05T07:40:00+08:00');
  readonly #timers: { at: number; fire: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  startTimer(delayMs: number, fire: () => void): () => void {
    const timer = { at: this.#now + delayMs, fire };
    this.#timers.push(timer);
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index >= 0) this.#timers.splice(index, 1);
    };
  }

  get pendingTimers(): number {
    return this.#timers.length;
  }

  async advance(byMs: number): Promise<void> {
    const until = this.#now + byMs;
    await settle();
    for (;;) {
      this.#timers.sort((left, right) => left.at - right.at);
      const next = this.#timers[0];
      if (next === undefined || next.at > until) break;
      this.#timers.shift();
      this.#now = next.at;
      next.fire();
      await settle();
    }
    this.#now = until;
    await settle();
  }
}

/** Lets every promise that can run, run. */
const settle = () => new Promise<void>((resolve) => { setImmediate(resolve); });

/** A call whose end the test decides. */
function openCall<Value>() {
  let started = false;
  let signalSeen: AbortSignal | undefined;
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  return {
    call: (signal: AbortSignal) => { started = true; signalSeen = signal; return promise; },
    resolve, reject,
    get started() { return started; },
    get aborted() { return signalSeen?.aborted === true; },
  };
}

function makeGuard(change: Partial<BudgetGuardOptions<Operation>> = {}) {
  const clock = new VirtualClock();
  const guard = new BudgetGuard<Operation>({
    operations: {
      confirm: { concurrency: 2, queueLimit: 1, timeoutMs: 20_000, breakerGroup: 'orders' },
      query: { concurrency: 6, queueLimit: 2, timeoutMs: 5_000, breakerGroup: 'questions' },
    },
    breaker: { failureThreshold: 3, openMs: 10_000 },
    graceMs: 2_000,
    clock,
    ...change,
  });
  const limits = (afterMs = 60_000, signal: AbortSignal = new AbortController().signal) => ({ deadline: new Date(clock.now() + afterMs).toISOString(), signal });
  return { clock, guard, limits };
}

const fail = () => Promise.reject(new Error('connection lost'));
const succeed = () => Promise.resolve('ok');

test('at most two confirms run at once, one waits its turn, and the next is turned away as never started', async () => {
  const { guard, limits } = makeGuard();
  const calls = [openCall<string>(), openCall<string>(), openCall<string>()];
  const results = calls.map((open) => guard.run('confirm', limits(), open.call));
  await settle();
  assert.deepEqual(calls.map((open) => open.started), [true, true, false]);
  assert.deepEqual(await guard.run('confirm', limits(), succeed), { kind: 'notStarted', reason: 'queueFull' });
  assert.equal(guard.snapshot().operations['confirm']?.queued, 1);
  assert.deepEqual(guard.classes().map(({ calls: asked, inFlight, waiting, refused }) => [asked, inFlight, waiting, refused]).find(([asked]) => asked === 4), [4, 2, 1, 1]);

  calls[0]?.resolve('first');
  await settle();
  assert.equal(calls[2]?.started, true);
  calls[1]?.resolve('second');
  calls[2]?.resolve('third');
  assert.deepEqual(await Promise.all(results), ['first', 'second', 'third'].map((value) => ({ kind: 'done', value })));
  const metrics = guard.snapshot().operations['confirm'];
  assert.equal(metrics?.calls, 4);
  assert.equal(metrics?.inFlight, 0);
  assert.equal(metrics?.rejectedByQueue, 1);
});

test('one operation at its cap does not hold up another', async () => {
  const { guard, limits } = makeGuard();
  const busy = [openCall<string>(), openCall<string>()];
  const running = busy.map((open) => guard.run('confirm', limits(), open.call));
  assert.deepEqual(await guard.run('query', limits(), succeed), { kind: 'done', value: 'ok' });
  for (const open of busy) open.resolve('done');
  await Promise.all(running);
});

test('a call that waits past its deadline never starts and says so', async () => {
  const { clock, guard, limits } = makeGuard();
  const busy = [openCall<string>(), openCall<string>()];
  const running = busy.map((open) => guard.run('confirm', limits(), open.call));
  const late = openCall<string>();
  const waiting = guard.run('confirm', limits(1_000), late.call);
  await clock.advance(1_000);
  const result = await waiting;
  assert.deepEqual(result, { kind: 'notStarted', reason: 'deadlinePassed' });
  for (const open of busy) open.resolve('done');
  await Promise.all(running);
  assert.equal(late.started, false);
  assert.equal(guard.snapshot().operations['confirm']?.expiredWaiting, 1);
});

test('a caller who leaves the queue, or comes with a dead signal or a past deadline, sent nothing', async () => {
  const { guard, limits } = makeGuard();
  const busy = [openCall<string>(), openCall<string>()];
  const running = busy.map((open) => guard.run('confirm', limits(), open.call));
  const leaving = new AbortController();
  const waiting = guard.run('confirm', limits(60_000, leaving.signal), succeed);
  await settle();
  leaving.abort();
  assert.deepEqual(await waiting, { kind: 'notStarted', reason: 'cancelled' });
  assert.deepEqual(await guard.run('query', limits(60_000, AbortSignal.abort()), succeed), { kind: 'notStarted', reason: 'cancelled' });
  assert.deepEqual(await guard.run('query', limits(0), succeed), { kind: 'notStarted', reason: 'deadlinePassed' });
  for (const open of busy) open.resolve('done');
  await Promise.all(running);
});

test('the earlier of the caller\'s deadline and the operation\'s own timeout aborts a running call, which is not "never started"', async () => {
  const { clock, guard, limits } = makeGuard();
  const byTimeout = openCall<string>();
  const first = guard.run('query', limits(60_000), byTimeout.call);
  const byDeadline = openCall<string>();
  const second = guard.run('query', limits(3_000), byDeadline.call);
  await clock.advance(3_000);
  assert.deepEqual(await second, { kind: 'timedOut', afterMs: 3_000 });
  assert.equal(byDeadline.aborted, true);
  assert.equal(byTimeout.aborted, false);
  await clock.advance(2_000);
  assert.deepEqual(await first, { kind: 'timedOut', afterMs: 5_000 });
  assert.equal(byTimeout.aborted, true);
  assert.equal(guard.snapshot().operations['query']?.timedOut, 2);
});

test('a call that ignores its abort keeps its place until it ends or its grace is over', async () => {
  const { clock, guard, limits } = makeGuard({ operations: { confirm: { concurrency: 1, queueLimit: 4, timeoutMs: 1_000 }, query: { concurrency: 1, queueLimit: 0, timeoutMs: 1_000 } } });
  const stuck = openCall<string>();
  const first = guard.run('confirm', limits(), stuck.call);
  await clock.advance(1_000);
  assert.equal((await first).kind, 'timedOut');
  const next = openCall<string>();
  const second = guard.run('confirm', limits(), next.call);
  await settle();
  assert.equal(next.started, false, 'the HIS is still busy with the first call');
  stuck.resolve('late');
  await settle();
  assert.equal(next.started, true);
  next.resolve('done');
  await second;

  const never = openCall<string>();
  const third = guard.run('confirm', limits(), never.call);
  await clock.advance(1_000);
  await third;
  assert.equal(guard.snapshot().operations['confirm']?.inFlight, 1);
  await clock.advance(2_000);
  assert.equal(guard.snapshot().operations['confirm']?.inFlight, 0);
});

test('three failures in a row open the breaker; calls are refused unsent until one probe succeeds', async () => {
  const { clock, guard, limits } = makeGuard();
  for (let count = 0; count < 3; count += 1) assert.equal((await guard.run('confirm', limits(), fail)).kind, 'threw');
  assert.equal(guard.snapshot().breakers['orders'], 'open');
  assert.deepEqual(await guard.run('confirm', limits(), succeed), { kind: 'notStarted', reason: 'breakerOpen' });
  assert.equal(guard.snapshot().operations['confirm']?.rejectedByBreaker, 1);

  await clock.advance(10_000);
  assert.equal(guard.snapshot().breakers['orders'], 'halfOpen');
  const probe = openCall<string>();
  const probing = guard.run('confirm', limits(), probe.call);
  await settle();
  assert.deepEqual(await guard.run('confirm', limits(), succeed), { kind: 'notStarted', reason: 'breakerOpen' }, 'only one probe at a time');
  probe.resolve('well again');
  await probing;
  assert.equal(guard.snapshot().breakers['orders'], 'closed');
  assert.deepEqual(await guard.run('confirm', limits(), succeed), { kind: 'done', value: 'ok' });
});

test('a probe that fails or times out opens the breaker for another period', async () => {
  const { clock, guard, limits } = makeGuard();
  for (let count = 0; count < 3; count += 1) await guard.run('confirm', limits(), fail);
  await clock.advance(10_000);
  await guard.run('confirm', limits(), fail);
  assert.equal(guard.snapshot().breakers['orders'], 'open');
  await clock.advance(10_000);
  const silent = openCall<string>();
  const probing = guard.run('confirm', limits(1_000), silent.call);
  await clock.advance(1_000);
  assert.equal((await probing).kind, 'timedOut');
  assert.equal(guard.snapshot().breakers['orders'], 'open');
});

test('an unknown result counts as a failure, a definite one resets the count', async () => {
  const { guard, limits } = makeGuard();
  const failureOf = (value: string) => (value === 'unknown' ? 'answer of the wrong shape' : undefined);
  for (const value of ['unknown', 'unknown', 'rejected', 'unknown', 'unknown']) await guard.run('confirm', limits(), () => Promise.resolve(value), failureOf);
  assert.equal(guard.snapshot().breakers['orders'], 'closed');
  assert.equal(guard.snapshot().operations['confirm']?.failures, 4);
  assert.equal(guard.snapshot().operations['confirm']?.lastError?.reason, 'answer of the wrong shape');
  await guard.run('confirm', limits(), () => Promise.resolve('unknown'), failureOf);
  assert.equal(guard.snapshot().breakers['orders'], 'open');
});

test('when orders fail, the question whether one was booked can still be asked', async () => {
  const { guard, limits } = makeGuard();
  for (let count = 0; count < 3; count += 1) await guard.run('confirm', limits(), fail);
  assert.deepEqual(await guard.run('query', limits(), succeed), { kind: 'done', value: 'ok' });
});

test('an opening breaker turns away those who already wait, unsent', async () => {
  const { guard, limits } = makeGuard({ breaker: { failureThreshold: 1, openMs: 10_000 } });
  const busy = [openCall<string>(), openCall<string>()];
  const running = busy.map((open) => guard.run('confirm', limits(), open.call));
  const waiting = guard.run('confirm', limits(), succeed);
  await settle();
  busy[0]?.reject(new Error('connection lost'));
  assert.deepEqual(await waiting, { kind: 'notStarted', reason: 'breakerOpen' });
  busy[1]?.resolve('done');
  await Promise.all(running);
});

test('the token bucket lets a burst through and then one call per refill, in order', async () => {
  const { clock, guard, limits } = makeGuard({ tokenBucket: { capacity: 2, refillPerSecond: 2 } });
  const order: number[] = [];
  const results = [0, 1, 2, 3].map((index) => guard.run('query', limits(), () => { order.push(index); return Promise.resolve(index); }));
  await settle();
  assert.deepEqual(order, [0, 1]);
  await clock.advance(499);
  assert.deepEqual(order, [0, 1]);
  await clock.advance(1);
  assert.deepEqual(order, [0, 1, 2]);
  await clock.advance(500);
  assert.deepEqual(order, [0, 1, 2, 3]);
  await Promise.all(results);
});

test('latency is summed from start to end and nothing is left behind', async () => {
  const { clock, guard, limits } = makeGuard();
  const open = openCall<string>();
  const result = guard.run('query', limits(), open.call);
  await clock.advance(120);
  open.resolve('done');
  await result;
  await guard.run('query', limits(), succeed);
  assert.equal(guard.snapshot().operations['query']?.latencySumMs, 120);
  assert.equal(guard.snapshot().operations['query']?.latencyCount, 2);
  assert.equal(clock.pendingTimers, 0);
});

test('a stopped guard turns away those who wait and those who come', async () => {
  const { clock, guard, limits } = makeGuard();
  const busy = [openCall<string>(), openCall<string>()];
  const running = busy.map((open) => guard.run('confirm', limits(), open.call));
  const waiting = guard.run('confirm', limits(), succeed);
  await settle();
  guard.stop();
  assert.deepEqual(await waiting, { kind: 'notStarted', reason: 'stopped' });
  assert.deepEqual(await guard.run('query', limits(), succeed), { kind: 'notStarted', reason: 'stopped' });
  for (const open of busy) open.resolve('done');
  await Promise.all(running);
  assert.equal(clock.pendingTimers, 0);
});

test('only a call that never started is explained with the words that promise nothing was sent', () => {
  assert.ok(explainGuardedCall({ kind: 'notStarted', reason: 'breakerOpen' }).startsWith(NOT_SENT_PREFIX));
  assert.ok(!explainGuardedCall({ kind: 'timedOut', afterMs: 5 }).startsWith(NOT_SENT_PREFIX));
  assert.ok(!explainGuardedCall({ kind: 'threw', error: new Error('lost') }).startsWith(NOT_SENT_PREFIX));
});

test('budgets and deadlines that make no sense are refused by name', async () => {
  assert.throws(() => new BudgetGuard({ operations: { confirm: { concurrency: 0, queueLimit: 1, timeoutMs: 1 } } }), /confirm\.concurrency/);
  const { guard } = makeGuard();
  await assert.rejects(guard.run('query', { deadline: 'soon', signal: new AbortController().signal }, succeed), /RFC 3339/);
});
