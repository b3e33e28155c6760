/** 实时推送 over a real connection: who hears what, coming back, the end with the session, and the bounds. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { quoted } from '@hospay/server/domain/bilingual.js';
import { LIVE_TOPICS } from '@hospay/server/live-events/ports.js';
import { auditorBeside, codeOf, ConsoleClient, firstAdministrator } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';
import { eventually } from '../end-to-end/appliance-under-test.js';

type Heard = { readonly id: string | undefined; readonly event: string; readonly data: Record<string, unknown> };

let house: ConsoleHouse;
let administrator: ConsoleClient;
let auditor: ConsoleClient;
before(async () => {
  house = await buildConsoleHouse();
  administrator = await firstAdministrator(house);
  auditor = await auditorBeside(house, administrator);
});
after(() => house.stop());

/** A stream as a browser has it, closed when the test ends. */
async function listen(context: TestContext, client: Pick<ConsoleClient, 'cookie'>, headers: Record<string, string> = {}) {
  const abort = new AbortController();
  context.after(() => { abort.abort(); });
  const response = await fetch(`${house.origin}/console-api/v1/events`, { headers: { ...(client.cookie === undefined ? {} : { cookie: client.cookie }), ...headers }, signal: abort.signal });
  const text = { said: '', isOver: false };
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) text.said += decoder.decode(chunk, { stream: true });
    text.isOver = true;
  };
  read().catch(() => undefined);
  const heard = (): Heard[] => text.said.split('\n\n').filter((block) => block.includes('event: ')).map((block) => {
    const fields = new Map(block.split('\n').map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
    return { id: fields.get('id'), event: fields.get('event') ?? '', data: JSON.parse(fields.get('data') ?? '{}') as Record<string, unknown> };
  });
  return {
    response, text, heard, close: () => { abort.abort(); },
    topics: () => heard().flatMap(({ event, data }) => (event === 'changed' ? [data['topic']] : [])),
    first: () => eventually('the first event', () => Promise.resolve(heard()[0])),
  };
}
const hears = (stream: Awaited<ReturnType<typeof listen>>, topic: string) => eventually(`the topic ${topic}`, () => Promise.resolve(stream.topics().includes(topic) ? true : undefined));

test('the console knows every topic the platform tells of, and no other', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../core/console/src/live/live-topics.ts'), 'utf8');
  const [, list = ''] = /LIVE_TOPICS = \[([^\]]*)\]/.exec(text) ?? [];
  assert.deepEqual([...list.matchAll(/'(\w+)'/g)].map(([, topic]) => topic).toSorted(), Object.keys(LIVE_TOPICS).toSorted());
});

test('nobody hears anything without a session', async (context) => {
  const { response } = await listen(context, { cookie: undefined });
  assert.equal(response.status, 401);
});

test('a stream is told plainly, at once and unpacked, whatever the browser would take', async (context) => {
  const { response, first } = await listen(context, administrator, { 'accept-encoding': 'gzip, br' });
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
  assert.equal(response.headers.get('content-encoding'), null);
  assert.match(response.headers.get('cache-control') ?? '', /no-transform/);
  assert.equal((await first()).event, 'ready');
});

test('a payment, a case and an act of a person are announced, with numbers of ours and nothing about the patient', async (context) => {
  const stream = await listen(context, administrator);
  await stream.first();
  // No number of ours can hold this one by chance: their alphabet has no I, L or O. (Of two letters every fiftieth run did.)
  const patientId = 'MI-LO-1';
  const order = await house.payAndConfirm('Q-LIVE-1', { patientId, patientLabel: '张*试' });
  await hears(stream, 'orders');
  await hears(stream, 'queue');
  const orders = stream.heard().find(({ data }) => data['topic'] === 'orders');
  assert.deepEqual(orders?.data['ids'], [order.tradeNo]);
  await administrator.call('POST', '/tasks/verify-ledger/runs');
  await hears(stream, 'tasks');
  await hears(stream, 'audit');
  house.alarms.say('casesUrgent', 3);
  await house.alarms.watch.sampleNow();
  house.later(600);
  await house.alarms.watch.sampleNow();
  await hears(stream, 'alarms');
  await house.store.openCase({ kind: 'channelDenies', subject: order.tradeNo, severity: 2, detail: quoted('a test') }, house.now());
  await hears(stream, 'cases');
  for (const { event, data } of stream.heard()) assert.deepEqual(Object.keys(data).toSorted(), event === 'changed' ? ['ids', 'topic'] : []);
  for (const word of ['张', patientId, '示范']) assert.ok(!stream.text.said.includes(word), 'nobody is named');
});

test('who may not operate hears nothing of what only operators see; a merchant hears only of his own exports, and nobody else does', async (context) => {
  await administrator.call('POST', '/users', { login: 'ma.merchant', displayName: '马商户', roles: ['merchant'], merchantNo: '1900000001', password: 'Given-By-Boss-1' });
  const merchant = new ConsoleClient(house.origin);
  await merchant.call('POST', '/session', { login: 'ma.merchant', password: 'Given-By-Boss-1' });
  await merchant.call('POST', '/password', { current: 'Given-By-Boss-1', next: 'Correct-Horse-9' });
  const [reads, owns, all] = [await listen(context, auditor), await listen(context, merchant), await listen(context, administrator)];
  await Promise.all([reads.first(), owns.first(), all.first()]);
  await administrator.call('POST', '/users', { login: 'wu.cashier', displayName: '吴收费', roles: ['cashier'], password: 'Given-By-Boss-1' });
  await merchant.call('POST', '/merchant/exports', { format: 'csv', from: '2026-11-19', to: '2026-11-20' });
  await administrator.call('POST', '/displays', { title: '收费处大屏' });
  await hears(all, 'displays');
  await hears(reads, 'audit');
  await hears(owns, 'exports');
  assert.ok(!reads.topics().includes('displays'));
  assert.deepEqual([...new Set(owns.topics())], ['exports']);
  assert.ok(!all.topics().includes('exports'));
});

test('a browser that comes back is told what it missed, and to read everything again when that is not known', async (context) => {
  const away = await listen(context, administrator);
  const { id = '' } = await away.first();
  away.close();
  await house.payAndConfirm('Q-LIVE-2');
  await eventually('an event nobody heard', () => Promise.resolve(house.liveEvents.mark() === id ? undefined : true));
  const resumed = await listen(context, administrator, { 'last-event-id': id });
  assert.equal((await resumed.first()).event, 'ready');
  await hears(resumed, 'orders');
  const lost = await listen(context, administrator, { 'last-event-id': 'AAAAAAAAAAAA-3' });
  assert.equal((await lost.first()).event, 'reset');
});

test('at most three streams are of one session; another session has its own', async (context) => {
  const open = [await listen(context, auditor), await listen(context, auditor), await listen(context, auditor)];
  assert.ok(open.every(({ response }) => response.status === 200));
  const refusal = await auditor.get('/events');
  assert.deepEqual([refusal.status, codeOf(refusal)], [429, 'TOO_MANY_REQUESTS']);
  assert.equal((await listen(context, administrator)).response.status, 200);
  open[0]?.close();
  await eventually('a place for another', async () => ((await listen(context, auditor)).response.status === 200 ? true : undefined));
});

async function signedIn(login: string, password: string): Promise<ConsoleClient> {
  const client = new ConsoleClient(house.origin);
  assert.equal((await client.call('POST', '/session', { login, password })).status, 200);
  return client;
}

test('who signs out, and who is disabled, hears the end at once, and nothing after it', async (context) => {
  const [leaves, isDisabled] = [await signedIn('chen.audit', 'Correct-Horse-8'), await signedIn('ma.merchant', 'Correct-Horse-9')];
  const streams = [await listen(context, leaves), await listen(context, isDisabled)];
  await Promise.all(streams.map(({ first }) => first()));
  await leaves.call('DELETE', '/session');
  await administrator.call('PATCH', '/users/ma.merchant', { status: 'disabled' });
  for (const stream of streams) {
    await eventually('the end', () => Promise.resolve(stream.text.isOver ? true : undefined));
    assert.equal(stream.heard().at(-1)?.event, 'ended');
  }
});

test('a stream keeps nobody signed in: whoever sat still is out when his time is over', async (context) => {
  const idle = await signedIn('chen.audit', 'Correct-Horse-8');
  for (let minute = 0; minute < 14; minute += 1) {
    house.later(60);
    const stream = await listen(context, idle);
    assert.equal(stream.response.status, 200);
    stream.close();
  }
  house.later(61);
  assert.equal((await listen(context, idle)).response.status, 401);
});

test('a console that stops does not wait for those who listen', async (context) => {
  const another = await buildConsoleHouse();
  const client = await firstAdministrator(another);
  const abort = new AbortController();
  context.after(() => { abort.abort(); });
  const response = await fetch(`${another.origin}/console-api/v1/events`, { headers: { cookie: client.cookie ?? '' }, signal: abort.signal });
  assert.equal(response.status, 200);
  const began = performance.now();
  await another.stop();
  assert.ok(performance.now() - began < 5_000);
});
