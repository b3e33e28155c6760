import type { Channels, Hospitals } from '../domain/guests.js';
import type { MoneyStore } from '../domain/money-store.js';
import type { PaymentPolicy } from '../domain/payment-policy.js';
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
  /** Why no new payment may be taken now (disk full, safe mode, stopping), or undefined. Queries, refunds and notifications go on. */
  readonly reasonToRefuse: () => string | undefined;
  /** Where a channel may send notifications for this instance, or undefined. */
  readonly notifyUrl: (channel: string) => string | undefined;
  readonly ownerNotifier: OwnerNotifier;
};

/** Tells an application what became of its order: signed, at least once. */
export type OwnerNotifier = {
  /** True when the owner acknowledged, or has no address to be told at. */
  tell(owner: Owner, view: OrderView): Promise<boolean>;
};
