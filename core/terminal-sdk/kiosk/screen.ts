/** What can be on the kiosk's screen, and what a visit is about. */
import type { Bill, CardType, InsuranceVoucher, InsuredPerson, Patient, Presettlement, Price, Quote, QueuePlace, ReplyOf, Report, ReportItem, TerminalError } from '../src/index.js';

export type { Report } from '../src/index.js';

/** What a patient comes for. `bills`: outpatient bills (门诊缴费); `inquiry`: deposits and costs of a stay (住院费用查询); `checkIn`: taking the number of an appointment (预约取号). */
export const ERRANDS = ['bills', 'registration', 'checkIn', 'queue', 'reports', 'prices', 'deposit', 'inquiry', 'discharge'] as const;
export type Errand = (typeof ERRANDS)[number];

/** Begins with a stay, not with an outpatient's card. */
export const isOfStay = (errand: Errand): boolean => errand === 'deposit' || errand === 'discharge' || errand === 'inquiry';

/** What an errand asks the HIS for: where the hospital does not offer it there is no button. */
export const NEEDED: Readonly<Partial<Record<Errand, string>>> = { registration: 'lockSlot', checkIn: 'checkIn', queue: 'queuePlaces', reports: 'listReports', prices: 'listPrices', deposit: 'findInpatient', inquiry: 'sumFees', discharge: 'presettleDischarge' };

export type Registration = ReplyOf<'registration.list'>['registrations'][number];
export type Department = ReplyOf<'registration.departments'>['departments'][number];
export type Schedule = ReplyOf<'registration.schedules'>['schedules'][number];
export type Slot = ReplyOf<'registration.slots'>['slots'][number];
export type Stay = ReplyOf<'inpatient.find'>['inpatients'][number];
export type Deposit = ReplyOf<'inpatient.deposits'>['deposits'][number];
export type DischargeQuote = ReplyOf<'discharge.quote'>;
export type Discharge = ReplyOf<'discharge.settle'>;
/** What a card, a wristband or a number is. */
export type IdentityType = CardType | 'inpatientNo';

/** What is paid when it is not bills. */
export type About =
  | { readonly errand: 'registration'; readonly patient: Patient; readonly schedule: Schedule; readonly slot: Slot; readonly quoteId: string }
  | { readonly errand: 'deposit'; readonly stay: Stay }
  | { readonly errand: 'discharge'; readonly priced: DischargeScreen };
export type Subject = { readonly bills: readonly Bill[]; readonly about: About | undefined };

export type Screen =
  | { readonly kind: 'welcome' }
  /** Which card or number does the patient have? */
  | { readonly kind: 'identify' }
  | { readonly kind: 'card'; readonly cardType: IdentityType }
  | { readonly kind: 'patients'; readonly patients: readonly Patient[] }
  | { readonly kind: 'bills'; readonly patient: Patient; readonly bills: readonly Bill[]; readonly chosen: ReadonlySet<string> }
  | { readonly kind: 'departments'; readonly patient: Patient; readonly departments: readonly Department[] }
  /** The clinics (排班) of a department; `doctorCode` once a doctor is chosen. */
  | ClinicsScreen
  | SlotsScreen
  | { readonly kind: 'holdEnded'; readonly slots: SlotsScreen | undefined }
  /** The place went back to the clinic, as the patient wished. */
  | { readonly kind: 'givenBack' }
  | { readonly kind: 'checkIns'; readonly patient: Patient; readonly registrations: readonly Registration[] }
  | CheckedInScreen
  | { readonly kind: 'queue'; readonly patient: Patient; readonly places: readonly QueuePlace[] }
  | ReportsScreen
  | ReportScreen
  | PricesScreen
  | { readonly kind: 'stays'; readonly stays: readonly Stay[] }
  | { readonly kind: 'amount'; readonly stay: Stay }
  | FeesScreen
  | DischargeScreen
  | SettlementScreen
  | QuoteScreen
  | VoucherScreen
  | { readonly kind: 'insurances'; readonly before: QuoteScreen; readonly voucher: InsuranceVoucher; readonly personNo: string; readonly insurances: readonly Insurance[] }
  | SplitScreen
  /** The create request is out, or its fate is being asked about. */
  | { readonly kind: 'creating' }
  /** One code for every wallet; nobody has begun to pay. */
  | CodeScreen
  | { readonly kind: 'order'; readonly tradeNo: string; readonly isRestored: boolean }
  | { readonly kind: 'notTaken' };

export type CheckedInScreen = { readonly kind: 'checkedIn'; readonly patient: Patient; readonly registration: Registration; readonly queueNo: string; readonly place: string };
export type ReportsScreen = { readonly kind: 'reports'; readonly patient: Patient; readonly days: { readonly from: string; readonly to: string }; readonly reports: readonly Report[] };
export type ReportScreen = { readonly kind: 'report'; readonly before: ReportsScreen; readonly report: Report; readonly items: readonly ReportItem[] };
/** `prices`: undefined before anything was looked for. */
export type PricesScreen = { readonly kind: 'prices'; readonly priceKind: 'drug' | 'service'; readonly initials: string; readonly prices: readonly Price[] | undefined };
export type ClinicsScreen = { readonly kind: 'clinics'; readonly patient: Patient; readonly department: Department; readonly schedules: readonly Schedule[]; readonly doctorCode: string | undefined; readonly from: readonly Department[] };
/** `keys`: the key of each slot somebody has pressed; after silence the same one holds the same place. */
export type SlotsScreen = { readonly kind: 'slots'; readonly clinics: ClinicsScreen; readonly schedule: Schedule; readonly slots: readonly Slot[]; readonly keys: Map<string, string> };
export type QuoteScreen = { readonly kind: 'quote'; readonly name: string; readonly patient: Patient | undefined; readonly bills: readonly Bill[]; readonly quote: Quote; readonly about: About | undefined };
/** Who is insured is shown for this price. */
export type VoucherScreen = { readonly kind: 'voucher'; readonly before: QuoteScreen };
export type Insurance = InsuredPerson['insurances'][number];
/** What the centre says it pays; integer fen. */
export type SplitScreen = { readonly kind: 'split'; readonly before: QuoteScreen; readonly presettlementNo: string; readonly totalFen: number; readonly split: NonNullable<Presettlement['split']> };
export type CodeScreen = { readonly kind: 'code'; readonly checkoutNo: string; readonly url: string; readonly expiresAt: string; readonly before: QuoteScreen };
/** One list of a stay: its costs by kind, one day's items (一日清单), or its deposits. */
export type FeesScreen = { readonly kind: 'fees'; readonly stay: Stay; readonly list: FeeList; readonly day: string; readonly rows: readonly FeeRow[] };
export type FeeList = 'sums' | 'day' | 'deposits';
export type FeeRow = { readonly label: string; readonly detail: string; readonly amountFen: number };

/** What a stay comes to. `deposits`: undefined when the HIS does not list them. */
export type DischargeScreen = { readonly kind: 'discharge'; readonly stay: Stay; readonly priced: DischargeQuote; readonly deposits: readonly Deposit[] | undefined };
/** A settlement under its key; `settlement` is undefined until the core has answered. `before`: undefined for one that was begun before a power cut, which the core names. */
export type SettlementScreen = { readonly kind: 'settlement'; readonly before: DischargeScreen | undefined; readonly key: string; readonly settlement: Discharge | undefined };

/** What went wrong with the last touch; shown above the screen until the next touch. */
export type Trouble = { readonly kind: 'refused'; readonly error: TerminalError } | { readonly kind: 'noAnswer' } | { readonly kind: 'slotTaken' } | { readonly kind: 'noStay' } | { readonly kind: 'keepsItself' } | { readonly kind: 'notVoucher' } | { readonly kind: 'voucherAgain' } | { readonly kind: 'notInsured' };

export const isSettlementEnded = ({ settlement }: SettlementScreen): boolean => settlement?.state === 'returned' || settlement?.state === 'rejected';
