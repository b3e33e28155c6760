import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { auditorBeside, codeOf, type ConsoleClient, firstAdministrator, isRecord, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

let house: ConsoleHouse;
let administrator: ConsoleClient;
before(async () => {
  house = await buildConsoleHouse();
  administrator = await firstAdministrator(house);
  house.alarms.say('hisUnanswered', 60);
  house.alarms.say('channelOut', { 'wechat-main': 1, cash: 0 });
  house.alarms.say('cpuPercent', 23.4);
  await pass(120);
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 5) {
    house.later(5);
    await house.alarms.watch.sampleNow();
  }
}
const problems = async () => listOf(await administrator.get('/monitoring'), 'problems');

test('what is wrong is told with its value, since when, and each rule with thresholds and repair', async () => {
  assert.deepEqual((await problems()).map(({ rule, subject, severity, value, muted }) => [rule, subject, severity, value, muted]), [['channel-out', 'wechat-main', 1, 1, false], ['his-unanswered', '', 1, 60, false]]);
  const reply = await administrator.get('/monitoring');
  const rule = listOf(reply, 'rules').find(({ id }) => id === 'his-unanswered');
  assert.deepEqual([rule?.['unit'], rule?.['raise'], rule?.['page']], ['percent', 30, '/plugins']);
  assert.match(String(rule?.['repairZh']), /HIS 值班/);
  assert.deepEqual(listOf(reply, 'readings').find(({ measure }) => measure === 'cpuPercent')?.['value'], 23.4);
  const overview = await administrator.get('/overview');
  assert.deepEqual(overview.body['alarms'], { open: 2, urgent: 2 });
});

test('trends come for the hour, the day and the month', async () => {
  for (const range of ['hour', 'day', 'month']) {
    const reply = await administrator.get(`/monitoring/trends?range=${range}`);
    assert.equal(reply.status, 200);
    const cpu = listOf(reply, 'series').find(({ measure }) => measure === 'cpuPercent');
    assert.equal(Array.isArray(cpu?.['points']) && cpu['points'].length > 0, range !== 'month', range);
  }
  assert.equal(codeOf(await administrator.get('/monitoring/trends?range=year')), 'MALFORMED_REQUEST');
});

test('an alarm is acknowledged with a note, once; an auditor reads and changes nothing; all of it is audited', async () => {
  const auditor = await auditorBeside(house, administrator);
  assert.equal((await auditor.get('/monitoring')).status, 200);
  const [first] = await problems();
  const path = `/monitoring/alarms/${String(first?.['id'])}/acknowledge`;
  assert.equal(codeOf(await auditor.call('POST', path, { note: '已联系' })), 'NOT_PERMITTED');
  assert.equal(codeOf(await auditor.call('POST', '/monitoring/mutes', { rule: '', until: new Date(house.now().getTime() + 60_000).toISOString(), reason: '维护' })), 'NOT_PERMITTED');
  assert.equal(codeOf(await auditor.call('POST', '/monitoring/delivery-channels/it-office/tests')), 'NOT_PERMITTED');
  assert.equal(codeOf(await administrator.call('POST', path, { note: ' ' })), 'MALFORMED_REQUEST');
  assert.equal((await administrator.call('POST', path, { note: '已联系渠道' })).status, 200);
  assert.equal(codeOf(await administrator.call('POST', path, { note: '已联系渠道' })), 'CONFLICT');
  assert.equal(codeOf(await administrator.call('POST', '/monitoring/alarms/999/acknowledge', { note: '已联系渠道' })), 'NO_SUCH_ITEM');
  assert.equal((await problems())[0]?.['acknowledgedBy'], 'li.admin');
  assert.ok(listOf(await administrator.get('/audit'), 'rows').some(({ what, reason }) => what === 'alarm.acknowledge' && reason === '已联系渠道'));
});

test('a mute is made and ended, and one that cannot be is refused with its next step', async () => {
  const mute = (rule: string, seconds: number) => administrator.call('POST', '/monitoring/mutes', { rule, until: new Date(house.now().getTime() + seconds * 1000).toISOString(), reason: '更换交换机' });
  assert.equal(codeOf(await mute('his-unanswered', -5)), 'MUTE_TIME_WRONG');
  const made = await mute('his-unanswered', 600);
  const id = isRecord(made.body['mute']) ? made.body['mute']['id'] : undefined;
  assert.deepEqual((await problems()).map(({ rule, muted }) => [rule, muted]), [['channel-out', false], ['his-unanswered', true]]);
  assert.equal((await administrator.call('POST', `/monitoring/mutes/${String(id)}/end`)).status, 200);
  assert.equal(codeOf(await administrator.call('POST', `/monitoring/mutes/${String(id)}/end`)), 'NO_SUCH_ITEM');
  assert.ok((await problems()).every(({ muted }) => muted === false));
});

test('a test alarm tells what the far side did; a channel shows its newest news', async () => {
  const tested = () => administrator.call('POST', '/monitoring/delivery-channels/it-office/tests');
  assert.deepEqual((await tested()).body, { delivered: true });
  house.alarms.receiver.scene.answer = () => ({ status: 503 });
  assert.deepEqual((await tested()).body, { delivered: false, problem: 'HTTP 503' });
  await house.alarms.delivery.deliverNow();
  const [channel] = listOf(await administrator.get('/monitoring'), 'channels');
  assert.ok(isRecord(channel?.['last']));
  assert.deepEqual([channel['last']['state'], channel['last']['problem'], channel['target']], ['waiting', 'HTTP 503', new URL(house.alarms.receiver.url).host]);
  house.alarms.receiver.scene.answer = () => ({ status: 204 });
});

test('whoever keeps a copy of the audit log is shown, with what it has not taken and why', async () => {
  const [centre, copy] = listOf(await administrator.get('/monitoring'), 'auditCollectors');
  assert.deepEqual([centre?.['id'], centre?.['behind'], centre?.['takenSeq'], centre?.['problem']], ['centre', 0, 12, undefined]);
  assert.deepEqual([copy?.['target'], copy?.['behind'], copy?.['waitingSeconds'], copy?.['problem']], ['10.1.2.3:6514 tls', 7, 1_200, 'ECONNREFUSED']);
});

test('the history keeps every act, newest first, a page at a time', async () => {
  house.alarms.say('channelOut', { 'wechat-main': 0, cash: 0 });
  await pass(60);
  const reply = await administrator.get('/monitoring/alarms');
  const past = listOf(reply, 'alarms').find(({ rule }) => rule === 'channel-out');
  assert.ok(Array.isArray(past?.['acts']));
  assert.deepEqual(past['acts'].filter(isRecord).map(({ what, note }) => [what, note]), [['raised', ''], ['acknowledged', '已联系渠道'], ['cleared', 'well']]);
  assert.equal(reply.body['next'], undefined);
  assert.deepEqual(listOf(await administrator.get('/monitoring/alarms?before=1'), 'alarms'), []);
});
