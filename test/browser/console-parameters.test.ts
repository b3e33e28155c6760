/** The console's page 参数管理 in a real browser: groups, search, secrets by their fingerprint, and what waits for two persons. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SECRET_CANARIES } from '../contract/console-parameters.js';
import { becomeAdministrator, becomeAuditor, counted, looksRight, openConsole, picture, type ConsoleUnderTest } from './console-page.js';

let underTest: ConsoleUnderTest;

before(async () => {
  underTest = await openConsole();
  await becomeAdministrator(underTest);
});
after(() => underTest.stop());

test('an administrator proposes another value, which waits for others; what is set elsewhere has no button', async () => {
  const { page, house, hearNoComplaint } = underTest;
  await page.click('nav a[href="/parameters"]');
  const row = page.locator('[data-test="parameter-payments.qrLifetimeSeconds"]');
  await row.locator('button').click();
  await page.waitForSelector('.el-dialog >> text=二维码有效期（秒）');
  await page.fill('input[name=value]', '20');
  await page.fill('input[name=reason]', '排队时间长');
  await page.click('[data-test=set-parameter]');
  await page.waitForSelector('.problem >> text=不是允许范围内的数');
  await page.fill('input[name=value]', '180');
  await looksRight(page, 'parameters-set');
  await page.click('[data-test=set-parameter]');
  await page.waitForSelector('.el-message >> text=重启后生效');
  await page.waitForSelector('[data-test="parameter-payments.qrLifetimeSeconds"] [data-test=next] >> text=180');
  await picture(page, 'parameters-next');
  await row.locator('button').click();
  await page.fill('input[name=reason]', '改回原值');
  await page.click('[data-test=take-back]');
  await page.locator('[data-test="parameter-payments.qrLifetimeSeconds"] [data-test=next]').waitFor({ state: 'detached' });
  for (const key of ['http.consolePort', 'mqtt.corePassword', 'channels.0.merchantNo']) assert.equal(await page.locator(`[data-test="parameter-${key}"] button`).count(), 0, key);
  assert.equal((await house.platform.changes.list(5)).filter(({ kind }) => kind === 'parameter').length, 2);
  hearNoComplaint();
  await becomeAuditor(underTest);
});

test('an auditor finds a setting by its Chinese name, sees what is in force and where it comes from, and no secret', async () => {
  const { page, hearNoComplaint } = underTest;
  await page.click('nav a[href="/parameters"]');
  await page.waitForSelector('[data-test="parameter-payments.qrLifetimeSeconds"] >> text=二维码有效期（秒）');
  assert.equal(await page.locator('[data-test^=parameter-] button').count(), 0, 'he only reads');
  await looksRight(page, 'parameters');
  const text = await page.content();
  for (const canary of SECRET_CANARIES) assert.ok(!text.includes(canary), canary);
  await page.waitForSelector('[data-test="parameter-his.settings.password"] >> text=环境变量 HIS_PASSWORD');
  await page.fill('input[name=sought]', '二维码 有效期');
  await counted(page, '[data-test^=parameter-]', 1);
  const row = page.locator('[data-test="parameter-payments.qrLifetimeSeconds"]');
  assert.deepEqual((await row.locator('td').allInnerTexts()).slice(1).map((cell) => cell.trim()), ['240', '300', '配置文件 profiles/house.yaml', '重启']);
  await page.fill('input[name=sought]', 'corepassword');
  await page.waitForSelector('[data-test="parameter-mqtt.corePassword"] >> text=已设置');
  await picture(page, 'parameters-secret');
  await page.fill('input[name=sought]', '');
  await page.locator('[data-test=own]').click();
  await counted(page, '[data-test="parameter-logging.level"]', 0);
  hearNoComplaint();
});

test('what the file says and nobody approved yet stands beside what is in force, with the way to the approvals', async () => {
  const { house, page, hearNoComplaint } = underTest;
  house.parameters.running.isPending = true;
  await house.platform.approvedConfiguration.save({ parts: {}, hash: 'h', changeNo: 'BG00000001', now: house.now() });
  await page.reload();
  await page.waitForSelector('[data-test=pending] >> text=配置文件与已批准的不一致');
  await page.waitForSelector('[data-test="parameter-payouts.secondApprovalFromFen"] >> text=文件中为（待批准） 3000000');
  await looksRight(page, 'parameters-pending', 'narrow');
  await page.click('[data-test=pending] a');
  await page.waitForSelector('h1 >> text=变更审批');
  hearNoComplaint();
});
