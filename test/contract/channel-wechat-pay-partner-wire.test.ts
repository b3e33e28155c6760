import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { WechatPaySettingsSchema } from '@hospay/channel-wechat-pay';
import { Value } from 'typebox/value';

import { arrived, partnerSettings } from './channel-wechat-pay-subject.js';
import { call, orderOf, referenceTo } from './channel-requests.js';
import { dayOf, refundOf, standOf, type Stand } from './channel-wechat-pay-stand.js';

const PAYER = { payerId: 'oSimulatedPayer000000000001' };

/** 服务商模式: the sub-merchant is paid, the service provider signs and asks. */
describe('wechat-pay of a sub-merchant through its service provider', () => {
  test('the sub-merchant is who is paid, and its own apps call WeChat up', async (context) => {
    const stand = await standOf(context, { isPartner: true });
    const { subMerchant, mobileAppId } = stand.simulator.merchantCredentials;
    assert.equal(stand.channel.merchantNo, subMerchant.merchantId);
    const parametersOf = async (method: 'jsapi' | 'miniProgram' | 'app'): Promise<Readonly<Record<string, string>>> => {
      const outcome = await stand.channel.charge(orderOf(stand, `SUBAPP-${method}`, method, PAYER), call());
      assert.ok(outcome.kind === 'pending' && outcome.present.kind === 'invoke', JSON.stringify(outcome));
      return outcome.present.parameters;
    };
    assert.equal((await parametersOf('jsapi'))['appId'], subMerchant.appId);
    assert.equal((await parametersOf('miniProgram'))['appId'], subMerchant.miniProgramAppId);
    assert.equal((await parametersOf('app'))['partnerid'], subMerchant.merchantId);
    const withoutSubApps = await stand.again({ partner: { subMchid: subMerchant.merchantId } });
    const outcome = await withoutSubApps.channel.charge(orderOf(stand, 'SPAPP001', 'app'), call());
    assert.ok(outcome.kind === 'pending' && outcome.present.kind === 'invoke' && outcome.present.parameters['appid'] === mobileAppId);
    assert.equal((await withoutSubApps.channel.charge(orderOf(stand, 'SPAPP002', 'jsapi', PAYER), call())).kind, 'pending', "the payer is known by the service provider's app");
  });

  test("orders and refunds of the service provider's own business are not the sub-merchant's, and the reverse", async (context) => {
    const stand = await standOf(context, { isPartner: true });
    const own = await stand.again({}, { isPartner: false });
    const ofSub = await paid(stand, 'OFSUB001');
    assert.equal((await own.channel.query(ofSub, call())).kind, 'notFound');
    assert.equal((await own.channel.close(ofSub, call())).kind, 'notFound');
    assert.equal((await own.channel.refund(refundOf(ofSub, 'ROFSUB01', 100), call())).kind, 'declined');
    const refund = refundOf(ofSub, 'ROFSUB02', 100);
    assert.equal((await stand.channel.refund(refund, call())).kind, 'processing');
    assert.equal((await own.channel.queryRefund(refund, call())).kind, 'notFound');
    assert.equal((await stand.channel.queryRefund(refund, call())).kind, 'succeeded');
  });

  test("an answer about another service provider's sub-merchant is unknown; another sub-merchant is passed on for the core to compare", async (context) => {
    const stand = await standOf(context, { isPartner: true });
    const payment = await paid(stand, 'COMPARE1');
    stand.simulator.faults.inject({ on: 'queryOrder', fault: { kind: 'otherProvider' } });
    assert.equal((await stand.channel.query(payment, call())).kind, 'unknown');
    stand.simulator.faults.inject({ on: 'queryOrder', fault: { kind: 'otherMerchant' } });
    const news = await stand.channel.query(payment, call());
    assert.equal(news.kind === 'succeeded' && news.merchantNo, '1699999999');
  });

  test('notifications of payments and of refunds are read when both merchants are ours, and refused when one is not', async (context) => {
    const stand = await standOf(context, { isPartner: true });
    const payment = await paid(stand, 'NOTICE01');
    await stand.channel.refund(refundOf(payment, 'RNOTICE1', 234), call());
    await stand.channel.queryRefund(refundOf(payment, 'RNOTICE1', 234), call());
    const at = new Date(stand.clock.atMs);
    for (const subject of [{ outTradeNo: payment.tradeNo }, { outRefundNo: 'RNOTICE1' }]) {
      const genuine = await stand.channel.readNotification(arrived(stand.simulator.makeNotification(subject), at));
      const isRefund = 'outRefundNo' in subject;
      assert.equal(genuine.kind, isRefund ? 'refund' : 'payment', JSON.stringify(genuine));
      if (genuine.kind === 'refund') assert.deepEqual([genuine.merchantNo, genuine.news.kind], [stand.channel.merchantNo, 'succeeded']);
      for (const kind of ['otherMerchant', 'otherProvider'] as const) {
        const refused = await stand.channel.readNotification(arrived(stand.simulator.makeNotification(subject, { kind }), at));
        assert.equal(refused.kind, 'refused', kind);
      }
    }
  });

  test("a notification of another app of the service provider is refused", async (context) => {
    const stand = await standOf(context, { isPartner: true });
    const payment = await paid(stand, 'OTHERAPP');
    const raw = arrived(stand.simulator.makeNotification({ outTradeNo: payment.tradeNo }), new Date(stand.clock.atMs));
    const other = await stand.again({ appid: 'wx0000000000000099' });
    assert.equal((await other.channel.readNotification(raw)).kind, 'refused');
    assert.equal((await stand.channel.readNotification(raw)).kind, 'payment');
  });

  test("an ordinary merchant's notification is not read as the sub-merchant's", async (context) => {
    const stand = await standOf(context, { isPartner: true });
    const own = await stand.again({}, { isPartner: false });
    const order = orderOf(stand, 'ORDINARY');
    await own.channel.charge(order, call());
    stand.simulator.pay(order.tradeNo);
    const raw = arrived(stand.simulator.makeNotification({ outTradeNo: order.tradeNo }), new Date(stand.clock.atMs));
    assert.equal((await stand.channel.readNotification(raw)).kind, 'refused');
    assert.equal((await own.channel.readNotification(raw)).kind, 'payment');
  });

  test('the bill is the one of the sub-merchant alone', async (context) => {
    const stand = await standOf(context, { isPartner: true });
    const own = await stand.again({}, { isPartner: false });
    const order = orderOf(stand, 'OWNBILL1');
    await own.channel.charge(order, call());
    stand.simulator.pay(order.tradeNo);
    await paid(stand, 'SUBBILL1');
    const bill = await stand.channel.downloadStatement({ day: dayOf(stand) }, call());
    assert.ok(bill.kind === 'ok', JSON.stringify(bill));
    assert.deepEqual(bill.lines.map(({ tradeNo }) => tradeNo), ['SUBBILL1']);
  });

  test('a sub-merchant that is not with this service provider is refused for good', async (context) => {
    const stand = await standOf(context, { isPartner: true, settings: { partner: { subMchid: '1600000077' } } });
    assert.equal((await stand.channel.charge(orderOf(stand, 'STRANGER'), call())).kind, 'declined');
  });

  test('settings that misspell the sub-merchant or offer a method twice are refused', async (context) => {
    const { simulator } = await standOf(context);
    const settings = {
      mchid: '1600000001',
      appid: 'wx0000000000000001',
      merchantCertificateSerial: 'AB'.repeat(20),
      merchantPrivateKeyPem: 'x'.repeat(200),
      apiV3Key: 'k'.repeat(32),
      verification: { mode: 'platformCertificate' },
    };
    assert.ok(Value.Check(WechatPaySettingsSchema, { ...settings, partner: partnerSettings(simulator.merchantCredentials), methods: ['nativeQr', 'h5'] }));
    for (const wrong of [{ partner: {} }, { partner: { subMchid: 'wx1' } }, { partner: { subMchid: '1600000002', sub_appid: 'wx1' } }, { methods: [] }, { methods: ['nativeQr', 'nativeQr'] }, { methods: ['bankCard'] }]) {
      assert.ok(!Value.Check(WechatPaySettingsSchema, { ...settings, ...wrong }), JSON.stringify(wrong));
    }
  });
});

async function paid(stand: Stand, tradeNo: string): Promise<ReturnType<typeof referenceTo>> {
  const order = orderOf(stand, tradeNo);
  assert.equal((await stand.channel.charge(order, call())).kind, 'pending');
  stand.simulator.pay(tradeNo);
  const news = await stand.channel.query(referenceTo(order), call());
  assert.ok(news.kind === 'succeeded', JSON.stringify(news));
  return { ...referenceTo(order), channelTradeNo: news.channelTradeNo, paidAt: news.paidAt };
}
