import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { makeSigningKey, type ConformanceReport } from '@hospay/plugin-sdk/package';
import { CHANNEL_RULES } from '@hospay/plugin-sdk/testkit';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { createChangeDesk } from '@hospay/server/changes/change-desk.js';
import type { ChangeKind } from '@hospay/server/domain/change-proposal.js';
import { openPlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { packageChanges } from '@hospay/server/plugin-host/packages/package-changes.js';
import { SYSTEM_RANDOM } from '@hospay/server/edges/machine/system-random.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { createInstalledPackages } from '@hospay/server/plugin-host/packages/installed-packages.js';
import { createPackageDesk } from '@hospay/server/plugin-host/packages/package-desk.js';
import { openTrustedPublishers } from '@hospay/server/plugin-host/packages/trusted-publishers.js';
import { createPluginHost, type InstanceConfiguration } from '@hospay/server/plugin-host/plugin-host.js';
import { SILENT_METRICS } from '@hospay/server/plugin-host/ports.js';
import { startCityCardSimulator, type CityCardSimulator } from '../simulators/city-card/start-city-card-simulator.js';
import { makeVendor } from './vendor-packages.js';

const vendor = makeVendor();
/** Packing bundles; once for all tests. */
const packed = {
  first: vendor.pack('1.0.0'),
  second: vendor.pack('1.1.0', { manifest: { needs: { network: ['baseUrl', 'reports.example.com'], secrets: ['key'] } } }),
  /** Silence is taken for a payment: the worst a channel can do. */
  lying: vendor.pack('1.2.0', { edit: (source) => source.replace(/if \(answer\.kind !== 'accepted'\)\s*return unknown\(answer\.reason\);/, "if (answer.kind !== 'accepted') return { kind: 'succeeded', tradeNo, merchantNo, amountFen: 100, channelTradeNo: 'X', paidAt: new Date().toISOString() };") }),
  /** Starts, and ends by itself a little later. */
  dying: vendor.pack('1.3.0', { edit: (source) => source.replace('const { merchantNo } = context.settings;', '$& setTimeout(() => process.exit(9), 1500);') }),
};
const folders: string[] = [];
after(() => { for (const folder of folders) rmSync(folder, { recursive: true, force: true }); });

type Bench = Awaited<ReturnType<typeof openDesk>>;
type Kept = { readonly folder: string; readonly simulator: CityCardSimulator; readonly rows: Map<string, InstanceConfiguration> };

/** A desk over real files and real processes. `folder` and `rows` of another one: the same appliance after a restart. */
async function openDesk(context: TestContext, before?: Kept, cutOffs: Readonly<Record<string, string>> = {}) {
  const folder = before?.folder ?? mkdtempSync(join(tmpdir(), 'hospay-desk-'));
  folders.push(folder);
  const simulator = before?.simulator ?? (await startCityCardSimulator());
  const trustFile = join(folder, 'configured-trust.json');
  if (before === undefined) writeFileSync(trustFile, vendor.trustList());
  const trust = openTrustedPublishers({ configured: readFileSync(trustFile, 'utf8'), file: join(folder, 'packages/trust-list.json') });
  const clock = { now: () => new Date() };
  const packages = createInstalledPackages({ folder: join(folder, 'packages'), trust: () => trust.current(), clock, log: SILENT_LOG });
  const host = createPluginHost({
    folders: [], installed: () => packages.readings(), clock, log: SILENT_LOG, metrics: SILENT_METRICS, stores: { open: () => createMemoryStore() }, isFirstParty: () => false,
    timers: SYSTEM_TIMERS,
  });
  const rows = before?.rows ?? new Map<string, InstanceConfiguration>();
  const open = { count: 0 };
  const told: string[] = [];
  const desk = createPackageDesk({
    host, packages, trust, clock, random: SYSTEM_RANDOM, log: { ...SILENT_LOG, warn: (message, facts) => { told.push(`${message} ${JSON.stringify(facts)}`); }, error: (message, facts) => { told.push(`${message} ${JSON.stringify(facts)}`); } }, configuredIds: ['wechat'], cutOffs, merchants: [simulator.merchantNo, 'CC-OTHER'], openMoney: () => Promise.resolve(open.count),
    rows: { list: () => Promise.resolve([...rows.values()]), save: (configuration) => { rows.set(configuration.id, configuration); return Promise.resolve(); }, remove: (id) => { rows.delete(id); return Promise.resolve(); } },
  });
  await desk.start();
  context.after(async () => {
    await host.stop();
    if (before === undefined) await simulator.stop();
  });
  const settings = { merchantNo: simulator.merchantNo, baseUrl: simulator.baseUrl, key: simulator.key };
  const receive = async (bytes: Promise<Uint8Array>) => {
    const received = await desk.receive(await bytes);
    assert.equal(received.kind, 'ok', JSON.stringify(received));
    return received.value;
  };
  return {
    folder, simulator, rows, desk, host, open, told, settings, receive,
    stop: () => host.stop(),
    async install(bytes: Promise<Uint8Array>, more: object = {}) {
      const { hash } = await receive(bytes);
      return desk.install({ hash, acceptsCapabilities: true, merchantNo: simulator.merchantNo, ...more });
    },
    version: () => host.list().instances.find(({ id }) => id === 'city')?.version,
    state: () => host.list().instances.find(({ id }) => id === 'city')?.state,
  };
}
const refusalOf = (outcome: { readonly kind: string; readonly code?: string; readonly detail?: string }): string => (outcome.kind === 'refused' ? `${outcome.code ?? ''}: ${outcome.detail ?? ''}` : outcome.kind);
async function charge(bench: Bench, tradeNo: string): Promise<string> {
  const now = new Date();
  const outcome = await bench.host.channel('city')?.charge({ tradeNo, amountFen: 100, description: 'd', method: 'nativeQr', submittedAt: now.toISOString(), expiresAt: new Date(now.getTime() + 60_000).toISOString() });
  return outcome?.kind ?? 'no channel';
}

test('a package that brings a bank link is not installed: who pays from the hospital’s accounts stands in its configuration', async (context) => {
  const bench = await openDesk(context);
  assert.match(refusalOf(await bench.install(vendor.pack('1.4.0', { manifest: { contributes: { channels: ['city-card'], bankLinks: ['bank'] } } }), { instance: 'city', settings: bench.settings })), /PLUGIN_REFUSED: a package cannot bring a bank link/);
  assert.deepEqual(bench.host.list().instances, []);
});

test('a package is looked at before anything of it runs: who signed it, what it may do, what it wants to know', async (context) => {
  const bench = await openDesk(context);
  const seen = await bench.receive(packed.first);
  assert.deepEqual([seen.id, seen.version, seen.publisher, seen.tier, seen.replaces], ['city-card', '1.0.0', 'City Card Example', 'bronze', undefined]);
  assert.deepEqual(seen.signers.map(({ keyId }) => keyId), [vendor.key.keyId]);
  assert.deepEqual(seen.capabilityChanges.filter(({ grows }) => grows).map(({ capability, after: wants }) => `${capability} ${wants}`), ['network baseUrl', 'secrets key', 'channels city-card', 'callTimeoutMs 8000', 'concurrency 32', 'memoryMegabytes 128']);
  assert.ok('properties' in seen.settingsSchema);
  assert.deepEqual(bench.host.list().instances, []);
  assert.equal(bench.simulator.received.length, 0);
});

test('installed, it takes payments at once; after a restart it is there again, from the signed file', async (context) => {
  const bench = await openDesk(context);
  const installed = await bench.install(packed.first, { instance: 'city', settings: bench.settings });
  assert.equal(installed.kind, 'ok', refusalOf(installed));
  assert.deepEqual(installed.value.steps.map(({ step }) => step), ['quickRun', 'connection', 'activation']);
  assert.equal(await charge(bench, 'H2026112200000101'), 'pending');
  await bench.stop();
  const again = await openDesk(context, bench);
  assert.equal(again.state(), 'active');
  assert.equal(await charge(again, 'H2026112200000102'), 'pending');
});

test('unsigned, signed by a stranger or withdrawn: refused with the reason, and nothing is kept', async (context) => {
  const bench = await openDesk(context);
  assert.match(refusalOf(await bench.desk.receive(await vendor.pack('1.0.0', { by: makeSigningKey() }))), /PLUGIN_REFUSED: unsigned: no trusted key of City Card Example has signed it/);
  assert.match(refusalOf(await bench.desk.receive(Buffer.from('no archive'))), /PLUGIN_REFUSED: archive/);
  assert.match(refusalOf(await bench.desk.install({ hash: 'a'.repeat(64), acceptsCapabilities: true })), /NO_SUCH_ITEM/);
  assert.deepEqual(bench.desk.list(), []);
});

test('its tier comes from the signed report: silver when every rule is kept or has its reason', async (context) => {
  const bench = await openDesk(context);
  const report = (change: (id: string) => object = () => ({})): ConformanceReport => ({ format: 'hospay-conformance/1', suite: 'channel', name: 'city-card', sdk: '0.2.0', rules: CHANNEL_RULES.map(({ id }) => ({ id, result: 'kept' as const, ...change(id) })) });
  const tierWith = async (written: ConformanceReport) => (await bench.receive(vendor.pack('1.0.0', { report: written }))).tier;
  assert.equal(await tierWith(report()), 'silver');
  assert.equal(await tierWith(report((id) => (id === 'close.final' ? { result: 'notApplicable', reason: 'it has no close' } : {}))), 'silver');
  assert.equal(await tierWith(report((id) => (id === 'close.final' ? { result: 'notApplicable' } : {}))), 'bronze');
  assert.equal(await tierWith(report((id) => (id === 'charge.paid' ? { result: 'broken' } : {}))), 'bronze');
  assert.equal(await tierWith({ ...report(), rules: report().rules.slice(1) }), 'bronze');
});

test('what a package may do more than before must be agreed to', async (context) => {
  const bench = await openDesk(context);
  const { hash } = await bench.receive(packed.first);
  assert.match(refusalOf(await bench.desk.install({ hash, instance: 'city', settings: bench.settings, acceptsCapabilities: false })), /CONFLICT: it wants more than before: network baseUrl/);
  await bench.install(packed.first, { instance: 'city', settings: bench.settings });
  const second = await bench.receive(packed.second);
  assert.deepEqual(second.capabilityChanges, [{ capability: 'network', before: 'baseUrl', after: 'baseUrl, reports.example.com', grows: true }]);
  assert.match(refusalOf(await bench.desk.install({ hash: second.hash, acceptsCapabilities: false })), /network baseUrl, reports\.example\.com/);
  assert.equal(bench.version(), '1.0.0');
});

test('an upgrade starts the new version beside the old; the version before is kept and one call goes back to it', async (context) => {
  const bench = await openDesk(context);
  await bench.install(packed.first, { instance: 'city', settings: bench.settings });
  const upgraded = await bench.install(packed.second);
  assert.equal(upgraded.kind, 'ok', refusalOf(upgraded));
  assert.deepEqual([bench.version(), upgraded.value.previous], ['1.1.0', '1.0.0']);
  assert.equal(await charge(bench, 'H2026112200000201'), 'pending');
  const back = await bench.desk.rollBack('city-card');
  assert.equal(back.kind, 'ok', refusalOf(back));
  assert.equal(bench.version(), '1.0.0');
  assert.equal(await charge(bench, 'H2026112200000202'), 'pending');
  assert.deepEqual(bench.desk.list().map(({ current, previous }) => [current.version, previous?.version]), [['1.0.0', '1.1.0']]);
  await bench.stop();
  assert.equal((await openDesk(context, bench)).version(), '1.0.0');
});

test('a version that takes silence for a payment is caught by the quick run, and the old one goes on', async (context) => {
  const bench = await openDesk(context);
  await bench.install(packed.first, { instance: 'city', settings: bench.settings });
  assert.match(refusalOf(await bench.install(packed.lying)), /PLUGIN_REFUSED: quick run: answer\.unreachable is broken: \{"query":\{"kind":"succeeded"/);
  assert.equal(bench.version(), '1.0.0');
  assert.equal(await charge(bench, 'H2026112200000301'), 'pending');
});

test('settings that reach nobody fail the connection test, and nothing is installed', async (context) => {
  const bench = await openDesk(context);
  assert.match(refusalOf(await bench.install(packed.first, { instance: 'city', settings: { ...bench.settings, baseUrl: 'http://127.0.0.1:1' } })), /PLUGIN_REFUSED: connection test of city: unknown/);
  assert.match(refusalOf(await bench.install(packed.first, { instance: 'city', settings: { ...bench.settings, kye: 'x' } })), /PLUGIN_REFUSED: city does not start: settings do not fit: .*kye/);
  assert.match(refusalOf(await bench.install(packed.first, { instance: 'wechat', settings: bench.settings })), /CONFLICT: the configuration already has an instance wechat/);
  assert.match(refusalOf(await bench.install(packed.first, { instance: 'city', settings: bench.settings, merchantNo: 'CC-OTHER' })), /PLUGIN_REFUSED: .*charges for merchant/);
  assert.match(refusalOf(await bench.install(packed.first, { instance: 'city', settings: bench.settings, merchantNo: 'SOMEBODY-ELSE' })), /PLUGIN_REFUSED: merchantNo SOMEBODY-ELSE must be one of the hospital's merchants/);
  assert.deepEqual([bench.desk.list(), [...bench.rows], bench.host.list().instances], [[], [], []]);
});

test('a version that dies again and again is rolled back while it is down', async (context) => {
  const bench = await openDesk(context);
  await bench.install(packed.first, { instance: 'city', settings: bench.settings });
  const upgraded = await bench.install(packed.dying);
  assert.equal(upgraded.kind, 'ok', refusalOf(upgraded));
  for (let round = 0; round < 200 && bench.state() !== 'waiting'; round += 1) await new Promise((wake) => { setTimeout(wake, 25); });
  assert.equal(bench.state(), 'waiting');
  const back = await bench.desk.rollBack('city-card');
  assert.equal(back.kind, 'ok', refusalOf(back));
  assert.deepEqual([bench.state(), bench.version()], ['active', '1.0.0']);
  assert.equal(await charge(bench, 'H2026112200000401'), 'pending');
});

test('it is not removed while money is open through it, and takes no payment once it is gone', async (context) => {
  const bench = await openDesk(context);
  await bench.install(packed.first, { instance: 'city', settings: bench.settings });
  bench.open.count = 2;
  assert.match(refusalOf(await bench.desk.remove('city-card')), /CONFLICT: 2 payments or refunds through city are still open/);
  assert.deepEqual([bench.state(), bench.desk.instances().map(({ id }) => id)], ['active', ['city']]);
  bench.open.count = 0;
  assert.deepEqual(await bench.desk.remove('city-card'), { kind: 'ok', value: { instances: ['city'] } });
  assert.equal(await charge(bench, 'H2026112200000501'), 'no channel');
  assert.deepEqual([bench.desk.list(), [...bench.rows]], [[], []]);
  await bench.stop();
  assert.deepEqual((await openDesk(context, bench)).host.list().instances, []);
});

test('a newer trust list that withdraws a package stops it at once; one that no root has signed is refused', async (context) => {
  const bench = await openDesk(context);
  await bench.install(packed.first, { instance: 'city', settings: bench.settings });
  assert.match(refusalOf(await bench.desk.changeTrustList(makeVendor().trustList({ serial: 2 }))), /PLUGIN_REFUSED: no root of the present trust list has signed it/);
  assert.match(refusalOf(await bench.desk.changeTrustList(vendor.trustList())), /is not newer/);
  const changed = await bench.desk.changeTrustList(vendor.trustList({ serial: 2, revokedPackages: [{ id: 'city-card', version: '1.0.0', reason: 'charges twice' }] }));
  assert.deepEqual(changed, { kind: 'ok', value: { serial: 2, stopped: ['city'] } });
  assert.equal(bench.state(), 'failed');
  assert.match(bench.desk.list()[0]?.refused ?? '', /charges twice/);
  assert.equal(await charge(bench, 'H2026112200000601'), 'no channel');
  const fixed = await bench.install(packed.second);
  assert.equal(fixed.kind, 'ok', refusalOf(fixed));
  assert.equal(await charge(bench, 'H2026112200000602'), 'pending');
});

test('a file changed on the disk is put right from the signed package; a changed package is refused', async (context) => {
  const bench = await openDesk(context);
  await bench.install(packed.first, { instance: 'city', settings: bench.settings });
  await bench.stop();
  const folder = join(bench.folder, 'packages/city-card');
  const hash = readdirSync(folder).find((name) => /^[0-9a-f]{64}$/.test(name)) ?? assert.fail('nothing unpacked');
  const entry = join(folder, hash, 'dist/plugin.js');
  const genuine = readFileSync(entry);
  writeFileSync(entry, 'throw new Error("somebody was here")');
  const again = await openDesk(context, bench);
  assert.equal(again.state(), 'active');
  assert.ok(readFileSync(entry).equals(genuine));
  await again.stop();
  const file = join(folder, `${hash}.hpx`);
  const bytes = readFileSync(file);
  bytes[bytes.indexOf('City Card')] = 0x58;
  writeFileSync(file, bytes);
  const third = await openDesk(context, again);
  assert.equal(third.state(), 'failed');
  assert.match(third.desk.list()[0]?.refused ?? '', /SHA256SUMS|changed/);
});

/** Changes of a desk, with two administrators and a person of finance: the platform database lies beside the packages. */
async function openChanges(context: TestContext, bench: Bench) {
  const clock = { now: () => new Date() };
  const database = await openPlatformDatabase({ dataFolder: join(bench.folder, 'platform'), hospital: 'demo', clock, log: SILENT_LOG });
  let isOpen = true;
  const close = async () => {
    if (isOpen) await database.close();
    isOpen = false;
  };
  context.after(close);
  for (const login of ['li.admin', 'zhao.admin', 'wu.finance']) if ((await database.users.findByLogin(login)) === undefined) await database.users.add({ id: login, login, displayName: login, passwordHash: 'x', roles: [login.endsWith('finance') ? 'finance' : 'administrator'], mustChangePassword: false }, clock.now());
  const acts: { readonly what: string; readonly after?: unknown }[] = [];
  const audit = { record: (act: { readonly what: string; readonly after?: unknown }) => { acts.push(act); return Promise.resolve(); } };
  const changes = createChangeDesk({ acts: packageChanges({ desk: bench.desk, keyedFingerprint: database.keyedFingerprint, audit }), store: database.changes, expiresAfterMs: 3_600_000, clock, audit, log: SILENT_LOG });
  return {
    changes, database, acts, close,
    async propose(kind: ChangeKind, content: object) {
      const asked = await changes.request({ kind, content, reason: '测试', by: 'li.admin' });
      assert.equal(asked.kind, 'ok', refusalOf(asked));
      return asked.value.change;
    },
    async approve({ changeNo, hash }: { readonly changeNo: string; readonly hash: string }, by: string): Promise<string> {
      const [result] = await changes.decide({ changes: [{ changeNo, hash }], isApproved: true, reason: '已核对', by });
      return result?.change?.state ?? (result?.refused === undefined ? 'nothing' : refusalOf(result.refused));
    },
  };
}

test('an installation is shown before it is made, without its key; code of a publisher who is new here needs two others, the next version one', async (context) => {
  const bench = await openDesk(context);
  const { propose, approve, database, acts } = await openChanges(context, bench);
  const { hash } = await bench.receive(packed.first);
  const change = await propose('pluginInstall', { hash, instance: 'city', merchantNo: bench.simulator.merchantNo, settings: bench.settings, acceptsCapabilities: true });
  assert.deepEqual([change.state, change.levels, bench.desk.list()], ['proposed', 2, []]);
  const shown = new Map(change.lines.map((line) => [line.name, line]));
  assert.deepEqual(shown.get('version'), { name: 'version', after: '1.0.0' });
  assert.deepEqual(shown.get('merchantNo'), { name: 'merchantNo', after: bench.simulator.merchantNo });
  assert.deepEqual(shown.get('settings.baseUrl'), { name: 'settings.baseUrl', after: bench.simulator.baseUrl });
  assert.match(shown.get('settings.key')?.after ?? '', /^#[0-9a-f]{16}$/);
  assert.equal(await approve(change, 'zhao.admin'), 'firstApproved');
  assert.equal(bench.state(), undefined);
  assert.equal(await approve(change, 'wu.finance'), 'applied');
  assert.deepEqual([bench.state(), bench.version(), await database.changes.contentOf(change.changeNo)], ['active', '1.0.0', undefined]);
  assert.ok(!JSON.stringify([change, acts]).includes(bench.settings.key));
  const upgrade = await propose('pluginInstall', { hash: (await bench.receive(packed.second)).hash, acceptsCapabilities: true });
  assert.deepEqual([upgrade.levels, upgrade.lines.find(({ name }) => name === 'capability.network')], [1, { name: 'capability.network', before: 'baseUrl', after: 'baseUrl, reports.example.com' }]);
  assert.equal(await approve(upgrade, 'li.admin'), 'SECOND_PERSON_NEEDED: ');
  assert.equal(await approve(upgrade, 'zhao.admin'), 'applied');
  assert.equal(bench.version(), '1.1.0');
});

test('a channel that is installed has the cut-off the configuration has for it: shown to who approves, refused beside another one of the same statement', async (context) => {
  const bench = await openDesk(context, undefined, { city: '23:00', wechat: '22:00' });
  assert.deepEqual(bench.told, ['a cut-off is of a channel that is neither configured nor installed: correct its id, unless it is still to be installed {"channel":"city"}']);
  const { propose } = await openChanges(context, bench);
  const { hash } = await bench.receive(packed.first);
  const asked = { hash, instance: 'city', merchantNo: bench.simulator.merchantNo, settings: bench.settings, acceptsCapabilities: true };
  assert.deepEqual((await propose('pluginInstall', asked)).lines.find(({ name }) => name === 'cutOff'), { name: 'cutOff', after: '23:00' });
  const installed = await bench.install(packed.first, { instance: 'city', settings: bench.settings });
  assert.equal(installed.kind, 'ok', refusalOf(installed));
  assert.equal(refusalOf(await bench.install(packed.first, { instance: 'city-north', settings: bench.settings })), 'CONFLICT: city-north and city share a statement: give them the same cut-off in settlement.cutOffs first');
  await bench.stop();
  const alike = await openDesk(context, bench, { city: '23:00', 'city-north': '23:00' });
  const second = await alike.install(packed.first, { instance: 'city-north', settings: bench.settings });
  assert.equal(second.kind, 'ok', refusalOf(second));
  await alike.stop();
  const apart = await openDesk(context, bench, { city: '23:00' });
  assert.deepEqual(apart.told.map((one) => /different cut-offs: .*"instance":"([a-z-]+)"/.exec(one)?.[1]), ['city', 'city-north']);
});

test('another merchant number needs two; a version that somebody changed meanwhile, or a way back to another one, is not approved', async (context) => {
  const bench = await openDesk(context);
  const { propose, approve } = await openChanges(context, bench);
  await bench.install(packed.first, { instance: 'city', settings: bench.settings });
  const { hash } = await bench.receive(packed.second);
  const moved = await propose('pluginInstall', { hash, instance: 'city', merchantNo: 'CC-OTHER', acceptsCapabilities: true });
  assert.deepEqual([moved.levels, moved.lines.find(({ name }) => name === 'merchantNo')], [2, { name: 'merchantNo', before: bench.simulator.merchantNo, after: 'CC-OTHER' }]);
  await bench.install(packed.second);
  assert.match(await approve(moved, 'zhao.admin'), /^APPROVAL_OVER: moved/);
  const back = await propose('pluginRollBack', { id: 'city-card' });
  assert.deepEqual(back.lines[0], { name: 'version', before: '1.1.0', after: '1.0.0' });
  assert.equal(await approve(back, 'wu.finance'), 'applied');
  assert.equal(bench.version(), '1.0.0');
});

test('a removal is refused while money is open, and made by the approval of another; a trust list that trusts more needs two, one that withdraws needs one', async (context) => {
  const bench = await openDesk(context);
  const { changes, propose, approve } = await openChanges(context, bench);
  await bench.install(packed.first, { instance: 'city', settings: bench.settings });
  const removal = await propose('pluginRemove', { id: 'city-card' });
  bench.open.count = 2;
  assert.match(await approve(removal, 'zhao.admin'), /CONFLICT: 2 payments or refunds through city are still open/);
  bench.open.count = 0;
  assert.equal(await approve(removal, 'zhao.admin'), 'applied');
  assert.deepEqual(bench.desk.list(), []);
  assert.match(refusalOf(await changes.request({ kind: 'trustList', content: { text: makeVendor().trustList({ serial: 2 }) }, reason: '测试', by: 'li.admin' })), /no root of the present trust list has signed it/);
  const stranger = makeSigningKey();
  const more = await propose('trustList', { text: vendor.trustList({ serial: 2, publishers: [{ keyId: vendor.key.keyId, publisher: 'City Card Example', publicKeyPem: vendor.key.publicKeyPem }, { keyId: stranger.keyId, publisher: 'Stranger', publicKeyPem: stranger.publicKeyPem }] }) });
  assert.deepEqual([more.levels, more.lines.find(({ after: added }) => added?.startsWith('Stranger') === true)?.after], [2, `Stranger (${stranger.keyId})`]);
  assert.deepEqual([await approve(more, 'zhao.admin'), await approve(more, 'wu.finance'), bench.desk.trustList().serial], ['firstApproved', 'applied', 2]);
  const less = await propose('trustList', { text: vendor.trustList({ serial: 3, revokedPackages: [{ id: 'city-card', version: '1.0.0', reason: 'charges twice' }] }) });
  assert.deepEqual([less.levels, await approve(less, 'wu.finance')], [1, 'applied']);
});

test('the power goes between the approval of a package and its installation: after the restart it is installed, once', async (context) => {
  const bench = await openDesk(context);
  const { propose, approve, database, close } = await openChanges(context, bench);
  const { hash } = await bench.receive(packed.first);
  const change = await propose('pluginInstall', { hash, instance: 'city', merchantNo: bench.simulator.merchantNo, settings: bench.settings, acceptsCapabilities: true });
  await approve(change, 'zhao.admin');
  // Approved, and nothing after it: as the store has it when the process ends there.
  const decided = await database.changes.decide({ changeNo: change.changeNo, hash: change.hash, isApproved: true, reason: '已核对', by: 'wu.finance', now: new Date(), recheck: () => Promise.resolve({ kind: 'ok', value: 'same' }) });
  assert.equal(decided.kind, 'ok');
  await close();
  await bench.stop();
  const again = await openDesk(context, bench);
  assert.equal(again.state(), undefined);
  const restarted = await openChanges(context, again);
  await restarted.changes.resume();
  assert.deepEqual([again.state(), again.version(), (await restarted.database.changes.find(change.changeNo))?.state], ['active', '1.0.0', 'applied']);
  await restarted.changes.resume();
  assert.equal(restarted.acts.filter(({ what }) => what === 'plugin.install').length, 1);
});
