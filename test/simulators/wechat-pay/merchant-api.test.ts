import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, describe, it } from 'node:test';

import {
  asObject,
  isSignedByPlatform,
  nativeOrder,
  openResource,
  refundOf,
  sdkClient,
  sendRaw,
  type RawAnswer,
  type RequestFlaws,
} from './merchant-for-tests.js';
import type { SigningMode } from './platform-signature.js';
import { sealResource } from './sealed-resource.js';
import { startWechatPaySimulator, type WechatPaySimulator } from './start-wechat-pay-simulator.js';

const NATIVE = '/v3/pay/transactions/native';
const REFUNDS = '/v3/refund/domestic/refunds';

describe('the merchant API of the WeChat Pay simulator', () => {
  let time = new Date('2026-11-22T10:00:00+08:00');
  let simulator: WechatPaySimulator;
  let counter = 0;

  before(async () => {
    simulator = await startWechatPaySimulator({ now: () => time, notificationRetryGapsMs: [] });
  });
  after(() => simulator.stop());

  const newNumber = (): string => `T20261122${String(++counter).padStart(6, '0')}`;
  const send = (method: 'GET' | 'POST', target: string, body?: object | string, flaws?: RequestFlaws): Promise<RawAnswer> =>
    sendRaw({
      baseUrl: simulator.baseUrl,
      credentials: simulator.merchantCredentials,
      now: time,
      method,
      target,
      ...(body === undefined ? {} : { body }),
      ...(flaws === undefined ? {} : { flaws }),
    });
  const place = (overrides: Record<string, unknown> & { out_trade_no: string }): Promise<RawAnswer> =>
    send('POST', NATIVE, nativeOrder(simulator.merchantCredentials, overrides));
  const query = (outTradeNo: string): Promise<RawAnswer> =>
    send('GET', `/v3/pay/transactions/out-trade-no/${outTradeNo}?mchid=${simulator.merchantCredentials.merchantId}`);
  const close = (outTradeNo: string): Promise<RawAnswer> =>
    send('POST', `/v3/pay/transactions/out-trade-no/${outTradeNo}/close`, { mchid: simulator.merchantCredentials.merchantId });
  const paidOrder = async (): Promise<string> => {
    const outTradeNo = newNumber();
    assert.equal((await place({ out_trade_no: outTradeNo })).status, 200);
    simulator.pay(outTradeNo);
    return outTradeNo;
  };
  const assertRefused = (answer: RawAnswer, status: number, code: string, preciseCode?: number): void => {
    assert.deepEqual({ status: answer.status, code: answer.body['code'] }, { status, code }, answer.text);
    assert.ok(isSignedByPlatform(answer, simulator.merchantCredentials), 'a refusal is signed too');
    if (preciseCode !== undefined) assert.equal(String(answer.headers['request-id']).split('-').at(-1), String(preciseCode));
  };

  it('an order goes from NOTPAY to SUCCESS to REFUND, found by both numbers', async () => {
    const outTradeNo = newNumber();
    const placed = await place({ out_trade_no: outTradeNo, attach: 'A1', scene_info: { device_id: 'KIOSK-7' } });
    assert.match(String(placed.body['code_url']), /^weixin:\/\/wxpay\/bizpayurl\?pr=\w+$/);
    const unpaid = (await query(outTradeNo)).body;
    assert.equal(unpaid['trade_state'], 'NOTPAY');
    assert.equal(unpaid['transaction_id'], undefined);
    assert.equal(unpaid['success_time'], undefined);

    const { transactionId } = simulator.pay(outTradeNo);
    const paid = (await query(outTradeNo)).body;
    assert.deepEqual(
      [paid['trade_state'], paid['transaction_id'], paid['trade_type'], paid['attach'], paid['success_time']],
      ['SUCCESS', transactionId, 'NATIVE', 'A1', '2026-11-22T10:00:00+08:00'],
    );
    assert.deepEqual(paid['amount'], { total: 1234, payer_total: 1234, currency: 'CNY', payer_currency: 'CNY' });
    const merchantId = simulator.merchantCredentials.merchantId;
    const byId = await send('GET', `/v3/pay/transactions/id/${transactionId}?mchid=${merchantId}`);
    assert.deepEqual(byId.body, paid);

    const refund = await send('POST', REFUNDS, refundOf(outTradeNo, { amount: { refund: 34, total: 1234, currency: 'CNY' } }));
    assert.equal(refund.body['status'], 'PROCESSING');
    assert.equal((await query(outTradeNo)).body['trade_state'], 'REFUND');
    const settled = await send('GET', `${REFUNDS}/R${outTradeNo}`);
    assert.deepEqual([settled.body['status'], settled.body['success_time']], ['SUCCESS', '2026-11-22T10:00:00+08:00']);
    assert.equal(asObject(settled.body['amount'])['refund'], 34);
  });

  it('a JSAPI order gives a prepay id and is paid by the payer it names', async () => {
    const outTradeNo = newNumber();
    const body = nativeOrder(simulator.merchantCredentials, { out_trade_no: outTradeNo, payer: { openid: 'oTestPayer0001' } });
    const placed = await send('POST', '/v3/pay/transactions/jsapi', body);
    assert.match(String(placed.body['prepay_id']), /^wx\w{30,}$/);
    simulator.pay(outTradeNo);
    const paid = (await query(outTradeNo)).body;
    assert.deepEqual([paid['trade_type'], paid['payer']], ['JSAPI', { openid: 'oTestPayer0001' }]);
    const badPayer = { ...body, out_trade_no: newNumber(), payer: { openid: '?' } };
    assertRefused(await send('POST', '/v3/pay/transactions/jsapi', badPayer), 400, 'PARAM_ERROR', 268501013);
  });

  it('closing answers a signed 204 with no body, again and again', async () => {
    const outTradeNo = newNumber();
    await place({ out_trade_no: outTradeNo });
    for (const answer of [await close(outTradeNo), await close(outTradeNo)]) {
      assert.equal(answer.status, 204);
      assert.equal(answer.bytes.length, 0);
      assert.ok(isSignedByPlatform(answer, simulator.merchantCredentials));
    }
    assert.equal((await query(outTradeNo)).body['trade_state'], 'CLOSED');
    assert.throws(() => simulator.pay(outTradeNo), /closed/);
    assertRefused(await place({ out_trade_no: outTradeNo }), 400, 'ORDER_CLOSED');
  });

  it('a paid order can be neither closed nor placed again', async () => {
    const outTradeNo = await paidOrder();
    assertRefused(await close(outTradeNo), 400, 'ORDERPAID', 268498689);
    assertRefused(await place({ out_trade_no: outTradeNo }), 400, 'ORDERPAID', 268498689);
    assert.equal((await query(outTradeNo)).body['trade_state'], 'SUCCESS');
    assert.throws(() => simulator.pay(outTradeNo), /alreadyPaid/);
  });

  it('an order nobody placed is not found, whoever asks', async () => {
    assertRefused(await query('T0000000000'), 404, 'ORDER_NOT_EXIST', 268512771);
    assertRefused(await close('T0000000000'), 404, 'ORDER_NOT_EXIST', 268512771);
    assertRefused(await send('GET', `${REFUNDS}/R0000000000`), 404, 'RESOURCE_NOT_EXISTS');
    assertRefused(await send('POST', REFUNDS, refundOf('T0000000000')), 404, 'RESOURCE_NOT_EXISTS');
    assertRefused(await send('GET', '/v3/no/such/thing'), 404, 'RESOURCE_NOT_EXISTS');
  });

  it('the same order again gives a new code and kills the old; with other parameters it is refused', async () => {
    const outTradeNo = newNumber();
    const first = await place({ out_trade_no: outTradeNo });
    const again = await place({ out_trade_no: outTradeNo });
    assert.equal(again.status, 200);
    assert.notEqual(again.body['code_url'], first.body['code_url']);
    const wallet = await fetch(`${simulator.baseUrl}wallet/pay?pr=${String(first.body['code_url']).split('=')[1] ?? ''}`);
    assert.equal(wallet.status, 404);
    await wallet.arrayBuffer();
    const other = await place({ out_trade_no: outTradeNo, amount: { total: 1235, currency: 'CNY' } });
    assertRefused(other, 400, 'INVALID_REQUEST', 268498688);
    assertRefused(await place({ out_trade_no: outTradeNo, description: '别的' }), 400, 'INVALID_REQUEST', 268498688);
  });

  it('an order closes by itself at time_expire, and its code dies after two hours', async () => {
    const start = time;
    const [expiring, lasting] = [newNumber(), newNumber()];
    assert.equal((await place({ out_trade_no: expiring, time_expire: '2026-11-22T10:05:00+08:00' })).status, 200);
    await place({ out_trade_no: lasting });
    time = new Date('2026-11-22T10:05:00+08:00');
    assert.equal((await query(expiring)).body['trade_state'], 'CLOSED');
    assert.throws(() => simulator.pay(expiring), /closed/);
    time = new Date('2026-11-22T12:00:00+08:00');
    assert.equal((await query(lasting)).body['trade_state'], 'NOTPAY');
    assert.throws(() => simulator.pay(lasting), /codeExpired/);
    time = new Date('2026-11-29T10:00:00+08:00');
    assert.equal((await query(lasting)).body['trade_state'], 'CLOSED');
    time = start;
  });

  it('a payment can win against a close, and a payer can be made to pay twice', async () => {
    const outTradeNo = newNumber();
    await place({ out_trade_no: outTradeNo });
    await close(outTradeNo);
    const first = simulator.pay(outTradeNo, { evenIfClosed: true });
    assert.equal((await query(outTradeNo)).body['trade_state'], 'SUCCESS');
    const second = simulator.pay(outTradeNo, { again: true });
    assert.notEqual(second.transactionId, first.transactionId);
    const refund = await send('POST', REFUNDS, { ...refundOf(outTradeNo), transaction_id: second.transactionId });
    assert.equal(refund.body['transaction_id'], second.transactionId);
  });

  describe('what a request must be', () => {
    const wrongRequests: readonly (readonly [string, RequestFlaws])[] = [
      ['no Authorization at all', { authorization: undefined }],
      ['another scheme', { authorization: 'Bearer abc' }],
      ['a signature over another path', { signedTarget: '/v3/pay/transactions/jsapi' }],
      ['a signature without the query', { signedTarget: `${NATIVE}?x=1` }],
      ['a signature over another body', { signedBody: '{}' }],
      ['another merchant', { mchid: '1699999999' }],
      ['another certificate serial', { serial: '7A'.repeat(20) }],
      ['a clock six minutes slow', { timestamp: Date.parse('2026-11-22T09:54:00+08:00') / 1000 }],
      ['a clock six minutes fast', { timestamp: Date.parse('2026-11-22T10:06:00+08:00') / 1000 }],
    ];
    for (const [name, flaws] of wrongRequests) {
      it(`a request with ${name} is 401 SIGN_ERROR and does nothing`, async () => {
        const outTradeNo = newNumber();
        const body = nativeOrder(simulator.merchantCredentials, { out_trade_no: outTradeNo });
        assertRefused(await send('POST', NATIVE, body, flaws), 401, 'SIGN_ERROR', 268443699);
        assert.equal(simulator.orders.findOrder(outTradeNo), undefined);
      });
    }

    it('four minutes of clock skew are forgiven', async () => {
      const body = nativeOrder(simulator.merchantCredentials, { out_trade_no: newNumber() });
      const answer = await send('POST', NATIVE, body, { timestamp: Date.parse('2026-11-22T10:04:00+08:00') / 1000 });
      assert.equal(answer.status, 200);
    });

    const wrongFields: readonly (readonly [string, Record<string, unknown>])[] = [
      ['no description', { description: undefined }],
      ['an empty description', { description: '' }],
      ['a description of 128 characters', { description: '药'.repeat(128) }],
      ['a number of 5 characters', { out_trade_no: 'T1234' }],
      ['a number of 33 characters', { out_trade_no: 'T'.repeat(33) }],
      ['a number with a blank', { out_trade_no: 'T 1234567' }],
      ['no notify_url', { notify_url: undefined }],
      ['a notify_url with a query', { notify_url: 'https://pay.example.com/n?x=1' }],
      ['a notify_url that is no address', { notify_url: 'pay.example.com' }],
      ['no amount', { amount: undefined }],
      ['an amount of nothing', { amount: { total: 0 } }],
      ['an amount in yuan', { amount: { total: 12.34 } }],
      ['an amount as text', { amount: { total: '1234' } }],
      ['a foreign currency', { amount: { total: 1234, currency: 'USD' } }],
      ['an attach of 129 characters', { attach: 'a'.repeat(129) }],
      ['a time_expire without offset', { time_expire: '2026-11-22T11:00:00' }],
      ['a time_expire in thirty seconds', { time_expire: '2026-11-22T10:00:30+08:00' }],
      ['another merchant', { mchid: '1699999999' }],
    ];
    for (const [name, overrides] of wrongFields) {
      it(`an order with ${name} is 400 PARAM_ERROR`, async () => {
        const answer = await place({ out_trade_no: newNumber(), ...overrides });
        assertRefused(answer, 400, 'PARAM_ERROR');
        assert.notEqual(answer.body['detail'], undefined);
      });
    }

    it('an appid of someone else is 400 APPID_MCHID_NOT_MATCH', async () => {
      assertRefused(await place({ out_trade_no: newNumber(), appid: 'wx9999999999999999' }), 400, 'APPID_MCHID_NOT_MATCH', 268445527);
    });

    it('a body that is no JSON object, a query without mchid and missing headers are 400 PARAM_ERROR', async () => {
      assertRefused(await send('POST', NATIVE, 'not json'), 400, 'PARAM_ERROR');
      assertRefused(await send('POST', NATIVE, '[]'), 400, 'PARAM_ERROR');
      assertRefused(await send('GET', '/v3/pay/transactions/out-trade-no/T0000000000'), 400, 'PARAM_ERROR');
      const headers = { Accept: 'text/html' };
      assertRefused(await send('GET', '/v3/certificates', undefined, { headers }), 400, 'PARAM_ERROR');
      const unknownKey = { 'Wechatpay-Serial': 'PUB_KEY_ID_0100000000' };
      assertRefused(await send('GET', '/v3/certificates', undefined, { headers: unknownKey }), 400, 'PARAM_ERROR');
    });

    it('a body larger than any call is refused before it is read', async () => {
      const answer = await send('POST', NATIVE, { padding: 'x'.repeat(70_000) }).catch((error: unknown) => error);
      assert.ok(answer instanceof Error || asObject(answer)['status'] === 413);
    });

    it('a repeated nonce is refused when the simulator is told to', async () => {
      const strict = await startWechatPaySimulator({ now: () => time, refuseRepeatedNonce: true });
      try {
        const again = (): Promise<RawAnswer> =>
          sendRaw({
            baseUrl: strict.baseUrl,
            credentials: strict.merchantCredentials,
            now: time,
            method: 'GET',
            target: '/v3/certificates',
            flaws: { nonce: 'N'.repeat(32) },
          });
        assert.equal((await again()).status, 200);
        assertRefused(await again(), 401, 'SIGN_ERROR');
      } finally {
        await strict.stop();
      }
    });
  });

  describe('refunds', () => {
    it('the same refund number again is the same refund; with another amount it is refused', async () => {
      const outTradeNo = await paidOrder();
      const first = await send('POST', REFUNDS, refundOf(outTradeNo));
      const again = await send('POST', REFUNDS, refundOf(outTradeNo));
      assert.equal(again.body['refund_id'], first.body['refund_id']);
      const other = refundOf(outTradeNo, { amount: { refund: 1, total: 1234, currency: 'CNY' } });
      assertRefused(await send('POST', REFUNDS, other), 400, 'INVALID_REQUEST');
      assert.equal(simulator.orders.listRefunds().filter((refund) => refund.outTradeNo === outTradeNo).length, 1);
    });

    it('refunds never add up to more than was paid', async () => {
      const outTradeNo = await paidOrder();
      const part = (number: string, refund: number): Record<string, unknown> =>
        refundOf(outTradeNo, { out_refund_no: `${number}${outTradeNo}`, amount: { refund, total: 1234, currency: 'CNY' } });
      assert.equal((await send('POST', REFUNDS, part('A', 1000))).status, 200);
      assertRefused(await send('POST', REFUNDS, part('B', 235)), 400, 'INVALID_REQUEST');
      assert.equal((await send('POST', REFUNDS, part('C', 234))).status, 200);
    });

    it('a payment takes fifty refunds and no more', async () => {
      const outTradeNo = await paidOrder();
      const part = (index: number): Promise<RawAnswer> =>
        send('POST', REFUNDS, refundOf(outTradeNo, { out_refund_no: `${String(index)}-${outTradeNo}`, amount: { refund: 1, total: 1234, currency: 'CNY' } }));
      for (let index = 1; index <= 50; index += 1) assert.equal((await part(index)).status, 200);
      assertRefused(await part(51), 400, 'INVALID_REQUEST');
    });

    const wrongRefunds: readonly (readonly [string, Record<string, unknown>, string])[] = [
      ['another total', { amount: { refund: 1, total: 999, currency: 'CNY' } }, 'INVALID_REQUEST'],
      ['no currency', { amount: { refund: 1, total: 1234 } }, 'PARAM_ERROR'],
      ['nothing to refund', { amount: { refund: 0, total: 1234, currency: 'CNY' } }, 'PARAM_ERROR'],
      ['a reason of 81 characters', { reason: '退'.repeat(81) }, 'PARAM_ERROR'],
      ['no refund number', { out_refund_no: undefined }, 'PARAM_ERROR'],
      ['a refund number of 65 characters', { out_refund_no: 'R'.repeat(65) }, 'PARAM_ERROR'],
      ['neither order number', { out_trade_no: undefined }, 'PARAM_ERROR'],
      ['sources that do not add up', { amount: { refund: 5, total: 1234, currency: 'CNY', from: [{ account: 'AVAILABLE', amount: 4 }] } }, 'PARAM_ERROR'],
    ];
    for (const [name, overrides, code] of wrongRefunds) {
      it(`a refund with ${name} is 400 ${code} and moves nothing`, async () => {
        const outTradeNo = await paidOrder();
        assertRefused(await send('POST', REFUNDS, refundOf(outTradeNo, overrides)), 400, code);
        assert.equal((await query(outTradeNo)).body['trade_state'], 'SUCCESS');
      });
    }

    it('an unpaid order and a payment older than a year are not refunded', async () => {
      const start = time;
      const unpaid = newNumber();
      await place({ out_trade_no: unpaid });
      assertRefused(await send('POST', REFUNDS, refundOf(unpaid)), 400, 'INVALID_REQUEST');
      const old = await paidOrder();
      time = new Date('2027-11-23T10:00:00+08:00');
      assertRefused(await send('POST', REFUNDS, refundOf(old)), 400, 'INVALID_REQUEST');
      time = start;
    });

    it('an account without enough money answers 403 NOT_ENOUGH', async () => {
      const poor = await startWechatPaySimulator({ now: () => time, openingBalanceFen: 0, notificationRetryGapsMs: [] });
      try {
        const access = { baseUrl: poor.baseUrl, credentials: poor.merchantCredentials, now: time };
        const body = nativeOrder(poor.merchantCredentials, { out_trade_no: 'T-POOR-1' });
        await sendRaw({ ...access, method: 'POST', target: NATIVE, body });
        poor.pay('T-POOR-1');
        // Commission was taken: 1234 fen less 7.
        assert.equal(poor.balanceFen(), 1227);
        assertRefused(await sendRaw({ ...access, method: 'POST', target: REFUNDS, body: refundOf('T-POOR-1') }), 403, 'NOT_ENOUGH');
      } finally {
        await poor.stop();
      }
    });
  });

  it('the platform certificate comes encrypted, and is a real X.509 certificate', async () => {
    const answer = await send('GET', '/v3/certificates?algorithm_type=RSA');
    const { data } = answer.body;
    const entry = asObject(Array.isArray(data) ? data[0] : undefined);
    const { platformCertificate, apiV3Key } = simulator.merchantCredentials;
    const pem = openResource(entry['encrypt_certificate'], apiV3Key);
    const certificate = new X509Certificate(pem);
    assert.equal(certificate.serialNumber, platformCertificate.serial);
    assert.equal(entry['serial_no'], platformCertificate.serial);
    assert.ok(certificate.verify(certificate.publicKey));
    assert.equal(certificate.publicKey.export({ format: 'pem', type: 'spki' }), platformCertificate.publicKeyPem);
    assert.match(String(entry['expire_time']), /^\d{4}-.*\+08:00$/);
  });

  it('resources are sealed as the published vector says', () => {
    const sealed = sealResource({
      plaintext: '{"a":1}',
      apiV3Key: '0123456789abcdef0123456789abcdef',
      associatedData: 'transaction',
      nonce: 'abcdef012345',
    });
    assert.equal(sealed.ciphertext, '+tSDLJa2O/VrDjqj4KG3zeK9Cp3RjnI=');
  });
});

for (const mode of ['platformCertificate', 'publicKey'] as const satisfies readonly SigningMode[]) {
  describe(`the real SDK in ${mode} mode`, () => {
    let simulator: WechatPaySimulator;
    before(async () => {
      simulator = await startWechatPaySimulator({ notificationRetryGapsMs: [] });
    });
    after(() => simulator.stop());

    it('places, queries, closes, refunds and asks for the refund, and believes every answer', async () => {
      const { merchantCredentials: credentials } = simulator;
      const client = sdkClient({ baseUrl: simulator.baseUrl, credentials, mode });
      const merchant = { params: { mchid: credentials.merchantId } };
      const placed = await client.post<{ code_url: string }>('v3/pay/transactions/native', nativeOrder(credentials, { out_trade_no: `T-${mode}`.slice(0, 32) }));
      assert.match(placed.data.code_url, /^weixin:/);
      const expectedSerial = mode === 'publicKey' ? credentials.platformPublicKey.id : credentials.platformCertificate.serial;
      assert.equal(placed.headers['wechatpay-serial'], expectedSerial);
      const number = `T-${mode}`;
      simulator.pay(number);
      const paid = await client.get<{ trade_state: string }>(`v3/pay/transactions/out-trade-no/${number}`, merchant);
      assert.equal(paid.data.trade_state, 'SUCCESS');
      const refund = await client.post<{ status: string }>('v3/refund/domestic/refunds', refundOf(number));
      assert.equal(refund.data.status, 'PROCESSING');
      const settled = await client.get<{ status: string }>(`v3/refund/domestic/refunds/R${number}`);
      assert.equal(settled.data.status, 'SUCCESS');
      await client.post('v3/pay/transactions/native', nativeOrder(credentials, { out_trade_no: `T2-${mode}` }));
      const closed = await client.post<unknown>(`v3/pay/transactions/out-trade-no/T2-${mode}/close`, { mchid: credentials.merchantId });
      assert.equal(closed.status, 204);
    });

    it('does not believe an answer signed with another key', async () => {
      const client = sdkClient({ baseUrl: simulator.baseUrl, credentials: simulator.merchantCredentials, mode });
      const { remove } = simulator.faults.inject({ on: 'certificates', times: 'always', fault: { kind: 'badSignature' } });
      await assert.rejects(client.get('v3/certificates'), { code: 'EV3_RES_HEADER_SIGNATURE_DIGEST' });
      remove();
      assert.equal((await client.get('v3/certificates')).status, 200);
    });
  });
}
