import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { sendRaw, type RawAnswer } from './merchant-for-tests.js';
import { startWechatPaySimulator, type WechatPaySimulator } from './start-wechat-pay-simulator.js';

/** The other column of the API: a service provider for its sub-merchant; and the orders of apps and browsers. */
describe('orders of service providers, apps and browsers', () => {
  let simulator: WechatPaySimulator;
  before(async () => {
    simulator = await startWechatPaySimulator({ notificationRetryGapsMs: [] });
  });
  after(() => simulator.stop());

  const send = (method: 'GET' | 'POST', target: string, body?: object): Promise<RawAnswer> =>
    sendRaw({ baseUrl: simulator.baseUrl, credentials: simulator.merchantCredentials, method, target, ...(body === undefined ? {} : { body }) });
  const order = (outTradeNo: string, change: object = {}): object => {
    const { merchantId, appId, subMerchant } = simulator.merchantCredentials;
    return { sp_appid: appId, sp_mchid: merchantId, sub_mchid: subMerchant.merchantId, description: '门诊缴费', out_trade_no: outTradeNo, notify_url: 'http://127.0.0.1:9/notify', amount: { total: 1_234, currency: 'CNY' }, ...change };
  };

  test('both merchants are named, and both are checked', async () => {
    const { merchantId, subMerchant } = simulator.merchantCredentials;
    assert.equal((await send('POST', '/v3/pay/partner/transactions/native', order('T-SP-1'))).status, 200);
    for (const wrong of [{ sp_mchid: '1600000009' }, { sp_appid: 'wx9' }, { sub_appid: 'wx9' }, { sub_mchid: undefined }]) {
      assert.equal((await send('POST', '/v3/pay/partner/transactions/native', order('T-SP-2', wrong))).status, 400, JSON.stringify(wrong));
    }
    const stranger = await send('POST', '/v3/pay/partner/transactions/native', order('T-SP-2', { sub_mchid: '1600000077' }));
    assert.deepEqual([stranger.status, stranger.body['code']], [403, 'NO_AUTH']);
    const query = `/v3/pay/partner/transactions/out-trade-no/T-SP-1?sp_mchid=${merchantId}&sub_mchid=${subMerchant.merchantId}`;
    const found = await send('GET', query);
    assert.deepEqual([found.body['sp_mchid'], found.body['sub_mchid'], found.body['mchid']], [merchantId, subMerchant.merchantId, undefined]);
    assert.equal((await send('GET', query.replace(subMerchant.merchantId, '1600000077'))).status, 400);
    assert.equal((await send('GET', `/v3/pay/transactions/out-trade-no/T-SP-1?mchid=${merchantId}`)).status, 404, 'not an order of its own');
  });

  test('a payer is named by one of the two apps', async () => {
    const jsapi = '/v3/pay/partner/transactions/jsapi';
    assert.equal((await send('POST', jsapi, order('T-SP-3', { payer: {} }))).status, 400);
    assert.equal((await send('POST', jsapi, order('T-SP-3', { payer: { sub_openid: 'oPayerOfTheSub01' } }))).status, 400, 'of which app?');
    assert.equal((await send('POST', jsapi, order('T-SP-3', { sub_appid: simulator.merchantCredentials.subMerchant.appId, payer: { sub_openid: 'oPayerOfTheSub01' } }))).status, 200);
    assert.equal((await send('POST', jsapi, order('T-SP-4', { payer: { sp_openid: 'oPayerOfTheSp001' } }))).status, 200);
  });

  test('a browser says where it is and what it is; an app needs neither', async () => {
    const { merchantId, appId, mobileAppId } = simulator.merchantCredentials;
    const own = (outTradeNo: string, appid: string, change: object = {}): object => ({ appid, mchid: merchantId, description: '门诊缴费', out_trade_no: outTradeNo, notify_url: 'http://127.0.0.1:9/notify', amount: { total: 1 }, ...change });
    assert.match(String((await send('POST', '/v3/pay/transactions/app', own('T-APP-1', mobileAppId))).body['prepay_id']), /^wx/);
    for (const scene of [undefined, { payer_client_ip: '203.0.113.7' }, { h5_info: { type: 'Wap' } }]) {
      assert.equal((await send('POST', '/v3/pay/transactions/h5', own('T-H5-1', appId, { scene_info: scene }))).status, 400);
    }
    const placed = await send('POST', '/v3/pay/transactions/h5', own('T-H5-1', appId, { scene_info: { payer_client_ip: '203.0.113.7', h5_info: { type: 'Wap' } } }));
    assert.match(String(placed.body['h5_url']), /^https:\/\/wx\.tenpay\.com\//);
    const { createdAt = '', codeExpiresAt = '' } = simulator.orders.findOrder('T-H5-1') ?? {};
    assert.equal(Date.parse(codeExpiresAt) - Date.parse(createdAt), 300_000, 'the page lives for five minutes');
  });
});
