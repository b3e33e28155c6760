import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';

import type { RawNotification } from '@hospay/plugin-sdk';

import type { NotificationVariation } from '../simulators/unionpay/notification-queue.js';
import { call, referenceTo } from './channel-requests.js';
import { MINUTE_MS, orderOf, paidOrder, refundOf, standOf, type Stand } from './channel-unionpay-stand.js';
import { arrived } from './channel-unionpay-subject.js';

describe('unionpay: notifications', () => {
  test('a payment is told with numbers, amount, time and what paid', async (context) => {
    for (const signMethod of ['01', '11', '12'] as const) {
      const stand = await standOf(context, { signMethod });
      const order = orderOf(stand, 'TOLD00001');
      await stand.channel.charge(order, call());
      stand.simulator.pay('TOLD00001', { isECny: true });
      const told = await stand.channel.readNotification(raw(stand, 'TOLD00001'));
      assert.ok(told.kind === 'payment', JSON.stringify(told));
      assert.deepEqual(told.news, await stand.channel.query(referenceTo(order), call()));
      assert.equal(told.news.kind === 'succeeded' && told.news.fundingSource, 'eCny');
    }
  });

  test('undo and refund are told under their own number and that of the payment', async (context) => {
    const stand = await standOf(context, { settings: { undoSameDay: true } });
    const refund = refundOf(stand, await paidOrder(stand, 'UNDOTOLD1'), 'RUNDOTOLD1', 1_000);
    const part = refundOf(stand, await paidOrder(stand, 'PARTTOLD1'), 'RPARTTOLD1', 400);
    for (const { refundNo, refundFen, payment, ...others } of [refund, part]) {
      await stand.channel.refund({ refundNo, refundFen, payment, ...others }, call());
      const told = await stand.channel.readNotification(raw(stand, refundNo));
      assert.ok(told.kind === 'refund', JSON.stringify(told));
      assert.deepEqual([told.refundNo, told.tradeNo, told.merchantNo], [refundNo, payment.tradeNo, stand.channel.merchantNo]);
      assert.equal(told.news.kind === 'succeeded' && told.news.refundFen, refundFen);
    }
    assert.equal(stand.simulator.find('RUNDOTOLD1')?.txnType, '31');
  });

  test('a refund that failed is told as such, one under way as processing, a code of nobody\'s meaning as unknown', async (context) => {
    const stand = await standOf(context);
    await stand.channel.refund(refundOf(stand, await paidOrder(stand, 'RESULTS01'), 'RRESULTS01', 100), call());
    for (const [respCode, kind] of [['62', 'abnormal'], ['01', 'closed'], ['05', 'processing'], ['Z9', 'unknown']] as const) {
      const told = await stand.channel.readNotification(raw(stand, 'RRESULTS01', { kind: 'otherFields', fields: { respCode } }));
      assert.equal(told.kind === 'refund' && told.news.kind, kind);
    }
    const payment = await stand.channel.readNotification(raw(stand, 'RESULTS01', { kind: 'otherFields', fields: { respCode: '64' } }));
    assert.equal(payment.kind === 'payment' && payment.news.kind, 'unknown', 'a payment that was not made is never notified: it is asked about');
  });

  test('what the address carries in its own query is no part of what was signed', async (context) => {
    const stand = await standOf(context);
    await paidOrder(stand, 'QUERYED01');
    const told = await stand.channel.readNotification({ ...raw(stand, 'QUERYED01'), query: 'channel=unionpay&txnAmt=1&orderId=OTHER0001' });
    assert.ok(told.kind === 'payment' && told.news.kind === 'succeeded');
    assert.deepEqual([told.tradeNo, told.news.amountFen], ['QUERYED01', 1_000]);
  });

  for (const variation of [
    { kind: 'badSignature' }, { kind: 'otherMerchant' }, { kind: 'garbageBody' }, { kind: 'otherSigner', signer: 'foreign' }, { kind: 'otherSigner', signer: 'otherOwner' },
    { kind: 'otherSigner', signer: 'expired' }, { kind: 'otherSigner', signer: 'ownMiddle' }, { kind: 'otherFields', fields: { txnType: '02' } }, { kind: 'otherFields', fields: { queryId: '' } },
    { kind: 'otherFields', fields: { respCode: '' } }, { kind: 'otherFields', fields: { orderId: '' } }, { kind: 'otherFields', fields: { txnTime: 'yesterday' } }, { kind: 'otherFields', fields: { txnType: '04', reqReserved: '' } },
  ] as const) {
    test(`one with ${JSON.stringify(variation)} is refused`, async (context) => {
      const stand = await standOf(context);
      await paidOrder(stand, 'WRONGLY01');
      assert.equal((await stand.channel.readNotification(raw(stand, 'WRONGLY01', variation))).kind, 'refused');
    });
  }

  test('a field named twice, another media type, or a signature of another method is refused', async (context) => {
    const stand = await standOf(context);
    await paidOrder(stand, 'TWICE0001');
    const genuine = raw(stand, 'TWICE0001');
    assert.equal((await stand.channel.readNotification({ ...genuine, body: Buffer.concat([Buffer.from(genuine.body), Buffer.from('&txnAmt=1000')]) })).kind, 'refused');
    assert.equal((await stand.channel.readNotification({ ...genuine, headers: { 'content-type': 'application/json' } })).kind, 'refused');
    const secure = await stand.again({ settings: { signMethod: '11', secureKey: stand.simulator.merchantCredentials.secureKey } });
    assert.equal((await secure.channel.readNotification(genuine)).kind, 'refused');
  });

  test('one that is a day old is refused, and so is last year\'s of the same day and hour', async (context) => {
    const stand = await standOf(context, { at: '2026-05-20T12:00:00+08:00' });
    await paidOrder(stand, 'YESTERDAY');
    const genuine = stand.simulator.makeNotification('YESTERDAY');
    for (const [later, kind] of [[23 * 60, 'payment'], [24 * 60 + 1, 'refused'], [365 * 24 * 60, 'refused'], [-(24 * 60 + 1), 'refused']] as const) {
      const told = await stand.channel.readNotification(arrived(genuine, new Date(stand.clock.atMs + later * MINUTE_MS)));
      assert.equal(told.kind, kind, String(later));
    }
  });

  test('news by nobody but the notification: the charge was never answered', async (context) => {
    const stand = await standOf(context);
    const order = orderOf(stand, 'NEWSONLY1', 'paymentCode', { authCode: stand.simulator.newPaymentCode('paysAtOnce') });
    stand.simulator.faults.inject({ on: 'charge', fault: { kind: 'executeThenDropConnection' } });
    assert.equal((await stand.channel.charge(order, call())).kind, 'unknown');
    const told = await stand.channel.readNotification(raw(stand, 'NEWSONLY1'));
    assert.equal(told.kind === 'payment' && told.news.kind, 'succeeded');
  });

  test('UnionPay posts to the address it was given and repeats until it hears ok', async (context) => {
    const received: RawNotification[] = [];
    const answers = ['retryLater', 'stored'] as const;
    const stand = await standOf(context, { simulator: { notificationRetryGapsMs: [MINUTE_MS, 2 * MINUTE_MS] } });
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => { chunks.push(chunk); });
      request.on('end', () => {
        const answer = stand.channel.answerNotification(answers[received.length] ?? 'stored');
        received.push({ headers: { 'content-type': request.headers['content-type'] ?? '' }, query: request.url?.split('?')[1] ?? '', body: Buffer.concat(chunks), receivedAt: new Date(stand.clock.atMs).toISOString() });
        response.writeHead(answer.status, answer.headers).end(answer.body);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    context.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const { channel } = await stand.again({ settings: { notifyBaseUrl: `http://127.0.0.1:${String(port)}/` } });
    const order = orderOf(stand, 'POSTED001', 'nativeQr', { notifyUrl: '/notify/unionpay?campus=1' });
    await channel.charge(order, call());
    stand.simulator.pay('POSTED001');
    await stand.simulator.runDue();
    stand.clock.atMs += MINUTE_MS;
    await stand.simulator.runDue();
    stand.clock.atMs += 5 * MINUTE_MS;
    await stand.simulator.runDue();
    assert.equal(received.length, 2);
    const [first, second] = await Promise.all(received.map((notification) => channel.readNotification(notification)));
    assert.ok(first?.kind === 'payment' && first.news.kind === 'succeeded');
    assert.deepEqual(second, first, 'a repeat reads the same');
    assert.deepEqual(stand.simulator.notifications().map(({ accepted, roundsMade }) => [accepted, roundsMade]), [[true, 2]]);
    assert.deepEqual(channel.answerNotification('stored').body, 'ok');
  });

  test('without an address UnionPay gets the one that means none', async (context) => {
    const stand = await standOf(context);
    await paidOrder(stand, 'NOADDRESS');
    assert.equal(stand.simulator.find('NOADDRESS')?.backUrl, 'http://www.specialUrl.com');
    assert.deepEqual(stand.simulator.notifications(), []);
    const { channel } = await stand.again({ settings: { backUrlWithoutNotification: 'http://hospital.example/none' } });
    await channel.charge(orderOf(stand, 'NOADDRES2', 'nativeQr', { notifyUrl: '/notify/unionpay' }), call());
    assert.equal(stand.simulator.find('NOADDRES2')?.backUrl, 'http://hospital.example/none', 'a path alone leads nowhere');
  });
});

function raw(stand: Stand, orderId: string, variation?: NotificationVariation): RawNotification {
  return arrived(stand.simulator.makeNotification(orderId, variation), new Date(stand.clock.atMs));
}
