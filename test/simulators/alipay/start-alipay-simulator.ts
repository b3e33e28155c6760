import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { BillDesk } from './bill-desk.js';
import { FaultRules } from './fault-rules.js';
import { AnswerSender } from './gateway-answer.js';
import { Gateway } from './gateway.js';
import { newsOfPayment, newsOfRefund } from './notification-content.js';
import { NotificationQueue, RETRY_GAPS_MS, type NotificationMessage, type NotificationVariation } from './notification-queue.js';
import { CREDENTIALS_FILE_NAME, loadOrMakeKeys, type MerchantCredentials } from './platform-keys.js';
import type { Currency, PayerBehaviour, SimulatedNotification, SimulatedRefund, SimulatedTrade } from './simulated-records.js';
import { SimulatorStore } from './simulator-store.js';
import { TradeBook, type PayOptions } from './trade-book.js';
import { WalletDesk } from './wallet-desk.js';

const LARGEST_BODY_BYTES = 256 * 1024;

export type AlipaySimulatorOptions = {
  /** 0 or absent: a free port. */
  readonly port?: number;
  readonly host?: string;
  /** Keys and ledger live here and survive a restart. Absent: in memory, with keys shared by the process. */
  readonly dataFolder?: string;
  readonly now?: () => Date;
  /** Waits between the rounds of a notification; absent: Alipay's seven. */
  readonly notificationRetryGapsMs?: readonly number[];
  /** Today's bill is given too, and yesterday's before nine o'clock. */
  readonly billsReadyAtOnceForTests?: boolean;
  /** Money of the merchant at the start; absent: ¥1,000,000.00. */
  readonly openingBalanceFen?: number;
  /** Commission in hundredths of a percent; absent: 60 (0.60 %). */
  readonly feeRateBasisPoints?: number;
};

export type AlipaySimulator = {
  readonly baseUrl: string;
  readonly gatewayUrl: string;
  readonly merchantCredentials: MerchantCredentials;
  /** Where the credentials were written; absent without a data folder. */
  readonly credentialsFile: string | undefined;
  readonly faults: FaultRules;
  readonly findTrade: (outTradeNo: string) => SimulatedTrade | undefined;
  readonly trades: () => readonly SimulatedTrade[];
  readonly refundsOf: (outTradeNo: string) => readonly SimulatedRefund[];
  readonly notifications: () => readonly SimulatedNotification[];
  readonly balanceFen: () => number;
  /** The payer scans a shown code, and does nothing more. */
  readonly scan: (outTradeNo: string) => void;
  /** The payer pays; throws when Alipay would not let him. The notification goes out by itself. */
  readonly pay: (outTradeNo: string, options?: PayOptions) => SimulatedTrade;
  /** The bar code in the wallet of a payer who behaves like this. */
  readonly newPaymentCode: (behaviour: PayerBehaviour, currency?: Currency) => string;
  /** The app SDK takes the signed order text; throws as the gateway would refuse. */
  readonly openAppOrder: (orderText: string) => SimulatedTrade;
  /** The time for refunds is over. */
  readonly finishTrade: (outTradeNo: string) => void;
  /** From now on Alipay signs with its next certificate. */
  readonly changeCertificate: () => void;
  /** From now on Alipay signs under a certificate whose time is over. */
  readonly useExpiredCertificate: () => void;
  /** A notification as headers and bytes, unsent: genuine, or with something wrong. */
  readonly makeNotification: (about: { readonly outTradeNo: string; readonly outRequestNo?: string }, variation?: NotificationVariation) => NotificationMessage;
  /** Does everything that is due by the simulator's clock and waits for it. */
  readonly runDue: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Starts an Alipay gateway simulator and resolves when it listens. */
export async function startAlipaySimulator(options: AlipaySimulatorOptions = {}): Promise<AlipaySimulator> {
  const { now = () => new Date(), host = '127.0.0.1' } = options;
  const keys = await loadOrMakeKeys(options.dataFolder, now());
  const { appId, sellerId } = keys.credentials;
  const store = new SimulatorStore(options.dataFolder);
  const faults = new FaultRules();
  const answers = new AnswerSender(keys);
  const notifications = new NotificationQueue({ store, keys, answers, faults, now, retryGapsMs: options.notificationRetryGapsMs ?? RETRY_GAPS_MS });
  const tell = (trade: SimulatedTrade, parameters: Readonly<Record<string, string>>, outRequestNo?: string): void => {
    if (trade.notifyUrl !== undefined) notifications.add({ outTradeNo: trade.outTradeNo, outRequestNo, url: trade.notifyUrl, parameters, mode: trade.mode });
  };
  const book: TradeBook = new TradeBook({
    store,
    now,
    feeRateBasisPoints: options.feeRateBasisPoints ?? 60,
    openingBalanceFen: options.openingBalanceFen ?? 100_000_000,
    onPaid: (trade) => { tell(trade, newsOfPayment(trade, { appId, sellerId })); },
    onRefunded: (trade, refund) => { tell(trade, newsOfRefund(trade, refund, { appId, sellerId, refundedFen: book.refundedFen(trade.outTradeNo) }), refund.outRequestNo); },
  });
  const bills = new BillDesk({ book, faults, now, sellerId, readyAtOnce: options.billsReadyAtOnceForTests ?? false });
  const wallet = new WalletDesk(book);
  const gateway = new Gateway({ keys, book, bills, answers, faults, notifications, wallet });
  const server = serverOf({ gateway, bills, wallet, faults });
  const port = await listen(server, options.port ?? 0, host);
  const baseUrl = `http://127.0.0.1:${String(port)}`;
  bills.origin = baseUrl;
  const known = (outTradeNo: string): SimulatedTrade => {
    const trade = book.find(outTradeNo);
    if (trade === undefined) throw new Error(`there is no order ${outTradeNo}`);
    return trade;
  };
  return {
    baseUrl,
    gatewayUrl: `${baseUrl}/gateway.do`,
    merchantCredentials: keys.credentials,
    credentialsFile: options.dataFolder === undefined ? undefined : join(options.dataFolder, CREDENTIALS_FILE_NAME),
    faults,
    findTrade: (outTradeNo) => book.find(outTradeNo),
    trades: () => book.list(),
    refundsOf: (outTradeNo) => book.refundsOf(outTradeNo),
    notifications: () => notifications.list(),
    balanceFen: () => book.balanceFen,
    scan: (outTradeNo) => { book.scan(outTradeNo); },
    pay: (outTradeNo, payOptions) => book.pay(outTradeNo, payOptions),
    newPaymentCode: (behaviour, currency) => book.newPaymentCode(behaviour, currency).code,
    openAppOrder: (orderText) => gateway.openAppOrder(orderText),
    finishTrade: (outTradeNo) => { book.finish(outTradeNo); },
    changeCertificate: () => { answers.certificateIndex = 1; },
    useExpiredCertificate: () => { answers.certificateIndex = 2; },
    makeNotification: ({ outTradeNo, outRequestNo }, variation = { kind: 'genuine' }) => {
      const trade = known(outTradeNo);
      const sent = notifications.list().find((notification) => notification.outTradeNo === outTradeNo && notification.outRequestNo === outRequestNo);
      const refund = book.refundsOf(outTradeNo).find((made) => made.outRequestNo === outRequestNo);
      const parameters = refund === undefined ? newsOfPayment(trade, { appId, sellerId }) : newsOfRefund(trade, refund, { appId, sellerId, refundedFen: book.refundedFen(outTradeNo) });
      return notifications.message(sent ?? { id: `${outTradeNo}${outRequestNo ?? ''}`, outTradeNo, outRequestNo, url: '', parameters, mode: trade.mode }, variation);
    },
    runDue: () => notifications.runDue(),
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
      await notifications.stop();
      store.close();
    },
  };
}

function serverOf(parts: { readonly gateway: Gateway; readonly bills: BillDesk; readonly wallet: WalletDesk; readonly faults: FaultRules }): Server {
  const { gateway, bills, wallet, faults } = parts;
  return createServer((request, response) => {
    const serve = async (): Promise<void> => {
      const body = await wholeBody(request);
      const { pathname, search, searchParams } = URL.parse(request.url ?? '/', 'http://localhost') ?? new URL('http://localhost/');
      if (body === undefined) response.writeHead(413, { Connection: 'close' }).end();
      else if (pathname === '/gateway.do') await gateway.handle(search.slice(1), body, response);
      else if (pathname === '/downloadBillFile.resource') {
        const fault = faults.take('billFile');
        const file = fault === undefined ? bills.file(searchParams.get('fileId') ?? '') : undefined;
        if (file === undefined) response.writeHead(fault?.kind === 'failBeforeExecuting' ? fault.status : 404).end();
        else response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': String(file.length) }).end(file);
      } else wallet.handle(request, body, response);
    };
    serve().catch((error: unknown) => {
      // A caller that hung up half way is no news; anything else is a bug of the simulator and must be seen.
      if (!request.destroyed || request.complete) console.error('alipay simulator:', error);
      response.destroy();
    });
  });
}

/** `undefined` when the body is larger than any call's. */
async function wholeBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > LARGEST_BODY_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => { resolve((server.address() as AddressInfo).port); });
  });
}
