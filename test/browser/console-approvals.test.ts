/** The console's page 审批 in a real browser: a refund above one's own power is proposed on the order, and made by whoever approves it. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { fen } from '@hospay/plugin-sdk';
import { becomeAdministrator, looksRight, openConsole, PASSWORD, picture, type ConsoleUnderTest } from './console-page.js';

let underTest: ConsoleUnderTest;
let tradeNo: string;

before(async () => {
  underTest = await openConsole();
  const { house } = underTest;
  ({ tradeNo } = await house.payAndConfirm('A', { totalFen: fen(2_000_000), selfPayFen: fen(2_000_000), feeType: '手术费' }));
  await becomeAdministrator(underTest);
  const administrator = await house.users.signIn({ login: 'li.admin', password: PASSWORD, address: 'test' });
  assert.equal(administrator.kind, 'ok');
  const given = 'Given-By-Boss-1';
  await house.users.add(administrator.value.signedIn, { login: 'wu.finance', displayName: '吴财务', roles: ['finance'], password: given });
  const first = await house.users.signIn({ login: 'wu.finance', password: given, address: 'test' });
  assert.equal(first.kind, 'ok');
  await house.users.changePassword(first.value.signedIn, { current: given, next: PASSWORD, address: 'test' });
});
after(() => underTest.stop());

test('a large refund is proposed, shown to whoever may approve it, and made by his approval', async () => {
  const { house, page, hearNoComplaint } = underTest;
  await page.click('nav a[href="/orders"]');
  await page.click(`text=${tradeNo}`);
  await page.click('[data-test=refund]');
  await page.fill('.el-dialog:visible input[name=reason]', '手术取消');
  await page.click('[data-test=refund-submit]');
  await page.click('[data-test=refund-sure]');
  await page.waitForSelector('text=已提交审批 SP00000001');
  await page.click('nav a[href="/approvals"]');
  await page.waitForSelector('[data-test=approval-SP00000001] >> text=待审批');
  await looksRight(page, 'approvals-own');
  await page.click('[data-test=decide-SP00000001]');
  assert.equal(await page.locator('[data-test=approve]').count(), 0, 'nobody approves his own');
  await page.click('.el-dialog:visible button:has-text("取消")');
  await page.waitForSelector('.el-dialog', { state: 'hidden' });
  await page.click('[data-test=sign-out]');
  await page.fill('input[name=login]', 'wu.finance');
  await page.fill('input[name=password]', PASSWORD);
  await page.click('button[type=submit]');
  await page.waitForSelector('nav a[href="/approvals"]');
  await page.click('nav a[href="/approvals"]');
  await page.click('[data-test=decide-SP00000001]');
  await page.fill('.el-dialog:visible input[name=reason]', '已核对病历');
  await picture(page, 'approvals-decide');
  await page.click('[data-test=approve]');
  await page.waitForSelector('[data-test=approval-SP00000001] >> text=已同意');
  await looksRight(page, 'approvals-done');
  assert.equal((await house.store.findOrder(tradeNo))?.refunds[0]?.refundFen, 2_000_000);
  hearNoComplaint();
});

test('a stopped channel is proposed to start again with a reason, shown as what is and what would be, and started by the approval of another', async () => {
  const { house, page, hearNoComplaint } = underTest;
  const signInAs = async (login: string) => {
    await page.click('[data-test=sign-out]');
    await page.fill('input[name=login]', login);
    await page.fill('input[name=password]', PASSWORD);
    await page.click('button[type=submit]');
    await page.waitForSelector('nav a[href="/changes"]');
  };
  await signInAs('li.admin');
  await page.click('nav a[href="/plugins"]');
  await page.click('tr:has-text("wechat-main") >> text=停止');
  await page.click('.el-message-box__btns >> text=/确定|OK/');
  await page.click('tr:has-text("wechat-main") >> text=启动');
  await page.fill('.el-message-box__input input', '故障已排除');
  await page.click('.el-message-box__btns >> text=/确定|OK/');
  await page.waitForSelector('text=已提交变更申请 BG00000001');
  await page.click('nav a[href="/changes"]');
  await page.waitForSelector('[data-test=change-BG00000001] >> text=待审批');
  await looksRight(page, 'changes-own');
  await page.click('[data-test=decide-BG00000001]');
  assert.equal(await page.locator('[data-test=approve]').count(), 0, 'nobody approves his own');
  await page.click('.el-dialog:visible button:has-text("取消")');
  await page.waitForSelector('.el-dialog', { state: 'hidden' });
  await signInAs('wu.finance');
  await page.click('nav a[href="/approvals"]');
  assert.match(await page.innerText('[data-test=waits-changes]'), /^1/);
  await page.click('[data-test=waits-changes]');
  await page.click('[data-test=decide-BG00000001]');
  assert.match(await page.innerText('[data-test=lines]'), /状态\s*stopped\s*active/);
  await page.fill('.el-dialog:visible input[name=reason]', '已核对');
  await picture(page, 'changes-decide');
  await page.click('[data-test=approve]');
  await page.waitForSelector('[data-test=change-BG00000001] >> text=已执行');
  await looksRight(page, 'changes-done');
  assert.equal((await house.platform.changes.find('BG00000001'))?.decidedBy, 'wu.finance');
  hearNoComplaint();
});
