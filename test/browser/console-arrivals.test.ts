/** The console's page 到账 in a real browser: what is expected, what the bank has, and a line that is twenty fen short assigned by a person. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fen } from '@hospay/plugin-sdk';
import { becomeAdministrator, looksRight, openConsole, picture, type ConsoleUnderTest } from './console-page.js';

let underTest: ConsoleUnderTest;
const DAY = '2026-11-20';
const MONDAY = '2026-11-23';

before(async () => {
  underTest = await openConsole();
  const { house } = underTest;
  await house.payAndConfirm('A', { totalFen: fen(12_345), selfPayFen: fen(12_345), feeType: '检查费' });
  house.later(24 * 3_600);
  await house.payAndConfirm('B', { totalFen: fen(800), selfPayFen: fen(800), feeType: '西药费' });
  house.later(3 * 24 * 3_600);
  const line = (bankLineNo: string, amountFen: number, counterpartyLabel: string, summary: string) => ({
    account: 'icbc-main', bankLineNo, day: MONDAY, direction: 'in' as const, amountFen, balanceFen: undefined, at: `${MONDAY}T08:30:00+08:00`, counterpartyLabel, counterpartyTail: '0012', summary, instructionNo: undefined, isReturn: false,
  });
  await house.store.payoutsOf('demo').statements.keepLines({ lines: [line('20261123-0001', 12_325, '财付通支付科技有限公司', '结算款'), line('20261123-0002', 800, '财付通支付科技有限公司', '结算款'), line('20261123-0003', 500_000, '某某医药有限公司', '货款退回')], fileSha256: 'f'.repeat(64), now: new Date(`${MONDAY}T02:00:00Z`) });
  await becomeAdministrator(underTest);
});
after(() => underTest.stop());

test('what fits to the fen is matched at a press; a line that is short is assigned by a person, and what is missing hangs', async () => {
  const { page, hearNoComplaint } = underTest;
  await page.click('nav a[href="/arrivals"]');
  await page.waitForSelector(`[data-test=day-scripted-${DAY}]`);
  await looksRight(page, 'arrivals-open');
  await page.click('[data-test=run]');
  await page.waitForSelector('text=自动核对');
  assert.equal(await page.locator('[data-test=line-20261123-0002]').count(), 0, 'the second day is settled');
  await page.locator(`[data-test=day-scripted-${DAY}] .el-checkbox`).click();
  await page.locator('[data-test=line-20261123-0001] .el-checkbox').click();
  await page.click('[data-test=assign]');
  await page.waitForSelector('text=少到 ¥0.20');
  await page.click('.el-dialog:visible button[type=submit]');
  await page.waitForSelector('text=请填写理由');
  await page.fill('.el-dialog:visible input[name=reason]', '渠道代扣服务费');
  await picture(page, 'arrivals-assign');
  await page.click('.el-dialog:visible button[type=submit]');
  await page.waitForSelector('text=人工认领');
  await page.waitForSelector(`[data-test=day-scripted-${DAY}] >> text=已挂账`);
  await looksRight(page, 'arrivals-assigned');
  await page.click('nav a[href="/cases"]');
  await page.waitForSelector('text=到账短款');
  await page.click('nav a[href="/ledger"]');
  await page.waitForSelector('text=来款认领');
  hearNoComplaint();
});

test('what has arrived is settled by campus: a batch is proposed, and nobody approves his own', async () => {
  const { house, page, hearNoComplaint } = underTest;
  await page.click('nav a[href="/settlements"]');
  await page.waitForSelector('[data-test=move] >> text=icbc-main 划转至 ccb-east');
  await looksRight(page, 'settlements-draft');
  assert.equal(await page.locator('[data-test=propose]').count(), 0, 'the administrator approves, and proposes nothing');
  const { hash } = await house.settlements.drawBatch();
  assert.equal((await house.settlements.proposeBatch({ hash, by: 'wu.finance' })).kind, 'ok');
  await page.reload();
  await page.click('[data-test=decide-JS00000001]');
  await page.fill('.el-dialog:visible input[name=reason]', '已核对');
  await picture(page, 'settlements-decide');
  await page.click('[data-test=approve]');
  await page.waitForSelector('[data-test=batch-JS00000001] >> text=已同意');
  await looksRight(page, 'settlements-approved');
  hearNoComplaint();
});
