/** The console's page 快捷支付 in a real browser: a card is found and unbound in its holder's name, a locked payment password unlocked. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { becomeAdministrator, looksRight, openConsole, picture, type ConsoleUnderTest } from './console-page.js';

let underTest: ConsoleUnderTest;
const CARD = 'A0000000000000000001';

before(async () => {
  underTest = await openConsole();
  const { house } = underTest;
  await house.bindCard({ agreementNo: CARD, userId: 'patient-20260001', lastFour: '6688', token: 'token-1' });
  await house.bindCard({ agreementNo: 'A0000000000000000002', userId: 'patient-20260002', lastFour: '1234', token: 'token-2' });
  const { passwords } = house.platform.quickPay;
  const holder = { appId: 'hospital-app', userId: 'patient-20260001' };
  await passwords.add(holder, 'hash', house.now());
  for (let tries = 0; tries < 5; tries += 1) await passwords.takeTry(holder, house.now(), (failures) => (failures === 5 ? 1_800_000 : undefined));
  await becomeAdministrator(underTest);
});
after(() => underTest.stop());

test('a card is looked for, unbound with a reason, and its history tells who did it; a locked password is unlocked', async () => {
  const { page, hearNoComplaint } = underTest;
  await page.click('nav a[href="/quick-pay"]');
  await page.waitForSelector(`[data-test=agreement-${CARD}] >> text=建设银行 借记卡 ****6688`);
  await page.waitForSelector('[data-test=locked] >> text=************0001');
  await looksRight(page, 'quick-pay');
  await page.fill('input[name=number]', 'patient-20260001');
  await page.click('form.hp-filters button[type=submit]');
  await page.waitForSelector('[data-test=agreement-A0000000000000000002]', { state: 'detached' });
  await page.click(`[data-test=show-${CARD}]`);
  await page.waitForSelector('.el-dialog:visible >> text=输入验证码');
  await page.click('[data-test=unbind]');
  await page.waitForSelector('.el-dialog:visible .problem');
  await page.fill('.el-dialog:visible input[name=reason]', '窗口核验身份证，卡已挂失');
  await picture(page, 'quick-pay-unbind');
  await page.click('[data-test=unbind]');
  await page.waitForSelector('.el-dialog:visible >> text=staff/li.admin: 窗口核验身份证，卡已挂失');
  await page.waitForSelector('.el-dialog:visible >> text=已解约');
  await picture(page, 'quick-pay-unbound');
  await page.locator('.el-dialog:visible footer button', { hasText: '关闭' }).click();
  await page.waitForSelector(`[data-test=agreement-${CARD}] >> text=已解约`);
  await page.click('[data-test=unlock]');
  await page.fill('.el-dialog:visible input[name=reason]', '窗口核验身份证');
  await page.click('.el-dialog:visible button[type=submit]');
  await page.waitForSelector('text=没有锁定的支付密码');
  assert.ok(!(await page.content()).includes('token-1'));
  hearNoComplaint();
});
