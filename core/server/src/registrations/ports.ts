/** What registration (挂号) needs from outside, and the words the edges share with this folder. */
import type { Department, Doctor, Registration, Schedule, Slot } from '@hospay/plugin-sdk';
import type { Outcome } from '../domain/errors.js';
import type { Hospitals } from '../domain/guests.js';
import type { Owner, StoredQuote } from '../domain/order.js';
import type { Clock, RandomSource } from '../domain/time.js';
import type { QuoteView } from '../patients/quote-view.js';

export type RegistrationPorts = {
  readonly hospitals: Hospitals;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly saveQuote: (quote: StoredQuote) => Promise<void>;
  readonly findQuote: (quoteId: string) => Promise<StoredQuote | undefined>;
};

export type HoldRegistrationRequest = {
  readonly hospitalId: string;
  readonly owner: Owner;
  readonly patientId: string;
  readonly patientLabel: string;
  readonly scheduleId: string;
  readonly slotId: string;
  readonly when: 'today' | 'later';
  /** The same key holds the same registration, however often it is asked. */
  readonly idempotency: { readonly tenant: string; readonly key: string };
};
/** A registration that is held and not paid, and the quote to pay it by. */
export type HeldRegistrationView = { readonly registrationNo: string; readonly hisRegistrationNo: string; readonly queueNo?: string; readonly quote: QuoteView };

type OfHospital = { readonly hospitalId: string };
/** The use cases of registration, for terminals and applications alike. */
export type RegistrationDesk = {
  listDepartments(request: OfHospital & { readonly campus?: string }): Promise<Outcome<readonly Department[]>>;
  listDoctors(request: OfHospital & { readonly departmentCode: string }): Promise<Outcome<readonly Doctor[]>>;
  listSchedules(request: OfHospital & { readonly departmentCode: string; readonly from: string; readonly to: string }): Promise<Outcome<readonly Schedule[]>>;
  listSlots(request: OfHospital & { readonly scheduleId: string }): Promise<Outcome<readonly Slot[]>>;
  holdRegistration(request: HoldRegistrationRequest): Promise<Outcome<HeldRegistrationView>>;
  cancelRegistration(request: { readonly owner: Owner; readonly quoteId: string }): Promise<Outcome<{ readonly quoteId: string }>>;
  listRegistrations(request: OfHospital & { readonly patientId: string; readonly from: string; readonly to: string }): Promise<Outcome<readonly Registration[]>>;
  checkIn(request: OfHospital & { readonly hisRegistrationNo: string; readonly patientId: string }): Promise<Outcome<{ readonly queueNo: string; readonly place: string }>>;
};
