import assert from 'node:assert/strict';
import wechatPay, { type WechatPaySettings } from '@hospay/channel-wechat-pay';
import type { FullPaymentChannel, FundStatement, FundStatementEnd, FundStatementLine, PaymentChannel, PaymentMethod, PluginStore, RawNotification, StatementEnd, StatementFile, StatementLine } from '@hospay/plugin-sdk';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { makeTestContext, type ChannelFault, type ChannelSubject, type FaultableOperation, type Mortality, type NotificationVariation } from '@hospay/plugin-sdk/testkit';

import { openMortalLine } from './mortal-line.js';
import type { ApiFault, ApiOperation } from '../simulators/wechat-pay/fault-rules.js';
import type { MerchantCredentials } from '../simulators/wechat-pay/merchant-credentials.js';
import type { NotificationVariation as SimulatedVariation } from '../simulators/wechat-pay/notification-queue.js';
import { startWechatPaySimulator, type WechatPaySimulator } from '../simulators/wechat-pay/start-wechat-pay-simulator.js';

export type VerificationMode = WechatPaySettings['verification']['mode'];

/** Every facet the channel has. */
export type WholeWechatPay = FullPaymentChannel & FundStatement;

export type ActivatedWechatPay = {
  readonly channel: WholeWechatPay;
  readonly logLines: string[];
  /** Its definition's reader, with its settings. */
  readonly readStatementFile: (file: StatementFile, give: (line: StatementLine) => void) => Promise<StatementEnd>;
  readonly readFundStatementFile: (file: StatementFile, give: (line: FundStatementLine) => void) => Promise<FundStatementEnd>;
  stop(): Promise<void>;
};

/** What of the simulator's credentials every plugin needs. */
export type ChannelCredentials = Pick<MerchantCredentials, 'merchantId' | 'appId' | 'merchantCertificateSerial' | 'merchantPrivateKeyPem' | 'apiV3Key'> & {
  readonly platformPublicKey: MerchantCredentials['platformPublicKey'];
};

/** The production plugin, activated as the host does it, against the simulator's address unless told otherwise. */
export async function activateWechatPay(options: {
  readonly credentials: ChannelCredentials;
  readonly baseUrl: string;
  readonly mode: VerificationMode;
  readonly now?: () => Date;
  readonly store?: PluginStore;
  readonly settings?: Partial<WechatPaySettings>;
  readonly mortality?: Mortality;
}): Promise<ActivatedWechatPay> {
  const { credentials, mode, now, store, mortality } = options;
  const logLines: string[] = [];
  const publicKey = { publicKeyId: credentials.platformPublicKey.id, publicKeyPem: credentials.platformPublicKey.publicKeyPem };
  const context = makeTestContext({
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
    ...(now === undefined ? {} : { now }),
    ...(store === undefined ? {} : { store }),
    logged: (line) => { logLines.push(line); },
  });
  const contributions = await wechatPay.activate(mortality?.wrap(context) ?? context);
  const channel = contributions.channels?.['wechat-pay'];
  if (channel === undefined || !isWhole(channel)) throw new Error('the plugin contributes no whole channel wechat-pay');
  const readStatementFile: ActivatedWechatPay['readStatementFile'] = async (file, give) => (await wechatPay.statementReaders?.['wechat-pay']?.(file, context.settings, give)) ?? assert.fail('no reader');
  const readFundStatementFile: ActivatedWechatPay['readFundStatementFile'] = async (file, give) => (await wechatPay.fundStatementReaders?.['wechat-pay']?.(file, context.settings, give)) ?? assert.fail('no reader');
  return { channel, logLines, readStatementFile, readFundStatementFile, stop: () => contributions.stop?.() ?? Promise.resolve() };
}

function isWhole(channel: PaymentChannel): channel is WholeWechatPay {
  return channel.refund !== undefined && channel.queryRefund !== undefined && channel.close !== undefined && channel.readNotification !== undefined && channel.answerNotification !== undefined && channel.downloadStatement !== undefined && channel.downloadFundStatement !== undefined;
}

/** What a subject is run with: one method, as a merchant's own or as a sub-merchant's. */
export type SubjectKind = { readonly mode: VerificationMode; readonly method: PlacedMethod; readonly isPartner?: true } | { readonly mode: VerificationMode; readonly method: 'paymentCode'; readonly through: 'v2' | 'v3'; readonly isPartner?: true };
type PlacedMethod = keyof typeof DETAILS;

/** The plugin and a simulator of its own, over HTTP on the loopback; every order is of one method. */
export async function makeWechatPaySubject(kind: SubjectKind): Promise<ChannelSubject & { readonly simulator: WechatPaySimulator }> {
  const { mode, method, isPartner } = kind;
  // Both clocks move together, or the plugin's alone goes wrong.
  const clock = { passedMs: 0, wrongMs: 0 };
  const simulatorNow = (): Date => new Date(Date.now() + clock.passedMs);
  const now = (): Date => new Date(simulatorNow().getTime() + clock.wrongMs);
  const simulator = await startWechatPaySimulator({ now: simulatorNow, billsReadyAtOnceForTests: true, notificationRetryGapsMs: [], reverseWaitMs: 0 });
  const store = createMemoryStore();
  const credentials = simulator.merchantCredentials;
  const operations = operationsOf(kind);
  const settings: Partial<WechatPaySettings> = {
    methods: [method],
    miniProgramAppid: credentials.miniProgramAppId,
    mobileAppid: credentials.mobileAppId,
    ...(isPartner === undefined ? {} : { partner: partnerSettings(credentials) }),
    ...(kind.method === 'paymentCode' ? { ...scannedCodeSettings(credentials, kind.through), reverseAfterMs: 0 } : {}),
  };
  const plugin = await activateWechatPay({ credentials, baseUrl: simulator.baseUrl, mode, settings, now, store }).catch(async (error: unknown) => {
    await simulator.stop();
    throw error;
  });
  const opened: { stop(): Promise<void> }[] = [plugin];
  return {
    simulator,
    channel: plugin.channel,
    now,
    secrets: [credentials.apiV3Key, credentials.apiV2Key, credentials.merchantPrivateKeyPem, secretLine(credentials.merchantPrivateKeyPem)],
    logLines: () => plugin.logLines,
    control: {
      payer: method === 'paymentCode' ? 'atTheDevice' : 'later',
      chargeDetails: () => ({ method, ...(method === 'paymentCode' ? { authCode: simulator.newPaymentCode('asksPassword') } : DETAILS[method]) }),
      pay: (tradeNo) => {
        simulator.pay(tradeNo);
      },
      ordersUnder: (tradeNo) => simulator.orders.list().filter(({ outTradeNo }) => outTradeNo === tradeNo).length,
      // Answers of API v2 carry neither time nor nonce of the request.
      faults: [...SIMULATED_FAULTS.keys()].filter((fault) => fault !== 'staleAnswer' || kind.method !== 'paymentCode' || kind.through === 'v3'),
      failNext: (operation, fault) => {
        const simulated = SIMULATED_FAULTS.get(fault);
        if (simulated === undefined) throw new Error(`the simulator has no fault for ${fault}`);
        simulator.faults.inject({ on: operations[operation], fault: simulated });
      },
      unreachableChannel: async () => {
        const unreachable = await activateWechatPay({ credentials, mode, now, baseUrl: REFUSING_ADDRESS, settings });
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
      // A scanned code's payment is told by its charge or its query only.
      ...(method === 'paymentCode'
        ? {}
        : {
            notification: ({ tradeNo, refundNo }: { readonly tradeNo: string; readonly refundNo?: string }, variation: NotificationVariation) => {
              const about = refundNo === undefined ? { outTradeNo: tradeNo } : { outRefundNo: refundNo };
              return arrived(simulator.makeNotification(about, simulatedVariation(variation)), simulatorNow());
            },
          }),
      replayWindowMs: 300_000,
      statementDay: () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10),
      readStatementFile: plugin.readStatementFile,
      startMortal: async (mortality) => {
        const line = await openMortalLine(simulator.baseUrl, mortality);
        const mortal = await activateWechatPay({ credentials, mode, now, settings, store, mortality, baseUrl: line.baseUrl });
        opened.push({ stop: async () => { line.close(); await mortal.stop(); } });
        return mortal.channel;
      },
      skewClock: (ms) => { clock.wrongMs = ms; },
      ...(mode !== 'platformCertificate' ? {} : { expireCertificate: () => { clock.passedMs = SIX_YEARS_MS; } }),
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

/** The simulator's sub-merchant, as the plugin's settings name it. */
export function partnerSettings({ subMerchant }: MerchantCredentials): NonNullable<WechatPaySettings['partner']> {
  return { subMchid: subMerchant.merchantId, subAppid: subMerchant.appId, subMiniProgramAppid: subMerchant.miniProgramAppId };
}

/** What the plugin needs for scanned codes. */
export function scannedCodeSettings({ apiV2Key, merchantCertificatePem }: MerchantCredentials, through: 'v2' | 'v3'): Partial<WechatPaySettings> {
  return through === 'v2' ? { apiV2Key, merchantCertificatePem } : { scannedCodeInterface: 'v3' };
}

/** What a charge of the method needs beside the ordinary. */
export const DETAILS = {
  nativeQr: {},
  jsapi: { payerId: 'oSimulatedPayer000000000001' },
  miniProgram: { payerId: 'oSimulatedPayer000000000002' },
  app: {},
  h5: { clientIp: '203.0.113.7', returnUrl: 'https://pay.hospital.example/back?order=1' },
} as const satisfies Partial<Record<PaymentMethod, object>>;

const CHARGES = { nativeQr: 'nativeOrder', jsapi: 'jsapiOrder', miniProgram: 'jsapiOrder', app: 'appOrder', h5: 'h5Order' } as const satisfies Record<PlacedMethod, ApiOperation>;

function operationsOf(kind: SubjectKind): Readonly<Record<FaultableOperation, ApiOperation>> {
  const refunds = { refund: 'refund', queryRefund: 'queryRefund' } as const;
  if (kind.method !== 'paymentCode') return { charge: CHARGES[kind.method], query: 'queryOrder', close: 'closeOrder', ...refunds };
  return kind.through === 'v2' ? { charge: 'micropay', query: 'orderquery', close: 'reverse', ...refunds } : { charge: 'codepay', query: 'queryOrder', close: 'reverse', ...refunds };
}

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
