/** A day of a merchant at the console, in a real browser: bound by the administrator, it walks its pages and finds nothing of others. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { ConsoleHouse } from '../contract/console-house.js';
import { becomeAdministrator, counted, looksRight, openConsole, PASSWORD, picture, type ConsoleUnderTest } from './console-page.js';
import { seedMorning } from './console-seed.js';

const DAY = '2026-11-20';
const MONDAY = '2026-11-23';
const GIVEN = 'Given-By-Boss-1';
let opened: ConsoleUnderTest;
let house: ConsoleHouse;
let page: Page;

before(async () => {
  opened = await openConsole();
  ({ house, page } = opened);
  await seedMorning(house);
  await house.payAtEast('EAST', { patientLabel: '王*明' });
  house.later(24 * 3_600);
  await house.payAndConfirm('SECOND');
  house.later(3 * 24 * 3_600);
  await house.statementFiles.desk.makeDue();
  // The first day came whole; the second is on its way.
  const expected = (await house.arrivals.listArrivals()).expected.find(({ day }) => day === DAY);
  await house.store.payoutsOf('demo').statements.keepLines({
    lines: [{ account: 'icbc-main', bankLineNo: '20261123-0001', day: MONDAY, direction: 'in', amountFen: expected?.amountFen ?? 0, balanceFen: undefined, at: `${MONDAY}T08:30:00+08:00`, counterpartyLabel: '财付通支付科技有限公司', counterpartyTail: '0012', summary: '结算款', instructionNo: undefined, isReturn: false }],
    fileSha256: 'f'.repeat(64), now: house.now(),
  });
  await house.arrivals.matchDue();
  const { hash } = await house.settlements.drawBatch();
  assert.equal((await house.settlements.proposeBatch({ hash, by: 'wu.finance' })).kind, 'ok');
  await becomeAdministrator(opened);
});
after(() => opened.stop());
afterEach(() => { opened.hearNoComplaint(); });

test('giving the role asks for the merchant, and lets no other role stand beside it', async () => {
  await page.click('nav a[href="/users"]');
  await page.click('[data-test=add-user]');
  for (const [name, value] of Object.entries({ login: 'main.shop', displayName: '赵商户', password: GIVEN })) await page.fill(`.el-dialog:visible input[name=${name}]`, value);
  await page.click('.el-dialog:visible .el-checkbox >> text=财务');
  await page.click('.el-dialog:visible .el-checkbox >> text=商户');
  await page.click('.el-dialog:visible button[type=submit]');
  await page.waitForSelector('text=商户角色不能与其他角色同时选择');
  await page.click('.el-dialog:visible .el-checkbox >> text=财务');
  await page.click('.el-dialog:visible button[type=submit]');
  await page.waitForSelector('text=请选择商户');
  await page.click('.el-dialog:visible [data-test=merchant]');
  await page.click('.el-select-dropdown__item >> text=示范医院（微信）');
  await picture(page, 'merchant-user-dialog');
  await page.click('.el-dialog:visible button[type=submit]');
  await page.waitForSelector('tr >> text=1900000001');
  await looksRight(page, 'merchant-users');
});

test('the merchant signs in, chooses his own password, and stands on his payments under his own title; the console has no other area for him', async () => {
  await page.click('[data-test=sign-out]');
  await page.fill('input[name=login]', 'main.shop');
  await page.fill('input[name=password]', GIVEN);
  await page.click('button[type=submit]');
  await page.waitForSelector('text=当前密码由他人设置');
  for (const [name, value] of Object.entries({ current: GIVEN, next: PASSWORD, again: PASSWORD })) await page.fill(`input[name=${name}]`, value);
  await page.click('button[type=submit]');
  await page.waitForSelector('[data-test=flow]');
  assert.deepEqual((await page.locator('nav a').allInnerTexts()).map((text) => text.trim()), ['流水', '收款汇总', '对账文件', '到账与结算', '接口取数']);
  await page.waitForSelector('aside >> text=商户管理控制台');
  await page.waitForSelector('header >> text=示范医院 · 示范医院（微信）');
  assert.equal(await page.title(), '流水 · 商户管理控制台');
  for (const path of ['/overview', '/orders', '/users', '/ledger', '/reports']) {
    await page.goto(`${house.origin}${path}`);
    await page.waitForURL('**/merchant/flows');
  }
  await page.waitForSelector('[data-test=flow]');
  assert.ok(!(await page.locator('main').innerText()).includes('王*明'), 'another merchant’s patient');
  await looksRight(page, 'merchant-flows');
});

test('payments are filtered by state and found by a number, and open their order', async () => {
  await page.click('[data-test=state]');
  await page.click('.el-select-dropdown__item >> text=结果未知');
  await counted(page, '[data-test=flow]', 1);
  await page.click('[data-test=state]');
  await page.click('.el-select-dropdown__item:visible >> text=/全部/');
  await counted(page, '[data-test=flow]', 20);
  await page.click('[data-test=next]');
  await page.waitForSelector('text=第 2 页');
  await page.click('main >> text=上一页');
  await page.waitForSelector('text=第 1 页');
  const refunded = page.locator('[data-test=flow]', { hasText: '已退' });
  const number = await refunded.locator('a').innerText();
  await page.fill('input[name=number]', number);
  await page.click('main button[type=submit]');
  await counted(page, '[data-test=flow]', 1);
  await page.click('[data-test=flow] a');
  await page.waitForSelector('h2 >> text=经过');
  await page.waitForSelector(`text=${number.slice(0, -3)}R01`);
  await looksRight(page, 'merchant-order');
  await page.click('.back');
  await page.waitForSelector('[data-test=flow]');
});

test('transactions are exported as a file with the patient masked', async () => {
  await page.click('[data-test=export-csv]');
  await page.waitForSelector('[data-test=export] >> text=已完成');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-test=file]')]);
  const text = readFileSync(await download.path(), 'utf8');
  assert.ok(text.includes('商户交易明细') && text.includes('欧阳*华') && !text.includes('王*明'));
  await looksRight(page, 'merchant-export', 'narrow');
});

test('figures by day and by month sum to the same, and a statement file is fetched', async () => {
  await page.click('nav a[href="/merchant/figures"]');
  await page.waitForSelector('[data-test=totals]');
  const byDay = (await page.locator('[data-test=totals]').innerText()).split('\t').slice(1);
  await counted(page, '[data-test=figure]', 2);
  await looksRight(page, 'merchant-figures');
  await page.click('[data-test=by-month]');
  await counted(page, '[data-test=figure]', 1);
  assert.deepEqual((await page.locator('[data-test=totals]').innerText()).split('\t').slice(1), byDay);
  await page.click('nav a[href="/merchant/files"]');
  const row = page.locator('[data-test=file-row]', { hasText: DAY });
  await row.waitFor();
  await looksRight(page, 'merchant-files');
  const [download] = await Promise.all([page.waitForEvent('download'), row.locator('[data-test=fetch-file]').click()]);
  assert.equal(download.suggestedFilename(), `hospay-merchant-1900000001-${DAY}-v1.csv`);
});

test('settlement tells what is on its way, what came and in which batch it stands; the last page says how to fetch it all by API', async () => {
  await page.click('nav a[href="/merchant/settlement"]');
  await page.waitForSelector('[data-test=arrival] >> text=自动核对');
  await page.waitForSelector('[data-test=expected] >> text=2026-11-2');
  await page.waitForSelector('[data-test=batch-line] >> text=待审批');
  await looksRight(page, 'merchant-settlement');
  await page.click('nav a[href="/merchant/api"]');
  await counted(page, '[data-test=operation]', 6);
  await page.waitForSelector("text=merchantNo: '1900000001'");
  await looksRight(page, 'merchant-api');
});

test('in English too', async () => {
  await page.click('text=English');
  await page.waitForSelector('aside >> text=Merchant console');
  for (const [path, heading] of [['/merchant/api', 'By API'], ['/merchant/settlement', 'Settlement'], ['/merchant/figures', 'Figures'], ['/merchant/files', 'Statement files'], ['/merchant/flows', 'Payments']] as const) {
    await page.click(`nav a[href="${path}"]`);
    await page.waitForSelector(`main h1 >> text="${heading}"`);
    await looksRight(page, `merchant-english-${heading.toLowerCase().replaceAll(' ', '-')}`, 'narrow');
  }
  await page.click('text=中文');
});
