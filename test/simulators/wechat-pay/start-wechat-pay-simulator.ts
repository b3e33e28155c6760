import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { BillDesk } from './bill-desk.js';
import { FaultRules } from './fault-rules.js';
import { MerchantAccount } from './merchant-account.js';
import { MerchantApi } from './merchant-api.js';
import { CREDENTIALS_FILE_NAME, loadOrMakePlatformKeys, type MerchantCredentials } from './merchant-credentials.js';
import { NotificationQueue, RETRY_GAPS_MS, type NotificationMessage, type NotificationVariation } from './notification-queue.js';
import { OrderBook, type PayOptions, type PayOutcome } from './order-book.js';
import { describeRefundNotification, RefundBook } from './refund-book.js';
import { RequestVerifier } from './request-signature.js';
import type { SettledRefundStatus, SimulatedNotification, SimulatedOrder, SimulatedPayment, SimulatedRefund } from './simulated-records.js';
import { SimulatorStore } from './simulator-store.js';
import { realTimers, type SimulatorTimers } from './simulator-timers.js';
import { WalletDesk } from './wallet-desk.js';

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
  /** Decides a refund that is still PROCESSING or ABNORMAL; its notification goes out by itself. */
  readonly settleRefund: (outRefundNo: string, status: SettledRefundStatus) => void;
  /** Sends the payment notification once more now, outside its schedule; gives the merchant's HTTP status, `null` for none. */
  readonly notifyAgain: (outTradeNo: string) => Promise<number | null>;
  /** The same for a refund's notification. */
  readonly notifyRefundAgain: (outRefundNo: string) => Promise<number | null>;
  /** A payment or refund notification as headers and bytes, unsent: genuine, or with something wrong. */
  readonly makeNotification: (
    about: { readonly outTradeNo: string } | { readonly outRefundNo: string },
    variation?: NotificationVariation,
  ) => NotificationMessage;
  /** Does everything that is due by the simulator's clock (refunds, notifications) and waits for it. For tests that move the clock. */
  readonly runDue: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Starts a WeChat Pay API v3 simulator and resolves when it listens. */
export async function startWechatPaySimulator(options: WechatPaySimulatorOptions = {}): Promise<WechatPaySimulator> {
  const now = options.now ?? (() => new Date());
  const timers = options.timers ?? realTimers;
  const keys = await loadOrMakePlatformKeys(options.dataFolder, now());
  const credentials = keys.merchantCredentials;
  const store = new SimulatorStore(options.dataFolder);
  const faults = new FaultRules();
  const account = openAccount(options, store);
  const cancels = new Set<() => void>();

  const orders = new OrderBook({
    orders: store.orders,
    credentials,
    account,
    now,
    shortestExpiryMs: options.shortestExpiryMs ?? 60_000,
    payableAfterExpiry: options.payableAfterExpiryForTests ?? false,
    closeOfUnknownOrder: options.closeOfUnknownOrder ?? 'notFound',
  });
  const queue = new NotificationQueue({
    notifications: store.notifications,
    keys,
    faults,
    now,
    timers,
    retryGapsMs: options.notificationRetryGapsMs ?? RETRY_GAPS_MS,
  });
  const refunds = new RefundBook({ refunds: store.refunds, orders, account, faults, now, onSettled: announceRefund });
  const bills = new BillDesk({
    ledger: () => ({
      orders: orders.list(),
      refunds: refunds.list(),
      merchantId: credentials.merchantId,
      appId: credentials.appId,
      account,
    }),
    faults,
    now,
    billsReadyAtOnceForTests: options.billsReadyAtOnceForTests ?? false,
  });
  const api = new MerchantApi({
    keys,
    verifier: new RequestVerifier({ keys, now, refuseRepeatedNonce: options.refuseRepeatedNonce ?? false }),
    orders,
    refunds,
    bills,
    faults,
    now,
    wait: (delayMs) => new Promise((resolve) => after(delayMs, resolve)),
    onRefundAccepted: planSettlement,
    notifyNow: async ({ outTradeNo, outRefundNo }) => {
      if (outRefundNo === undefined && outTradeNo !== undefined) payAndAnnounce(outTradeNo, {});
      await runDue();
    },
  });
  const wallet = new WalletDesk({
    orders,
    merchantName: options.merchantName ?? '模拟医院',
    pay: (outTradeNo) => payAndAnnounce(outTradeNo, {}),
  });

  const server = createServer((request, response) => {
    void serve({ request, response, api, wallet });
  });
  const port = await listen(server, { port: options.port ?? 0, host: options.host ?? '127.0.0.1' });
  planSettlement();

  return {
    port,
    baseUrl: `http://127.0.0.1:${String(port)}/`,
    merchantCredentials: credentials,
    credentialsFile: options.dataFolder === undefined ? undefined : join(options.dataFolder, CREDENTIALS_FILE_NAME),
    faults,
    orders: {
      findOrder: (outTradeNo) => orders.find(outTradeNo),
      findRefund: (outRefundNo) => refunds.find(outRefundNo),
      list: () => orders.list(),
      listRefunds: () => refunds.list(),
    },
    notifications: () => queue.list(),
    balanceFen: () => account.balanceFen,
    pay: (outTradeNo, payOptions = {}) => {
      const outcome = payAndAnnounce(outTradeNo, payOptions);
      if (outcome.kind === 'refused') throw new Error(`the wallet refuses order ${outTradeNo}: ${outcome.reason}`);
      return outcome.payment;
    },
    settleRefund: (outRefundNo, status) => {
      refunds.settle(outRefundNo, status);
    },
    notifyAgain: (outTradeNo) => queue.sendAgain(notificationAbout({ outTradeNo })),
    notifyRefundAgain: (outRefundNo) => queue.sendAgain(notificationAbout({ outRefundNo })),
    makeNotification: (about, variation = { kind: 'genuine' }) => queue.message(notificationAbout(about), variation),
    runDue,
    stop: async () => {
      for (const cancel of cancels) cancel();
      await queue.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      store.close();
    },
  };

  function payAndAnnounce(outTradeNo: string, payOptions: PayOptions): PayOutcome {
    const outcome = orders.pay(outTradeNo, payOptions);
    if (outcome.kind === 'paid') queue.add(paymentNews(outcome.order, outcome.payment));
    return outcome;
  }

  function paymentNews(order: SimulatedOrder, payment: SimulatedPayment): Parameters<NotificationQueue['add']>[0] {
    return {
      eventType: 'TRANSACTION.SUCCESS',
      outTradeNo: order.outTradeNo,
      outRefundNo: undefined,
      transactionId: payment.transactionId,
      url: order.notifyUrl,
      plaintext: JSON.stringify(orders.describe({ ...order, state: 'SUCCESS' }, payment)),
      signingMode: order.signingMode,
    };
  }

  function announceRefund(refund: SimulatedRefund): void {
    if (refund.notifyUrl === undefined || refund.status === 'PROCESSING') return;
    queue.add({
      eventType: `REFUND.${refund.status}`,
      outTradeNo: refund.outTradeNo,
      outRefundNo: refund.outRefundNo,
      transactionId: refund.transactionId,
      url: refund.notifyUrl,
      plaintext: JSON.stringify(describeRefundNotification(refund, credentials.merchantId)),
      signingMode: refund.signingMode,
    });
  }

  /** The newest notification about an order's payment or about a refund. */
  function notificationAbout(about: { readonly outTradeNo: string } | { readonly outRefundNo: string }): SimulatedNotification {
    const found = queue
      .list()
      .findLast((notification) =>
        'outRefundNo' in about
          ? notification.outRefundNo === about.outRefundNo
          : notification.outTradeNo === about.outTradeNo && notification.outRefundNo === undefined,
      );
    if (found === undefined) throw new Error(`nothing to notify yet about ${JSON.stringify(about)}`);
    return found;
  }

  function planSettlement(): void {
    const due = refunds.nextSettlement();
    if (due === undefined) return;
    after(Math.max(0, due.getTime() - now().getTime()), () => {
      refunds.settleDue();
    });
  }

  async function runDue(): Promise<void> {
    refunds.settleDue();
    await queue.runDue();
  }

  function after(delayMs: number, task: () => void): void {
    const cancel = timers.after(delayMs, () => {
      cancels.delete(cancel);
      task();
    });
    cancels.add(cancel);
  }
}

/** The balance follows from the ledger: opening balance, payments less commission, refunds that were not closed. */
function openAccount(options: WechatPaySimulatorOptions, store: SimulatorStore): MerchantAccount {
  const account = new MerchantAccount({
    openingBalanceFen: options.openingBalanceFen ?? 100_000_000,
    feeRateBasisPoints: options.feeRateBasisPoints ?? 60,
  });
  for (const order of store.orders.all()) for (const { paidFen, feeFen } of order.payments) account.add(paidFen - feeFen);
  for (const { status, refundFen, feeReturnedFen } of store.refunds.all()) if (status !== 'CLOSED') account.add(feeReturnedFen - refundFen);
  return account;
}

async function serve(served: { request: IncomingMessage; response: ServerResponse; api: MerchantApi; wallet: WalletDesk }): Promise<void> {
  const { request, response, api, wallet } = served;
  try {
    const body = await readWhole(request);
    if (body === undefined) {
      response.writeHead(413, { Connection: 'close' }).end();
    } else if ((request.url ?? '').startsWith('/v3/')) {
      await api.handle(request, body, response);
    } else {
      wallet.handle(request, body, response);
    }
  } catch (error) {
    // A caller that hung up half way is no news; anything else is a bug of the simulator and must be seen.
    if (!request.destroyed || request.complete) console.error('wechat-pay simulator:', error);
    response.destroy();
  }
}

/** `undefined` when the body is larger than any API call's. */
async function readWhole(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > LARGEST_BODY_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function listen(server: Server, at: { port: number; host: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(isAddressInfo(address) ? address.port : at.port);
    });
  });
}

function isAddressInfo(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
