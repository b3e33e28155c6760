import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startKioskPage, type KioskPage } from '@hospay/appliance/demo/kiosk-page.js';
import type { Browser } from 'playwright-core';
import { ApplianceUnderTest, eventually } from '../end-to-end/appliance-under-test.js';
import { openChromium } from './chromium.js';

let appliance: ApplianceUnderTest;
let kioskPage: KioskPage;
let browser: Browser;
before(async () => {
  appliance = await ApplianceUnderTest.start();
  kioskPage = await startKioskPage({ dataFolder: appliance.dataFolder, addresses: appliance.addresses, walletUrl: `${appliance.wechat.baseUrl}wallet`, port: 0, claimFile: 'provision/kiosk-1.claim' });
  browser = await openChromium();
});
after(async () => {
  await browser.close();
  await kioskPage.stop();
  await appliance.stop();
});

test('a person walks from card to receipt, pays in the simulated wallet, refunds in the console, and sees both in the ledger', { timeout: 120_000 }, async () => {
  const context = await browser.newContext({ viewport: { width: 1080, height: 1400 } });
  const kiosk = await context.newPage();
  await kiosk.goto(kioskPage.url);
  await kiosk.click('#demo-card-0');
  await kiosk.click('#quote');
  await kiosk.click('#pay');
  await kiosk.waitForSelector('#qr');
  const walletLink = await kiosk.locator('a[href*="/wallet/"]').getAttribute('href');
  assert.ok(walletLink);
  const wallet = await context.newPage();
  await wallet.goto(walletLink);
  await wallet.click('button[value=pay]');
  await wallet.waitForSelector('#result');
  await kiosk.waitForSelector('#print');
  const receipt = await kiosk.innerText('body');
  const tradeNo = /H\d{14}[0-9A-Z]{9}/.exec(receipt)?.[0];
  assert.ok(tradeNo);
  assert.match(receipt, /缴费成功/);

  const desk = await browser.newPage({ viewport: { width: 1366, height: 768 } });
  await desk.goto(appliance.addresses.console);
  for (const [name, value] of Object.entries({ code: appliance.firstLoginCode ?? '', login: 'li.admin', displayName: '李工', password: 'Keep-It-Simple-9', again: 'Keep-It-Simple-9' })) {
    await desk.fill(`input[name=${name}]`, value);
  }
  await desk.click('text=建立管理员并登录');
  await desk.waitForURL((url) => !url.pathname.includes('login'));
  await desk.goto(`${appliance.addresses.console}/orders/${tradeNo}`);
  await desk.click('[data-test=refund]');
  await desk.click('text=项目开错');
  await desk.click('[data-test=refund-submit]');
  await desk.click('[data-test=refund-sure]');
  await eventually('the money is back', () => (appliance.read("SELECT 1 AS done FROM refund WHERE trade_no = ? AND state = 'succeeded'", tradeNo).length === 1 ? true : undefined));
  await desk.reload();
  await desk.waitForSelector('ol li.journal');
  const timeline = await desk.innerText('main');
  for (const word of ['医院已入账', '已退款', '渠道在途', '已收待认', '退款清算']) assert.ok(timeline.includes(word), word);
  assert.deepEqual(appliance.ledgerProblems(), []);
});
