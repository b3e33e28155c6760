/** The configuration file and what was approved of it: routing, channels, merchant numbers, keys and applications take effect as two persons approved them. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createChangeDesk } from '@hospay/server/changes/change-desk.js';
import { loadConfiguration } from '@hospay/server/config/load-configuration.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { openPlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { configurationChange, proposeConfiguration, settleConfiguration } from '@hospay/server/platform-configuration.js';

const ROOT = join(import.meta.dirname, '../../..');
type File = { readonly merchantNo?: string; readonly key?: string; readonly routing?: string; readonly permissions?: string; readonly logging?: string; readonly campuses?: string };

/** A hospital whose configuration file a test writes; `start` is a start of its core up to the plugins. */
async function openHospital(context: TestContext, people: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-file-'));
  mkdirSync(join(folder, 'profiles'));
  copyFileSync(join(ROOT, 'config/defaults.yaml'), join(folder, 'defaults.yaml'));
  const clock = { now: () => new Date('2026-11-20T01:00:00.000Z') };
  const database = await openPlatformDatabase({ dataFolder: folder, hospital: 'h', clock, log: SILENT_LOG });
  context.after(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const acts: string[] = [];
  const audit = { record: (act: { readonly who: string; readonly what: string }) => { acts.push(`${act.who} ${act.what}`); return Promise.resolve(); } };
  const schema = { type: 'object', properties: { key: { type: 'string', 'x-secret': true }, baseUrl: { type: 'string' } } };
  const host = { inspect: () => [{ configuration: { id: 'wechat', plugin: 'wechat-pay', settings: {}, enabled: true }, state: 'active' as const, package: undefined, running: undefined, settingsSchema: schema }] };
  const changes = createChangeDesk({ acts: [configurationChange({ database, host, clock })], store: database.changes, expiresAfterMs: 3_600_000, clock, audit, log: SILENT_LOG });
  const hire = async (login: string) => { await database.users.add({ id: login, login, displayName: login, passwordHash: 'x', roles: [login.endsWith('finance') ? 'finance' : 'administrator'], mustChangePassword: false }, clock.now()); };
  for (const login of people) await hire(login);
  return {
    database, changes, acts, hire,
    async start({ merchantNo = '1', key = 'canary-old', routing = '[]', permissions = '[read]', logging = 'info', campuses = '{ id: main, name: M }' }: File) {
      writeFileSync(join(folder, 'profiles/x.yaml'), `
hospital: { id: h, name: H, campuses: [${campuses}], merchants: [{ merchantNo: '1', name: M, campus: main }, { merchantNo: '2', name: N, campus: main }] }
his: { id: his, plugin: sqlserver, settings: {} }
channels: [{ id: wechat, plugin: wechat-pay, merchantNo: '${merchantNo}', enabled: true, settings: { key: ${key}, baseUrl: 'https://pay.example' } }, { id: alipay, plugin: alipay, merchantNo: '1', enabled: true, settings: {} }]
routing: ${routing}
provision: { terminals: [], applications: [{ id: app, title: APP, secret: canary-application-0123456789abcdef, permissions: ${permissions} }] }
logging: { level: ${logging}, largestFileMegabytes: 8 }
`);
      const { configuration, configFolder } = loadConfiguration({ profile: 'x', profileFolder: join(folder, 'profiles'), environment: {}, dataFolder: folder });
      const settled = await settleConfiguration(configuration, { database, configFolder, audit, clock, log: SILENT_LOG });
      await changes.resume();
      await proposeConfiguration(changes, database, settled, clock);
      const { channels, routing: rules, provision, logging: log } = settled.configuration;
      return { merchantNo: channels[0]?.merchantNo, key: channels[0]?.settings['key'], rules: rules.length, permissions: provision.applications[0]?.permissions, level: log.level };
    },
    async latest() {
      return (await changes.list({ limit: 1 })).changes[0] ?? assert.fail('nothing was proposed');
    },
    async approve(by: string): Promise<string> {
      const change = (await changes.list({ limit: 1 })).changes[0] ?? assert.fail('nothing was proposed');
      const [result] = await changes.decide({ changes: [change], isApproved: true, reason: '已核对', by });
      return result?.change?.state ?? result?.refused?.code ?? '';
    },
  };
}

const OTHER = { merchantNo: '2', key: 'canary-new', routing: "[{ name: all, when: {}, channels: [alipay] }]", permissions: '[read, pay, refund]' };

test('before there are two persons the file is what runs, and each start that finds it changed writes that down', async (context) => {
  const hospital = await openHospital(context, ['li.admin']);
  await hospital.start({});
  assert.deepEqual(await hospital.start(OTHER), { merchantNo: '2', key: 'canary-new', rules: 1, permissions: ['read', 'pay', 'refund'], level: 'info' });
  await hospital.start(OTHER);
  assert.deepEqual(hospital.acts, ['system configuration.direct', 'system configuration.direct']);
  assert.deepEqual((await hospital.changes.list({ limit: 5 })).changes, []);
});

test('a file that says otherwise than what was approved changes nothing about money: what was approved runs, everything else of the file holds, and the change waits for two persons', async (context) => {
  const hospital = await openHospital(context, ['li.admin']);
  await hospital.start({});
  await hospital.hire('wu.finance');
  assert.deepEqual(await hospital.start({ ...OTHER, logging: 'debug' }), { merchantNo: '1', key: 'canary-old', rules: 0, permissions: ['read'], level: 'debug' });
  const change = await hospital.latest();
  assert.deepEqual([change.kind, change.state, change.levels, change.proposedBy], ['configuration', 'proposed', 2, 'file:configuration']);
  const shown = new Map(change.lines.map((line) => [line.name, [line.before, line.after]]));
  assert.deepEqual(shown.get('channels.1(wechat).merchantNo'), ['1', '2']);
  assert.deepEqual(shown.get('routing.1(all).channels'), [undefined, 'alipay']);
  assert.deepEqual(shown.get('applications.1(app).permissions'), ['read', 'read, pay, refund']);
  assert.match(String(shown.get('channels.1(wechat).settings.key')), /^#[0-9a-f]{16},#[0-9a-f]{16}$/);
  assert.deepEqual([shown.has('channels.1(wechat).settings.baseUrl'), JSON.stringify(change).includes('canary')], [false, false]);
  // One person is not two, and a restart takes nobody's approval away.
  assert.deepEqual([await hospital.approve('li.admin'), await hospital.approve('li.admin')], ['firstApproved', 'SECOND_PERSON_NEEDED']);
  await hospital.start(OTHER);
  assert.equal((await hospital.latest()).changeNo, change.changeNo);
  assert.equal(await hospital.approve('wu.finance'), 'applied');
  assert.deepEqual(await hospital.start(OTHER), { merchantNo: '2', key: 'canary-new', rules: 1, permissions: ['read', 'pay', 'refund'], level: 'info' });
  // The old file is now the one that says otherwise.
  assert.equal((await hospital.start({})).merchantNo, '2');
});

test('a file that is put back ends its proposal; one that was changed again is another proposal, and an approval of the first counts for nothing', async (context) => {
  const hospital = await openHospital(context, ['li.admin']);
  await hospital.start({});
  await hospital.hire('wu.finance');
  await hospital.start(OTHER);
  assert.equal(await hospital.approve('li.admin'), 'firstApproved');
  await hospital.start({});
  assert.equal((await hospital.latest()).state, 'superseded');
  await hospital.start(OTHER);
  assert.equal(await hospital.approve('li.admin'), 'firstApproved');
  await hospital.start({ ...OTHER, key: 'canary-third' });
  const last = await hospital.latest();
  assert.deepEqual([last.state, last.firstApprovedBy], ['proposed', undefined]);
  assert.deepEqual([await hospital.approve('wu.finance'), await hospital.approve('li.admin')], ['firstApproved', 'applied']);
  assert.equal((await hospital.start({ ...OTHER, key: 'canary-third' })).key, 'canary-third');
});

test('a hospital that was there before this version begins with the file it runs with; what contradicts what was approved stops the start with its reason', async (context) => {
  const hospital = await openHospital(context, ['li.admin', 'wu.finance']);
  assert.equal((await hospital.start(OTHER)).merchantNo, '2');
  assert.deepEqual(hospital.acts, ['system configuration.begin']);
  await assert.rejects(hospital.start({ campuses: '{ id: other, name: O }, { id: main, name: M }', routing: '[]' }).then(() => hospital.start({ campuses: '{ id: other, name: O }' })), /hospital\.merchants/);
});
