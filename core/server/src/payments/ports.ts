import type { ChargeRequest, PaymentMethod } from '@hospay/plugin-sdk';
import type { Channels, Hospitals } from '../domain/guests.js';
import type { IdempotencyKey, MoneyStore } from '../domain/money-store.js';
import type { PaymentPolicy } from '../domain/payment-policy.js';
import type { PresettlementStore } from '../domain/presettlement-store.js';
import type { Clock, RandomSource } from '../domain/time.js';
import type { Owner } from '../domain/order.js';
import type { OrderView } from './order-view.js';

/** What taking a payment needs from outside. */
export type PaymentPorts = {
  readonly store: MoneyStore;
  readonly channels: Channels;
  readonly hospitals: Hospitals;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly policy: PaymentPolicy;
  /** Where further payments of an order begin to count: from elsewhere on a box that was restored. */
  readonly numbersFrom?: number;
  /** Why no new payment may be taken now (disk full, safe mode, stopping), or undefined. Queries, refunds and notifications go on. */
  readonly reasonToRefuse: () => string | undefined;
  /** Where a channel may send notifications for this instance, or undefined. */
  readonly notifyUrl: (channel: string) => string | undefined;
  readonly ownerNotifier: OwnerNotifier;
  /** What was pre-settled with the insurance. */
  readonly presettlements: Pick<PresettlementStore, 'find'>;
};

/** Tells an application what became of its order: signed, at least once. */
export type OwnerNotifier = {
  /** True when the owner acknowledged, or has no address to be told at. */
  tell(owner: Owner, view: OrderView): Promise<boolean>;
};

/** How and with what the patient pays this time; the same for the first payment of an order and for a further one. */
export type Tender = {
  readonly method: PaymentMethod;
  /** A channel instance by name; else the routing chooses. */
  readonly channel?: string;
  /** Group of the asking terminal, for the routing. */
  readonly terminalKind?: string;
} & TenderDetails;

/** What the channel is told beside the amount. Held in memory for the one call only: a scanned code is single use. */
export type TenderDetails = Pick<ChargeRequest, 'authCode' | 'payerId' | 'clientIp' | 'operatorId' | 'tenderedFen' | 'presettlementNo' | 'returnUrl' | 'insurancePayer' | 'isSettledByWallet' | 'agreementToken'>;

export type CreatePaymentRequest = {
  readonly owner: Owner;
  readonly merchantId: string;
  readonly idempotency: IdempotencyKey;
  readonly quoteId: string;
  /** What the caller believes the order is about: the quote's self-pay amount; with a pre-settlement of the insurance the quote's total. */
  readonly amountFen: number;
  /** Mixed tender (混合支付): what the first payment takes of it; the rest follows by `addPayment`. Absent: one payment takes the whole, or what the insurance pays. */
  readonly tenderFen?: number;
  /** What the patient reads in the wallet. Absent: by the business. */
  readonly description?: string;
} & Tender;

export type AddPaymentRequest = {
  readonly owner: Owner;
  readonly tradeNo: string;
  readonly idempotency: IdempotencyKey;
  /** What this payment takes; absent: all that is left. */
  readonly tenderFen?: number;
} & Tender;
