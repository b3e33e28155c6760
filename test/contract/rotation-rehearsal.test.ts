import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { WechatPaySettings } from '@hospay/channel-wechat-pay';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import type { AuditAct } from '@hospay/server/domain/audit.js';
import type { Log } from '@hospay/server/domain/log.js';
import { SYSTEM_RANDOM } from '@hospay/server/edges/machine/system-random.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { openPlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { installedInstances } from '@hospay/server/edges/database/platform/installed-instances.js';
import { createCertificateWatch } from '@hospay/server/monitoring/certificate-watch.js';
import type { Rotation } from '@hospay/server/monitoring/ports.js';
import { createRotationDesk } from '@hospay/server/monitoring/rotation-desk.js';
import { createInstalledPackages } from '@hospay/server/plugin-host/packages/installed-packages.js';
import { createPackageDesk } from '@hospay/server/plugin-host/packages/package-desk.js';
import { openTrustedPublishers } from '@hospay/server/plugin-host/packages/trusted-publishers.js';
import { pluginCredentials } from '@hospay/server/plugin-host/plugin-credentials.js';
import { createPluginHost } from '@hospay/server/plugin-host/plugin-host.js';
import { SILENT_METRICS } from '@hospay/server/plugin-host/ports.js';
import { createRehearsalStage } from '@hospay/server/plugin-host/rehearsal-stage.js';
import type { PluginPackage } from '@hospay/server/plugin-host/read-package.js';
import { ROOT } from '../architecture/source-files.js';
import { startCityCardSimulator } from '../simulators/city-card/start-city-card-simulator.js';
import { startWechatPaySimulator, type WechatPaySimulator } from '../simulators/wechat-pay/start-wechat-pay-simulator.js';
import { makeVendor } from './vendor-packages.js';

const vendor = makeVendor();
const cityCard = vendor.pack('1.0.0');

test('a new merchant certificate is rehearsed beside the running one: every step passes, and payments go on with the old', async (context) => {
  const house = await open(context);
  const added = house.wechat.addMerchantCertificate();
  const before = house.wechat.orders.list().length;
  const [rotation, ...charged] = await Promise.all([
    house.rehearse('wechat', merchantChanges(added)),
    ...Array.from({ length: 20 }, (_item, index) => house.charge('wechat', `H20260302000000${String(index).padStart(2, '0')}`)),
  ]);
  assert.deepEqual(stepsOf(rotation), ['start passed', 'list passed', 'pairing passed', 'validity passed', 'overlap passed', 'quickRun skipped', 'connection passed']);
  assert.equal(rotation.state, 'passed');
  assert.match(foundIn(rotation, 'list'), /merchantCertificatePem: certificate [0-9a-f]{16}, ends 20\d\d-/);
  assert.deepEqual([...new Set(charged)], ['pending'], 'payments went on');
  assert.equal(house.wechat.orders.list().length, before + 20, 'a rehearsal makes no order');
  assert.deepEqual(house.opened, ['wechat'], 'the candidate was given no store of the core');
});

test('a key that WeChat Pay does not know, one that does not belong to its certificate, and one past its end fail the step that shows it', async (context) => {
  const house = await open(context);
  const added = house.wechat.addMerchantCertificate();
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const unpaired = await house.rehearse('wechat', merchantChanges({ ...added, privateKeyPem: stranger }));
  assert.deepEqual([unpaired.state, stepOf(unpaired, 'pairing'), stepOf(unpaired, 'connection')], ['failed', 'failed', 'failed']);
  assert.match(foundIn(unpaired, 'pairing'), /merchantCertificatePem does not belong to merchantPrivateKeyPem/);
  const wrongSerial = await house.rehearse('wechat', [...merchantChanges(added).slice(1), { path: 'merchantCertificateSerial', value: '4D'.repeat(20) }]);
  assert.match(foundIn(wrongSerial, 'pairing'), /has the serial/);
  const garbage = await house.rehearse('wechat', [{ path: 'verification.mode', value: 'publicKey' }, { path: 'verification.publicKeyPem', value: 'x'.repeat(120) }]);
  assert.deepEqual(stepsOf(garbage).slice(0, 2), ['start failed', 'list skipped']);
  house.later(6 * 365);
  const late = await house.rehearse('wechat', merchantChanges(added));
  assert.equal(stepOf(late, 'validity'), 'failed');
});

test('when the key of WeChat Pay is replaced without an overlap the rehearsal warns; with both accepted it does not', async (context) => {
  const house = await open(context, { mode: 'platformCertificate' });
  const { id, publicKeyPem } = house.wechat.merchantCredentials.platformPublicKey;
  const toKey = (mode: string) => [{ path: 'verification.mode', value: mode }, { path: 'verification.publicKeyId', value: id }, { path: 'verification.publicKeyPem', value: publicKeyPem }];
  const atOnce = await house.rehearse('wechat', toKey('publicKey'));
  assert.deepEqual([atOnce.state, stepOf(atOnce, 'overlap')], ['passed', 'warning']);
  const withBoth = await house.rehearse('wechat', toKey('both'));
  assert.deepEqual([withBoth.state, stepOf(withBoth, 'overlap')], ['passed', 'passed']);
});

test('a setting that belongs to one way of verifying is taken away with it', async (context) => {
  const house = await open(context);
  const back = await house.rehearse('wechat', [{ path: 'verification.mode', value: 'platformCertificate' }]);
  assert.equal(back.state, 'passed', JSON.stringify(back.steps));
});

test('only keys may change in a rotation: an address, a merchant number and an unknown path are refused before anything starts', async (context) => {
  const house = await open(context);
  for (const path of ['baseUrl', 'mchid', 'verification', 'nobody.knows']) {
    const refused = await house.rotations.rehearse({ instance: 'wechat', changes: [{ path, value: 'https://attacker.example' }], by: 'li.admin' });
    assert.equal(refused.kind === 'refused' && refused.code, 'MALFORMED_REQUEST', path);
  }
  assert.equal((await house.rotations.rehearse({ instance: 'nobody', changes: [{ path: 'apiV3Key', value: 'x' }], by: 'li.admin' })).kind, 'refused');
});

test('an instance of the configuration file is rehearsed, and its rotation says what to change there instead of changing it', async (context) => {
  const house = await open(context);
  const rotation = await house.rehearse('wechat', merchantChanges(house.wechat.addMerchantCertificate()));
  const refused = await house.rotations.carryOut({ id: rotation.id, by: 'li.admin' });
  assert.ok(refused.kind === 'refused');
  assert.match(refused.detail ?? '', /configuration file: change merchantPrivateKeyPem, merchantCertificateSerial, merchantCertificatePem there/);
});

test('an installed instance is rotated by one call and taken back by one, charges going on, and its row survives a restart', async (context) => {
  const house = await open(context);
  await house.installCityCard();
  const next = 'canary-next-key-of-the-city-card';
  const unknown = await house.rehearse('city', [{ path: 'key', value: next }]);
  assert.deepEqual([unknown.state, stepOf(unknown, 'quickRun'), stepOf(unknown, 'connection')], ['failed', 'passed', 'failed']);
  assert.equal((await house.rotations.carryOut({ id: unknown.id, by: 'li.admin' })).kind, 'refused', 'what failed is not carried out');
  house.city.acceptAlso(next);
  const rotation = await house.rehearse('city', [{ path: 'key', value: next }]);
  assert.equal(rotation.state, 'passed', JSON.stringify(rotation.steps));
  const [done, ...charged] = await Promise.all([house.rotations.carryOut({ id: rotation.id, by: 'li.admin' }), ...Array.from({ length: 10 }, (_item, index) => house.charge('city', `H20260302000001${String(index).padStart(2, '0')}`))]);
  assert.ok(done.kind === 'ok' && done.value.state === 'active', JSON.stringify(done));
  assert.deepEqual([...new Set(charged)], ['pending']);
  assert.equal(await house.storedKey('city'), next);
  assert.equal((await house.rotations.carryOut({ id: rotation.id, by: 'li.admin' })).kind, 'refused', 'once is enough');
  const back = await house.rotations.takeBack({ id: rotation.id, by: 'li.admin' });
  assert.ok(back.kind === 'ok' && back.value.state === 'takenBack', JSON.stringify(back));
  assert.equal(await house.storedKey('city'), house.city.key);
  assert.equal(await house.charge('city', 'H2026030200000200'), 'pending');
  assert.equal((await house.rotations.takeBack({ id: rotation.id, by: 'li.admin' })).kind, 'refused');
});

test('a rehearsal holds for a day and for the settings it was made over', async (context) => {
  const house = await open(context);
  await house.installCityCard();
  const [first, second] = ['canary-first-key-of-the-city-card', 'canary-second-key-of-the-city-card'];
  house.city.acceptAlso(first);
  house.city.acceptAlso(second);
  const one = await house.rehearse('city', [{ path: 'key', value: first }]);
  const other = await house.rehearse('city', [{ path: 'key', value: second }]);
  assert.equal((await house.rotations.carryOut({ id: one.id, by: 'li.admin' })).kind, 'ok');
  const overOld = await house.rotations.carryOut({ id: other.id, by: 'li.admin' });
  assert.equal(overOld.kind, 'refused', 'it was rehearsed over settings that are gone');
  const again = await house.rehearse('city', [{ path: 'key', value: second }]);
  await house.changeBeside('city', { key: house.city.key });
  const overChanged = await house.rotations.carryOut({ id: again.id, by: 'li.admin' });
  assert.match(overChanged.kind === 'refused' ? (overChanged.detail ?? '') : overChanged.kind, /changed since the rehearsal/);
  await house.changeBeside('city', { key: first });
  house.later(1.01);
  const late = await house.rotations.carryOut({ id: again.id, by: 'li.admin' });
  assert.match(late.kind === 'refused' ? (late.detail ?? '') : late.kind, /older than a day/);
  await house.rotations.forgetOld();
  assert.equal((await house.rotations.list())[0]?.state, 'outdated');
});

test('an instance that does not start because of its keys is listed by its settings, and the keys that will make it start are rehearsed', async (context) => {
  const house = await open(context);
  const { state } = await house.activateBeside('broken', { verification: { mode: 'publicKey', publicKeyId: 'PUB_KEY_ID_0', publicKeyPem: `-----BEGIN PUBLIC KEY-----\n${'A'.repeat(120)}\n-----END PUBLIC KEY-----` } });
  assert.equal(state, 'waiting');
  await house.watch.checkNow();
  assert.deepEqual((await house.watch.openAlarms()).filter(({ owner }) => owner === 'broken').map(({ name, kind }) => [name, kind]), [['verification.publicKeyPem', 'unreadable']]);
  const { id, publicKeyPem } = house.wechat.merchantCredentials.platformPublicKey;
  const rotation = await house.rehearse('broken', [{ path: 'verification.publicKeyId', value: id }, { path: 'verification.publicKeyPem', value: publicKeyPem }]);
  assert.equal(rotation.state, 'passed', JSON.stringify(rotation.steps));
});

test('two people who carry out one rotation carry it out once; going back never undoes what came after', async (context) => {
  const house = await open(context);
  await house.installCityCard();
  const [first, second] = ['canary-first-key-of-the-city-card', 'canary-second-key-of-the-city-card'];
  house.city.acceptAlso(first);
  house.city.acceptAlso(second);
  const one = await house.rehearse('city', [{ path: 'key', value: first }]);
  const both = await Promise.all([house.rotations.carryOut({ id: one.id, by: 'li.admin' }), house.rotations.carryOut({ id: one.id, by: 'wang.admin' })]);
  assert.deepEqual(both.map(({ kind }) => kind), ['ok', 'refused']);
  await house.changeBeside('city', { key: second });
  const back = await house.rotations.takeBack({ id: one.id, by: 'li.admin' });
  assert.match(back.kind === 'refused' ? (back.detail ?? '') : back.kind, /changed since/);
  assert.equal(await house.storedKey('city'), second);
});

test('WeChat Pay changes its platform certificate while payments go on: the new one is seen beside the old, and nobody is alarmed', async (context) => {
  const house = await open(context, { mode: 'platformCertificate' });
  assert.equal(await house.charge('wechat', 'H2026030200000300'), 'pending');
  await house.watch.checkNow();
  const serial = house.wechat.changePlatformCertificate();
  // The plugin asks again when an unknown serial signs, at most every ten seconds.
  house.later(11 / 86_400);
  for (let index = 1; index <= 5; index += 1) assert.equal(await house.charge('wechat', `H20260302000003${String(index).padStart(2, '0')}`), 'pending');
  await house.watch.checkNow();
  const held = (await house.watch.list()).filter(({ name, isPresent }) => name.startsWith('platformCertificate/') && isPresent);
  assert.equal(held.length, 2);
  assert.ok(held.some((credential) => credential.serial === serial && credential.holder === 'theirs' && credential.notAfter !== undefined));
  assert.deepEqual((await house.watch.openAlarms()).filter(({ severity }) => severity < 3), []);
});

test('every instance is listed by its own plugin or by the host alone, and no key appears in what is listed, logged, audited or stored', async (context) => {
  const house = await open(context);
  await house.installCityCard();
  await house.watch.checkNow();
  const listed = await house.watch.list();
  assert.deepEqual(listed.filter(({ owner }) => owner === 'city').map(({ name, titleZh, kind }) => [name, titleZh, kind]), [['key', '市民卡密钥', 'sharedSecret']], 'shut in, it names its key without seeing it');
  assert.deepEqual(listed.filter(({ owner }) => owner === 'wechat').map(({ name }) => name), ['apiV3Key', 'merchantCertificateSerial', 'merchantPrivateKeyPem', 'verification.publicKeyPem']);
  house.city.acceptAlso('canary-next-key-of-the-city-card');
  const rotation = await house.rehearse('city', [{ path: 'key', value: 'canary-next-key-of-the-city-card' }]);
  await house.rotations.carryOut({ id: rotation.id, by: 'li.admin' });
  await house.rehearse('wechat', [{ path: 'apiV3Key', value: 'canary-wrong-api-v3-key-of-32-le' }, { path: 'merchantPrivateKeyPem', value: `-----BEGIN PRIVATE KEY-----\ncanaryLineOfAKeyThatIsNone${'A'.repeat(80)}\n-----END PRIVATE KEY-----` }]);
  await house.watch.checkNow();
  const everything = JSON.stringify([await house.watch.list(), await house.watch.alarms(), await house.watch.history({ owner: 'city', name: 'key' }), await house.rotations.list(), house.audited, house.logged]);
  const { apiV3Key, merchantPrivateKeyPem } = house.wechat.merchantCredentials;
  for (const secret of ['canary-', 'canaryLine', apiV3Key, house.city.key, merchantPrivateKeyPem.split('\n')[1] ?? 'none']) assert.ok(!everything.includes(secret), secret.slice(0, 12));
  assert.ok(house.audited.some(({ what }) => what === 'rotation.rehearse') && house.audited.some(({ what }) => what === 'rotation.carryOut'));
  const [changed] = await house.watch.history({ owner: 'city', name: 'key' });
  assert.deepEqual([changed?.what, changed?.wasRehearsed], ['replaced', true]);
});

type MerchantCertificate = { readonly serial: string; readonly certificatePem: string; readonly privateKeyPem: string };
function merchantChanges({ serial, certificatePem, privateKeyPem }: MerchantCertificate): { readonly path: string; readonly value: string }[] {
  return [{ path: 'merchantPrivateKeyPem', value: privateKeyPem }, { path: 'merchantCertificateSerial', value: serial }, { path: 'merchantCertificatePem', value: certificatePem }];
}
const stepsOf = (rotation: Rotation): string[] => rotation.steps.map(({ step, result }) => `${step} ${result}`);
const stepOf = (rotation: Rotation, name: string): string | undefined => rotation.steps.find(({ step }) => step === name)?.result;
const foundIn = (rotation: Rotation, name: string): string => rotation.steps.find(({ step }) => step === name)?.found.map(({ en }) => en).join('; ') ?? '';

/** The production plugin host with WeChat Pay from its folder and room for the city card's package; real database, real simulators, a clock that a test moves ahead. */
async function open(context: TestContext, { mode = 'publicKey' }: { readonly mode?: WechatPaySettings['verification']['mode'] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-rotation-'));
  let aheadMs = 0;
  const clock = { now: () => new Date(Date.now() + aheadMs) };
  const wechat: WechatPaySimulator = await startWechatPaySimulator({ notificationRetryGapsMs: [], now: clock.now });
  const city = await startCityCardSimulator();
  const [logged, audited, opened]: [string[], AuditAct[], string[]] = [[], [], []];
  const keep = (message: string, facts?: object): void => { logged.push(`${message} ${JSON.stringify(facts ?? {})}`); };
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep, with: () => log };
  const audit = { record: (act: AuditAct) => { audited.push(act); return Promise.resolve(); } };
  const database = await openPlatformDatabase({ dataFolder: folder, hospital: 'demo', clock, log });
  writeFileSync(join(folder, 'trust.json'), vendor.trustList());
  const trust = openTrustedPublishers({ configured: readFileSync(join(folder, 'trust.json'), 'utf8'), file: join(folder, 'packages/trust-list.json') });
  const packages = createInstalledPackages({ folder: join(folder, 'packages'), trust: () => trust.current(), clock, log });
  const isFirstParty = (plugin: Pick<PluginPackage, 'folder'>): boolean => !plugin.folder.startsWith(folder);
  const host = createPluginHost({
    folders: [join(ROOT, 'plugins/channels/wechat-pay')], installed: () => packages.readings(), clock, timers: SYSTEM_TIMERS, log, metrics: SILENT_METRICS, isFirstParty,
    stores: { open: (instance) => { opened.push(instance); return createMemoryStore(); } },
  });
  const rows = installedInstances(database.pluginInstances, clock);
  const desk = createPackageDesk({ host, packages, trust, rows, clock, random: SYSTEM_RANDOM, log, configuredIds: ['wechat'], cutOffs: {}, merchants: [city.merchantNo], openMoney: () => Promise.resolve(0) });
  const { merchantCredentials: credentials } = wechat;
  const publicKey = { publicKeyId: credentials.platformPublicKey.id, publicKeyPem: credentials.platformPublicKey.publicKeyPem };
  const settings: WechatPaySettings = {
    mchid: credentials.merchantId, appid: credentials.appId, merchantCertificateSerial: credentials.merchantCertificateSerial, merchantPrivateKeyPem: credentials.merchantPrivateKeyPem, apiV3Key: credentials.apiV3Key,
    verification: mode === 'platformCertificate' ? { mode } : { mode, ...publicKey }, baseUrl: wechat.baseUrl, notifyBaseUrl: 'http://127.0.0.1:9',
  };
  host.discover();
  const started = await host.activate({ id: 'wechat', plugin: 'wechat-pay', settings, enabled: true, merchantNo: credentials.merchantId });
  assert.equal(started.state, 'active', started.reason);
  const policy = { alarmDays: [60, 30, 7, 1], sharedSecretDays: undefined };
  const watch = createCertificateWatch({
    sources: [pluginCredentials(host, database.keyedFingerprint)], store: database.credentials, rehearsedFingerprints: (owner) => database.rotations.rehearsedFingerprints(owner), policy, clock, log, audit,
    timers: { after: () => ({ cancel() {} }) },
  });
  const rotations = createRotationDesk({
    stage: createRehearsalStage({ host, configuredIds: ['wechat'], isFirstParty, replaceSettings: (id, changed) => desk.replaceSettings(id, changed), keyedFingerprint: database.keyedFingerprint, clock, random: SYSTEM_RANDOM }),
    rotations: database.rotations, policy, clock, audit,
  });
  context.after(async () => {
    await host.stop();
    await Promise.all([wechat.stop(), city.stop(), database.close()]);
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    wechat, city, watch, rotations, logged, audited, opened,
    later(days: number) { aheadMs += days * 86_400_000; },
    async rehearse(instance: string, changes: readonly { readonly path: string; readonly value: string }[]): Promise<Rotation> {
      const outcome = await rotations.rehearse({ instance, changes, by: 'li.admin' });
      assert.ok(outcome.kind === 'ok', JSON.stringify(outcome));
      return outcome.value;
    },
    async charge(instance: string, tradeNo: string): Promise<string> {
      const now = clock.now();
      const outcome = await host.channel(instance)?.charge({ tradeNo, amountFen: 100, description: '门诊缴费', method: 'nativeQr', submittedAt: now.toISOString(), expiresAt: new Date(now.getTime() + 600_000).toISOString(), notifyUrl: '/notify/wechat' });
      return outcome === undefined ? 'no channel' : outcome.kind === 'pending' ? 'pending' : JSON.stringify(outcome);
    },
    async installCityCard(): Promise<void> {
      const received = await desk.receive(await cityCard);
      assert.ok(received.kind === 'ok', JSON.stringify(received));
      const installed = await desk.install({ hash: received.value.hash, acceptsCapabilities: true, instance: 'city', merchantNo: city.merchantNo, settings: { merchantNo: city.merchantNo, baseUrl: city.baseUrl, key: city.key } });
      assert.ok(installed.kind === 'ok', JSON.stringify(installed));
    },
    activateBeside: (id: string, change: Partial<WechatPaySettings>) => host.activate({ id, plugin: 'wechat-pay', settings: { ...settings, ...change }, enabled: true, merchantNo: credentials.merchantId }),
    /** As an upgrade with other settings does. */
    async changeBeside(instance: string, change: object): Promise<void> {
      const known = desk.find(instance);
      assert.equal((await desk.replaceSettings(instance, { ...known?.settings, ...change })).kind, 'ok');
    },
    async storedKey(instance: string): Promise<unknown> {
      return (await rows.list()).find(({ id }) => id === instance)?.settings['key'];
    },
  };
}
