import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { after } from 'node:test';
import { SILENT_LOG } from '../../../domain/log.js';
import { createAuditLog } from '../../../operations/audit-log.js';
import { migrate } from './migrate.js';
import { ALL_MIGRATIONS } from './migrations/all-migrations.js';
import { defineModels, type UserRow } from './models.js';
import { openPlatformDatabase, openSequelize } from './open-platform-database.js';
import { hashPassword, operatorKeyOf, passwordMatches, PASSWORDS } from './password.js';
import { createSecretBox, SecretUnreadable } from './secret-box.js';

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-platform-'));
  folders.push(folder);
  return folder;
}
const NOW = new Date('2026-11-22T08:00:00.000Z');
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
const open = (dataFolder: string, hospital = 'h1') => openPlatformDatabase({ dataFolder, hospital, clock: { now: () => NOW }, log: SILENT_LOG });

test('what was written is there after a reopen, and migrations run once', async () => {
  const folder = makeFolder();
  const first = await open(folder);
  await first.terminals.add({ id: 'kiosk-1', kind: 'kiosk', title: '门诊一楼' }, NOW);
  await first.close();
  const second = await open(folder);
  assert.equal((await second.terminals.find('kiosk-1'))?.title, '门诊一楼');
  await second.ping();
  await second.close();
});

test('a claim is taken exactly once, before its expiry, and gives the terminal its key', async () => {
  const { terminals, close } = await open(makeFolder());
  await terminals.add({ id: 'kiosk-1', kind: 'kiosk', title: 'K' }, NOW);
  await terminals.offerClaim('kiosk-1', { hash: 'claim', expiresAt: later(10) }, NOW);
  assert.equal(await terminals.takeClaim({ hash: 'claim', key: Buffer.from('late') }, later(10)), undefined);
  const takers = await Promise.all([1, 2, 3].map((taker) => terminals.takeClaim({ hash: 'claim', key: Buffer.from(`key-${taker}`) }, later(1))));
  assert.deepEqual(takers.map((taken) => taken?.status), ['active', undefined, undefined]);
  assert.equal(Buffer.from((await terminals.keysOf('kiosk-1')).current ?? []).toString(), 'key-1');
  await terminals.disable('kiosk-1', NOW);
  assert.equal((await terminals.keysOf('kiosk-1')).current, undefined);
  await close();
});

test('one hospital does not see another hospital’s rows', async () => {
  const folder = makeFolder();
  const one = await open(folder, 'h1');
  await one.terminals.add({ id: 'kiosk-1', kind: 'kiosk', title: 'K' }, NOW);
  await one.close();
  const two = await open(folder, 'h2');
  assert.deepEqual([await two.terminals.find('kiosk-1'), await two.terminals.list()], [undefined, []]);
  await two.close();
});

test('secrets are not in the files in clear, and open again after a restart', async () => {
  const folder = makeFolder();
  const first = await open(folder);
  await first.applications.add({ id: 'app', title: 'APP', secret: 'canary-app-secret', permissions: ['pay'] }, NOW);
  await first.pluginInstances.save({ id: 'wechat', plugin: 'wechat-pay', kind: 'channel', settings: { apiV3Key: 'canary-api-key' }, enabled: true }, NOW);
  await first.terminals.add({ id: 'k', kind: 'kiosk', title: 'K' }, NOW);
  await first.terminals.offerClaim('k', { hash: 'c', expiresAt: later(1) }, NOW);
  await first.terminals.takeClaim({ hash: 'c', key: Buffer.from('canary-terminal-key') }, NOW);
  for (const name of readdirSync(folder).filter((file) => file.startsWith('platform.sqlite'))) assert.equal(readFileSync(join(folder, name)).includes('canary'), false, name);
  await first.close();
  assert.equal(readFileSync(join(folder, 'platform.sqlite')).includes('canary'), false);
  const second = await open(folder);
  assert.equal(await second.applications.secretOf('app'), 'canary-app-secret');
  assert.deepEqual(await second.pluginInstances.settingsOf('wechat'), { apiV3Key: 'canary-api-key' });
  await second.close();
});

test('the key file is readable by its owner alone, and refused when it is not', async () => {
  const folder = makeFolder();
  await (await open(folder)).close();
  const path = join(folder, 'keys/platform.key');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  chmodSync(path, 0o644);
  await assert.rejects(open(folder), /readable by others/);
  chmodSync(path, 0o600);
  writeFileSync(path, 'short');
  await assert.rejects(open(folder), /must hold 32 bytes/);
});

test('a sealed secret that was moved, altered or sealed with another key does not open', () => {
  const box = createSecretBox(Buffer.alloc(32, 1));
  const sealed = box.seal('canary', 'application app-1');
  assert.equal(box.open(sealed, 'application app-1').toString(), 'canary');
  assert.throws(() => box.open(sealed, 'application app-2'), SecretUnreadable);
  assert.throws(() => box.open(`${sealed.slice(0, -4)}AAAA`, 'application app-1'), SecretUnreadable);
  assert.throws(() => createSecretBox(Buffer.alloc(32, 2)).open(sealed, 'application app-1'), /restore the matching key file/);
  assert.notEqual(box.seal('canary', 'x'), box.seal('canary', 'x'));
});

test('failures at log-in are counted without loss and lock the account at the limit', async () => {
  const { users, close } = await open(makeFolder());
  await users.add({ id: 'u1', login: 'admin', displayName: 'A', passwordHash: 'x', roles: ['system'], mustChangePassword: true }, NOW);
  const results = await Promise.all([1, 2, 3, 4, 5].map(() => users.countFailure('u1', { limit: 5, until: later(30) }, NOW)));
  assert.deepEqual(results.map((user) => user?.failedAttempts), [1, 2, 3, 4, 0]);
  assert.deepEqual((await users.findByLogin('admin'))?.lockedUntil, later(30));
  await users.setPassword('u1', { hash: 'y', mustChange: false }, NOW);
  const user = await users.find('u1');
  assert.deepEqual([user?.lockedUntil, user?.mustChangePassword, user?.roles], [undefined, false, ['system']]);
  await assert.rejects(users.add({ id: 'u2', login: 'admin', displayName: 'B', passwordHash: 'x', roles: [], mustChangePassword: true }, NOW));
  assert.equal(await users.count(), 1);
  await close();
});

test('a password matches its own hash only, however its characters were composed', async () => {
  const hash = await hashPassword('Pässword-1');
  assert.equal(await passwordMatches('Pa\u0308ssword-1', hash), true);
  assert.equal(await passwordMatches('Pässword-2', hash), false);
  assert.equal(await passwordMatches('', 'nonsense'), false);
});

test('passwords are kept under Argon2id; a hash of before still opens, and is known to be old', async () => {
  const hash = await hashPassword('Correct-Horse-7');
  assert.match(hash, /^argon2id\$19456\$2\$1\$/);
  const old = await operatorKeyOf('Correct-Horse-7');
  assert.match(old, /^scrypt\$15\$8\$1\$/);
  assert.deepEqual([await passwordMatches('Correct-Horse-7', old), await passwordMatches('Correct-Horse-8', old)], [true, false]);
  assert.deepEqual([PASSWORDS.isCurrent(hash), PASSWORDS.isCurrent(old), PASSWORDS.isCurrent(hash.replace('19456', '9456'))], [true, false, false]);
});

test('what a terminal proves a password by is sealed: the file alone gives nothing to guess at', async () => {
  const folder = makeFolder();
  const { users, close } = await open(folder);
  await users.add({ id: 'u1', login: '0101', displayName: 'A', passwordHash: 'x', operatorKey: 'scrypt$canary', roles: ['cashier'], mustChangePassword: false }, NOW);
  assert.equal((await users.findByLogin('0101'))?.operatorKey, 'scrypt$canary');
  assert.equal(await users.upgradePassword('u1', { from: 'other', hash: 'z', operatorKey: 'scrypt$other' }), false, 'it was changed meanwhile');
  assert.equal(await users.upgradePassword('u1', { from: 'x', hash: 'z', operatorKey: 'scrypt$canary' }), true);
  await close();
  for (const name of readdirSync(folder).filter((file) => file.startsWith('platform.sqlite'))) assert.equal(readFileSync(join(folder, name)).includes('canary'), false, name);
});

test('a session ends at its expiry, at log-out and with its user', async () => {
  const { sessions, close } = await open(makeFolder());
  for (const tokenHash of ['a', 'b', 'c']) await sessions.add({ tokenHash, id: `session${tokenHash}`, userId: 'u1', createdAt: NOW, lastUsedAt: NOW, expiresAt: later(15), address: undefined, agent: undefined, provenAt: undefined });
  assert.equal((await sessions.find('a', NOW))?.userId, 'u1');
  assert.equal(await sessions.find('a', later(15)), undefined);
  await sessions.used('a', later(14), later(29));
  assert.notEqual(await sessions.find('a', later(15)), undefined);
  await sessions.remove('b');
  assert.equal(await sessions.removeExpired(later(15)), 1);
  assert.equal(await sessions.removeOfUser('u1'), 1);
  await close();
});

test('one firing of a task is one row', async () => {
  const { tasks, close } = await open(makeFolder());
  await tasks.define([{ name: 'verify', rule: '0 0 3 * * *', missed: 'runOnce', enabled: true }], NOW);
  await tasks.setEnabled('verify', false, NOW);
  await tasks.define([{ name: 'verify', rule: '0 0 4 * * *', missed: 'skip', enabled: true }], later(1));
  assert.deepEqual((await tasks.list()).map(({ rule, missed, enabled }) => [rule, missed, enabled]), [['0 0 4 * * *', 'skip', false]]);
  const run = { task: 'verify', fireTime: NOW, state: 'running', cause: 'rule', startedAt: NOW, finishedAt: undefined, result: undefined } as const;
  const id = await tasks.addRun(run);
  assert.equal(await tasks.addRun(run), undefined);
  assert.deepEqual(await tasks.lastFireTime('verify'), NOW);
  assert.equal(await tasks.markInterrupted(later(1)), 1);
  await tasks.finishRun(id ?? assert.fail(), { state: 'succeeded', finishedAt: later(2), result: { zh: '好', en: 'ok' } });
  assert.deepEqual((await tasks.listRuns({ limit: 10 })).map(({ state, result }) => [state, result]), [['succeeded', { zh: '好', en: 'ok' }]]);
  assert.equal(await tasks.removeRunsBefore(later(1)), 1);
  await close();
});

test('a dictionary is replaced as a whole and keeps its order', async () => {
  const { dictionaries, close } = await open(makeFolder());
  assert.equal(await dictionaries.read('departments'), undefined);
  await dictionaries.replace('departments', { entries: [{ code: '2', name: '外科' }, { code: '1', name: '内科' }], loadedAt: NOW });
  await dictionaries.replace('departments', { entries: [{ code: '9', name: '儿科' }, { code: '1', name: '内科' }], loadedAt: later(1) });
  assert.deepEqual(await dictionaries.read('departments'), { entries: [{ code: '9', name: '儿科' }, { code: '1', name: '内科' }], loadedAt: later(1) });
  await close();
});

test('the database itself refuses to change or remove audit rows, and the chain over it verifies', async () => {
  const folder = makeFolder();
  const { auditEvents, close } = await open(folder);
  let head: { seq: number; hash: string } | undefined;
  const audit = createAuditLog({ store: auditEvents, clock: { now: () => NOW }, witness: { read: async () => head, write: async (next) => void (head = next) } });
  await Promise.all(['a', 'b', 'c'].map((object) => audit.record({ who: 'admin', what: 'terminal.claim', object, after: { n: 1 } })));
  assert.deepEqual(await audit.verify(), { rows: 3, findings: [] });
  await close();
  const raw = new DatabaseSync(join(folder, 'platform.sqlite'));
  assert.throws(() => raw.exec("UPDATE audit_event SET who = 'x'"), /append-only/);
  assert.throws(() => raw.exec('DELETE FROM audit_event'), /append-only/);
  raw.exec("DROP TRIGGER audit_event_no_update; UPDATE audit_event SET who = 'forger' WHERE seq = 2");
  raw.close();
  const reopened = await open(folder);
  const auditAgain = createAuditLog({ store: reopened.auditEvents, clock: { now: () => NOW }, witness: { read: async () => head, write: async () => {} } });
  assert.deepEqual((await auditAgain.verify()).findings, [{ kind: 'altered', seq: 2 }]);
  await reopened.close();
});

test('a migration that fails half-way leaves nothing behind, and a newer database is refused', async () => {
  const { sequelize, close } = openSequelize(join(makeFolder(), 'm.sqlite'));
  const step = (name: string, text: string) => ({ name, up: async ({ sql }: { sql: (text: string) => Promise<void> }) => { await sql('CREATE TABLE half (id INTEGER)'); await sql(text); } });
  await assert.rejects(migrate(sequelize, [step('0001', 'nonsense')], SILENT_LOG, () => NOW));
  await migrate(sequelize, [step('0001', 'CREATE TABLE other (id INTEGER)')], SILENT_LOG, () => NOW);
  await migrate(sequelize, [step('0001', 'would fail if it ran again')], SILENT_LOG, () => NOW);
  await assert.rejects(migrate(sequelize, [], SILENT_LOG, () => NOW), /newer version/);
  // What the newer one only added leaves it usable to this one.
  const added = { ...step('0002', 'CREATE TABLE added (id INTEGER)'), expands: true as const, up: async ({ sql }: { sql: (text: string) => Promise<void> }) => { await sql('CREATE TABLE added (id INTEGER)'); } };
  const first = step('0001', 'would fail if it ran again');
  await migrate(sequelize, [first, added], SILENT_LOG, () => NOW);
  await migrate(sequelize, [first], SILENT_LOG, () => NOW);
  await migrate(sequelize, [first, added, { name: '0003', up: async ({ sql }) => { await sql('DROP TABLE added'); } }], SILENT_LOG, () => NOW);
  await assert.rejects(migrate(sequelize, [first, added], SILENT_LOG, () => NOW), /newer version of the platform \(0003\)/);
  await close();
});

test('a damaged file is refused with what to do', async () => {
  const folder = makeFolder();
  await (await open(folder)).close();
  const path = join(folder, 'platform.sqlite');
  const bytes = readFileSync(path);
  bytes.fill(0xff, 4096, 12_288);
  writeFileSync(path, bytes);
  await assert.rejects(open(folder), /damaged|malformed/);
});

test('an appliance that has two people who can approve when it is updated needs two from then on; one that has one does not', async () => {
  const updated = async (finance: { readonly status: string; readonly mustChangePassword: boolean }): Promise<boolean> => {
    const folder = makeFolder();
    const { sequelize, close } = openSequelize(join(folder, 'platform.sqlite'));
    await migrate(sequelize, ALL_MIGRATIONS.slice(0, 8), SILENT_LOG, () => NOW);
    const { users } = defineModels(sequelize);
    const person = { hospital: 'h1', displayName: 'x', passwordHash: 'x', failedAttempts: 0, lockedUntil: null, operatorId: null, createdAt: NOW, updatedAt: NOW, status: 'active', mustChangePassword: false, hasSecondFactor: false };
    // As they stood at that version: without the columns that came later.
    const fields: (keyof UserRow)[] = ['id', 'hospital', 'login', 'displayName', 'passwordHash', 'failedAttempts', 'roles', 'status', 'mustChangePassword', 'operatorId', 'createdAt', 'updatedAt'];
    await users.create({ ...person, id: 'a', login: 'li.admin', roles: '["administrator"]' }, { fields });
    await users.create({ ...person, id: 'c', login: 'chen.audit', roles: '["auditor","cashier"]' }, { fields });
    await users.create({ ...person, id: 'f', login: 'wu.finance', roles: '["finance"]', ...finance }, { fields });
    await close();
    const database = await open(folder);
    const needsTwo = await database.changes.needsTwo();
    await database.close();
    return needsTwo;
  };
  assert.deepEqual([await updated({ status: 'active', mustChangePassword: false }), await updated({ status: 'disabled', mustChangePassword: false }), await updated({ status: 'active', mustChangePassword: true })], [true, false, false]);
});
