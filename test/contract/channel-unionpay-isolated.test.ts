import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { buildPackage, readArchive } from '@hospay/plugin-sdk/package';
import type { ChannelGuest } from '@hospay/server/domain/guests.js';
import type { Log } from '@hospay/server/domain/log.js';
import { createPluginHost } from '@hospay/server/plugin-host/plugin-host.js';
import { SILENT_METRICS } from '@hospay/server/plugin-host/ports.js';

import { ROOT } from '../architecture/source-files.js';
import { startUnionPaySimulator, type UnionPaySimulator } from '../simulators/unionpay/start-unionpay-simulator.js';
import { arrived, settlementDayNow, unionpaySettings, type SignMethod } from './channel-unionpay-subject.js';

test('packed and shut in a process of its own, the channel does all its work: no network, files or keys but through the core', async (context) => {
  const { channel, simulator } = await shutIn(context, '01');
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
  const { channel, simulator } = await shutIn(context, '12');
  const now = Date.now();
  const charged = await channel.charge({ tradeNo: 'ISOLATED3', amountFen: 1, description: '门诊缴费', method: 'nativeQr', submittedAt: new Date(now).toISOString(), expiresAt: new Date(now + 600_000).toISOString() });
  assert.equal(charged.kind, 'pending', JSON.stringify(charged));
  assert.equal(simulator.find('ISOLATED3')?.txnAmt, 1);
});

async function shutIn(context: TestContext, signMethod: SignMethod): Promise<{ readonly channel: ChannelGuest; readonly simulator: UnionPaySimulator }> {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-unionpay-'));
  const { bytes } = await buildPackage(join(ROOT, 'plugins/channels/unionpay'));
  for (const [path, content] of await readArchive(bytes)) {
    mkdirSync(dirname(join(folder, 'unionpay', path)), { recursive: true });
    writeFileSync(join(folder, 'unionpay', path), content);
  }
  const simulator = await startUnionPaySimulator({ filesReadyAtOnceForTests: true, notificationRetryGapsMs: [] });
  const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, with: () => log };
  const host = createPluginHost({
    folders: [folder], clock: { now: () => new Date() }, log, metrics: SILENT_METRICS, stores: { open: () => createMemoryStore() }, isFirstParty: () => false,
    timers: { after: (ms, task) => {
      const timer = setTimeout(task, ms).unref();
      return { cancel: () => { clearTimeout(timer); } };
    } },
  });
  context.after(async () => {
    await host.stop();
    await simulator.stop();
    rmSync(folder, { recursive: true });
  });
  host.discover();
  const { state, reason } = await host.activate({ id: 'unionpay-1', plugin: 'unionpay', settings: unionpaySettings(simulator.merchantCredentials, signMethod, simulator), enabled: true, merchantNo: simulator.merchantCredentials.merId });
  assert.equal(state, 'active', reason);
  const channel = host.channel('unionpay-1');
  assert.ok(channel !== undefined);
  return { channel, simulator };
}
