/** 首次开通 on a fresh appliance: the core as its own process, the production plugins in front of a simulated HIS and wallet, one person who walks from the setup code to the decision. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { enrolByApproval, memoryStorage, mqttTransport, TerminalClient } from '@hospay/terminal-sdk';
import type { Browser, Page } from 'playwright-core';
import { ApplianceUnderTest, eventually } from '../end-to-end/appliance-under-test.js';
import { openChromium } from './chromium.js';

const PASSWORD = 'Keep-It-Simple-9';
const folder = mkdtempSync(join(tmpdir(), 'hospay-setup-'));
let appliance: ApplianceUnderTest;
let browser: Browser;
before(async () => {
  const [certificateFile, privateKeyFile] = [join(folder, 'console.pem'), join(folder, 'console.key')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', privateKeyFile, '-out', certificateFile, '-days', '400', '-subj', '/CN=pay.hospital.example', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:pay.hospital.example'], { stdio: 'ignore' });
  // None is provisioned: the first terminal shows a code. The second factor has a walk of its own.
  appliance = await ApplianceUnderTest.start({ terminals: [], configuration: { users: { secondFactorFor: [] }, certificates: { watchedFiles: [{ name: 'console', title: '控制台', certificateFile, privateKeyFile }] } } });
  browser = await openChromium();
});
after(async () => {
  await browser.close();
  await appliance.stop();
  rmSync(folder, { recursive: true });
});

const inState = (page: Page, step: string, state: string): Promise<unknown> => page.waitForSelector(`[data-test=step-${step}][data-state=${state}]`, { timeout: 20_000 });
async function signedIn(): Promise<Page> {
  const page = await (await browser.newContext({ locale: 'zh-CN', viewport: { width: 1366, height: 768 } })).newPage();
  await page.goto(`${appliance.addresses.console}/setup`);
  for (const [name, value] of Object.entries({ login: 'li.admin', password: PASSWORD })) await page.fill(`input[name=${name}]`, value);
  await page.click('button[type=submit]');
  await page.waitForSelector('[data-test=panel]');
  return page;
}

test('from the setup code to the decision: what is done stays done in another browser, the fen is paid with a phone and comes back, and the HIS never heard of it', { timeout: 120_000 }, async (context) => {
  const first = await (await browser.newContext({ locale: 'zh-CN', viewport: { width: 1366, height: 768 } })).newPage();
  await first.goto(appliance.addresses.console);
  for (const [name, value] of Object.entries({ code: appliance.firstLoginCode ?? '', login: 'li.admin', displayName: '李工', password: PASSWORD, again: PASSWORD })) await first.fill(`input[name=${name}]`, value);
  await first.click('button[type=submit]');
  await first.click('[data-test=setup-card]:has-text("开通未完成")');
  await inState(first, 'administrators', 'open');
  await first.click('[data-test=skip]');
  await first.fill('input[name=skip-reason]', '第二名管理员下周到岗');
  await first.keyboard.press('Enter');
  await inState(first, 'administrators', 'skipped');

  await first.click('[data-test=next]');
  await first.click('[data-test=measure]');
  await inState(first, 'clock', 'done');
  await first.click('[data-test=next]');
  await inState(first, 'certificates', 'done');
  assert.match(await first.innerText('[data-test=certificate]'), /控制台[\s\S]*127\.0\.0\.1、pay\.hospital\.example/);
  assert.equal(await first.locator(':text("浏览器会提示不安全")').count(), 0, 'it is good for the address of this page');
  await first.click('[data-test=next]');
  await first.click('[data-test=examine]');
  await inState(first, 'his', 'done');

  // Another person goes on at another machine.
  await first.close();
  const desk = await signedIn();
  await desk.waitForSelector('[data-test=panel]:has-text("5　首个渠道")');
  await desk.click('[data-test=connect-wechat]');
  await desk.waitForSelector('[data-test=connected]:has-text("渠道已应答")');
  const callsBefore = appliance.his.calls.length;
  await desk.click('[data-test=qr-wechat]');
  await desk.waitForSelector('[data-test=self-test][data-stage=paying] canvas');
  await desk.reload();
  await desk.waitForSelector('[data-test=self-test][data-stage=paying] canvas');
  const content = (await desk.getAttribute('[data-test=self-test] canvas', 'data-content')) ?? '';
  const phone = await browser.newPage({ viewport: { width: 390, height: 844 } });
  await phone.goto(`${appliance.wechat.baseUrl}wallet/pay?pr=${encodeURIComponent(new URL(content).searchParams.get('pr') ?? content)}`);
  await phone.click('button[value=pay]');
  await inState(desk, 'channel', 'done');
  const tradeNo = (await desk.innerText('[data-test=self-test] a')).trim();
  assert.match(await desk.innerText('[data-test=self-test]'), /一分钱已收、已退回，账已结清/);
  assert.deepEqual(appliance.read("SELECT business, amount_fen, confirmation, confirm_attempts FROM orders WHERE trade_no = ?", tradeNo), [{ business: 'selfTest', amount_fen: 1, confirmation: 'none', confirm_attempts: 0 }]);
  assert.deepEqual(appliance.read("SELECT refund_fen, state, cause FROM refund WHERE trade_no = ?", tradeNo), [{ refund_fen: 1, state: 'succeeded', cause: 'selfTest' }]);
  assert.deepEqual(appliance.read("SELECT a.code FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE c.net_fen <> 0 AND a.code IN ('2001', '2002', '2011')"), []);
  const told = appliance.his.calls.slice(callsBefore).filter(({ procedure }) => /confirm|refund|presettle|lock/.test(procedure));
  assert.deepEqual(told, [], 'the HIS never heard of it');
  assert.deepEqual(appliance.ledgerProblems(), []);

  await desk.click('[data-test=next]');
  await inState(desk, 'terminal', 'open');
  const shown = Promise.withResolvers<string>();
  const ended = new AbortController();
  context.after(() => { ended.abort(); });
  const enrolling = enrolByApproval({ url: `mqtt://127.0.0.1:${String(appliance.addresses.enrolment)}`, software: '示范自助机 1.0', askEveryMs: 300, signal: ended.signal, onCode: ({ code, state }) => { if (state === 'waiting') shown.resolve(code); } });
  const code = await shown.promise;
  await desk.click('[data-test=approve-terminal]');
  await desk.fill('input[name=code]', code);
  await desk.keyboard.press('Enter');
  await desk.waitForSelector('[data-test=found]');
  await desk.fill('input[name=id]', 'kiosk-1');
  await desk.fill('.el-dialog input[name=title]', '门诊一号自助机');
  await desk.keyboard.press('Enter');
  const enrolled = await enrolling;
  assert.equal(enrolled.kind, 'enrolled');
  await inState(desk, 'terminal', 'attention');
  const kiosk = await TerminalClient.open({ device: enrolled.device, storage: memoryStorage(), transport: mqttTransport({ url: `mqtt://127.0.0.1:${String(appliance.addresses.mqtt)}`, device: enrolled.device }), events: {} });
  context.after(() => kiosk.stop());
  await inState(desk, 'terminal', 'done');

  await desk.click('[data-test=next]');
  await desk.fill('input[name=note]', '经院长办公会同意，即日起收款');
  await desk.click('[data-test=go-live]');
  await desk.waitForSelector('[data-test=decided]');
  await desk.click('[data-test=sheet-link]');
  const sheet = await desk.innerText('[data-test=sheet]');
  for (const word of [tradeNo, `${tradeNo}P01`, `${tradeNo}R01`, '第二名管理员下周到岗', '经院长办公会同意']) assert.ok(sheet.includes(word), word);

  // Reports and statements know it for what it is.
  const orders = await eventually('the order is listed', async () => { await desk.goto(`${appliance.addresses.console}/orders/${tradeNo}`); const text = await desk.innerText('main'); return text.includes('一分钱自测') ? text : undefined; });
  assert.match(orders, /已退款/);
});
