import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { ConsoleHouse } from '../contract/console-house.js';
import { becomeAdministrator, becomeAuditor, looksRight, openConsole, picture, type ConsoleUnderTest } from './console-page.js';

const DAY = '2026-11-20';
let opened: ConsoleUnderTest;
let house: ConsoleHouse;
let page: Page;

before(async () => {
  opened = await openConsole();
  ({ house, page } = opened);
  await seedMorning();
  await becomeAdministrator(opened);
});
after(() => opened.stop());
afterEach(() => { opened.hearNoComplaint(); });

test('the page shows what must lie in each till, beside the ledger, and a difference stands out with its case', async () => {
  await page.click('nav a[href="/window-desk"]');
  await page.waitForSelector('[data-test=till]');
  const [comparison = ''] = await page.locator('[data-test=comparison]').allInnerTexts();
  for (const words of ['cash-main', '不符', '已产生差错单', '¥462.00', '¥412.00', '+¥50.00']) assert.ok(comparison.includes(words), `${words} in ${comparison}`);
  const tills = await page.locator('[data-test=till]').allInnerTexts();
  assert.match(tills[0] ?? '', /收费员 0101[\s\S]*¥200\.00[\s\S]*¥312\.00[\s\S]*¥512\.00/);
  assert.match(tills[1] ?? '', /终端 kiosk-3/);
  await looksRight(page, 'window-desk');
  await page.click('nav a[href="/cases"]');
  await page.waitForSelector('main tbody >> text=钱箱与账本不符');
  await page.click('nav a[href="/window-desk"]');
});

test('change money is put into a till once, also when the first answer is not known', async () => {
  house.windowDesks.openAnswers = [{ kind: 'unknown', reason: 'no answer before the deadline' }];
  await page.click('[data-test=open-till]');
  await page.fill('input[name=tillId]', '0105');
  await page.fill('input[name=yuan]', '12.345');
  await page.click('.el-dialog button[type=submit]');
  await page.waitForSelector('.el-dialog >> text=最多两位小数');
  await page.fill('input[name=yuan]', '200');
  await page.click('.el-dialog button[type=submit]');
  await page.waitForSelector('.el-dialog >> text=结果未知：钱箱账本没有应答');
  await picture(page, 'window-desk-opening');
  await page.click('.el-dialog button[type=submit]:has-text("再次确认")');
  await page.waitForSelector('text=备用金已计入钱箱');
  assert.deepEqual(house.windowDesks.calls.filter((call) => call.startsWith('openTill')), ['openTill operator:0105 20000', 'openTill operator:0105 20000']);
  assert.equal((await house.platform.windowDesk.listOpenings(new Date(0), new Date('2100-01-01'))).length, 1, 'one opening, asked for twice');
});

test('a settlement is asked about first; an unknown end says what to look at, a busy terminal that nothing was sent', async () => {
  house.windowDesks.operateAnswers = [{ kind: 'unknown', reason: 'the connection ended before the answer' }, { kind: 'notSent', reason: 'the terminal is busy with another exchange' }];
  await page.click('[data-test=terminal-window-1] button:has-text("结算")');
  await page.waitForSelector('.el-message-box >> text=确定结算');
  assert.equal(house.windowDesks.calls.filter((call) => call.startsWith('settle')).length, 0);
  await page.click('.el-message-box__btns >> text=/确定|OK/');
  await page.waitForSelector('[data-test=terminal-window-1] >> text=先看终端是否已打印结算单');
  await page.click('[data-test=terminal-window-2] button:has-text("签到")');
  await page.waitForSelector('[data-test=terminal-window-2] >> text=没有发送');
  await page.click('[data-test=terminal-window-3] button:has-text("重打印")');
  await page.waitForSelector('[data-test=terminal-window-3] >> text=完成');
  assert.deepEqual(house.windowDesks.calls.slice(-3), ['settle window-1', 'signIn window-2', 'reprint window-3']);
  await looksRight(page, 'window-desk-terminals');
});

test('in English too, and an auditor only reads', async () => {
  await page.click('text=English');
  await page.waitForSelector('main h1 >> text=Tills and card terminals');
  await looksRight(page, 'window-desk-english');
  await page.click('text=中文');
  await becomeAuditor(opened);
  await page.click('nav a[href="/window-desk"]');
  await page.waitForSelector('[data-test=terminal-window-1]');
  assert.equal(await page.locator('[data-test=open-till], [data-test=terminal-window-1] button').count(), 0);
});

/** Two tills; the operator's holds fifty yuan more than the ledger knows of. */
async function seedMorning(): Promise<void> {
  await house.payCash('C1', 31_200, '0101');
  await house.payCash('C2', 10_000, '0101');
  const sum = (count: number, amountFen: number) => ({ count, amountFen });
  house.windowDesks.tillsOfDay = [
    { tillNo: 'operator:0101', day: DAY, openings: sum(1, 20_000), takenIn: sum(1, 31_200), paidOut: sum(0, 0), balanceFen: 51_200 },
    { tillNo: 'terminal:kiosk-3', day: DAY, openings: sum(0, 0), takenIn: sum(1, 15_000), paidOut: sum(0, 0), balanceFen: 15_000 },
  ];
}
