import assert from 'node:assert/strict';
import unionpay, { type UnionpaySettings } from '@hospay/channel-unionpay';
import type { ChargeOutcome, PaymentChannel, PluginStore, RawNotification } from '@hospay/plugin-sdk';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { makeTestContext, type ChannelFault, type ChannelSubject, type FaultableOperation, type Mortality, type NotificationVariation } from '@hospay/plugin-sdk/testkit';

import type { PostedMessage } from '../simulators/machinery/retried-posts.js';
import type { ApiFault, ApiOperation } from '../simulators/unionpay/fault-rules.js';
import type { NotificationVariation as SimulatedVariation } from '../simulators/unionpay/notification-queue.js';
import type { MerchantCredentials } from '../simulators/unionpay/platform-keys.js';
import { startUnionPaySimulator } from '../simulators/unionpay/start-unionpay-simulator.js';

export type SignMethod = UnionpaySettings['signMethod'];
export type UnionpayMethod = NonNullable<UnionpaySettings['methods']>[number];
/** A channel that offers the scanned code can close; one without it has nothing to close. */
export type WholeChannel = PaymentChannel & Required<Pick<PaymentChannel, 'refund' | 'queryRefund' | 'readNotification' | 'answerNotification' | 'downloadStatement'>>;
export type ActivatedUnionpay = { readonly channel: WholeChannel; readonly logLines: string[] };

export const OLDEST_NOTIFICATION_MS = 24 * 3_600_000;
/** Port 1 (tcpmux) of this machine: nobody listens there, so connections are refused. */
export const REFUSING_ADDRESS = 'http://127.0.0.1:1';

/** What the credentials look like in the plugin's settings. */
export function unionpaySettings(credentials: MerchantCredentials, signMethod: SignMethod, address: { readonly baseUrl: string }): UnionpaySettings {
  const { merId, certId, merchantPrivateKeyPem, secureKey, rootCertificatePem, middleCertificatePem, termId } = credentials;
  const keys = signMethod === '01' ? { certId, merchantPrivateKeyPem, rootCertificatePem, middleCertificatePems: [middleCertificatePem] } : { secureKey };
  return { merId, signMethod, ...keys, termId, gatewayUrl: address.baseUrl, fileUrl: address.baseUrl, eCnyMark: { field: 'payType', values: ['DCEP'] }, eCnyStatementMark: { column: 'payMethod', values: ['DCEP'] } };
}

/** The production plugin, activated as the host does it. */
export async function activateUnionpay(options: { readonly settings: UnionpaySettings; readonly now?: () => Date; readonly store?: PluginStore; readonly mortality?: Mortality }): Promise<ActivatedUnionpay> {
  const logLines: string[] = [];
  const { settings, now, store, mortality } = options;
  const context = makeTestContext({ settings, ...(now === undefined ? {} : { now }), ...(store === undefined ? {} : { store }), logged: (line) => { logLines.push(line); } });
  const contributions = await unionpay.activate(mortality?.wrap(context) ?? context);
  const channel = contributions.channels?.['unionpay'];
  if (channel === undefined || !isWhole(channel)) throw new Error('the plugin contributes no whole channel unionpay');
  return { channel, logLines };
}

function isWhole(channel: PaymentChannel): channel is WholeChannel {
  return channel.refund !== undefined && channel.queryRefund !== undefined && channel.readNotification !== undefined && channel.answerNotification !== undefined && channel.downloadStatement !== undefined;
}

/** The plugin and a simulator of its own, over HTTP on the loopback; it offers one method. */
export async function makeUnionpaySubject(signMethod: SignMethod, method: UnionpayMethod): Promise<ChannelSubject> {
  const simulator = await startUnionPaySimulator({ filesReadyAtOnceForTests: true, notificationRetryGapsMs: [] });
  const credentials = simulator.merchantCredentials;
  // The suite asks at once after a lost call; that a fresh "no such transaction" is not believed has tests of its own.
  const settings: UnionpaySettings = { ...unionpaySettings(credentials, signMethod, simulator), methods: [method], notFoundGraceSeconds: 0 };
  let wrongMs = 0;
  const now = (): Date => new Date(Date.now() + wrongMs);
  const store = createMemoryStore();
  const plugin = await activateUnionpay({ settings, now, store });
  const asPatientsMeet = (channel: WholeChannel): WholeChannel => (method === 'webPage' ? withBrowser(channel) : channel);
  // A page is only signed by the charge: nothing has been executed when its answer is lost.
  const faults = [...SIMULATED_FAULTS.keys()].filter((fault) => method !== 'webPage' || fault !== 'timeoutAfterExecution');
  const armed = new Map<FaultableOperation, ApiFault>();
  /** The fault waits for the order of the call that is to meet it: a close asks too, and another call may be under way. */
  const meet = (operation: FaultableOperation, on: ApiOperation | readonly ApiOperation[], orderId: string): void => {
    const fault = armed.get(operation);
    armed.delete(operation);
    if (fault !== undefined) simulator.faults.inject({ on, orderId, fault });
  };
  const faulty = withFaults(plugin.channel, meet);
  return {
    channel: asPatientsMeet(faulty),
    now,
    secrets: signMethod === '01' ? [credentials.merchantPrivateKeyPem, credentials.merchantPrivateKeyPem.split('\n')[3] ?? ''] : [credentials.secureKey],
    logLines: () => plugin.logLines,
    control: {
      payer: method === 'paymentCode' ? 'atTheDevice' : 'later',
      chargeDetails: () => ({ method, ...(method === 'paymentCode' ? { authCode: simulator.newPaymentCode('asksPassword') } : {}), ...(method === 'webPage' ? { returnUrl: 'https://hospital.example/paid' } : {}) }),
      pay: (tradeNo) => { simulator.pay(tradeNo); },
      ordersUnder: (tradeNo) => simulator.transactions().filter(({ orderId }) => orderId === tradeNo).length,
      faults,
      failNext: (operation, fault) => {
        const simulated = SIMULATED_FAULTS.get(fault);
        if (simulated === undefined) throw new Error(`the simulator has no fault for ${fault}`);
        armed.set(operation, simulated);
      },
      holdRefunds: () => { simulator.holdRefunds(); },
      settleRefund: (refundNo, as) => { simulator.settleRefund(refundNo, as === 'succeeded' ? as : { failCode: as === 'closed' ? '01' : '62' }); },
      unreachableChannel: async () => (await activateUnionpay({ settings: { ...settings, gatewayUrl: REFUSING_ADDRESS } })).channel,
      notification: ({ tradeNo, refundNo }, variation) => arrived(simulator.makeNotification(refundNo ?? tradeNo, simulatedVariation(variation))),
      replayWindowMs: OLDEST_NOTIFICATION_MS,
      statementDay: () => settlementDayNow(),
      readStatementFile: async (file, give) => (await unionpay.statementReaders?.['unionpay']?.(file, settings, give)) ?? assert.fail('no reader'),
      startMortal: async (mortality) => asPatientsMeet((await activateUnionpay({ settings, now, store, mortality })).channel),
      skewClock: (ms) => { wrongMs = ms; },
      ...(signMethod === '01' ? { expireCertificate: () => { simulator.signAs('expired'); } } : {}),
      spoilStatement: () => {
        const [{ orderId } = { orderId: '' }] = simulator.transactions();
        simulator.faults.inject({ on: 'fileContent', fault: { kind: 'wrongDirection', orderId } });
      },
    },
    stop: () => simulator.stop(),
  };
}

/** A message as the core's HTTP edge hands it over: header names in lower case, the raw bytes, the time of arrival. */
export function arrived(message: PostedMessage, at = new Date()): RawNotification {
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name.toLowerCase(), value] as const));
  return { headers, query: '', body: new Uint8Array(message.body), receivedAt: at.toISOString() };
}

/** The settlement day of now (yyyy-MM-dd): from eleven in the evening on it is tomorrow's. */
export function settlementDayNow(at = new Date()): string {
  return new Date(at.getTime() + 9 * 3_600_000).toISOString().slice(0, 10);
}

/** Posts the form of a page, as the patient's browser does; the status of the page it gets. */
export async function openPage(outcome: ChargeOutcome): Promise<number> {
  if (outcome.kind !== 'pending' || outcome.present.kind !== 'form') return 0;
  return (await fetch(outcome.present.url, { method: 'POST', body: new URLSearchParams(outcome.present.fields) })).status;
}

/** The channel as a patient meets it whose browser opens every page he is handed. */
function withBrowser(channel: WholeChannel): WholeChannel {
  return {
    ...channel,
    async charge(request, context) {
      const outcome = await channel.charge(request, context);
      await openPage(outcome);
      return outcome;
    },
  };
}

/** Tells before each call which of UnionPay's operations, for which number, is what the call comes down to. */
function withFaults(channel: WholeChannel, meet: (operation: FaultableOperation, on: ApiOperation | readonly ApiOperation[], orderId: string) => void): WholeChannel {
  const { close } = channel;
  return {
    ...channel,
    charge(request, context) {
      // The page goes to UnionPay in the browser; what the charge itself sends is a question.
      meet('charge', request.method === 'webPage' ? 'query' : 'charge', request.tradeNo);
      return channel.charge(request, context);
    },
    query(payment, context) {
      meet('query', 'query', payment.tradeNo);
      return channel.query(payment, context);
    },
    refund(request, context) {
      const { refundNo, payment } = request;
      // A payment the platform knows no queryId of is asked for first.
      if (payment.channelTradeNo === undefined) meet('refund', 'query', payment.tradeNo);
      else meet('refund', ['refund', 'undo'], refundNo);
      return channel.refund(request, context);
    },
    queryRefund(refund, context) {
      meet('queryRefund', 'queryRefund', refund.refundNo);
      return channel.queryRefund(refund, context);
    },
    ...(close === undefined
      ? {}
      : {
          close(payment, context) {
            meet('close', 'reversal', payment.tradeNo);
            return close(payment, context);
          },
        }),
  };
}

const SIMULATED_FAULTS: ReadonlyMap<ChannelFault, ApiFault> = new Map<ChannelFault, ApiFault>([
  ['timeoutBeforeExecution', { kind: 'neverExecuteNorAnswer' }],
  ['timeoutAfterExecution', { kind: 'executeThenNeverAnswer' }],
  ['brokenConnectionAfterExecution', { kind: 'executeThenDropConnection' }],
  ['serverErrorAfterExecution', { kind: 'executeThenFail', status: 502 }],
  ['throttled', { kind: 'refuse', code: '37' }],
  ['garbage', { kind: 'garbageFields' }],
  ['forgedAnswer', { kind: 'badSignature' }],
  ['unsignedAnswer', { kind: 'missingSignature' }],
  ['unlistedRefusal', { kind: 'refuse', code: 'Z9' }],
]);

function simulatedVariation(variation: NotificationVariation): SimulatedVariation {
  switch (variation) {
    case 'forged':
      return { kind: 'badSignature' };
    case 'otherAmount':
      return { kind: 'wrongAmount', amountFen: 4_321 };
    case 'genuine':
    case 'otherMerchant':
      return { kind: variation };
  }
}
