/** The HIS was restored from a backup (恢复备份): finance has its bookings checked. And the invoices of an order. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import type { ConsoleHouse } from '../contract/console-house.js';
import { openInvoiceOffice } from '../contract/scripted-invoice-office.js';
import { becomeAdministrator, becomeAuditor, counted, looksRight, openConsole, type ConsoleUnderTest } from './console-page.js';

let opened: ConsoleUnderTest;
let house: ConsoleHouse;
let page: Page;
let order: OrderView;
let other: OrderView;

before(async () => {
  opened = await openConsole();
  ({ house, page } = opened);
  openInvoiceOffice(house.hospital, house.now);
  order = await house.payAndConfirm('Q1', { patientLabel: '张*三' });
  house.later(3_600);
  other = await house.payAndConfirm('Q2');
  await house.run('advanceInvoice');
  await becomeAdministrator(opened);
});
after(() => opened.stop());
afterEach(() => { opened.hearNoComplaint(); });

const openOrders = async () => {
  await page.click('nav a[href="/orders"]');
  await page.waitForSelector('[data-test=check-bookings]');
};
const openOrder = async ({ tradeNo }: OrderView) => {
  await openOrders();
  await page.click(`tbody a[href="/orders/${tradeNo}"]`);
  await page.waitForSelector('ol li.journal');
};
/** Both ends of the time, as it stands in the dialog. */
const timeShown = () => Promise.all([0, 1].map((end) => page.locator('.el-dialog .el-range-input').nth(end).inputValue()));
const type = async (end: 0 | 1, text: string) => {
  await page.locator('.el-dialog .el-range-input').nth(end).fill(text);
  await page.locator('.el-dialog .el-range-input').nth(end).press('Enter');
};

test('the check proposes yesterday until now in Beijing time, and asks for a reason and for a time that can be', async () => {
  await openOrders();
  await page.click('[data-test=check-bookings]');
  await page.waitForSelector('.el-dialog .lead');
  const [from, to] = await timeShown();
  assert.equal(from, '2026-11-19 00:00:00');
  assert.match(String(to), /^2026-11-20 10:0\d:\d\d$/);
  await page.click('[data-test=bookings-submit]');
  assert.match(await page.innerText('.el-dialog .problem'), /请填写原因/);
  await page.fill('.el-dialog input[name=reason]', 'HIS 恢复昨日备份');
  await type(0, '2026-11-01 00:00:00');
  await page.click('[data-test=bookings-submit]');
  assert.match(await page.innerText('.el-dialog .problem'), /最长 7 天/);
  await looksRight(page, 'bookings-check');
});

test('what was booked in the time is queued and counted; the HIS is told again of what it lost, and a person of what it refuses', async () => {
  await type(0, '2026-11-20 09:00:00');
  await page.click('[data-test=bookings-submit]');
  await page.waitForSelector('[data-test=bookings-asked]');
  assert.match(await page.innerText('[data-test=bookings-asked]'), /2 笔订单已排队核对/);
  await looksRight(page, 'bookings-asked');
  const event = await house.platform.auditEvents.last();
  assert.deepEqual([event?.what, event?.reason], ['bookings.check', 'HIS 恢复昨日备份']);
  assert.match(String(event?.object), /^2026-11-20T01:00:00.000Z – 2026-11-20T02:0\d:\d\d.000Z$/);
  house.hospital.confirmAnswers = [{ kind: 'ok', value: { settlementNo: 'S9', receiptNo: 'R9', amountFen: order.amountFen } }];
  await house.run('checkBooking', order.tradeNo);
  house.hospital.confirmAnswers = [{ kind: 'rejected', code: '300303', message: '窗口已收费' }];
  await house.run('checkBooking', other.tradeNo);
  await page.click('[data-test=bookings-asked] a');
  await page.waitForSelector('main tbody >> text=医院丢失已入账的缴费');
  const cases = await page.innerText('main tbody');
  assert.ok(cases.includes(other.tradeNo) && !cases.includes(order.tradeNo), cases);
  await openOrder(order);
  const text = await page.innerText('main');
  for (const word of ['S9', '重新入账', '差错单已消除']) assert.ok(text.includes(word), word);
});

test('a time without a booking says so', async () => {
  await openOrders();
  await page.click('[data-test=check-bookings]');
  await type(1, '2026-11-19 12:00:00');
  await page.fill('.el-dialog input[name=reason]', 'HIS 恢复昨日备份');
  await page.click('[data-test=bookings-submit]');
  await page.waitForSelector('text=这段时间没有已入账的订单');
  await page.click('.el-dialog footer >> text=关闭');
});

test('an order shows its electronic invoices: after a partial refund the flushed one, its red one, and the one of what is left', async () => {
  await openOrder(order);
  await counted(page, '[data-test=invoice]', 1);
  await page.click('[data-test=refund]');
  await page.click('.el-dialog >> text=部分退款');
  await page.fill('input[name=yuan]', '12.34');
  await page.fill('input[name=reason]', '检查未做');
  await page.click('[data-test=refund-submit]');
  await page.click('[data-test=refund-sure]');
  await page.waitForSelector('text=退款已受理');
  house.later(60);
  await house.run('advanceRefund', order.tradeNo);
  for (const _ of ['it is flushed', 'the rest is issued']) await house.run('advanceInvoice', order.tradeNo);
  await page.click('.page .acts button >> text=刷新');
  await counted(page, '[data-test=invoice]', 2);
  const [flushed = '', issued = ''] = await page.locator('[data-test=invoice]').allInnerTexts();
  for (const word of ['已冲红', '¥100.00', '0012340001', '99060124', '009999', `${order.tradeNo}R01`]) assert.ok(flushed.includes(word), `${word} in ${flushed}`);
  for (const word of ['已开票', '¥87.66', 'a1b2c3', `${order.tradeNo}F2`]) assert.ok(issued.includes(word), `${word} in ${issued}`);
  assert.ok(!(await page.innerText('main')).includes('invoice.example.org'));
  await looksRight(page, 'order-invoices');
});

test('in English too, and an auditor sees the invoices but has no button to check', async () => {
  await page.click('text=English');
  await page.waitForSelector('main >> text=Electronic invoices');
  await looksRight(page, 'order-invoices-english');
  await openOrders();
  await page.click('[data-test=check-bookings]');
  await page.waitForSelector('.el-dialog >> text=Booked (Beijing time)');
  await looksRight(page, 'bookings-check-english');
  await page.click('.el-dialog footer >> text=Cancel');
  await page.click('text=中文');
  await becomeAuditor(opened);
  await page.click('nav a[href="/orders"]');
  await page.waitForSelector('tbody tr.row');
  assert.equal(await page.locator('[data-test=check-bookings]').count(), 0);
  await page.click(`tbody a[href="/orders/${order.tradeNo}"]`);
  await counted(page, '[data-test=invoice]', 2);
});
