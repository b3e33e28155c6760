/** The checkout page in a real browser that says it is WeChat's, Alipay's or an ordinary one, on the running core. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { createPaymentClient, type PaymentClient } from '@hospay/payment-sdk';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { USER_AGENTS } from '../contract/checkout-stand.js';
import { APP, eventually, ROOT } from '../end-to-end/appliance-under-test.js';
import { startCheckoutAppliance, type CheckoutUnderTest } from '../end-to-end/checkout-under-test.js';
import { isAccessible } from './accessible.js';
import { openChromium } from './chromium.js';

/** What the phone looked like, for people. */
const PICTURES = join(ROOT, 'test/results/checkout');
const LARGE_TEXT = 'html { font-size: 200% !important; }';

let bench: CheckoutUnderTest;
let his: PaymentClient;
let browser: Browser;
let contexts: BrowserContext[];
let problems: string[];
before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  bench = await startCheckoutAppliance();
  his = createPaymentClient({ origin: bench.appliance.addresses.payment, appId: APP.id, secret: APP.secret });
  browser = await openChromium();
});
after(async () => {
  await browser.close();
  await bench.stop();
});
beforeEach(() => {
  contexts = [];
  problems = [];
});
afterEach(async () => {
  for (const context of contexts) await context.close();
  assert.deepEqual(problems, [], 'the page met no error and broke no policy of its own');
});

/** A phone held upright. What the page logs, throws, or is refused by its content policy is a failure. */
async function phone(kind: keyof typeof USER_AGENTS): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, userAgent: USER_AGENTS[kind], isMobile: true, hasTouch: true });
  contexts.push(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => { problems.push(String(error)); });
  page.on('console', (message) => { if (message.type() === 'error' && !/404 \(Not Found\)|409 \(Conflict\)|favicon/.test(message.text())) problems.push(message.text()); });
  return page;
}

async function sheetFor(cardNo: string): Promise<{ readonly url: string; readonly checkoutNo: string; readonly billNo: string }> {
  const patients = await his.searchPatients({ cardType: 'visitCard', cardNo });
  assert.equal(patients.kind, 'ok');
  const [patient] = patients.value;
  assert.ok(patient);
  const bills = await his.searchBills({ patientId: patient.patientId });
  assert.equal(bills.kind, 'ok');
  const issued = await his.issueCheckout({ patientId: patient.patientId, patientLabel: patient.name, billNos: bills.value.slice(0, 1).map(({ billNo }) => billNo) });
  assert.equal(issued.kind, 'ok');
  return { ...issued.value, billNo: bills.value[0]?.billNo ?? '' };
}
const paymentNoOf = async (checkoutNo: string): Promise<string> => {
  const found = await his.findCheckout(checkoutNo);
  assert.ok(found.kind === 'ok' && found.value.order);
  return found.value.order.payments[0]?.paymentNo ?? '';
};
const stage = (page: Page, wanted: string) => page.waitForSelector(`main[data-stage=${wanted}]`, { timeout: 20_000 });
/** To be used by everybody, ordinary and with the largest text; neither may run over the edge of the screen. */
async function picture(page: Page, name: string): Promise<void> {
  await isAccessible(page, name);
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
  await page.evaluate(`{ const sheet = new CSSStyleSheet(); sheet.replaceSync(${JSON.stringify(LARGE_TEXT)}); document.adoptedStyleSheets = [sheet]; }`);
  const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  await page.screenshot({ path: join(PICTURES, `${name}-large.png`), fullPage: true });
  await page.evaluate('document.adoptedStyleSheets = []');
  assert.ok(overflow <= 0, `${name}: ${String(overflow)} pixels run over the edge with large text`);
}

test('WeChat: one tap, the wallet tells who pays, its bridge is called; its word "ok" is not believed until the core knows', { timeout: 90_000 }, async () => {
  const { url, checkoutNo } = await sheetFor('C0000001');
  const page = await phone('wechat');
  // The real bridge comes some time after the page and says so.
  await page.addInitScript({ content: `
    const bridge = { asked: [], invoke(name, parameters, answered) { bridge.asked.push([name, parameters]); bridge.answer = answered; } };
    setTimeout(() => { window.WeixinJSBridge = bridge; document.dispatchEvent(new Event('WeixinJSBridgeReady')); }, 300);
  ` });
  await page.goto(url);
  await stage(page, 'open');
  await picture(page, 'wechat-1-open');
  const authorising = page.waitForRequest(/connect\/oauth2\/authorize/);
  await page.click('#pay-wechat');
  const back = `${url.slice(0, url.lastIndexOf('/'))}/${checkoutNo}`;
  assert.equal(new URL((await authorising).url()).searchParams.get('redirect_uri'), `${back}/payer`);
  await stage(page, 'toPay');
  assert.equal(page.url(), back, 'neither code nor state stays in the address');
  const asked = await eventually('the bridge was called without another tap', () => page.evaluate<[string, object] | undefined>('window.WeixinJSBridge?.asked[0]'));
  assert.deepEqual([asked[0], Object.keys(asked[1]).toSorted()], ['getBrandWCPayRequest', ['appId', 'nonceStr', 'package', 'paySign', 'signType', 'timeStamp']]);
  await picture(page, 'wechat-2-in-wallet');
  await page.evaluate("WeixinJSBridge.answer({ err_msg: 'get_brand_wcpay_request:ok' })");
  await page.waitForSelector('#notice');
  await page.waitForTimeout(3_500);
  assert.equal(await page.getAttribute('main', 'data-stage'), 'toPay', 'WeChat said ok, and the page says nothing of paid');
  assert.doesNotMatch(await page.innerText('main'), /缴费成功|已付款，正在/);
  bench.appliance.wechat.pay(await paymentNoOf(checkoutNo));
  await stage(page, 'done');
  assert.match(await page.innerText('#receipt-no'), /\S/);
  await picture(page, 'wechat-3-done');
});

test('WeChat: a payer who turns back may go on, or cancel and choose again; a refused authorisation says what to do', { timeout: 90_000 }, async () => {
  const { url } = await sheetFor('C0000002');
  const page = await phone('wechat');
  const comeBackWith = async (code: string) => {
    const sent = new URL(page.url()).searchParams;
    await page.goto(`${sent.get('redirect_uri') ?? ''}?code=${code}&state=${sent.get('state') ?? ''}`);
  };
  await page.addInitScript({ content: "window.WeixinJSBridge = { calls: 0, invoke(name, parameters, answered) { this.calls += 1; answered({ err_msg: 'get_brand_wcpay_request:cancel' }); } };" });
  await page.goto(url);
  // He says no on WeChat's own page.
  await page.route(/connect\/oauth2\/authorize/, (route) => route.fulfill({ contentType: 'text/html', body: '<title>authorize</title>' }), { times: 1 });
  await page.click('#pay-wechat');
  await page.waitForURL(/authorize/);
  await comeBackWith('authdeny');
  await page.waitForSelector('#trouble');
  assert.match(await page.innerText('#trouble'), /微信授权没有完成[\s\S]*没有扣款/);
  await picture(page, 'wechat-4-not-identified');
  await page.click('#pay-wechat');
  await stage(page, 'toPay');
  await page.waitForSelector('#notice');
  assert.match(await page.innerText('#notice'), /还没有完成付款/);
  await page.click('#continue');
  await eventually('the bridge was called again', async () => ((await page.evaluate('WeixinJSBridge.calls')) === 2 ? true : undefined));
  // The page asks what became of it, and the answer is slow: a tap meanwhile is not lost.
  const [question, answer] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  await page.route(/\/state/, async (route) => {
    question.resolve(undefined);
    await answer.promise;
    await route.continue();
  });
  await question.promise;
  await page.click('#cancel');
  answer.resolve(undefined);
  await stage(page, 'open');
  assert.match(await page.innerText('#before'), /没有扣款/);
  await picture(page, 'wechat-5-cancelled');
});

test('Alipay: one tap leads to its own page; back from it the same page shows the result', { timeout: 90_000 }, async () => {
  const { url, checkoutNo } = await sheetFor('C0000003');
  const page = await phone('alipay');
  await page.goto(url);
  await stage(page, 'open');
  assert.equal(await page.locator('.wallets button').count(), 1);
  await picture(page, 'alipay-1-open');
  const leaving = page.waitForRequest((request) => request.url().startsWith(bench.alipay.gatewayUrl));
  await page.click('#pay-alipay');
  assert.equal((await (await leaving).allHeaders())['referer'], `${new URL(url).origin}/`, 'the wallet learns the site it comes from, and not the code');
  await page.waitForURL((there) => there.href.startsWith(bench.alipay.gatewayUrl));
  const paymentNo = await paymentNoOf(checkoutNo);
  assert.ok(bench.alipay.findTrade(paymentNo));
  const back = new URL(page.url()).searchParams.get('return_url') ?? '';
  assert.equal(back, url.replace(/[^/]+$/, checkoutNo));
  await page.goto(back);
  await stage(page, 'toPay');
  // Time passes and questions are asked, but nothing is drawn anew: a finger on a button is not interrupted.
  await page.evaluate("document.getElementById('continue').dataset.mark = 'the same'");
  const time = await page.innerText('#time-left');
  await page.waitForTimeout(4_500);
  assert.equal(await page.getAttribute('#continue', 'data-mark'), 'the same');
  assert.notEqual(await page.innerText('#time-left'), time);
  await picture(page, 'alipay-2-back-unpaid');
  bench.alipay.pay(paymentNo);
  await page.click('#have-paid').catch(() => undefined);
  await stage(page, 'done');
  await picture(page, 'alipay-3-done');
});

test('an ordinary browser chooses; a second phone sees that it is being paid, takes over after a while, and the first learns of it', { timeout: 90_000 }, async () => {
  const { url, checkoutNo } = await sheetFor('C0000005');
  const first = await phone('browser');
  await first.goto(url);
  await stage(first, 'open');
  assert.match(await first.innerText('main'), /微信[\s\S]*扫一扫/);
  await picture(first, 'browser-1-open');
  await first.click('#pay-alipay');
  await first.waitForURL((there) => there.href.startsWith(bench.alipay.gatewayUrl));
  const second = await phone('wechat');
  await second.goto(url);
  await stage(second, 'elsewhere');
  assert.equal(await second.locator('#cancel').count(), 0);
  await picture(second, 'browser-2-elsewhere');
  await second.waitForSelector('#cancel', { timeout: 30_000 });
  await second.click('#cancel');
  await stage(second, 'open');
  assert.equal(bench.alipay.findTrade(await paymentNoOf(checkoutNo))?.state, 'TRADE_CLOSED');
  await first.goto(url);
  await stage(first, 'open');
  await first.waitForSelector('#before');
});

test('a code that is over says so with a next step, and the page is the same for one that never was', { timeout: 60_000 }, async () => {
  const { url, checkoutNo } = await sheetFor('C0000006');
  const page = await phone('wechat');
  await page.goto(url);
  await stage(page, 'open');
  await his.revokeCheckout(checkoutNo);
  await page.click('#pay-wechat');
  await page.waitForSelector('#trouble');
  assert.equal(await page.locator('#pay-wechat').count(), 0, 'nothing to tap any more');
  const words = await page.innerText('main');
  assert.match(words, /此码无效或已过期[\s\S]*重新取码/);
  await picture(page, 'over');
  await page.goto(`${url.slice(0, -26)}0123456789ABCDEFGHJKMNPQRS`);
  await page.waitForSelector('#trouble');
  assert.match(await page.innerText('main'), /此码无效或已过期[\s\S]*重新取码/);
});

test('the doctor changes the bill while its page lies open: the patient is shown the new amount and charged nothing before he has seen it', { timeout: 60_000 }, async () => {
  const { url, checkoutNo, billNo } = await sheetFor('C0000004');
  const page = await phone('browser');
  await page.goto(url);
  await stage(page, 'open');
  const printed = await page.innerText('#amount');
  await bench.appliance.his.hospital.changeBill(billNo, { amountFen: 1_234_567 });
  await page.waitForTimeout(5_500);
  await page.click('#pay-alipay');
  await page.waitForSelector('#notice');
  assert.match(await page.innerText('#notice'), /金额已更新/);
  const changed = await page.innerText('#amount');
  assert.notEqual(changed, printed);
  const found = await his.findCheckout(checkoutNo);
  assert.ok(found.kind === 'ok' && found.value.order === undefined);
  await picture(page, 'amount-changed');
  await page.click('#pay-alipay');
  await page.waitForURL((there) => there.href.startsWith(bench.alipay.gatewayUrl));
});

test('the core is away for a moment: the page says so, forbids paying twice, and goes on by itself', { timeout: 90_000 }, async () => {
  const { url } = await sheetFor('C0000006');
  const page = await phone('browser');
  await page.goto(url);
  await stage(page, 'open');
  await page.context().setOffline(true);
  await page.click('#pay-alipay');
  await page.waitForSelector('#trouble');
  assert.match(await page.innerText('#trouble'), /请勿重复付款/);
  await page.context().setOffline(false);
  problems.length = 0;
  await page.waitForSelector('#trouble', { state: 'detached', timeout: 20_000 });
  await stage(page, 'open');
});

test('an error that decides nothing is not taken for a refusal: the page asks what became of it and goes on to the wallet', { timeout: 60_000 }, async () => {
  const { url } = await sheetFor('C0000007');
  const page = await phone('browser');
  let isFirst = true;
  await page.route('**/pay', async (route) => {
    const answer = await route.fetch();
    await route.fulfill(isFirst ? { status: 500, json: { error: { code: 'INTERNAL', zh: '系统内部错误', en: 'Internal error', nextZh: '', nextEn: '', requestId: 'R' } } } : { response: answer });
    isFirst = false;
  });
  await page.goto(url);
  await page.click('#pay-alipay');
  await page.waitForURL((there) => there.href.startsWith(bench.alipay.gatewayUrl), { timeout: 20_000 });
  problems = problems.filter((problem) => !problem.includes('500'));
});

test('a channel that presents a script instead of a page is not followed', { timeout: 60_000 }, async () => {
  const page = await phone('browser');
  for (const [cardNo, present] of [['C0000008', { kind: 'redirect', url: 'javascript:document.title="run"' }], ['C0000009', { kind: 'form', url: 'javascript:document.title="run"', fields: {} }]] as const) {
    const { url } = await sheetFor(cardNo);
    await page.route('**/pay', async (route) => {
      const answer = await route.fetch();
      const body = (await answer.json()) as { view: Record<string, unknown> };
      await route.fulfill({ response: answer, json: { kind: 'view', view: { ...body.view, presentation: present } } });
    });
    await page.goto(url);
    await page.click('#pay-alipay');
    await stage(page, 'toPay');
    await page.unroute('**/pay');
    assert.deepEqual([page.url(), await page.title()], [url, '收银台']);
  }
});

test('the wallet is dark for one method: a code is shown, and it is drawn well enough to be read', { timeout: 60_000 }, async () => {
  const { url } = await sheetFor('C0000006');
  const page = await phone('alipay');
  await page.route('**/pay', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as { view: Record<string, unknown> };
    await route.fulfill({ response: answer, json: { kind: 'view', view: { ...body.view, presentation: { kind: 'qr', content: 'https://qr.alipay.com/bax0123456789' } } } });
  });
  await page.goto(url);
  await page.click('#pay-alipay');
  await page.waitForSelector('#qr');
  await picture(page, 'code');
  const { size, dark, quiet } = await page.evaluate<{ size: number; dark: number; quiet: boolean }>(`{
    const canvas = document.getElementById('qr');
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let count = 0;
    for (let index = 0; index < pixels.length; index += 4) if (pixels[index] < 128) count += 1;
    ({ size: canvas.width, dark: count / (canvas.width * canvas.height), quiet: pixels[(canvas.width * 20 + 20) * 4] > 200 });
  }`);
  assert.ok(size >= 300 && dark > 0.2 && dark < 0.6 && quiet, JSON.stringify({ size, dark, quiet }));
});

test('nothing to pay: one press settles it, and the receipt says that nothing was paid', { timeout: 90_000 }, async () => {
  // Somebody for whom the fund pays everything (离休).
  await bench.appliance.his.hospital.addBill({ patientId: 'P0000022', lines: [{ itemName: '阿莫西林胶囊', priceFen: 4_321 }] });
  const { url } = await sheetFor('C0000022');
  const page = await phone('browser');
  await page.goto(url);
  await stage(page, 'open');
  await picture(page, 'nothing-1-open');
  assert.equal(await page.locator('.wallet').count(), 1);
  await page.click('#confirm');
  await stage(page, 'done');
  assert.match(await page.innerText('main'), /已办好，无需付款/);
  assert.match(await page.innerText('#receipt-no'), /\S/);
  await picture(page, 'nothing-2-done');
});
