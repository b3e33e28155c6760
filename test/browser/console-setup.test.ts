/** 首次开通 in a real browser: the wizard is walked by mouse and keyboard, goes on after a reload and in another browser, and tells what nobody knows as being confirmed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fen } from '@hospay/plugin-sdk';
import { becomeAdministrator, becomeAuditor, counted, looksRight, openConsole, PASSWORD, picture, type ConsoleUnderTest } from './console-page.js';

let underTest: ConsoleUnderTest;
before(async () => {
  underTest = await openConsole();
  await becomeAdministrator(underTest);
});
after(async () => {
  await underTest.stop();
  assert.deepEqual(underTest.house.undeclared, []);
});

const stateOf = (step: string): Promise<string | null> => underTest.page.getAttribute(`[data-test=step-${step}]`, 'data-state');
const go = (step: string): Promise<void> => underTest.page.click(`[data-test=step-${step}]`);
const found = (): Promise<string> => underTest.page.innerText('[data-test=finding]');

test('the overview says that the set-up is not complete, and leads to the first open step', async () => {
  const { page, hearNoComplaint } = underTest;
  assert.match(await page.innerText('[data-test=setup-card]'), /开通未完成 0\/7/);
  await looksRight(page, 'overview-with-setup');
  await page.click('[data-test=setup-card]');
  await page.waitForSelector('[data-test=panel]:has-text("1　管理员")');
  assert.match(await found(), /只有 1 名管理员[\s\S]*增加管理员/);
  await looksRight(page, 'setup-administrators');
  hearNoComplaint();
});

test('by keyboard alone: a step is chosen, left out with a reason, and taken up again', async () => {
  const { page, hearNoComplaint } = underTest;
  await page.focus('[data-test=step-certificates]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-test=panel]:has-text("3　证书")');
  await looksRight(page, 'setup-certificates-none');
  await page.focus('[data-test=skip]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('input[name=skip-reason]');
  await page.click('[data-test=skip-it]');
  await page.waitForSelector('.el-dialog :text("请填写原因")');
  await page.fill('input[name=skip-reason]', '证书由院内统一网关加载');
  await looksRight(page, 'setup-skip', 'narrow');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-test=skipped]:has-text("证书由院内统一网关加载")');
  assert.equal(await stateOf('certificates'), 'skipped');
  await page.click('[data-test=resume]');
  await page.waitForSelector('[data-test=step-certificates][data-state=open]');
  hearNoComplaint();
});

test('certificates are shown with their names and expiry; the clock is compared, and a HIS that is off is told', async () => {
  const { page, house, hearNoComplaint } = underTest;
  const at = (days: number) => new Date(house.now().getTime() + days * 86_400_000);
  house.setup.certificates = [{ title: '控制台（nginx）', file: '/etc/hospay/console.pem', problem: undefined, subject: 'pay.hospital.example', names: ['pay.hospital.example', '10.0.0.5'], notBefore: at(-1), notAfter: at(390) }];
  await page.waitForSelector('[data-test=step-certificates][data-state=done]');
  await looksRight(page, 'setup-certificates');
  await go('clock');
  await looksRight(page, 'setup-clock-none', 'narrow');
  house.setup.hisApartMs = -300_000;
  await page.click('[data-test=measure]');
  // The house's clock is the test's: this browser is far from it, too.
  await page.waitForSelector('[data-test=step-clock][data-state=attention]');
  assert.match(await found(), /与 HIS 相差 -300 秒/);
  await looksRight(page, 'setup-clock-off');
  hearNoComplaint();
});

test('the line to the HIS is examined from the wizard', async () => {
  const { page, house, hearNoComplaint } = underTest;
  await go('his');
  Object.assign(house.hospital, { ping: () => Promise.resolve({ kind: 'ok', value: { hisTime: house.now().toISOString() } }), loadDictionary: () => Promise.resolve({ kind: 'ok', value: [{ code: '01', name: '内科' }] }) });
  await page.click('[data-test=examine]');
  await page.waitForSelector('[data-test=step-his][data-state=done]');
  await looksRight(page, 'setup-his');
  hearNoComplaint();
});

test('one fen: pressed twice it is one order; its code is there after a reload and in another browser; an answer that is lost is being confirmed; paid, it goes back, and is back', async () => {
  const { page, house, hearNoComplaint } = underTest;
  await go('channel');
  await page.click('[data-test=connect-scripted]');
  await page.waitForSelector('[data-test=connected]:has-text("渠道已应答")');
  assert.match(await page.innerText('[data-test=channel-cash-tills]'), /不适用/);
  await looksRight(page, 'setup-channel');
  await page.dblclick('[data-test=qr-scripted]');
  await page.waitForSelector('[data-test=self-test][data-stage=paying] canvas[data-content="weixin://test"]');
  assert.equal(house.channel.calls.filter((call) => call.startsWith('charge')).length, 1);
  await looksRight(page, 'setup-self-test-paying');
  await page.reload();
  await page.waitForSelector('[data-test=self-test][data-stage=paying] canvas');

  const other = await (await page.context().browser()?.newContext({ locale: 'zh-CN' }))?.newPage();
  assert.ok(other !== undefined);
  await other.goto(`${house.origin}/setup`);
  for (const [name, value] of Object.entries({ login: 'li.admin', password: PASSWORD })) await other.fill(`input[name=${name}]`, value);
  await other.click('button[type=submit]');
  await other.waitForSelector('[data-test=step-his][data-state=done]');
  await other.click('[data-test=step-channel]');
  await other.waitForSelector('[data-test=self-test][data-stage=paying] canvas');
  await other.close();

  const tradeNo = (await page.innerText('[data-test=self-test] a')).trim();
  house.channel.queryAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  await page.click('[data-test=ask]');
  house.channel.queryAnswers = [{ kind: 'succeeded', tradeNo: `${tradeNo}P01`, merchantNo: house.channel.merchantNo, amountFen: fen(1), channelTradeNo: '4200000001', paidAt: house.now().toISOString() }];
  await page.click('[data-test=ask]');
  await page.waitForSelector('[data-test=self-test][data-stage=refunding]');
  assert.equal(await stateOf('channel'), 'attention');
  await looksRight(page, 'setup-self-test-refunding', 'narrow');
  await house.run('advanceRefund', tradeNo);
  house.later(61);
  house.channel.queryRefundAnswers = [{ kind: 'succeeded', refundNo: `${tradeNo}R01`, tradeNo: `${tradeNo}P01`, refundFen: fen(1), channelRefundNo: '5030000001', refundedAt: house.now().toISOString() }];
  await house.run('advanceRefund', tradeNo);
  await page.waitForSelector('[data-test=step-channel][data-state=done]');
  assert.match(await page.innerText('[data-test=self-test]'), /一分钱已收、已退回，账已结清[\s\S]*凭证 1、2、3、4/);
  await looksRight(page, 'setup-self-test-done');

  house.channel.chargeAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  await page.click('[data-test=qr-scripted]');
  await page.waitForSelector('[data-test=self-test][data-stage=confirming]:has-text("不是失败")');
  await page.reload();
  await page.waitForSelector('[data-test=self-test][data-stage=confirming]');
  assert.ok(await page.isDisabled('[data-test=qr-scripted]'), 'nobody pays a second fen meanwhile');
  await picture(page, 'setup-self-test-confirming');
  await page.click('[data-test=cancel]');
  await page.waitForSelector('[data-test=self-test][data-stage=unpaid]');
  hearNoComplaint();
});

test('the first terminal is seen on line; then the box goes live, the sheet is printed, and the overview has nothing to say any more', async () => {
  const { page, house, hearNoComplaint } = underTest;
  await go('terminal');
  await page.waitForSelector('[data-test=approve-terminal]');
  await looksRight(page, 'setup-terminal-none', 'narrow');
  await house.registry.enrol({ id: 'kiosk-1', kind: 'kiosk', title: '门诊一号自助机', campus: 'main', group: undefined }, { key: new Uint8Array(32).fill(1), replaces: false });
  await page.waitForSelector('[data-test=step-terminal][data-state=done]');
  await go('goLive');
  assert.ok(await page.isDisabled('[data-test=go-live]'), 'one step is open');
  await go('administrators');
  await page.click('[data-test=skip]');
  await page.fill('input[name=skip-reason]', '第二名管理员下周到岗');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-test=step-administrators][data-state=skipped]');
  await go('goLive');
  await page.fill('input[name=note]', '经院长办公会同意，即日起收款');
  await looksRight(page, 'setup-go-live');
  await page.click('[data-test=go-live]');
  await page.waitForSelector('[data-test=decided]');
  await looksRight(page, 'setup-live', 'narrow');
  await page.click('[data-test=sheet-link]');
  await page.waitForSelector('[data-test=sheet]');
  await looksRight(page, 'setup-sheet');
  const sheet = await page.innerText('[data-test=sheet]');
  for (const word of ['开通确认单', '第二名管理员下周到岗', '李工', '经院长办公会同意', '4200000001', '凭证 1、2、3、4', '院领导']) assert.ok(sheet.includes(word), word);
  await page.emulateMedia({ media: 'print' });
  assert.deepEqual([await page.isVisible('nav'), await page.isVisible('[data-test=print]'), await page.isVisible('[data-test=sheet]')], [false, false, true], 'what is printed is the sheet alone');
  await page.emulateMedia({ media: 'screen' });
  await page.click('nav a[href="/overview"]');
  await page.waitForSelector('.figures');
  await counted(page, '[data-test=setup-card]', 0);
  hearNoComplaint();
});

test('an auditor reads every step and does nothing; the words are there in English', async () => {
  const { page } = underTest;
  await becomeAuditor(underTest);
  await page.click('nav a[href="/setup"]');
  for (const step of ['clock', 'his', 'channel', 'terminal', 'administrators', 'goLive']) {
    await go(step);
    for (const act of ['measure', 'examine', 'qr-scripted', 'connect-scripted', 'approve-terminal', 'skip', 'resume', 'go-live']) assert.equal(await page.locator(`[data-test=${act}]`).count(), 0, `${step}: ${act}`);
  }
  await page.click('button:has-text("English")');
  await page.waitForSelector('h1:has-text("First set-up")');
  await go('channel');
  await looksRight(page, 'setup-english');
});
