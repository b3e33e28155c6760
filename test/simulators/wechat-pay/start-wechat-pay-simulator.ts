import type { IncomingMessage, ServerResponse } from 'node:http';

import { listenHttp, type HttpListener } from '../machinery/http-listener.js';
import type { PostedMessage } from '../machinery/retried-posts.js';
import { credentialsFileIn } from '../machinery/secret-files.js';
import { realTimers, type SimulatorTimers } from '../machinery/simulator-timers.js';
import type { FaultRules } from './fault-rules.js';
import { addMerchantCertificate, changePlatformCertificate, loadOrMakePlatformKeys, type MerchantCredentials, type PlatformKeys } from './merchant-credentials.js';
import type { InsuranceRefusal } from './med-ins-book.js';
import { RETRY_GAPS_MS, type NotificationVariation } from './notification-queue.js';
import type { PayOptions } from './order-book.js';
import type { PayerBehaviour, SettledRefundStatus, SimulatedMedInsOrder, SimulatedNotification, SimulatedOrder, SimulatedPayment, SimulatedRefund } from './simulated-records.js';
import { WalletDesk } from './wallet-desk.js';
import { WechatPayPlatform, type NotificationSubject } from './wechat-pay-platform.js';

const LARGEST_BODY_BYTES = 64 * 1024;

export type WechatPaySimulatorOptions = {
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** Absent: 127.0.0.1. */
  readonly host?: string;
  /** Keys and ledger live here and survive a restart. Absent: in memory, with keys shared by the process. */
  readonly dataFolder?: string;
  readonly now?: () => Date;
  readonly timers?: SimulatorTimers;
  /** Waits between the attempts of a notification; absent: WeChat Pay's fifteen. */
  readonly notificationRetryGapsMs?: readonly number[];
  /** Codes stay payable after their end and after a close. */
  readonly payableAfterExpiryForTests?: boolean;
  /** Today's bill is given too, and yesterday's before nine o'clock. */
  readonly billsReadyAtOnceForTests?: boolean;
  /** `time_expire` must be at least this far ahead; absent: one minute. */
  readonly shortestExpiryMs?: number;
  readonly refuseRepeatedNonce?: boolean;
  /** Official: 404. One merchant reports 204, after which the number cannot be used for an order any more. Absent: `notFound`. */
  readonly closeOfUnknownOrder?: 'notFound' | 'accepted';
  /** Shortest time between the charge of a scanned code and its reverse; absent: fifteen seconds. */
  readonly reverseWaitMs?: number;
  /** Serve https under this key and certificate, and ask for the merchant's certificate where API v2 does. Absent: plain http. */
  readonly tls?: { readonly keyPem: string; readonly certificatePem: string };
  /** Money in the basic account at the start; absent: ¥1,000,000.00. */
  readonly openingBalanceFen?: number;
  /** Commission in hundredths of a percent; absent: 60 (0.60 %). */
  readonly feeRateBasisPoints?: number;
  /** Shown in the wallet. */
  readonly merchantName?: string;
};

export type WechatPaySimulator = {
  readonly port: number;
  readonly baseUrl: string;
  readonly merchantCredentials: MerchantCredentials;
  /** Where the credentials were written; absent without a data folder. */
  readonly credentialsFile: string | undefined;
  readonly faults: FaultRules;
  readonly orders: {
    readonly findOrder: (outTradeNo: string) => SimulatedOrder | undefined;
    readonly findRefund: (outRefundNo: string) => SimulatedRefund | undefined;
    readonly list: () => readonly SimulatedOrder[];
    readonly listRefunds: () => readonly SimulatedRefund[];
  };
  readonly notifications: () => readonly SimulatedNotification[];
  /** What is in the merchant's basic account. */
  readonly balanceFen: () => number;
  /** The payer pays; throws when the wallet would refuse. The notification goes out by itself. */
  readonly pay: (outTradeNo: string, options?: PayOptions) => SimulatedPayment;
  /** A code for a payer to show; gives its eighteen digits. */
  readonly newPaymentCode: (behaviour: PayerBehaviour, bankType?: string) => string;
  /** The payer of a scanned code fails or gives up. */
  readonly failPayment: (outTradeNo: string) => void;
  /** The patient confirms a medical-insurance order, all of it; or the insurance refuses its part and nothing is paid. */
  readonly payMedIns: (outTradeNo: string, insuranceRefuses?: InsuranceRefusal) => void;
  /** Gives back the cash of a medical-insurance order whose insurance part failed after it was taken. */
  readonly returnMedInsCash: (outTradeNo: string) => void;
  readonly medInsOrders: () => readonly SimulatedMedInsOrder[];
  /** A MEDICAL_INSURANCE.SUCCESS as headers and bytes, unsent: genuine, or with something wrong. */
  readonly makeMedInsNotification: (outTradeNo: string, variation?: NotificationVariation) => PostedMessage;
  /** Decides a refund that is still PROCESSING or ABNORMAL; its notification goes out by itself. */
  readonly settleRefund: (outRefundNo: string, status: SettledRefundStatus) => void;
  /** Sends the payment notification once more now, outside its schedule; gives the merchant's HTTP status, `null` for none. */
  readonly notifyAgain: (outTradeNo: string) => Promise<number | null>;
  /** The same for a refund's notification. */
  readonly notifyRefundAgain: (outRefundNo: string) => Promise<number | null>;
  /** A payment or refund notification as headers and bytes, unsent: genuine, or with something wrong. */
  readonly makeNotification: (subject: NotificationSubject, variation?: NotificationVariation) => PostedMessage;
  /** WeChat Pay signs with another platform certificate from now on; the old one is still offered. Gives its serial. */
  readonly changePlatformCertificate: () => string;
  /** A further merchant API certificate, accepted beside the first. */
  readonly addMerchantCertificate: () => { readonly serial: string; readonly certificatePem: string; readonly privateKeyPem: string };
  /** Does everything that is due by the simulator's clock (refunds, notifications) and waits for it. For tests that move the clock. */
  readonly runDue: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Starts a WeChat Pay API v3 simulator and resolves when it listens. */
export async function startWechatPaySimulator(options: WechatPaySimulatorOptions = {}): Promise<WechatPaySimulator> {
  const now = options.now ?? (() => new Date());
  const keys = await loadOrMakePlatformKeys(options.dataFolder, now());
  const platform = new WechatPayPlatform({
    keys,
    now,
    dataFolder: options.dataFolder,
    timers: options.timers ?? realTimers,
    notificationRetryGapsMs: options.notificationRetryGapsMs ?? RETRY_GAPS_MS,
    payableAfterExpiry: options.payableAfterExpiryForTests ?? false,
    billsReadyAtOnce: options.billsReadyAtOnceForTests ?? false,
    shortestExpiryMs: options.shortestExpiryMs ?? 60_000,
    refuseRepeatedNonce: options.refuseRepeatedNonce ?? false,
    closeOfUnknownOrder: options.closeOfUnknownOrder ?? 'notFound',
    reverseWaitMs: options.reverseWaitMs ?? 15_000,
    openingBalanceFen: options.openingBalanceFen ?? 100_000_000,
    feeRateBasisPoints: options.feeRateBasisPoints ?? 60,
  });
  const wallet = new WalletDesk({
    orders: platform.orders,
    merchantName: options.merchantName ?? '模拟医院',
    pay: (outTradeNo) => platform.pay(outTradeNo, {}),
    newPaymentCode: (behaviour, bankType) => platform.codes.make(behaviour, bankType).code,
  });
  try {
    const listener = await listenHttp({ name: 'wechat-pay', port: options.port, host: options.host, tls: options.tls, largestBodyBytes: LARGEST_BODY_BYTES, answer: (...call) => answer(platform, wallet, ...call) });
    return simulatorOf({ platform, listener, origin: options.tls === undefined ? 'http://127.0.0.1' : 'https://localhost', keys, now, credentialsFile: credentialsFileIn(options.dataFolder) });
  } catch (error) {
    await platform.stop();
    platform.close();
    throw error;
  }
}

function simulatorOf(running: {
  platform: WechatPayPlatform;
  listener: HttpListener;
  keys: PlatformKeys;
  now: () => Date;
  origin: string;
  credentialsFile: string | undefined;
}): WechatPaySimulator {
  const { platform, listener } = running;
  const { port } = listener;
  const { orders, refunds, notifications } = platform;
  return {
    port,
    baseUrl: `${running.origin}:${String(port)}/`,
    merchantCredentials: running.keys.merchantCredentials,
    credentialsFile: running.credentialsFile,
    faults: platform.faults,
    orders: {
      findOrder: (outTradeNo) => orders.find(outTradeNo),
      findRefund: (outRefundNo) => refunds.find(outRefundNo),
      list: () => orders.list(),
      listRefunds: () => refunds.list(),
    },
    notifications: () => notifications.list(),
    balanceFen: () => platform.accounts.of(undefined).balanceFen,
    pay: (outTradeNo, options = {}) => {
      const outcome = platform.pay(outTradeNo, options);
      if (outcome.kind === 'refused') throw new Error(`the wallet refuses order ${outTradeNo}: ${outcome.reason}`);
      return outcome.payment;
    },
    newPaymentCode: (behaviour, bankType) => platform.codes.make(behaviour, bankType).code,
    failPayment: (outTradeNo) => {
      platform.scannedCodes.fail(outTradeNo);
    },
    payMedIns: (outTradeNo, insuranceRefuses) => {
      platform.payMedIns(outTradeNo, insuranceRefuses);
    },
    returnMedInsCash: (outTradeNo) => {
      platform.medIns.returnCash(outTradeNo);
    },
    medInsOrders: () => platform.medIns.list(),
    makeMedInsNotification: (outTradeNo, variation) => notifications.message(platform.notificationAboutMedIns(outTradeNo), variation ?? { kind: 'genuine' }),
    settleRefund: (outRefundNo, status) => {
      refunds.settle(outRefundNo, status);
    },
    notifyAgain: (outTradeNo) => notifications.sendAgain(platform.notificationAbout({ outTradeNo })),
    notifyRefundAgain: (outRefundNo) => notifications.sendAgain(platform.notificationAbout({ outRefundNo })),
    makeNotification: (subject, variation) => notifications.message(platform.notificationAbout(subject), variation ?? { kind: 'genuine' }),
    changePlatformCertificate: () => changePlatformCertificate(running.keys, running.now()).serial,
    addMerchantCertificate: () => addMerchantCertificate(running.keys, running.now()),
    runDue: () => platform.runDue(),
    stop: async () => {
      await listener.stop();
      await platform.stop();
      platform.close();
    },
  };
}

function answer(platform: WechatPayPlatform, wallet: WalletDesk, request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> | void {
  const { api, v2, authorisation } = platform;
  const { url = '' } = request;
  if (url.startsWith('/v3/')) return api.handle(request, body, response);
  if (v2.serves(url)) return v2.handle(request, body, response);
  if (authorisation.serves(url)) return authorisation.handle(request, response);
  wallet.handle(request, body, response);
}
