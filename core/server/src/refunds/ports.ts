import type { Outcome, Refused } from '../domain/errors.js';
import type { Channels, Hospitals } from '../domain/guests.js';
import type { IdempotencyKey, MoneyStore } from '../domain/money-store.js';
import type { PaymentPolicy } from '../domain/payment-policy.js';
import type { Clock, RandomSource } from '../domain/time.js';
import type { HisRefundView } from './his-refund-view.js';

/** A refund the HIS began. `of`: the order, or any receipt of it: its own, or one that a red flush before made of it. */
export type HisRefundRequest = {
  readonly hospitalId: string;
  readonly of: { readonly tradeNo: string } | { readonly receiptNo: string };
  /** The HIS's own number: the idempotency key, for ever. */
  readonly hisRefundNo: string;
  /** Integer fen: what goes back to the patient. */
  readonly refundFen: number;
  readonly reason: string;
  readonly requestedBy: string;
  /** Who did it at the HIS: it stands in his shift, and notes leave his till. */
  readonly operatorId?: string;
  /** 红冲重收: the receipt that was flushed, and the one the rest was charged under anew. */
  readonly receipts?: { readonly oldReceiptNo: string; readonly newReceiptNo: string };
  /** Nobody sees the patient's papers: what goes back at a window only is refused. */
  readonly notAtWindow?: true;
};
export type StoppedRegistration = {
  readonly hisRegistrationNo: string;
  /** `notPaid`: nothing to give back. `window`: the patient has to come to a window, `error` says why. */
  readonly result: 'refunding' | 'notPaid' | 'window';
  readonly tradeNo?: string;
  readonly error?: Refused;
};
export type StoppedClinicRequest = {
  readonly hospitalId: string;
  readonly noticeNo: string;
  readonly hisRegistrationNos: readonly string[];
  /** The HIS has cancelled the registrations itself; otherwise it is asked to reverse each. */
  readonly isCancelledAtHis: boolean;
  /** The HIS itself cancelled this registration though it was checked in. */
  readonly alsoCheckedIn?: true;
  readonly reason: string;
  readonly requestedBy: string;
};

/** How much an operator of a role may send back of one order, and for how long after it was paid. */
export type RefundLimit = { readonly role: string; readonly amountFen: number; readonly days: number };
export type WindowRefundRequest = {
  readonly hospitalId: string;
  readonly tradeNo: string;
  /** Integer fen; absent: all that is left. */
  readonly refundFen?: number;
  readonly reason: string;
  readonly operator: { readonly operatorNo: string; readonly roles: readonly string[]; readonly rights: readonly string[] };
  /** `terminal/…` */
  readonly at: string;
  readonly idempotency: IdempotencyKey;
};

export type HisDesk = {
  refundForHis(request: HisRefundRequest): Promise<Outcome<HisRefundView>>;
  findHisRefund(request: { readonly hospitalId: string; readonly hisRefundNo: string }): Promise<Outcome<HisRefundView>>;
  refundStoppedClinic(request: StoppedClinicRequest): Promise<Outcome<readonly StoppedRegistration[]>>;
};

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
