import type { Channels, Hospitals } from '../domain/guests.js';
import type { MoneyStore } from '../domain/money-store.js';
import type { PaymentPolicy } from '../domain/payment-policy.js';
import type { Clock, RandomSource } from '../domain/time.js';

/** What sending money back needs from outside. */
export type RefundPorts = {
  readonly store: MoneyStore;
  readonly channels: Channels;
  readonly hospitals: Hospitals;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly policy: PaymentPolicy;
  readonly notifyUrl: (channel: string) => string | undefined;
};
