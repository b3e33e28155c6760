import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startKioskPage, type KioskPage } from '@hospay/appliance/demo/kiosk-page.js';
import type { Browser } from 'playwright-core';
import { eventually, type ApplianceUnderTest } from '../end-to-end/appliance-under-test.js';
import { startCheckoutAppliance, type CheckoutUnderTest } from '../end-to-end/checkout-under-test.js';
import { openChromium } from './chromium.js';

let bench: CheckoutUnderTest;
let appliance: ApplianceUnderTest;
let kioskPage: KioskPage;
let aggregatedKioskPage: KioskPage;
let browser: Browser;
before(async () => {
  bench = await startCheckoutAppliance();
  ({ appliance } = bench);
  const shared = { addresses: appliance.addresses, walletUrl: `${appliance.wechat.baseUrl}wallet`, port: 0 };
  kioskPage = await startKioskPage({ ...shared, dataFolder: appliance.dataFolder, claimFile: 'provision/kiosk-1.claim' });
  // Another kiosk keeps its key elsewhere.
  aggregatedKioskPage = await startKioskPage({ ...shared, dataFolder: join(appliance.dataFolder, 'provision'), claimFile: 'kiosk-2.claim', aggregatedCode: true, errands: ['bills', 'registration', 'deposit', 'discharge'] });
  browser = await openChromium();
});
after(async () => {
  await browser.close();
  await kioskPage.stop();
  await aggregatedKioskPage.stop();
  await bench.stop();
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

test('a kiosk shows one code for every wallet; a phone opens it, pays in the simulated Alipay wallet and is sent back to its receipt; the kiosk prints', { timeout: 120_000 }, async () => {
  const kiosk = await browser.newPage({ viewport: { width: 1080, height: 1400 } });
  await kiosk.goto(aggregatedKioskPage.url);
  await kiosk.click('#demo-card-1');
  await kiosk.click('#quote');
  await kiosk.click('#pay');
  await kiosk.waitForSelector('#qr');
  const code = await kiosk.getAttribute('#qr', 'data-content');
  assert.ok(code !== null && code === (await kiosk.getAttribute('#phone', 'href')));
  const amount = await kiosk.innerText('#amount');
  const phone = await browser.newPage({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  await phone.goto(code);
  await phone.click('#pay-alipay');
  await phone.waitForURL((there) => there.href.startsWith(bench.alipay.gatewayUrl));
  await kiosk.waitForSelector('text=请在手机上完成付款');
  await phone.click('button[value=CNY]');
  await phone.waitForSelector('h1.paid');
  await phone.click('.back');
  await phone.waitForSelector('main[data-stage=done]', { timeout: 20_000 });
  assert.equal((await phone.innerText('#amount')).replaceAll(/\s/g, ''), amount.replaceAll(/\s/g, ''));
  await kiosk.waitForSelector('#print');
  assert.match(await kiosk.innerText('body'), /缴费成功/);
  await kiosk.click('#print');
  await kiosk.waitForSelector('#printed');
  const [paid] = appliance.read<{ channel: string; method: string; state: string }>("SELECT channel, method, state FROM payment WHERE channel = 'alipay'");
  assert.deepEqual(paid, { channel: 'alipay', method: 'h5', state: 'succeeded' });
  // Two pages with one identity would push each other off the line.
  await kiosk.close();
});

test('a registration behind one code for every wallet: called off it leaves the place held, paid by the phone it has its queue number', { timeout: 120_000 }, async () => {
  const kiosk = await browser.newPage({ viewport: { width: 1080, height: 1920 } });
  await kiosk.goto(aggregatedKioskPage.url);
  await kiosk.click('#errand-registration');
  await kiosk.click('#demo-card-1');
  await kiosk.click('.departments .tile >> nth=1');
  await kiosk.click('.row.doctor >> nth=0');
  await kiosk.click('.clinics .tile:has-text("明天") >> nth=0');
  await kiosk.click('.slots .tile:enabled >> nth=0');
  await kiosk.click('#pay');
  await kiosk.click('#cancel');
  await kiosk.waitForSelector('#give-back');
  await kiosk.click('#pay');
  await kiosk.waitForSelector('#qr');
  const phone = await browser.newPage({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  await phone.goto((await kiosk.getAttribute('#phone', 'href')) ?? '');
  await phone.click('#pay-alipay');
  await phone.click('button[value=CNY]');
  await kiosk.waitForSelector('#queue-no');
  assert.match(await kiosk.innerText('body'), /挂号成功/);
  assert.deepEqual(appliance.ledgerProblems(), []);
});
