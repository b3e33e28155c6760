import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, test, type TestContext } from 'node:test';

import { E_CNY, type Notification } from '@hospay/plugin-sdk';

import { arrived } from './channel-alipay-subject.js';
import { call, orderOf } from './channel-requests.js';
import { paidOrder, refundOf, standOf, type Stand } from './channel-alipay-stand.js';

describe('alipay: notifications', () => {
  test('values with percent, plus, ampersand and equals signs are read as they were signed', async (context) => {
    for (const mode of ['publicKey', 'certificate'] as const) {
      const stand = await standOf(context, { mode });
      await stand.channel.charge(orderOf(stand, 'ODDCHARS', 'jsapi', { description: '药 50%+2 %2B "a" 100%', payerId: '2088000000000022' }), call());
      stand.simulator.pay('ODDCHARS');
      const notification = await read(stand, { outTradeNo: 'ODDCHARS' });
      assert.ok(notification.kind === 'payment' && notification.news.kind === 'succeeded', JSON.stringify(notification));
      assert.equal(notification.news.amountFen, 1_234);
    }
  });

  test('digital yuan is asked for, since a notification does not tell it; without an answer the payment stands all the same', async (context) => {
    const stand = await standOf(context);
    await stand.channel.charge(orderOf(stand, 'ECNYNEWS'), call());
    stand.simulator.pay('ECNYNEWS', { currency: 'DC' });
    assert.equal(fundingOf(await read(stand, { outTradeNo: 'ECNYNEWS' })), E_CNY);
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'failBeforeExecuting', status: 502 } });
    assert.equal(fundingOf(await read(stand, { outTradeNo: 'ECNYNEWS' })), 'ALIPAYACCOUNT');
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'otherFields', fields: { trade_no: '2026010122001000000000000000' } } });
    assert.equal(fundingOf(await read(stand, { outTradeNo: 'ECNYNEWS' })), 'ALIPAYACCOUNT', 'another trade tells nothing of this one');
  });

  test('each refund is told with its own amount, although the notification carries the sum of all', async (context) => {
    const stand = await standOf(context);
    const paid = await paidOrder(stand, 'TWOPARTS');
    for (const [refundNo, refundFen] of [['RTWOPARTS1', 300], ['RTWOPARTS2', 700]] as const) {
      await stand.channel.refund(refundOf(paid, refundNo, refundFen), call());
      const notification = await read(stand, { outTradeNo: 'TWOPARTS', outRequestNo: refundNo });
      assert.ok(notification.kind === 'refund' && notification.news.kind === 'succeeded', JSON.stringify(notification));
      assert.deepEqual([notification.refundNo, notification.news.refundFen], [refundNo, refundFen]);
    }
    stand.simulator.faults.inject({ on: 'queryRefund', fault: { kind: 'missingSignature' } });
    const unsure = await read(stand, { outTradeNo: 'TWOPARTS', outRequestNo: 'RTWOPARTS1' });
    assert.ok(unsure.kind === 'refund' && unsure.news.kind === 'unknown', 'without the amount nothing is said');
  });

  test('the notification of a payment that was undone says closed, never paid', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'UNDONE01', 'paymentCode', { authCode: stand.simulator.newPaymentCode('asksPassword') });
    await stand.channel.charge(order, call());
    stand.simulator.pay('UNDONE01');
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'otherFields', fields: { trade_status: 'WAIT_BUYER_PAY' } } });
    await stand.channel.close({ tradeNo: 'UNDONE01', submittedAt: order.submittedAt, amountFen: 1_234, method: 'paymentCode' }, call());
    const ofTheCancel = await read(stand, { outTradeNo: 'UNDONE01', outRequestNo: 'cancel-UNDONE01' });
    assert.ok(ofTheCancel.kind === 'payment' && ofTheCancel.news.kind === 'closed', JSON.stringify(ofTheCancel));
    // Sent at the payment, and late.
    const ofThePayment = await read(stand, { outTradeNo: 'UNDONE01' });
    assert.ok(ofThePayment.kind === 'payment' && ofThePayment.news.kind === 'closed', JSON.stringify(ofThePayment));
    stand.simulator.faults.inject({ on: 'query', fault: { kind: 'badSignature' } });
    const unsure = await read(stand, { outTradeNo: 'UNDONE01' });
    assert.ok(unsure.kind === 'payment' && unsure.news.kind === 'unknown', JSON.stringify(unsure));
  });

  for (const kind of ['forgedSignature', 'otherMerchant', 'otherApp', 'stale', 'garbageBody'] as const) {
    test(`a notification with ${kind} is refused`, async (context) => {
      const stand = await standOf(context);
      await paidOrder(stand, 'REFUSED1');
      const raw = arrived(stand.simulator.makeNotification({ outTradeNo: 'REFUSED1' }, { kind }), new Date(stand.clock.atMs));
      assert.equal((await stand.channel.readNotification(raw)).kind, 'refused');
    });
  }

  test('a notification that names a parameter twice, another way of signing, or no form at all is refused', async (context) => {
    const stand = await standOf(context);
    await paidOrder(stand, 'DOUBLED1');
    const raw = arrived(stand.simulator.makeNotification({ outTradeNo: 'DOUBLED1' }), new Date(stand.clock.atMs));
    const body = Buffer.from(raw.body).toString('latin1');
    const alter = (text: string): Promise<Notification> => stand.channel.readNotification({ ...raw, body: Buffer.from(text, 'latin1') });
    assert.equal((await alter(body)).kind, 'payment');
    assert.equal((await alter(`${body}&total_amount=0.01`)).kind, 'refused');
    assert.equal((await alter(`total_amount=0.01&${body}`)).kind, 'refused');
    assert.equal((await alter(body.replace('sign_type=RSA2', 'sign_type=RSA'))).kind, 'refused');
    assert.equal((await alter(body.replace(/&sign=[^&]+/, ''))).kind, 'refused');
    assert.equal((await stand.channel.readNotification({ ...raw, headers: { 'content-type': 'application/json' } })).kind, 'refused');
  });

  test('a key-mode notification does not pass for one in certificate mode', async (context) => {
    const stand = await standOf(context);
    await paidOrder(stand, 'OTHERMODE');
    const other = await standOf(context, { mode: 'certificate' });
    const raw = arrived(stand.simulator.makeNotification({ outTradeNo: 'OTHERMODE' }), new Date(other.clock.atMs));
    assert.equal((await other.channel.readNotification(raw)).kind, 'refused');
  });

  test('what Alipay sends by itself is read, duplicates alike, and seven letters end the repeats', async (context) => {
    const stand = await standOf(context, { simulator: { notificationRetryGapsMs: [240_000, 600_000] } });
    const heard: Notification[] = [];
    const results: ('stored' | 'retryLater')[] = ['retryLater', 'stored', 'stored'];
    const url = await merchantAddress(context, stand, heard, () => results.shift() ?? 'stored');
    stand.simulator.faults.inject({ on: 'notification', times: 1, fault: { kind: 'delay', delayMs: 1_000 } });
    await stand.channel.charge(orderOf(stand, 'BYITSELF', 'jsapi', { payerId: '2088000000000022', notifyUrl: url }), call());
    stand.simulator.pay('BYITSELF');
    await stand.simulator.runDue();
    assert.equal(heard.length, 0);
    stand.clock.atMs += 1_000;
    await stand.simulator.runDue();
    assert.equal(stand.simulator.notifications()[0]?.accepted, false, 'a hospital that could not store it hears again');
    stand.simulator.faults.inject({ on: 'notification', fault: { kind: 'duplicate', copies: 1 } });
    stand.clock.atMs += 240_000;
    await stand.simulator.runDue();
    const [told] = stand.simulator.notifications();
    assert.deepEqual([told?.accepted, told?.nextAttemptAt, told?.attempts.map(({ answer }) => answer)], [true, undefined, ['failure', 'success', 'success']]);
    assert.equal(heard.length, 3);
    for (const notification of heard) assert.deepEqual(notification, heard[0]);
  });

  test('a notification that overtakes the answer to its charge is read', async (context) => {
    const stand = await standOf(context);
    const heard: Notification[] = [];
    const url = await merchantAddress(context, stand, heard, () => 'stored');
    stand.simulator.faults.inject({ on: 'pay', fault: { kind: 'notifyBeforeAnswer' } });
    const order = orderOf(stand, 'OVERTAKE', 'paymentCode', { authCode: stand.simulator.newPaymentCode('paysAtOnce'), notifyUrl: url });
    const outcome = await stand.channel.charge(order, call());
    assert.ok(outcome.kind === 'succeeded' && heard[0]?.kind === 'payment' && heard[0].news.kind === 'succeeded');
    assert.equal(heard[0].news.channelTradeNo, outcome.channelTradeNo);
  });

  test('a notification address that is a path is completed with the public one', async (context) => {
    const stand = await standOf(context, { settings: { notifyBaseUrl: 'https://pay.hospital.example/' } });
    await stand.channel.charge(orderOf(stand, 'PUBLIC01', 'nativeQr', { notifyUrl: '/hospay/alipay' }), call());
    assert.equal(stand.simulator.findTrade('PUBLIC01')?.notifyUrl, 'https://pay.hospital.example/hospay/alipay');
    await (await standOf(context)).channel.charge(orderOf(stand, 'PUBLIC02', 'nativeQr', { notifyUrl: '/hospay/alipay' }), call());
    await stand.channel.charge(orderOf(stand, 'PUBLIC03', 'nativeQr', { notifyUrl: 'https://elsewhere.example/x' }), call());
    assert.equal(stand.simulator.findTrade('PUBLIC03')?.notifyUrl, 'https://elsewhere.example/x');
  });
});

function read(stand: Stand, about: { readonly outTradeNo: string; readonly outRequestNo?: string }): Promise<Notification> {
  return stand.channel.readNotification(arrived(stand.simulator.makeNotification(about), new Date(stand.clock.atMs)));
}

function fundingOf(notification: Notification): string | undefined {
  return notification.kind === 'payment' && notification.news.kind === 'succeeded' ? notification.news.fundingSource : undefined;
}

/** The hospital's side of notifications, as the core's HTTP edge does it. */
async function merchantAddress(context: TestContext, stand: Stand, heard: Notification[], result: () => 'stored' | 'retryLater'): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => { chunks.push(chunk); });
    request.on('end', () => {
      const raw = { headers: { 'content-type': request.headers['content-type'] ?? '' }, query: '', body: new Uint8Array(Buffer.concat(chunks)), receivedAt: new Date(stand.clock.atMs).toISOString() };
      void stand.channel.readNotification(raw).then((notification) => {
        heard.push(notification);
        const { status, headers, body } = stand.channel.answerNotification(result());
        response.writeHead(status, headers).end(body);
      });
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', () => { resolve(); }); });
  context.after(() => { server.close(); });
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return `http://127.0.0.1:${String(address.port)}/hospay/alipay`;
}
