/** 应用与密钥 in a real browser: proposed with its key shown once, and gone from the page with the dialog. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { becomeAdministrator, becomeAuditor, looksRight, openConsole, picture, type ConsoleUnderTest } from './console-page.js';

let underTest: ConsoleUnderTest;
before(async () => {
  underTest = await openConsole();
  await becomeAdministrator(underTest);
});
after(() => underTest.stop());

test('an application is added with what it may; what is wrong is told; its key is shown once', async () => {
  const { page, house, hearNoComplaint } = underTest;
  await page.click('nav a[href="/applications"]');
  await page.waitForSelector('[data-test=add-application]');
  await looksRight(page, 'applications-empty');
  await page.click('[data-test=add-application]');
  await page.click('button[form=application]');
  await page.waitForSelector('text=应用号须为小写字母');
  await page.fill('input[name=id]', 'wechat-account');
  await page.fill('input[name=title]', '医院公众号');
  await page.fill('input[name=notifyUrl]', 'app.example');
  await page.fill('.el-dialog:visible input[name=reason]', '上线公众号缴费');
  await page.click('button[form=application]');
  await page.waitForSelector('text=通知地址须以 http');
  await page.fill('input[name=notifyUrl]', 'https://app.hospital.example/notify');
  await looksRight(page, 'applications-form', 'narrow');
  await page.click('button[form=application]');
  const secret = await page.innerText('[data-test=secret]');
  assert.equal(await house.platform.applications.secretOf('wechat-account'), secret, 'one person alone makes it at once');
  await picture(page, 'applications-key');
  await page.click('button:has-text("我已妥善保存")');
  await page.waitForSelector('[data-test=application-wechat-account] >> text=查询、收款');
  await page.waitForSelector('[data-test=secret]', { state: 'hidden' });
  await looksRight(page, 'applications');
  assert.ok(!(await page.content()).includes(secret));
  hearNoComplaint();
});

test('it is taken out of use with a reason; an auditor sees it and no button', async () => {
  const { page } = underTest;
  await page.click('[data-test=application-wechat-account] >> text=停用');
  await page.fill('.el-message-box__input input', '密钥疑似泄露');
  await page.click('.el-message-box__btns >> text=/确定|OK/');
  await page.waitForSelector('[data-test=application-wechat-account] >> text=已停用');
  await becomeAuditor(underTest);
  await page.click('nav a[href="/applications"]');
  await page.waitForSelector('[data-test=application-wechat-account]');
  assert.equal(await page.locator('[data-test=application-wechat-account] button').count(), 0);
});
