/** 医院接口诊断: whether the HIS can be reached and does what payments need of it, asked step by step by a person who wants to know. */
import type { CardType } from '@hospay/plugin-sdk';
import type { AuditTrail } from '../domain/audit.js';
import type { HospitalGuest } from '../domain/guests.js';
import type { Outcome } from '../domain/errors.js';
import type { Clock } from '../domain/time.js';

/** In the order they are asked: the first that fails is where to begin. */
export const EXAMINATION_STEPS = ['adapter', 'reach', 'clock', 'mapping', 'dictionary', 'patient', 'bills', 'dayList', 'budget', 'backlog'] as const;
export type ExaminationStep = (typeof EXAMINATION_STEPS)[number];
/** `skipped`: this HIS does not have it, or nobody said whom to ask about. `warning`: it answers, and something is to be looked at. */
export type Finding = { readonly step: ExaminationStep; readonly state: 'ok' | 'warning' | 'failed' | 'skipped'; readonly milliseconds: number; readonly found: string };
export type Examination = {
  readonly startedAt: Date;
  readonly by: string;
  readonly state: 'running' | 'done' | 'cancelled';
  readonly endedAt: Date | undefined;
  readonly findings: readonly Finding[];
};

export type HisDoctorPorts = {
  /** The adapter behind its boundary; undefined with the reason while it does not run. */
  readonly adapter: () => { readonly hospital: HospitalGuest } | { readonly reason: string };
  /** A dictionary the platform keeps: the first of them is asked for. */
  readonly dictionaries: readonly string[];
  /** Paid orders the HIS has not confirmed. */
  readonly unconfirmed: () => Promise<number>;
  readonly clock: Clock;
  /** Milliseconds that no clock step touches. */
  readonly elapsed: () => number;
  /** Told after every step, and of the end. */
  readonly changed: () => void;
  readonly audit: AuditTrail;
  /** Told when one has ended, well or broken off. */
  readonly ended?: (examination: Examination) => Promise<void>;
};

export type HisDoctor = {
  /** The newest, running or ended; undefined when none was made since the platform started. */
  latest(): Examination | undefined;
  /** Errors: CONFLICT while one runs. `card`: a test patient's card; without one the patient and his bills are not asked about. */
  begin(request: { readonly by: string; readonly card?: { readonly cardType: CardType; readonly cardNo: string } }): Promise<Outcome<Examination>>;
  /** What is under way is waited for, and nothing more is asked. */
  cancel(): Examination | undefined;
};
