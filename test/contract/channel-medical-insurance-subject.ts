import medicalInsurance, { type MedicalInsuranceSettings } from '@hospay/channel-medical-insurance';
import type { CallContext, ChargeRequest, PaymentChannel, PluginStore, Presettling, PresettlementRequest, Refunding, Statement } from '@hospay/plugin-sdk';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { makeTestContext, type ChannelFault, type ChannelSubject, type FaultableOperation, type Mortality } from '@hospay/plugin-sdk/testkit';

import type { CentreFault } from '../simulators/medical-insurance/centre-faults.js';
import { startMedicalInsuranceSimulator, type MedicalInsuranceSimulator, type MedicalInsuranceSimulatorOptions } from '../simulators/medical-insurance/start-medical-insurance-simulator.js';

/** 310, much in the account; 390, nothing; 310, ¥15 in the account. */
export const RICH = { personNo: '44000000000000000001', idNo: '440000199001010011' } as const;
export const POOR = { personNo: '44000000000000000002', idNo: '440000198501010022' } as const;
export const SOME = { personNo: '44000000000000000003', idNo: '440000197001010033' } as const;

export const call: CallContext = { deadline: '2026-03-02T02:00:30Z', signal: new AbortController().signal, attempt: 1 };

export type Activated = {
  readonly channel: PaymentChannel & Refunding & Statement;
  readonly presettling: Presettling;
  readonly store: PluginStore;
  readonly logLines: string[];
  stop(): Promise<void>;
};

export function settingsFor(simulator: MedicalInsuranceSimulator): MedicalInsuranceSettings {
  const { institutionCode, baseUrl, path, credentials } = simulator;
  const { gatewayId, gatewaySecret, gatewayUser, gatewayPassword, clientId, hospital, centre } = credentials;
  return {
    profile: 'inPerson', institutionCode, institutionName: '测试医院', baseUrl, requestPath: path, regionCode: '449900', gatewayId, gatewaySecret, gatewayUser, gatewayPassword,
    clientId, signingPrivateKey: hospital.privateKey, centrePublicKey: centre.publicKey, reverseAfterMs: 0,
  };
}

/** The production plugin, activated as the host does it. The same store again plays a restart. */
export async function activate(options: { readonly simulator: MedicalInsuranceSimulator; readonly now?: () => Date; readonly store?: PluginStore; readonly settings?: Partial<MedicalInsuranceSettings>; readonly mortality?: Mortality }): Promise<Activated> {
  const { simulator, now = () => new Date(), store = createMemoryStore() } = options;
  const logLines: string[] = [];
  const context = makeTestContext({ settings: { ...settingsFor(simulator), ...options.settings }, now, store, logged: (line) => { logLines.push(line); } });
  const contributions = await medicalInsurance.activate(options.mortality?.wrap(context) ?? context);
  const [channel, presettling] = [contributions.channels?.['medical-insurance'], contributions.presettling?.['medical-insurance']];
  const { refund, queryRefund, downloadStatement } = channel ?? {};
  if (channel === undefined || presettling === undefined || refund === undefined || queryRefund === undefined || downloadStatement === undefined) throw new Error('the plugin contributes no whole channel medical-insurance');
  return { channel: { ...channel, refund, queryRefund, downloadStatement }, presettling, store, logLines, stop: () => contributions.stop?.() ?? Promise.resolve() };
}

let visits = 0;

/** A visit with one fee for each amount. `ownPay`: the fund pays nothing of it. */
export function presettlementOf(amountsFen: readonly number[], given: Partial<PresettlementRequest> & { readonly ownPay?: true } = {}): PresettlementRequest {
  visits += 1;
  const { ownPay, ...rest } = given;
  const number = String(visits).padStart(6, '0');
  return {
    presettlementNo: `PS${number}`,
    voucher: { kind: 'idCard', number: RICH.idNo },
    personNo: RICH.personNo,
    insuranceType: '310',
    usesAccount: true,
    visit: {
      hospitalVisitNo: `OP${number}`, startedAt: '2026-03-02T01:00:00Z', medicalType: '11', complaint: '咳嗽', doctor: { no: 'D0001', name: '测试医生' },
      department: { code: '0301', name: '内科', category: 'A03' }, diagnoses: [{ kind: '1', code: 'J06.900', name: '急性上呼吸道感染' }],
    },
    fees: amountsFen.map((amountFen, index) => ({
      feeNo: `${number}-${String(index + 1)}`, nationalCode: ownPay === true ? 'ZF0001' : 'XA0001', hospitalCode: 'M0001', amountFen, quantity: '1', unitPriceYuan: (amountFen / 100).toFixed(2), occurredAt: '2026-03-02T01:30:00Z',
    })),
    ...rest,
  };
}

export function orderOf(presettlementNo: string, amountFen: number, given: Partial<ChargeRequest> = {}): ChargeRequest {
  return { tradeNo: `T${presettlementNo}`, amountFen, description: '门诊缴费', method: 'medicalInsurance', submittedAt: '2026-03-02T02:00:00Z', expiresAt: '2026-03-02T02:10:00Z', presettlementNo, operatorId: '0101', ...given };
}

/** The plugin and a centre of its own; every order is of a visit that the fund and the account pay whole. */
export async function makeInsuranceSubject(options: MedicalInsuranceSimulatorOptions & { readonly settings?: Partial<MedicalInsuranceSettings> } = {}): Promise<ChannelSubject> {
  let time = new Date('2026-03-02T02:00:00Z');
  const now = (): Date => time;
  const simulator = await startMedicalInsuranceSimulator({ now, ...options });
  const settings: Partial<MedicalInsuranceSettings> = { headerSigner: options.headers ?? 'tif', bodyCipher: options.bodyCipher ?? 'plain', ...options.settings };
  let wrongMs = 0;
  const ownClock = (): Date => new Date(time.getTime() + wrongMs);
  const plugin = await activate({ simulator, now: ownClock, settings });
  const opened = [plugin];
  const presettled = new Map<string, Promise<unknown>>();
  const visitOf = new Map<string, string>();
  /** The suite names the pre-settlement at once; it is made before the order that settles it is charged. */
  const afterPresettling = (channel: PaymentChannel): PaymentChannel => ({
    ...channel,
    charge: async (request, context) => {
      await presettled.get(request.presettlementNo ?? '');
      const record = await plugin.store.get(`presettlement/${request.presettlementNo ?? ''}`);
      if (typeof record === 'object' && record !== null) visitOf.set(request.tradeNo, String(Reflect.get(record, 'visitNo')));
      return channel.charge(request, context);
    },
  });
  return {
    channel: afterPresettling(plugin.channel),
    now: ownClock,
    secrets: [simulator.credentials.gatewaySecret, simulator.credentials.gatewayPassword, simulator.credentials.hospital.privateKey],
    logLines: () => plugin.logLines,
    control: {
      pay: () => undefined,
      payer: 'inTheCharge',
      refunds: 'wholeOnly',
      askNobody: ['query', 'queryRefund'],
      chargeDetails: (amountFen) => {
        const request = presettlementOf([amountFen]);
        presettled.set(request.presettlementNo, plugin.presettling.presettle(request, call));
        return { method: 'medicalInsurance', presettlementNo: request.presettlementNo, operatorId: '0101' };
      },
      ordersUnder: (tradeNo) => simulator.centre.settlementsOf(visitOf.get(tradeNo) ?? '').filter(({ undoes }) => undoes === undefined).length,
      faults: [...SIMULATED_FAULTS.keys()].filter((fault) => options.bodyCipher === 'sm4' || fault !== 'unsignedAnswer'),
      failNext: (operation, fault) => {
        // What can be forged where nothing is signed is a refusal: what was done is tied to visit, person and message.
        const simulated = fault === 'forgedAnswer' && options.bodyCipher !== 'sm4' ? 'executeThenRefusal' : SIMULATED_FAULTS.get(fault);
        if (simulated === undefined) throw new Error(`the simulator has no fault for ${fault}`);
        simulator.faults.inject({ on: SIMULATED_OPERATIONS[operation], fault: simulated });
      },
      unreachableChannel: async () => {
        const unreachable = await activate({ simulator, now: ownClock, store: plugin.store, settings: { ...settings, baseUrl: 'http://127.0.0.1:1' } });
        opened.push(unreachable);
        return afterPresettling(unreachable.channel);
      },
      skewClock: (ms) => { wrongMs = ms; },
      startMortal: async (mortality) => {
        const mortal = await activate({ simulator, now: ownClock, store: plugin.store, settings, mortality });
        opened.push(mortal);
        return afterPresettling(mortal.channel);
      },
      statementDay: () => {
        time = new Date('2026-03-03T02:00:00Z');
        return '2026-03-02';
      },
      spoilStatement: () => {
        simulator.reconciliation.oddities.sumsSayDifferent = true;
      },
    },
    stop: async () => {
      for (const activated of opened) await activated.stop();
      await simulator.stop();
    },
  };
}

const SIMULATED_OPERATIONS: Readonly<Record<FaultableOperation, readonly string[]>> = { charge: ['2207'], query: ['5203'], close: [], refund: ['2208'], queryRefund: ['5203'] };

/** What the centre does for each fault of the suite. */
export const SIMULATED_FAULTS: ReadonlyMap<ChannelFault, CentreFault> = new Map<ChannelFault, CentreFault>([
  ['timeoutBeforeExecution', 'neverExecute'],
  ['timeoutAfterExecution', 'executeThenNeverAnswer'],
  ['brokenConnectionAfterExecution', 'executeThenDrop'],
  ['serverErrorAfterExecution', 'executeThenServerError'],
  ['throttled', 'throttle'],
  ['garbage', 'executeThenGarbage'],
  ['staleAnswer', 'executeThenOtherVisit'],
  ['unlistedRefusal', 'unlistedCode'],
  ['forgedAnswer', 'executeThenOtherKey'],
  ['unsignedAnswer', 'executeThenUnsigned'],
]);
