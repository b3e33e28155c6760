import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import type { ChannelGuest } from '@hospay/server/domain/guests.js';

import { startUnionPaySimulator, type UnionPaySimulator } from '../simulators/unionpay/start-unionpay-simulator.js';
import { arrived, settlementDayNow, unionpaySettings, type SignMethod } from './channel-unionpay-subject.js';
import { shutIn } from './isolated-host.js';

test('packed and shut in a process of its own, the channel does all its work: no network, files or keys but through the core', async (context) => {
  const { channel, simulator } = await unionPayOf(context, '01');
  const now = Date.now();
  const order = { tradeNo: 'ISOLATED1', amountFen: 1_234, description: '门诊缴费', method: 'nativeQr', submittedAt: new Date(now).toISOString(), expiresAt: new Date(now + 600_000).toISOString() } as const;
  const charged = await channel.charge(order);
  assert.equal(charged.kind, 'pending', JSON.stringify(charged));
  simulator.pay('ISOLATED1');
  const payment = { tradeNo: order.tradeNo, submittedAt: order.submittedAt, amountFen: 1_234, method: order.method };
  assert.equal((await channel.query(payment)).kind, 'succeeded');
  const told = await channel.readNotification(arrived(simulator.makeNotification('ISOLATED1')));
  assert.equal(told.kind, 'payment', JSON.stringify(told));
  const refund = { refundNo: 'RISOLATED1', submittedAt: order.submittedAt, refundFen: 400, reason: '退费', payment };
  assert.equal((await channel.refund(refund)).kind, 'processing');
  assert.equal((await channel.queryRefund(refund)).kind, 'succeeded');

  const scanned = { ...order, tradeNo: 'ISOLATED2', method: 'paymentCode', authCode: simulator.newPaymentCode('asksPassword') } as const;
  assert.equal((await channel.charge(scanned)).kind, 'pending');
  assert.equal((await channel.close({ tradeNo: scanned.tradeNo, submittedAt: order.submittedAt, amountFen: 1_234, method: scanned.method })).kind, 'closed');
  const file = await channel.downloadStatement({ day: settlementDayNow() });
  assert.ok(file.kind === 'ok' && file.lines.length === 2, JSON.stringify(file));
});

test('so it does with a secure key, which it never sees', async (context) => {
  const { channel, simulator } = await unionPayOf(context, '12');
  const now = Date.now();
  const charged = await channel.charge({ tradeNo: 'ISOLATED3', amountFen: 1, description: '门诊缴费', method: 'nativeQr', submittedAt: new Date(now).toISOString(), expiresAt: new Date(now + 600_000).toISOString() });
  assert.equal(charged.kind, 'pending', JSON.stringify(charged));
  assert.equal(simulator.find('ISOLATED3')?.txnAmt, 1);
});

async function unionPayOf(context: TestContext, signMethod: SignMethod): Promise<{ readonly channel: ChannelGuest; readonly simulator: UnionPaySimulator }> {
  const simulator = await startUnionPaySimulator({ filesReadyAtOnceForTests: true, notificationRetryGapsMs: [] });
  const { merchantCredentials } = simulator;
  const channel = await shutIn(context, { plugin: 'unionpay', simulator, settings: unionpaySettings(merchantCredentials, signMethod, simulator), merchantNo: merchantCredentials.merId });
  return { channel, simulator };
}
