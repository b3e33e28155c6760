import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { APP, ApplianceUnderTest, eventually } from '../end-to-end/appliance-under-test.js';
import { selfSignedCertificate } from '../simulators/machinery/certificate-writer.js';

const DAY_MS = 86_400_000;

test('the running appliance checks its keys at the start, tells monitoring and readiness, raises nothing twice after a restart, and writes no key anywhere', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-files-'));
  const ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const now = Date.now();
  const certificate = selfSignedCertificate({ serialNumber: `4${randomBytes(20).toString('hex').slice(1)}`, commonName: 'console.hospital.test', organisation: 'Hospital', notBefore: new Date(now - DAY_MS), notAfter: new Date(now + 5 * DAY_MS), publicKey: ours.publicKey, privateKey: ours.privateKey });
  writeFileSync(join(folder, 'console.pem'), certificate);
  writeFileSync(join(folder, 'console.key'), other.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const certificates = { alarmDays: [60, 30, 7, 1], watchedFiles: [{ name: 'console', title: '控制台证书', certificateFile: join(folder, 'console.pem'), privateKeyFile: join(folder, 'console.key') }] };
  const appliance = await ApplianceUnderTest.start({ configuration: { certificates } });
  context.after(async () => {
    await appliance.stop();
    rmSync(folder, { recursive: true });
  });
  const metrics = async (): Promise<string> => (await fetch(`${appliance.addresses.payment}/metrics`)).text();
  const measured = () => eventually('the certificate is measured', async () => /hospay_credential_expires_seconds\{owner="platform",name="file\/console",holder="ours",kind="certificate"\} \d+/.exec(await metrics())?.[0]);
  await measured();
  assert.match(await metrics(), /hospay_credential_alarms_open\{severity="1"\} 2\n/, 'five days left, and the wrong private key');
  const ready: unknown = await (await fetch(`${appliance.addresses.payment}/readyz`)).json();
  assert.ok(typeof ready === 'object' && ready !== null && 'ok' in ready && 'degraded' in ready);
  assert.deepEqual([ready.ok, ready.degraded], [true, true]);

  const rows = (sql: string): unknown[] => {
    const database = new DatabaseSync(join(appliance.dataFolder, 'platform.sqlite'), { readOnly: true });
    try {
      return database.prepare(sql).all().map((row) => Object.values(row).join(' '));
    } finally {
      database.close();
    }
  };
  const kinds = "SELECT kind FROM credential_alarm WHERE owner = 'platform' ORDER BY kind";
  assert.deepEqual(rows(kinds), ['expiring', 'keyMismatch']);
  await appliance.stopCore();
  await appliance.startCore();
  await measured();
  assert.deepEqual(rows(kinds), ['expiring', 'keyMismatch']);
  const listed = rows('SELECT owner, name FROM credential ORDER BY owner, name').map(String);
  for (const name of [`platform application/${APP.id}`, 'platform sealing-key', 'wechat apiV3Key', 'wechat merchantPrivateKeyPem']) assert.ok(listed.some((row) => row.endsWith(name)), `${name} among ${listed.join(', ')}`);

  const { apiV3Key, merchantPrivateKeyPem } = appliance.wechat.merchantCredentials;
  const tables = ['credential', 'credential_event', 'credential_alarm', 'credential_rotation', 'audit_event'].flatMap((table) => rows(`SELECT * FROM ${table}`));
  const written = [...tables.map(String), appliance.output, await metrics(), logOf(appliance.dataFolder)].join('\n');
  for (const secret of [apiV3Key, merchantPrivateKeyPem.split('\n')[1] ?? '-', APP.secret]) assert.ok(!written.includes(secret), 'a key was written down');
});

function logOf(dataFolder: string): string {
  try {
    return readFileSync(join(dataFolder, 'logs/hospay.log'), 'utf8');
  } catch {
    return '';
  }
}
