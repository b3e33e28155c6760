import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import bankCard from '@hospay/channel-bank-card-pos';
import medicalInsurance from '@hospay/channel-medical-insurance';
import sandbox from '@hospay/channel-sandbox';
import unionpay from '@hospay/channel-unionpay';
import wechatPay, { type WechatPaySettings } from '@hospay/channel-wechat-pay';
import { CredentialListSchema, type Contributions, type Credential, type PaymentChannel } from '@hospay/plugin-sdk';
import { makeTestContext } from '@hospay/plugin-sdk/testkit';
import { judgeCredential } from '@hospay/server/monitoring/judge-credential.js';
import { describeSettings } from '@hospay/server/plugin-host/describe-settings.js';
import { Check } from 'typebox/value';
import { startMedicalInsuranceSimulator } from '../simulators/medical-insurance/start-medical-insurance-simulator.js';
import { startWechatPaySimulator } from '../simulators/wechat-pay/start-wechat-pay-simulator.js';
import { standOf } from './channel-alipay-stand.js';
import { settingsFor } from './channel-medical-insurance-subject.js';
import { unionpaySettings } from './channel-unionpay-subject.js';
import { startUnionPaySimulator } from '../simulators/unionpay/start-unionpay-simulator.js';

const policy = { alarmDays: [60, 30, 7, 1], sharedSecretDays: undefined };

test('WeChat Pay: certificate, serial and private key of one piece; the platform\'s certificates with their end; the public key by its id', async (context) => {
  const simulator = await startWechatPaySimulator();
  context.after(() => simulator.stop());
  const { merchantCredentials: own } = simulator;
  const added = simulator.addMerchantCertificate();
  const settings: WechatPaySettings = {
    mchid: own.merchantId, appid: own.appId, merchantCertificateSerial: added.serial, merchantCertificatePem: added.certificatePem, merchantPrivateKeyPem: added.privateKeyPem, apiV3Key: own.apiV3Key,
    verification: { mode: 'both', publicKeyId: own.platformPublicKey.id, publicKeyPem: own.platformPublicKey.publicKeyPem }, baseUrl: simulator.baseUrl,
  };
  const plugin = await wechatPay.activate(makeTestContext({ settings }));
  context.after(() => plugin.stop?.());
  const said = await list(plugin, 'wechat-pay');
  const whole = await joined(wechatPay.settings, settings, said);
  assert.deepEqual(said.map(({ name, holder, kind }) => [name.replace(/[0-9A-F]{40}/, '…'), holder, kind]), [
    ['merchantPrivateKeyPem', 'ours', 'privateKey'], ['merchantCertificatePem', 'ours', 'certificate'], ['apiV3Key', 'ours', 'sharedSecret'], ['verification.publicKeyPem', 'theirs', 'publicKey'], ['platformCertificate/…', 'theirs', 'certificate'],
  ]);
  assert.equal(said[1]?.fingerprint, createHash('sha256').update(new X509Certificate(added.certificatePem).raw).digest('hex'));
  assert.equal(said[3]?.serial, own.platformPublicKey.id);
  assert.equal(said[4]?.serial, own.platformCertificate.serial);
  assert.deepEqual(findings(whole), []);
  const otherKey = await joined(wechatPay.settings, { ...settings, merchantPrivateKeyPem: own.merchantPrivateKeyPem }, said);
  assert.deepEqual(findings(otherKey), [['merchantCertificatePem', 'keyMismatch']]);
  assert.doesNotMatch(JSON.stringify(whole), new RegExp(`${own.apiV3Key}|PRIVATE KEY`));
});

test('WeChat Pay: the APIv2 key and the app secret are watched where a hospital has them, and never told', async (context) => {
  const simulator = await startWechatPaySimulator();
  context.after(() => simulator.stop());
  const { merchantCredentials: own } = simulator;
  const settings: WechatPaySettings = {
    mchid: own.merchantId, appid: own.appId, merchantCertificateSerial: own.merchantCertificateSerial, merchantCertificatePem: own.merchantCertificatePem, merchantPrivateKeyPem: own.merchantPrivateKeyPem, apiV3Key: own.apiV3Key,
    apiV2Key: own.apiV2Key, appSecret: own.appSecret, verification: { mode: 'publicKey', publicKeyId: own.platformPublicKey.id, publicKeyPem: own.platformPublicKey.publicKeyPem }, baseUrl: simulator.baseUrl,
  };
  const plugin = await wechatPay.activate(makeTestContext({ settings }));
  context.after(() => plugin.stop?.());
  const said = await list(plugin, 'wechat-pay');
  assert.deepEqual(said.filter(({ kind }) => kind === 'sharedSecret').map(({ name }) => name), ['apiV3Key', 'apiV2Key', 'appSecret']);
  const whole = await joined(wechatPay.settings, settings, said);
  assert.deepEqual(findings(whole), []);
  assert.doesNotMatch(JSON.stringify(whole), new RegExp(`${own.apiV2Key}|${own.appSecret}|${own.apiV3Key}`));
});

test('WeChat Pay with a serial only has a certificate whose end nobody knows; without any platform certificate one is missing', async (context) => {
  const { merchantCredentials: own, ...simulator } = await startWechatPaySimulator();
  const settings: WechatPaySettings = {
    mchid: own.merchantId, appid: own.appId, merchantCertificateSerial: own.merchantCertificateSerial, merchantPrivateKeyPem: own.merchantPrivateKeyPem, apiV3Key: own.apiV3Key,
    verification: { mode: 'platformCertificate' }, baseUrl: simulator.baseUrl,
  };
  await simulator.stop();
  const plugin = await wechatPay.activate(makeTestContext({ settings }));
  context.after(() => plugin.stop?.());
  assert.deepEqual(findings(await joined(wechatPay.settings, settings, await list(plugin, 'wechat-pay'))), [['merchantCertificateSerial', 'expiryUnknown'], ['platformCertificate', 'missing']]);
});

test('Alipay in certificate mode: app certificate and key belong together, a certificate it moved to stands beside the configured one, roots in use are watched', async (context) => {
  const stand = await standOf(context, { mode: 'certificate' });
  const before = await listOf(stand.channel);
  assert.ok(before.some(({ name, belongsTo }) => name === 'verification.appCertificatePem' && belongsTo === 'appPrivateKeyPem'));
  assert.ok(before.some(({ name, group }) => name.startsWith('verification.alipayRootCertificatePem') && group === undefined), 'the root our certificates lead to has nobody to stand in for it');
  stand.simulator.changeCertificate();
  const now = new Date(stand.clock.atMs).toISOString();
  await stand.channel.query({ tradeNo: 'NOBODY', submittedAt: now, amountFen: 1, method: 'nativeQr' }, { deadline: now, signal: new AbortController().signal, attempt: 1 });
  const named = (await listOf(stand.channel)).filter(({ group }) => group === 'alipayCertificate');
  assert.equal(named.length, 2);
  assert.ok(named.every(({ notAfter, holder }) => notAfter !== undefined && holder === 'theirs'));
});

test('Alipay in key mode lists both keys by what is public of them', async (context) => {
  const stand = await standOf(context, { mode: 'publicKey' });
  assert.deepEqual((await listOf(stand.channel)).map(({ name, kind, problem }) => [name, kind, problem]), [['appPrivateKeyPem', 'privateKey', undefined], ['verification.alipayPublicKey', 'publicKey', undefined]]);
});

test('UnionPay: the chain its signatures are proven by, with its ends; the secure key where that signs', async (context) => {
  const simulator = await startUnionPaySimulator();
  context.after(() => simulator.stop());
  const byCertificate = unionpaySettings(simulator.merchantCredentials, '01', simulator);
  const whole = await joined(unionpay.settings, byCertificate, await list(await unionpay.activate(makeTestContext({ settings: byCertificate })), 'unionpay'));
  assert.deepEqual(whole.map(({ name, holder, kind, problem }) => [name.split('/')[0], holder, kind, problem]), [
    ['merchantPrivateKeyPem', 'ours', 'privateKey', undefined], ['rootCertificatePem', 'theirs', 'certificate', undefined], ['middleCertificatePems', 'theirs', 'certificate', undefined],
  ]);
  assert.equal(BigInt(`0x${whole[0]?.serial ?? '0'}`).toString(), simulator.merchantCredentials.certId);
  assert.ok(whole.slice(1).every(({ notAfter }) => notAfter !== undefined));
  const bySecret = unionpaySettings(simulator.merchantCredentials, '11', simulator);
  assert.deepEqual((await list(await unionpay.activate(makeTestContext({ settings: bySecret })), 'unionpay')).map(({ name, kind }) => [name, kind]), [['secureKey', 'sharedSecret']]);
});

test('the insurance centre: SM2 keys by their public halves, secrets by what they open', async (context) => {
  const simulator = await startMedicalInsuranceSimulator();
  context.after(() => simulator.stop());
  const settings = settingsFor(simulator);
  const plugin = await medicalInsurance.activate(makeTestContext({ settings }));
  context.after(() => plugin.stop?.());
  const whole = await joined(medicalInsurance.settings, settings, await list(plugin, 'medical-insurance'));
  assert.deepEqual(whole.map(({ name, kind, problem }) => [name, kind, problem]), [['gatewaySecret', 'sharedSecret', undefined], ['gatewayPassword', 'sharedSecret', undefined], ['signingPrivateKey', 'privateKey', undefined], ['centrePublicKey', 'publicKey', undefined]]);
  assert.doesNotMatch(JSON.stringify(whole), new RegExp(`${settings.gatewaySecret ?? '-'}|${settings.signingPrivateKey ?? '-'}`));
});

test('the cloud profile of the card terminal has its AppKey, the records of the other profile have none; the sandbox names its notification key', async () => {
  const terminals = [{ terminalId: 'W1', terminalCode: 'T1' }];
  const cloud = await bankCard.activate(makeTestContext({ settings: { profile: 'cloud' as const, merchantNo: 'M1', terminals, baseUrl: 'http://127.0.0.1:9', appId: 'app1', appKey: 'canary-app-key-0001' } }));
  assert.deepEqual((await list(cloud, 'bank-card-pos')).map(({ name, serial }) => [name, serial]), [['appKey', 'app1']]);
  const mis = await bankCard.activate(makeTestContext({ settings: { profile: 'mis' as const, merchantNo: 'M1', terminals: [{ terminalId: 'W1', host: '127.0.0.1', port: 9, posId: 'P1', operatorNo: '01' }] } }));
  assert.deepEqual(await list(mis, 'bank-card-pos'), []);
  await Promise.all([cloud.stop?.(), mis.stop?.()]);
  const practice = await sandbox.activate(makeTestContext({ settings: { notificationKey: 'canary-notification-key' } }));
  assert.deepEqual((await list(practice, 'sandbox')).map(({ name }) => name), ['notificationKey']);
});

async function list(plugin: Contributions, name: string): Promise<readonly Credential[]> {
  const channel = plugin.channels?.[name];
  assert.ok(channel);
  return listOf(channel);
}

async function listOf(channel: PaymentChannel): Promise<readonly Credential[]> {
  const listed: unknown = await channel.listCredentials?.({}, { deadline: new Date().toISOString(), signal: AbortSignal.timeout(10_000) });
  assert.ok(Check(CredentialListSchema, listed), JSON.stringify(listed));
  return listed.credentials;
}

/** As the host joins its own reading of the settings with what the plugin says. */
async function joined(schema: unknown, settings: Readonly<Record<string, unknown>>, said: readonly Credential[]): Promise<readonly Credential[]> {
  const own = await describeSettings({ schema, settings, said, keyedFingerprint: (secret, place) => createHash('sha256').update(`${place} ${secret}`).digest('hex') });
  return [...own, ...said.filter(({ name }) => !own.some((other) => other.name === name))];
}

function findings(credentials: readonly Credential[]): string[][] {
  return credentials.flatMap((credential) => judgeCredential(credential, credentials, { now: new Date(), since: new Date(), policy }).map(({ kind }) => [credential.name, kind]));
}
