/** 脱敏 at the console in a real browser: shown masked, looked at with a reason for a minute, by keyboard too, and never in an address or in what the browser keeps. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import { becomeAdministrator, looksRight, openConsole, picture, type ConsoleUnderTest } from './console-page.js';

let underTest: ConsoleUnderTest;
let order: OrderView;
const PATIENT = 'ZH88123456';
const MASKED = '******3456';

before(async () => {
  underTest = await openConsole();
  const { house } = underTest;
  order = await house.payAndConfirm('Q1', { patientId: PATIENT });
  house.hospital.facets = {
    accountBalance: () => Promise.resolve({ kind: 'ok', value: { balanceFen: 8_800, frozenFen: 0 } }),
    listAccountMovements: () => Promise.resolve({ kind: 'ok', value: [] }),
    returnAccountBalance: ({ returnNo }) => Promise.resolve({ kind: 'ok', value: { hisReturnNo: `YJ-${returnNo}`, balanceFen: 0 } }),
  };
  await becomeAdministrator(underTest);
});
after(() => underTest.stop());

async function sayWhy(note: string): Promise<void> {
  const { page } = underTest;
  const dialog = page.locator('.el-dialog:visible');
  await dialog.locator('[data-test=reveal-reason]').click();
  await page.locator('.el-select-dropdown__item:visible', { hasText: '患者咨询' }).click();
  await dialog.locator('input[name=revealNote]').fill(note);
}

test('a patient number is masked, shown with a reason, hidden by hand and by itself, and stands in no address', async () => {
  const { page, hearNoComplaint } = underTest;
  await page.click('nav a[href="/orders"]');
  await page.locator('.filters .by').click();
  await page.locator('.el-select-dropdown__item:visible', { hasText: '患者编号' }).click();
  await page.fill('.filters input[name=number]', PATIENT);
  await page.locator('.filters button[type=submit]').click();
  await page.waitForSelector(`td >> text=${order.tradeNo}`);
  assert.ok(!page.url().includes(PATIENT), 'a search by the whole number finds it and leaves no number in the address');
  await page.locator('tr.row', { hasText: order.tradeNo }).click();
  await page.waitForSelector(`text=${MASKED}`);
  await looksRight(page, 'masked');
  assert.ok(!(await page.content()).includes(PATIENT));

  await page.clock.install();
  // By keyboard: the eye is a button with a name.
  const eye = page.getByRole('button', { name: '查看患者编号' });
  await eye.focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('.el-dialog:visible >> text=记入审计日志');
  await page.locator('.el-dialog:visible button[type=submit]').click();
  await page.waitForSelector('.el-dialog:visible .problem >> text=请选择原因');
  await sayWhy('患者到窗口查询');
  await picture(page, 'reveal-dialog');
  await page.locator('.el-dialog:visible button[type=submit]').click();
  await page.waitForSelector(`text=${PATIENT}`);
  await page.waitForSelector('text=60 秒后隐藏');
  await looksRight(page, 'revealed');
  assert.ok(!page.url().includes(PATIENT));
  assert.ok(!(await page.evaluate<string>('JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie])')).includes(PATIENT), 'the browser keeps nothing');

  await page.clock.runFor(61_000);
  await page.waitForSelector(`text=${MASKED}`);
  assert.ok(!(await page.content()).includes(PATIENT), 'after a minute it is masked again');

  await eye.click();
  await sayWhy('再次核对');
  await page.locator('.el-dialog:visible button[type=submit]').click();
  await page.waitForSelector(`text=${PATIENT}`);
  await page.getByRole('button', { name: '隐藏患者编号' }).click();
  await page.waitForSelector(`text=${MASKED}`);

  await page.click('nav a[href="/audit"]');
  await page.waitForSelector('text=查看脱敏数据');
  await page.waitForSelector('text=patientEnquiry: 患者到窗口查询');
  assert.ok(!(await page.content()).includes(PATIENT));
  hearNoComplaint();
});

test('the sheet of a run with whole numbers is asked for with a reason', async () => {
  const { page, hearNoComplaint } = underTest;
  await page.click('nav a[href="/prepayment"]');
  await page.click('[data-test=propose]');
  await page.fill('.el-dialog:visible input[name=title]', '清退第一批');
  await page.fill('.el-dialog:visible textarea[name=patients]', PATIENT);
  await page.click('.el-dialog:visible button[type=submit]');
  await page.waitForSelector(`text=${MASKED}`);
  await looksRight(page, 'masked-run');
  await page.click('[data-test=plain-sheet]');
  await sayWhy('银行转账');
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('.el-dialog:visible button[type=submit]').click()]);
  assert.match(download.suggestedFilename(), /^qingtui-QT\w+\.csv$/);
  hearNoComplaint();
});
