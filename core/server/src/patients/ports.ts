import type { Hospitals } from '../domain/guests.js';
import type { StoredQuote } from '../domain/order.js';
import type { Clock, RandomSource } from '../domain/time.js';

export type PatientPorts = {
  readonly hospitals: Hospitals;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly saveQuote: (quote: StoredQuote) => Promise<void>;
};
