/** What inpatients (住院) need from outside, and the words the edges share with this folder. */
import type { DailyFee, Deposit, FeeSum } from '@hospay/plugin-sdk';
import type { Outcome } from '../domain/errors.js';
import type { Hospitals } from '../domain/guests.js';
import type { Owner, StoredQuote } from '../domain/order.js';
import type { Clock, RandomSource } from '../domain/time.js';
import type { QuoteView } from '../patients/quote-view.js';
import type { InpatientView } from './inpatient-view.js';

export type InpatientPorts = {
  readonly hospitals: Hospitals;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly saveQuote: (quote: StoredQuote) => Promise<void>;
};

/** One stay of one inpatient at one hospital. */
export type StayRequest = { readonly hospitalId: string; readonly inpatientNo: string; readonly visitId: string };
export type QuoteDepositRequest = StayRequest & { readonly owner: Owner; readonly amountFen: number };

/** The use cases of inpatients, for terminals and applications alike. */
export type InpatientDesk = {
  /** `cardType` may be `inpatientNo`. */
  findInpatient(request: { readonly hospitalId: string; readonly cardType: string; readonly cardNo: string }): Promise<Outcome<readonly InpatientView[]>>;
  listDeposits(request: StayRequest): Promise<Outcome<readonly Deposit[]>>;
  listDailyFees(request: StayRequest & { readonly day: string }): Promise<Outcome<readonly DailyFee[]>>;
  sumFees(request: StayRequest): Promise<Outcome<readonly FeeSum[]>>;
  quoteDeposit(request: QuoteDepositRequest): Promise<Outcome<QuoteView>>;
};
