/** 监控大屏: a screen without a session sees the board and nothing else; every tile says of when it is. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { auditorBeside, codeOf, ConsoleClient, firstAdministrator, isRecord, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

let house: ConsoleHouse;
let administrator: ConsoleClient;

before(async () => {
  house = await buildConsoleHouse({ startAt: '2026-11-20T02:00:00.000Z' });
  administrator = await firstAdministrator(house);
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

async function hang(title: string, address?: string) {
  const { status, body } = await administrator.call('POST', '/displays', { title, ...(address === undefined ? {} : { address }) });
  assert.equal(status, 200, JSON.stringify(body));
  const [display, token] = [body['display'], body['token']];
  assert.ok(isRecord(display) && typeof token === 'string');
  return { id: String(display['id']), token };
}
const look = (token: string, path = '/wallboard') => new ConsoleClient(house.origin).call('GET', path, undefined, { 'x-display-token': token });
const tile = async (token: string, name: string): Promise<unknown> => {
  const { body } = await look(token);
  const found = body[name];
  return isRecord(found) ? found['value'] : found;
};

test('a screen sees the board with its token, and nothing else; nobody sees it without', async () => {
  const { token } = await hang('收费处大屏');
  assert.equal((await look(token)).status, 200);
  for (const path of ['/overview', '/orders', '/displays', '/session', '/users']) assert.equal(codeOf(await look(token, path)), 'NOT_SIGNED_IN', path);
  assert.equal(codeOf(await new ConsoleClient(house.origin).get('/wallboard')), 'NOT_SIGNED_IN');
  assert.equal(codeOf(await administrator.get('/wallboard')), 'NOT_SIGNED_IN', 'a session is no token of a screen');
  assert.equal(codeOf(await look(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)), 'NOT_SIGNED_IN');
});

test('the token is told once and kept as its hash: neither list nor audit nor database has it; when the screen was last there, the list says', async () => {
  const { id, token } = await hang('信息科大屏');
  await look(token);
  const list = await administrator.get('/displays');
  const display = listOf(list, 'displays').find((one) => String(one['id']) === id);
  assert.deepEqual([display?.['title'], display?.['lastSeenAt'], display?.['createdBy']], ['信息科大屏', house.now().toISOString(), 'li.admin']);
  const audited = await administrator.get('/audit');
  assert.ok(JSON.stringify(audited.body).includes('display.add'));
  assert.ok(!`${JSON.stringify(list.body)}${JSON.stringify(audited.body)}`.includes(token));
});

test('a token that is withdrawn, and one that is used from another address than its own, show nothing', async () => {
  const { id, token } = await hang('门诊大厅');
  assert.equal((await administrator.call('DELETE', `/displays/${id}`)).status, 200);
  assert.equal(codeOf(await look(token)), 'NOT_SIGNED_IN');
  assert.equal(codeOf(await administrator.call('DELETE', `/displays/${id}`)), 'NO_SUCH_ITEM');
  const [far, near] = [await hang('外院', '10.20.30.40'), await hang('本机', '127.0.0.1')];
  assert.deepEqual([codeOf(await look(far.token)), (await look(near.token)).status], ['NOT_PERMITTED', 200]);
  assert.equal(codeOf(await administrator.call('POST', '/displays', { title: '错', address: 'x' })), 'MALFORMED_REQUEST');
});

test('only who runs the machine hangs up screens', async () => {
  const auditor = await auditorBeside(house, administrator);
  assert.deepEqual([codeOf(await auditor.get('/displays')), codeOf(await auditor.call('POST', '/displays', { title: '审计大屏' }))], ['NOT_PERMITTED', 'NOT_PERMITTED']);
});

test('money, channels and what is open are told of this moment, and no patient is on the board', async () => {
  const { token } = await hang('财务大屏');
  await administrator.call('POST', '/terminals', { id: 'kiosk-1', kind: 'kiosk', title: '一号自助机' });
  house.alarms.say('channelUnanswered', { scripted: 12.34 });
  house.alarms.say('channelOut', { scripted: 1 });
  house.alarms.say('hisInactive', 0);
  house.alarms.say('hisSlow', 812.6);
  house.alarms.say('hisUnanswered', 2.5);
  house.alarms.say('diskFree', 20_480);
  house.alarms.say('casesUrgent', 1);
  await house.alarms.watch.sampleNow();
  await house.payAndConfirm('Q1');
  house.channel.chargeAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  await house.pay('Q2');
  house.later(90);
  const { body } = await look(token);
  assert.ok(!/赵|P1\b|patient/i.test(JSON.stringify(body)));
  assert.deepEqual(await tile(token, 'channels'), [{ channel: 'scripted', paidFen: 10_000, paidCount: 1, ended: 1, succeeded: 1, unansweredPercent: 12.3, isOut: true }]);
  const [money, open] = [await tile(token, 'money'), await tile(token, 'open')];
  assert.ok(isRecord(money) && isRecord(open));
  assert.deepEqual([money['day'], money['paidFen'], money['paidCount'], open['unknownPayments'], open['oldestUnknownSeconds']], ['2026-11-20', 10_000, 1, 1, 90]);
  assert.deepEqual(await tile(token, 'his'), { isActive: true, meanMs: 813, unansweredPercent: 2.5, waiting: 0 });
  assert.deepEqual(await tile(token, 'terminals'), { kinds: [], faulty: 0 }, 'one that was never claimed is not missed');
  assert.deepEqual(await tile(token, 'machine'), { version: '0.1.0', diskFreeMegabytes: 20_480 });
});
