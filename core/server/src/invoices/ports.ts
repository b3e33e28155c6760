import type { Hospitals } from '../domain/guests.js';
import type { MoneyStore } from '../domain/money-store.js';
import type { PaymentPolicy } from '../domain/payment-policy.js';
import type { Clock, RandomSource } from '../domain/time.js';

/** What keeping the invoices of orders needs from outside. */
export type InvoicePorts = {
  readonly store: Pick<MoneyStore, 'findOrder' | 'findOrderByKey' | 'change' | 'putBackJob'>;
  readonly hospitals: Hospitals;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly policy: Pick<PaymentPolicy, 'invoiceRhythmMs'>;
};
