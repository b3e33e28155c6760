import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, test, type TestContext } from 'node:test';

import wechatPay, { WechatPaySettingsSchema } from '@hospay/channel-wechat-pay';
import type { CallContext, ChargeRequest, PaymentReference, RefundRequest } from '@hospay/plugin-sdk';
import { makeTestContext } from '@hospay/plugin-sdk/testkit';
import { Value } from 'typebox/value';

import { startWechatPaySimulator, type WechatPaySimulator, type WechatPaySimulatorOptions } from '../simulators/wechat-pay/start-wechat-pay-simulator.js';
import { activateWechatPay, arrived, REFUSING_ADDRESS, type ActivatedWechatPay } from './channel-wechat-pay-subject.js';

/** What WeChat Pay does beside the rules of the suite. */
describe('wechat-pay over HTTP', () => {
  test('the disaster recovery host is asked when the main one refuses, and first on a second attempt', async (context) => {
    const simulator = await simulatorOf(context);
    const brokenMain = await pluginOf(context, simulator, { baseUrl: REFUSING_ADDRESS, disasterRecoveryUrl: simulator.baseUrl });
    assert.equal((await brokenMain.channel.charge(order('FAILOVER1'), call())).kind, 'pending');

    const brokenOther = await pluginOf(context, simulator, { baseUrl: simulator.baseUrl, disasterRecoveryUrl: REFUSING_ADDRESS });
    assert.equal((await brokenOther.channel.charge(order('FAILOVER2'), call({ attempt: 2 }))).kind, 'pending');

    const bothBroken = await pluginOf(context, simulator, { baseUrl: REFUSING_ADDRESS, disasterRecoveryUrl: REFUSING_ADDRESS });
    assert.equal((await bothBroken.channel.charge(order('FAILOVER3'), call())).kind, 'notSent');
  });

  test('a redirect is not followed: the signed request stays with the configured host', async (context) => {
    const simulator = await simulatorOf(context);
    const visitors: string[] = [];
    const server = createServer((request, response) => {
      visitors.push(request.url ?? '');
      response.writeHead(302, { location: `${simulator.baseUrl}v3/pay/transactions/native` }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    context.after(() => server.close());
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const plugin = await pluginOf(context, simulator, { baseUrl: `http://127.0.0.1:${String(address.port)}` });
    assert.equal((await plugin.channel.charge(order('REDIRECT1'), call())).kind, 'unknown');
    assert.deepEqual(visitors, ['/v3/pay/transactions/native']);
    assert.equal(simulator.orders.list().length, 0);
  });

  test('a connection that is reset after the request arrived is unknown, not unsent', async (context) => {
    const simulator = await simulatorOf(context);
    let arrivals = 0;
    const server = createServer((request) => {
      arrivals += 1;
      request.resume().once('end', () => request.socket.resetAndDestroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    context.after(() => server.close());
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const plugin = await pluginOf(context, simulator, { baseUrl: `http://127.0.0.1:${String(address.port)}`, disasterRecoveryUrl: simulator.baseUrl });
    assert.equal((await plugin.channel.charge(order('RESET001'), call())).kind, 'unknown');
    assert.equal(arrivals, 1);
    assert.equal(simulator.orders.list().length, 0);
  });

  test('a refused charge is declined when no order exists, and unknown on a repeat', async (context) => {
    const simulator = await simulatorOf(context);
    const plugin = await pluginOf(context, simulator);
    const tooShort = { ...order('EXPIRED1'), expiresAt: new Date(Date.now() + 5_000).toISOString() };
    const first = await plugin.channel.charge(tooShort, call());
    assert.deepEqual(first.kind === 'declined' && first.code, 'PARAM_ERROR');
    assert.equal((await plugin.channel.charge(tooShort, call({ attempt: 2 }))).kind, 'unknown');

    // The refusal is about the repeat; the order of the first attempt is there.
    const wellTimed = order('EXPIRED2');
    await plugin.channel.charge(wellTimed, call());
    simulator.faults.inject({ on: 'nativeOrder', fault: { kind: 'refuse', status: 400, code: 'PARAM_ERROR', message: 'time_expire' } });
    assert.equal((await plugin.channel.charge(wellTimed, call())).kind, 'unknown');
  });

  test('a refund beyond the merchant balance is declined with the code of WeChat Pay', async (context) => {
    const simulator = await simulatorOf(context, { openingBalanceFen: 0 });
    const plugin = await pluginOf(context, simulator);
    const paid = order('BALANCE1');
    await plugin.channel.charge(paid, call());
    simulator.pay(paid.tradeNo);
    const outcome = await plugin.channel.refund?.(refundOf(paid, 'RBALANCE1', paid.amountFen), call());
    assert.deepEqual(outcome?.kind === 'declined' && outcome.code, 'NOT_ENOUGH');
  });

  for (const kind of ['signatureProbe', 'wrongSerial', 'truncatedBody'] as const) {
    test(`an answer with ${kind} is unknown`, async (context) => {
      const simulator = await simulatorOf(context);
      for (const mode of ['publicKey', 'platformCertificate'] as const) {
        const plugin = await pluginOf(context, simulator, {}, mode);
        simulator.faults.inject({ on: 'nativeOrder', fault: { kind } });
        assert.equal((await plugin.channel.charge(order(`FAULT${mode.slice(0, 6)}`), call())).kind, 'unknown');
      }
    });
  }

  test('a signed gateway error and an unsigned one are both unknown', async (context) => {
    const simulator = await simulatorOf(context);
    const plugin = await pluginOf(context, simulator);
    for (const status of [500, 502, 503, 504] as const) {
      simulator.faults.inject({ on: 'refund', fault: { kind: 'failBeforeExecuting', status } });
      const outcome = await plugin.channel.refund?.(refundOf(order('T0000001'), `R0000${String(status)}`, 1), call());
      assert.equal(outcome?.kind, 'unknown');
    }
  });

  test('an answer about another merchant or with another amount is passed on for the core to compare', async (context) => {
    const simulator = await simulatorOf(context);
    const plugin = await pluginOf(context, simulator);
    const paid = order('COMPARE1');
    await plugin.channel.charge(paid, call());
    simulator.pay(paid.tradeNo);
    simulator.faults.inject({ on: 'queryOrder', fault: { kind: 'otherMerchant' } });
    const strange = await plugin.channel.query(referenceTo(paid), call());
    assert.deepEqual(strange.kind === 'succeeded' && strange.merchantNo, '1699999999');
    simulator.faults.inject({ on: 'queryOrder', fault: { kind: 'otherAmount', amountFen: 1 } });
    const small = await plugin.channel.query(referenceTo(paid), call());
    assert.deepEqual(small.kind === 'succeeded' && small.amountFen, 1);
  });

  test('the signature probe among the notifications is refused and answered with an error', async (context) => {
    const simulator = await simulatorOf(context);
    const plugin = await pluginOf(context, simulator);
    const paid = order('PROBE001');
    await plugin.channel.charge(paid, call());
    simulator.pay(paid.tradeNo);
    for (const kind of ['signatureProbe', 'staleSignature', 'garbageBody'] as const) {
      const notification = await plugin.channel.readNotification?.(arrived(simulator.makeNotification({ outTradeNo: paid.tradeNo }, { kind })));
      assert.equal(notification?.kind, 'refused', kind);
    }
    assert.ok((plugin.channel.answerNotification?.('refused').status ?? 0) >= 400);
  });

  test('while a hospital migrates, both of the keys of WeChat Pay are accepted', async (context) => {
    const simulator = await simulatorOf(context);
    const old = await pluginOf(context, simulator, {}, 'platformCertificate');
    const both = await pluginOf(context, simulator, {}, 'both');
    const fresh = await pluginOf(context, simulator, {}, 'publicKey');
    const signedByCertificate = order('MIGRATE1');
    const signedByKey = order('MIGRATE2');
    await old.channel.charge(signedByCertificate, call());
    await both.channel.charge(signedByKey, call());
    for (const { tradeNo } of [signedByCertificate, signedByKey]) {
      simulator.pay(tradeNo);
      const raw = arrived(simulator.makeNotification({ outTradeNo: tradeNo }));
      assert.equal((await both.channel.readNotification?.(raw))?.kind, 'payment', tradeNo);
      const accepted = (await fresh.channel.readNotification?.(raw))?.kind;
      assert.equal(accepted, tradeNo === signedByKey.tradeNo ? 'payment' : 'refused');
    }
  });

  test('a bill with another SHA-1 is malformed, a day without trade is empty, a bill in the making is not ready', async (context) => {
    const simulator = await simulatorOf(context, { billsReadyAtOnceForTests: true });
    const plugin = await pluginOf(context, simulator);
    const paid = order('BILLED01');
    await plugin.channel.charge(paid, call());
    simulator.pay(paid.tradeNo);
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    simulator.faults.inject({ on: 'bill', fault: { kind: 'hashMismatch' } });
    assert.equal((await plugin.channel.downloadStatement?.({ day: today }, call()))?.kind, 'malformed');
    assert.equal((await plugin.channel.downloadStatement?.({ day: today }, call()))?.kind, 'ok');
    const lastWeek = new Date(Date.now() - 7 * 86_400_000).toISOString().slice(0, 10);
    assert.equal((await plugin.channel.downloadStatement?.({ day: lastWeek }, call()))?.kind, 'empty');
    simulator.faults.inject({ on: 'tradeBill', fault: { kind: 'refuse', status: 400, code: 'STATEMENT_CREATING', message: '账单生成中' } });
    assert.equal((await plugin.channel.downloadStatement?.({ day: today }, call()))?.kind, 'notReady');
  });

  test('settings that would send signed requests in the clear, or misspell a key, are refused', () => {
    const settings = {
      mchid: '1600000001',
      appid: 'wx0000000000000001',
      merchantCertificateSerial: 'AB'.repeat(20),
      merchantPrivateKeyPem: 'x'.repeat(200),
      apiV3Key: 'k'.repeat(32),
      verification: { mode: 'platformCertificate' },
    };
    assert.ok(Value.Check(WechatPaySettingsSchema, settings));
    assert.ok(Value.Check(WechatPaySettingsSchema, { ...settings, baseUrl: 'https://api2.mch.weixin.qq.com' }));
    for (const wrong of [{ baseUrl: 'http://10.0.0.8:80' }, { baseUrl: 'https://api.mch.weixin.qq.com/v3' }, { apiV3Key: 'short' }, { mchId: '1' }, { verification: { mode: 'publicKey' } }]) {
      assert.ok(!Value.Check(WechatPaySettingsSchema, { ...settings, ...wrong }), JSON.stringify(wrong));
    }
    const broken = makeTestContext({ settings: { ...settings, verification: { mode: 'platformCertificate' as const } } });
    assert.throws(() => wechatPay.activate(broken), /merchantPrivateKeyPem is not a private key/);
  });
});

async function simulatorOf(context: TestContext, options: WechatPaySimulatorOptions = {}): Promise<WechatPaySimulator> {
  const simulator = await startWechatPaySimulator({ notificationRetryGapsMs: [], ...options });
  context.after(() => simulator.stop());
  return simulator;
}

async function pluginOf(
  context: TestContext,
  simulator: WechatPaySimulator,
  settings: Parameters<typeof activateWechatPay>[0]['settings'] = {},
  mode: Parameters<typeof activateWechatPay>[0]['mode'] = 'publicKey',
): Promise<ActivatedWechatPay> {
  const plugin = await activateWechatPay({ credentials: simulator.merchantCredentials, baseUrl: simulator.baseUrl, mode, settings });
  context.after(() => plugin.stop());
  return plugin;
}

function order(tradeNo: string): ChargeRequest {
  return { tradeNo, amountFen: 1_234, description: '门诊缴费', method: 'nativeQr', submittedAt: new Date().toISOString(), expiresAt: new Date(Date.now() + 600_000).toISOString() };
}

function referenceTo({ tradeNo, submittedAt, amountFen, method }: ChargeRequest): PaymentReference {
  return { tradeNo, submittedAt, amountFen, method };
}

function refundOf(paid: ChargeRequest, refundNo: string, refundFen: number): RefundRequest {
  return { refundNo, submittedAt: new Date().toISOString(), refundFen, reason: '退费', payment: referenceTo(paid) };
}

function call(change: Partial<CallContext> = {}): CallContext {
  return { deadline: new Date(Date.now() + 10_000).toISOString(), signal: new AbortController().signal, attempt: 1, ...change };
}
