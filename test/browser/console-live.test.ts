/** 实时推送 and 进行中的工作 in a real browser: pages and the menu follow what others do, without a click. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { fen } from '@hospay/plugin-sdk';
import { quoted } from '@hospay/server/domain/bilingual.js';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { becomeAdministrator, looksRight, openConsole, PASSWORD, type ConsoleUnderTest } from './console-page.js';

let underTest: ConsoleUnderTest;
before(async () => {
  underTest = await openConsole();
  await becomeAdministrator(underTest);
});
after(() => underTest.stop());

const text = (selector: string, wanted: RegExp) => eventually(`${selector} with ${String(wanted)}`, async () => {
  const found = await underTest.page.locator(selector).allInnerTexts();
  return found.some((one) => wanted.test(one)) ? true : undefined;
});
/** Somebody else of the house, who acts while the browser only looks. */
async function another(): Promise<string> {
  const { house } = underTest;
  const administrator = await house.users.signIn({ login: 'li.admin', password: PASSWORD, address: 'test' });
  assert.equal(administrator.kind, 'ok');
  await house.users.add(administrator.value.signedIn, { login: 'wang.finance', displayName: '王财务', roles: ['finance'], password: 'Given-By-Boss-1' });
  return 'wang.finance';
}

test('a payment appears in the list of orders while one looks, and an order that is open follows it', async () => {
  const { page, house, hearNoComplaint } = underTest;
  await page.click('nav a[href="/orders"]');
  await page.waitForSelector('text=没有符合条件的订单');
  const order = await house.pay('Q-LIVE-1');
  await page.waitForSelector(`text=${order.tradeNo}`);
  await page.click(`text=${order.tradeNo}`);
  await page.waitForSelector('text=时间线');
  house.later(10);
  house.isPaid(order);
  await house.run('advancePayment', order.tradeNo);
  await text('main', /支付成功|已支付/);
  hearNoComplaint();
});

test('the menu counts what waits for this person: cases as they open, approvals that others propose and not his own', async () => {
  const { page, house, hearNoComplaint } = underTest;
  await house.store.openCase({ kind: 'channelDenies', subject: 'P-1', severity: 1, detail: quoted('a test') }, house.now());
  await text('[data-test=badge-cases]', /^1/);
  const finance = await another();
  const order = await house.payAndConfirm('Q-LIVE-BIG', { selfPayFen: fen(2_000_000), totalFen: fen(2_000_000) });
  await house.refunds.requestRefund({ tradeNo: order.tradeNo, refundFen: 2_000_000, reason: '多收退回', by: finance, roles: ['finance'], idempotency: { tenant: 'user/wang.finance', key: 'live-1', requestHash: 'a' } });
  await text('[data-test=badge-approvals]', /^1/);
  await page.click('nav a[href="/approvals"]');
  await looksRight(page, 'live-badges');
  hearNoComplaint();
});

test('long work is found in one place with its step, is there after a reload, is broken off there, and shows its result', async () => {
  const { page, house, hearNoComplaint } = underTest;
  const answer = Promise.withResolvers<unknown>();
  Object.assign(house.hospital, { ping: () => answer.promise });
  await page.click('nav a[href="/his-doctor"]');
  await page.click('[data-test=begin]');
  await text('[data-test=running-count]', /^1$/);
  await page.reload();
  await text('[data-test=running-count]', /^1$/);
  await page.click('nav a[href="/tasks"]');
  await page.click('[data-test=running-work]');
  await text('[data-test=work-hisExamination]', /连通医院系统/);
  await looksRight(page, 'running-work');
  // The step goes on once it was asked to be the last one, not once somebody has clicked.
  const cancelled = page.waitForResponse((response) => response.request().method() === 'DELETE' && response.ok());
  await page.click('[data-test=cancel-hisExamination]');
  await cancelled;
  answer.resolve({ kind: 'unknown', reason: '8 秒内无应答' });
  await text('[data-test=work-hisExamination]', /已中止/);
  await page.click('[data-test=work-hisExamination] >> text=查看结果');
  await page.waitForSelector('[data-test=result]:has-text("已中止")');
  assert.equal(await page.locator('[data-test=running-count]').count(), 0);
  hearNoComplaint();
});

test('who is disabled is out of the page at once, though he touched nothing', async () => {
  const { page, house } = underTest;
  const administrator = await house.users.signIn({ login: 'li.admin', password: PASSWORD, address: 'test' });
  assert.equal(administrator.kind, 'ok');
  await house.users.resetPassword(administrator.value.signedIn, 'wang.finance', 'Given-By-Boss-2');
  await page.click('[data-test=sign-out]');
  await page.fill('input[name=login]', 'wang.finance');
  await page.fill('input[name=password]', 'Given-By-Boss-2');
  await page.click('button[type=submit]');
  for (const [name, value] of Object.entries({ current: 'Given-By-Boss-2', next: PASSWORD, again: PASSWORD })) await page.fill(`input[name=${name}]`, value);
  await page.click('button[type=submit]');
  await page.waitForSelector('.figures');
  assert.equal((await house.users.change(administrator.value.signedIn, 'wang.finance', { status: 'disabled' })).kind, 'ok');
  await page.waitForSelector('text=会话已结束，请重新登录');
});

test('without the stream a page asks by itself, and it hears again when the stream is back', async () => {
  const { page, house } = underTest;
  await page.fill('input[name=login]', 'li.admin');
  await page.fill('input[name=password]', PASSWORD);
  await page.route('**/console-api/v1/events', (route) => route.fulfill({ status: 503, body: '' }));
  await page.clock.install();
  await page.click('button[type=submit]');
  await text('[data-test=badge-cases]', /^1/);
  await house.store.openCase({ kind: 'channelDenies', subject: 'P-2', severity: 1, detail: quoted('a test') }, house.now());
  await page.clock.fastForward(31_000);
  await text('[data-test=badge-cases]', /^2/);
  await page.unroute('**/console-api/v1/events');
  const heard = page.waitForResponse('**/console-api/v1/events');
  await page.clock.fastForward(21_000);
  await heard;
  await text('[data-test=badge-cases]', /^2/);
  await house.store.openCase({ kind: 'channelDenies', subject: 'P-3', severity: 1, detail: quoted('a test') }, house.now());
  await text('[data-test=badge-cases]', /^3/);
});
