import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { defaultLogin, startHisSimulator, type HisSimulator } from '../simulators/his/his-simulator.js';

const ROOT = new URL('../../../', import.meta.url).pathname;

type Examined = { readonly exitCode: number | null; readonly markdown: string; readonly report: { readonly findings: readonly { readonly level: string; readonly about: string; readonly text: string }[]; readonly reads: readonly { readonly operation: string; readonly outcome: string; readonly rows?: number }[] } };

async function examine(context: TestContext, his: HisSimulator): Promise<Examined> {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-doctor-'));
  context.after(() => { rmSync(folder, { recursive: true, force: true }); });
  const settings = join(folder, 'settings.json');
  writeFileSync(settings, JSON.stringify({ server: his.host, port: his.port, database: his.databaseName, user: defaultLogin.user }));
  const words = ['his', 'doctor', '--settings', settings, '--mapping', join(ROOT, 'config/hospitals/demo/sqlserver-mapping.json'), '--out', folder, '--calls', '3', '--card-no', 'C0000002', '--patient', 'P0000002', '--inpatient', 'ZY000001', '--visit', '2', '--department', '0101'];
  const child = spawn(process.execPath, [join(ROOT, 'appliance/dist/hospay.js'), ...words], { stdio: 'ignore', env: { ...process.env, HOSPAY_HIS_PASSWORD: defaultLogin.password } });
  const exitCode = await new Promise<number | null>((resolve) => { child.once('exit', resolve); });
  return { exitCode, markdown: readFileSync(join(folder, 'his-doctor.md'), 'utf8'), report: JSON.parse(readFileSync(join(folder, 'his-doctor.json'), 'utf8')) };
}

async function hospital(context: TestContext): Promise<HisSimulator> {
  const his = await startHisSimulator();
  context.after(() => his.stop());
  return his;
}

test('a HIS in order is examined by reads alone: nothing is booked, nobody is named, and the exit code is 0', async (context) => {
  const his = await hospital(context);
  const { exitCode, markdown, report } = await examine(context, his);
  assert.deepEqual(report.findings.filter(({ level }) => level !== 'fine'), []);
  assert.equal(exitCode, 0);
  assert.equal(report.reads.find(({ operation }) => operation === 'queryConfirmation')?.outcome, 'absent');
  assert.ok((report.reads.find(({ operation }) => operation === 'listOpenBills')?.rows ?? 0) > 0);
  assert.doesNotMatch(JSON.stringify(report) + markdown, /李清照|990101|19900000002|Hospay#2024/);
  const booked = /^(?!usp_hospay_query_).*(presettle|confirm|_deposit$|refund|lock|hold|settle|reverse|issue|flush|create|update|return|lost|reissue|check_in|cancel)/;
  assert.deepEqual(his.calls.map(({ procedure }) => procedure).filter((procedure) => booked.test(procedure)), []);
});

test('a booking our login may not execute, and one with another parameter, are found without calling them: exit code 1', async (context) => {
  const his = await hospital(context);
  his.deny('usp_hospay_confirm');
  await his.hospital.renameAnswer('usp_hospay_presettle', ['@self_pay', '@own_pay']);
  const { exitCode, report } = await examine(context, his);
  assert.equal(exitCode, 1);
  const missing = report.findings.filter(({ level }) => level === 'missing');
  assert.match(missing.find(({ about }) => about === 'confirm')?.text ?? '', /229/);
  assert.match(missing.find(({ about }) => about === 'presettle')?.text ?? '', /@self_pay/);
});

test('a read that is denied is seen by its call, and a login that may do everything is told as too much', async (context) => {
  const his = await hospital(context);
  his.deny('usp_hospay_prices');
  his.grantEverything();
  const { exitCode, report } = await examine(context, his);
  assert.equal(exitCode, 0, 'prices are not money');
  assert.match(report.reads.find(({ operation }) => operation === 'listPrices')?.outcome ?? '', /HIS_MAPPING_229/);
  assert.ok(report.findings.some(({ about, level }) => about === 'rights' && level === 'attention'));
});

test('a HIS that does not answer is a finding, not a crash: exit code 1', async (context) => {
  const his = await hospital(context);
  await his.down();
  const { exitCode, report } = await examine(context, his);
  assert.equal(exitCode, 1);
  assert.ok(report.findings.some(({ about, level }) => about === 'SQL Server' && level === 'missing'));
  assert.ok(report.findings.some(({ about, level }) => about === 'queryConfirmation' && level === 'missing'));
});
