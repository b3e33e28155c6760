/** The console's page 备份与系统 in a real browser: a backup by hand, its proof, a target that is not mounted, and the fence of a restored box. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { indexBundle } from '@hospay/appliance/image/bundle-index.js';
import { makeSigningKey } from '@hospay/plugin-sdk/package';
import { updateMirror } from '@hospay/server/edges/http/update-mirror.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { unpackBundle } from '@hospay/server/edges/support/bundle-archive.js';
import { startUpdateMirror } from '../contract/update-mirror-stand.js';
import { becomeAdministrator, becomeAuditor, counted, looksRight, openConsole, picture, PASSWORD, type ConsoleUnderTest } from './console-page.js';

let underTest: ConsoleUnderTest;
let fenced: ConsoleUnderTest;
before(async () => {
  underTest = await openConsole();
  await becomeAdministrator(underTest);
  fenced = await openConsole({ fenced: true });
  await becomeAdministrator(fenced);
});
after(async () => { await underTest.stop(); await fenced.stop(); });

test('an administrator takes a backup and proves it; where it lies and what failed is on the page', async () => {
  const { house, page, hearNoComplaint } = underTest;
  await house.payAndConfirm('q-system');
  await page.click('nav a[href="/system"]');
  await page.waitForSelector('text=还没有备份');
  assert.equal((await page.locator('[data-test=last-good]').innerText()).trim(), '从未');
  await page.waitForSelector('[data-test=target-nas] >> text=未挂载');
  // Which kind, and where: the folder that stands for the disk.
  await page.waitForSelector('[data-test=target-usb] >> text=disk-usb');
  await page.click('[data-test=back-up]');
  await page.waitForSelector('[data-test=set] >> text=成功');
  await page.waitForSelector('[data-test=set] >> text=nas：');
  assert.match(await page.locator('[data-test=set]').first().innerText(), /hospay-demo-20261120\d{6}\.[a-z0-9]{8}\.[a-z0-9]{8}\.tar\.zst\.age/);
  await page.waitForSelector('[data-test=prove]:not([disabled])');
  await page.click('[data-test=prove]');
  await page.click('.el-message-box__btns .el-button--primary');
  await page.waitForSelector('[data-test=set] >> text=已完整恢复并核对');
  assert.notEqual((await page.locator('[data-test=last-proved]').innerText()).trim(), '从未');
  // 连续备份: how far each place would give everything back, and what waits for the one that is away.
  assert.match(await page.locator('[data-test=up-to]').innerText(), /\d\d:\d\d/);
  assert.match(await page.locator('[data-test=target-usb]').innerText(), /11-20 \d\d:\d\d/);
  assert.match(await page.locator('[data-test=target-nas]').innerText(), /从未\s+待传增量 12/);
  await looksRight(page, 'system');
  await page.keyboard.press('g');
  await page.keyboard.press('x');
  await page.waitForSelector('h1 >> text=变更审批');
  await page.keyboard.press('g');
  await page.keyboard.press('9');
  await page.waitForSelector('h1 >> text=备份与系统');
  hearNoComplaint();
});

test('the data disk stands on its ladder; where payments are refused an administrator lets the ballast go, and nobody else', async () => {
  const { house, page, hearNoComplaint } = underTest;
  const { disk } = house.backups;
  await page.waitForSelector('text=空间充足 · 已用 52%');
  disk.state = { ...disk.state, step: 'refusing', usedPercent: 97.6, freeBytes: 300 * 1_048_576 };
  await page.click('button:has-text("刷新")');
  await page.waitForSelector('[data-test=disk] >> text=已停止收款');
  await looksRight(page, 'system-disk');
  await page.click('[data-test=release]');
  await page.click('.el-message-box__btns .el-button--primary');
  await page.waitForSelector('text=已释放，空间足够后自动重建');
  await counted(page, '[data-test=release]', 0);
  assert.equal((await house.platform.auditEvents.last())?.what, 'disk.releaseBallast');
  disk.state = { ...disk.state, step: 'ample', usedPercent: 52.4, ballast: 'kept', freeBytes: 48_000 * 1_048_576, ballastBytes: 1024 * 1_048_576 };
  hearNoComplaint();
});

test('a support bundle is collected, looked at, and downloaded without what is to stay in the house', async () => {
  const { house, page, hearNoComplaint } = underTest;
  mkdirSync(join(house.folder, 'logs'));
  writeFileSync(join(house.folder, 'logs/hospay.log'), 'a line of a library: called 13800138000\n');
  await page.click('[data-test=collect]');
  await page.waitForSelector('[data-test=collect] >> text=正在收集');
  await page.waitForSelector('[data-test=support-name]', { timeout: 60_000 });
  await page.waitForSelector('[data-test=verdict-databases] >> text=数据库完整');
  await page.waitForSelector('[data-test=support-file]:has-text("logs/hospay.log") >> text=手机号 1');
  await counted(page, '[data-test=support] .el-checkbox.is-disabled', 2);
  await page.click('[data-test=support-file] .el-checkbox:has-text("machine.json")');
  await page.waitForSelector('text=去掉 1 个文件');
  await page.locator('[data-test=support]').scrollIntoViewIfNeeded();
  await looksRight(page, 'system-support');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-test=download-support]')]);
  assert.match(download.suggestedFilename(), /^hospay-support-\d{8}-\d{6}\.tar\.gz$/);
  const { manifest } = await unpackBundle(readFileSync(await download.path()));
  assert.deepEqual(manifest.without, ['machine.json']);
  await page.waitForSelector('text=已下载，并已记入审计');
  assert.equal((await house.platform.auditEvents.last())?.what, 'support.download');
  hearNoComplaint();
});

test('whoever only reads sees everything and can begin nothing', async () => {
  const { page, hearNoComplaint } = underTest;
  await becomeAuditor(underTest);
  await page.click('nav a[href="/system"]');
  await counted(page, '[data-test=set]', 1);
  await counted(page, '[data-test=back-up], [data-test=prove], [data-test=collect], [data-test=download-support]', 0);
  await page.click('header button:has-text("English")');
  await page.waitForSelector('h1 >> text=Backups and system');
  await picture(page, 'system-en');
  await page.click('header button:has-text("中文")');
  hearNoComplaint();
});

test('a restored box says on every page that it is fenced; one person proposes, another lifts it', async () => {
  const { house, page, hearNoComplaint } = fenced;
  await page.waitForSelector('[data-test=fence-banner] >> text=不收款、不退款');
  await page.click('[data-test=fence-banner] a');
  await page.waitForSelector('[data-test=fence] >> text=末条凭证 4711');
  await counted(page, '[data-test=back-up]', 0);
  await looksRight(page, 'system-fenced');
  // Another person, who has chosen a password of his own: from now on nothing is made by one alone.
  const administrator = await house.users.signIn({ login: 'li.admin', password: PASSWORD, address: 'test' });
  assert.equal(administrator.kind, 'ok');
  await house.users.add(administrator.value.signedIn, { login: 'wang.admin', displayName: '王工', roles: ['administrator'], password: 'Given-By-Boss-1' });
  const second = await house.users.signIn({ login: 'wang.admin', password: 'Given-By-Boss-1', address: 'test' });
  assert.equal(second.kind, 'ok');
  await house.users.changePassword(second.value.signedIn, { current: 'Given-By-Boss-1', next: PASSWORD, address: 'test' });
  house.later(80 * 3_600);
  await page.reload();
  await page.waitForSelector('[data-test=who], input[name=login]');
  if ((await page.locator('input[name=login]').count()) > 0) {
    await page.fill('input[name=login]', 'li.admin');
    await page.fill('input[name=password]', PASSWORD);
    await page.click('button[type=submit]');
  }
  await page.waitForSelector('[data-test=who]');
  await page.click('nav a[href="/system"]');
  await page.click('[data-test=lift]');
  await page.fill('.el-message-box__input input', '旧机器已断电并拔掉网线');
  await page.click('.el-message-box__btns .el-button--primary');
  await page.waitForSelector('text=已提交，请另一名管理员');
  assert.notEqual(house.backups.state.fence, undefined);
  await page.click('nav a[href="/changes"]');
  await page.waitForSelector('text=解除隔离');
  await picture(page, 'system-lift-proposed');
  hearNoComplaint();
});

test('an update is sent, looked at, held against what is, and proposed; a bundle nobody signed is refused', async () => {
  const appliance = await openConsole({ isAppliance: true });
  try {
    await becomeAdministrator(appliance);
    const { house, page, hearNoComplaint } = appliance;
    const machine = house.updates.machine ?? assert.fail('no machine');
    await page.click('nav a[href="/system"]');
    await page.waitForSelector('[data-test=slot-a] >> text=运行中');
    await page.setInputFiles('[data-test=update-file]', await machine.bundle('1.1.0', { signer: makeSigningKey() }));
    await page.waitForSelector('[data-test=update-problem] >> text=不是由本机信任的密钥签名');
    await page.setInputFiles('[data-test=update-file]', await machine.bundle('1.1.0', { sdk: '0.3.0' }));
    await page.waitForSelector('[data-test=bundle] >> text=插件 市民卡（city-card 1.4.0）要求接口');
    assert.equal(await page.isDisabled('[data-test=install-now]'), true);
    await page.setInputFiles('[data-test=update-file]', await machine.bundle('1.2.0'));
    await page.waitForSelector('[data-test=bundle] >> text=待安装：1.2.0');
    await page.waitForSelector('[data-test=install-now]:not([disabled])');
    await looksRight(page, 'system-update');
    await page.click('[data-test=install-now]');
    await page.fill('.el-message-box__input input', '对账修正');
    await page.click('.el-message-box__btns .el-button--primary');
    // One administrator yet: it is made at once.
    await page.waitForSelector('[data-test=update] >> text=1.2.0 已写入，下次重启后试运行');
    assert.deepEqual([machine.entries(), house.updates.restarts], [['hospay-a.efi', 'hospay-b+3.efi'], ['now']]);
    hearNoComplaint();
  } finally {
    await appliance.stop();
  }
});

test('an upload that broke off goes on where it ended: by itself, and when the same file is chosen again', async () => {
  const appliance = await openConsole({ isAppliance: true });
  try {
    await becomeAdministrator(appliance);
    const { house, page } = appliance;
    const machine = house.updates.machine ?? assert.fail('no machine');
    const file = await machine.bundle('1.1.0');
    const bytes = readFileSync(file);
    await house.updates.desk.receive({ offset: 0, total: bytes.length, name: basename(file), bytes: bytes.subarray(0, 100_000), by: 'li.admin' });
    const offsets: (string | null)[] = [];
    let breaks = 1;
    await page.route('**/system/update/bundle*', async (route) => {
      if (route.request().method() !== 'PUT') return route.continue();
      offsets.push(new URL(route.request().url()).searchParams.get('offset'));
      breaks -= 1;
      return breaks >= 0 ? route.abort() : route.continue();
    });
    await page.click('nav a[href="/system"]');
    await page.waitForSelector(`[data-test=half-sent] >> text=${basename(file)} 上传到 48% 时中断`);
    await looksRight(page, 'system-update-half-sent');
    await page.setInputFiles('[data-test=update-file]', file);
    await page.waitForSelector('[data-test=bundle] >> text=待安装：1.1.0');
    assert.deepEqual(offsets, ['100000', '100000']);
  } finally {
    await appliance.stop();
  }
});

test('a bundle is taken from the drive that is plugged in and from the mirror, and what cannot be taken is said', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-mirror-'));
  const mirror = await startUpdateMirror(join(folder, 'updates'));
  mirror.trustIts();
  const appliance = await openConsole({ isAppliance: true, updateMirror: updateMirror({ url: mirror.url, timers: SYSTEM_TIMERS }) });
  try {
    await becomeAdministrator(appliance);
    const { house, page, hearNoComplaint } = appliance;
    const machine = house.updates.machine ?? assert.fail('no machine');
    copyFileSync(await machine.bundle('1.1.0'), join(house.updates.driveFolder, 'hospay-1.1.0.hpu'));
    symlinkSync('/etc/hostname', join(house.updates.driveFolder, 'link.hpu'));
    const offered = join(mirror.folder, 'hospay-1.2.0.hpu');
    copyFileSync(await machine.bundle('1.2.0'), offered);
    await indexBundle(offered, '1.2.0');
    await page.click('nav a[href="/system"]');
    await page.waitForSelector('[data-test="drive-link.hpu"] >> text=不是普通文件');
    await page.click('[data-test="drive-hospay-1.1.0.hpu"] [data-test=take]');
    await page.waitForSelector('[data-test=bundle] >> text=待安装：1.1.0');
    await page.click('[data-test=update-mirror] [data-test=look]');
    await page.waitForSelector('[data-test="mirror-1.2.0"]');
    await looksRight(page, 'system-update-places');
    await page.click('[data-test="mirror-1.2.0"] [data-test=take]');
    await page.waitForSelector('.el-message-box >> text=待安装的 1.1.0 将被 hospay-1.2.0.hpu 替换');
    await page.click('.el-message-box__btns .el-button--primary');
    await page.waitForSelector('[data-test=bundle] >> text=待安装：1.2.0');
    hearNoComplaint();
  } finally {
    await appliance.stop();
    await mirror.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
