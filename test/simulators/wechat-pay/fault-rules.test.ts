import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';

import type { ApiFault, ApiOperation } from './fault-rules.js';
import {
  asObject,
  isSignedByPlatform,
  nativeOrder,
  refundOf,
  sendRaw,
  startNotificationReceiver,
  type NotificationReceiver,
  type RawAnswer,
} from './merchant-for-tests.js';
import { startWechatPaySimulator, type WechatPaySimulator } from './start-wechat-pay-simulator.js';

const NATIVE = '/v3/pay/transactions/native';
const REFUNDS = '/v3/refund/domestic/refunds';

describe('the faults of the WeChat Pay simulator', () => {
  let simulator: WechatPaySimulator;
  let receiver: NotificationReceiver;
  let counter = 0;

  before(async () => {
    receiver = await startNotificationReceiver();
    simulator = await startWechatPaySimulator({ notificationRetryGapsMs: [] });
  });
  afterEach(() => {
    simulator.faults.clear();
  });
  after(async () => {
    await simulator.stop();
    await receiver.stop();
  });

  const newNumber = (): string => `TF${String(++counter).padStart(8, '0')}`;
  const send = (method: 'GET' | 'POST', target: string, body?: object): Promise<RawAnswer> =>
    sendRaw({
      baseUrl: simulator.baseUrl,
      credentials: simulator.merchantCredentials,
      method,
      target,
      ...(body === undefined ? {} : { body }),
    });
  const place = (outTradeNo: string): Promise<RawAnswer> =>
    send('POST', NATIVE, nativeOrder(simulator.merchantCredentials, { out_trade_no: outTradeNo, notify_url: receiver.url }));
  const query = (outTradeNo: string): Promise<RawAnswer> =>
    send('GET', `/v3/pay/transactions/out-trade-no/${outTradeNo}?mchid=${simulator.merchantCredentials.merchantId}`);
  const plant = (on: ApiOperation, fault: ApiFault, times: number | 'always' = 1): void => {
    simulator.faults.inject({ on, fault, times });
  };
  const isSigned = (answer: RawAnswer): boolean => isSignedByPlatform(answer, simulator.merchantCredentials);
  const exists = (outTradeNo: string): boolean => simulator.orders.findOrder(outTradeNo) !== undefined;

  it('failing before executing leaves no order; failing after leaves one', async () => {
    const [refused, accepted] = [newNumber(), newNumber()];
    plant('nativeOrder', { kind: 'failBeforeExecuting' });
    const first = await place(refused);
    assert.deepEqual([first.status, first.body['code'], exists(refused)], [500, 'SYSTEM_ERROR', false]);
    assert.ok(isSigned(first));
    plant('nativeOrder', { kind: 'executeThenFail' });
    const second = await place(accepted);
    assert.deepEqual([second.status, second.body['code'], exists(accepted)], [500, 'SYSTEM_ERROR', true]);
  });

  it('a gateway error is an unsigned page', async () => {
    plant('nativeOrder', { kind: 'failBeforeExecuting', status: 502 });
    plant('nativeOrder', { kind: 'executeThenFail', status: 504 });
    const [first, second] = [await place(newNumber()), await place(newNumber())];
    assert.deepEqual([first.status, second.status], [502, 504]);
    assert.ok(!isSigned(first) && first.text.startsWith('<html>'));
  });

  it('dropping the connection before executing leaves no order; dropping it after leaves one', async () => {
    const [refused, accepted] = [newNumber(), newNumber()];
    plant('nativeOrder', { kind: 'dropBeforeExecuting' });
    await assert.rejects(place(refused));
    plant('nativeOrder', { kind: 'executeThenDropConnection' });
    await assert.rejects(place(accepted));
    assert.deepEqual([exists(refused), exists(accepted)], [false, true]);
  });

  it('an answer that never comes leaves the order, and the simulator can still stop', async () => {
    const own = await startWechatPaySimulator();
    own.faults.inject({ on: 'nativeOrder', fault: { kind: 'executeThenNeverAnswer' } });
    own.faults.inject({ on: 'nativeOrder', fault: { kind: 'delayBeforeExecuting', delayMs: 3_600_000 } });
    const access = { baseUrl: own.baseUrl, credentials: own.merchantCredentials, method: 'POST', target: NATIVE } as const;
    const unanswered = ['T-NEVER-1', 'T-DELAYED-1'].map((outTradeNo) =>
      assert.rejects(sendRaw({ ...access, body: nativeOrder(own.merchantCredentials, { out_trade_no: outTradeNo }) })),
    );
    await sendRaw({ ...access, body: nativeOrder(own.merchantCredentials, { out_trade_no: 'T-ANSWERED-1' }) });
    await own.stop();
    await Promise.all(unanswered);
  });

  it('a delayed answer comes all the same', async () => {
    plant('nativeOrder', { kind: 'delayAnswer', delayMs: 5 });
    plant('queryOrder', { kind: 'delayBeforeExecuting', delayMs: 5 });
    const outTradeNo = newNumber();
    assert.equal((await place(outTradeNo)).status, 200);
    assert.equal((await query(outTradeNo)).status, 200);
  });

  it('too many requests is 429 and executes nothing', async () => {
    plant('nativeOrder', { kind: 'tooManyRequests' });
    const outTradeNo = newNumber();
    const answer = await place(outTradeNo);
    assert.deepEqual([answer.status, answer.body['code'], exists(outTradeNo)], [429, 'FREQUENCY_LIMITED', false]);
    assert.match(String(answer.headers['request-id']), /-268447840$/);
  });

  it('a refusal of the test\'s choosing is signed and executes nothing', async () => {
    plant('refund', { kind: 'refuse', status: 403, code: 'NO_AUTH', message: '商户无权限' });
    const answer = await send('POST', REFUNDS, refundOf('T-ANY-0001'));
    assert.deepEqual([answer.status, answer.body['code'], isSigned(answer)], [403, 'NO_AUTH', true]);
  });

  for (const kind of ['badSignature', 'signatureProbe', 'missingSignature', 'wrongSerial'] as const) {
    it(`${kind}: the answer is complete and cannot be verified; the next one can`, async () => {
      const outTradeNo = newNumber();
      plant('nativeOrder', { kind });
      const answer = await place(outTradeNo);
      assert.deepEqual([answer.status, typeof answer.body['code_url'], isSigned(answer)], [200, 'string', false]);
      assert.equal(String(answer.headers['wechatpay-signature']).startsWith('WECHATPAY/SIGNTEST/'), kind === 'signatureProbe');
      assert.ok(isSigned(await place(outTradeNo)));
    });
  }

  it('a stale signature is right but ten minutes old', async () => {
    plant('certificates', { kind: 'staleSignature' });
    const answer = await send('GET', '/v3/certificates');
    assert.ok(isSigned(answer));
    assert.ok(Number(answer.headers['wechatpay-timestamp']) <= Date.now() / 1000 - 600);
  });

  it('a truncated body breaks off, a garbled one is signed', async () => {
    plant('nativeOrder', { kind: 'truncatedBody' });
    await assert.rejects(place(newNumber()));
    plant('nativeOrder', { kind: 'garbageBody' });
    const garbled = await place(newNumber());
    assert.deepEqual([garbled.status, garbled.body, isSigned(garbled)], [200, {}, true]);
  });

  it('a paid order can read NOTPAY for a while, and say another amount or merchant', async () => {
    const outTradeNo = newNumber();
    await place(outTradeNo);
    simulator.pay(outTradeNo);
    plant('queryOrder', { kind: 'stillNotPaid' }, 2);
    plant('queryOrder', { kind: 'otherAmount', amountFen: 1 });
    plant('queryOrder', { kind: 'otherMerchant' });
    const states = [(await query(outTradeNo)).body, (await query(outTradeNo)).body];
    assert.deepEqual(states.map((body) => [body['trade_state'], body['transaction_id']]), [['NOTPAY', undefined], ['NOTPAY', undefined]]);
    const otherAmount = await query(outTradeNo);
    assert.deepEqual([asObject(otherAmount.body['amount'])['total'], isSigned(otherAmount)], [1, true]);
    assert.notEqual((await query(outTradeNo)).body['mchid'], simulator.merchantCredentials.merchantId);
    assert.equal((await query(outTradeNo)).body['trade_state'], 'SUCCESS');
  });

  it('the notification can arrive before the answer, for an order and for a refund', async () => {
    const outTradeNo = newNumber();
    const earlier = receiver.received.length;
    plant('nativeOrder', { kind: 'notifyBeforeAnswer' });
    plant('refund', { kind: 'notifyBeforeAnswer' });
    assert.equal((await place(outTradeNo)).status, 200);
    assert.equal(receiver.received.length, earlier + 1);
    const refund = await send('POST', REFUNDS, refundOf(outTradeNo, { notify_url: receiver.url }));
    assert.equal(refund.body['status'], 'PROCESSING');
    assert.equal(receiver.received.length, earlier + 2);
  });

  it('a refund can stay PROCESSING until the test decides, ABNORMAL and then repaired', async () => {
    const outTradeNo = newNumber();
    await place(outTradeNo);
    simulator.pay(outTradeNo);
    simulator.faults.inject({ on: 'refundOutcome', outTradeNo, fault: { kind: 'stayProcessing' } });
    await send('POST', REFUNDS, refundOf(outTradeNo));
    const status = async (): Promise<unknown> => (await send('GET', `${REFUNDS}/R${outTradeNo}`)).body['status'];
    assert.equal(await status(), 'PROCESSING');
    simulator.settleRefund(`R${outTradeNo}`, 'ABNORMAL');
    assert.equal(await status(), 'ABNORMAL');
    simulator.settleRefund(`R${outTradeNo}`, 'SUCCESS');
    assert.equal(await status(), 'SUCCESS');
    assert.throws(() => {
      simulator.settleRefund(`R${outTradeNo}`, 'CLOSED');
    }, /already SUCCESS/);
  });

  it('a closed refund gives the money back to the merchant and makes room for a new refund', async () => {
    const outTradeNo = newNumber();
    await place(outTradeNo);
    simulator.pay(outTradeNo);
    const balance = simulator.balanceFen();
    simulator.faults.inject({ on: 'refundOutcome', outTradeNo, fault: { kind: 'settle', status: 'CLOSED', afterMs: 0 } });
    await send('POST', REFUNDS, refundOf(outTradeNo));
    assert.equal((await send('GET', `${REFUNDS}/R${outTradeNo}`)).body['status'], 'CLOSED');
    assert.equal(simulator.balanceFen(), balance);
    const second = await send('POST', REFUNDS, refundOf(outTradeNo, { out_refund_no: `S${outTradeNo}` }));
    assert.equal(second.status, 200);
  });

  it('a fault strikes only its order, only so often, and can be taken out', async () => {
    const [mine, other] = [newNumber(), newNumber()];
    const planted = simulator.faults.inject({ on: 'nativeOrder', outTradeNo: mine, times: 2, fault: { kind: 'tooManyRequests' } });
    const statuses = [await place(other), await place(mine), await place(mine), await place(mine)].map(({ status }) => status);
    assert.deepEqual(statuses, [200, 429, 429, 200]);
    assert.equal(planted.timesStruck(), 2);
    const always = simulator.faults.inject({ on: 'queryOrder', times: 'always', fault: { kind: 'tooManyRequests' } });
    for (let time = 0; time < 3; time += 1) assert.equal((await query(mine)).status, 429);
    always.remove();
    assert.equal((await query(mine)).status, 200);
  });

  it('closing a number nobody placed can be accepted, and then spoils the number', async () => {
    const lenient = await startWechatPaySimulator({ closeOfUnknownOrder: 'accepted' });
    try {
      const credentials = lenient.merchantCredentials;
      const access = { baseUrl: lenient.baseUrl, credentials, method: 'POST' } as const;
      const target = '/v3/pay/transactions/out-trade-no/T-SPOILT-1/close';
      assert.equal((await sendRaw({ ...access, target, body: { mchid: credentials.merchantId } })).status, 204);
      const placed = await sendRaw({ ...access, target: NATIVE, body: nativeOrder(credentials, { out_trade_no: 'T-SPOILT-1' }) });
      assert.deepEqual([placed.status, placed.body['code']], [400, 'INVALID_REQUEST']);
    } finally {
      await lenient.stop();
    }
  });
});
