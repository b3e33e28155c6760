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

  it('keeps keys, orders, refunds and balance over a restart, and does by itself what fell due meanwhile', async () => {
    const receiver = await startNotificationReceiver();
    const dataFolder = join(folder, 'restart');
    const evening = new Date('2026-11-22T20:00:00+08:00');
    const morning = new Date('2026-11-23T08:00:00+08:00');
    const first = await startWechatPaySimulator({ dataFolder, now: () => evening });
    const post = (simulator: WechatPaySimulator, target: string, body: object): ReturnType<typeof sendRaw> => {
      const now = simulator === first ? evening : morning;
      return sendRaw({ baseUrl: simulator.baseUrl, credentials: first.merchantCredentials, now, method: 'POST', target, body });
    };
    const order = nativeOrder(first.merchantCredentials, { out_trade_no: 'T-KEPT-1', notify_url: receiver.url });
    await post(first, '/v3/pay/transactions/native', order);
    first.faults.inject({ on: 'notification', fault: { kind: 'delay', delayMs: 60_000 } });
    first.faults.inject({ on: 'refundOutcome', fault: { kind: 'settle', status: 'SUCCESS', afterMs: 60_000 } });
    const { transactionId } = first.pay('T-KEPT-1');
    await post(first, '/v3/refund/domestic/refunds', refundOf('T-KEPT-1', { notify_url: receiver.url }));
    const balance = first.balanceFen();
    await first.stop();
    assert.equal(receiver.received.length, 0);

    const second = await startWechatPaySimulator({ dataFolder, now: () => morning });
    try {
      assert.deepEqual(second.merchantCredentials, first.merchantCredentials);
      assert.equal(second.orders.findOrder('T-KEPT-1')?.payments[0]?.transactionId, transactionId);
      assert.equal(second.balanceFen(), balance);
      await receiver.waitFor(2);
      assert.deepEqual(receiver.received.map(({ body }) => body['event_type']).toSorted(), ['REFUND.SUCCESS', 'TRANSACTION.SUCCESS']);
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
