/** 参数管理: a value is set at the console by a change that others approve, lies over the file, and runs from the next start on. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createChangeDesk } from '@hospay/server/changes/change-desk.js';
import { settableSchema } from '@hospay/server/config/console-settings.js';
import { loadConfiguration } from '@hospay/server/config/load-configuration.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { openPlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { configurationChange, proposeConfiguration, settleConfiguration } from '@hospay/server/platform-configuration.js';
import { composeParameters, parameterChange } from '@hospay/server/platform-parameters.js';

const ROOT = join(import.meta.dirname, '../../..');

async function openHospital(context: TestContext, people: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-parameters-'));
  const data = join(folder, 'data');
  for (const one of [join(folder, 'profiles'), data]) mkdirSync(one);
  copyFileSync(join(ROOT, 'config/defaults.yaml'), join(folder, 'defaults.yaml'));
  const clock = { now: () => new Date('2026-11-20T01:00:00.000Z') };
  const database = await openPlatformDatabase({ dataFolder: data, hospital: 'h', clock, log: SILENT_LOG });
  context.after(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const audit = { record: () => Promise.resolve() };
  const host = { inspect: () => [] };
  for (const login of people) await database.users.add({ id: login, login, displayName: login, passwordHash: 'x', roles: [login.endsWith('finance') ? 'finance' : 'administrator'], mustChangePassword: false }, clock.now());
  return {
    data,
    /** A start of its core, of which only the configuration is looked at. */
    async start({ logging = 'info', secondApprovalFromFen = 3_000_000 }: { readonly logging?: string; readonly secondApprovalFromFen?: number } = {}) {
      writeFileSync(join(folder, 'profiles/x.yaml'), `
hospital: { id: h, name: H, campuses: [{ id: main, name: M }], merchants: [{ merchantNo: '1', name: M, campus: main }] }
his: { id: his, plugin: sqlserver, settings: {} }
channels: [{ id: wechat, plugin: wechat-pay, merchantNo: '1', enabled: true, settings: {} }]
provision: { terminals: [], applications: [] }
payouts: { accounts: [], secondApprovalFromFen: ${String(secondApprovalFromFen)} }
payments: { qrLifetimeSeconds: 240 }
logging: { level: ${logging}, largestFileMegabytes: 8 }
`);
      const { configuration, configFolder, ...loaded } = loadConfiguration({ profile: 'x', profileFolder: join(folder, 'profiles'), environment: {}, dataFolder: data });
      const settled = await settleConfiguration(configuration, { database, configFolder, audit, clock, log: SILENT_LOG });
      const sources = { ...loaded, configuration };
      const changes = createChangeDesk({ acts: [configurationChange({ database, host, clock }), parameterChange({ loaded: sources, database, clock })], store: database.changes, expiresAfterMs: 3_600_000, clock, audit, log: SILENT_LOG });
      await changes.resume();
      await proposeConfiguration(changes, database, settled, clock);
      const parameters = composeParameters({ effective: settled.configuration, loaded: sources, isPending: settled.pending !== undefined, database, host });
      const { payments, payouts, logging: log } = settled.configuration;
      return {
        runs: { qrLifetimeSeconds: payments.qrLifetimeSeconds, secondApprovalFromFen: payouts.secondApprovalFromFen, level: log.level },
        isPending: settled.pending !== undefined,
        async propose(key: string, value?: unknown) {
          return changes.request({ kind: 'parameter', content: { key, ...(value === undefined ? {} : { value }) }, reason: '按院办通知调整', by: 'li.admin' });
        },
        async approve(...by: readonly string[]): Promise<readonly string[]> {
          const said: string[] = [];
          for (const one of by) {
            const change = (await changes.list({ limit: 5 })).changes.find(({ kind }) => kind === 'parameter') ?? assert.fail('nothing was proposed');
            const [result] = await changes.decide({ changes: [change], isApproved: true, reason: '已核对', by: one });
            said.push(result?.change?.state ?? result?.refused?.code ?? '');
          }
          return said;
        },
        async parameter(key: string) {
          return (await parameters.list()).parameters.find((one) => one.key === key) ?? assert.fail(key);
        },
      };
    },
  };
}
const codeOf = (outcome: { readonly kind: string; readonly code?: string }): string | undefined => outcome.code;

test('a value waits for another person, then for the next start, and the page says of each where it is', async (context) => {
  const hospital = await openHospital(context, ['li.admin', 'wang.admin']);
  const core = await hospital.start();
  const asked = await core.propose('payments.qrLifetimeSeconds', 180);
  assert.ok(asked.kind === 'ok');
  assert.deepEqual([asked.value.change.state, asked.value.change.levels, asked.value.change.lines], ['proposed', 1, [{ name: 'payments.qrLifetimeSeconds', before: '240', after: '180' }]]);
  assert.equal((await core.parameter('payments.qrLifetimeSeconds')).next, undefined, 'proposed is not approved');
  assert.deepEqual(await core.approve('li.admin'), ['SECOND_PERSON_NEEDED']);
  assert.deepEqual(await core.approve('wang.admin'), ['applied']);
  const { value, next, origin } = await core.parameter('payments.qrLifetimeSeconds');
  assert.deepEqual({ value, next, origin }, { value: '240', next: '180', origin: 'file' });
  const later = await hospital.start();
  assert.equal(later.runs.qrLifetimeSeconds, 180);
  const then = await later.parameter('payments.qrLifetimeSeconds');
  assert.deepEqual([then.value, then.next, then.origin, then.originName], ['180', undefined, 'console', asked.value.change.changeNo]);
});

test('what decides about money takes two others, and the next start runs it without proposing the file’s old value', async (context) => {
  const hospital = await openHospital(context, ['li.admin', 'wang.admin', 'wu.finance']);
  const core = await hospital.start();
  assert.ok((await core.propose('payouts.secondApprovalFromFen', 5_000_000)).kind === 'ok');
  assert.deepEqual(await core.approve('wang.admin', 'wang.admin', 'wu.finance'), ['firstApproved', 'SECOND_PERSON_NEEDED', 'applied']);
  const later = await hospital.start();
  assert.deepEqual([later.runs.secondApprovalFromFen, later.isPending], [5_000_000, false]);
  // The file may say something else meanwhile: what was approved at the console lies over it.
  const third = await hospital.start({ secondApprovalFromFen: 9_000_000 });
  assert.deepEqual([third.runs.secondApprovalFromFen, third.isPending], [5_000_000, false]);
});

test('taken back, the file’s value runs again, and that is approved too', async (context) => {
  const hospital = await openHospital(context, ['li.admin', 'wang.admin', 'wu.finance']);
  const core = await hospital.start();
  await core.propose('payouts.secondApprovalFromFen', 5_000_000);
  await core.approve('wang.admin', 'wu.finance');
  const later = await hospital.start();
  assert.ok((await later.propose('payouts.secondApprovalFromFen')).kind === 'ok');
  assert.deepEqual(await later.approve('wang.admin', 'wu.finance'), ['firstApproved', 'applied']);
  assert.equal((await later.parameter('payouts.secondApprovalFromFen')).next, '3000000');
  const third = await hospital.start();
  assert.deepEqual([third.runs.secondApprovalFromFen, third.isPending], [3_000_000, false]);
  assert.equal(codeOf(await third.propose('payouts.secondApprovalFromFen')), 'CONFLICT', 'there is nothing to take back');
});

test('a value no start could run with is refused before anybody is asked, and so is what is set elsewhere', async (context) => {
  const core = await (await openHospital(context, ['li.admin', 'wang.admin'])).start();
  assert.deepEqual([
    codeOf(await core.propose('payments.qrLifetimeSeconds', 'soon')), codeOf(await core.propose('payments.qrLifetimeSeconds', -1)), codeOf(await core.propose('logging.level', 'loud')), codeOf(await core.propose('payments.qrLifetimeSeconds', 240)),
    codeOf(await core.propose('channels', [])), codeOf(await core.propose('hospital.id', 'other')), codeOf(await core.propose('http.consolePort', 1)), codeOf(await core.propose('mqtt.corePassword', 'secret')), codeOf(await core.propose('no.such.key', 1)), codeOf(await core.propose('payments', {})), codeOf(await core.propose('__proto__.polluted', 1)),
  ], ['MALFORMED_REQUEST', 'MALFORMED_REQUEST', 'MALFORMED_REQUEST', 'CONFLICT', ...Array.from({ length: 7 }, () => 'NO_SUCH_ITEM')]);
});

test('the power goes between approval and file: the next start makes what was approved', async (context) => {
  const hospital = await openHospital(context, ['li.admin', 'wang.admin', 'wu.finance']);
  const core = await hospital.start();
  await core.propose('payouts.secondApprovalFromFen', 5_000_000);
  mkdirSync(join(hospital.data, 'console-settings.json.part'));
  await assert.rejects(core.approve('wang.admin', 'wu.finance'), { code: 'EISDIR' });
  rmSync(join(hospital.data, 'console-settings.json.part'), { recursive: true });
  const later = await hospital.start();
  assert.equal(later.runs.secondApprovalFromFen, 5_000_000);
  assert.deepEqual(Object.keys(JSON.parse(readFileSync(join(hospital.data, 'console-settings.json'), 'utf8')) as object), ['payouts.secondApprovalFromFen']);
  const third = await hospital.start();
  assert.deepEqual([third.runs.secondApprovalFromFen, third.isPending], [5_000_000, false]);
});

test('a file of settings that cannot be read stops the start: what was approved is never left out silently', async (context) => {
  const hospital = await openHospital(context, ['li.admin']);
  for (const text of ['{', '[]', '{"payments.qrLifetimeSeconds":180}', '{"payments.nothing":{"value":1,"changeNo":"C1"}}']) {
    writeFileSync(join(hospital.data, 'console-settings.json'), text);
    await assert.rejects(hospital.start(), { name: 'ConfigurationError' }, text);
  }
});

test('every setting the page offers has a schema of one value, and none is a secret', () => {
  for (const key of ['payments.qrLifetimeSeconds', 'logging.level', 'payouts.secondApprovalFromFen', 'users.secondFactorFor']) assert.notEqual(settableSchema(key), undefined, key);
  for (const key of ['monitoring.delivery', 'users', 'routing', 'queue.sinks', 'toString', 'payments.constructor']) assert.equal(settableSchema(key), undefined, key);
});
