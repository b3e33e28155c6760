/** The console's page 月结 in a real browser: what stands against closing a month, and the two persons who close it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fen } from '@hospay/plugin-sdk';
import { becomeAdministrator, looksRight, openConsole, PASSWORD, picture, type ConsoleUnderTest } from './console-page.js';

let underTest: ConsoleUnderTest;

before(async () => {
  underTest = await openConsole();
  const { house } = underTest;
  await house.payAndConfirm('A', { totalFen: fen(12_345), selfPayFen: fen(12_345), feeType: '检查费' });
  await house.refundArrives(await house.payAndConfirm('B', { totalFen: fen(800), selfPayFen: fen(800), feeType: '西药费' }));
  await becomeAdministrator(underTest);
  const administrator = await house.users.signIn({ login: 'li.admin', password: PASSWORD, address: 'test' });
  assert.equal(administrator.kind, 'ok');
  const given = 'Given-By-Boss-1';
  await house.users.add(administrator.value.signedIn, { login: 'wu.finance', displayName: '吴财务', roles: ['finance'], password: given });
  const first = await house.users.signIn({ login: 'wu.finance', password: given, address: 'test' });
  assert.equal(first.kind, 'ok');
  await house.users.changePassword(first.value.signedIn, { current: given, next: PASSWORD, address: 'test' });
});
after(() => underTest.stop());

async function become(login: string): Promise<void> {
  const { page } = underTest;
  if (await page.locator('[data-test=sign-out]').count() > 0) await page.click('[data-test=sign-out]');
  await page.fill('input[name=login]', login);
  await page.fill('input[name=password]', PASSWORD);
  await page.click('button[type=submit]');
  await page.waitForSelector('nav a[href="/periods"]');
  await page.click('nav a[href="/periods"]');
}

test('a month that is not over cannot be closed; over, one proposes and another closes what stands there', async () => {
  const { house, page, hearNoComplaint } = underTest;
  await page.click('nav a[href="/periods"]');
  await page.waitForSelector('[data-test=blockers] >> text=本月尚未结束');
  assert.equal(await page.locator('[data-test=propose]').isDisabled(), true);
  await looksRight(page, 'periods-open');
  house.later(15 * 24 * 3_600);
  await page.reload();
  await page.waitForSelector('input[name=login]');
  await become('wu.finance');
  await page.click('[data-test=month-2026-11]');
  await page.waitForSelector('text=2026-11 试算平衡');
  await page.click('[data-test=propose]');
  await page.waitForSelector('text=wu.finance 提出，待他人复核');
  await page.waitForSelector('text=撤回');
  await become('li.admin');
  await page.click('[data-test=month-2026-11]');
  await page.click('[data-test=decide]');
  await page.fill('.el-dialog:visible input[name=reason]', '已核对');
  await picture(page, 'periods-decide');
  await page.click('[data-test=approve]');
  await page.waitForSelector('text=wu.finance 提出，li.admin 复核');
  await looksRight(page, 'periods-closed');
  hearNoComplaint();
});
