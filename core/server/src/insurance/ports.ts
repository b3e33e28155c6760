import type { InsuranceVoucher } from '@hospay/plugin-sdk';
import type { Channels, Hospitals, InsuranceCentres } from '../domain/guests.js';
import type { IdempotencyKey, MoneyStore } from '../domain/money-store.js';
import type { Owner } from '../domain/order.js';
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

/** What an owner, be it a terminal or an application, asks of `presettle`. */
export type PresettleRequest = {
  readonly owner: Owner;
  readonly terminalKind?: string;
  readonly quoteId: string;
  /** What the patient shows. Passed on and never kept: a repeat brings the one shown last. */
  readonly voucher: InsuranceVoucher;
  /** From `findInsured`. */
  readonly personNo: string;
  readonly insuranceType: string;
  readonly insuredPlace?: string;
  /** Whether the patient's personal account may be used (个人账户). */
  readonly usesAccount: boolean;
  readonly operatorId?: string;
  /** The hash covers everything but the voucher: an electronic one is shown anew every few minutes. */
  readonly idempotency: IdempotencyKey;
};
