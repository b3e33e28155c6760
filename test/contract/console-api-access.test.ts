import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { codeOf, detailOf, ConsoleClient, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

const PASSWORD = 'Correct-Horse-7';
let house: ConsoleHouse;
let administrator: ConsoleClient;

beforeEach(async () => {
  house = await buildConsoleHouse();
  administrator = await firstAdministrator();
});
afterEach(async () => {
  assert.deepEqual(house.undeclared, []);
  await house.stop();
});

async function firstAdministrator(): Promise<ConsoleClient> {
  const client = new ConsoleClient(house.origin);
  const code = await house.firstLogin.open();
  const reply = await client.call('POST', '/first-login', { code, login: 'li.admin', displayName: '李工', password: PASSWORD });
  assert.equal(reply.status, 200);
  return client;
}

async function signedIn(login: string, password = PASSWORD): Promise<ConsoleClient> {
  const client = new ConsoleClient(house.origin);
  const reply = await client.call('POST', '/session', { login, password });
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  return client;
}

/** A user of the role who has chosen a password of their own. */
async function userWith(role: 'finance' | 'auditor'): Promise<ConsoleClient> {
  const added = await administrator.call('POST', '/users', { login: `user.${role}`, displayName: role, roles: [role], password: 'Given-By-Boss-1' });
  assert.equal(added.status, 200, JSON.stringify(added.body));
  const client = await signedIn(`user.${role}`, 'Given-By-Boss-1');
  assert.equal((await client.call('POST', '/password', { current: 'Given-By-Boss-1', next: PASSWORD })).status, 200);
  return client;
}

test('the first-login code makes one administrator and is then worth nothing', async () => {
  const me = await administrator.get('/session');
  assert.deepEqual([me.body['login'], me.body['roles']], ['li.admin', ['administrator']]);
  assert.equal((await new ConsoleClient(house.origin).get('/state')).body['firstLogin'], false);
  assert.equal(await house.firstLogin.open(), undefined, 'with a user there is no other code');
});

test('a first-login code is single use, expires after 24 hours and is not guessed', async () => {
  const fresh = await buildConsoleHouse();
  try {
    const client = new ConsoleClient(fresh.origin);
    const join = (code: string, login: string, password = PASSWORD) => client.call('POST', '/first-login', { code, login, displayName: '王工', password });
    assert.equal(codeOf(await join('0000-0000-0000-0000', 'wang')), 'FIRST_LOGIN_CODE_INVALID', 'no code was made yet');
    const old = (await fresh.firstLogin.open()) ?? '';
    assert.match(old, /^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/);
    fresh.later(24 * 3600 + 1);
    assert.equal(codeOf(await join(old, 'wang')), 'FIRST_LOGIN_CODE_INVALID', 'too old');
    const code = (await fresh.firstLogin.open()) ?? '';
    assert.equal(codeOf(await join(`${code.slice(0, -1)}${code.endsWith('0') ? '1' : '0'}`, 'wang')), 'FIRST_LOGIN_CODE_INVALID', 'wrong');
    assert.equal(codeOf(await join(code, 'wang', 'short1A!')), 'PASSWORD_TOO_WEAK');
    assert.equal(codeOf(await join(code, 'wang', 'onlysmallletters')), 'PASSWORD_TOO_WEAK');
    const both = await Promise.all([join(code.toLowerCase(), 'wang'), join(code, 'zhao')]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 401], 'two browsers, one administrator');
    assert.equal(await fresh.platform.users.count(), 1);
  } finally {
    await fresh.stop();
  }
});

test('a wrong password and an unknown login are told the same; five failures lock for 30 minutes, for the right password too', async () => {
  const client = new ConsoleClient(house.origin);
  const attempt = async (login: string, password: string) => codeOf(await client.call('POST', '/session', { login, password }));
  assert.equal(await attempt('nobody', 'x'), 'LOGIN_FAILED');
  const told = [];
  for (let failure = 0; failure < 5; failure += 1) told.push(await attempt('li.admin', `wrong-${String(failure)}`));
  assert.deepEqual(told, ['LOGIN_FAILED', 'LOGIN_FAILED', 'LOGIN_FAILED', 'LOGIN_FAILED', 'LOGIN_LOCKED']);
  assert.equal(await attempt('li.admin', PASSWORD), 'LOGIN_LOCKED');
  house.later(30 * 60 + 1);
  assert.equal(await attempt('li.admin', PASSWORD), undefined);
});

test('a session ends after 15 idle minutes; a page that refreshes itself does not keep it alive', async () => {
  for (let click = 0; click < 3; click += 1) {
    house.later(14 * 60);
    assert.equal((await administrator.get('/overview')).status, 200, 'somebody is working');
  }
  house.later(10 * 60);
  assert.equal((await administrator.call('GET', '/overview', undefined, { 'x-background': '1' })).status, 200);
  house.later(6 * 60);
  const late = await administrator.get('/overview');
  assert.deepEqual([late.status, codeOf(late)], [401, 'NOT_SIGNED_IN']);
});

test('a write without the token of the session is refused, whatever the cookie says', async () => {
  const token = administrator.csrfToken;
  assert.match(administrator.cookie ?? '', /^hospay_session=/);
  for (const wrong of [undefined, 'x'.repeat(64)]) {
    administrator.csrfToken = wrong;
    assert.equal(codeOf(await administrator.call('POST', '/tasks/verify-ledger/runs')), 'NOT_SIGNED_IN');
  }
  assert.deepEqual(await house.platform.tasks.listRuns({ limit: 10 }), []);
  administrator.csrfToken = token;
  assert.equal((await administrator.call('POST', '/tasks/verify-ledger/runs')).status, 200);
});

test('the cookie is HttpOnly, SameSite=Strict and of no use after signing out', async () => {
  const client = new ConsoleClient(house.origin);
  const reply = await client.call('POST', '/session', { login: 'LI.admin', password: PASSWORD });
  assert.match(reply.headers.get('set-cookie') ?? '', /; Path=\/console-api; HttpOnly; SameSite=Strict$/);
  const stolen = client.cookie;
  await client.call('DELETE', '/session');
  client.cookie = stolen;
  assert.equal((await client.get('/session')).status, 401);
});

test('every write asks for its right: an auditor changes nothing, finance sends money back and runs no machine', async () => {
  const finance = await userWith('finance');
  const auditor = await userWith('auditor');
  const order = await house.payAndConfirm('Q1');
  const writes: readonly { readonly method: string; readonly path: string; readonly body?: unknown; readonly finance: boolean }[] = [
    { method: 'POST', path: `/orders/${order.tradeNo}/refunds`, body: { reason: '多收', refundFen: 100 }, finance: true },
    { method: 'POST', path: '/tills/openings', body: { channel: 'cash-main', tillNo: 'operator:0101', amountFen: 20_000 }, finance: true },
    { method: 'POST', path: '/card-terminals/operations', body: { channel: 'pos-main', terminalId: 'window-1', operation: 'settle' }, finance: true },
    { method: 'POST', path: '/shifts', body: { tillNo: 'operator:0101', denominations: [{ faceFen: 10_000, pieces: 2 }], expectedFen: 20_000 }, finance: true },
    { method: 'POST', path: '/cash/deposits', body: { slipNo: 'S1', amountFen: 100 }, finance: true },
    { method: 'POST', path: '/tasks/verify-ledger/runs', finance: false },
    { method: 'PATCH', path: '/tasks/verify-ledger', body: { enabled: false }, finance: false },
    { method: 'POST', path: '/plugins/instances/wechat-main/reload', finance: false },
    { method: 'POST', path: '/plugins/instances/wechat-main/deactivate', finance: false },
    { method: 'POST', path: '/plugins/instances/wechat-main/activate', finance: false },
    { method: 'POST', path: '/terminals', body: { id: 'kiosk-9', kind: 'kiosk', title: '九号机' }, finance: false },
    { method: 'POST', path: '/terminals/kiosk-9/claim', finance: false },
    { method: 'POST', path: '/terminals/kiosk-9/revoke', body: { reason: '报废' }, finance: false },
    { method: 'POST', path: '/dictionaries/department/reload', finance: false },
    { method: 'POST', path: '/users', body: { login: 'mallory', displayName: 'M', roles: ['administrator'], password: PASSWORD }, finance: false },
    { method: 'PATCH', path: '/users/li.admin', body: { status: 'disabled' }, finance: false },
    { method: 'POST', path: '/users/li.admin/password', body: { password: PASSWORD }, finance: false },
  ];
  for (const [index, { method, path, body, finance: mayFinance }] of writes.entries()) {
    const headers = { 'idempotency-key': `matrix-${String(index)}` };
    assert.equal(codeOf(await auditor.call(method, path, body, headers)), 'NOT_PERMITTED', `auditor ${method} ${path}`);
    const answer = await finance.call(method, path, body, headers);
    assert.equal(codeOf(answer), mayFinance ? (path === '/cash/deposits' ? 'CASH_NOT_THERE' : undefined) : 'NOT_PERMITTED', `finance ${method} ${path}`);
  }
  assert.equal((await auditor.get('/audit')).status, 200);
  assert.equal(codeOf(await finance.get('/audit')), 'NOT_PERMITTED');
  assert.equal((await auditor.get('/users')).status, 200, 'who may what is what he watches');
  assert.equal(codeOf(await finance.get('/users')), 'NOT_PERMITTED');
});

test('a password somebody else chose opens nothing but its own change', async () => {
  await administrator.call('POST', '/users', { login: 'zhou', displayName: '周会计', roles: ['finance'], password: 'Given-By-Boss-1' });
  const zhou = await signedIn('zhou', 'Given-By-Boss-1');
  assert.equal(codeOf(await zhou.get('/orders')), 'ENTRY_STEP_FIRST');
  assert.equal(codeOf(await zhou.call('POST', '/password', { current: 'Given-By-Boss-1', next: 'Given-By-Boss-1' })), 'PASSWORD_TOO_WEAK');
  assert.equal((await zhou.call('POST', '/password', { current: 'Given-By-Boss-1', next: PASSWORD })).status, 200);
  assert.equal((await zhou.get('/orders')).status, 200);
});

test('a disabled user is out at once, and the last administrator stays', async () => {
  const finance = await userWith('finance');
  assert.equal((await administrator.call('PATCH', '/users/user.finance', { status: 'disabled' })).status, 200);
  assert.equal((await finance.get('/orders')).status, 401);
  const last = await administrator.call('PATCH', '/users/li.admin', { roles: ['auditor'] });
  assert.equal(codeOf(last), 'CONFLICT');
  assert.deepEqual(detailOf(last), { zh: '这是最后一名具有“管理账号”权限的用户，须保留', en: 'the last one with the right manageUsers stays' });
  assert.deepEqual(detailOf(await administrator.call('PATCH', '/users/li.admin', { roles: 'auditor' })).zh, undefined, 'a field’s path is technical');
});

test('every write leaves an audit row, without passwords, and the chain verifies', async () => {
  const order = await house.payAndConfirm('Q1');
  await administrator.call('POST', '/terminals', { id: 'kiosk-1', kind: 'kiosk', title: '一号机' });
  const claim = await administrator.call('POST', '/terminals/kiosk-1/claim');
  await administrator.call('POST', '/plugins/instances/his-main/reload');
  await administrator.call('PATCH', '/tasks/verify-ledger', { enabled: false });
  await administrator.call('POST', '/dictionaries/fee-category/reload');
  await administrator.call('POST', `/orders/${order.tradeNo}/refunds`, { reason: '多收挂号费', refundFen: 100 }, { 'idempotency-key': 'audit-0001' });
  await administrator.call('POST', '/terminals/kiosk-1/revoke', { reason: '报废' });
  const page = await administrator.get('/audit?limit=200');
  const rows = listOf(page, 'rows');
  assert.deepEqual(rows.map((row) => row['what']).toReversed(), [
    'user.firstLogin', 'terminal.register', 'terminal.offerClaim', 'plugin.reload', 'task.disable', 'dictionary.reload', 'refund.request', 'terminal.revoke',
  ]);
  const text = JSON.stringify(page.body);
  assert.ok(!text.includes(PASSWORD) && !text.includes(String(claim.body['code'])), 'neither password nor claim code');
  assert.deepEqual(rows.find((row) => row['what'] === 'refund.request')?.['reason'], '多收挂号费');
  const verified = await administrator.get('/audit/verification');
  assert.deepEqual([verified.body['ok'], verified.body['rows'], verified.body['findings']], [true, 8, []]);
});

test('the audit log is read page by page, newest first, without a gap', async () => {
  for (let turn = 0; turn < 5; turn += 1) await administrator.call('PATCH', '/tasks/verify-ledger', { enabled: turn % 2 === 0 });
  const seen: unknown[] = [];
  let path = '/audit?limit=2';
  for (let page = 0; page < 5; page += 1) {
    const reply = await administrator.get(path);
    seen.push(...listOf(reply, 'rows').map((row) => row['seq']));
    const { next } = reply.body;
    if (typeof next !== 'number') break;
    path = `/audit?limit=2&before=${String(next)}`;
  }
  assert.deepEqual(seen, [6, 5, 4, 3, 2, 1]);
});

test('pages come with a policy that allows no foreign and no inline script, and unknown paths of the API are no pages', async () => {
  const page = await fetch(`${house.origin}/orders`);
  const policy = page.headers.get('content-security-policy') ?? '';
  assert.match(policy, /script-src 'self';/);
  assert.ok(!policy.includes('unsafe') && !policy.includes('http'), policy);
  const missing = await administrator.get('/no-such-thing');
  assert.deepEqual([missing.status, codeOf(missing)], [404, 'UNSUPPORTED_OPERATION']);
});
