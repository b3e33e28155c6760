import type { HisNotice, NoticeAnswer } from '@hospay/plugin-sdk';
import type { Log } from '../domain/log.js';
import type { HisNoticeStore } from '../domain/his-notice.js';
import type { MoneyStore } from '../domain/money-store.js';
import type { PaymentPolicy } from '../domain/payment-policy.js';
import type { Clock, RandomSource } from '../domain/time.js';
import type { HisDesk } from '../refunds/ports.js';

/** What receiving notices of the HIS needs from outside. */
export type HisNoticePorts = Pick<HisDesk, 'refundForHis' | 'findHisRefund' | 'refundStoppedClinic'> & {
  readonly store: Pick<MoneyStore, 'change' | 'findOrder' | 'findOrderByReceipt' | 'findOrderByRegistration' | 'putBackJob'>;
  readonly notices: HisNoticeStore;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly policy: Pick<PaymentPolicy, 'confirmRhythmMs' | 'confirmEscalationMs'>;
  readonly log: Pick<Log, 'warn' | 'error'>;
};

/** Runs work on the same notice one after the other: the process is the only writer. */
export type InTurn = { readonly inTurn: <Value>(noticeId: string, work: () => Promise<Value>) => Promise<Value> };

export type ArrivedNotice = { readonly hospitalId: string; /** The adapter instance. */ readonly adapter: string; readonly notice: HisNotice };
export type HisNoticeDesk = {
  /** Keeps it, does what can be done at once, and says what the HIS is to be told. Never rejects. */
  receiveNotice(arrived: ArrivedNotice): Promise<NoticeAnswer>;
};
