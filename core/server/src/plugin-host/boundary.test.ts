import assert from 'node:assert/strict';
import test from 'node:test';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { SILENT_LOG, type LogFacts } from '../domain/log.js';
import { createBoundary, type GuestContext } from './boundary.js';

const closed = { additionalProperties: false } as const;
const ANSWER = Compile(Type.Union([Type.Object({ kind: Type.Literal('ok'), echo: Type.Unknown() }, closed), Type.Object({ kind: Type.Literal('unknown'), reason: Type.String() }, closed)]));

/** Virtual time: timers fire when the test says so. */
function makeWorld({ concurrency = 2, callTimeoutMs = 1000 } = {}) {
  let now = 0;
  const timers = new Set<{ at: number; task: () => void }>();
  const broke: string[] = [];
  const logged: LogFacts[] = [];
  let late = 0;
  const outcomes: string[] = [];
  const boundary = createBoundary({
    plugin: 'acme',
    instance: 'acme-1',
    limits: { callTimeoutMs, concurrency },
    clock: { now: () => new Date(now) },
    timers: {
      after(ms, task) {
        const timer = { at: now + ms, task };
        timers.add(timer);
        return { cancel: () => timers.delete(timer) };
      },
    },
    log: { ...SILENT_LOG, warn: (_message, facts = {}) => logged.push(facts), error: (_message, facts = {}) => logged.push(facts) },
    metrics: { answered: ({ outcome }) => outcomes.push(outcome), late: () => (late += 1), broke: ({ how }) => broke.push(how) },
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    boundary,
    broke,
    logged,
    outcomes,
    timers,
    late: () => late,
    settle,
    async pass(ms: number) {
      now += ms;
      for (const timer of timers) if (timer.at <= now && timers.delete(timer)) timer.task();
      await settle();
    },
    ask: (hand: (request: { n: number; list: number[] }, context: GuestContext) => unknown, deadlineMs?: number) =>
      boundary.call({ operation: 'charge', request: { n: 1, list: [1] }, hand, answer: ANSWER, ...(deadlineMs === undefined ? {} : { deadlineMs }) }),
  };
}

test('a well-formed answer passes as a copy, and neither side can reach into the other', async () => {
  const world = makeWorld();
  const kept: { echo: number[]; request?: { list: number[] } } = { echo: [1] };
  const original = { n: 1, list: [1] };
  const answer = await world.boundary.call({
    operation: 'charge',
    request: original,
    answer: ANSWER,
    hand(request) {
      kept.request = request;
      request.list.push(99);
      return { kind: 'ok', echo: kept.echo };
    },
  });
  kept.echo.push(99);
  assert.deepEqual(original.list, [1]);
  assert.deepEqual(answer, { kind: 'ok', echo: [1] });
  assert.deepEqual(world.outcomes, ['ok']);
  assert.equal(world.timers.size, 0, 'no timer is left behind');
});

test('memory that a guest gives away changes hands and is not copied', async () => {
  const world = makeWorld();
  const raw = new Uint8Array([1, 2, 3]);
  const gives = (answer: unknown): readonly ArrayBuffer[] => (answer === told ? [raw.buffer] : []);
  const told = { kind: 'ok', echo: [1], raw };
  const Answer = { Check: (value: unknown): value is { readonly kind: string; readonly raw: Uint8Array } => typeof value === 'object' };
  const answer = await world.boundary.call({ operation: 'fetchStatement', request: {}, answer: Answer, gives, hand: () => told });
  assert.deepEqual(['raw' in answer && [...answer.raw], raw.length], [[1, 2, 3], 0]);
});

test('a throw, now or later, is unknown and its text stays out of the outcome', async () => {
  const world = makeWorld();
  const now = await world.ask(() => { throw new Error('canary'); });
  const later = await world.ask(async () => { throw new Error('canary'); });
  for (const answer of [now, later]) assert.deepEqual(answer, { kind: 'unknown', reason: 'the plugin threw in charge' });
  assert.deepEqual(world.broke, ['threw', 'threw']);
});

test('an answer of another shape is unknown, whatever it looks like', async () => {
  const world = makeWorld();
  for (const garbage of [undefined, null, 'ok', 7, [], {}, { kind: 'ok' }, { kind: 'ok', echo: 1, extra: true }, { kind: 'succeeded' }, { kind: 'ok', echo: () => 1 }, new Proxy({}, { ownKeys() { throw new Error('x'); } })]) {
    const answer = await world.ask(() => garbage);
    assert.equal(answer.kind, 'unknown');
  }
  assert.ok(world.broke.every((how) => how === 'malformed'));
  assert.equal(world.broke.length, 11);
});

test('no answer before the deadline is unknown, the signal is aborted, and a late answer is dropped and counted', async () => {
  const world = makeWorld();
  const gate = Promise.withResolvers<unknown>();
  let context: GuestContext | undefined;
  const asked = world.ask((_request, given) => ((context = given), gate.promise));
  await world.settle();
  assert.equal(context?.deadline, new Date(1000).toISOString());
  assert.equal(context.signal.aborted, false);
  await world.pass(1000);
  assert.deepEqual(await asked, { kind: 'unknown', reason: 'no answer before the deadline' });
  assert.equal(context.signal.aborted, true);
  gate.resolve({ kind: 'ok', echo: 1 });
  await world.settle();
  assert.deepEqual([world.late(), world.outcomes, world.timers.size], [1, ['unknown'], 0]);
});

test('the shorter of the caller’s deadline and the manifest’s holds', async () => {
  const world = makeWorld();
  let deadlines: string[] = [];
  for (const deadlineMs of [10, 5000]) await world.ask((_request, { deadline }) => ((deadlines = [...deadlines, deadline]), { kind: 'ok', echo: 1 }), deadlineMs);
  assert.deepEqual(deadlines, [new Date(10).toISOString(), new Date(1000).toISOString()]);
});

test('no more than the allowed number runs at once, the rest waits its turn, and beyond the queue nothing is sent', async () => {
  const world = makeWorld({ concurrency: 2 });
  const gates: PromiseWithResolvers<unknown>[] = [];
  const hand = () => {
    const gate = Promise.withResolvers<unknown>();
    gates.push(gate);
    return gate.promise;
  };
  const calls = Array.from({ length: 11 }, () => world.ask(hand));
  await world.settle();
  assert.equal(gates.length, 2);
  assert.deepEqual(await calls[10], { kind: 'notSent', reason: 'too many calls wait for this plugin' });
  for (let index = 0; index < 10; index += 1) {
    gates[index]?.resolve({ kind: 'ok', echo: index });
    await world.settle();
  }
  const kinds = (await Promise.all(calls.slice(0, 10))).map(({ kind }) => kind);
  assert.deepEqual([gates.length, kinds], [10, Array.from({ length: 10 }, () => 'ok')]);
});

test('an operation that takes longer than the manifest’s limit has the time its guest named, and no more', async () => {
  const world = makeWorld();
  const asked = world.boundary.call({ operation: 'operate', request: {}, answer: ANSWER, limitMs: 60_000, hand: () => new Promise(() => {}) });
  await world.pass(59_999);
  assert.equal(world.boundary.inFlight(), 1, 'the manifest’s second is long over');
  await world.pass(1);
  assert.deepEqual(await asked, { kind: 'unknown', reason: 'no answer before the deadline' });
});

test('a call whose deadline passes in the queue was not sent, and never is', async () => {
  const world = makeWorld({ concurrency: 1 });
  const gate = Promise.withResolvers<unknown>();
  const first = world.ask(() => gate.promise);
  let handed = 0;
  const second = world.ask(() => ((handed += 1), { kind: 'ok', echo: 1 }), 100);
  await world.pass(100);
  assert.deepEqual(await second, { kind: 'notSent', reason: 'no place became free before the deadline' });
  gate.resolve({ kind: 'ok', echo: 1 });
  await first;
  await world.settle();
  assert.equal(handed, 0);
  assert.equal((await world.ask(() => ({ kind: 'ok', echo: 2 }))).kind, 'ok');
});

test('a guest that ignores its abort keeps its place for a while, then the place is given on', async () => {
  const world = makeWorld({ concurrency: 1 });
  const hung = world.ask(() => new Promise(() => {}));
  await world.settle();
  await world.pass(1000);
  assert.equal((await hung).kind, 'unknown');
  const queued = world.ask(() => ({ kind: 'ok', echo: 1 }));
  await world.pass(1000);
  assert.equal((await queued).kind, 'notSent');
  await world.pass(30_000);
  assert.equal((await world.ask(() => ({ kind: 'ok', echo: 1 }))).kind, 'ok');
});

test('draining takes no new call, lets those in flight end, and gives up on the rest as unknown', async () => {
  const world = makeWorld();
  const gate = Promise.withResolvers<unknown>();
  const ends = world.ask(() => gate.promise);
  const hangs = world.ask(() => new Promise(() => {}));
  await world.settle();
  assert.equal(world.boundary.inFlight(), 2);
  const drained = world.boundary.drain(500);
  assert.deepEqual(await world.ask(() => ({ kind: 'ok', echo: 1 })), { kind: 'notSent', reason: 'the plugin is stopping' });
  gate.resolve({ kind: 'ok', echo: 1 });
  await world.pass(500);
  assert.deepEqual([(await ends).kind, (await hangs).kind, await drained], ['ok', 'unknown', { givenUp: 1 }]);
});

test('a call that waits for its turn while the drain begins is not sent', async () => {
  const world = makeWorld({ concurrency: 1 });
  const gate = Promise.withResolvers<unknown>();
  const first = world.ask(() => gate.promise);
  await world.settle();
  const queued = world.ask(() => ({ kind: 'ok', echo: 1 }));
  await world.settle();
  const drained = world.boundary.drain(500);
  gate.resolve({ kind: 'ok', echo: 1 });
  assert.deepEqual([(await first).kind, await queued, await drained], ['ok', { kind: 'notSent', reason: 'the plugin is stopping' }, { givenUp: 0 }]);
});

test('a request that cannot be a message was not sent', async () => {
  const world = makeWorld();
  const answer = await world.boundary.call({ operation: 'charge', request: { callback() {} }, hand: () => ({ kind: 'ok', echo: 1 }), answer: ANSWER });
  assert.equal(answer.kind, 'notSent');
});

test('the answer of a guest never reaches the log', async () => {
  const world = makeWorld();
  await world.ask(() => ({ kind: 'canary', name: 'canary' }));
  assert.doesNotMatch(JSON.stringify(world.logged), /canary/);
});

test('a question about the guest itself waits for no place while all are taken, takes none, and counts among no calls; it has its deadline and its shape all the same', async () => {
  const world = makeWorld({ concurrency: 1 });
  const hanging = world.ask(() => new Promise(() => {}));
  const aside = (hand: () => unknown) => world.boundary.call({ operation: 'readBudget', request: {}, answer: ANSWER, isAside: true, hand });
  const answers: unknown[] = [];
  for (const answer of [{ kind: 'ok', echo: 1 }, { odd: true }]) void aside(() => answer).then((given) => { answers.push(given.kind); });
  await world.settle();
  assert.deepEqual(answers, ['ok', 'unknown']);
  const silent = aside(() => new Promise(() => {}));
  await world.settle();
  await world.pass(1_000);
  assert.deepEqual(await silent, { kind: 'unknown', reason: 'no answer before the deadline' });
  await hanging;
  assert.deepEqual(world.outcomes, ['unknown'], 'the one call');
});
