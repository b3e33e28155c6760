import { createPublicKey } from 'node:crypto';

import { ApiRoutes } from './api-routes.js';
import { BillDesk } from './bill-desk.js';
import type { BillLedger } from './bill-files.js';
import { FaultRules } from './fault-rules.js';
import { MerchantAccounts } from './merchant-account.js';
import { MedInsBook, type InsuranceRefusal } from './med-ins-book.js';
import { MerchantApi } from './merchant-api.js';
import type { PlatformKeys } from './merchant-credentials.js';
import { PayerAuthorisation } from './payer-authorisation.js';
import { PaymentCodes } from './payment-codes.js';
import { MED_INS_RETRY_GAPS_MS, NotificationQueue, type NewNotification } from './notification-queue.js';
import { OrderBook, type PayOptions, type PayOutcome } from './order-book.js';
import { describeRefundNotification, RefundBook } from './refund-book.js';
import { ScannedCodeDesk } from './scanned-code-desk.js';
import { RequestVerifier } from './request-signature.js';
import type { SimulatedNotification, SimulatedOrder, SimulatedPayment, SimulatedRefund } from './simulated-records.js';
import { SimulatorStore } from './simulator-store.js';
import { V2Interface } from './v2-interface.js';
import type { SimulatorTimers } from '../machinery/simulator-timers.js';

export type WechatPayPlatformOptions = {
  readonly keys: PlatformKeys;
  readonly dataFolder: string | undefined;
  readonly now: () => Date;
  readonly timers: SimulatorTimers;
  readonly notificationRetryGapsMs: readonly number[];
  readonly payableAfterExpiry: boolean;
  readonly billsReadyAtOnce: boolean;
  readonly shortestExpiryMs: number;
  readonly refuseRepeatedNonce: boolean;
  readonly closeOfUnknownOrder: 'notFound' | 'accepted';
  readonly reverseWaitMs: number;
  readonly openingBalanceFen: number;
  readonly feeRateBasisPoints: number;
};

/** What a notification is about: an order's payment or a refund. */
export type NotificationSubject = { readonly outTradeNo: string } | { readonly outRefundNo: string };

/** WeChat Pay itself, without its HTTP server: the ledger, what may be done to it, and what happens by itself. */
export class WechatPayPlatform {
  readonly faults = new FaultRules();
  readonly accounts: MerchantAccounts;
  readonly orders: OrderBook;
  readonly refunds: RefundBook;
  readonly notifications: NotificationQueue;
  readonly api: MerchantApi;
  readonly v2: V2Interface;
  readonly authorisation: PayerAuthorisation;
  readonly medIns: MedInsBook;
  readonly codes: PaymentCodes;
  readonly scannedCodes: ScannedCodeDesk;
  readonly #options: WechatPayPlatformOptions;
  readonly #store: SimulatorStore;
  readonly #cancels = new Set<() => void>();
  #stopped = false;

  constructor(options: WechatPayPlatformOptions) {
    const { keys, now, timers } = options;
    const { faults } = this;
    this.#options = options;
    this.#store = new SimulatorStore(options.dataFolder);
    this.accounts = openAccounts(options, this.#store);
    this.orders = new OrderBook({ ...options, orders: this.#store.orders, credentials: keys.merchantCredentials, accounts: this.accounts });
    this.notifications = new NotificationQueue({
      notifications: this.#store.notifications,
      keys,
      faults,
      now,
      timers,
      retryGapsMs: options.notificationRetryGapsMs,
    });
    this.refunds = new RefundBook({
      refunds: this.#store.refunds,
      orders: this.orders,
      accounts: this.accounts,
      credentials: keys.merchantCredentials,
      faults,
      now,
      onSettled: (refund) => {
        this.#announceRefund(refund);
      },
    });
    this.codes = new PaymentCodes(this.#store.paymentCodes, now);
    this.scannedCodes = new ScannedCodeDesk({ orders: this.orders, codes: this.codes, now, reverseWaitMs: options.reverseWaitMs });
    this.medIns = new MedInsBook({ medInsOrders: this.#store.medInsOrders, orders: this.orders, keys, now });
    this.api = this.#openApi();
    this.authorisation = new PayerAuthorisation({ credentials: keys.merchantCredentials, now });
    this.v2 = new V2Interface({ credentials: keys.merchantCredentials, orders: this.orders, desk: this.scannedCodes, faults, now, wait: (delayMs) => this.#wait(delayMs) });
    this.#planSettlement();
  }

  /** The payer pays; when the wallet allows it the notification is on its way. Scanned codes send none. */
  pay(outTradeNo: string, options: PayOptions): PayOutcome {
    const outcome = this.orders.pay(outTradeNo, options);
    if (outcome.kind === 'paid' && outcome.order.tradeType !== 'MICROPAY') this.notifications.add(this.#paymentNews(outcome.order, outcome.payment));
    return outcome;
  }

  /** The patient confirms a medical-insurance order; what was paid is told for half a minute, the cash part for a day. */
  payMedIns(outTradeNo: string, refusal?: InsuranceRefusal): void {
    const { order, payment } = this.medIns.pay(outTradeNo, refusal);
    const cashOrder = this.orders.find(outTradeNo);
    if (payment.cash !== undefined && cashOrder !== undefined) this.notifications.add(this.#paymentNews(cashOrder, payment.cash));
    if (payment.kind !== 'paid') return;
    this.notifications.add({
      eventType: 'MEDICAL_INSURANCE.SUCCESS',
      outTradeNo,
      outRefundNo: undefined,
      transactionId: payment.cash?.transactionId ?? '',
      url: order.callbackUrl,
      plaintext: JSON.stringify(this.medIns.describe(order)),
      signingMode: order.signingMode,
      retryGapsMs: this.#options.notificationRetryGapsMs.length === 0 ? [] : MED_INS_RETRY_GAPS_MS,
    });
  }

  /** Does everything that is due by the clock (refunds, notifications) and waits for it. */
  async runDue(): Promise<void> {
    this.refunds.settleDue();
    await this.notifications.runDue();
  }

  /** The newest notification that a medical-insurance order was paid. */
  notificationAboutMedIns(outTradeNo: string): SimulatedNotification {
    const found = this.notifications.list().findLast((notification) => notification.eventType === 'MEDICAL_INSURANCE.SUCCESS' && notification.outTradeNo === outTradeNo);
    if (found === undefined) throw new Error(`nothing to notify yet about the mixed order ${outTradeNo}`);
    return found;
  }

  /** The newest notification about an order's payment or about a refund. */
  notificationAbout(subject: NotificationSubject): SimulatedNotification {
    const fits = ({ outTradeNo, outRefundNo }: SimulatedNotification): boolean =>
      'outRefundNo' in subject ? outRefundNo === subject.outRefundNo : outTradeNo === subject.outTradeNo && outRefundNo === undefined;
    const found = this.notifications.list().findLast((notification) => notification.eventType !== 'MEDICAL_INSURANCE.SUCCESS' && fits(notification));
    if (found === undefined) throw new Error(`nothing to notify yet about ${JSON.stringify(subject)}`);
    return found;
  }

  /** Ends what happens by itself. The ledger stays open until `close`. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#cancels) cancel();
    await this.notifications.stop();
  }

  close(): void {
    this.#store.close();
  }

  #openApi(): MerchantApi {
    const { orders, refunds, faults } = this;
    const { keys, now } = this.#options;
    const bills = new BillDesk({
      ledger: () => this.#billLedger(),
      faults,
      now,
      merchantPublicKey: createPublicKey(keys.merchantPrivateKey),
      subMerchantId: keys.merchantCredentials.subMerchant.merchantId,
      billsReadyAtOnce: this.#options.billsReadyAtOnce,
    });
    const onRefundAccepted = (): void => {
      this.#planSettlement();
    };
    return new MerchantApi({
      keys,
      now,
      faults,
      orders,
      verifier: new RequestVerifier({ keys, now, refuseRepeatedNonce: this.#options.refuseRepeatedNonce }),
      routes: new ApiRoutes({ keys, orders, refunds, bills, desk: this.scannedCodes, medIns: this.medIns, onRefundAccepted }),
      wait: (delayMs) => this.#wait(delayMs),
      notifyNow: async ({ outTradeNo, outRefundNo }) => {
        if (outRefundNo === undefined && outTradeNo !== undefined) this.pay(outTradeNo, {});
        await this.runDue();
      },
    });
  }

  #billLedger(): BillLedger {
    const { merchantId, appId } = this.#options.keys.merchantCredentials;
    return { orders: this.orders.list(), refunds: this.refunds.list(), merchantId, appId, accounts: this.accounts };
  }

  #paymentNews(order: SimulatedOrder, payment: SimulatedPayment): NewNotification {
    return {
      eventType: 'TRANSACTION.SUCCESS',
      outTradeNo: order.outTradeNo,
      outRefundNo: undefined,
      transactionId: payment.transactionId,
      url: order.notifyUrl,
      plaintext: JSON.stringify(this.orders.describe({ ...order, state: 'SUCCESS' }, payment)),
      signingMode: order.signingMode,
    };
  }

  #announceRefund(refund: SimulatedRefund): void {
    if (refund.notifyUrl === undefined || refund.status === 'PROCESSING') return;
    const { merchantId } = this.#options.keys.merchantCredentials;
    this.notifications.add({
      eventType: `REFUND.${refund.status}`,
      outTradeNo: refund.outTradeNo,
      outRefundNo: refund.outRefundNo,
      transactionId: refund.transactionId,
      url: refund.notifyUrl,
      plaintext: JSON.stringify(describeRefundNotification(refund, merchantId)),
      signingMode: refund.signingMode,
    });
  }

  #planSettlement(): void {
    const due = this.refunds.nextSettlement();
    if (due === undefined) return;
    this.#after(Math.max(0, due.getTime() - this.#options.now().getTime()), () => {
      this.refunds.settleDue();
      this.#planSettlement();
    });
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#after(delayMs, resolve);
    });
  }

  #after(delayMs: number, task: () => void): void {
    if (this.#stopped) return;
    const cancel = this.#options.timers.after(delayMs, () => {
      this.#cancels.delete(cancel);
      task();
    });
    this.#cancels.add(cancel);
  }
}

/** Each balance follows from the ledger: opening balance, payments less commission, refunds that were not closed. */
function openAccounts(options: WechatPayPlatformOptions, store: SimulatorStore): MerchantAccounts {
  const accounts = new MerchantAccounts(options);
  for (const { partner, payments } of store.orders.all()) {
    for (const { paidFen, feeFen, returnedAt } of payments) if (returnedAt === undefined) accounts.of(partner?.subMerchantId).add(paidFen - feeFen);
  }
  for (const { subMerchantId, status, refundFen, feeReturnedFen } of store.refunds.all()) if (status !== 'CLOSED') accounts.of(subMerchantId).add(feeReturnedFen - refundFen);
  return accounts;
}
