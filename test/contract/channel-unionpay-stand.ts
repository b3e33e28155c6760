import type { UnionpaySettings } from '@hospay/channel-unionpay';
import type { CallContext, ChargeRequest, PaymentReference, PluginStore, RefundRequest } from '@hospay/plugin-sdk';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import type { TestContext } from 'node:test';

import { startUnionPaySimulator, type UnionPaySimulator, type UnionPaySimulatorOptions } from '../simulators/unionpay/start-unionpay-simulator.js';
import { activateUnionpay, unionpaySettings, type ActivatedUnionpay, type SignMethod, type UnionpayMethod } from './channel-unionpay-subject.js';
import { call, referenceTo } from './channel-requests.js';

export type Stand = ActivatedUnionpay & {
  readonly simulator: UnionPaySimulator;
  readonly store: PluginStore;
  /** The clock of both sides. */
  readonly clock: { atMs: number };
  /** A further plugin over the same simulator, and the same store unless told otherwise: a restart. */
  readonly again: (change?: { readonly settings?: Partial<UnionpaySettings>; readonly store?: PluginStore }) => Promise<ActivatedUnionpay>;
};

export type StandOptions = { readonly signMethod?: SignMethod; readonly settings?: Partial<UnionpaySettings>; readonly simulator?: UnionPaySimulatorOptions; readonly at?: string };

export const MINUTE_MS = 60_000;

/** The production plugin against a simulator of its own; the clock of both stands still unless the test moves it. */
export async function standOf(context: TestContext, { signMethod = '01', settings, simulator: options, at }: StandOptions = {}): Promise<Stand> {
  // Whole seconds: UnionPay's times have no smaller part.
  const clock = { atMs: Math.floor((at === undefined ? Date.now() : Date.parse(at)) / 1000) * 1000 };
  const now = (): Date => new Date(clock.atMs);
  const simulator = await startUnionPaySimulator({ notificationRetryGapsMs: [], filesReadyAtOnceForTests: true, now, ...options });
  context.after(() => simulator.stop());
  const store = createMemoryStore();
  const again: Stand['again'] = (change = {}) =>
    activateUnionpay({ settings: { ...unionpaySettings(simulator.merchantCredentials, signMethod, simulator), ...settings, ...change.settings }, now, store: change.store ?? store });
  return { ...(await again()), simulator, store, clock, again };
}

export function orderOf(stand: Pick<Stand, 'clock' | 'simulator'>, tradeNo: string, method: UnionpayMethod = 'nativeQr', change: Partial<ChargeRequest> = {}): ChargeRequest {
  const { atMs } = stand.clock;
  const details = method === 'paymentCode' ? { authCode: stand.simulator.newPaymentCode('asksPassword') } : method === 'webPage' || method === 'h5' ? { returnUrl: 'https://hospital.example/paid' } : {};
  return { tradeNo, amountFen: 1_234, description: '门诊缴费', method, submittedAt: new Date(atMs).toISOString(), expiresAt: new Date(atMs + 5 * MINUTE_MS).toISOString(), ...details, ...change };
}

export function refundOf(stand: Pick<Stand, 'clock'>, payment: PaymentReference, refundNo: string, refundFen: number): RefundRequest {
  return { refundNo, submittedAt: new Date(stand.clock.atMs).toISOString(), refundFen, reason: '退费', payment };
}

/** A call that nobody answers in time. */
export function shortCall(): CallContext {
  return call({ signal: AbortSignal.timeout(300) });
}

/** An order charged and paid, as the core knows it then. */
export async function paidOrder(stand: Stand, tradeNo: string, amountFen = 1_000, method: UnionpayMethod = 'nativeQr'): Promise<PaymentReference> {
  const order = orderOf(stand, tradeNo, method, { amountFen });
  const outcome = await stand.channel.charge(order, call());
  stand.simulator.pay(tradeNo);
  const news = await stand.channel.query(referenceTo(order, outcome), call());
  if (news.kind !== 'succeeded') throw new Error(`the order is ${news.kind}`);
  return referenceTo(order, news);
}
