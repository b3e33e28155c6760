/**
 * What a hospital adapter gives the platform: the HIS's bills, and its knowledge of what was paid.
 *
 * A HIS call has four results, not two: `ok`, `rejected` (definite: nothing was booked), `mismatch` (definite: amount or content differs
 * from what was quoted; nothing was booked) and `unknown` (timeout, lost connection, an answer of the wrong shape: it may have been booked).
 * "Already paid" with our own trade number and our own amount is `ok`; with anybody else's it is `rejected`.
 */
import { Type, type Static } from 'typebox';
import type { HoldingCredentials } from './credential.js';
import type { BillLocks, BookingReversal } from './hospital/bill-locks.js';
import { closedObject, DoneSchema, FenSchema, queried, result, Text, type HisCallContext, type HisQueryResult, type HisResult } from './hospital/his-result.js';
import type { TellingBudget } from './hospital/his-budget.js';
import type { ReceivingNotices } from './hospital/his-notices.js';
import { GuidedVisitSchema, PriceSchema, QueuePlaceSchema, ReportItemSchema, ReportSchema, type GuideCodes, type Prices, type Queues, type Reports } from './hospital/information.js';
import {
  DailyFeeSchema, DepositSchema, DischargeCheckSchema, DischargeQuoteSchema, DischargeSettlementSchema, FeeSumSchema, InpatientSchema, type Discharging, type InpatientFees, type Inpatients,
} from './hospital/inpatients.js';
import { InvoiceSchema, RedFlushSchema, type Invoicing } from './hospital/invoicing.js';
import { AccountBalanceSchema, AccountMovementSchema, AccountReturnedSchema, CardCheckSchema, PatientFileSchema, type Cards, type PatientFiles, type PrepaymentAccounts } from './hospital/patient-files.js';
import {
  CheckedInSchema, DepartmentSchema, DoctorSchema, RegistrationHoldSchema, RegistrationSchema, ScheduleSchema, SlotLockSchema, SlotSchema, type CheckingIn, type Registering, type Schedules, type SlotLocks,
} from './hospital/registration.js';
import { PresettlementRequestSchema } from './presettling.js';

/**
 * What an order is for (业务类型). All of them are paid, confirmed and refunded alike; only what the HIS is called by differs.
 * `bill`: 门诊缴费, `registration`: 挂号, `deposit`: 住院预交金, `discharge`: 出院补缴. A discharge is booked by the settlement itself: `confirm` settles the stay under the
 * trade number, `quoteNo` being the settlement quote's; `settleDischarge` is for stays where nothing is collected.
 */
export const BUSINESS_KINDS = ['bill', 'registration', 'deposit', 'discharge'] as const;
export type BusinessKind = (typeof BUSINESS_KINDS)[number];
export const BusinessKindSchema = Type.Enum(BUSINESS_KINDS);

/** 就诊卡, 身份证, 医保电子凭证 … The mapping file says what the HIS calls each. */
export const CARD_TYPES = ['visitCard', 'idCard', 'insuranceCard', 'healthCode', 'outpatientNo'] as const;
export const CardTypeSchema = Type.Enum(CARD_TYPES);
export type CardType = (typeof CARD_TYPES)[number];

export const PatientSchema = Type.Object(
  {
    patientId: Type.String({ minLength: 1, maxLength: 32 }),
    name: Text(100),
    sex: Type.Union([Type.Literal('male'), Type.Literal('female'), Type.Literal('unknown')]),
    birthday: Type.Optional(Text(10)),
    /** Full number as the HIS has it. The core masks it before it leaves for a screen. */
    idNo: Type.Optional(Text(32)),
    cardNo: Type.Optional(Text(32)),
    phone: Type.Optional(Text(20)),
    /** 费别 */
    feeCategory: Type.Optional(Text(40)),
  },
  closedObject,
);
export type Patient = Static<typeof PatientSchema>;

export const BillLineSchema = Type.Object(
  { lineNo: Text(32), itemCode: Text(64), itemName: Text(200), spec: Type.Optional(Text(100)), unit: Type.Optional(Text(40)), quantity: Text(20), amountFen: FenSchema },
  closedObject,
);
export const BillSchema = Type.Object(
  {
    billNo: Type.String({ minLength: 1, maxLength: 32 }),
    /** 费用类别: prescription, examination … in the HIS's own word. */
    billType: Text(40),
    billedAt: Text(40),
    departmentName: Text(100),
    doctorName: Text(100),
    amountFen: FenSchema,
    lines: Type.Array(BillLineSchema),
  },
  closedObject,
);
export type BillLine = Static<typeof BillLineSchema>;
export type Bill = Static<typeof BillSchema>;

/** A HIS rounds to 角, or to whole yuan. */
export const LARGEST_ROUNDING_FEN = 99;

/** 预结算: what the patient would pay now. `selfPayFen` is the only amount that may be charged. total + rounding = fund + personalAccount + selfPay. */
export const QuoteSchema = Type.Object(
  {
    quoteNo: Type.String({ minLength: 1, maxLength: 64 }),
    totalFen: FenSchema,
    fundFen: FenSchema,
    personalAccountFen: FenSchema,
    selfPayFen: FenSchema,
    /** 四舍五入: what the HIS added to the self-pay amount, or took off it, to reach a round one. Absent: nothing. */
    roundingFen: Type.Optional(Type.Integer({ minimum: -LARGEST_ROUNDING_FEN, maximum: LARGEST_ROUNDING_FEN })),
    /** The HIS's own word for what is paid (挂号, 门诊, 住院预交 …): payments may be routed by it. */
    feeType: Type.Optional(Text(32)),
    validUntil: Type.String({ format: 'date-time' }),
  },
  closedObject,
);
export type Quote = Static<typeof QuoteSchema>;

export const ConfirmRequestSchema = Type.Object(
  {
    /** Our trade number: the idempotency key towards the HIS, fixed for ever. */
    tradeNo: Type.String({ minLength: 6, maxLength: 32 }),
    patientId: Type.String(),
    quoteNo: Type.String(),
    billNos: Type.Array(Type.String(), { minItems: 1, maxItems: 50 }),
    amountFen: FenSchema,
    /** Channel success time: the HIS's accounting date. */
    paidAt: Type.String({ format: 'date-time' }),
    /** Channel plugin's method code as the HIS should book it, for example WX. The mapping file translates. */
    channel: Text(32),
    channelTradeNo: Text(64),
    terminalId: Text(64),
    /** Absent: `bill`. */
    business: Type.Optional(BusinessKindSchema),
    /** The HIS's number of the held registration. */
    hisRegistrationNo: Type.Optional(Text(64)),
    /** The stay a deposit or a discharge belongs to. */
    inpatientNo: Type.Optional(Text(32)),
    visitId: Type.Optional(Text(32)),
    /**
     * Mixed tender (混合支付): every payment of the order, in the order they were made; their amounts sum to `amountFen`. `channel`, `channelTradeNo` and
     * `paidAt` above are the last one's. A HIS that books one way of payment takes those.
     */
    tenders: Type.Optional(
      Type.Array(
        Type.Object(
          { channel: Text(64), method: Text(32), amountFen: FenSchema, channelTradeNo: Text(64), paidAt: Type.String({ format: 'date-time' }) },
          closedObject,
        ),
        { minItems: 1, maxItems: 20 },
      ),
    ),
    /**
     * The insurance was settled through the platform (医保结算): the centre's numbers and its split. `amountFen` and `tenders` are then the whole,
     * fund + personal account + cash; the quote's own split was a forecast. Absent: the amount is the quote's self-pay, and the HIS settles any insurance itself.
     */
    insurance: Type.Optional(
      Type.Object(
        { presettlementNo: Type.String(), visitNo: Text(64), settlementNo: Type.String({ minLength: 1, maxLength: 64 }), fundFen: FenSchema, accountFen: FenSchema, cashFen: FenSchema },
        closedObject,
      ),
    ),
  },
  closedObject,
);
export type ConfirmRequest = Static<typeof ConfirmRequestSchema>;

/** What the insurance centre must be told of quoted bills, as only the HIS knows it. The fees of all bills together are the quote's total. */
export const InsuranceDetailsSchema = Type.Object(
  {
    visit: PresettlementRequestSchema.properties.visit,
    fees: PresettlementRequestSchema.properties.fees,
    /** The patient's certificate, where the HIS has it: mobile payment names the person by it. */
    person: PresettlementRequestSchema.properties.person,
  },
  closedObject,
);
export type InsuranceDetails = Static<typeof InsuranceDetailsSchema>;
export type InsuranceDetailsRequest = { readonly patientId: string; readonly quoteNo: string; readonly billNos: readonly string[] };

export const ConfirmationSchema = Type.Object(
  {
    settlementNo: Type.String({ minLength: 1, maxLength: 64 }),
    receiptNo: Text(64),
    /** 取药窗口 and 导诊 lines for the printed receipt. */
    pickupWindow: Type.Optional(Text(100)),
    guide: Type.Optional(Text(500)),
    /** Of a registration: 就诊序号 and where to go. */
    queueNo: Type.Optional(Text(40)),
    place: Type.Optional(Text(200)),
    amountFen: FenSchema,
  },
  closedObject,
);
export type Confirmation = Static<typeof ConfirmationSchema>;

export const RefundApprovalRequestSchema = Type.Object(
  { tradeNo: Type.String(), refundNo: Type.String(), refundFen: Type.Integer({ minimum: 1 }), totalFen: Type.Integer({ minimum: 1 }), reason: Text(80), business: Type.Optional(BusinessKindSchema) },
  closedObject,
);
export type RefundApprovalRequest = Static<typeof RefundApprovalRequestSchema>;
export const RefundApprovalSchema = Type.Object({ hisRefundNo: Type.String({ minLength: 1, maxLength: 64 }) }, closedObject);
export type RefundApproval = Static<typeof RefundApprovalSchema>;

export const DayListLineSchema = Type.Object(
  {
    kind: Type.Union([Type.Literal('payment'), Type.Literal('refund')]),
    tradeNo: Type.String(),
    refundNo: Type.Optional(Type.String()),
    settlementNo: Type.String(),
    amountFen: FenSchema,
    paidAt: Type.String({ format: 'date-time' }),
  },
  closedObject,
);
export type DayListLine = Static<typeof DayListLineSchema>;

export const DictionaryEntrySchema = Type.Object({ code: Type.String({ minLength: 1, maxLength: 64 }), name: Text(200) }, closedObject);
export type DictionaryEntry = Static<typeof DictionaryEntrySchema>;

/** Result schemas by operation: the boundary checks every answer against them; a stray answer is `unknown`. */
export const HIS_RESULT_SCHEMAS = {
  findPatient: result(Type.Array(PatientSchema)),
  listOpenBills: result(Type.Array(BillSchema)),
  presettle: result(QuoteSchema),
  confirm: result(ConfirmationSchema),
  queryConfirmation: queried(ConfirmationSchema),
  approveRefund: result(RefundApprovalSchema),
  queryRefundApproval: queried(RefundApprovalSchema),
  listDay: result(Type.Array(DayListLineSchema)),
  loadDictionary: result(Type.Array(DictionaryEntrySchema)),
  insuranceDetails: result(InsuranceDetailsSchema),
  ping: result(Type.Object({ hisTime: Type.String({ format: 'date-time' }), findings: Type.Optional(Type.Array(Type.String({ maxLength: 300 }), { maxItems: 50 })) }, closedObject)),
  createPatient: result(PatientFileSchema),
  updatePatient: result(DoneSchema),
  checkCard: result(CardCheckSchema),
  reportCardLost: result(DoneSchema),
  reissueCard: result(PatientFileSchema),
  accountBalance: result(AccountBalanceSchema),
  listAccountMovements: result(Type.Array(AccountMovementSchema)),
  returnAccountBalance: result(AccountReturnedSchema),
  listDepartments: result(Type.Array(DepartmentSchema)),
  listDoctors: result(Type.Array(DoctorSchema)),
  listSchedules: result(Type.Array(ScheduleSchema)),
  listSlots: result(Type.Array(SlotSchema)),
  lockSlot: result(SlotLockSchema),
  unlockSlot: result(DoneSchema),
  holdRegistration: result(RegistrationHoldSchema),
  cancelRegistration: result(DoneSchema),
  listRegistrations: result(Type.Array(RegistrationSchema)),
  checkIn: result(CheckedInSchema),
  lockBills: result(DoneSchema),
  unlockBills: result(DoneSchema),
  reverseConfirmation: result(DoneSchema),
  findInpatient: result(Type.Array(InpatientSchema)),
  listDeposits: result(Type.Array(DepositSchema)),
  listDailyFees: result(Type.Array(DailyFeeSchema)),
  sumFees: result(Type.Array(FeeSumSchema)),
  checkDischarge: result(DischargeCheckSchema),
  presettleDischarge: result(DischargeQuoteSchema),
  settleDischarge: result(DischargeSettlementSchema),
  queryDischarge: queried(DischargeSettlementSchema),
  issueInvoice: result(InvoiceSchema),
  queryInvoice: queried(InvoiceSchema),
  redFlushInvoice: result(RedFlushSchema),
  listReports: result(Type.Array(ReportSchema)),
  readReport: result(Type.Array(ReportItemSchema)),
  listPrices: result(Type.Array(PriceSchema)),
  queuePlaces: result(Type.Array(QueuePlaceSchema)),
  resolveGuideCode: result(GuidedVisitSchema),
} as const;

/** The mandatory operations. `queryConfirmation` decides what a lost answer meant: an adapter without it may not take money. */
export type HospitalAdapter = {
  findPatient(request: { readonly cardType: CardType; readonly cardNo: string }, context: HisCallContext): Promise<HisResult<Patient[]>>;
  /** Never cached: a doctor may change a bill any second. */
  listOpenBills(request: { readonly patientId: string }, context: HisCallContext): Promise<HisResult<Bill[]>>;
  presettle(request: { readonly patientId: string; readonly billNos: readonly string[] }, context: HisCallContext): Promise<HisResult<Quote>>;
  confirm(request: ConfirmRequest, context: HisCallContext): Promise<HisResult<Confirmation>>;
  queryConfirmation(request: ConfirmationQuery, context: HisCallContext): Promise<HisQueryResult<Confirmation>>;
} & Partial<
  & RefundGuard & DayList & Dictionaries & HisHealth & InsuredVisits & HoldingCredentials
  & PatientFiles & Cards & PrepaymentAccounts & Schedules & SlotLocks & Registering & CheckingIn & BillLocks & BookingReversal
  & Inpatients & InpatientFees & Discharging & Invoicing & Reports & Prices & Queues & GuideCodes
  & ReceivingNotices & TellingBudget
>;

/** `paidAt` tells an adapter whose HIS only lists days which of them to look through; the stay is told where a HIS asks for it about a discharge. */
export type ConfirmationQuery = { readonly tradeNo: string; readonly business?: BusinessKind; readonly paidAt?: string; readonly inpatientNo?: string; readonly visitId?: string };

/** The HIS reverses its own booking before money goes back (发药/执行 may refuse). Idempotent by refundNo. */
export type RefundGuard = {
  approveRefund(request: RefundApprovalRequest, context: HisCallContext): Promise<HisResult<RefundApproval>>;
  queryRefundApproval(request: { readonly refundNo: string; readonly tradeNo: string; readonly business?: BusinessKind }, context: HisCallContext): Promise<HisQueryResult<RefundApproval>>;
};
export type DayList = {
  listDay(request: { readonly day: string; readonly page: number; readonly pageSize: number }, context: HisCallContext): Promise<HisResult<DayListLine[]>>;
};
export type Dictionaries = {
  readonly dictionaries: readonly string[];
  loadDictionary(request: { readonly name: string }, context: HisCallContext): Promise<HisResult<DictionaryEntry[]>>;
};
/** For hospitals whose insurance is settled through the platform: the adapter must then also understand `ConfirmRequest.insurance`. */
export type InsuredVisits = {
  /** Visit, diagnoses and fees of quoted bills. `rejected` when the bills are not of one visit, or changed since the quote. */
  insuranceDetails(request: InsuranceDetailsRequest, context: HisCallContext): Promise<HisResult<InsuranceDetails>>;
};
export type HisHealth = {
  /** `findings`: what a person should look at though the HIS answers, such as procedures that changed under the mapping. */
  ping(context: HisCallContext): Promise<HisResult<{ readonly hisTime: string; readonly findings?: readonly string[] }>>;
};
