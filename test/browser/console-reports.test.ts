import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { ReportGuest } from '@hospay/server/domain/guests.js';
import type { ConsoleHouse } from '../contract/console-house.js';
import { becomeAdministrator, becomeAuditor, looksRight, openConsole, picture, type ConsoleUnderTest } from './console-page.js';
import { seedMorning } from './console-seed.js';

let opened: ConsoleUnderTest;
let house: ConsoleHouse;
let page: Page;

before(async () => {
  opened = await openConsole();
  ({ house, page } = opened);
  await seedMorning(house);
  await house.payCash('CASH', 4_000, '0123');
  await becomeAdministrator(opened);
});
after(() => opened.stop());
afterEach(() => { opened.hearNoComplaint(); });

const open = async (report: string): Promise<void> => {
  await page.click(`[data-test="report-${report}"]`);
  await page.waitForSelector(`[data-test="report-${report}"][aria-current=page]`);
};
const wholeYear = async (): Promise<void> => {
  await page.click('[data-test=time-thisYear]');
  await page.waitForSelector('[data-test=report-row]');
};

test('the catalogue stands on the left; the volume of the month is there at once, with its totals, and splits another way at a choice', async () => {
  await page.click('nav a[href="/reports"]');
  await page.waitForSelector('[data-test=report-totals]');
  const rows = await page.locator('[data-test=report-row]').allInnerTexts();
  assert.deepEqual(rows.map((row) => row.split('\t')[0]?.trim()), ['scripted', 'cash-main']);
  const totals = await page.locator('[data-test=report-totals]').innerText();
  assert.match(totals, /^合计\t\t27\t/);
  await page.waitForSelector('[data-test=chart] canvas');
  await looksRight(page, 'reports-volume');
  await page.click('.chart .el-radio-button >> nth=0');
  await page.emulateMedia({ media: 'print' });
  assert.deepEqual([await page.isVisible('.filters'), await page.isVisible('.catalogue'), await page.isVisible('.side'), await page.isVisible('text=示范医院　2026-11-01 – 2026-11-20'), await page.isVisible('[data-test=report-totals]')], [false, false, false, true, true], 'the sheet alone is printed');
  await picture(page, 'reports-printed');
  await page.emulateMedia({ media: 'screen' });
  await page.click('[data-test=by]');
  await page.click('.el-select-dropdown__item >> text=按收费员');
  await page.waitForSelector('[data-test=report-row] >> text=0123 王收费');
  assert.equal((await page.locator('[data-test=report-totals]').innerText()).split('\t')[3], totals.split('\t')[3], 'another split sums to the same');
});

test('rows of finance are read page by page under the heads of its forms; a column without a source is named below', async () => {
  await open('three-way-by-bill');
  await wholeYear();
  for (const head of ['账单日期', '支付金额(渠道)', 'his支付金额', '平台流水号', '对账时间', '备注']) assert.equal(await page.locator(`th >> text="${head}"`).count(), 1, head);
  assert.ok((await page.locator('main').innerText()).includes('留空的列 — 支付终端号：'));
  await looksRight(page, 'reports-three-way');
  for (const report of ['channel-amounts', 'month-year', 'growth', 'difference-register', 'cash-summary', 'till-differences']) {
    await open(report);
    await page.waitForSelector('.frame >> nth=0');
    await looksRight(page, `reports-${report}`, 'narrow');
  }
});

test('a kiosk’s days stand under opening hours, and a report of a plugin beside our own; one that fails says why and what to do', async () => {
  const { clock } = house.reportPorts;
  await house.presence.begin('kiosk-1', new Date(clock.now().getTime() - 3 * 3_600_000));
  await open('kiosk-availability');
  await page.click('[data-test=time-thisMonth]');
  await page.waitForSelector('[data-test=report-row] >> text=门诊大厅自助机');
  await looksRight(page, 'reports-kiosk-availability');
  const declaration = { title: { zh: '收费员月报', en: 'Cashiers by month' }, parameters: [], mostDays: 366, columns: [{ zh: '收费员', en: 'Cashier', kind: 'operator' }, { zh: '收款金额', en: 'Paid', kind: 'fen', isTotalled: true }] } satisfies ReportGuest['declaration'];
  house.reportGuests.push(
    { id: 'acme.cashiers', declaration, read: async ({ from, to }, { sums }) => ({ kind: 'rows', rows: (await sums({ from, to, by: ['operator'] })).map(({ of, paidFen }) => [of.operator ?? '', paidFen]) }) },
    { id: 'acme.broken', declaration: { ...declaration, title: { zh: '坏报表', en: 'Broken' } }, read: () => Promise.resolve({ kind: 'unknown', reason: 'row 3, 收款金额 (Paid): 12.5 is not a whole number of fen' }) },
  );
  await page.reload();
  await open('acme.cashiers');
  await page.waitForSelector('[data-test=report-row] >> text=0123 王收费');
  await looksRight(page, 'reports-of-a-plugin');
  await open('acme.broken');
  await page.waitForSelector('text=12.5 is not a whole number of fen');
  await looksRight(page, 'reports-of-a-broken-plugin');
});

test('an export is begun, shown until it is done, and fetched as a file; it can be thrown away', async () => {
  await open('platform-transactions');
  await wholeYear();
  await page.click('[data-test=export-xlsx]');
  await page.waitForSelector('[data-test=export] >> text=已完成');
  await page.click('[data-test=export-csv]');
  await page.waitForSelector('[data-test=export] >> nth=0 >> text=CSV');
  await page.waitForSelector('[data-test=export] >> nth=0 >> text=已完成');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-test=file] >> nth=0')]);
  assert.match(download.suggestedFilename(), /^platform-transactions-2026-01-01-.*\.csv$/);
  assert.match(readFileSync(await download.path(), 'utf8'), /示范医院 平台交易明细\r\n2026-01-01 至 /);
  await looksRight(page, 'reports-exports');
  await page.click('[data-test=end] >> nth=1');
  await page.waitForSelector('[data-test=export] >> nth=1', { state: 'detached' });
});

test('in English too, for an auditor', async () => {
  await becomeAuditor(opened);
  await page.click('nav a[href="/reports"]');
  await page.click('text=English');
  await page.waitForSelector('main h1 >> text=Reports');
  await open('refunds');
  await page.waitForSelector('th >> text="Refunded of paid"');
  await page.waitForSelector('[data-test=report-row]');
  await looksRight(page, 'reports-english');
  await page.click('text=中文');
});
