import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { SYSTEM_RANDOM } from '@hospay/server/edges/machine/system-random.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { webhookChannel } from '@hospay/server/edges/alarm-delivery/webhook-channel.js';
import { openAlarmBench } from './alarm-bench.js';
import { startReceiver } from './alarm-listeners.js';

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let bench: Awaited<ReturnType<typeof openAlarmBench>>;
beforeEach(async () => {
  receiver = await startReceiver();
  const hook = (id: string, leastSeverity: 1 | 3) => webhookChannel({ id, leastSeverity, url: receiver.url, template: 'hospay', secret: 'a-secret-of-the-receiver-0001' }, { clock: { now: () => new Date() }, timers: SYSTEM_TIMERS, random: SYSTEM_RANDOM });
  bench = await openAlarmBench({ channels: [hook('all', 3), hook('urgent', 1)] });
});
afterEach(async () => {
  await bench.stop();
  await receiver.stop();
});

/** What a channel was told, in order: one list of rules a message. */
function told(channel: string): string[][] {
  return receiver.posted
    .filter(({ headers }) => headers['x-hospay-event-id']?.toString().startsWith(`${channel}-`) === true)
    .map(({ body }) => (JSON.parse(body.toString('utf8')) as { alarms: { what: string; rule: string }[] }).alarms.map(({ what, rule }) => `${what} ${rule}`));
}

test('what is raised at once is one digest, the most severe first, and each channel hears of its severities', async () => {
  bench.say('terminalsOffline', 5);
  bench.say('brokerLine', 1);
  bench.say('cpuPercent', 99);
  await bench.begin();
  await bench.pass(400);
  await bench.delivery.deliverNow();
  await bench.delivery.deliverNow();
  assert.deepEqual(told('all'), [['raised broker-line-down', 'raised cpu-busy', 'raised terminals-offline']]);
  assert.deepEqual(told('urgent'), [['raised broker-line-down']]);
});

test('a digest is short enough for a phone: twenty alarms and how many more', async () => {
  bench.say('channelOut', Object.fromEntries(Array.from({ length: 26 }, (_unused, index) => [`channel-${String(index)}`, 1])));
  await bench.begin();
  await bench.pass(20);
  await bench.delivery.deliverNow();
  const [post] = receiver.posted.map(({ body }) => JSON.parse(body.toString('utf8')) as { alarms: unknown[]; more: number; title: string });
  assert.deepEqual([post?.alarms.length, post?.more], [20, 6]);
  assert.match(post?.title ?? '', /26 条告警$/);
});

test('who was told that it was raised is told that it cleared, once, also over a restart', async () => {
  bench.say('brokerLine', 1);
  await bench.begin();
  await bench.pass(30);
  await bench.delivery.deliverNow();
  await bench.restart();
  await bench.delivery.deliverNow();
  bench.say('brokerLine', 0);
  await bench.pass(30);
  await bench.delivery.deliverNow();
  await bench.restart();
  await bench.delivery.deliverNow();
  assert.deepEqual(told('all'), [['raised broker-line-down'], ['cleared broker-line-down']]);
});

test('what cleared before anybody could be told is told to nobody', async () => {
  bench.say('brokerLine', 1);
  await bench.begin();
  await bench.pass(30);
  bench.say('brokerLine', 0);
  await bench.pass(30);
  await bench.delivery.deliverNow();
  assert.deepEqual([told('all'), await bench.history()], [[], 1]);
});

test('an alarm that clears while it is being told is followed by its end', async () => {
  bench.say('brokerLine', 1);
  await bench.begin();
  await bench.pass(30);
  // The message is on its way while the alarm clears; its receiver acknowledges afterwards.
  const [row] = await bench.database.alarms.waiting('all');
  bench.say('brokerLine', 0);
  await bench.pass(30);
  await bench.database.alarms.delivered([row?.id ?? 0], bench.clock.now());
  await bench.delivery.deliverNow();
  assert.deepEqual(told('all'), [['cleared broker-line-down']]);
});

test('a receiver that fails is tried again, later and later, under the same event id; one that is back hears everything', async () => {
  bench.say('brokerLine', 1);
  await bench.begin();
  await bench.pass(20);
  receiver.scene.answer = () => ({ status: 503 });
  await bench.delivery.deliverNow();
  await bench.delivery.deliverNow();
  assert.equal(told('all').length, 1, 'not again before its time');
  bench.later(16);
  await bench.delivery.deliverNow();
  assert.equal(told('all').length, 2);
  bench.later(16);
  await bench.delivery.deliverNow();
  assert.equal(told('all').length, 2, 'the wait grows');
  receiver.scene.answer = () => ({ status: 204 });
  bench.later(20);
  await bench.delivery.deliverNow();
  bench.later(3_600);
  await bench.delivery.deliverNow();
  assert.equal(told('all').length, 3);
  const ids = receiver.posted.map(({ headers }) => headers['x-hospay-event-id']).filter((id) => id?.toString().startsWith('all-'));
  assert.equal(new Set(ids).size, 1);
});

test('how long news waits is measured, and after three days it is given up', async () => {
  bench.say('brokerLine', 1);
  await bench.begin();
  await bench.pass(20);
  receiver.scene.answer = () => ({ status: 503 });
  await bench.delivery.deliverNow();
  bench.later(1_000);
  await bench.delivery.deliverNow();
  assert.ok((bench.delivery.waitingSeconds().find(({ channel }) => channel === 'all')?.seconds ?? 0) >= 1_000);
  bench.later(3 * 86_400);
  await bench.delivery.deliverNow();
  const [last] = await bench.database.alarms.listDeliveries({ channel: 'all', limit: 1 });
  assert.deepEqual([last?.state, bench.delivery.waitingSeconds().map(({ seconds }) => seconds)], ['dropped', [0, 0]]);
});

test('while a mute holds nothing is delivered, and alarms are kept; what is still wrong at its end is told then', async () => {
  bench.say('brokerLine', 1);
  bench.say('safeMode', 1);
  await bench.begin();
  const muted = await bench.desk.mute({ rule: 'broker-line-down', until: new Date(bench.clock.now().getTime() + 3_600_000), by: 'li', reason: '更换交换机' });
  assert.equal(muted.kind, 'ok');
  await bench.pass(30);
  await bench.delivery.deliverNow();
  assert.deepEqual(told('all'), [['raised safe-mode']]);
  assert.deepEqual((await bench.desk.problems()).map(({ rule, isMuted }) => [rule, isMuted]), [['safe-mode', false], ['broker-line-down', true]]);
  bench.later(3_600);
  await bench.delivery.deliverNow();
  assert.deepEqual(told('all'), [['raised safe-mode'], ['raised broker-line-down']]);
});

test('a mute of everything can be ended before its time, and times that cannot be are refused', async () => {
  bench.say('brokerLine', 1);
  await bench.begin();
  const until = (seconds: number) => new Date(bench.clock.now().getTime() + seconds * 1000);
  const wrong = async (rule: string, seconds: number) => {
    const answer = await bench.desk.mute({ rule, until: until(seconds), by: 'li', reason: 'r' });
    return answer.kind === 'refused' ? answer.code : 'ok';
  };
  assert.deepEqual([await wrong('', -1), await wrong('', 31 * 86_400), await wrong('no-such-rule', 60)], ['MUTE_TIME_WRONG', 'MUTE_TIME_WRONG', 'NO_SUCH_ITEM']);
  const mute = await bench.desk.mute({ rule: '', until: until(3_600), by: 'li', reason: '停机维护' });
  await bench.pass(30);
  await bench.delivery.deliverNow();
  assert.deepEqual(told('all'), []);
  assert.equal((await bench.desk.endMute({ id: mute.kind === 'ok' ? mute.value.id : 0, by: 'li' })).kind, 'ok');
  await bench.delivery.deliverNow();
  assert.deepEqual(told('all'), [['raised broker-line-down']]);
  assert.deepEqual(bench.acts.map(({ what }) => what), ['alarm.mute', 'alarm.unmute']);
});

test('an alarm is acknowledged once, with a note that is kept, and stays until its value is well', async () => {
  bench.say('brokerLine', 1);
  await bench.begin();
  await bench.pass(30);
  const acknowledge = async (id: number) => {
    const answer = await bench.desk.acknowledge({ id, by: 'li', note: '已联系网络组' });
    return answer.kind === 'refused' ? answer.code : 'ok';
  };
  assert.deepEqual([await acknowledge(1), await acknowledge(1), await acknowledge(99)], ['ok', 'CONFLICT', 'NO_SUCH_ITEM']);
  assert.deepEqual((await bench.desk.problems()).map(({ rule, acknowledgedBy, valueNow }) => [rule, acknowledgedBy, valueNow]), [['broker-line-down', 'li', 1]]);
  const [entry] = await bench.desk.history({ before: undefined, limit: 10 });
  assert.deepEqual(entry?.acts.map(({ what, who, note }) => [what, who, note]), [['raised', 'system', ''], ['acknowledged', 'user/li', '已联系网络组']]);
});

test('a test alarm says what the far side did with it, and is audited', async () => {
  await bench.begin();
  assert.deepEqual(await bench.desk.test({ channel: 'all', by: 'li' }), { kind: 'ok', value: { ok: true } });
  receiver.scene.answer = () => ({ status: 401 });
  assert.deepEqual(await bench.desk.test({ channel: 'all', by: 'li' }), { kind: 'ok', value: { ok: false, problem: 'HTTP 401' } });
  assert.equal((await bench.desk.test({ channel: 'nobody', by: 'li' })).kind, 'refused');
  assert.deepEqual(bench.acts.map(({ what, object }) => [what, object]), [['alarm.test', 'delivery channel all'], ['alarm.test', 'delivery channel all']]);
});
