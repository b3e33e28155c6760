import type { ServerResponse } from 'node:http';

import { listenHttp } from '../machinery/http-listener.js';
import type { PostedMessage } from '../machinery/retried-posts.js';
import { credentialsFileIn } from '../machinery/secret-files.js';
import { BillDesk } from './bill-desk.js';
import { FaultRules } from './fault-rules.js';
import { AnswerSender } from './gateway-answer.js';
import { Gateway } from './gateway.js';
import { newsOfPayment, newsOfRefund } from './notification-content.js';
import { NotificationQueue, RETRY_GAPS_MS, type NotificationVariation } from './notification-queue.js';
import { loadOrMakeKeys, type MerchantCredentials } from './platform-keys.js';
import type { Currency, PayerBehaviour, SimulatedNotification, SimulatedRefund, SimulatedTrade } from './simulated-records.js';
import { SimulatorStore } from './simulator-store.js';
import { TradeBook, type PayOptions } from './trade-book.js';
import { WalletDesk } from './wallet-desk.js';

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
  readonly makeNotification: (about: { readonly outTradeNo: string; readonly outRequestNo?: string }, variation?: NotificationVariation) => PostedMessage;
  /** Does everything that is due by the simulator's clock and waits for it. */
  readonly runDue: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Starts an Alipay gateway simulator and resolves when it listens. */
export async function startAlipaySimulator(options: AlipaySimulatorOptions = {}): Promise<AlipaySimulator> {
  const { now = () => new Date(), port, host, dataFolder } = options;
  const keys = await loadOrMakeKeys(dataFolder, now());
  const { appId, sellerId } = keys.credentials;
  const store = new SimulatorStore(dataFolder);
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
  const sendBillFile = (fileId: string, response: ServerResponse): void => {
    const fault = faults.take('billFile');
    const file = fault === undefined ? bills.file(fileId) : undefined;
    if (file === undefined) response.writeHead(fault?.kind === 'failBeforeExecuting' ? fault.status : 404).end();
    else response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': String(file.length) }).end(file);
  };
  const listener = await listenHttp({
    name: 'alipay',
    port,
    host,
    answer: async (request, bytes, response) => {
      const body = bytes.toString('utf8');
      const { pathname, search, searchParams } = URL.parse(request.url ?? '/', 'http://localhost') ?? new URL('http://localhost/');
      if (pathname === '/gateway.do') await gateway.handle(search.slice(1), body, response);
      else if (pathname === '/downloadBillFile.resource') sendBillFile(searchParams.get('fileId') ?? '', response);
      else wallet.handle(request, body, response);
    },
  });
  const baseUrl = `http://127.0.0.1:${String(listener.port)}`;
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
    credentialsFile: credentialsFileIn(dataFolder),
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
      await listener.stop();
      await notifications.stop();
      store.close();
    },
  };
}
