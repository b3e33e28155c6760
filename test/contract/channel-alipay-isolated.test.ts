import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { buildPackage, readArchive } from '@hospay/plugin-sdk/package';
import type { Log } from '@hospay/server/domain/log.js';
import { createPluginHost } from '@hospay/server/plugin-host/plugin-host.js';
import { SILENT_METRICS } from '@hospay/server/plugin-host/ports.js';

import { ROOT } from '../architecture/source-files.js';
import { startAlipaySimulator } from '../simulators/alipay/start-alipay-simulator.js';
import { alipaySettings, arrived } from './channel-alipay-subject.js';

test('packed and shut in a process of its own, the channel does all its work: no network, files or keys but through the core', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-alipay-'));
  const { bytes } = await buildPackage(join(ROOT, 'plugins/channels/alipay'));
  for (const [path, content] of await readArchive(bytes)) {
    mkdirSync(dirname(join(folder, 'alipay', path)), { recursive: true });
    writeFileSync(join(folder, 'alipay', path), content);
  }
  const simulator = await startAlipaySimulator({ billsReadyAtOnceForTests: true, notificationRetryGapsMs: [] });
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
  const { state, reason } = await host.activate({ id: 'alipay-1', plugin: 'alipay', settings: alipaySettings(simulator.merchantCredentials, 'certificate', simulator), enabled: true, merchantNo: simulator.merchantCredentials.sellerId });
  assert.equal(state, 'active', reason);
  const channel = host.channel('alipay-1');
  assert.ok(channel !== undefined);

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
