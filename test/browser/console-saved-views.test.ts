/** 保存的视图: filters under a name, in the address, and the default of a list. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { becomeAdministrator, becomeAuditor, counted, looksRight, openConsole, type ConsoleUnderTest } from './console-page.js';
import { seedMorning } from './console-seed.js';

let opened: ConsoleUnderTest;
let page: Page;

before(async () => {
  opened = await openConsole();
  page = opened.page;
  await seedMorning(opened.house);
  await becomeAdministrator(opened);
});
after(() => opened.stop());

const open = (area: string) => page.click(`nav .group a[href="/${area}"]`);
async function pick(selector: string, option: string): Promise<void> {
  await page.click(selector);
  await page.click(`.el-select-dropdown__item:visible >> text="${option}"`);
}
async function keep(name: string, { isDefault }: { readonly isDefault: boolean }): Promise<void> {
  await page.click('[data-test=keep-view]');
  await page.fill('input[name=view-name]', name);
  if (isDefault) await page.click('[data-test=view-default]');
  await page.click('[data-test=save-view]');
  await counted(page, '.el-dialog:visible', 0);
}
const asked = (what: (query: URLSearchParams) => unknown) => eventually('the question', () => Promise.resolve(what(new URL(page.url()).searchParams) === true ? true : undefined));

test('what a list is narrowed by stands in the address: whoever is sent it sees the same', async () => {
  await open('orders');
  await counted(page, 'tbody tr.row', 20);
  await pick('.choice >> nth=0', '结果未知');
  await counted(page, 'tbody tr.row', 1);
  await asked((query) => query.get('paymentState') === 'unknown');
  const sent = page.url();
  await page.goto(`${opened.house.origin}/overview`);
  await page.goto(sent);
  await counted(page, 'tbody tr.row', 1);
  assert.ok((await page.innerText('.filters')).includes('结果未知'));
  await open('orders');
  await counted(page, 'tbody tr.row', 20);
  opened.hearNoComplaint();
});

test('filters are kept under a name, taken again by it, and days up to today move with today', async () => {
  await pick('.choice >> nth=0', '结果未知');
  await counted(page, 'tbody tr.row', 1);
  await keep('结果未知的', { isDefault: false });
  await page.click('button:has-text("重置")');
  await counted(page, 'tbody tr.row', 20);
  await pick('[data-test=saved-views]', '结果未知的');
  await counted(page, 'tbody tr.row', 1);
  await looksRight(page, 'saved-view');
  await page.click('[data-test=keep-view]');
  await page.waitForSelector('[data-test="view-结果未知的"]');
  await looksRight(page, 'saved-views-dialog');
  await page.fill('input[name=view-name]', '结果未知的');
  await page.click('[data-test=save-view]');
  await page.waitForSelector('text=已有同名视图');
  await page.keyboard.press('Escape');
  await counted(page, '.el-dialog:visible', 0);
  const { userId } = (await opened.house.users.signIn({ login: 'li.admin', password: 'Correct-Horse-7', address: 'test' }) as { value: { signedIn: { userId: string } } }).value.signedIn;
  const [kept] = await opened.house.savedViews.list(userId);
  assert.deepEqual(kept?.filters, [{ field: 'paymentState', value: 'unknown' }, { field: 'lastDays', value: '7' }]);
  opened.hearNoComplaint();
});

test('a patient’s number stands neither in the address nor in a view, an order’s in the address alone', async () => {
  await page.click('button:has-text("重置")');
  await page.fill('input[name=number]', 'P1000');
  await pick('.by', '患者编号');
  await page.press('input[name=number]', 'Enter');
  await counted(page, 'tbody tr.row', 1);
  await asked((query) => query.get('fromDay') !== null && query.get('patientId') === null && query.get('tradeNo') === null);
  await keep('不带号码', { isDefault: false });
  await page.click('button:has-text("重置")');
  await counted(page, 'tbody tr.row', 20);
  await pick('[data-test=saved-views]', '不带号码');
  await asked((query) => query.get('fromDay') === '2026-11-14' && query.get('patientId') === null);
});

test('the default view is taken when its list is opened, and a link with filters is not overruled by it', async () => {
  await page.click('[data-test=keep-view]');
  await page.click('[data-test="view-结果未知的"] .el-checkbox');
  await page.waitForSelector('text=已完成');
  await page.keyboard.press('Escape');
  await counted(page, '.el-dialog:visible', 0);
  await page.goto(`${opened.house.origin}/orders`);
  await counted(page, 'tbody tr.row', 1);
  assert.ok((await page.innerText('.views')).includes('结果未知的（默认）'));
  await page.goto(`${opened.house.origin}/orders?confirmation=reversed`);
  await page.waitForSelector('.filters >> text=结果未知', { state: 'detached' });
  await page.click('button:has-text("重置")');
  await counted(page, 'tbody tr.row', 20);
  opened.hearNoComplaint();
});

test('cases, approvals, the queue, notices of the HIS and transactions keep views of their own', async () => {
  await open('cases');
  await page.click('label:has-text("已消除")');
  await asked((query) => query.get('state') === 'resolved');
  await keep('处理过的', { isDefault: false });
  await looksRight(page, 'cases-view', 'narrow');
  await open('approvals');
  await page.click('text=待我审批');
  await keep('轮到我的', { isDefault: true });
  await looksRight(page, 'approvals-view', 'narrow');
  await page.goto(`${opened.house.origin}/approvals`);
  await page.waitForSelector('.is-active >> text=待我审批');
  await open('queue');
  await page.waitForSelector('[data-test=topic]');
  await looksRight(page, 'queue-view', 'narrow');
  await page.goto(`${opened.house.origin}/reports?report=platform-transactions`);
  await page.waitForSelector('[data-test=keep-view]');
  await page.click('[data-test=time-today]');
  await asked((query) => query.get('from') === '2026-11-20' && query.get('report') === 'platform-transactions');
  await keep('今天的交易', { isDefault: false });
  await looksRight(page, 'transactions-view', 'narrow');
  await open('his-notices');
  await page.waitForSelector('[data-test=keep-view]');
  await looksRight(page, 'his-notices-view', 'narrow');
  opened.hearNoComplaint();
});

test('a view is shared from its dialog with everybody who may open the list, and is named among what is shared', async () => {
  await open('orders');
  await page.click('[data-test=keep-view]');
  await pick('[data-test="view-结果未知的"] [data-test=share]', '所有可打开此列表的人');
  await page.waitForSelector('text=已共享');
  await looksRight(page, 'saved-view-shared-dialog');
  await page.keyboard.press('Escape');
  await counted(page, '.el-dialog:visible', 0);
  await open('users');
  await page.waitForSelector('[data-test=shared-views] >> text=结果未知的');
  await looksRight(page, 'shared-views');
  opened.hearNoComplaint();
});

test('somebody else at the same browser sees none but what is shared, under the name of whom it is shared with, uses it and cannot change it', async () => {
  await becomeAuditor(opened);
  await open('orders');
  await counted(page, 'tbody tr.row', 20);
  await pick('[data-test=saved-views]', '结果未知的（李工）');
  await counted(page, 'tbody tr.row', 1);
  await page.click('[data-test=saved-views]');
  await page.waitForSelector('.el-select-group__title:visible >> text=所有可打开此列表的人 · 共享');
  await counted(page, '.el-select-group__title:visible', 1);
  await page.keyboard.press('Escape');
  await page.click('[data-test=keep-view]');
  await page.waitForSelector('[data-test="shared-结果未知的"]');
  await counted(page, '.el-dialog [data-test=replace], .el-dialog [data-test=remove], .el-dialog [data-test=share], .el-dialog [data-test=withdraw]', 0);
  await looksRight(page, 'saved-view-of-others');
  opened.hearNoComplaint();
});
