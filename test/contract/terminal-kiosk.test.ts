/** The reference kiosk page in a real browser, over WebSocket, against the real desk. */
import { eventually } from '../end-to-end/appliance-under-test.js';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { chromium, type Browser, type Page } from 'playwright-core';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { closeServer, portOf, startEmbeddedBroker, type EmbeddedBroker } from '@hospay/server/edges/mqtt/embedded-broker.js';
import { startEnrolmentListener, type EnrolmentListener } from '@hospay/server/edges/mqtt/enrolment-listener.js';
import { startTerminalGateway, type TerminalGateway } from '@hospay/server/edges/mqtt/terminal-gateway.js';
import { createTerminalBench, type TerminalBench } from './terminal-bench.js';

const sdkFolder = dirname(dirname(fileURLToPath(import.meta.resolve('@hospay/terminal-sdk'))));
const TYPES: Readonly<Record<string, string>> = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' };

describe('the reference kiosk', { timeout: 240_000 }, () => {
  let browser: Browser;
  let bench: TerminalBench;
  let broker: EmbeddedBroker;
  let enrolment: EnrolmentListener;
  let gateway: TerminalGateway;
  let web: Server;
  let page: Page;
  let problems: string[];
  let config: Record<string, unknown>;

  before(async () => {
    execFileSync(process.execPath, [join(sdkFolder, 'build-kiosk.mjs')]);
    browser = await chromium.launch({
      executablePath: process.env['HOSPAY_CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
  });
  after(() => browser.close());

  beforeEach(async () => {
    bench = createTerminalBench({ devices: [] });
    bench.rows.add({ id: 'kiosk-1', hospital: 'demo', kind: 'kiosk', title: '门诊一楼 1 号自助机' });
    bench.hospital.confirmAnswers.push({ kind: 'ok', value: { settlementNo: 'S1', receiptNo: 'R0001', pickupWindow: '西药房 3 号窗口', guide: '一楼取药', amountFen: 3_000 } });
    broker = await startEmbeddedBroker({ host: '127.0.0.1', port: 0, websocketPort: 0, credentials: bench.credentials, log: SILENT_LOG });
    enrolment = await startEnrolmentListener({ host: '127.0.0.1', port: 0, desk: bench.enrolment, log: SILENT_LOG });
    gateway = await startTerminalGateway({ url: broker.url, ...bench.credentials.core, desk: bench.desk, presence: { saw() {}, announced() {} }, orders: bench.orders, log: SILENT_LOG });
    const offered = await bench.registry.offerClaim('kiosk-1');
    assert.equal(offered.kind, 'ok');
    config = {
      mqttUrl: `ws://{host}:${String(broker.websocketPort)}`, enrolUrl: `ws://{host}:${String(enrolment.port)}`, claimCode: offered.value.code,
      demoCards: [{ label: '张小三', cardNo: 'CARD0001', cardType: 'visitCard' }], walletUrlTemplate: 'http://wallet.invalid/pay?pr={content}',
    };
    web = createServer((request, response) => {
      const name = request.url === '/' ? 'index.html' : (request.url ?? '').slice(1);
      if (name === 'kiosk-config.json') return void response.setHeader('content-type', 'application/json').end(JSON.stringify(config));
      const type = TYPES[name.split('.').at(-1) ?? ''];
      if (type === undefined) return void response.writeHead(404).end();
      response.setHeader('content-type', type).end(readFileSync(join(sdkFolder, 'dist', 'kiosk', name)));
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    problems = [];
    page = await (await browser.newContext({ viewport: { width: 1080, height: 1400 } })).newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.setDefaultTimeout(60_000);
    await page.goto(`http://127.0.0.1:${String(portOf(web))}/`);
  });
  afterEach(async () => {
    await page.context().close();
    await gateway.stop();
    await enrolment.stop();
    await broker.stop();
    await closeServer(web);
    await bench.close();
    assert.deepEqual(problems, []);
  });

  const walkToCode = async (): Promise<string> => {
    await page.click('#demo-card-0');
    await page.click('#quote');
    assert.equal(await page.textContent('#self-pay'), '¥30.00');
    await page.click('#pay');
    await page.waitForSelector('#qr');
    return (await page.textContent('#trade-no')) ?? '';
  };

  test('enrols itself, walks from card to receipt, survives a power cut at the code, and prints', async () => {
    await page.waitForSelector('#demo-card-0');
    assert.equal((await bench.registry.find('kiosk-1'))?.status, 'active');
    const tradeNo = await walkToCode();
    assert.equal(await page.textContent('#amount'), '¥30.00');
    assert.equal(await page.getAttribute('#qr', 'data-content'), 'weixin://test');
    assert.equal(await page.getAttribute('#wallet', 'href'), 'http://wallet.invalid/pay?pr=weixin%3A%2F%2Ftest');
    // The power fails and comes back: the page knows nothing but its key.
    await page.reload();
    await page.waitForSelector('#notice-restored');
    assert.equal(await page.textContent('#trade-no'), tradeNo);
    bench.patientPays((await bench.store.findOrder(tradeNo))?.payments[0]?.paymentNo ?? '', 3_000);
    await page.waitForSelector('.wait.good');
    assert.match((await page.textContent('#state')) ?? '', /已支付/);
    await bench.tellHospital();
    assert.equal(await page.textContent('#receipt-no'), 'R0001');
    assert.match((await page.textContent('#window')) ?? '', /西药房 3 号窗口/);
    await page.click('#print');
    await page.waitForSelector('#printed');
    assert.ok((await bench.store.findOrder(tradeNo))?.order.receiptPrintedAt);
    await page.click('#finish');
    await page.waitForSelector('#demo-card-0');
    assert.equal(bench.channel.calls.filter((call) => call.startsWith('charge')).length, 1);
  });

  test('an aggregated code: any phone pays it, the kiosk follows by itself, an unpaid end leads back to the code, and the receipt is printed here', async () => {
    config['aggregatedCode'] = true;
    await page.reload();
    await page.click('#demo-card-0');
    await page.click('#quote');
    await page.click('#pay');
    await page.waitForSelector('#qr');
    const url = (await page.getAttribute('#qr', 'data-content')) ?? '';
    assert.match(url, /^https:\/\/pay\.hospital\.example\/c\/[0-9A-Z]{26}$/);
    assert.equal(await page.textContent('#amount'), '¥30.00');
    assert.equal(bench.channel.calls.length, 0, 'showing the code charges nobody');
    const phone = { token: url.slice(-26), browser: 'phone', userAgent: 'AlipayClient/10', address: '127.0.0.1' };
    const pay = (round: number) => bench.checkout.payCheckout(phone, { round, amountFen: 3_000, wallet: 'alipay' });
    assert.equal((await pay(1)).kind, 'ok');
    await page.waitForSelector('body[data-stage=onPhone]');
    assert.equal(await page.textContent('#state'), '请在手机上完成付款');
    await bench.checkout.cancelCheckout(phone, 1);
    await page.waitForSelector('#qr');
    assert.equal((await pay(2)).kind, 'ok');
    await page.waitForSelector('body[data-stage=onPhone]');
    const tradeNo = (await page.textContent('#trade-no')) ?? '';
    bench.patientPays((await bench.store.findOrder(tradeNo))?.payments[0]?.paymentNo ?? '', 3_000);
    await bench.checkout.followCheckout(phone, 'fresh');
    await page.waitForSelector('body[data-stage=paid]');
    await bench.tellHospital();
    assert.equal(await page.textContent('#receipt-no'), 'R0001');
    await page.click('#print');
    await page.waitForSelector('#printed');
    // The page says so first, and tells the core then; before it knows, a page that is loaded again shows the receipt.
    await eventually('the core knows that it was printed', async () => (await bench.store.findOrder(tradeNo))?.order.receiptPrintedAt);
  });

  test('an aggregated code that is cancelled at the kiosk is worth nothing any more', async () => {
    config['aggregatedCode'] = true;
    await page.reload();
    await page.click('#demo-card-0');
    await page.click('#quote');
    await page.click('#pay');
    await page.waitForSelector('#qr');
    const url = (await page.getAttribute('#qr', 'data-content')) ?? '';
    await page.click('#cancel');
    await page.waitForSelector('#demo-card-0');
    assert.deepEqual(await bench.checkout.openCheckout({ token: url.slice(-26), browser: 'phone', userAgent: 'AlipayClient/10', address: '127.0.0.1' }), { kind: 'refused', code: 'CHECKOUT_NOT_OPEN' });
  });

  test('a cancelled payment says plainly that nothing was charged, in both languages', async () => {
    await walkToCode();
    await page.click('#cancel');
    await page.waitForSelector('.ending');
    assert.equal(await page.textContent('#state'), '未支付，订单已关闭');
    await page.click('#language');
    assert.equal(await page.textContent('#state'), 'Not paid; the order is closed');
  });

  test('while nobody knows the result, the screen forbids paying again and offers no way to', async () => {
    await page.waitForSelector('#demo-card-0');
    bench.channel.chargeAnswers.push({ kind: 'unknown', reason: 'timeout' });
    bench.channel.queryAnswers.push(...Array.from({ length: 50 }, () => ({ kind: 'unknown' as const, reason: 'timeout' })));
    await page.click('#demo-card-0');
    await page.click('#quote');
    await page.click('#pay');
    await page.waitForSelector('.wait.warn');
    assert.equal(await page.textContent('#state'), '支付结果确认中，请勿重复支付');
    assert.equal(await page.locator('#pay, #qr').count(), 0);
  });

  test('when the hospital refuses, the patient reads that the money is on its way back', async () => {
    bench.hospital.confirmAnswers.splice(0, 1, { kind: 'rejected', code: 'E1', message: '已退号' });
    const tradeNo = await walkToCode();
    bench.patientPays((await bench.store.findOrder(tradeNo))?.payments[0]?.paymentNo ?? '', 3_000);
    await page.waitForSelector('.wait.good');
    await bench.tellHospital();
    await page.waitForSelector('.wait.warn');
    assert.equal(await page.textContent('#state'), '正在原路退款');
  });

  test('a card without a file gets words and a next step', async () => {
    await page.click('#card-visitCard');
    await page.fill('#card-no', 'CARD9999');
    await page.keyboard.press('Enter');
    assert.equal(await page.textContent('#notice-trouble'), '未找到患者档案核对卡号，或到窗口建档');
  });
});
