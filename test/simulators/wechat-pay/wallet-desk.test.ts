import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { nativeOrder, sendRaw } from './merchant-for-tests.js';
import { readV2, signV2, writeV2 } from './v2-message.js';
import { startWechatPaySimulator, type WechatPaySimulator } from './start-wechat-pay-simulator.js';

describe('the simulated wallet', () => {
  let simulator: WechatPaySimulator;
  before(async () => {
    simulator = await startWechatPaySimulator({ merchantName: '示范<医院>', notificationRetryGapsMs: [] });
  });
  after(() => simulator.stop());

  const place = async (outTradeNo: string): Promise<string> => {
    const answer = await sendRaw({
      baseUrl: simulator.baseUrl,
      credentials: simulator.merchantCredentials,
      method: 'POST',
      target: '/v3/pay/transactions/native',
      body: nativeOrder(simulator.merchantCredentials, { out_trade_no: outTradeNo, description: '门诊<b>缴费' }),
    });
    return String(answer.body['code_url']);
  };
  const open = async (path: string, form?: Record<string, string>): Promise<{ status: number; html: string }> => {
    const answer = await fetch(`${simulator.baseUrl}${path}`, form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) });
    return { status: answer.status, html: await answer.text() };
  };

  it('shows merchant, description and yuan, takes the payment once, and says so', async () => {
    const codeUrl = await place('T-WALLET-1');
    const code = new URL(codeUrl).searchParams.get('pr') ?? '';
    const list = await open('wallet');
    assert.ok(list.html.includes('T-WALLET-1') && list.html.includes('¥12.34'));
    const shown = await open(`wallet/pay?pr=${code}`);
    assert.ok(shown.html.includes('示范&lt;医院&gt;') && shown.html.includes('门诊&lt;b&gt;缴费'));
    assert.ok(shown.html.includes('<span id="amount">12.34</span>') && shown.html.includes('支付') && shown.html.includes('取消'));
    const paid = await open('wallet/pay', { pr: code, choice: 'pay' });
    assert.ok(paid.status === 200 && paid.html.includes('支付成功'));
    assert.equal(simulator.orders.findOrder('T-WALLET-1')?.state, 'SUCCESS');
    const again = await open('wallet/pay', { pr: code, choice: 'pay' });
    assert.deepEqual([again.status, simulator.orders.findOrder('T-WALLET-1')?.payments.length], [409, 1]);
    assert.ok(!(await open('wallet')).html.includes('T-WALLET-1'));
  });

  it('cancelling moves nothing, and the whole code text opens the order too', async () => {
    const codeUrl = await place('T-WALLET-2');
    const cancelled = await open('wallet/pay', { pr: codeUrl, choice: 'cancel' });
    assert.ok(cancelled.html.includes('已取消'));
    assert.equal(simulator.orders.findOrder('T-WALLET-2')?.state, 'NOTPAY');
    assert.equal((await open(`wallet/pay?pr=${encodeURIComponent(codeUrl)}`)).status, 200);
    assert.equal((await open('wallet/pay?pr=unknown')).status, 404);
    assert.equal((await open('wallet/nothing')).status, 404);
  });

  it('shows codes to be scanned, and asks for the password of those that need one', async () => {
    const { appId, merchantId, apiV2Key } = simulator.merchantCredentials;
    const scan = async (outTradeNo: string, code: string): Promise<string> => {
      const fields = { appid: appId, mch_id: merchantId, nonce_str: 'n1', body: '门诊缴费', out_trade_no: outTradeNo, total_fee: '1234', spbill_create_ip: '127.0.0.1', auth_code: code };
      const answer = await fetch(`${simulator.baseUrl}pay/micropay`, { method: 'POST', headers: { 'content-type': 'text/xml' }, body: writeV2({ ...fields, sign: signV2(fields, 'MD5', apiV2Key) }) });
      const { result_code: result = '', err_code: error = '' } = readV2(await answer.text()) ?? {};
      return `${result} ${error}`.trim();
    };
    const shown = await open('wallet/code', { behaviour: 'asksPassword' });
    const [code = ''] = /\b1[0-5]\d{16}\b/.exec(shown.html) ?? [];
    assert.equal(await scan('T-WALLET-5', code), 'FAIL USERPAYING');
    assert.ok((await open('wallet')).html.includes('T-WALLET-5'));
    assert.ok((await open('wallet/pay', { pr: code, choice: 'pay' })).html.includes('支付成功'));
    const made = await fetch(`${simulator.baseUrl}simulator/codes`, { method: 'POST', body: new URLSearchParams({ behaviour: 'paysAtOnce', bankType: 'ECNY' }) });
    const { code: scripted } = (await made.json()) as { code: string };
    assert.equal(await scan('T-WALLET-6', scripted), 'SUCCESS');
    assert.equal(simulator.orders.findOrder('T-WALLET-6')?.payments[0]?.bankType, 'ECNY');
  });

  it('the JSON test API lists and pays orders', async () => {
    await place('T-WALLET-3');
    const path = `${simulator.baseUrl}simulator/orders`;
    const paid = await fetch(`${path}/T-WALLET-3/pay`, { method: 'POST' });
    assert.deepEqual([paid.status, await paid.json()], [200, { transactionId: simulator.orders.findOrder('T-WALLET-3')?.payments[0]?.transactionId }]);
    const again = await fetch(`${path}/T-WALLET-3/pay`, { method: 'POST' });
    assert.deepEqual([again.status, await again.json()], [409, { reason: 'alreadyPaid' }]);
    const list = await fetch(path);
    assert.ok(JSON.stringify(await list.json()).includes('T-WALLET-3'));
  });

  it('a code stays payable after its end when the simulator is told to', async () => {
    let time = new Date('2026-11-22T10:00:00+08:00');
    const lenient = await startWechatPaySimulator({ now: () => time, payableAfterExpiryForTests: true, notificationRetryGapsMs: [] });
    try {
      const credentials = lenient.merchantCredentials;
      const body = nativeOrder(credentials, { out_trade_no: 'T-WALLET-4', time_expire: '2026-11-22T10:02:00+08:00' });
      const access = { baseUrl: lenient.baseUrl, credentials, now: time };
      await sendRaw({ ...access, method: 'POST', target: '/v3/pay/transactions/native', body });
      time = new Date('2026-11-22T10:03:00+08:00');
      assert.equal(lenient.orders.findOrder('T-WALLET-4')?.state, 'CLOSED');
      lenient.pay('T-WALLET-4');
      assert.equal(lenient.orders.findOrder('T-WALLET-4')?.state, 'SUCCESS');
    } finally {
      await lenient.stop();
    }
  });
});
