import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { createPluginHost } from '@hospay/server/plugin-host/plugin-host.js';
import { SILENT_METRICS } from '@hospay/server/plugin-host/ports.js';

import { ROOT } from '../architecture/source-files.js';
import { startWechatPaySimulator } from '../simulators/wechat-pay/start-wechat-pay-simulator.js';
import { partnerSettings, scannedCodeSettings } from './channel-wechat-pay-subject.js';

test('behind the production host, the manifest lets through what the channel needs: API v3, API v2 and the fund statement', async (context) => {
  const simulator = await startWechatPaySimulator({ billsReadyAtOnceForTests: true, notificationRetryGapsMs: [], reverseWaitMs: 0 });
  const host = createPluginHost({
    folders: [join(ROOT, 'plugins/channels')], clock: { now: () => new Date() }, log: SILENT_LOG, metrics: SILENT_METRICS, stores: { open: () => createMemoryStore() }, isFirstParty: () => true, timers: SYSTEM_TIMERS,
  });
  context.after(async () => {
    await host.stop();
    await simulator.stop();
  });
  host.discover();
  const credentials = simulator.merchantCredentials;
  const settings = {
    mchid: credentials.merchantId, appid: credentials.appId, merchantCertificateSerial: credentials.merchantCertificateSerial, merchantPrivateKeyPem: credentials.merchantPrivateKeyPem, apiV3Key: credentials.apiV3Key,
    verification: { mode: 'publicKey', publicKeyId: credentials.platformPublicKey.id, publicKeyPem: credentials.platformPublicKey.publicKeyPem },
    baseUrl: simulator.baseUrl, methods: ['nativeQr', 'jsapi', 'paymentCode'], ...scannedCodeSettings(credentials, 'v2'), reverseAfterMs: 0,
  };
  const activated = await host.activate({ id: 'own', plugin: 'wechat-pay', settings, enabled: true, merchantNo: credentials.merchantId });
  assert.equal(activated.state, 'active', activated.reason);
  const ofSub = await host.activate({ id: 'sub', plugin: 'wechat-pay', settings: { ...settings, partner: partnerSettings(credentials) }, enabled: true, merchantNo: credentials.subMerchant.merchantId });
  assert.equal(ofSub.state, 'active', ofSub.reason);

  for (const id of ['own', 'sub']) {
    const channel = host.channel(id);
    assert.ok(channel !== undefined);
    const order = { tradeNo: `HOSTED-${id}`, amountFen: 1_234, description: '门诊缴费', method: 'paymentCode', authCode: simulator.newPaymentCode('asksPassword'), submittedAt: new Date().toISOString(), expiresAt: new Date(Date.now() + 120_000).toISOString() } as const;
    assert.equal((await channel.charge(order)).kind, 'pending');
    const payment = { tradeNo: order.tradeNo, submittedAt: order.submittedAt, amountFen: order.amountFen, method: order.method };
    assert.equal((await channel.close(payment)).kind, 'closed');
    const page = await channel.charge({ ...order, tradeNo: `PAGE-${id}`, method: 'jsapi', payerId: 'oSimulatedPayer000000000001' });
    assert.ok(page.kind === 'pending' && page.present.kind === 'invoke', JSON.stringify(page));
    simulator.pay(`PAGE-${id}`);
    const funds = await channel.fundStatement?.downloadFundStatement({ day: new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10), account: 'basic' });
    assert.equal(funds?.kind, 'ok', id);
  }
});
