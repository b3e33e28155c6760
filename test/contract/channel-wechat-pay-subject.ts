import wechatPay, { type WechatPaySettings } from '@hospay/channel-wechat-pay';
import type { PaymentChannel, RawNotification } from '@hospay/plugin-sdk';
import { makeTestContext, type ChannelFault, type ChannelSubject, type FaultableOperation, type NotificationVariation } from '@hospay/plugin-sdk/testkit';

import { openMortalLine } from './mortal-line.js';
import type { ApiFault, ApiOperation } from '../simulators/wechat-pay/fault-rules.js';
import type { MerchantCredentials } from '../simulators/wechat-pay/merchant-credentials.js';
import type { NotificationVariation as SimulatedVariation } from '../simulators/wechat-pay/notification-queue.js';
import { startWechatPaySimulator, type WechatPaySimulator } from '../simulators/wechat-pay/start-wechat-pay-simulator.js';

export type VerificationMode = WechatPaySettings['verification']['mode'];

export type ActivatedWechatPay = {
  readonly channel: PaymentChannel;
  readonly logLines: string[];
  stop(): Promise<void>;
};

/** The production plugin, activated as the host does it, against the simulator's address unless told otherwise. */
export async function activateWechatPay(options: {
  readonly credentials: MerchantCredentials;
  readonly baseUrl: string;
  readonly mode: VerificationMode;
  readonly now?: () => Date;
  readonly settings?: Partial<WechatPaySettings>;
}): Promise<ActivatedWechatPay> {
  const { credentials, mode } = options;
  const logLines: string[] = [];
  const publicKey = { publicKeyId: credentials.platformPublicKey.id, publicKeyPem: credentials.platformPublicKey.publicKeyPem };
  const contributions = await wechatPay.activate(makeTestContext({
    settings: {
      mchid: credentials.merchantId,
      appid: credentials.appId,
      merchantCertificateSerial: credentials.merchantCertificateSerial,
      merchantPrivateKeyPem: credentials.merchantPrivateKeyPem,
      apiV3Key: credentials.apiV3Key,
      verification: mode === 'platformCertificate' ? { mode } : { mode, ...publicKey },
      baseUrl: options.baseUrl,
      ...options.settings,
    },
    now: options.now ?? (() => new Date()),
    logged: (line) => { logLines.push(line); },
  }));
  const channel = contributions.channels?.['wechat-pay'];
  if (channel === undefined) throw new Error('the plugin contributes no channel wechat-pay');
  return { channel, logLines, stop: () => contributions.stop?.() ?? Promise.resolve() };
}

/** The plugin and a simulator of its own, over HTTP on the loopback. */
export async function makeWechatPaySubject(mode: VerificationMode): Promise<ChannelSubject & { readonly simulator: WechatPaySimulator }> {
  // Both clocks move together, or the plugin's alone goes wrong.
  const clock = { passedMs: 0, wrongMs: 0 };
  const simulatorNow = (): Date => new Date(Date.now() + clock.passedMs);
  const now = (): Date => new Date(simulatorNow().getTime() + clock.wrongMs);
  const simulator = await startWechatPaySimulator({ now: simulatorNow, billsReadyAtOnceForTests: true, notificationRetryGapsMs: [] });
  const credentials = simulator.merchantCredentials;
  const plugin = await activateWechatPay({ credentials, baseUrl: simulator.baseUrl, mode, now }).catch(async (error: unknown) => {
    await simulator.stop();
    throw error;
  });
  const opened: { stop(): Promise<void> }[] = [plugin];
  return {
    simulator,
    channel: plugin.channel,
    now,
    secrets: [credentials.apiV3Key, credentials.merchantPrivateKeyPem, secretLine(credentials.merchantPrivateKeyPem)],
    logLines: () => plugin.logLines,
    control: {
      pay: (tradeNo) => {
        simulator.pay(tradeNo);
      },
      ordersUnder: (tradeNo) => simulator.orders.list().filter(({ outTradeNo }) => outTradeNo === tradeNo).length,
      faults: [...SIMULATED_FAULTS.keys()],
      failNext: (operation, fault) => {
        const simulated = SIMULATED_FAULTS.get(fault);
        if (simulated === undefined) throw new Error(`the simulator has no fault for ${fault}`);
        simulator.faults.inject({ on: SIMULATED_OPERATIONS[operation], fault: simulated });
      },
      unreachableChannel: async () => {
        const unreachable = await activateWechatPay({ credentials, mode, now, baseUrl: REFUSING_ADDRESS });
        opened.push(unreachable);
        return unreachable.channel;
      },
      holdRefunds: () => {
        simulator.faults.inject({ on: 'refundOutcome', times: 'always', fault: { kind: 'stayProcessing' } });
      },
      settleRefund: (refundNo, as) => {
        // What was held so far is decided; refunds after this one go their ordinary way.
        simulator.faults.clear();
        simulator.settleRefund(refundNo, ({ succeeded: 'SUCCESS', closed: 'CLOSED', abnormal: 'ABNORMAL' } as const)[as]);
      },
      notification: ({ tradeNo, refundNo }, variation) => {
        const about = refundNo === undefined ? { outTradeNo: tradeNo } : { outRefundNo: refundNo };
        const message = simulator.makeNotification(about, simulatedVariation(variation));
        return arrived(message, simulatorNow());
      },
      replayWindowMs: 300_000,
      statementDay: () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10),
      startMortal: async (mortality) => {
        const line = await openMortalLine(simulator.baseUrl, mortality);
        const mortal = await activateWechatPay({ credentials, mode, now, baseUrl: line.baseUrl });
        opened.push({ stop: async () => { line.close(); await mortal.stop(); } });
        return mortal.channel;
      },
      skewClock: (ms) => { clock.wrongMs = ms; },
      ...(mode === 'publicKey' ? {} : { expireCertificate: () => { clock.passedMs = SIX_YEARS_MS; } }),
      spoilStatement: () => {
        simulator.faults.inject({ on: 'bill', fault: { kind: 'summaryMismatch' } });
      },
    },
    stop: async () => {
      for (const plugged of opened) await plugged.stop();
      await simulator.stop();
    },
  };
}

/** A message as the core's HTTP edge hands it over: header names in lower case, the raw bytes, the time of arrival. */
export function arrived(message: { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer }, at = new Date()): RawNotification {
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name.toLowerCase(), value] as const));
  return { headers, query: '', body: new Uint8Array(message.body), receivedAt: at.toISOString() };
}

/** Longer than a platform certificate lives. */
const SIX_YEARS_MS = 6 * 365 * 86_400_000;

/** Port 1 (tcpmux) of this machine: nobody listens there, so connections are refused. */
export const REFUSING_ADDRESS = 'http://127.0.0.1:1';

const SIMULATED_OPERATIONS: Readonly<Record<FaultableOperation, ApiOperation>> = {
  charge: 'nativeOrder',
  query: 'queryOrder',
  close: 'closeOrder',
  refund: 'refund',
  queryRefund: 'queryRefund',
};

const SIMULATED_FAULTS: ReadonlyMap<ChannelFault, ApiFault> = new Map<ChannelFault, ApiFault>([
  ['timeoutBeforeExecution', { kind: 'delayBeforeExecuting', delayMs: 3_600_000 }],
  ['timeoutAfterExecution', { kind: 'executeThenNeverAnswer' }],
  ['brokenConnectionAfterExecution', { kind: 'executeThenDropConnection' }],
  ['serverErrorAfterExecution', { kind: 'executeThenFail', status: 500 }],
  ['throttled', { kind: 'tooManyRequests' }],
  ['garbage', { kind: 'garbageBody' }],
  ['forgedAnswer', { kind: 'badSignature' }],
  ['unsignedAnswer', { kind: 'missingSignature' }],
  ['staleAnswer', { kind: 'staleSignature' }],
  ['unlistedRefusal', { kind: 'refuse', status: 403, code: 'NEVER_HEARD_OF', message: '未知错误' }],
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

/** A line from the middle of the key: the whole PEM would not be found in a log that escapes line feeds. */
function secretLine(pem: string): string {
  return pem.split('\n')[3] ?? pem;
}
