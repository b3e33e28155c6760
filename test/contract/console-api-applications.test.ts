/** 应用与密钥 over the console: what lets somebody ask for payments over the network takes two persons; a key is told once and kept sealed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { auditorBeside, codeOf, ConsoleClient, firstAdministrator, isRecord, listOf, type Reply } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

let house: ConsoleHouse;
let administrator: ConsoleClient;
let finance: ConsoleClient;
const PASSWORD = 'Correct-Horse-7';
const WISH = { title: '医院公众号', permissions: ['read', 'pay'], notifyUrl: 'https://app.hospital.example/notify', reason: '上线公众号缴费' };

before(async () => {
  house = await buildConsoleHouse();
  administrator = await firstAdministrator(house);
  await administrator.call('POST', '/users', { login: 'wu.finance', displayName: '吴财务', roles: ['finance'], password: 'Given-By-Boss-1' });
  finance = new ConsoleClient(house.origin);
  await finance.call('POST', '/session', { login: 'wu.finance', password: 'Given-By-Boss-1' });
  await finance.call('POST', '/password', { current: 'Given-By-Boss-1', next: PASSWORD });
  house.later(73 * 3_600);
  for (const [client, login] of [[administrator, 'li.admin'], [finance, 'wu.finance']] as const) assert.equal((await client.call('POST', '/session', { login, password: PASSWORD })).status, 200);
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

const changeOf = ({ body }: Reply) => (isRecord(body['change']) ? body['change'] : assert.fail('no change'));
const secretOf = ({ body }: Reply) => (typeof body['secret'] === 'string' ? body['secret'] : assert.fail('no secret'));
const approve = async (asked: Reply) => {
  const { changeNo, hash } = changeOf(asked);
  return finance.call('POST', `/changes/${String(changeNo)}/decisions`, { hash, decision: 'approve', reason: '已核对' });
};

test('a new application is proposed with its key told once, does not exist before another approves, and then signs with that key', async () => {
  const asked = await administrator.call('POST', '/applications', { id: 'wechat-account', ...WISH });
  assert.equal(asked.status, 202);
  assert.match(secretOf(asked), /^[\w-]{43}$/);
  assert.equal(await house.platform.applications.find('wechat-account'), undefined);
  const shown = JSON.stringify(changeOf(asked));
  assert.ok(shown.includes('read') && shown.includes('pay') && !shown.includes(secretOf(asked)), 'whoever approves sees what it may and only a fingerprint of its key');
  assert.equal(codeOf(await administrator.call('POST', `/changes/${String(changeOf(asked)['changeNo'])}/decisions`, { hash: changeOf(asked)['hash'], decision: 'approve', reason: '自批' })), 'SECOND_PERSON_NEEDED');
  assert.equal((await approve(asked)).status, 200);
  assert.equal(await house.platform.applications.secretOf('wechat-account'), secretOf(asked));
  const everything = `${JSON.stringify((await administrator.get('/applications')).body)}${JSON.stringify((await administrator.get('/audit')).body)}${JSON.stringify((await administrator.get('/changes')).body)}`;
  assert.ok(!everything.includes(secretOf(asked)));
  assert.equal(codeOf(await administrator.call('POST', '/applications', { id: 'wechat-account', ...WISH })), 'CONFLICT');
});

test('more permissions wait for another person; until then it may what it might', async () => {
  const asked = await administrator.call('PATCH', '/applications/wechat-account', { ...WISH, permissions: ['read', 'pay', 'refund'], reason: '需要线上退费' });
  assert.equal(asked.status, 202);
  assert.deepEqual((await house.platform.applications.find('wechat-account'))?.permissions, ['read', 'pay']);
  await approve(asked);
  assert.deepEqual((await house.platform.applications.find('wechat-account'))?.permissions, ['read', 'pay', 'refund']);
  assert.equal(codeOf(await administrator.call('PATCH', '/applications/wechat-account', { ...WISH, permissions: ['refund', 'pay', 'read'] })), 'CONFLICT', 'nothing would change');
  assert.equal(codeOf(await administrator.call('PATCH', '/applications/none', WISH)), 'NO_SUCH_ITEM');
});

test('a new key takes the place of the old one at the approval, and not before; an address that is left out is taken away', async () => {
  const old = await house.platform.applications.secretOf('wechat-account');
  const asked = await administrator.call('POST', '/applications/wechat-account/key', { reason: '人员离职换密钥' });
  assert.equal(await house.platform.applications.secretOf('wechat-account'), old);
  await approve(asked);
  assert.equal(await house.platform.applications.secretOf('wechat-account'), secretOf(asked));
  await approve(await administrator.call('PATCH', '/applications/wechat-account', { title: WISH.title, permissions: ['read'], reason: '收回权限' }));
  assert.equal((await house.platform.applications.find('wechat-account'))?.notifyUrl, undefined);
});

test('one that reads for a merchant is bound to his number when it is registered, for ever, and to a number of this hospital', async () => {
  const wish = { title: '便民药房系统', permissions: ['merchant', 'statement'], reason: '药房对账' };
  assert.equal(codeOf(await administrator.call('POST', '/applications', { id: 'pharmacy', ...wish })), 'CONFLICT', 'no number');
  assert.equal(codeOf(await administrator.call('POST', '/applications', { id: 'pharmacy', ...wish, merchantNo: '9999999999' })), 'CONFLICT', 'not the hospital’s');
  assert.equal(codeOf(await administrator.call('POST', '/applications', { id: 'pharmacy', ...wish, permissions: ['read'], merchantNo: '1900000001' })), 'CONFLICT', 'a number without the permission');
  await approve(await administrator.call('POST', '/applications', { id: 'pharmacy', ...wish, merchantNo: '1900000001' }));
  assert.equal((await house.platform.applications.find('pharmacy'))?.merchantNo, '1900000001');
  assert.equal(codeOf(await administrator.call('PATCH', '/applications/pharmacy', { ...wish, permissions: ['read'] })), 'CONFLICT');
  assert.equal(codeOf(await administrator.call('PATCH', '/applications/wechat-account', { ...WISH, permissions: ['read', 'merchant'] })), 'CONFLICT');
});

test('it is taken out of use at once, and comes back only by the approval of another', async () => {
  assert.equal((await administrator.call('POST', '/applications/wechat-account/disable', { reason: '密钥疑似泄露' })).status, 200);
  assert.equal(await house.platform.applications.secretOf('wechat-account'), undefined);
  const asked = await administrator.call('PATCH', '/applications/wechat-account', { title: WISH.title, permissions: ['read'], reason: '恢复' });
  assert.equal(asked.status, 202);
  await approve(asked);
  assert.equal((await house.platform.applications.find('wechat-account'))?.status, 'active');
  assert.equal(codeOf(await administrator.call('POST', '/applications/none/disable', { reason: '没有' })), 'NO_SUCH_ITEM');
});

test('who does not run the machine looks at them and asks for nothing', async () => {
  const auditor = await auditorBeside(house, administrator);
  assert.deepEqual(listOf(await auditor.get('/applications'), 'applications').map(({ id }) => id), ['pharmacy', 'wechat-account']);
  for (const client of [auditor, finance]) {
    assert.equal(codeOf(await client.call('POST', '/applications', { id: 'other', ...WISH })), 'NOT_PERMITTED');
    assert.equal(codeOf(await client.call('POST', '/applications/wechat-account/disable', { reason: '停用' })), 'NOT_PERMITTED');
  }
});
