import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';

import { ask, codeOf, precreateContent, signedForm } from './merchant-for-tests.js';
import { startAlipaySimulator, type AlipaySimulator, type AlipaySimulatorOptions } from './start-alipay-simulator.js';

const PRECREATE = 'alipay.trade.precreate';
const QUERY = 'alipay.trade.query';
const CANCEL = 'alipay.trade.cancel';
const REFUND = 'alipay.trade.refund';

describe('alipay simulator: the gateway', () => {
  test('refuses what is not signed, signed otherwise, or lacks a parameter', async (context) => {
    const simulator = await simulatorOf(context);
    for (const [change, code] of [
      [{ sign: 'AAAA' }, 'isv.invalid-signature'], [{ biz_content: '{}' }, 'isv.invalid-signature'], [{ sign_type: 'RSA' }, 'isv.invalid-sign-type'], [{ app_id: '2021000000000009' }, 'isv.invalid-app-id'],
      [{ timestamp: 'now' }, 'isv.invalid-timestamp'], [{ version: '' }, 'isv.missing-version'], [{ notify_url: 'http://added.example' }, 'isv.invalid-signature'],
    ] as const) assert.equal(codeOf(await ask(simulator, PRECREATE, precreateContent('REFUSED1'), { change })), code);
    assert.equal(codeOf(await ask(simulator, 'alipay.trade.unheard', {})), 'isv.invalid-method');
    assert.deepEqual(simulator.trades(), []);
  });

  test('takes parameters from query and body together, as the official clients send them', async (context) => {
    const simulator = await simulatorOf(context);
    const { biz_content: content = '', ...shared } = Object.fromEntries(signedForm(simulator, PRECREATE, precreateContent('MERGED01')));
    const answer = await fetch(`${simulator.gatewayUrl}?${new URLSearchParams(shared).toString()}`, { method: 'POST', body: new URLSearchParams({ biz_content: content }) });
    assert.match(await answer.text(), /"code":"10000"/);
  });

  test('refuses orders with a wrong amount, title, product or time', async (context) => {
    const simulator = await simulatorOf(context);
    for (const change of [
      { total_amount: '0' }, { total_amount: '0.001' }, { total_amount: 10 }, { total_amount: '100000000.01' }, { subject: '' }, { subject: 'a/b' }, { subject: 'x'.repeat(257) }, { product_code: 'JSAPI_PAY' }, { out_trade_no: 'a b' },
      { time_expire: '2020-01-01 00:00:00' }, { time_expire: 'soon' },
    ]) assert.equal(codeOf(await ask(simulator, PRECREATE, precreateContent('WRONG001', change))), 'ACQ.INVALID_PARAMETER', JSON.stringify(change));
  });

  test('has no trade before the scan; the same number is the same code, other data are refused', async (context) => {
    const simulator = await simulatorOf(context);
    const first = await ask(simulator, PRECREATE, precreateContent('SAMECODE'));
    assert.equal((await ask(simulator, PRECREATE, precreateContent('SAMECODE')))['qr_code'], first['qr_code']);
    assert.equal(codeOf(await ask(simulator, PRECREATE, precreateContent('SAMECODE', { total_amount: '10.01' }))), 'ACQ.CONTEXT_INCONSISTENT');
    assert.equal(codeOf(await ask(simulator, QUERY, { out_trade_no: 'SAMECODE' })), 'ACQ.TRADE_NOT_EXIST');
    simulator.scan('SAMECODE');
    assert.equal((await ask(simulator, QUERY, { out_trade_no: 'SAMECODE' }))['trade_status'], 'WAIT_BUYER_PAY');
    simulator.pay('SAMECODE');
    assert.equal(codeOf(await ask(simulator, PRECREATE, precreateContent('SAMECODE'))), 'ACQ.TRADE_HAS_SUCCESS');
    assert.throws(() => simulator.pay('SAMECODE'), /is paid/);
  });

  test('a trade past its time is closed, a code past its time cannot be scanned', async (context) => {
    const clock = { at: Date.parse('2026-01-01T12:00:00+08:00') };
    const simulator = await simulatorOf(context, { now: () => new Date(clock.at) });
    await ask(simulator, PRECREATE, precreateContent('INTIME01', { time_expire: '2026-01-01 12:05:00' }));
    await ask(simulator, PRECREATE, precreateContent('INTIME02', { time_expire: '2026-01-01 12:05:00' }));
    simulator.scan('INTIME01');
    clock.at += 300_000;
    assert.equal((await ask(simulator, QUERY, { out_trade_no: 'INTIME01' }))['trade_status'], 'TRADE_CLOSED');
    assert.throws(() => simulator.pay('INTIME01'), /TRADE_CLOSED/);
    assert.throws(() => simulator.pay('INTIME02'), /expired/);
  });

  test('a cancel of a number nobody has seen succeeds and kills it; of a paid one it gives the money back', async (context) => {
    const simulator = await simulatorOf(context);
    const unseen = await ask(simulator, CANCEL, { out_trade_no: 'UNSEEN01' });
    assert.deepEqual([unseen['code'], unseen['retry_flag'], unseen['action']], ['10000', 'N', undefined]);
    assert.equal(codeOf(await ask(simulator, PRECREATE, precreateContent('UNSEEN01'))), 'ACQ.TRADE_HAS_CLOSE');
    await ask(simulator, PRECREATE, precreateContent('PAIDCANC'));
    simulator.pay('PAIDCANC');
    const before = simulator.balanceFen();
    assert.equal((await ask(simulator, CANCEL, { out_trade_no: 'PAIDCANC' }))['action'], 'refund');
    assert.equal((await ask(simulator, CANCEL, { out_trade_no: 'PAIDCANC' }))['action'], undefined);
    assert.equal(simulator.balanceFen(), before - 1_000 + 6);
    assert.equal((await ask(simulator, QUERY, { out_trade_no: 'PAIDCANC' }))['trade_status'], 'TRADE_CLOSED');
  });

  test('a cancel is possible for a day', async (context) => {
    const clock = { at: Date.now() };
    const simulator = await simulatorOf(context, { now: () => new Date(clock.at) });
    await ask(simulator, PRECREATE, precreateContent('DAYAFTER'));
    clock.at += 86_400_001;
    assert.equal(codeOf(await ask(simulator, CANCEL, { out_trade_no: 'DAYAFTER' })), 'ACQ.TRADE_CANCEL_TIME_OUT');
  });

  test('refunds: the sum of all is answered, a repeat changes nothing, never more than was paid', async (context) => {
    const simulator = await simulatorOf(context);
    await ask(simulator, PRECREATE, precreateContent('REFUNDS1'));
    assert.equal(codeOf(await ask(simulator, REFUND, refund('REFUNDS1', 'R1', '1.00'))), 'ACQ.TRADE_NOT_EXIST');
    simulator.pay('REFUNDS1');
    const answers = [];
    for (const content of [refund('REFUNDS1', 'R1', '3.00'), refund('REFUNDS1', 'R1', '3.00'), refund('REFUNDS1', 'R2', '2.00')]) answers.push(await ask(simulator, REFUND, content));
    assert.deepEqual(answers.map((node) => [node['fund_change'], node['refund_fee']]), [['Y', '3.00'], ['N', '3.00'], ['Y', '5.00']]);
    assert.equal(codeOf(await ask(simulator, REFUND, refund('REFUNDS1', 'R1', '3.01'))), 'ACQ.DISCORDANT_REPEAT_REQUEST');
    assert.equal(codeOf(await ask(simulator, REFUND, refund('REFUNDS1', 'R3', '5.01'))), 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL');
    assert.equal(codeOf(await ask(simulator, REFUND, { out_trade_no: 'REFUNDS1', refund_amount: '1.00' })), 'ACQ.INVALID_PARAMETER');
    const asked = await ask(simulator, 'alipay.trade.fastpay.refund.query', { out_trade_no: 'REFUNDS1', out_request_no: 'R9' });
    assert.deepEqual(asked, { code: '10000', msg: 'Success' });
    await ask(simulator, REFUND, refund('REFUNDS1', 'R4', '5.00'));
    assert.equal(simulator.findTrade('REFUNDS1')?.state, 'TRADE_CLOSED');
    assert.equal(simulator.balanceFen(), 100_000_000, 'the commission came back with the last part');
  });

  test('a payment code serves one order', async (context) => {
    const simulator = await simulatorOf(context);
    const code = simulator.newPaymentCode('asksPassword');
    const pay = (outTradeNo: string): ReturnType<typeof ask> => ask(simulator, 'alipay.trade.pay', precreateContent(outTradeNo, { scene: 'bar_code', auth_code: code }));
    assert.equal(codeOf(await pay('ONEORDER')), '10003');
    assert.equal(codeOf(await pay('ONEORDER')), '10003');
    assert.equal(codeOf(await pay('TWOORDER')), 'ACQ.PAYMENT_AUTH_CODE_INVALID');
  });

  test('links to bills die after half a minute, and a day without trade has none', async (context) => {
    const clock = { at: Date.parse('2026-01-01T12:00:00+08:00') };
    const simulator = await simulatorOf(context, { now: () => new Date(clock.at), billsReadyAtOnceForTests: true });
    await ask(simulator, PRECREATE, precreateContent('BILLLINK'));
    simulator.pay('BILLLINK');
    const bill = (day: string): ReturnType<typeof ask> => ask(simulator, 'alipay.data.dataservice.bill.downloadurl.query', { bill_type: 'trade', bill_date: day });
    assert.equal(codeOf(await bill('2025-12-31')), 'isp.bill_not_exist');
    const url = String((await bill('2026-01-01'))['bill_download_url']);
    assert.equal((await fetch(url)).status, 200);
    clock.at += 30_000;
    assert.equal((await fetch(url)).status, 404);
  });
});

describe('alipay simulator: payers and restarts', () => {
  test('a person pays at the wallet page, with yuan or digital yuan, by the code or from the list', async (context) => {
    const simulator = await simulatorOf(context);
    const { qr_code: qrCode } = await ask(simulator, PRECREATE, precreateContent('WALLET01', { subject: '<挂号>' }));
    const list = await (await fetch(`${simulator.baseUrl}/wallet`)).text();
    assert.ok(list.includes('¥10.00') && !list.includes('<挂号>'), 'titles are shown as text');
    const paid = await fetch(`${simulator.baseUrl}/wallet/pay`, { method: 'POST', body: new URLSearchParams({ order: String(qrCode), with: 'DC' }) });
    assert.equal(paid.status, 200);
    assert.equal((await ask(simulator, QUERY, { out_trade_no: 'WALLET01' }))['receipt_currency_type'], 'DC');
    assert.equal((await fetch(`${simulator.baseUrl}/wallet/pay`, { method: 'POST', body: new URLSearchParams({ order: 'WALLET01' }) })).status, 409);
    const page = await (await fetch(`${simulator.baseUrl}/wallet/code`, { method: 'POST', body: new URLSearchParams({ behaviour: 'paysAtOnce' }) })).text();
    const [, code] = /class="code">(28\d{16})</.exec(page) ?? [];
    assert.equal(codeOf(await ask(simulator, 'alipay.trade.pay', precreateContent('WALLET02', { scene: 'bar_code', auth_code: code }))), '10000');
  });

  test('scripts pay without a page', async (context) => {
    const simulator = await simulatorOf(context);
    await ask(simulator, PRECREATE, precreateContent('SCRIPT01'));
    assert.equal((await fetch(`${simulator.baseUrl}/simulator/orders/SCRIPT01/pay`, { method: 'POST' })).status, 200);
    assert.equal((await fetch(`${simulator.baseUrl}/simulator/orders/SCRIPT01/pay`, { method: 'POST' })).status, 409);
    assert.equal((await fetch(`${simulator.baseUrl}/nowhere`)).status, 404);
  });

  test('trades, refunds, keys and notifications that were not accepted survive a restart', async (context) => {
    const { mkdtempSync, rmSync } = await import('node:fs');
    const { tmpdir } = await import('node:os');
    const { join } = await import('node:path');
    const dataFolder = mkdtempSync(join(tmpdir(), 'alipay-simulator-'));
    context.after(() => { rmSync(dataFolder, { recursive: true }); });
    const first = await startAlipaySimulator({ dataFolder });
    await ask(first, PRECREATE, precreateContent('RESTART1'), { extra: { notify_url: 'http://127.0.0.1:1/nobody' } });
    first.pay('RESTART1');
    await ask(first, REFUND, refund('RESTART1', 'R1', '4.00'));
    await first.runDue();
    await first.stop();
    const second = await simulatorOf(context, { dataFolder });
    assert.deepEqual(second.merchantCredentials, first.merchantCredentials);
    assert.equal((await ask(second, REFUND, refund('RESTART1', 'R1', '4.00')))['fund_change'], 'N');
    assert.deepEqual(second.notifications().map(({ accepted, roundsMade, nextAttemptAt }) => [accepted, roundsMade, nextAttemptAt !== undefined]), [[false, 1, true], [false, 1, true]]);
  });

  test('a notification is repeated seven times over a day and an hour, then given up', async (context) => {
    const clock = { at: Date.parse('2026-01-01T12:00:00+08:00') };
    const simulator = await simulatorOf(context, { now: () => new Date(clock.at) });
    await ask(simulator, PRECREATE, precreateContent('SCHEDULE'), { extra: { notify_url: 'http://127.0.0.1:1/nobody' } });
    simulator.pay('SCHEDULE');
    const sentAfterMinutes: number[] = [];
    const start = clock.at;
    for (;;) {
      await simulator.runDue();
      const [notification] = simulator.notifications();
      sentAfterMinutes.push((clock.at - start) / 60_000);
      if (notification?.nextAttemptAt === undefined) break;
      clock.at = Date.parse(notification.nextAttemptAt);
    }
    assert.deepEqual(sentAfterMinutes, [0, 4, 14, 24, 84, 204, 564, 1464]);
  });
});

function refund(outTradeNo: string, outRequestNo: string, amount: string): object {
  return { out_trade_no: outTradeNo, out_request_no: outRequestNo, refund_amount: amount };
}

async function simulatorOf(context: TestContext, options: AlipaySimulatorOptions = {}): Promise<AlipaySimulator> {
  const simulator = await startAlipaySimulator(options);
  context.after(() => simulator.stop());
  return simulator;
}
