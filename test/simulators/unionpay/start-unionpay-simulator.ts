import { listenHttp } from '../machinery/http-listener.js';
import type { PostedMessage } from '../machinery/retried-posts.js';
import { credentialsFileIn } from '../machinery/secret-files.js';
import { CashierDesk } from './cashier-desk.js';
import { FaultRules } from './fault-rules.js';
import { Gateway } from './gateway.js';
import { NotificationQueue, RETRY_GAPS_MS, type NotificationVariation } from './notification-queue.js';
import { ENDPOINTS } from './operations.js';
import { loadOrMakeKeys, type MerchantCredentials, type SignerName } from './platform-keys.js';
import { SettlementDesk } from './settlement-desk.js';
import type { PayerBehaviour, SimulatedNotification, SimulatedTransaction } from './simulated-records.js';
import { SimulatorStore } from './simulator-store.js';
import { TransactionBook, type PayOptions } from './transaction-book.js';
import { transactionFields } from './transaction-fields.js';

/** What merchants without a reachable address write: nothing is sent there. */
const NO_NOTIFICATION = /^https?:\/\/www\.specialurl\.com/i;

export type UnionPaySimulatorOptions = {
  /** 0 or absent: a free port. */
  readonly port?: number;
  readonly host?: string;
  /** Keys and ledger live here and survive a restart. Absent: in memory, with keys shared by the process. */
  readonly dataFolder?: string;
  readonly now?: () => Date;
  /** Waits between the rounds of a notification; absent: UnionPay's. */
  readonly notificationRetryGapsMs?: readonly number[];
  /** A day's settlement file is given before the next morning. */
  readonly filesReadyAtOnceForTests?: boolean;
  /** `HHmm` from which the next settlement day counts; absent: 2300. */
  readonly cutOff?: string;
  /** What a query says of an order nobody has paid; absent: 05. */
  readonly unpaidAnswer?: '05' | '34';
  /** Commission in hundredths of a percent; absent: 60 (0.60 %). */
  readonly feeRateBasisPoints?: number;
};

export type UnionPaySimulator = {
  /** Gateway and file server are one here. */
  readonly baseUrl: string;
  readonly merchantCredentials: MerchantCredentials;
  /** Where the credentials were written; absent without a data folder. */
  readonly credentialsFile: string | undefined;
  readonly faults: FaultRules;
  readonly find: (orderId: string) => SimulatedTransaction | undefined;
  readonly transactions: () => readonly SimulatedTransaction[];
  readonly notifications: () => readonly SimulatedNotification[];
  /** The payer pays; throws when UnionPay would not let him. The notification goes out by itself. */
  readonly pay: (orderId: string, options?: PayOptions) => SimulatedTransaction;
  /** The payer's card fails; the order still waits. */
  readonly failCard: (orderId: string, failCode: string) => void;
  /** The code in the wallet of a payer who behaves like this. */
  readonly newPaymentCode: (behaviour: PayerBehaviour, isECny?: boolean) => string;
  /** From now on refunds that are taken stay under way until they are settled. */
  readonly holdRefunds: () => void;
  readonly settleRefund: (orderId: string, as: 'succeeded' | { readonly failCode: string }) => void;
  /** From now on UnionPay signs with this certificate. */
  readonly signAs: (signer: SignerName) => void;
  /** A notification as headers and bytes, unsent: genuine, or with something wrong. */
  readonly makeNotification: (orderId: string, variation?: NotificationVariation) => PostedMessage;
  /** Does everything that is due by the simulator's clock and waits for it. */
  readonly runDue: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Starts a UnionPay simulator and resolves when it listens. */
export async function startUnionPaySimulator(options: UnionPaySimulatorOptions = {}): Promise<UnionPaySimulator> {
  const { now = () => new Date(), port, host, dataFolder, cutOff = '2300' } = options;
  const keys = await loadOrMakeKeys(dataFolder, now());
  const { merId } = keys.credentials;
  const store = new SimulatorStore(dataFolder);
  const faults = new FaultRules();
  let signerNow: SignerName = 'unionpay';
  const signer = (): SignerName => signerNow;
  const notifications = new NotificationQueue({ store, keys, faults, now, retryGapsMs: options.notificationRetryGapsMs ?? RETRY_GAPS_MS, signer });
  const newsOf = (transaction: SimulatedTransaction): Pick<SimulatedNotification, 'fields' | 'signMethod'> => ({
    fields: { ...transactionFields(transaction, { merId, cutOff }), respCode: transaction.failCode ?? '00', respMsg: transaction.state === 'succeeded' ? '成功[0000000]' : '失败' },
    signMethod: transaction.signMethod,
  });
  const book = new TransactionBook({
    store,
    now,
    cutOff,
    feeRateBasisPoints: options.feeRateBasisPoints ?? 60,
    onSettled: (transaction) => {
      if (!NO_NOTIFICATION.test(transaction.backUrl)) notifications.add({ orderId: transaction.orderId, url: transaction.backUrl, ...newsOf(transaction) });
    },
  });
  const settlements = new SettlementDesk({ book, faults, now, merId, cutOff, readyAtOnce: options.filesReadyAtOnceForTests ?? false });
  const cashier = new CashierDesk(book);
  const gateway = new Gateway({ keys, faults, notifications, cashier, signer, doing: { book, settlements, now, merId, cutOff, unpaidAnswer: options.unpaidAnswer ?? '05' } });
  const listener = await listenHttp({
    name: 'unionpay',
    port,
    host,
    answer: (request, bytes, response) => {
      const body = bytes.toString('utf8');
      const { pathname } = URL.parse(request.url ?? '/', 'http://localhost') ?? new URL('http://localhost/');
      const endpoint = request.method === 'POST' ? ENDPOINTS[pathname] : undefined;
      return endpoint === undefined ? cashier.handle(request, body, response) : gateway.handle(endpoint, body, response);
    },
  });
  return {
    baseUrl: `http://127.0.0.1:${String(listener.port)}`,
    merchantCredentials: keys.credentials,
    credentialsFile: credentialsFileIn(dataFolder),
    faults,
    find: (orderId) => book.find(orderId),
    transactions: () => book.list(),
    notifications: () => notifications.list(),
    pay: (orderId, payOptions) => book.pay(orderId, payOptions),
    failCard: (orderId, failCode) => { book.failCard(orderId, failCode); },
    newPaymentCode: (behaviour, isECny) => book.newPaymentCode(behaviour, isECny).code,
    holdRefunds: () => { book.holdRefunds(); },
    settleRefund: (orderId, as) => { book.settleRefund(orderId, as); },
    signAs: (name) => { signerNow = name; },
    makeNotification: (orderId, variation = { kind: 'genuine' }) => {
      const transaction = book.find(orderId);
      if (transaction === undefined) throw new Error(`there is no transaction ${orderId}`);
      return notifications.message(newsOf(transaction), variation);
    },
    runDue: () => notifications.runDue(),
    stop: async () => {
      await listener.stop();
      await notifications.stop();
      store.close();
    },
  };
}
