/** 总览 by role in a real browser: each begins his day with what is his, and it moves while he looks. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { fen } from '@hospay/plugin-sdk';
import { quoted } from '@hospay/server/domain/bilingual.js';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { becomeAdministrator, looksRight, openConsole, PASSWORD, type ConsoleUnderTest } from './console-page.js';

const GIVEN = 'Given-By-Boss-1';
let underTest: ConsoleUnderTest;
before(async () => {
  underTest = await openConsole();
  await becomeAdministrator(underTest);
  const { house } = underTest;
  const administrator = await house.users.signIn({ login: 'li.admin', password: PASSWORD, address: 'test' });
  assert.equal(administrator.kind, 'ok');
  const { signedIn } = administrator.value;
  for (const [login, displayName, role] of [['wang.finance', '王财务', 'finance'], ['chen.audit', '陈审计', 'auditor'], ['zhou.cashier', '周收费', 'cashier']] as const) {
    await house.users.add(signedIn, { login, displayName, roles: [role], password: GIVEN, ...(role === 'cashier' ? { operatorId: '0101' } : {}) });
  }
});
after(() => underTest.stop());

const text = (selector: string, wanted: RegExp) => eventually(`${selector} with ${String(wanted)}`, async () => {
  const found = await underTest.page.locator(selector).allInnerTexts();
  return found.some((one) => wanted.test(one)) ? true : undefined;
});
async function become(login: string): Promise<void> {
  const { page } = underTest;
  await page.click('[data-test=sign-out]');
  await page.fill('input[name=login]', login);
  await page.fill('input[name=password]', GIVEN);
  await page.click('button[type=submit]');
  await page.waitForSelector('text=当前密码由他人设置');
  for (const [name, value] of Object.entries({ current: GIVEN, next: PASSWORD, again: PASSWORD })) await page.fill(`input[name=${name}]`, value);
  await page.click('button[type=submit]');
}

test('whoever runs the machine sees what is wrong with how to put it right, what failed, and follows it as it comes', async () => {
  const { page, house, hearNoComplaint } = underTest;
  await page.waitForSelector('[data-test=home-administrator] >> text=没有未恢复的告警');
  assert.match(await page.innerText('[data-test=home-administrator]'), /HIS · his-main/);
  house.alarms.say('diskStep', 3);
  await house.alarms.watch.sampleNow();
  house.later(120);
  await house.alarms.watch.sampleNow();
  await text('[data-test=home-administrator]', /数据盘/);
  await page.click('nav a[href="/tasks"]');
  await page.click('tr:has-text("reload-dictionaries") >> text=立即运行');
  await page.click('nav a[href="/overview"]');
  await text('[data-test=failed-reload-dictionaries]', /重新加载字典[\s\S]*失败/);
  await looksRight(page, 'home-administrator');
  await page.click('[data-test=home-administrator] >> text=去处理');
  await page.waitForURL(/\/(?!overview)/);
  hearNoComplaint();
});

test('finance sees yesterday, what waits for him, what is due and what has not arrived', async () => {
  const { page, house, hearNoComplaint } = underTest;
  await become('wang.finance');
  await page.waitForSelector('[data-test=home-finance] >> text=昨日尚未对账');
  assert.match(await page.innerText('[data-test=home-finance]'), /没有待我审批的事项[\s\S]*没有到期的差错单[\s\S]*应到账的均已到账/);
  assert.equal(await page.locator('[data-test=home-administrator]').count(), 0);
  const order = await house.payAndConfirm('Q-HOME', { selfPayFen: fen(2_000_000), totalFen: fen(2_000_000) });
  await house.refunds.requestRefund({ tradeNo: order.tradeNo, refundFen: 2_000_000, reason: '多收退回', by: 'li.admin', roles: ['administrator'], idempotency: { tenant: 'user/li.admin', key: 'home-1', requestHash: 'a' } });
  await text('[data-test=mine-refunds]', /退款\s*1/);
  await house.store.openCase({ kind: 'channelDenies', subject: 'P-1', severity: 1, detail: quoted('a test') }, house.now());
  await text('[data-test=home-finance]', /未领取[\s\S]*到期/);
  await house.reconciliation.runDay({ day: '2026-11-19', by: 'li.admin' });
  await text('[data-test=home-finance]', /渠道账单/);
  await looksRight(page, 'home-finance');
  hearNoComplaint();
});

test('an auditor sees the last acts and whether the chain is whole', async () => {
  const { page, hearNoComplaint } = underTest;
  await become('chen.audit');
  await page.waitForSelector('[data-test=home-auditor]');
  await text('[data-test=home-auditor]', /chen\.audit/);
  await page.click('[data-test=check-chain]');
  await text('[data-test=chain]', /链完整/);
  await looksRight(page, 'home-auditor');
  hearNoComplaint();
});

test('a cashier sees his shift, what he took and what his till should hold, and a payment as it comes', async () => {
  const { page, house, hearNoComplaint } = underTest;
  await house.payCash('C-HOME-1', 3_000, '0101');
  await become('zhou.cashier');
  await text('[data-test=own-expected]', /¥30\.00/);
  await house.payCash('C-HOME-2', 1_250, '0101');
  await text('[data-test=own-expected]', /¥42\.50/);
  assert.match(await page.innerText('[data-test=own-hand-over]'), /尚无/);
  await looksRight(page, 'home-cashier');
  hearNoComplaint();
});
