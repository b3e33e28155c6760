import type { CardCheck, GuidedVisit, NewPatient, PatientFile, Price, QueuePlace, Report, ReportItem } from '@hospay/plugin-sdk';
import type { AuditTrail } from '../domain/audit.js';
import type { Outcome } from '../domain/errors.js';
import type { Hospitals } from '../domain/guests.js';
import type { StoredQuote } from '../domain/order.js';
import type { Clock, RandomSource } from '../domain/time.js';
import type { OfferedFunction } from './offered-functions.js';

export type PatientPorts = {
  readonly hospitals: Hospitals;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly saveQuote: (quote: StoredQuote) => Promise<void>;
};

export type PatientDeskPorts = { readonly hospitals: Hospitals; readonly audit: AuditTrail; readonly clock: Clock };

type OfPatient = { readonly hospitalId: string; readonly patientId: string };
type Days = { readonly from: string; readonly to: string };
/** Who did it, for the audit: an operator, a terminal or an application. */
type By = { readonly by: string };
export type NewFile = NewPatient;
export type ReportRequest = OfPatient & Days & { readonly reportId: string };

/** Files, cards, reports, prices and queues, for terminals and applications alike. A HIS that lacks one answers FUNCTION_NOT_OFFERED. */
export type PatientDesk = {
  /** Operations of this hospital's HIS that a client may show a button for; undefined while its adapter is not active: then nobody knows. */
  offeredFunctions(hospitalId: string): readonly OfferedFunction[] | undefined;
  listReports(request: OfPatient & Days): Promise<Outcome<readonly Report[]>>;
  /** Only from the patient's own list of these days; refuses NO_SUCH_ITEM, REPORT_NOT_RELEASED. */
  readReport(request: ReportRequest): Promise<Outcome<{ readonly report: Report; readonly items: readonly ReportItem[] }>>;
  /** By the initials of its pinyin. Prices in fen. */
  listPrices(request: { readonly hospitalId: string; readonly kind: 'drug' | 'service'; readonly initials: string }): Promise<Outcome<readonly Price[]>>;
  queuePlaces(request: OfPatient): Promise<Outcome<readonly QueuePlace[]>>;
  /** Who stands behind the code of a guide sheet (导诊单). */
  resolveGuideCode(request: { readonly hospitalId: string; readonly code: string }): Promise<Outcome<GuidedVisit>>;
  checkCard(request: { readonly hospitalId: string; readonly cardType: string; readonly cardNo: string }): Promise<Outcome<CardCheck>>;
  /** Refuses MALFORMED_REQUEST where number, birthday and sex contradict each other, or a child under fourteen has no guardian. A repeat finds the same file. */
  createPatient(request: { readonly hospitalId: string } & By & NewFile): Promise<Outcome<PatientFile>>;
  updatePatient(request: OfPatient & By & { readonly phone: string; readonly address?: string }): Promise<Outcome<{ readonly patientId: string }>>;
  /** Silence is CARD_OUTCOME_UNKNOWN: look by `checkCard` before anything is sent again. */
  reportCardLost(request: OfPatient & By & { readonly cardNo: string }): Promise<Outcome<{ readonly patientId: string }>>;
  /** As `reportCardLost`: never repeated blindly. */
  reissueCard(request: OfPatient & By & { readonly cardNo: string }): Promise<Outcome<PatientFile>>;
};
