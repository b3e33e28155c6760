/** What inpatients (住院) need from outside, and the words the edges share with this folder. */
import type { DailyFee, Deposit, FeeSum } from '@hospay/plugin-sdk';
import type { Outcome } from '../domain/errors.js';
import type { DischargeStore } from '../domain/discharge-store.js';
import type { Hospitals } from '../domain/guests.js';
import type { MoneyStore } from '../domain/money-store.js';
import type { Owner, StoredQuote } from '../domain/order.js';
import type { PaymentPolicy } from '../domain/payment-policy.js';
import type { Clock, RandomSource } from '../domain/time.js';
import type { QuoteView } from '../patients/quote-view.js';
import type { HisDesk } from '../refunds/ports.js';
import type { DischargeView } from './discharge-view.js';
import type { InpatientView } from './inpatient-view.js';

export type InpatientPorts = {
  readonly hospitals: Hospitals;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly saveQuote: (quote: StoredQuote) => Promise<void>;
  readonly findQuote: (quoteId: string) => Promise<StoredQuote | undefined>;
  readonly discharges: DischargeStore;
};
/** What the job of a discharge settlement needs. */
export type DischargePorts = {
  readonly store: MoneyStore;
  readonly discharges: DischargeStore;
  readonly hospitals: Hospitals;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly policy: PaymentPolicy;
  readonly refundForHis: HisDesk['refundForHis'];
};

/** One stay of one inpatient at one hospital. */
export type StayRequest = { readonly hospitalId: string; readonly inpatientNo: string; readonly visitId: string };
/** What a stay comes to at its end, in fen: total = fund + personal account + self-pay; the deposits go against self-pay. `collectFen` > 0: pay `quote`; otherwise settle it. */
export type DischargeQuoteView = {
  readonly quote: QuoteView;
  readonly totalFen: number;
  readonly fundFen: number;
  readonly personalAccountFen: number;
  readonly selfPayFen: number;
  readonly depositFen: number;
  readonly collectFen: number;
  readonly refundFen: number;
};
export type QuoteDischargeRequest = StayRequest & { readonly owner: Owner };
export type SettleDischargeRequest = { readonly owner: Owner; readonly quoteId: string; readonly operatorId?: string; readonly idempotency: { readonly tenant: string; readonly key: string } };
export type QuoteDepositRequest = StayRequest & { readonly owner: Owner; readonly amountFen: number };

/** The use cases of inpatients, for terminals and applications alike. */
export type InpatientDesk = {
  /** `cardType` may be `inpatientNo`. */
  findInpatient(request: { readonly hospitalId: string; readonly cardType: string; readonly cardNo: string }): Promise<Outcome<readonly InpatientView[]>>;
  listDeposits(request: StayRequest): Promise<Outcome<readonly Deposit[]>>;
  listDailyFees(request: StayRequest & { readonly day: string }): Promise<Outcome<readonly DailyFee[]>>;
  sumFees(request: StayRequest): Promise<Outcome<readonly FeeSum[]>>;
  quoteDeposit(request: QuoteDepositRequest): Promise<Outcome<QuoteView>>;
  quoteDischarge(request: QuoteDischargeRequest): Promise<Outcome<DischargeQuoteView>>;
  settleDischarge(request: SettleDischargeRequest): Promise<Outcome<DischargeView>>;
  findDischarge(request: { readonly owner: Owner; readonly settlementNo: string }): Promise<Outcome<DischargeView>>;
  /** Of the last half hour, the newest first. */
  listRecentDischarges(owner: Owner): Promise<readonly DischargeView[]>;
};
