import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { ConsoleHouse } from '../contract/console-house.js';
import { becomeAdministrator, becomeAuditor, looksRight, openConsole, type ConsoleUnderTest } from './console-page.js';

const DAY = '2026-11-20';
const STRAY = 'H20261120100000ABCDEFGHJP01';
let opened: ConsoleUnderTest;
let house: ConsoleHouse;
let page: Page;

before(async () => {
  opened = await openConsole();
  ({ house, page } = opened);
  await seedDay();
  await becomeAdministrator(opened);
});
after(() => opened.stop());
afterEach(() => { opened.hearNoComplaint(); });

test('yesterday is run from the page: each comparison shows its state and both sides, and what it found stands below with its class', async () => {
  await page.click('nav a[href="/reconciliation"]');
  await page.waitForSelector('main >> text=当日尚未对账');
  await page.click('[data-test=run-day]');
  await page.waitForSelector('[data-test=day]');
  const [channel = '', hospital = ''] = await page.locator('[data-test=day]').allInnerTexts();
  for (const words of ['渠道账单', 'scripted', '已说明', '¥100.00', '¥107.05', '1']) assert.ok(channel.includes(words), `${words} in ${channel}`);
  for (const words of ['医院日账单', '账单未出，顺延', 'the hospital adapter is not active']) assert.ok(hospital.includes(words), `${words} in ${hospital}`);
  await page.click('[data-test=show-differences] >> nth=0');
  await page.waitForSelector('[data-test=difference]');
  const [long = '', foreign = ''] = await page.locator('[data-test=difference]').allInnerTexts();
  for (const words of ['长款，无订单', STRAY, '¥7.00']) assert.ok(long.includes(words), `${words} in ${long}`);
  for (const words of ['非本系统', 'SHOP1', '¥0.05']) assert.ok(foreign.includes(words), `${words} in ${foreign}`);
  await looksRight(page, 'reconciliation');
  await page.click('nav a[href="/cases"]');
  await page.waitForSelector('main tbody >> text=对账长款');
});

test('in English too, and an auditor only reads', async () => {
  await page.click('nav a[href="/reconciliation"]');
  await page.click('text=English');
  await page.waitForSelector('main h1 >> text=Reconciliation');
  await page.waitForSelector('[data-test=day] >> text=Explained');
  await looksRight(page, 'reconciliation-english');
  await page.click('text=中文');
  await becomeAuditor(opened);
  await page.click('nav a[href="/reconciliation"]');
  await page.waitForSelector('[data-test=day]');
  assert.equal(await page.locator('[data-test=run-day]').count(), 0);
});

/** One order of yesterday; the statement has it, money under a number nobody knows, and a row of a shop on the same merchant number. */
async function seedDay(): Promise<void> {
  const order = await house.payAndConfirm('Q1');
  const raw = Buffer.from('the file');
  const line = { kind: 'payment', channelTradeNo: '4200', feeMilliFen: 0, status: 'SUCCESS', at: `${DAY}T10:00:00+08:00` } as const;
  const lines = [{ ...line, tradeNo: order.payments[0]?.paymentNo ?? '', amountFen: 10_000 }, { ...line, tradeNo: STRAY, amountFen: 700 }, { ...line, tradeNo: 'SHOP1', amountFen: 5 }];
  house.statement.answer = { kind: 'ok', raw, sha256: createHash('sha256').update(raw).digest('hex'), lines, totals: { lines: 3, paymentFen: 10_705, refundFen: 0 } };
  house.later(24 * 3_600);
}
