import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startAlipaySimulator } from '../simulators/alipay/start-alipay-simulator.js';
import { alipaySettings, arrived } from './channel-alipay-subject.js';
import { shutIn } from './isolated-host.js';

test('packed and shut in a process of its own, the channel does all its work: no network, files or keys but through the core', async (context) => {
  const simulator = await startAlipaySimulator({ billsReadyAtOnceForTests: true, notificationRetryGapsMs: [] });
  const { merchantCredentials } = simulator;
  const channel = await shutIn(context, { plugin: 'alipay', simulator, settings: alipaySettings(merchantCredentials, 'certificate', simulator), merchantNo: merchantCredentials.sellerId });

  const now = Date.now();
  const order = { tradeNo: 'ISOLATED', amountFen: 1_234, description: '门诊缴费', method: 'nativeQr', submittedAt: new Date(now).toISOString(), expiresAt: new Date(now + 600_000).toISOString() } as const;
  simulator.changeCertificate();
  const charged = await channel.charge(order);
  assert.equal(charged.kind, 'pending', JSON.stringify(charged));
  simulator.pay('ISOLATED');
  const payment = { tradeNo: order.tradeNo, submittedAt: order.submittedAt, amountFen: 1_234, method: order.method };
  assert.equal((await channel.query(payment)).kind, 'succeeded');
  const told = await channel.readNotification(arrived(simulator.makeNotification({ outTradeNo: 'ISOLATED' })));
  assert.equal(told.kind, 'payment', JSON.stringify(told));
  const refund = { refundNo: 'RISOLATED', submittedAt: order.submittedAt, refundFen: 400, reason: '退费', payment };
  assert.equal((await channel.refund(refund)).kind, 'succeeded');
  const bill = await channel.downloadStatement({ day: new Date(now + 8 * 3_600_000).toISOString().slice(0, 10) });
  assert.ok(bill.kind === 'ok' && bill.lines.length === 2, JSON.stringify(bill));
});
