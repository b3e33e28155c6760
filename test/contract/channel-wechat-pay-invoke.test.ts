import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { describe, test } from 'node:test';

import { call, orderOf, referenceTo } from './channel-requests.js';
import { standOf } from './channel-wechat-pay-stand.js';

const PAYER = { payerId: 'oSimulatedPayer000000000001' };
const BROWSER = { clientIp: '203.0.113.7' };

/** What a page, an app or a browser needs to call WeChat up, and what an order must hold for it. */
describe('wechat-pay: orders of pages, mini-programs, apps and browsers', () => {
  for (const method of ['jsapi', 'miniProgram'] as const) {
    test(`${method} gives the parameters a page calls WeChat up with, signed over four lines with the merchant's key`, async (context) => {
      const stand = await standOf(context);
      const outcome = await stand.channel.charge(orderOf(stand, 'INVOKE01', method, PAYER), call());
      assert.ok(outcome.kind === 'pending' && outcome.present.kind === 'invoke', JSON.stringify(outcome));
      const { appId = '', timeStamp = '', nonceStr = '', package: packageText = '', signType, paySign = '' } = outcome.present.parameters;
      const { merchantCredentials } = stand.simulator;
      assert.deepEqual([appId, signType, timeStamp], [method === 'jsapi' ? merchantCredentials.appId : merchantCredentials.miniProgramAppId, 'RSA', String(Math.floor(stand.clock.atMs / 1000))]);
      assert.equal(packageText, `prepay_id=${stand.simulator.orders.findOrder('INVOKE01')?.code ?? ''}`);
      assert.ok(isSigned(merchantCredentials.merchantPrivateKeyPem, [appId, timeStamp, nonceStr, packageText], paySign));
    });
  }

  test('an app gets its own parameters, signed over the bare prepay_id', async (context) => {
    const stand = await standOf(context);
    const outcome = await stand.channel.charge(orderOf(stand, 'INVOKE02', 'app'), call());
    assert.ok(outcome.kind === 'pending' && outcome.present.kind === 'invoke', JSON.stringify(outcome));
    const { appid = '', partnerid, prepayid = '', package: packageText, noncestr = '', timestamp = '', sign = '' } = outcome.present.parameters;
    const { merchantCredentials } = stand.simulator;
    assert.deepEqual([appid, partnerid, packageText], [merchantCredentials.mobileAppId, merchantCredentials.merchantId, 'Sign=WXPay']);
    assert.equal(prepayid, stand.simulator.orders.findOrder('INVOKE02')?.code);
    assert.ok(isSigned(merchantCredentials.merchantPrivateKeyPem, [appid, timestamp, noncestr, prepayid], sign));
  });

  test('a browser is sent to the page of WeChat, which is told where to come back to unless the address would grow too long', async (context) => {
    const stand = await standOf(context);
    const back = 'https://pay.hospital.example/back?order=1&step=2';
    const outcome = await stand.channel.charge(orderOf(stand, 'BROWSER1', 'h5', { ...BROWSER, returnUrl: back }), call());
    assert.ok(outcome.kind === 'pending' && outcome.present.kind === 'redirect', JSON.stringify(outcome));
    const { searchParams, host } = new URL(outcome.present.url);
    assert.deepEqual([host, searchParams.get('redirect_url')], ['wx.tenpay.com', back]);
    const bare = await stand.channel.charge(orderOf(stand, 'BROWSER2', 'h5', { ...BROWSER, returnUrl: `https://pay.hospital.example/${'门'.repeat(480)}` }), call());
    assert.ok(bare.kind === 'pending' && bare.present.kind === 'redirect' && bare.present.url.length <= 2048 && !bare.present.url.includes('redirect_url'));
    assert.equal(stand.simulator.orders.findOrder('BROWSER2')?.tradeType, 'MWEB');
  });

  test('an order that lacks its payer or the address of its browser never leaves, nor does a method the merchant does not offer', async (context) => {
    const stand = await standOf(context);
    for (const method of ['jsapi', 'miniProgram', 'h5', 'webPage', 'paymentCode'] as const) {
      assert.equal((await stand.channel.charge(orderOf(stand, 'LACKING1', method), call())).kind, 'notSent', method);
    }
    const narrow = await stand.again({ methods: ['jsapi'] });
    assert.deepEqual(narrow.channel.methods, ['jsapi']);
    assert.equal((await narrow.channel.charge(orderOf(stand, 'LACKING2', 'nativeQr'), call())).kind, 'notSent');
    assert.equal(stand.simulator.orders.list().length, 0);
  });

  test('a repeat sends the same parameters, also after a restart: the order stays the same and is presented anew', async (context) => {
    const stand = await standOf(context);
    for (const [method, change] of [['nativeQr', {}], ['jsapi', PAYER], ['miniProgram', PAYER], ['app', {}], ['h5', BROWSER]] as const) {
      const order = orderOf(stand, `REPEAT-${method}`, method, { ...change, terminalId: 'KIOSK-1', notifyUrl: 'http://127.0.0.1:9/notify' });
      await stand.channel.charge(order, call());
      const { channel } = await stand.again();
      stand.clock.atMs += 2_000;
      assert.equal((await channel.charge(order, call({ attempt: 2 }))).kind, 'pending', method);
      const other = await channel.charge({ ...order, description: '住院预交' }, call({ attempt: 2 }));
      assert.equal(other.kind, 'unknown', 'other parameters are another order, which this number cannot have');
    }
    assert.equal(stand.simulator.orders.list().length, 5);
  });

  test('an open id that WeChat Pay does not know is declined, and the order of an answer that names none is unknown', async (context) => {
    const stand = await standOf(context);
    const outcome = await stand.channel.charge(orderOf(stand, 'OPENID01', 'jsapi', { payerId: 'no id' }), call());
    assert.equal(outcome.kind === 'declined' && outcome.code, 'PARAM_ERROR');
    for (const [method, on] of [['jsapi', 'jsapiOrder'], ['h5', 'h5Order'], ['app', 'appOrder']] as const) {
      stand.simulator.faults.inject({ on, fault: { kind: 'garbageBody' } });
      assert.equal((await stand.channel.charge(orderOf(stand, `NOORDER-${method}`, method, { ...PAYER, ...BROWSER }), call())).kind, 'unknown', method);
    }
  });

  test('each app is told of its payments: notifications of the mini-program and of the mobile app are read', async (context) => {
    const stand = await standOf(context);
    for (const [method, change] of [['miniProgram', PAYER], ['app', {}]] as const) {
      const order = orderOf(stand, `NOTICE-${method}`, method, change);
      await stand.channel.charge(order, call());
      stand.simulator.pay(order.tradeNo);
      const { headers, body } = stand.simulator.makeNotification({ outTradeNo: order.tradeNo });
      const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const));
      const raw = { headers: lower, query: '', body: new Uint8Array(body), receivedAt: new Date(stand.clock.atMs).toISOString() };
      assert.equal((await stand.channel.readNotification(raw)).kind, 'payment', method);
      const stranger = await stand.again({ miniProgramAppid: 'wx0000000000000099', mobileAppid: 'wx0000000000000098' });
      assert.equal((await stranger.channel.readNotification(raw)).kind, 'refused', 'another app is another business');
      assert.equal((await stand.channel.query(referenceTo(order), call())).kind, 'succeeded');
    }
  });
});

function isSigned(privateKeyPem: string, lines: readonly string[], signature: string): boolean {
  return verify('sha256', Buffer.from(lines.map((line) => `${line}\n`).join('')), createPublicKey(privateKeyPem), Buffer.from(signature, 'base64'));
}
