import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';

import medicalInsurance, { type MedicalInsuranceSettings } from '@hospay/channel-medical-insurance';
import type { ChargeRequest, FullPaymentChannel, PaymentChannel, PluginStore, PresettlementRequest, Presettling, RawNotification } from '@hospay/plugin-sdk';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { makeTestContext, type ChannelSubject, type FaultableOperation, type Mortality, type NotificationVariation } from '@hospay/plugin-sdk/testkit';

import { yuanText } from '../simulators/machinery/yuan-text.js';
import { startMedicalInsuranceSimulator, type MedicalInsuranceSimulator, type MedicalInsuranceSimulatorOptions } from '../simulators/medical-insurance/start-medical-insurance-simulator.js';
import type { Fields } from '../simulators/medical-insurance/wire-values.js';
import { standWith, type StandWith } from './channel-medical-insurance-stand.js';
import { call, orderOf, presettlementOf, RICH, SIMULATED_FAULTS } from './channel-medical-insurance-subject.js';

export type MobileActivated = {
  readonly channel: PaymentChannel & Omit<FullPaymentChannel, 'downloadStatement'>;
  readonly presettling: Presettling;
  readonly store: PluginStore;
  readonly logLines: string[];
  stop(): Promise<void>;
};
type MobileOptions = MedicalInsuranceSimulatorOptions & { readonly settings?: Partial<MedicalInsuranceSettings> };

export function mobileSettingsFor({ institutionCode, baseUrl, credentials }: MedicalInsuranceSimulator): MedicalInsuranceSettings {
  const { mobileAppId, mobileAppSecret, hospital, centre, gatewayId, gatewaySecret } = credentials;
  return {
    profile: 'mobile', institutionCode, institutionName: '测试医院', baseUrl, regionCode: '449900', mobileAppId, mobileAppSecret, mobilePrivateKey: Buffer.from(hospital.privateKey, 'hex').toString('base64'),
    centrePublicKey: Buffer.from(centre.publicKey, 'hex').toString('base64'), gatewayId, gatewaySecret, reverseAfterMs: 0,
  };
}

export async function activateMobile(options: { readonly simulator: MedicalInsuranceSimulator; readonly now: () => Date; readonly store?: PluginStore; readonly settings?: Partial<MedicalInsuranceSettings>; readonly mortality?: Mortality }): Promise<MobileActivated> {
  const { simulator, now, store = createMemoryStore(), mortality } = options;
  const logLines: string[] = [];
  const context = makeTestContext({ settings: { ...mobileSettingsFor(simulator), ...options.settings }, now, store, logged: (line) => { logLines.push(line); } });
  const contributions = await medicalInsurance.activate(mortality?.wrap(context) ?? context);
  const [channel, presettling] = [contributions.channels?.['medical-insurance'], contributions.presettling?.['medical-insurance']];
  const { refund, queryRefund, close, readNotification, answerNotification } = channel ?? {};
  if (channel === undefined || presettling === undefined || refund === undefined || queryRefund === undefined || close === undefined || readNotification === undefined || answerNotification === undefined) throw new Error('the plugin contributes no whole mobile channel');
  return { channel: { ...channel, refund, queryRefund, close, readNotification, answerNotification }, presettling, store, logLines, stop: () => contributions.stop?.() ?? Promise.resolve() };
}

export type MobileStand = StandWith<MobileActivated> & {
  /** Data of the messages the centre could read, of one transaction. */
  readonly received: (infno: string) => readonly Fields[];
};

export async function mobileStandOf(context: TestContext, options: MobileOptions = {}): Promise<MobileStand> {
  const stand = await standWith(context, { simulator: options, settings: options.settings ?? {}, activate: activateMobile });
  return { ...stand, received: (infno) => stand.simulator.mobileInterface.received.filter((message) => message.infno === infno).map(({ data }) => data) };
}

/** A visit an app pays: authorised by the person, who is named. */
export function mobileRequestOf(simulator: MedicalInsuranceSimulator, amountsFen: readonly number[] = [10_000], given: Parameters<typeof presettlementOf>[1] & { readonly who?: string } = {}): PresettlementRequest {
  const { who = RICH.personNo, ...rest } = given;
  const person = simulator.centre.people.get(who) ?? assert.fail();
  return presettlementOf(amountsFen, {
    personNo: who, voucher: { kind: 'authorization', number: simulator.mobile.authorise(who) }, person: { name: person.name, idType: '01', idNo: person.idNo }, insuranceType: person.insuranceType, ...rest,
  });
}

export type MobilePresettled = { readonly request: PresettlementRequest; readonly order: ChargeRequest; readonly insuredFen: number; readonly orderId: string };

export async function mobilePresettled({ presettling, simulator }: Pick<MobileStand, 'presettling' | 'simulator'>, ...given: [amountsFen?: readonly number[], options?: Parameters<typeof mobileRequestOf>[2]]): Promise<MobilePresettled> {
  const request = mobileRequestOf(simulator, ...given);
  const outcome = await presettling.presettle(request, call);
  assert.ok(outcome.kind === 'presettled', JSON.stringify(outcome));
  const insuredFen = outcome.fundFen + outcome.accountFen;
  return { request, insuredFen, order: orderOf(request.presettlementNo, insuredFen), orderId: outcome.mobileOrder?.payOrderId ?? assert.fail('no order is named') };
}

const SIMULATED_OPERATIONS: Readonly<Record<FaultableOperation, readonly string[]>> = { charge: ['6202'], query: ['6301'], close: ['6401'], refund: ['6203'], queryRefund: ['6301'] };

/** The mobile profile and a centre that settles later, as the suite wants them. Every order is one the insurance pays whole. */
export async function makeMobileSubject(options: MobileOptions = {}): Promise<ChannelSubject> {
  const time = new Date('2026-03-02T02:00:00Z');
  const now = (): Date => time;
  const simulator = await startMedicalInsuranceSimulator({ now, ...options, mobile: { settles: 'later', ...options.mobile } });
  const settings = options.settings ?? {};
  let wrongMs = 0;
  const ownClock = (): Date => new Date(time.getTime() + wrongMs);
  const plugin = await activateMobile({ simulator, now: ownClock, settings });
  const opened = [plugin];
  const presettled = new Map<string, Promise<unknown>>();
  const ownNumberOf = new Map<string, string>();
  const afterPresettling = (channel: PaymentChannel): PaymentChannel => ({
    ...channel,
    charge: async (request, context) => {
      await presettled.get(request.presettlementNo ?? '');
      ownNumberOf.set(request.tradeNo, request.presettlementNo ?? '');
      return channel.charge(request, context);
    },
  });
  const orderUnder = (tradeNo: string) => simulator.mobile.byOwnNumber(ownNumberOf.get(tradeNo) ?? '');
  return {
    channel: afterPresettling(plugin.channel),
    now: ownClock,
    secrets: [simulator.credentials.mobileAppSecret, mobileSettingsFor(simulator).mobilePrivateKey ?? ''],
    logLines: () => plugin.logLines,
    control: {
      pay: (tradeNo) => { if (orderUnder(tradeNo).state === '2') simulator.mobile.settle(orderUnder(tradeNo).orderId); },
      payer: 'atTheDevice',
      refunds: 'wholeOnly',
      askNobody: ['query', 'queryRefund'],
      chargeDetails: (amountFen) => {
        const request = mobileRequestOf(simulator, [amountFen]);
        presettled.set(request.presettlementNo, plugin.presettling.presettle(request, call));
        return { method: 'medicalInsurance', presettlementNo: request.presettlementNo };
      },
      ordersUnder: (tradeNo) => (['2', '4', '6'].includes(orderUnder(tradeNo).state) ? 1 : 0),
      faults: [...SIMULATED_FAULTS.keys()],
      failNext: (operation, fault) => {
        const simulated = SIMULATED_FAULTS.get(fault) ?? assert.fail(`the simulator has no fault for ${fault}`);
        simulator.faults.inject({ on: SIMULATED_OPERATIONS[operation], fault: simulated });
      },
      unreachableChannel: async () => {
        const unreachable = await activateMobile({ simulator, now: ownClock, store: plugin.store, settings: { ...settings, baseUrl: 'http://127.0.0.1:1' } });
        opened.push(unreachable);
        return afterPresettling(unreachable.channel);
      },
      startMortal: async (mortality) => {
        const mortal = await activateMobile({ simulator, now: ownClock, store: plugin.store, settings, mortality });
        opened.push(mortal);
        return afterPresettling(mortal.channel);
      },
      skewClock: (ms) => { wrongMs = ms; },
      notification: ({ tradeNo }, variation) => noticeOf(simulator, orderUnder(tradeNo).orderId, variation),
      notifiesRefunds: false,
      replayWindowMs: 300_000,
    },
    stop: async () => {
      for (const activated of opened) await activated.stop();
      await simulator.stop();
    },
  };
}

/** 6302 as it would arrive now. */
export function noticeOf(simulator: MedicalInsuranceSimulator, orderId: string, variation: NotificationVariation = 'genuine', fields: Fields = {}): RawNotification {
  const order = simulator.mobile.orders.get(orderId) ?? assert.fail('there is no such order');
  const more = order.fundFen + 100;
  const data = {
    ...simulator.mobile.notice(order, variation === 'otherMerchant' ? 'H44999900009' : simulator.institutionCode),
    ...(variation === 'otherAmount' ? { fundPay: yuanText(more), psnAcctPay: yuanText(order.accountFen - 100 - 1), ownPayAmt: yuanText(order.cashFen + 1) } : {}),
    ...fields,
  };
  const body = simulator.mobileEnvelope.seal({}, data, variation === 'forged' ? simulator.credentials.hospital : simulator.credentials.centre);
  return { headers: { 'content-type': 'application/json; charset=utf-8' }, query: '', body: Buffer.from(body), receivedAt: '2026-03-02T02:00:01Z' };
}
