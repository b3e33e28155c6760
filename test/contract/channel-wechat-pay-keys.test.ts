import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import { describe, test, type TestContext } from 'node:test';

import type { CallContext, PaymentChannel } from '@hospay/plugin-sdk';

import { sealResource } from '../simulators/wechat-pay/sealed-resource.js';
import { selfSignedCertificate } from '../simulators/machinery/certificate-writer.js';
import { activateWechatPay, arrived } from './channel-wechat-pay-subject.js';

const API_V3_KEY = 'canary-api-v3-key-of-32-letters!';
const MERCHANT = '1600000001';
const APP = 'wx0000000000000001';
const HOUR_MS = 3_600_000;
const START = new Date('2026-03-02T02:00:00Z');

const keys = { old: generateKeyPairSync('rsa', { modulusLength: 2048 }), fresh: generateKeyPairSync('rsa', { modulusLength: 2048 }) };

type Certificate = { readonly serial: string; readonly pem: string; readonly privateKey: KeyObject };

const OLD = certificate('4A', keys.old, new Date(START.getTime() + 48 * HOUR_MS));
const FRESH = certificate('5B', keys.fresh, new Date(START.getTime() + 999 * HOUR_MS));

/** Money-safety bug 17: an idle process must not keep an expired platform certificate until it is restarted. */
describe('wechat-pay platform certificates', () => {
  test('certificates are downloaded when first needed and again after twelve hours, without a timer', async (context) => {
    const far = await farSide(context);
    assert.equal(await far.ask(), 'notFound');
    assert.equal(await far.ask(), 'notFound');
    assert.equal(far.downloads(), 1);
    far.clock.forward(12 * HOUR_MS);
    assert.equal(await far.ask(), 'notFound');
    assert.equal(far.downloads(), 2);
  });

  test('a new certificate is taken up when its serial first appears, and the old one stays valid beside it', async (context) => {
    const far = await farSide(context);
    await far.ask();
    far.offered = [OLD, FRESH];
    far.signer = FRESH;
    far.clock.forward(HOUR_MS);
    assert.equal(await far.ask(), 'notFound');
    far.offered = [FRESH];
    far.clock.forward(12 * HOUR_MS);
    assert.equal(await far.ask(), 'notFound');
    far.signer = OLD;
    assert.equal(await far.ask(), 'notFound', 'WeChat Pay signs with either for some days');
  });

  test('a process that idled past the expiry renews on use, and an expired certificate proves nothing', async (context) => {
    const far = await farSide(context);
    await far.ask();
    far.clock.forward(72 * HOUR_MS);
    far.offered = [FRESH];
    far.signer = OLD;
    assert.equal(await far.ask(), 'unknown');
    far.signer = FRESH;
    assert.equal(await far.ask(), 'notFound');
  });

  test('a failed refresh keeps what is still valid, and nothing longer than that', async (context) => {
    const far = await farSide(context);
    await far.ask();
    far.clock.forward(13 * HOUR_MS);
    far.offered = [];
    assert.equal(await far.ask(), 'notFound');
    far.clock.forward(36 * HOUR_MS);
    assert.equal(await far.ask(), 'unknown');
  });

  test('certificates encrypted under another APIv3 key, or an answer signed by a stranger, are not taken up', async (context) => {
    const otherKey = await farSide(context);
    otherKey.sealedWith = 'another-api-v3-key-of-32-letters';
    assert.equal(await otherKey.ask(), 'unknown');
    const stranger = await farSide(context);
    stranger.certificatesSigner = { ...OLD, privateKey: keys.fresh.privateKey };
    assert.equal(await stranger.ask(), 'unknown');
  });

  test('invented serials do not make the plugin ask for certificates each time', async (context) => {
    const far = await farSide(context);
    await far.ask();
    far.clock.forward(HOUR_MS);
    far.signer = { ...OLD, serial: '7E'.repeat(20) };
    for (let times = 0; times < 20; times += 1) assert.equal(await far.ask(), 'unknown');
    assert.equal(far.downloads(), 2);
  });

  test('calls at the same moment share one download', async (context) => {
    const far = await farSide(context);
    assert.deepEqual(await Promise.all([far.ask(), far.ask(), far.ask()]), ['notFound', 'notFound', 'notFound']);
    assert.equal(far.downloads(), 1);
  });

  test('a notification about another app or another merchant is refused though its signature is right', async (context) => {
    const far = await farSide(context);
    const trade = { appid: APP, mchid: MERCHANT, out_trade_no: 'T0000001', trade_state: 'SUCCESS', transaction_id: '42', success_time: '2026-03-02T10:00:00+08:00', amount: { total: 100 } };
    const read = async (plaintext: object): Promise<string | undefined> => (await far.channel.readNotification?.(arrived(far.notification(plaintext), far.clock.now())))?.kind;
    assert.equal(await read(trade), 'payment');
    assert.equal(await read({ ...trade, appid: 'wx0000000000000002' }), 'refused');
    assert.equal(await read({ ...trade, mchid: '1600000002' }), 'refused');
    assert.equal(await read({ ...trade, amount: { total: '100' } }), 'refused');
    assert.equal(await read({ ...trade, amount: { total: 0.5 } }), 'refused');
  });

  test('a paid trade with coupons counts whole: the total, not what the payer gave', async (context) => {
    const far = await farSide(context);
    const trade = { appid: APP, mchid: MERCHANT, out_trade_no: 'T0000001', trade_state: 'REFUND', transaction_id: '42', success_time: '2026-03-02T10:00:00+08:00', amount: { total: 100, payer_total: 60 } };
    const notification = await far.channel.readNotification?.(arrived(far.notification(trade), far.clock.now()));
    assert.ok(notification?.kind === 'payment' && notification.news.kind === 'succeeded');
    assert.equal(notification.news.amountFen, 100);
  });
});

type FarSide = {
  readonly channel: PaymentChannel;
  readonly clock: { now(): Date; forward(milliseconds: number): void };
  /** Asks about an order that does not exist: `notFound` when the answer was believed. */
  ask(): Promise<string>;
  downloads(): number;
  notification(plaintext: object): { headers: Record<string, string>; body: Buffer };
  offered: readonly Certificate[];
  signer: Certificate;
  certificatesSigner: Certificate | undefined;
  sealedWith: string;
};

/** A WeChat Pay of two answers: its certificates, and "no such order", signed as the test says. */
async function farSide(context: TestContext): Promise<FarSide> {
  let time = START.getTime();
  let downloads = 0;
  const clock = { now: () => new Date(time), forward: (milliseconds: number) => { time += milliseconds; } };
  const signed = (body: Buffer, by: Certificate): Record<string, string> => {
    const timestamp = String(Math.floor(time / 1000));
    const message = Buffer.concat([Buffer.from(`${timestamp}\nnonce\n`), body, Buffer.from('\n')]);
    return { 'wechatpay-timestamp': timestamp, 'wechatpay-nonce': 'nonce', 'wechatpay-serial': by.serial, 'wechatpay-signature': sign('sha256', message, by.privateKey).toString('base64') };
  };
  const server = createServer((request, response) => {
    const aboutCertificates = request.url?.startsWith('/v3/certificates') === true;
    if (aboutCertificates) downloads += 1;
    const data = far.offered.map(({ serial, pem }) => ({ serial_no: serial, encrypt_certificate: sealResource({ plaintext: pem, apiV3Key: far.sealedWith, associatedData: 'certificate' }) }));
    const body = Buffer.from(JSON.stringify(aboutCertificates ? { data } : { code: 'ORDER_NOT_EXIST', message: '订单不存在' }));
    const by = aboutCertificates ? (far.certificatesSigner ?? far.offered[0] ?? far.signer) : far.signer;
    response.writeHead(aboutCertificates ? 200 : 404, { 'content-type': 'application/json', ...signed(body, by) }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const plugin = await activateWechatPay({
    credentials: {
      merchantId: MERCHANT,
      appId: APP,
      merchantCertificateSerial: '3C'.repeat(20),
      merchantPrivateKeyPem: String(keys.old.privateKey.export({ type: 'pkcs8', format: 'pem' })),
      apiV3Key: API_V3_KEY,
      platformPublicKey: { id: 'PUB_KEY_ID_0', publicKeyPem: '' },
    },
    baseUrl: `http://127.0.0.1:${String(address.port)}`,
    mode: 'platformCertificate',
    now: clock.now,
  });
  context.after(async () => {
    await plugin.stop();
    server.closeAllConnections();
    server.close();
  });
  const callContext = (): CallContext => ({ deadline: new Date(time + 10_000).toISOString(), signal: new AbortController().signal, attempt: 1 });
  const far: FarSide = {
    channel: plugin.channel,
    clock,
    ask: async () => (await plugin.channel.query({ tradeNo: 'T0000001', submittedAt: new Date(time).toISOString(), amountFen: 1, method: 'nativeQr' }, callContext())).kind,
    downloads: () => downloads,
    notification: (plaintext) => {
      const resource = sealResource({ plaintext: JSON.stringify(plaintext), apiV3Key: API_V3_KEY, associatedData: 'transaction' });
      const body = Buffer.from(JSON.stringify({ id: 'event-1', event_type: 'TRANSACTION.SUCCESS', resource_type: 'encrypt-resource', resource }));
      return { headers: signed(body, far.signer), body };
    },
    offered: [OLD],
    signer: OLD,
    certificatesSigner: undefined,
    sealedWith: API_V3_KEY,
  };
  return far;
}

function certificate(digits: string, pair: { readonly privateKey: KeyObject }, notAfter: Date): Certificate {
  const serial = digits.repeat(20);
  const pem = selfSignedCertificate({
    serialNumber: serial,
    commonName: 'Platform of the test',
    organisation: 'Hospay tests',
    notBefore: new Date(START.getTime() - HOUR_MS),
    notAfter,
    publicKey: createPublicKey(pair.privateKey),
    privateKey: pair.privateKey,
  });
  return { serial, pem, privateKey: pair.privateKey };
}
