import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fen } from '@hospay/plugin-sdk';
import { consoleApiDocument } from '@hospay/server/edges/http/console-api/console-api.js';
import { codeAt, enrol } from './authenticator.js';
import { codeOf, ConsoleClient, isRecord, listOf, type Reply } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

/** 三员分立: system administrator, security administrator and auditor are three persons, and no two acts of one of them make him another. */
const PASSWORD = 'Correct-Horse-7';
let house: ConsoleHouse;
let [security, system, auditor]: ConsoleClient[] = [];
const secrets = new Map<string, string>();
const must = (client: ConsoleClient | undefined): ConsoleClient => {
  assert.ok(client);
  return client;
};
const now = () => house.now();
const firstLogin = async (origin: string, code: string | undefined, more: object): Promise<{ client: ConsoleClient; reply: Reply }> => {
  const client = new ConsoleClient(origin);
  return { client, reply: await client.call('POST', '/first-login', { code, login: 'an.quan', displayName: '安全', password: PASSWORD, ...more }) };
};
const OTHERS = { others: { system: { login: 'xi.tong', displayName: '系统' }, audit: { login: 'shen.ji', displayName: '审计' } } };

/** Signs in with a first password, chooses one of his own, sets the second factor up. */
async function arrive(login: string, given: string, enrolmentCode: string): Promise<ConsoleClient> {
  const client = new ConsoleClient(house.origin);
  await client.call('POST', '/session', { login, password: given });
  assert.equal((await client.call('POST', '/password', { current: given, next: PASSWORD })).status, 200);
  secrets.set(login, (await enrol(client, now, enrolmentCode)).secret);
  return client;
}

before(async () => {
  house = await buildConsoleHouse();
  const { client, reply } = await firstLogin(house.origin, await house.firstLogin.open(), OTHERS);
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  security = client;
  secrets.set('an.quan', (await enrol(security, now)).secret);
  const colleagues = listOf(reply, 'colleagues');
  assert.deepEqual(colleagues.map(({ login, role }) => [login, role]), [['xi.tong', 'systemAdministrator'], ['shen.ji', 'auditor']]);
  const [forSystem, forAuditor] = colleagues;
  // What was handed to the one does not open the other.
  const mixed = new ConsoleClient(house.origin);
  await mixed.call('POST', '/session', { login: 'xi.tong', password: String(forSystem?.['password']) });
  await mixed.call('POST', '/password', { current: String(forSystem?.['password']), next: 'Correct-Horse-1' });
  assert.equal(codeOf(await mixed.call('POST', '/second-factor', { enrolmentCode: forAuditor?.['enrolmentCode'] })), 'ENROLMENT_CODE_INVALID');
  system = await arrive('xi.tong', 'Correct-Horse-1', String(forSystem?.['enrolmentCode']));
  auditor = await arrive('shen.ji', String(forAuditor?.['password']), String(forAuditor?.['enrolmentCode']));
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, []);
});

test('each of the three sees and does his part, and none the money', async () => {
  const ask = async (path: string) => Promise.all([security, system, auditor].map(async (client) => codeOf(await must(client).get(path)) ?? 'ok'));
  assert.deepEqual(await ask('/orders'), ['NOT_PERMITTED', 'NOT_PERMITTED', 'ok']);
  assert.deepEqual(await ask('/overview'), ['NOT_PERMITTED', 'NOT_PERMITTED', 'ok']);
  assert.deepEqual(await ask('/audit'), ['NOT_PERMITTED', 'NOT_PERMITTED', 'ok']);
  assert.deepEqual(await ask('/tasks'), ['ok', 'ok', 'ok']);
  assert.deepEqual(await ask('/users'), ['ok', 'ok', 'ok']);
  const run = async (client: ConsoleClient | undefined) => codeOf(await must(client).call('POST', '/tasks/verify-ledger/runs')) ?? 'ok';
  assert.deepEqual([await run(security), await run(system), await run(auditor)], ['NOT_PERMITTED', 'ok', 'NOT_PERMITTED']);
  const state = (await new ConsoleClient(house.origin).get('/state')).body;
  assert.equal(state['separatedDuties'], true);
});

test('the one who adds accounts gives no roles, the one who gives roles adds no accounts', async () => {
  assert.equal(codeOf(await must(system).call('POST', '/users', { login: 'wu.finance', displayName: '吴', roles: ['finance'], password: 'Given-By-Boss-1' })), 'NOT_PERMITTED');
  assert.equal(codeOf(await must(security).call('POST', '/users', { login: 'wu.finance', displayName: '吴', roles: ['finance'], password: 'Given-By-Boss-1' })), 'NOT_PERMITTED');
  assert.equal((await must(system).call('POST', '/users', { login: 'wu.finance', displayName: '吴', roles: [], password: 'Given-By-Boss-1' })).status, 200);
  assert.equal(codeOf(await must(system).call('PATCH', '/users/wu.finance', { roles: ['finance'] })), 'NOT_PERMITTED');
  assert.equal((await must(security).call('PATCH', '/users/wu.finance', { roles: ['finance'] })).status, 200);
  assert.equal(codeOf(await must(security).call('PATCH', '/users/wu.finance', { status: 'disabled' })), 'NOT_PERMITTED');
  assert.equal(codeOf(await must(security).call('POST', '/users/wu.finance/password', { password: 'Given-By-Boss-2' })), 'NOT_PERMITTED');
  assert.equal(codeOf(await must(auditor).call('PATCH', '/users/wu.finance', { roles: ['auditor'] })), 'NOT_PERMITTED');
});

test('who gave the password does not set the second factor up, and who gave the code has no password', async () => {
  const impostor = new ConsoleClient(house.origin);
  await must(system).call('POST', '/users/wu.finance/password', { password: 'Given-By-Boss-3' });
  await impostor.call('POST', '/session', { login: 'wu.finance', password: 'Given-By-Boss-3' });
  await impostor.call('POST', '/password', { current: 'Given-By-Boss-3', next: 'Correct-Horse-2' });
  assert.equal(codeOf(await impostor.call('POST', '/second-factor', {})), 'ENROLMENT_CODE_INVALID');
  assert.equal(codeOf(await impostor.get('/orders')), 'ENTRY_STEP_FIRST');
  const { enrolmentCode } = (await must(security).call('POST', '/users/wu.finance/second-factor-reset')).body;
  const wu = await arrive('wu.finance', 'Correct-Horse-2', String(enrolmentCode));
  assert.equal((await wu.get('/orders')).status, 200);
});

test('nobody widens his own rights, roles that stand alone are joined to no other, and the role with all of them is given to nobody', async () => {
  assert.equal(codeOf(await must(security).call('PATCH', '/users/an.quan', { roles: ['securityAdministrator', 'finance'] })), 'CONFLICT');
  assert.equal(codeOf(await must(security).call('PATCH', '/users/an.quan', { roles: ['systemAdministrator'] })), 'CONFLICT');
  for (const roles of [['systemAdministrator', 'finance'], ['auditor', 'finance'], ['securityAdministrator', 'auditor']]) assert.equal(codeOf(await must(security).call('PATCH', '/users/wu.finance', { roles })), 'CONFLICT', roles.join());
  assert.equal(codeOf(await must(security).call('PATCH', '/users/wu.finance', { roles: ['administrator'] })), 'DUTIES_SEPARATED');
  assert.equal(codeOf(await must(security).call('PATCH', '/users/xi.tong', { roles: ['finance'] })), 'CONFLICT', 'the last who keeps accounts');
  assert.equal(codeOf(await must(system).call('PATCH', '/users/an.quan', { status: 'disabled' })), 'CONFLICT', 'the last who assigns roles');
  assert.equal(codeOf(await must(system).call('PATCH', '/users/shen.ji', { status: 'disabled' })), 'CONFLICT', 'the last who watches');
  assert.equal(codeOf(await must(security).call('PATCH', '/users/shen.ji', { roles: ['cashier'] })), 'CONFLICT', 'the last who watches');
});

test('a row that says more than may stand together gives nothing, and an administrator of before runs the machine only', async () => {
  const wu = await house.platform.users.findByLogin('wu.finance');
  const client = new ConsoleClient(house.origin);
  await client.call('POST', '/session', { login: 'wu.finance', password: PASSWORD });
  house.later(60);
  await client.call('POST', '/session/second-factor', { code: codeAt(secrets.get('wu.finance') ?? '', now()) });
  await house.platform.users.change(wu?.id ?? '', { roles: ['finance', 'securityAdministrator'] }, now());
  assert.deepEqual((await client.get('/session')).body['rights'], []);
  await house.platform.users.change(wu?.id ?? '', { roles: ['administrator'] }, now());
  assert.deepEqual((await client.get('/session')).body['rights'], ['readMachine', 'operate', 'seeUsers', 'manageUsers']);
  await house.platform.users.change(wu?.id ?? '', { roles: ['finance'] }, now());
});

test('the overview of each duty is made of what he may read: badges without money, accounts for the one who says what they may', async () => {
  const [mine, his] = [(await must(security).get('/badges')).body, (await must(system).get('/badges')).body];
  const order = await house.payAndConfirm('Q-DUTY', { selfPayFen: fen(2_000_000), totalFen: fen(2_000_000) });
  await house.refunds.requestRefund({ tradeNo: order.tradeNo, refundFen: 2_000_000, reason: '多收退回', by: 'wu.finance', roles: ['finance'], idempotency: { tenant: 'user/wu.finance', key: 'duty-1', requestHash: 'a' } });
  await house.store.openCase({ kind: 'channelDenies', subject: 'P-1', severity: 1, detail: { zh: '测试', en: 'a test' } }, house.now());
  await must(system).call('POST', '/users', { login: 'he.new', displayName: '何', roles: [], password: 'Given-By-Boss-1' });
  const [mineLater, hisLater, watched] = [(await must(security).get('/badges')).body, (await must(system).get('/badges')).body, (await must(auditor).get('/badges')).body];
  const none = { refunds: 0, payouts: 0, settlements: 0, prepayment: 0, transfers: 0, changes: 0 };
  for (const { approvals, cases } of [mine, his, mineLater, hisLater] as { approvals: unknown; cases: unknown }[]) assert.deepEqual([approvals, cases], [none, 0], 'money is counted for nobody who may not read it');
  assert.equal(watched['cases'], 1);
  assert.equal(Number(mineLater['users']) - Number(mine['users']), 1, 'an account without roles waits for who gives them');
  assert.deepEqual([hisLater['users'], watched['users']], [0, 0]);

  assert.equal(codeOf(await must(system).get('/account-watch')), 'NOT_PERMITTED');
  assert.equal(codeOf(await must(auditor).get('/account-watch')), 'NOT_PERMITTED');
  const wrong = new ConsoleClient(house.origin);
  for (const login of ['he.new', 'he.new', 'my-Secret-Password1']) await wrong.call('POST', '/session', { login, password: 'Wrong-Horse-1' });
  await must(system).call('PATCH', '/users/he.new', { status: 'disabled' });
  await must(system).call('POST', '/users', { login: 'qian.fin', displayName: '钱', roles: [], password: 'Given-By-Boss-1' });
  await must(security).call('PATCH', '/users/qian.fin', { roles: ['finance'] });
  const atFirst = (await must(security).get('/account-watch')).body;
  assert.ok(Array.isArray(atFirst['withoutSecondFactor']) && atFirst['withoutSecondFactor'].some((one: Record<string, unknown>) => one['login'] === 'qian.fin' && one['codeUntil'] === undefined));
  const { enrolmentCode } = (await must(security).call('POST', '/users/qian.fin/second-factor-reset')).body;
  const reply = await must(security).get('/account-watch');
  const text = JSON.stringify(reply.body);
  assert.ok(!text.includes(String(enrolmentCode)) && !text.includes('my-Secret'), 'neither the code nor what was typed for a login');
  assert.deepEqual(listOf(reply, 'enrolments').map(({ login }) => login), ['qian.fin']);
  assert.ok(listOf(reply, 'disabled').some(({ login }) => login === 'he.new'));
  const { refusals } = reply.body;
  assert.ok(isRecord(refusals) && Array.isArray(refusals['rows']) && refusals['isWhole'] === true);
  const told = refusals['rows'].map((row: Record<string, unknown>) => [row['login'], row['reason'], row['count']]);
  assert.ok(told.some((row) => JSON.stringify(row) === JSON.stringify(['he.new', 'wrongPassword', 2])) && told.some(([login, reason]) => login === undefined && reason === 'noSuchLogin'), JSON.stringify(told));
  const muchLater = new Date(now().getTime() + 73 * 3600_000);
  assert.deepEqual([await house.platform.secondFactors.listEnrolments(muchLater), (await house.platform.signInRefusals.since(muchLater)).rows], [[], []], 'a code that is over and a failure of long ago are told no more');
});

test('whatever asks for a right the security administrator lacks refuses him before it looks at anything', async () => {
  const { paths } = consoleApiDocument();
  assert.ok(isRecord(paths));
  let refusedCount = 0;
  for (const [path, methods] of Object.entries(paths)) {
    if (!isRecord(methods)) continue;
    for (const [method, route] of Object.entries(methods)) {
      const target = path.replace('/console-api/v1', '').replaceAll(/\{\w+\}/g, '1');
      if (!isRecord(route) || !Array.isArray(route['tags']) || !route['tags'].includes('console') || (method === 'delete' && target === '/session') || target === '/events') continue;
      if (codeOf(await must(security).call(method.toUpperCase(), target)) === 'NOT_PERMITTED') refusedCount += 1;
    }
  }
  assert.ok(refusedCount > 120, String(refusedCount));
});

test('where separated duties are demanded the first login makes all three or nobody', async () => {
  const strict = await buildConsoleHouse({ separatedDuties: true });
  try {
    const code = await strict.firstLogin.open();
    const alone = await firstLogin(strict.origin, code, {});
    assert.equal(codeOf(alone.reply), 'THREE_ADMINISTRATORS_NEEDED');
    assert.equal(codeOf((await firstLogin(strict.origin, code, { others: { ...OTHERS.others, audit: { login: 'xi.tong', displayName: '一人' } } })).reply), 'CONFLICT', 'one person twice');
    assert.equal(await strict.platform.users.count(), 0);
    const three = await firstLogin(strict.origin, code, OTHERS);
    assert.equal(three.reply.status, 200, JSON.stringify(three.reply.body));
    assert.equal(await strict.platform.users.count(), 3);
    assert.equal(await strict.firstLogin.open(), undefined);
    assert.equal((await three.client.get('/session')).body['entryStep'], 'enrolSecondFactor');
  } finally {
    await strict.stop();
  }
});
