/** The console's page 付款 in a real browser: proposed by one, approved as it stands there by another, the bank's news and its statement. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { becomeAdministrator, looksRight, openConsole, PASSWORD, picture, type ConsoleUnderTest } from './console-page.js';

let underTest: ConsoleUnderTest;

before(async () => {
  underTest = await openConsole();
  const { house } = underTest;
  for (const [subject, amountFen] of [['QT7K2M-0001', 12_345], ['QT7K2M-0002', 6_000_000], ['QT7K2M-0003', 900]] as const) house.owe(subject, amountFen);
  await becomeAdministrator(underTest);
  const administrator = await house.users.signIn({ login: 'li.admin', password: PASSWORD, address: 'test' });
  assert.equal(administrator.kind, 'ok');
  for (const [login, displayName] of [['wu.finance', '吴财务'], ['zheng.finance', '郑财务']] as const) {
    const given = 'Given-By-Boss-1';
    await house.users.add(administrator.value.signedIn, { login, displayName, roles: ['finance'], password: given });
    const first = await house.users.signIn({ login, password: given, address: 'test' });
    assert.equal(first.kind, 'ok');
    await house.users.changePassword(first.value.signedIn, { current: given, next: PASSWORD, address: 'test' });
  }
});
after(() => underTest.stop());

async function become(login: string): Promise<void> {
  const { page } = underTest;
  await page.click('[data-test=sign-out]');
  await page.fill('input[name=login]', login);
  await page.fill('input[name=password]', PASSWORD);
  await page.click('button[type=submit]');
  await page.waitForSelector('.figures');
  await page.click('nav a[href="/payouts"]');
  await page.waitForSelector('[data-test=approve]');
}
async function pick(...tests: string[]): Promise<void> {
  for (const one of tests) await underTest.page.locator(`[data-test="${one}"] .el-checkbox`).click();
}
async function decide(button: 'approve' | 'reject', name?: string): Promise<void> {
  const { page } = underTest;
  await page.click(`[data-test=${button}]`);
  await page.fill('.el-dialog:visible input[name=reason]', '已逐笔核对');
  if (name !== undefined) await picture(page, name);
  await page.click('.el-dialog:visible button[type=submit]');
}

test('two debts are proposed, one needs two approvals; what was approved is sent, paid and told', async () => {
  const { house, page, hearNoComplaint } = underTest;
  await become('wu.finance');
  await looksRight(page, 'payouts-due');
  await pick('due-QT7K2M-0001', 'due-QT7K2M-0002');
  await page.click('[data-test=propose]');
  for (const [name, value] of Object.entries({ accountName0: '张小三', accountNo0: '6222 0202 0009 8765 432', bankName0: '工商银行', accountName1: '李四', accountNo1: '6217000012345678901', bankName1: '建设银行' })) await page.fill(`input[name=${name}]`, value);
  await page.waitForSelector('text=合计 ¥60,123.45，共 2 笔');
  await picture(page, 'payouts-propose');
  await page.click('.el-dialog:visible button[type=submit]');
  await page.waitForSelector('text=张*三 ****5432');
  await page.waitForSelector('text=需两级审批');
  assert.ok(!(await page.content()).includes('6217000012345678901'), 'the whole account is shown to nobody again');
  const payouts = await house.payouts.desk.listPayouts({ limit: 10 });
  const numbers = payouts.map(({ payoutNo }) => `payout-${payoutNo}`);
  await pick(...numbers);
  assert.equal(await page.locator('[data-test=approve]').isDisabled(), true, 'nobody approves his own');
  await become('zheng.finance');
  await pick(...numbers);
  await decide('approve', 'payouts-approve');
  await page.waitForSelector('text=待二级审批');
  await looksRight(page, 'payouts-approved');
  await become('li.admin');
  await pick(`payout-${payouts.find(({ needsSecond }) => needsSecond)?.payoutNo ?? ''}`);
  await decide('approve');
  await page.waitForSelector('text=wu.finance → zheng.finance → li.admin');
  house.payouts.bank.next = 'paid';
  await house.run('advancePayout');
  await page.locator('section.card:has([data-test=approve]) button', { hasText: '刷新' }).click();
  await page.waitForSelector('[data-test^=payout-] >> text=已付');
  await become('wu.finance');
  await page.locator('[data-test^=fetch-receipt-]').first().click();
  await page.waitForSelector('a[data-test^=receipt-]');
  await looksRight(page, 'payouts-paid');
  assert.equal(house.payouts.bank.transfers.length, 2);
  hearNoComplaint();
});

test('a refusal of the bank, a return and a statement with lines of nobody are shown in words', async () => {
  const { house, page, hearNoComplaint } = underTest;
  const { bank } = house.payouts;
  const [paid] = (await house.payouts.desk.listPayouts({ limit: 10 })).filter(({ amountFen }) => amountFen === 12_345);
  assert.ok(paid);
  bank.lines.length = 0;
  bank.addLine({ amountFen: 12_345, direction: 'out', instructionNo: paid.payoutNo, counterpartyName: '张小三', counterpartyAccountNo: '6222020200098765432', summary: '门诊预交金退款', at: '2026-11-19T02:10:00.000Z' });
  bank.addLine({ amountFen: 12_345, direction: 'in', instructionNo: paid.payoutNo, isReturn: true, summary: '退票 账户已销户', at: '2026-11-19T06:10:00.000Z' });
  bank.addLine({ amountFen: 880_000, direction: 'in', counterpartyName: '财付通支付科技有限公司', counterpartyAccountNo: '215080000010001', summary: '结算款', at: '2026-11-19T07:00:00.000Z' });
  await become('wu.finance');
  await page.click('[data-test=import]');
  await page.waitForSelector('text=非本平台付款');
  await page.waitForSelector('[data-test=statement-icbc-main] >> text=3 笔流水');
  await page.waitForSelector('[data-test^=payout-] >> text=已退票');
  await page.waitForSelector('[data-test=due-QT7K2M-0001]');
  await looksRight(page, 'payouts-statement');
  await page.click('[data-test=move]');
  await page.fill('.el-dialog:visible input[name=yuan]', '8800');
  await page.fill('.el-dialog:visible input[name=purpose]', '资金归集');
  await picture(page, 'payouts-move');
  await page.click('.el-dialog:visible button[type=submit]');
  await page.waitForSelector('text=示范医院东院区 ****1234');
  await pick('due-QT7K2M-0003');
  house.payouts.bank.isActive = false;
  await page.click('[data-test=propose]');
  for (const [name, value] of Object.entries({ accountName0: '王五', accountNo0: '6222020200011112222', bankName0: '工商银行' })) await page.fill(`input[name=${name}]`, value);
  await page.click('.el-dialog:visible button[type=submit]');
  await page.waitForSelector('.el-dialog:visible >> text=付款账户没有可用的银企直联');
  await picture(page, 'payouts-no-link');
  house.payouts.bank.isActive = true;
  await page.click('.el-dialog:visible button:has-text("取消")');
  await page.click('nav a[href="/cases"]');
  await looksRight(page, 'payouts-cases');
  hearNoComplaint();
});
