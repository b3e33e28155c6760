/**
 * The payment path with everything durable, on a real file: accept, charge, notification, confirmation. Channel and HIS answer at once, so
 * what is measured is the platform alone.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes, randomInt } from 'node:crypto';
import { fen, type RawNotification } from '@hospay/plugin-sdk';
import { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { JobRunner } from '@hospay/server/edges/outbox/job-runner.js';
import { DEFAULT_PAYMENT_POLICY } from '@hospay/server/domain/payment-policy.js';
import { confirmOrder } from '@hospay/server/payments/confirm-order.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import type { PaymentPorts } from '@hospay/server/payments/ports.js';
import { receiveNotification } from '@hospay/server/payments/receive-notification.js';
import { sampleQuote, ScriptedChannel, ScriptedHospital } from '../contract/scripted-guests.js';
import { percentile } from './machine.js';

export type PathResult = { readonly payments: number; readonly perSecond: number; readonly overheadMs: { readonly p50: number; readonly p99: number }; readonly commits: number };

class InstantChannel extends ScriptedChannel {
  override readNotification(raw?: RawNotification) {
    const paymentNo = Buffer.from(raw?.body ?? []).toString();
    return Promise.resolve({
      kind: 'payment' as const, eventId: paymentNo, tradeNo: paymentNo,
      news: { kind: 'succeeded' as const, tradeNo: paymentNo, merchantNo: this.merchantNo, amountFen: 10_000, channelTradeNo: `C${paymentNo}`, paidAt: new Date().toISOString() },
    });
  }
}

/** `inFlight` patients at once for `count` payments; `perSecond` paces arrivals when given. */
export async function measurePaymentPath(options: { readonly count: number; readonly inFlight: number; readonly perSecond?: number }): Promise<PathResult> {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-bench-'));
  const store = new SqliteMoneyStore({ file: join(folder, 'money.sqlite') });
  const channel = new InstantChannel();
  const hospital = new ScriptedHospital();
  let commits = 0;
  store.commits.beforeCommit = () => { commits += 1; };
  const ports: PaymentPorts = {
    store,
    presettlements: store.presettlements,
    channels: { find: () => channel, choose: () => channel },
    hospitals: { find: () => hospital },
    clock: { now: () => new Date() },
    random: { bytes: (length) => randomBytes(length), nextInt: (limit) => randomInt(limit) },
    policy: DEFAULT_PAYMENT_POLICY,
    reasonToRefuse: () => undefined,
    notifyUrl: () => undefined,
    ownerNotifier: { tell: () => Promise.resolve(true) },
  };
  const confirmed = new Map<string, () => void>();
  const nothing = () => Promise.resolve();
  const runner = new JobRunner(
    {
      store, clock: ports.clock, owner: 'bench',
      timers: { after: (ms, task) => { const timer = setTimeout(task, ms); return { cancel: () => { clearTimeout(timer); } }; } },
      handlers: {
        confirmOrder: async (job) => {
          await confirmOrder(ports, job);
          confirmed.get(job.tradeNo)?.();
        },
        advancePayment: nothing, advanceTender: nothing, advanceRefund: nothing, tellOwner: nothing, advancePresettlement: nothing, tellInsuranceRefund: nothing, advanceDischarge: nothing, advanceInvoice: nothing, checkBooking: nothing, unlockBills: nothing, advancePrepaymentReturn: nothing, advanceNotice: nothing, advancePayout: nothing, sendStatementFile: nothing,
      },
      onFailure: (_job, error) => { throw error; },
    },
    [{ kinds: ['confirmOrder'], concurrency: 256, leaseMs: 60_000 }],
  );
  store.onChanged(() => { runner.nudge(); });
  for (let index = 0; index < options.count; index += 1) void store.saveQuote(sampleQuote(`Q${String(index)}`, new Date()));
  await store.saveQuote(sampleQuote('last', new Date()));
  commits = 0;

  const overheads: number[] = [];
  const payOnce = async (index: number) => {
    const owner = { kind: 'terminal', id: 'kiosk-1' } as const;
    const began = performance.now();
    const created = await createPayment(ports, {
      owner, merchantId: 'm', idempotency: { tenant: 'terminal/kiosk-1', key: String(index), requestHash: 'h' }, quoteId: `Q${String(index)}`, amountFen: fen(10_000), method: 'nativeQr', description: '门诊缴费',
    });
    if (created.kind !== 'ok') throw new Error(created.code);
    const { tradeNo } = created.value;
    const done = new Promise<void>((resolve) => { confirmed.set(tradeNo, resolve); });
    await receiveNotification(ports, channel.id, { headers: {}, query: '', body: Buffer.from(created.value.payments[0]?.paymentNo ?? ''), receivedAt: new Date().toISOString() });
    await done;
    confirmed.delete(tradeNo);
    overheads.push(performance.now() - began);
  };

  const began = performance.now();
  let next = 0;
  const patient = async () => {
    while (next < options.count) {
      const index = next;
      next += 1;
      if (options.perSecond !== undefined) {
        const dueAt = began + (index * 1000) / options.perSecond;
        const wait = dueAt - performance.now();
        if (wait > 0) await new Promise((resolve) => { setTimeout(resolve, wait); });
      }
      await payOnce(index);
    }
  };
  await Promise.all(Array.from({ length: options.inFlight }, patient));
  const seconds = (performance.now() - began) / 1000;
  await runner.stop();
  await store.close();
  rmSync(folder, { recursive: true });
  return { payments: options.count, perSecond: options.count / seconds, overheadMs: { p50: percentile(overheads, 0.5), p99: percentile(overheads, 0.99) }, commits };
}
