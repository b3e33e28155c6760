import type { Outcome } from '../domain/errors.js';
import type { Channels, Hospitals } from '../domain/guests.js';
import type { MoneyStore } from '../domain/money-store.js';
import type { PaymentPolicy } from '../domain/payment-policy.js';
import type { PrepaymentStore } from '../domain/prepayment-store.js';
import type { Clock, RandomSource } from '../domain/time.js';
import type { HisDesk } from '../refunds/ports.js';
import type { PrepaymentRunView } from './run-view.js';

export type PrepaymentPorts = {
  readonly hospitalId: string;
  readonly store: Pick<MoneyStore, 'findOrder' | 'putBackJob'>;
  readonly prepayments: PrepaymentStore;
  readonly channels: Pick<Channels, 'find'>;
  readonly hospitals: Hospitals;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly policy: Pick<PaymentPolicy, 'confirmRhythmMs' | 'confirmEscalationMs'>;
  readonly refundForHis: HisDesk['refundForHis'];
};

/** 清退: what finance may ask for. One person proposes, another decides; the hash is of exactly what was shown. */
export type PrepaymentDesk = {
  proposeRun(request: { readonly title: string; readonly patientIds: readonly string[]; readonly by: string }): Promise<Outcome<PrepaymentRunView>>;
  decideRun(request: { readonly runNo: string; readonly hash: string; readonly isApproved: boolean; readonly by: string }): Promise<Outcome<PrepaymentRunView>>;
  /** 暂停 begins nothing new; 继续 goes on. Of an approved run. */
  pauseRun(request: { readonly runNo: string; readonly isPaused: boolean }): Promise<Outcome<PrepaymentRunView>>;
  findRun(request: { readonly runNo: string }): Promise<Outcome<PrepaymentRunView>>;
  listRuns(request: { readonly limit: number }): Promise<readonly PrepaymentRunView[]>;
  /** Return number → patient number, plain: for a reveal alone. */
  patientsOf(request: { readonly runNo: string }): Promise<ReadonlyMap<string, string>>;
};
