import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';

import type { MedicalInsuranceSettings } from '@hospay/channel-medical-insurance';
import type { CallContext, ChargeOutcome, ChargeRequest, PaymentNews, PaymentReference, PluginStore, PresettlementRequest, RefundRequest } from '@hospay/plugin-sdk';
import { createMemoryStore } from '@hospay/plugin-sdk/host';

import { startMedicalInsuranceSimulator, type MedicalInsuranceSimulator, type MedicalInsuranceSimulatorOptions } from '../simulators/medical-insurance/start-medical-insurance-simulator.js';
import { text, type Fields } from '../simulators/medical-insurance/wire-values.js';
import { activate, call, orderOf, presettlementOf, type Activated } from './channel-medical-insurance-subject.js';

/** The plugin and a centre of its own, with a clock in the test's hands. */
export type StandWith<Plugin> = Plugin & {
  readonly simulator: MedicalInsuranceSimulator;
  /** Moves the clock of both sides. */
  readonly wait: (milliseconds: number) => void;
  readonly now: () => Date;
  /** Another process on the same store; the one before was killed. */
  readonly restart: (settings?: Partial<MedicalInsuranceSettings>) => Promise<Plugin>;
};
export type Stand = StandWith<Activated> & {
  /** Messages the centre got, of one transaction. */
  readonly received: (infno: string) => readonly Fields[];
};

export async function standOf(context: TestContext, options: MedicalInsuranceSimulatorOptions & { readonly settings?: Partial<MedicalInsuranceSettings> } = {}): Promise<Stand> {
  const settings: Partial<MedicalInsuranceSettings> = { headerSigner: options.headers ?? 'tif', bodyCipher: options.bodyCipher ?? 'plain', ...options.settings };
  const stand = await standWith(context, { simulator: options, settings, activate });
  return { ...stand, received: (infno) => stand.simulator.interface.received.filter((message) => text(message, 'infno') === infno) };
}

type StandParts<Plugin> = {
  readonly simulator: MedicalInsuranceSimulatorOptions;
  readonly settings: Partial<MedicalInsuranceSettings>;
  readonly activate: (given: { readonly simulator: MedicalInsuranceSimulator; readonly now: () => Date; readonly store: PluginStore; readonly settings: Partial<MedicalInsuranceSettings> }) => Promise<Plugin>;
};

export async function standWith<Plugin extends { readonly stop: () => Promise<void> }>(context: TestContext, parts: StandParts<Plugin>): Promise<StandWith<Plugin>> {
  let time = Date.parse('2026-03-02T02:00:00Z');
  const now = (): Date => new Date(time);
  const simulator = await startMedicalInsuranceSimulator({ now, ...parts.simulator });
  const store = createMemoryStore();
  const opened: Plugin[] = [];
  context.after(async () => {
    for (const plugin of opened) await plugin.stop();
    await simulator.stop();
  });
  const restart = async (changed: Partial<MedicalInsuranceSettings> = {}): Promise<Plugin> => {
    const plugin = await parts.activate({ simulator, now, store, settings: { ...parts.settings, ...changed } });
    opened.push(plugin);
    return plugin;
  };
  return { ...(await restart()), simulator, now, wait: (milliseconds) => { time += milliseconds; }, restart };
}

/** A call that gives up when the test says so. */
export function patient(): { readonly context: CallContext; readonly giveUp: () => void } {
  const controller = new AbortController();
  return { context: { ...call, signal: controller.signal }, giveUp: () => { controller.abort(); } };
}

export type Presettled = { readonly request: PresettlementRequest; readonly presettlementNo: string; readonly insuredFen: number; readonly visitNo: string };

export async function presettled({ presettling }: Pick<Activated, 'presettling'>, amountsFen: readonly number[] = [10_000], given: Parameters<typeof presettlementOf>[1] = {}): Promise<Presettled> {
  const request = presettlementOf(amountsFen, given);
  const outcome = await presettling.presettle(request, call);
  assert.ok(outcome.kind === 'presettled', JSON.stringify(outcome));
  return { request, presettlementNo: request.presettlementNo, insuredFen: outcome.fundFen + outcome.accountFen, visitNo: outcome.visitNo };
}

export function referenceOf({ tradeNo, submittedAt, amountFen, method }: ChargeRequest, news?: ChargeOutcome | PaymentNews): PaymentReference {
  const paid = news?.kind === 'succeeded' ? { channelTradeNo: news.channelTradeNo, paidAt: news.paidAt, ...(news.channelNote === undefined ? {} : { channelNote: news.channelNote }) } : {};
  return { tradeNo, submittedAt, amountFen, method, ...paid };
}

export type Settled = Presettled & { readonly order: ChargeRequest; readonly payment: PaymentReference };

export async function settled(stand: Pick<Activated, 'presettling' | 'channel'>, amountsFen: readonly number[] = [10_000], given: Parameters<typeof presettlementOf>[1] = {}): Promise<Settled> {
  const before = await presettled(stand, amountsFen, given);
  const order = orderOf(before.presettlementNo, before.insuredFen);
  const outcome = await stand.channel.charge(order, call);
  assert.ok(outcome.kind === 'succeeded', JSON.stringify(outcome));
  return { ...before, order, payment: referenceOf(order, outcome) };
}

export function refundOf({ payment }: Pick<Settled, 'payment'>, refundNo = `R${payment.tradeNo}`): RefundRequest {
  return { refundNo, submittedAt: '2026-03-02T03:00:00Z', refundFen: payment.amountFen, reason: '退费', operatorId: '0101', payment };
}

/** Waits until something is there. */
export async function eventually<Value>(ask: () => Value | undefined): Promise<Value> {
  for (let round = 0; round < 2_000; round += 1) {
    const value = ask();
    if (value !== undefined) return value;
    await new Promise((wake) => { setTimeout(wake, 10); });
  }
  return assert.fail('not in time');
}
