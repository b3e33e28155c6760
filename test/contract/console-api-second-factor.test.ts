import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { operatorKeyOf } from '@hospay/server/edges/database/platform/password.js';
import { oneTimeCodes } from '@hospay/server/edges/sign-in/one-time-codes.js';
import { codeAt, enrol } from './authenticator.js';
import { auditorBeside, codeOf, ConsoleClient, firstAdministrator, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

const PASSWORD = 'Correct-Horse-7';
let house: ConsoleHouse;
let administrator: ConsoleClient;
const now = () => house.now();

beforeEach(async () => {
  house = await buildConsoleHouse({ secondFactorFor: ['administrator', 'finance'] });
  administrator = await firstAdministrator(house);
});
afterEach(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, []);
});

async function knock(login: string, password = PASSWORD): Promise<ConsoleClient> {
  const client = new ConsoleClient(house.origin);
  const reply = await client.call('POST', '/session', { login, password });
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  return client;
}
const stepOf = async (client: ConsoleClient): Promise<unknown> => (await client.get('/session')).body['entryStep'];
const acts = async (): Promise<readonly string[]> => (await house.platform.auditEvents.read({ afterSeq: 0, limit: 500 })).map(({ what }) => what);

test('the codes are those of RFC 6238, one step early or late, and no other', () => {
  const codes = oneTimeCodes();
  // Appendix B, SHA-1, key "12345678901234567890": the last six of eight digits.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  for (const [seconds, code] of [[59, '287082'], [1_111_111_109, '081804'], [1_111_111_111, '050471'], [1_234_567_890, '005924'], [2_000_000_000, '279037'], [20_000_000_000, '353130']] as const) {
    assert.equal(codes.stepOf(secret, code, new Date(seconds * 1000)), Math.floor(seconds / 30));
    assert.equal(codes.stepOf(secret, code, new Date((seconds + 30) * 1000)), Math.floor(seconds / 30), 'a slow phone');
    assert.equal(codes.stepOf(secret, code, new Date((seconds + 90) * 1000)), undefined);
  }
  assert.match(codes.newSecret(), /^[A-Z2-7]{32}$/);
  assert.notEqual(codes.newSecret(), codes.newSecret());
});

test('whoever needs a second factor may nothing until it is set up, then gets in with password and code', async () => {
  assert.equal(await stepOf(administrator), 'enrolSecondFactor');
  assert.equal(codeOf(await administrator.get('/orders')), 'ENTRY_STEP_FIRST');
  const { secret, recoveryCodes } = await enrol(administrator, now);
  assert.equal(recoveryCodes.length, 10);
  assert.equal((await administrator.get('/orders')).status, 200);

  const again = await knock('li.admin');
  assert.equal(await stepOf(again), 'secondFactor');
  for (const [method, path, body] of [['GET', '/orders'], ['GET', '/errors'], ['GET', '/sessions'], ['POST', '/password', { current: PASSWORD, next: 'Correct-Horse-8' }], ['POST', '/second-factor', {}], ['POST', '/second-factor/confirmation', { code: '123456' }], ['POST', '/second-factor/recovery-codes', { code: codeAt(secret, now()) }]] as const) {
    assert.equal(codeOf(await again.call(method, path, body)), 'ENTRY_STEP_FIRST', `${method} ${path}`);
  }
  house.later(60);
  const before = again.cookie;
  assert.equal((await again.call('POST', '/session/second-factor', { code: codeAt(secret, now()) })).status, 200);
  assert.notEqual(again.cookie, before, 'the token that was seen before the factor is not the one after it');
  assert.equal((await again.get('/orders')).status, 200);
  const stolen = new ConsoleClient(house.origin);
  stolen.cookie = before;
  assert.equal((await stolen.get('/session')).status, 401);
});

test('a code serves once, whoever saw it; a wrong one counts as a wrong password, and the lock is the same', async () => {
  const { secret } = await enrol(administrator, now);
  house.later(60);
  const code = codeAt(secret, now());
  const [first, second] = [await knock('li.admin'), await knock('li.admin')];
  const both = await Promise.all([first.call('POST', '/session/second-factor', { code }), second.call('POST', '/session/second-factor', { code })]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 401]);
  const guesser = await knock('li.admin');
  const told = [];
  // The password in between does not make the count begin anew.
  for (let guess = 0; guess < 4; guess += 1) {
    await knock('li.admin');
    told.push(codeOf(await guesser.call('POST', '/session/second-factor', { code: String(100_000 + guess) })));
  }
  assert.deepEqual(told, ['SECOND_FACTOR_WRONG', 'SECOND_FACTOR_WRONG', 'SECOND_FACTOR_WRONG', 'LOGIN_LOCKED']);
  house.later(60);
  assert.equal(codeOf(await guesser.call('POST', '/session/second-factor', { code: codeAt(secret, now()) })), 'LOGIN_LOCKED', 'the right one, too');
});

test('guesses at the code of a secret that is being set up count and lock, too: the password alone does not get in by trying', async () => {
  const { secret } = (await administrator.call('POST', '/second-factor', {})).body;
  const guesser = await knock('li.admin');
  const told = [];
  for (let guess = 0; guess < 5; guess += 1) told.push(codeOf(await guesser.call('POST', '/second-factor/confirmation', { code: String(100_000 + guess) })));
  assert.deepEqual(told, [...Array.from({ length: 4 }, () => 'SECOND_FACTOR_WRONG'), 'LOGIN_LOCKED']);
  assert.equal(codeOf(await guesser.call('POST', '/second-factor/confirmation', { code: codeAt(String(secret), now()) })), 'LOGIN_LOCKED');
});

test('a session without its second factor is over after ten minutes', async () => {
  const { secret } = await enrol(administrator, now);
  const slow = await knock('li.admin');
  house.later(9 * 60);
  assert.equal((await slow.get('/session')).status, 200);
  house.later(61);
  assert.equal((await slow.call('POST', '/session/second-factor', { code: codeAt(secret, now()) })).status, 401);
});

test('a recovery code stands for one code, once; new ones void the old', async () => {
  const { secret, recoveryCodes } = await enrol(administrator, now);
  const [first = '', second = ''] = recoveryCodes;
  assert.match(first, /^[0-9A-Z]{5}-[0-9A-Z]{5}$/);
  assert.equal((await (await knock('li.admin')).call('POST', '/session/second-factor', { code: first.toLowerCase().replace('-', ' ') })).status, 200);
  assert.equal(codeOf(await (await knock('li.admin')).call('POST', '/session/second-factor', { code: first })), 'SECOND_FACTOR_WRONG');
  assert.equal((await administrator.get('/second-factor')).body['recoveryCodesLeft'], 9);
  house.later(60);
  assert.equal((await administrator.call('POST', '/second-factor/recovery-codes', { code: codeAt(secret, now()) })).status, 200);
  assert.equal(codeOf(await (await knock('li.admin')).call('POST', '/session/second-factor', { code: second })), 'SECOND_FACTOR_WRONG');
});

test('a password somebody reset opens nothing that two factors closed', async () => {
  await administrator.call('POST', '/users', { login: 'zhou', displayName: '周会计', roles: ['finance'], password: 'Given-By-Boss-1' });
  await enrol(administrator, now);
  await administrator.call('POST', '/users', { login: 'zhou', displayName: '周会计', roles: ['finance'], password: 'Given-By-Boss-1' });
  const zhou = await knock('zhou', 'Given-By-Boss-1');
  assert.equal(await stepOf(zhou), 'changePassword');
  assert.equal(codeOf(await zhou.call('POST', '/second-factor', {})), 'ENTRY_STEP_FIRST', 'a password of one’s own first');
  assert.equal((await zhou.call('POST', '/password', { current: 'Given-By-Boss-1', next: PASSWORD })).status, 200);
  const { secret } = await enrol(zhou, now);
  await administrator.call('POST', '/users/zhou/password', { password: 'Given-By-Boss-2' });
  const intruder = await knock('zhou', 'Given-By-Boss-2');
  assert.equal(await stepOf(intruder), 'secondFactor');
  assert.equal(codeOf(await intruder.call('POST', '/password', { current: 'Given-By-Boss-2', next: 'Correct-Horse-9' })), 'ENTRY_STEP_FIRST');
  house.later(60);
  assert.equal((await intruder.call('POST', '/session/second-factor', { code: codeAt(secret, now()) })).body['entryStep'], 'changePassword', 'its owner goes on with the change');
  assert.equal((await intruder.call('POST', '/password', { current: 'Given-By-Boss-2', next: 'Correct-Horse-9' })).status, 200);
  assert.equal((await intruder.get('/orders')).status, 200, 'and is not asked for the code again');
});

test('a lost second factor is taken away by another, ends every session, and is set up anew only with the code that was given', async () => {
  await enrol(administrator, now);
  const auditor = await auditorBeside(house, administrator);
  await enrol(auditor, now);
  assert.equal(codeOf(await administrator.call('POST', '/users/li.admin/second-factor-reset')), 'CONFLICT', 'nobody does it for himself');
  assert.equal(codeOf(await auditor.call('POST', '/users/li.admin/second-factor-reset')), 'NOT_PERMITTED');
  const { enrolmentCode } = (await administrator.call('POST', '/users/chen.audit/second-factor-reset')).body;
  assert.equal((await auditor.get('/session')).status, 401);
  const lost = await knock('chen.audit', 'Correct-Horse-8');
  assert.equal((await lost.get('/second-factor')).body['needsEnrolmentCode'], true);
  for (const wrong of [{}, { enrolmentCode: '0000-0000-0000' }]) assert.equal(codeOf(await lost.call('POST', '/second-factor', wrong)), 'ENROLMENT_CODE_INVALID');
  house.later(72 * 3600 + 1);
  const late = await knock('chen.audit', 'Correct-Horse-8');
  assert.equal(codeOf(await late.call('POST', '/second-factor', { enrolmentCode })), 'ENROLMENT_CODE_INVALID', 'too old');
  const again = await knock('li.admin');
  assert.equal(await stepOf(again), 'secondFactor');
  assert.ok((await acts()).includes('user.secondFactor.reset'));
});

test('the given code sets a new one up, and the audit log has neither secrets nor codes', async () => {
  await enrol(administrator, now);
  const auditor = await auditorBeside(house, administrator);
  const { secret, recoveryCodes } = await enrol(auditor, now);
  const enrolmentCode = String((await administrator.call('POST', '/users/chen.audit/second-factor-reset')).body['enrolmentCode']);
  const lost = await knock('chen.audit', 'Correct-Horse-8');
  await enrol(lost, now, enrolmentCode.toLowerCase());
  assert.equal((await lost.get('/orders')).status, 200);
  assert.equal(codeOf(await lost.call('POST', '/second-factor', { enrolmentCode })), 'CONFLICT', 'one is enough');
  const written = JSON.stringify(await house.platform.auditEvents.read({ afterSeq: 0, limit: 500 }));
  for (const hidden of [secret, ...recoveryCodes, enrolmentCode, enrolmentCode.replaceAll('-', '')]) assert.equal(written.includes(hidden), false, hidden);
});

test('confirming ends every other session, and a code of another secret confirms nothing', async () => {
  await enrol(administrator, now);
  const auditor = await auditorBeside(house, administrator);
  const other = await knock('chen.audit', 'Correct-Horse-8');
  await auditor.call('POST', '/second-factor', {});
  assert.equal(codeOf(await auditor.call('POST', '/second-factor/confirmation', { code: codeAt('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', now()) })), 'SECOND_FACTOR_WRONG');
  await enrol(auditor, now);
  assert.equal((await other.get('/session')).status, 401);
});

test('sessions are listed and ended: one’s own by anybody, others’ by who assigns roles', async () => {
  await enrol(administrator, now);
  const auditor = await auditorBeside(house, administrator);
  const second = await knock('chen.audit', 'Correct-Horse-8');
  const mine = listOf(await auditor.get('/sessions'), 'sessions');
  assert.deepEqual(mine.map(({ login }) => login), ['chen.audit', 'chen.audit']);
  assert.deepEqual(mine.map(({ isThis }) => isThis).sort(), [false, true]);
  const adminsSession = listOf(await auditor.get('/sessions?everybody=true'), 'sessions').find(({ login }) => login === 'li.admin');
  assert.equal(adminsSession?.['isProven'], true);
  assert.equal(codeOf(await auditor.call('DELETE', `/sessions/${String(adminsSession['id'])}`)), 'NO_SUCH_ITEM', 'not his');
  const other = mine.find(({ isThis }) => isThis === false);
  assert.equal((await auditor.call('DELETE', `/sessions/${String(other?.['id'])}`)).status, 200);
  assert.equal((await second.get('/session')).status, 401);
  const left = listOf(await administrator.get('/sessions?everybody=true'), 'sessions').find(({ login }) => login === 'chen.audit');
  assert.equal((await administrator.call('DELETE', `/sessions/${String(left?.['id'])}`)).status, 200);
  assert.equal((await auditor.get('/session')).status, 401);
});

test('the sixth browser of one person ends the one used longest ago', async () => {
  await enrol(administrator, now);
  const auditor = await auditorBeside(house, administrator);
  const others: ConsoleClient[] = [];
  for (let count = 0; count < 5; count += 1) {
    house.later(30);
    others.push(await knock('chen.audit', 'Correct-Horse-8'));
  }
  assert.equal((await auditor.get('/session')).status, 401);
  for (const client of others) assert.equal((await client.get('/session')).status, 200);
});

test('one password tried at many accounts from one address is slowed down, and goes again a quarter of an hour later', async () => {
  const client = new ConsoleClient(house.origin);
  const told = [];
  for (let guess = 0; guess < 31; guess += 1) told.push(codeOf(await client.call('POST', '/session', { login: `guess-${String(guess)}`, password: 'Spring-2026-Spring' })));
  assert.deepEqual([told.slice(0, 30).every((code) => code === 'LOGIN_FAILED'), told[30]], [true, 'TOO_MANY_REQUESTS']);
  house.later(15 * 60 + 1);
  assert.equal(codeOf(await client.call('POST', '/session', { login: 'nobody', password: 'x' })), 'LOGIN_FAILED');
});

test('one person who fails again and again keeps nobody else out who comes from the same address', async () => {
  const client = new ConsoleClient(house.origin);
  for (let failure = 0; failure < 40; failure += 1) await client.call('POST', '/session', { login: 'somebody', password: `wrong-${String(failure)}` });
  assert.equal((await client.call('POST', '/session', { login: 'li.admin', password: PASSWORD })).status, 200);
});

test('a password of before (scrypt) is kept under Argon2id after the next sign-in, and terminals prove it as before', async () => {
  const old = await operatorKeyOf(PASSWORD);
  await house.platform.users.add({ id: 'old', login: 'old.hand', displayName: '老员工', passwordHash: old, roles: ['cashier'], mustChangePassword: false }, now());
  await knock('old.hand');
  const user = await house.platform.users.findByLogin('old.hand');
  assert.match(user?.passwordHash ?? '', /^argon2id\$/);
  assert.equal(user?.operatorKey, old);
  await knock('old.hand');
});
