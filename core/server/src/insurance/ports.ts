import type { Channels, Hospitals, InsuranceCentres } from '../domain/guests.js';
import type { MoneyStore } from '../domain/money-store.js';
import type { PaymentPolicy } from '../domain/payment-policy.js';
import type { PresettlementStore } from '../domain/presettlement-store.js';
import type { Clock, RandomSource } from '../domain/time.js';

/** What working with the medical insurance needs from outside. Which channel instance serves is the routing of the method `medicalInsurance`. */
export type InsurancePorts = {
  readonly store: Pick<MoneyStore, 'findQuote' | 'putBackJob'>;
  readonly presettlements: PresettlementStore;
  readonly channels: Channels;
  readonly centres: InsuranceCentres;
  readonly hospitals: Hospitals;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly policy: PaymentPolicy;
  readonly reasonToRefuse: () => string | undefined;
};
