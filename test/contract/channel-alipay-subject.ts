import assert from 'node:assert/strict';
import alipay, { type AlipaySettings } from '@hospay/channel-alipay';
import type { FullPaymentChannel, PaymentChannel, PaymentMethod, PluginStore, RawNotification } from '@hospay/plugin-sdk';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { makeTestContext, type ChannelFault, type ChannelSubject, type FaultableOperation, type Mortality, type NotificationVariation } from '@hospay/plugin-sdk/testkit';

import type { ApiFault, ApiOperation } from '../simulators/alipay/fault-rules.js';
import type { NotificationVariation as SimulatedVariation } from '../simulators/alipay/notification-queue.js';
import type { MerchantCredentials } from '../simulators/alipay/platform-keys.js';
import { startAlipaySimulator, type AlipaySimulator } from '../simulators/alipay/start-alipay-simulator.js';
import type { PostedMessage } from '../simulators/machinery/retried-posts.js';

export type SigningMode = AlipaySettings['verification']['mode'];
export type ActivatedAlipay = { readonly channel: FullPaymentChannel; readonly logLines: string[] };

export const OLDEST_NOTIFICATION_MS = 26 * 3_600_000;

/** What the credentials look like in the plugin's settings. */
export function alipaySettings(credentials: MerchantCredentials, mode: SigningMode, address: { readonly gatewayUrl: string; readonly baseUrl: string }): AlipaySettings {
  const { appId, sellerId, appPrivateKeyPem, alipayPublicKeyPem, appCertificatePem, alipayCertificatePem, alipayRootCertificatePem } = credentials;
  return {
    appId,
    sellerId,
    appPrivateKeyPem,
    verification: mode === 'publicKey' ? { mode, alipayPublicKey: alipayPublicKeyPem } : { mode, appCertificatePem, alipayCertificatePem, alipayRootCertificatePem },
    gatewayUrl: address.gatewayUrl,
    billFileUrl: address.baseUrl,
  };
}

/** The production plugin, activated as the host does it. */
export async function activateAlipay(options: { readonly settings: AlipaySettings; readonly now?: () => Date; readonly store?: PluginStore; readonly mortality?: Mortality }): Promise<ActivatedAlipay> {
  const logLines: string[] = [];
  const { settings, now, store, mortality } = options;
  const context = makeTestContext({ settings, ...(now === undefined ? {} : { now }), ...(store === undefined ? {} : { store }), logged: (line) => { logLines.push(line); } });
  const contributions = await alipay.activate(mortality?.wrap(context) ?? context);
  const channel = contributions.channels?.['alipay'];
  if (channel === undefined || !isWhole(channel)) throw new Error('the plugin contributes no whole channel alipay');
  return { channel, logLines };
}

function isWhole(channel: PaymentChannel): channel is FullPaymentChannel {
  return channel.refund !== undefined && channel.queryRefund !== undefined && channel.close !== undefined && channel.readNotification !== undefined && channel.answerNotification !== undefined && channel.downloadStatement !== undefined;
}

/** The plugin and a simulator of its own, over HTTP on the loopback; every order is of one method. */
export async function makeAlipaySubject(mode: SigningMode, method: PaymentMethod): Promise<ChannelSubject> {
  const simulator = await startAlipaySimulator({ billsReadyAtOnceForTests: true, notificationRetryGapsMs: [] });
  const credentials = simulator.merchantCredentials;
  const settings = alipaySettings(credentials, mode, simulator);
  let wrongMs = 0;
  const now = (): Date => new Date(Date.now() + wrongMs);
  const store = createMemoryStore();
  const plugin = await activateAlipay({ settings, now, store });
  // Alipay has no trade for a code nobody scanned: a precreate whose answer was lost cannot be told from one that never arrived.
  const faults = [...SIMULATED_FAULTS.keys()].filter((fault) => method !== 'nativeQr' || fault !== 'timeoutAfterExecution');
  return {
    channel: plugin.channel,
    now,
    secrets: [credentials.appPrivateKeyPem, credentials.appPrivateKeyPem.split('\n')[3] ?? ''],
    logLines: () => plugin.logLines,
    control: {
      payer: method === 'paymentCode' ? 'atTheDevice' : 'later',
      chargeDetails: () => ({ method, ...detailsOf(method, simulator) }),
      pay: (tradeNo) => { simulator.pay(tradeNo); },
      ordersUnder: (tradeNo) => simulator.trades().filter(({ outTradeNo }) => outTradeNo === tradeNo).length,
      faults,
      failNext: (operation, fault) => {
        const simulated = SIMULATED_FAULTS.get(fault);
        if (simulated === undefined) throw new Error(`the simulator has no fault for ${fault}`);
        simulator.faults.inject({ on: SIMULATED_OPERATIONS[operation], fault: simulated });
      },
      unreachableChannel: async () => (await activateAlipay({ settings: { ...settings, gatewayUrl: REFUSING_GATEWAY } })).channel,
      notification: ({ tradeNo, refundNo }, variation) =>
        arrived(simulator.makeNotification({ outTradeNo: tradeNo, ...(refundNo === undefined ? {} : { outRequestNo: refundNo }) }, simulatedVariation(variation))),
      replayWindowMs: OLDEST_NOTIFICATION_MS,
      statementDay: () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10),
      readStatementFile: async (file, give) => (await alipay.statementReaders?.['alipay']?.(file, settings, give)) ?? assert.fail('no reader'),
      startMortal: async (mortality) => (await activateAlipay({ settings, now, store, mortality })).channel,
      skewClock: (ms) => { wrongMs = ms; },
      ...(mode === 'certificate' ? { expireCertificate: () => { simulator.useExpiredCertificate(); } } : {}),
      spoilStatement: () => { simulator.faults.inject({ on: 'bills', fault: { kind: 'footerMismatch' } }); },
    },
    stop: () => simulator.stop(),
  };
}

/** A message as the core's HTTP edge hands it over: header names in lower case, the raw bytes, the time of arrival. */
export function arrived(message: PostedMessage, at = new Date()): RawNotification {
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name.toLowerCase(), value] as const));
  return { headers, query: '', body: new Uint8Array(message.body), receivedAt: at.toISOString() };
}

/** Port 1 (tcpmux) of this machine: nobody listens there, so connections are refused. */
export const REFUSING_GATEWAY = 'http://127.0.0.1:1/gateway.do';

function detailsOf(method: PaymentMethod, simulator: AlipaySimulator): { readonly authCode?: string; readonly payerId?: string } {
  if (method === 'paymentCode') return { authCode: simulator.newPaymentCode('asksPassword') };
  return method === 'jsapi' || method === 'miniProgram' ? { payerId: '2088000000000022' } : {};
}

const SIMULATED_OPERATIONS: Readonly<Record<FaultableOperation, readonly ApiOperation[]>> = {
  charge: ['precreate', 'pay', 'create'],
  query: ['query'],
  // An unpaid trade is closed, a number without a trade is cancelled.
  close: ['close', 'cancel'],
  refund: ['refund'],
  queryRefund: ['queryRefund'],
};

const SIMULATED_FAULTS: ReadonlyMap<ChannelFault, ApiFault> = new Map<ChannelFault, ApiFault>([
  ['timeoutBeforeExecution', { kind: 'neverExecuteNorAnswer' }],
  ['timeoutAfterExecution', { kind: 'executeThenNeverAnswer' }],
  ['brokenConnectionAfterExecution', { kind: 'executeThenDropConnection' }],
  ['serverErrorAfterExecution', { kind: 'executeThenSystemError' }],
  ['throttled', { kind: 'tooManyRequests' }],
  ['garbage', { kind: 'garbageNode' }],
  ['forgedAnswer', { kind: 'badSignature' }],
  ['unsignedAnswer', { kind: 'missingSignature' }],
  ['unlistedRefusal', { kind: 'refuse', code: '40004', subCode: 'ACQ.NEVER_HEARD_OF' }],
]);

function simulatedVariation(variation: NotificationVariation): SimulatedVariation {
  switch (variation) {
    case 'forged':
      return { kind: 'forgedSignature' };
    case 'otherAmount':
      return { kind: 'wrongAmount', amountFen: 4_321 };
    case 'genuine':
    case 'otherMerchant':
      return { kind: variation };
  }
}
