import assert from 'node:assert/strict';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { test } from 'node:test';
import { createEventHub } from '../../../live-events/event-hub.js';
import type { SignedIn } from '../../../users/ports.js';
import type { ConsoleCaller } from './console-access.js';
import { createEventStreams } from './event-streams.js';

const person = (login: string, rights: SignedIn['rights'] = ['read']): ConsoleCaller => ({
  userId: login, login, displayName: login, operatorId: undefined, merchantNo: undefined, roles: [], rights, mustChangePassword: false, csrfToken: `session of ${login}`, idleSeconds: 900, sessionId: login, entryStep: undefined, hasSecondFactor: false, token: `token of ${login}`,
});

/** Streams whose time is the test's, over the sessions it has. */
function streamsOfATest(...people: ConsoleCaller[]) {
  const due: { readonly ms: number; readonly task: () => void }[] = [];
  const timers = { after: (ms: number, task: () => void) => { due.push({ ms, task }); return { cancel() {} }; } };
  const sessions = new Map(people.map((one) => [one.token, one]));
  const asked: string[] = [];
  const hub = createEventHub({ timers, random: { bytes: (length) => new Uint8Array(length), nextInt: () => 0 } });
  const streams = createEventStreams({ hub, timers, users: { findSession: ({ token, by }) => { asked.push(by); return Promise.resolve(sessions.get(token)); } } });
  const pass = async (ms: number): Promise<void> => {
    for (const { task } of due.splice(0).filter((one) => one.ms <= ms || !due.push(one))) task();
    await new Promise((resolve) => { setImmediate(resolve); });
  };
  const open = (caller: ConsoleCaller, lastEventId?: string): Readable => {
    const opened = streams.open({ caller, lastEventId });
    return opened.kind === 'ok' ? opened.value : assert.fail(opened.code);
  };
  return { hub, streams, sessions, asked, open, soon: () => pass(500), beat: () => pass(15_000) };
}
const said = (stream: Readable): string => String(stream.read() ?? '');

test('each hears the topics of his rights, and of what is one\'s own only his', async () => {
  const [finance, cashier] = [person('wang', ['read']), person('zhao', ['shifts'])];
  const { hub, open, soon } = streamsOfATest(finance, cashier);
  const [his, hers] = [open(finance), open(cashier)];
  hub.publish('orders', ['H1']);
  hub.publish('shifts');
  hub.publish('audit');
  hub.publish('exports', [], 'zhao');
  await soon();
  assert.deepEqual([...said(his).matchAll(/"topic":"(\w+)"/g)].map(([, topic]) => topic), ['orders']);
  assert.deepEqual([...said(hers).matchAll(/"topic":"(\w+)"/g)].map(([, topic]) => topic), ['shifts', 'exports']);
});

test('a silent line beats, and asks as a page does: it keeps nobody signed in', async () => {
  const wang = person('wang');
  const { open, beat, asked } = streamsOfATest(wang);
  const stream = open(wang);
  said(stream);
  await beat();
  assert.equal(said(stream), ': beat\n\n');
  await beat();
  assert.equal(said(stream), ': beat\n\n');
  assert.deepEqual([...new Set(asked)], ['page']);
});

test('a stream ends with its session, at the next beat or at once when sessions are known to have changed', async () => {
  const [wang, zhao] = [person('wang'), person('zhao')];
  const { hub, open, beat, sessions } = streamsOfATest(wang, zhao);
  const [first, second] = [open(wang), open(zhao)];
  sessions.delete(wang.token);
  await beat();
  assert.match(said(first), /event: ended\ndata: \{\}\n\n$/);
  sessions.delete(zhao.token);
  hub.sessionsChanged();
  await new Promise((resolve) => { setImmediate(resolve); });
  assert.match(said(second), /event: ended/);
  for (const stream of [first, second]) {
    stream.resume();
    await finished(stream);
  }
});

test('rights that were taken away are not heard of any more', async () => {
  const wang = person('wang', ['read', 'audit']);
  const { hub, open, soon, sessions } = streamsOfATest(wang);
  const stream = open(wang);
  sessions.set(wang.token, person('wang', ['read']));
  hub.sessionsChanged();
  await new Promise((resolve) => { setImmediate(resolve); });
  hub.publish('audit');
  await soon();
  assert.ok(!said(stream).includes('audit'));
});

test('three streams are of one session, and who closes one may open another', async () => {
  const [wang, zhao] = [person('wang'), person('zhao')];
  const { streams, open } = streamsOfATest(wang, zhao);
  const [first] = [open(wang), open(wang), open(wang)];
  const fourth = streams.open({ caller: wang, lastEventId: undefined });
  assert.equal(fourth.kind === 'refused' && fourth.code, 'TOO_MANY_REQUESTS');
  open(zhao);
  first.destroy();
  await new Promise((resolve) => { setImmediate(resolve); });
  open(wang);
});

test('three hundred streams are all there are', () => {
  const people = Array.from({ length: 101 }, (_none, index) => person(`user-${String(index)}`));
  const { streams } = streamsOfATest(...people);
  const opened = people.flatMap((caller) => [0, 1, 2].map(() => streams.open({ caller, lastEventId: undefined }).kind));
  assert.equal(opened.filter((kind) => kind === 'ok').length, 300);
});

test('who does not read is dropped before he costs memory, and his place is free', async () => {
  const wang = person('wang');
  const { hub, open, soon } = streamsOfATest(wang);
  const [slow, quick] = [open(wang), open(wang)];
  quick.resume();
  for (let turn = 0; turn < 2_000 && !slow.destroyed; turn += 1) {
    hub.publish('orders', [`H${String(turn)}`]);
    await soon();
    assert.ok(slow.readableLength <= 70_000, `${String(slow.readableLength)} bytes are held`);
  }
  assert.ok(slow.destroyed && !quick.destroyed);
  await new Promise((resolve) => { setImmediate(resolve); });
  open(wang);
  open(wang);
});

test('who comes back with his mark hears what he missed; with a mark nobody knows he is told to read everything again', async () => {
  const wang = person('wang');
  const { hub, open, soon } = streamsOfATest(wang);
  const mark = hub.mark();
  hub.publish('cases');
  await soon();
  assert.match(said(open(wang, mark)), /event: ready\ndata: \{\}\n\nid: \S+-1\nevent: changed\ndata: \{"topic":"cases","ids":\[\]\}\n\n$/);
  assert.match(said(open(wang, 'of-an-earlier-run-7')), /^id: \S+-1\nevent: reset\ndata: \{\}\n\n$/);
});

test('when the console stops, every stream ends and none is opened', async () => {
  const wang = person('wang');
  const { streams, open } = streamsOfATest(wang);
  const stream = open(wang);
  said(stream);
  streams.stop();
  stream.resume();
  assert.equal(streams.open({ caller: wang, lastEventId: undefined }).kind, 'refused');
  await finished(stream);
});
