/** An update on the appliance's own image: uploaded at the console, written to the other slot, tried and committed; a broken one, brought on a drive, goes back by itself, and the state stays. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { listOf, type ConsoleClient } from '../contract/console-client.js';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { breakCore, buildUpdate } from './build-updates.js';
import { claim, HospitalOutside, READY, runWork, signIn, SLOWLY_MS, workEnds } from './hospital-outside.js';
import { makeBackupDrive, makeUpdateDrive, VirtualMachine } from './virtual-machine.js';

let folder = '';
let hospital: HospitalOutside;
let box: VirtualMachine;
/** Bundles: of a good version, and of one whose core does not start. */
let good = '';
let broken = '';
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hospay-update-box-'));
  good = await buildUpdate({ version: '0.1.1', folder });
  broken = await buildUpdate({ version: '0.1.2', folder, change: breakCore });
  hospital = await HospitalOutside.open();
  box = await VirtualMachine.create({ answers: hospital.answers({ backups: { targets: [{ id: 'usb', folder: '/backup/usb' }], recipients: [], keep: { daily: 14, weekly: 8, monthly: 12 } } }), backupDrive: makeBackupDrive(join(folder, 'backup.img')) });
});
after(async () => {
  await box.remove();
  await hospital.close();
  rmSync(folder, { recursive: true, force: true });
});

type Update = { readonly version?: string; readonly isTrying: boolean; readonly slots: readonly { slot: string; state: string; version?: string }[]; readonly problem?: unknown; readonly last?: { outcome: string; version: string; reason?: { zh: string } }; readonly chunkBytes: number; readonly bundle?: { version: string; manifestSha256: string; checks: readonly { level: string; said: { en: string } }[] } };
const read = async (administrator: ConsoleClient): Promise<Update> => (await administrator.get('/system/update')).body as unknown as Update;

async function upload(administrator: ConsoleClient, file: string): Promise<void> {
  const bytes = readFileSync(file);
  const { chunkBytes } = await read(administrator);
  for (let offset = 0; offset < bytes.length; offset += chunkBytes) {
    const sent = await administrator.send('PUT', `/system/update/bundle?offset=${String(offset)}&total=${String(bytes.length)}`, bytes.subarray(offset, offset + chunkBytes));
    assert.equal(sent.status, 200, JSON.stringify(sent.body));
  }
}

/** From the drive that is plugged in, by the machine itself. */
async function takeFromDrive(administrator: ConsoleClient, file: string): Promise<void> {
  const taken = await administrator.call('POST', '/system/update/drive/take', { file });
  assert.equal(taken.status, 202, JSON.stringify(taken.body));
  await workEnds(administrator, 'updateTaking');
}

/** Has what has arrived installed at once: this machine has one administrator yet, so nobody else has to approve. The machine restarts. */
async function install(administrator: ConsoleClient, version: string): Promise<void> {
  const { bundle } = await eventually('the bundle is verified', async () => {
    const now = await read(administrator);
    assert.equal(now.problem, undefined, JSON.stringify(now.problem));
    return now.bundle === undefined ? undefined : now;
  }, SLOWLY_MS);
  assert.equal(bundle?.version, version);
  assert.deepEqual(bundle.checks.filter(({ level }) => level === 'stop'), []);
  const answer = await administrator.call('POST', '/system/update/install', { manifestSha256: bundle.manifestSha256, version, when: 'now', reason: '按计划更新' });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  await box.ends();
}

test('a second version is installed over the console and committed once the core and its channel answer', async (context) => {
  box.start();
  await box.says(READY);
  const administrator = await claim(box);
  const tradeNo = await hospital.order(box, { cardNo: 'C0000001', key: 'update-before-0001', priceFen: 2_100 });
  hospital.simulators.wechat.pay(`${tradeNo}P01`);
  await hospital.isBooked(box, tradeNo);
  await runWork(administrator, '/system/backups', 'backup');
  await runWork(administrator, '/system/proofs', 'backupProof');
  const since = Date.now();
  await upload(administrator, good);
  await install(administrator, '0.1.1');
  // With the drive the next version comes on.
  box.start({ updateDrive: makeUpdateDrive(join(folder, 'update.img'), broken) });
  await box.says(/Version 版本 0\.1\.1 {3}system slot 系统槽 B/);
  await box.says(READY);
  const again = await signIn(box);
  const now = await eventually('the update is committed', async () => {
    const update = await read(again);
    return update.isTrying ? undefined : update;
  }, SLOWLY_MS);
  context.diagnostic(`from the upload to the commit: ${String(Math.round((Date.now() - since) / 1000))} s`);
  assert.deepEqual([now.version, now.last?.outcome, now.slots.map(({ state }) => state)], ['0.1.1', 'committed', ['good', 'good']]);
  assert.equal((await again.get(`/orders/${tradeNo}`)).status, 200, 'what was paid before is there');
});

test('a version from a plugged-in drive whose core does not start goes back by itself, says why, and the machine takes payments again', async () => {
  const operator = await signIn(box);
  const name = basename(broken);
  assert.deepEqual(listOf(await operator.get('/system/update/drive'), 'files'), [{ name, bytes: statSync(broken).size }]);
  await takeFromDrive(operator, name);
  await install(operator, '0.1.2');
  box.start();
  await box.says(/Version 版本 0\.1\.2 {3}system slot 系统槽 A/);
  // The gate restarts it; to QEMU that is the end.
  await box.ends();
  box.start();
  await box.says(/Version 版本 0\.1\.1 {3}system slot 系统槽 B/);
  await box.says(READY);
  await box.says(/0\.1\.2 was taken back 已回退/);
  const administrator = await signIn(box);
  const { last, slots, version } = await read(administrator);
  assert.deepEqual([version, last?.outcome, last?.version], ['0.1.1', 'reverted', '0.1.2']);
  assert.match(last?.reason?.zh ?? '', /核心连续 \d 次启动失败/);
  assert.deepEqual(slots.map(({ slot, state }) => [slot, state]), [['a', 'failed'], ['b', 'good']]);
  const tradeNo = await hospital.order(box, { cardNo: 'C0000002', key: 'update-after-0001', priceFen: 1_800 });
  hospital.simulators.wechat.pay(`${tradeNo}P01`);
  await hospital.isBooked(box, tradeNo);
});
