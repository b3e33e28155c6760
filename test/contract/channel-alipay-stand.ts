import type { AlipaySettings } from '@hospay/channel-alipay';
import type { PaymentReference, PluginStore, RefundRequest } from '@hospay/plugin-sdk';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import type { TestContext } from 'node:test';

import { startAlipaySimulator, type AlipaySimulator, type AlipaySimulatorOptions } from '../simulators/alipay/start-alipay-simulator.js';
import { activateAlipay, alipaySettings, type ActivatedAlipay, type SigningMode } from './channel-alipay-subject.js';
import { call, orderOf, referenceTo } from './channel-requests.js';

export type Stand = ActivatedAlipay & {
  readonly simulator: AlipaySimulator;
  readonly store: PluginStore;
  /** The clock of both sides. */
  readonly clock: { atMs: number };
  /** A further plugin over the same simulator, and the same store unless told otherwise: a restart. */
  readonly again: (change?: { readonly settings?: Partial<AlipaySettings>; readonly store?: PluginStore }) => Promise<ActivatedAlipay>;
};

export type StandOptions = { readonly mode?: SigningMode; readonly settings?: Partial<AlipaySettings>; readonly simulator?: AlipaySimulatorOptions };

/** The production plugin against a simulator of its own; the clock of both stands still unless the test moves it. */
export async function standOf(context: TestContext, { mode = 'publicKey', settings, simulator: options }: StandOptions = {}): Promise<Stand> {
  const clock = { atMs: Date.now() };
  const now = (): Date => new Date(clock.atMs);
  const simulator = await startAlipaySimulator({ notificationRetryGapsMs: [], billsReadyAtOnceForTests: true, now, ...options });
  context.after(() => simulator.stop());
  const store = createMemoryStore();
  const again: Stand['again'] = (change = {}) =>
    activateAlipay({ settings: { ...alipaySettings(simulator.merchantCredentials, mode, simulator), ...settings, ...change.settings }, now, store: change.store ?? store });
  return { ...(await again()), simulator, store, clock, again };
}

export function refundOf(payment: PaymentReference, refundNo: string, refundFen: number): RefundRequest {
  return { refundNo, submittedAt: payment.submittedAt, refundFen, reason: '退费', payment };
}

/** An order of an app, charged and paid. */
export async function paidOrder(stand: Stand, tradeNo: string, amountFen = 1_000): Promise<PaymentReference> {
  const order = orderOf(stand, tradeNo, 'jsapi', { amountFen, payerId: '2088000000000022' });
  await stand.channel.charge(order, call());
  stand.simulator.pay(tradeNo);
  const news = await stand.channel.query(referenceTo(order), call());
  if (news.kind !== 'succeeded') throw new Error(`the order is ${news.kind}`);
  return { ...referenceTo(order), channelTradeNo: news.channelTradeNo, paidAt: news.paidAt };
}
