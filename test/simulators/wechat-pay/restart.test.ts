import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { asObject, nativeOrder, refundOf, sendRaw, startNotificationReceiver } from './merchant-for-tests.js';
import { startWechatPaySimulator, type WechatPaySimulator } from './start-wechat-pay-simulator.js';

describe('a WeChat Pay simulator with a data folder', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wechat-pay-simulator-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('keeps keys, orders, refunds, balance and unsent notifications over a restart', async () => {
    const receiver = await startNotificationReceiver();
    const dataFolder = join(folder, 'restart');
    const first = await startWechatPaySimulator({ dataFolder, notificationRetryGapsMs: [60_000] });
    const post = (simulator: WechatPaySimulator, target: string, body: object): ReturnType<typeof sendRaw> =>
      sendRaw({ baseUrl: simulator.baseUrl, credentials: first.merchantCredentials, method: 'POST', target, body });
    const order = nativeOrder(first.merchantCredentials, { out_trade_no: 'T-KEPT-1', notify_url: receiver.url });
    await post(first, '/v3/pay/transactions/native', order);
    first.faults.inject({ on: 'notification', fault: { kind: 'delay', delayMs: 1 } });
    first.faults.inject({ on: 'refundOutcome', fault: { kind: 'stayProcessing' } });
    const { transactionId } = first.pay('T-KEPT-1');
    await post(first, '/v3/refund/domestic/refunds', refundOf('T-KEPT-1'));
    const balance = first.balanceFen();
    await first.stop();
    assert.equal(receiver.received.length, 0);

    const second = await startWechatPaySimulator({ dataFolder, notificationRetryGapsMs: [60_000] });
    try {
      assert.deepEqual(second.merchantCredentials, first.merchantCredentials);
      assert.equal(second.orders.findOrder('T-KEPT-1')?.payments[0]?.transactionId, transactionId);
      assert.equal(second.orders.findRefund('RT-KEPT-1')?.status, 'PROCESSING');
      assert.equal(second.balanceFen(), balance);
      await receiver.waitFor(1);
      const again = await post(second, '/v3/refund/domestic/refunds', refundOf('T-KEPT-1'));
      assert.equal(again.body['refund_id'], second.orders.findRefund('RT-KEPT-1')?.refundId);
      assert.equal((await stat(join(dataFolder, 'merchant-credentials.json'))).mode & 0o777, 0o600);
    } finally {
      await second.stop();
      await receiver.stop();
    }
  });

  it('runs as a process: says where it listens, writes the credentials, ends on SIGTERM', async () => {
    const main = fileURLToPath(new URL('./main.js', import.meta.url));
    const child = spawn(process.execPath, [main, '--data', join(folder, 'process')], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = await once(createInterface(child.stdout), 'line');
      const ready = asObject(JSON.parse(String(line)));
      const credentials = asObject(JSON.parse(await readFile(String(ready['credentialsFile']), 'utf8')));
      assert.equal(String(credentials['apiV3Key']).length, 32);
      const wallet = await fetch(String(ready['walletUrl']));
      assert.equal(wallet.status, 200);
      await wallet.arrayBuffer();
    } finally {
      child.kill('SIGTERM');
    }
    const [code, signal] = await once(child, 'exit');
    assert.deepEqual([code, signal], [0, null]);
  });

  it('without a data folder the process says what it needs', async () => {
    const main = fileURLToPath(new URL('./main.js', import.meta.url));
    const child = spawn(process.execPath, [main], { stdio: ['ignore', 'ignore', 'pipe'] });
    const [message] = await once(child.stderr, 'data');
    assert.match(String(message), /usage: .*--data/);
    const [code] = await once(child, 'exit');
    assert.equal(code, 2);
  });
});
