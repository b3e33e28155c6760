/** 变更审批 over the console's API and at the command line: who proposed does not approve, by whatever door. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addChangeCommand } from '@hospay/appliance/change-command/change-command.js';
import { addPluginCommand } from '@hospay/appliance/plugin-command/plugin-command.js';
import { Command } from 'commander';
import { auditorBeside, codeOf, detailOf, ConsoleClient, firstAdministrator, isRecord, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

const PASSWORD = 'Correct-Horse-7';
let house: ConsoleHouse;
let administrator: ConsoleClient;
let finance: ConsoleClient;

before(async () => {
  house = await buildConsoleHouse();
  administrator = await firstAdministrator(house);
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

/** The `hospay` command in the hands of a person who signs in as himself. */
async function hospay(login: string, ...words: string[]): Promise<{ said: string; failed: string }> {
  const [said, failed]: [string[], string[]] = [[], []];
  const program = new Command().exitOverride();
  const screen = { say: (line: string) => said.push(line), fail: (line: string) => failed.push(line) };
  addPluginCommand(program, screen);
  addChangeCommand(program, screen);
  process.env['HOSPAY_CONSOLE_PASSWORD'] = PASSWORD;
  await program.parseAsync(['node', 'hospay', ...words, '--console', house.origin, '--login', login]);
  return { said: said.join('\n'), failed: failed.join('\n') };
}
const rollBack = (client: ConsoleClient) => client.call('POST', '/plugins/packages/city-card/rollback', { reason: '新版本异常' });
async function signedIn(login: string, password: string): Promise<ConsoleClient> {
  const client = new ConsoleClient(house.origin);
  assert.equal((await client.call('POST', '/session', { login, password })).status, 200);
  return client;
}
const latest = async () => listOf(await administrator.get('/changes'), 'changes')[0] ?? assert.fail('no change');

test('while there is one person, a change is made at once; the console says so', async () => {
  const direct = await rollBack(administrator);
  assert.deepEqual([direct.status, direct.body['version'], house.plugin.version], [200, '1.0.0', '1.0.0']);
  assert.equal((await administrator.get('/changes')).body['needsTwo'], false);
  assert.match((await hospay('li.admin', 'change', 'list')).said, /only one person can approve[\s\S]*BG00000001 {2}applied {2}pluginRollBack/);
  house.plugin.version = '1.1.0';
});

test('from the second person on it waits for him: 202, nothing changed, and a reason is asked for', async () => {
  await administrator.call('POST', '/users', { login: 'wu.finance', displayName: '吴财务', roles: ['finance'], password: 'Given-By-Boss-1' });
  finance = new ConsoleClient(house.origin);
  await finance.call('POST', '/session', { login: 'wu.finance', password: 'Given-By-Boss-1' });
  assert.equal((await finance.call('POST', '/password', { current: 'Given-By-Boss-1', next: PASSWORD })).status, 200);
  assert.equal(codeOf(await administrator.call('POST', '/plugins/packages/city-card/rollback', {})), 'MALFORMED_REQUEST');
  assert.equal(codeOf(await finance.call('POST', '/plugins/packages/city-card/rollback', { reason: '新版本异常' })), 'NOT_PERMITTED', 'finance approves, and does not run the machine');
  const proposed = await rollBack(administrator);
  assert.equal(proposed.status, 202);
  assert.ok(isRecord(proposed.body['change']) && proposed.body['change']['state'] === 'proposed');
  assert.equal(house.plugin.version, '1.1.0');
  const second = await rollBack(administrator);
  assert.equal(codeOf(second), 'CONFLICT', 'one of a subject at a time');
  assert.deepEqual(detailOf(second), { zh: '变更单 BG00000002 尚待审批，请先处理', en: 'BG00000002 waits for approval' });
});

test('his own proposal is refused by every door: the API, in bulk, and the command line', async () => {
  const { changeNo, hash } = await latest();
  const decision = { hash, decision: 'approve', reason: '已核对' };
  assert.equal(codeOf(await administrator.call('POST', `/changes/${String(changeNo)}/decisions`, decision)), 'SECOND_PERSON_NEEDED');
  const bulk = await administrator.call('POST', '/changes/decisions', { changes: [{ changeNo, hash }], decision: 'approve', reason: '批量' });
  assert.deepEqual(listOf(bulk, 'results').map(({ error }) => (isRecord(error) ? [error['code'], error['zh']] : undefined)), [['SECOND_PERSON_NEEDED', '须由另一人审批']]);
  const own = await hospay('li.admin', 'change', 'approve', `${String(changeNo)}:${String(hash)}`, '--reason', '命令行');
  assert.match(own.failed, /BG00000002: SECOND_PERSON_NEEDED/);
  assert.equal(house.plugin.version, '1.1.0');
});

test('nobody without the right decides, no decision comes without the hash of what was shown', async () => {
  const { changeNo, hash } = await latest();
  const auditor = await auditorBeside(house, administrator);
  assert.equal(codeOf(await auditor.call('POST', `/changes/${String(changeNo)}/decisions`, { hash, decision: 'approve', reason: '已核对' })), 'NOT_PERMITTED');
  assert.equal((await auditor.get('/changes')).status, 200);
  assert.equal(codeOf(await finance.call('POST', `/changes/${String(changeNo)}/decisions`, { hash: 'b'.repeat(64), decision: 'approve', reason: '已核对' })), 'APPROVAL_OVER');
  assert.match((await hospay('wu.finance', 'change', 'approve', String(changeNo), '--reason', '命令行')).failed, /expected <changeNo>:<hash>/);
});

test('proposed at the command line, approved at the command line by another person, with exactly what `show` said', async () => {
  const { changeNo, hash } = await latest();
  assert.equal((await administrator.call('POST', `/changes/${String(changeNo)}/decisions`, { hash, decision: 'refuse', reason: '改由命令行' })).body['state'], 'refused');
  const proposed = await hospay('li.admin', 'plugin', 'rollback', 'city-card', '--reason', '新版本异常');
  assert.match(proposed.said, /^BG00000003 {2}proposed {2}pluginRollBack {2}plugin city-card/);
  assert.equal(house.plugin.version, '1.1.0', 'the command makes nothing by itself');
  const shown = (await hospay('wu.finance', 'change', 'show', 'BG00000003')).said;
  assert.match(shown, /version: 1\.1\.0 -> 1\.0\.0\n {2}settings\.key: #0123456789abcdef -> #fedcba9876543210/);
  const words = /change approve (BG00000003:[0-9a-f]{64})/.exec(shown)?.[1] ?? assert.fail('no words to approve by');
  assert.equal((await hospay('wu.finance', 'change', 'approve', words, '--reason', '已核对')).said, 'BG00000003: applied');
  assert.equal(house.plugin.version, '1.0.0');
  const acts = listOf(await administrator.get('/audit?limit=100'), 'rows').map(({ what }) => what);
  for (const act of ['change.direct', 'change.propose', 'change.refuse', 'change.approve', 'change.apply', 'change.notProposed']) assert.ok(acts.includes(act), act);
});

test('a password that is wrong, and a console that is not there, are said', async () => {
  process.env['HOSPAY_CONSOLE_PASSWORD'] = 'wrong';
  const program = new Command().exitOverride();
  const failed: string[] = [];
  addChangeCommand(program, { say: () => 0, fail: (line) => failed.push(line) });
  await program.parseAsync(['node', 'hospay', 'change', 'list', '--console', 'http://127.0.0.1:1', '--login', 'li.admin']);
  await program.parseAsync(['node', 'hospay', 'change', 'list', '--console', house.origin, '--login', 'nobody']);
  assert.match(failed.join('\n'), /cannot be reached[\s\S]*LOGIN_FAILED/);
});

test('keys are rotated and taken back by the approval of another, shown by fingerprints; what ran meanwhile is not replaced', async () => {
  const { scene } = house.certificates;
  const rotatable = [{ path: 'key', titleZh: '密钥', titleEn: 'Key', isSecret: true, choices: [], isLong: false }];
  scene.subjects = [{ instance: 'city', plugin: 'city-card', origin: 'installed', settings: { key: 'canary-old' }, credentials: [], rotatable }];
  scene.report = { kind: 'ran', credentials: [], listProblem: undefined, broken: [], connection: { result: 'answered', found: 'notFound' } };
  const rehearse = async (value: string) => {
    const { body } = await administrator.call('POST', '/rotations', { instance: 'city', changes: [{ path: 'key', value }] });
    return isRecord(body['rotation']) ? String(body['rotation']['id']) : assert.fail(JSON.stringify(body));
  };
  const approve = async (client: ConsoleClient) => {
    const { changeNo, hash } = await latest();
    return client.call('POST', `/changes/${String(changeNo)}/decisions`, { hash, decision: 'approve', reason: '已核对指纹' });
  };
  const first = await rehearse('canary-new');
  const proposed = await administrator.call('POST', `/rotations/${first}/carry-out`, { reason: '到期更换' });
  assert.equal(proposed.status, 202);
  assert.deepEqual(scene.subjects[0]?.settings, { key: 'canary-old' });
  const change = await latest();
  assert.match(JSON.stringify(change['lines']), /"name":"settings.key","before":"#[0-9a-f]{16}","after":"#[0-9a-f]{16}"/);
  assert.ok(!JSON.stringify([change, (await administrator.get('/audit?limit=100')).body]).includes('canary'));
  // No longer than the rehearsal holds.
  assert.equal(Date.parse(String(change['expiresAt'])) - Date.parse(String(change['proposedAt'])), 86_400_000);
  assert.equal(codeOf(await approve(administrator)), 'SECOND_PERSON_NEEDED');
  assert.equal((await approve(finance)).body['state'], 'applied');
  assert.deepEqual(scene.subjects[0]?.settings, { key: 'canary-new' });
  assert.equal((await administrator.call('POST', `/rotations/${first}/take-back`, { reason: '对方未生效' })).status, 202);
  assert.equal((await approve(finance)).body['state'], 'applied');
  assert.deepEqual(scene.subjects[0]?.settings, { key: 'canary-old' });
  const second = await rehearse('canary-third');
  assert.equal((await administrator.call('POST', `/rotations/${second}/carry-out`, { reason: '到期更换' })).status, 202);
  scene.subjects = [{ instance: 'city', plugin: 'city-card', origin: 'installed', settings: { key: 'canary-of-somebody' }, credentials: [], rotatable }];
  assert.equal(codeOf(await approve(finance)), 'APPROVAL_OVER');
  assert.deepEqual(scene.subjects[0]?.settings, { key: 'canary-of-somebody' });
});

test('a channel is stopped at once by one person, and takes money again by the approval of another, not by being reloaded', async () => {
  assert.equal((await administrator.call('POST', '/plugins/instances/wechat-main/deactivate')).status, 200);
  assert.equal(codeOf(await administrator.call('POST', '/plugins/instances/wechat-main/reload')), 'CONFLICT');
  assert.equal(codeOf(await administrator.call('POST', '/plugins/instances/wechat-main/activate')), 'MALFORMED_REQUEST');
  assert.equal((await administrator.call('POST', `/plugins/instances/wechat-main/activate?reason=${encodeURIComponent('故障排除')}`)).status, 202);
  const state = async () => listOf(await administrator.get('/plugins'), 'instances').find(({ id }) => id === 'wechat-main')?.['state'];
  assert.equal(await state(), 'stopped');
  const { changeNo, hash } = await latest();
  assert.equal((await finance.call('POST', `/changes/${String(changeNo)}/decisions`, { hash, decision: 'approve', reason: '已核对' })).body['state'], 'applied');
  assert.equal(await state(), 'active');
});

test('a terminal that is routed by its group is moved by the approval of another; its title alone by one person', async () => {
  for (const id of ['hall', 'ward']) assert.equal((await administrator.call('POST', '/terminal-groups', { id, title: id })).status, 200);
  await administrator.call('POST', '/terminals', { id: 'kiosk-9', kind: 'kiosk', title: '九号机', group: 'hall' });
  house.routing.byGroup = true;
  assert.equal((await administrator.call('PATCH', '/terminals/kiosk-9', { title: '九号自助机', group: 'hall' })).status, 200);
  assert.equal(codeOf(await administrator.call('PATCH', '/terminals/kiosk-9', { title: '九号自助机', group: 'ward' })), 'MALFORMED_REQUEST');
  assert.equal((await administrator.call('PATCH', '/terminals/kiosk-9', { title: '九号自助机', group: 'ward', reason: '移至病区' })).status, 202);
  const group = async () => listOf(await administrator.get('/terminals'), 'terminals').find(({ id }) => id === 'kiosk-9')?.['group'];
  assert.equal(await group(), 'hall');
  const { changeNo, hash, lines } = await latest();
  assert.deepEqual(lines, [{ name: 'group', before: 'hall', after: 'ward' }]);
  const decision = { hash, decision: 'approve', reason: '已核对' };
  assert.equal(codeOf(await administrator.call('POST', `/changes/${String(changeNo)}/decisions`, decision)), 'SECOND_PERSON_NEEDED');
  assert.equal((await finance.call('POST', `/changes/${String(changeNo)}/decisions`, decision)).body['state'], 'applied');
  assert.equal(await group(), 'ward');
});

test('who makes the account, or resets the password, of another is not another person by it; after three days he may be', async () => {
  house.plugin.version = '1.1.0';
  house.later(60);
  const proposed = await rollBack(administrator);
  assert.equal(proposed.status, 202);
  const { changeNo, hash } = await latest();
  const approve = async (login: string, given: string) => {
    const client = new ConsoleClient(house.origin);
    await client.call('POST', '/session', { login, password: given });
    assert.equal((await client.call('POST', '/password', { current: given, next: `${PASSWORD}-new` })).status, 200);
    return client.call('POST', `/changes/${String(changeNo)}/decisions`, { hash, decision: 'approve', reason: '已核对' });
  };
  await administrator.call('POST', '/users', { login: 'puppet.admin', displayName: '影子', roles: ['administrator'], password: 'Given-By-Boss-1' });
  const puppet = await approve('puppet.admin', 'Given-By-Boss-1');
  assert.deepEqual([codeOf(puppet), house.plugin.version], ['SECOND_PERSON_NEEDED', '1.1.0']);
  await administrator.call('POST', '/users/wu.finance/password', { password: 'Given-By-Boss-2' });
  assert.equal(codeOf(await approve('wu.finance', 'Given-By-Boss-2')), 'SECOND_PERSON_NEEDED');
  await administrator.call('POST', `/changes/${String(changeNo)}/decisions`, { hash, decision: 'refuse', reason: '撤回' });
  house.later(73 * 3600);
  administrator = await signedIn('li.admin', PASSWORD);
  finance = await signedIn('wu.finance', `${PASSWORD}-new`);
  await rollBack(administrator);
  const later = await latest();
  assert.equal((await finance.call('POST', `/changes/${String(later['changeNo'])}/decisions`, { hash: later['hash'], decision: 'approve', reason: '已核对' })).body['state'], 'applied');
});
