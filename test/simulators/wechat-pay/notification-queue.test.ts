import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import {
  asObject,
  isSignedByPlatform,
  nativeOrder,
  openResource,
  refundOf,
  sendRaw,
  startNotificationReceiver,
  type NotificationReceiver,
  type ReceivedNotification,
} from './merchant-for-tests.js';
import { RETRY_GAPS_MS } from './notification-queue.js';
import type { SigningMode } from './platform-signature.js';
import type { SimulatorTimers } from '../machinery/simulator-timers.js';
import { startWechatPaySimulator, type WechatPaySimulator } from './start-wechat-pay-simulator.js';

const START = new Date('2026-11-22T10:00:00+08:00');
/** Nothing happens by itself: the test moves the clock and calls `runDue`. */
const NO_TIMERS: SimulatorTimers = { after: () => () => undefined };

describe('notifications of the WeChat Pay simulator', () => {
  let time = START;
  let receiver: NotificationReceiver;
  let simulator: WechatPaySimulator;

  before(async () => {
    receiver = await startNotificationReceiver();
  });
  beforeEach(async () => {
    time = START;
    receiver.received.length = 0;
    receiver.answerWith(204);
    simulator = await startWechatPaySimulator({ now: () => time, timers: NO_TIMERS });
  });
  afterEach(() => simulator.stop());
  after(() => receiver.stop());

  const post = async (target: string, body: object, mode: SigningMode = 'platformCertificate'): Promise<void> => {
    const access = { baseUrl: simulator.baseUrl, credentials: simulator.merchantCredentials, now: time, mode };
    const answer = await sendRaw({ ...access, method: 'POST', target, body });
    assert.equal(answer.status, 200, answer.text);
  };
  const placePaid = async (outTradeNo: string, mode?: SigningMode): Promise<void> => {
    const order = nativeOrder(simulator.merchantCredentials, { out_trade_no: outTradeNo, notify_url: receiver.url });
    await post('/v3/pay/transactions/native', order, mode);
    simulator.pay(outTradeNo);
  };
  const refund = (outTradeNo: string): Promise<void> => {
    const body = refundOf(outTradeNo, { notify_url: receiver.url });
    return post('/v3/refund/domestic/refunds', body);
  };
  const advance = async (milliseconds: number): Promise<void> => {
    time = new Date(time.getTime() + milliseconds);
    await simulator.runDue();
  };
  const opened = ({ body }: ReceivedNotification): Readonly<Record<string, unknown>> =>
    asObject(JSON.parse(openResource(body['resource'], simulator.merchantCredentials.apiV3Key)));
  const isGenuine = (notification: ReceivedNotification): boolean => isSignedByPlatform(notification, simulator.merchantCredentials);
  const first = (): ReceivedNotification => {
    const [notification] = receiver.received;
    assert.ok(notification, 'nothing was received');
    return notification;
  };

  for (const mode of ['platformCertificate', 'publicKey'] as const) {
    it(`a payment is notified, signed in ${mode} mode, and says what a query says`, async () => {
      await placePaid('T-NOTIFY-1', mode);
      await simulator.runDue();
      const notification = first();
      assert.ok(isGenuine(notification));
      const { platformCertificate, platformPublicKey } = simulator.merchantCredentials;
      assert.equal(notification.headers['wechatpay-serial'], mode === 'publicKey' ? platformPublicKey.id : platformCertificate.serial);
      const { event_type: event, resource_type: kind, resource, summary } = notification.body;
      assert.deepEqual([event, kind, summary], ['TRANSACTION.SUCCESS', 'encrypt-resource', '支付成功']);
      const { original_type: original, algorithm, associated_data: associated } = asObject(resource);
      assert.deepEqual([original, algorithm, associated], ['transaction', 'AEAD_AES_256_GCM', 'transaction']);
      const news = opened(notification);
      assert.deepEqual([news['out_trade_no'], news['trade_state'], news['mchid']], ['T-NOTIFY-1', 'SUCCESS', simulator.merchantCredentials.merchantId]);
      assert.equal(asObject(news['amount'])['total'], 1234);
    });
  }

  for (const status of ['SUCCESS', 'ABNORMAL', 'CLOSED'] as const) {
    it(`a refund that ends ${status} is notified as REFUND.${status}`, async () => {
      await placePaid('T-REFUND-1');
      await simulator.runDue();
      simulator.faults.inject({ on: 'refundOutcome', fault: { kind: 'settle', status, afterMs: 60_000 } });
      await refund('T-REFUND-1');
      await simulator.runDue();
      assert.equal(receiver.received.length, 1, 'still processing');
      await advance(60_000);
      const notification = receiver.received[1];
      assert.ok(notification);
      assert.equal(notification.body['event_type'], `REFUND.${status}`);
      const news = opened(notification);
      assert.deepEqual([news['refund_status'], news['out_refund_no'], asObject(news['amount'])['refund']], [status, 'RT-REFUND-1', 1234]);
      assert.equal('success_time' in news, status === 'SUCCESS');
    });
  }

  it('an unwelcome notification is repeated fifteen times over 24 h 4 min and then given up', async () => {
    receiver.answerWith(500);
    await placePaid('T-RETRY-1');
    await simulator.runDue();
    for (const [index, gap] of RETRY_GAPS_MS.entries()) {
      await advance(gap - 1_000);
      assert.equal(receiver.received.length, index + 1, 'not before its time');
      await advance(1_000);
      assert.equal(receiver.received.length, index + 2);
    }
    await advance(30 * 86_400_000);
    assert.equal(receiver.received.length, 16);
    assert.equal(RETRY_GAPS_MS.reduce((sum, gap) => sum + gap, 0), (24 * 60 + 4) * 60_000);
    assert.ok(receiver.received.every(isGenuine));
  });

  for (const status of [200, 204]) {
    it(`a notification answered ${String(status)} is not repeated`, async () => {
      receiver.answerWith(500);
      await placePaid('T-STOP-1');
      await simulator.runDue();
      receiver.answerWith(status);
      await advance(15_000);
      await advance(86_400_000);
      assert.equal(receiver.received.length, 2);
      assert.equal(simulator.notifications()[0]?.accepted, true);
    });
  }

  it('a redirect is a failed attempt and is not followed', async () => {
    receiver.answerWith(302);
    await placePaid('T-REDIRECT-1');
    await simulator.runDue();
    assert.equal(receiver.received.length, 1);
    assert.equal(simulator.notifications()[0]?.accepted, false);
  });

  it('a merchant that cannot be reached is tried again', async () => {
    const order = nativeOrder(simulator.merchantCredentials, { out_trade_no: 'T-GONE-1', notify_url: 'http://127.0.0.1:1/notify' });
    await post('/v3/pay/transactions/native', order);
    simulator.pay('T-GONE-1');
    await simulator.runDue();
    await advance(15_000);
    assert.deepEqual(simulator.notifications()[0]?.attempts.map(({ status }) => status), [null, null]);
  });

  it('a closed or expired order is never notified', async () => {
    const body = nativeOrder(simulator.merchantCredentials, { out_trade_no: 'T-QUIET-1', notify_url: receiver.url });
    await post('/v3/pay/transactions/native', body);
    await advance(8 * 86_400_000);
    assert.equal(receiver.received.length, 0);
  });

  it('a dropped notification arrives with the next retry', async () => {
    simulator.faults.inject({ on: 'notification', fault: { kind: 'drop' } });
    await placePaid('T-DROP-1');
    await simulator.runDue();
    assert.equal(receiver.received.length, 0);
    await advance(15_000);
    assert.equal(receiver.received.length, 1);
  });

  it('a duplicated notification arrives again with the same id although it was accepted', async () => {
    simulator.faults.inject({ on: 'notification', fault: { kind: 'duplicate', copies: 2 } });
    await placePaid('T-DOUBLE-1');
    await simulator.runDue();
    assert.equal(receiver.received.length, 3);
    assert.equal(new Set(receiver.received.map(({ body }) => body['id'])).size, 1);
  });

  it('a delayed payment notification is overtaken by the refund notification', async () => {
    simulator.faults.inject({ on: 'notification', outTradeNo: 'T-LATE-1', fault: { kind: 'delay', delayMs: 60_000 } });
    await placePaid('T-LATE-1');
    await simulator.runDue();
    await refund('T-LATE-1');
    await simulator.runDue();
    await advance(60_000);
    assert.deepEqual(receiver.received.map(({ body }) => body['event_type']), ['REFUND.SUCCESS', 'TRANSACTION.SUCCESS']);
  });

  it('a delay strikes a notification once, however often it is planted', async () => {
    simulator.faults.inject({ on: 'notification', times: 'always', fault: { kind: 'delay', delayMs: 60_000 } });
    await placePaid('T-LATE-2');
    await simulator.runDue();
    assert.equal(receiver.received.length, 0);
    await advance(60_000);
    assert.equal(receiver.received.length, 1);
  });

  it('a forged notification is well formed and not signed by the platform; the retry is genuine', async () => {
    simulator.faults.inject({ on: 'notification', fault: { kind: 'forgedSignature' } });
    receiver.answerWith(401);
    await placePaid('T-FORGED-1');
    await simulator.runDue();
    assert.equal(isGenuine(first()), false);
    assert.equal(String(first().headers['wechatpay-signature']).length, 344);
    await advance(15_000);
    assert.deepEqual(receiver.received.map(isGenuine), [false, true]);
  });

  it('a signature probe goes before the real notification', async () => {
    simulator.faults.inject({ on: 'notification', fault: { kind: 'signatureProbe' } });
    await placePaid('T-PROBE-1');
    await simulator.runDue();
    assert.match(String(first().headers['wechatpay-signature']), /^WECHATPAY\/SIGNTEST\//);
    assert.deepEqual(receiver.received.map(isGenuine), [false, true]);
  });

  it('a wrong amount and another merchant are rightly signed and sealed', async () => {
    simulator.faults.inject({ on: 'notification', outTradeNo: 'T-AMOUNT-1', fault: { kind: 'wrongAmount', amountFen: 1 } });
    simulator.faults.inject({ on: 'notification', outTradeNo: 'T-OTHER-1', fault: { kind: 'otherMerchant' } });
    await placePaid('T-AMOUNT-1');
    await simulator.runDue();
    await placePaid('T-OTHER-1');
    await simulator.runDue();
    assert.ok(receiver.received.every(isGenuine));
    const [wrongAmount, otherMerchant] = receiver.received.map(opened);
    assert.equal(asObject(wrongAmount?.['amount'])['total'], 1);
    assert.notEqual(otherMerchant?.['mchid'], simulator.merchantCredentials.merchantId);
  });

  it('a garbled and a stale notification can be sent', async () => {
    simulator.faults.inject({ on: 'notification', fault: { kind: 'garbageBody' } });
    simulator.faults.inject({ on: 'notification', fault: { kind: 'staleSignature' } });
    await placePaid('T-GARBLED-1');
    await simulator.runDue();
    await placePaid('T-STALE-1');
    await simulator.runDue();
    assert.deepEqual(first().body, {});
    const stale = receiver.received[1];
    assert.ok(stale !== undefined && isGenuine(stale));
    assert.equal(Number(stale.headers['wechatpay-timestamp']), START.getTime() / 1000 - 600);
  });

  it('a test can have a notification made without sending it, and have one sent again', async () => {
    await placePaid('T-MADE-1');
    const { headers, body } = simulator.makeNotification({ outTradeNo: 'T-MADE-1' }, { kind: 'forgedSignature' });
    const lowerCase = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    assert.equal(isSignedByPlatform({ headers: lowerCase, bytes: body }, simulator.merchantCredentials), false);
    assert.equal(receiver.received.length, 0);
    assert.equal(await simulator.notifyAgain('T-MADE-1'), 204);
    assert.equal(receiver.received.length, 1);
    assert.throws(() => simulator.makeNotification({ outTradeNo: 'T-NEVER' }), /nothing to notify/);
  });
});

describe('notifications by the machine\'s own clock', () => {
  it('go out by themselves after payment and refund, and are retried', async () => {
    const receiver = await startNotificationReceiver();
    const simulator = await startWechatPaySimulator({ notificationRetryGapsMs: [5, 5] });
    try {
      const access = { baseUrl: simulator.baseUrl, credentials: simulator.merchantCredentials, method: 'POST' } as const;
      const order = nativeOrder(simulator.merchantCredentials, { out_trade_no: 'T-REAL-1', notify_url: receiver.url });
      await sendRaw({ ...access, target: '/v3/pay/transactions/native', body: order });
      simulator.faults.inject({ on: 'notification', fault: { kind: 'drop' } });
      simulator.pay('T-REAL-1');
      await receiver.waitFor(1);
      const refund = refundOf('T-REAL-1', { notify_url: receiver.url });
      await sendRaw({ ...access, target: '/v3/refund/domestic/refunds', body: refund });
      await receiver.waitFor(2);
      assert.deepEqual(receiver.received.map(({ body }) => body['event_type']), ['TRANSACTION.SUCCESS', 'REFUND.SUCCESS']);
    } finally {
      await simulator.stop();
      await receiver.stop();
    }
  });
});
