/**
 * The platform's own names on both sides of a mapping: what an operation can send (`from`) and what it must or may give back (`fields`).
 * A mapping that uses any other name is refused when it is read.
 */

import { Type, type TObject } from 'typebox';
import { BookingReversalRequestSchema, BillLockRequestSchema } from '../hospital/bill-locks.js';
import { DoneSchema } from '../hospital/his-result.js';
import { GuidedVisitSchema, PriceSchema, QueuePlaceSchema, ReportItemSchema, ReportSchema } from '../hospital/information.js';
import { DailyFeeSchema, DepositSchema, DischargeCheckSchema, DischargeQuoteSchema, DischargeSettlementRequestSchema, DischargeSettlementSchema, FeeSumSchema, InpatientSchema } from '../hospital/inpatients.js';
import { InvoiceRequestSchema, InvoiceSchema, RedFlushRequestSchema, RedFlushSchema } from '../hospital/invoicing.js';
import { AccountBalanceSchema, AccountMovementSchema, AccountReturnedSchema, AccountReturnSchema, CardCheckSchema, NewPatientSchema, PatientChangeSchema, PatientFileSchema } from '../hospital/patient-files.js';
import { CheckedInSchema, DepartmentSchema, DoctorSchema, RegistrationHoldSchema, RegistrationRequestSchema, RegistrationSchema, ScheduleSchema, SlotLockRequestSchema, SlotLockSchema, SlotSchema } from '../hospital/registration.js';
import { requestFieldsOf, resultFieldsOf, type RequestFieldKind, type ResultField } from './canonical-fields.js';

/** How many rows an operation answers with. `found`: none (absent) or one. `row`: exactly one, or OUT parameters alone. */
export type AnswerShape = 'list' | 'row' | 'found';

export type CanonicalOperation = {
  readonly shape: AnswerShape;
  /** A lost answer may have had its effect at the HIS: never retried by itself, never called rejected by a SQL error. */
  readonly books: boolean;
  readonly request: Readonly<Record<string, RequestFieldKind>>;
  readonly result: Readonly<Record<string, ResultField>>;
};

const id = (maxLength: number): ResultField => ({ kind: 'id', presence: 'needed', maxLength });
const optionalId = (maxLength: number): ResultField => ({ kind: 'id', presence: 'optional', maxLength });
const text = (maxLength: number): ResultField => ({ kind: 'text', presence: 'blank', maxLength });
const optionalText = (maxLength: number): ResultField => ({ kind: 'text', presence: 'optional', maxLength });
const money: ResultField = { kind: 'money', presence: 'needed', maxLength: 32 };
const time: ResultField = { kind: 'time', presence: 'needed', maxLength: 40 };

const confirmation = {
  settlementNo: id(64),
  receiptNo: text(64),
  pickupWindow: optionalText(100),
  guide: optionalText(500),
  queueNo: optionalText(40),
  place: optionalText(200),
  amountFen: money,
  /** The trade number the HIS has booked: compared with ours, never passed on. */
  bookedTradeNo: optionalId(64),
} as const;

const confirmRequest = {
  tradeNo: 'text', patientId: 'text', quoteNo: 'text', billNos: 'list', amountFen: 'money', paidAt: 'time', channel: 'text', channelTradeNo: 'text', terminalId: 'text',
  hisRegistrationNo: 'text', inpatientNo: 'text', visitId: 'text',
} as const;
const bookingQuery = { tradeNo: 'text', paidAt: 'time' } as const;
const refundApproval = { hisRefundNo: id(64), bookedRefundNo: optionalId(64) } as const;
const refundRequest = { tradeNo: 'text', refundNo: 'text', refundFen: 'money', totalFen: 'money', reason: 'text' } as const;

/** Operations whose fields are exactly the contract's. */
const read = (shape: 'list' | 'row' | 'found', request: Readonly<Record<string, RequestFieldKind>>, row: TObject): CanonicalOperation => ({ shape, books: false, request, result: resultFieldsOf(row) });
const act = (request: TObject, row: TObject): CanonicalOperation => ({ shape: 'row', books: true, request: requestFieldsOf(request), result: resultFieldsOf(row) });
const stay = { inpatientNo: 'text', visitId: 'text' } as const;
const days = { patientId: 'text', from: 'day', to: 'day' } as const;
const NewLockEnd = Type.Object({ lockNo: Type.String(), hisLockNo: Type.String() });
const insuredBills = { patientId: 'text', quoteNo: 'text', billNos: 'list' } as const;

export const CANONICAL_OPERATIONS = {
  findPatient: {
    shape: 'list', books: false,
    request: { cardType: 'text', cardNo: 'text' },
    result: {
      patientId: id(32), name: text(100), sex: { kind: 'word', presence: 'blank', maxLength: 16 }, birthday: { kind: 'date', presence: 'optional', maxLength: 10 },
      idNo: optionalText(32), cardNo: optionalText(32), phone: optionalText(20), feeCategory: optionalText(40),
    },
  },
  listOpenBills: {
    shape: 'list', books: false,
    request: { patientId: 'text' },
    result: { billNo: id(32), billType: text(40), billedAt: text(40), departmentName: text(100), doctorName: text(100), amountFen: money },
  },
  listBillLines: {
    shape: 'list', books: false,
    request: { patientId: 'text', billNo: 'text' },
    result: {
      lineNo: id(32), itemCode: text(64), itemName: text(200), spec: optionalText(100), unit: optionalText(40), quantity: text(20), amountFen: money,
    },
  },
  presettle: {
    shape: 'row', books: false,
    request: { patientId: 'text', billNos: 'list' },
    result: { quoteNo: id(64), totalFen: money, fundFen: money, personalAccountFen: money, selfPayFen: money, validUntil: time },
  },
  confirm: {
    shape: 'row', books: true,
    request: confirmRequest,
    result: confirmation,
  },
  /** The same booking where the platform settled the insurance: `amountFen` is the whole, with the centre's numbers and split. */
  confirmInsured: {
    shape: 'row', books: true,
    request: { ...confirmRequest, insuranceSettlementNo: 'text', insuranceVisitNo: 'text', fundFen: 'money', accountFen: 'money', cashFen: 'money' },
    result: confirmation,
  },
  insuranceVisit: {
    shape: 'row', books: false,
    request: insuredBills,
    result: {
      hospitalVisitNo: id(50), startedAt: time, medicalType: id(50), complaint: text(200), doctorNo: id(50), doctorName: id(100), departmentCode: id(50), departmentName: id(100), departmentCategory: id(50),
      personName: optionalText(100), personIdType: optionalId(50), personIdNo: optionalId(30),
    },
  },
  insuranceDiagnoses: { shape: 'list', books: false, request: insuredBills, result: { kind: id(50), code: id(50), name: id(100) } },
  insuranceFees: {
    shape: 'list', books: false,
    request: insuredBills,
    result: { feeNo: id(30), prescriptionNo: optionalId(50), nationalCode: id(50), hospitalCode: id(50), amountFen: money, quantity: id(20), unitPriceYuan: id(20), occurredAt: time },
  },
  queryConfirmation: { shape: 'found', books: false, request: bookingQuery, result: confirmation },
  approveRefund: { shape: 'row', books: true, request: refundRequest, result: refundApproval },
  queryRefundApproval: { shape: 'found', books: false, request: { refundNo: 'text', tradeNo: 'text' }, result: refundApproval },
  /** The second of two steps inside the HIS (确认到账): told after `confirm`, under the same number; both make the booking. */
  confirmArrival: { shape: 'row', books: true, request: { ...confirmRequest, settlementNo: 'text', receiptNo: 'text' }, result: {} },
  confirmRegistration: { shape: 'row', books: true, request: confirmRequest, result: confirmation },
  queryRegistration: { shape: 'found', books: false, request: bookingQuery, result: confirmation },
  approveRegistrationRefund: { shape: 'row', books: true, request: refundRequest, result: refundApproval },
  queryRegistrationRefund: { shape: 'found', books: false, request: { refundNo: 'text', tradeNo: 'text' }, result: refundApproval },
  confirmDeposit: { shape: 'row', books: true, request: confirmRequest, result: confirmation },
  queryDeposit: { shape: 'found', books: false, request: bookingQuery, result: confirmation },
  approveDepositRefund: { shape: 'row', books: true, request: refundRequest, result: refundApproval },
  queryDepositRefund: { shape: 'found', books: false, request: { refundNo: 'text', tradeNo: 'text' }, result: refundApproval },

  createPatient: act(NewPatientSchema, PatientFileSchema),
  updatePatient: act(PatientChangeSchema, DoneSchema),
  checkCard: read('row', { cardType: 'text', cardNo: 'text' }, CardCheckSchema),
  reportCardLost: act(Type.Object({ patientId: Type.String(), cardNo: Type.String() }), DoneSchema),
  reissueCard: act(Type.Object({ patientId: Type.String(), cardNo: Type.String() }), PatientFileSchema),
  accountBalance: read('row', { patientId: 'text' }, AccountBalanceSchema),
  listAccountMovements: read('list', { patientId: 'text' }, AccountMovementSchema),
  returnAccountBalance: act(AccountReturnSchema, AccountReturnedSchema),

  listDepartments: read('list', { campus: 'text' }, DepartmentSchema),
  listDoctors: read('list', { departmentCode: 'text' }, DoctorSchema),
  listSchedules: read('list', { departmentCode: 'text', from: 'day', to: 'day' }, ScheduleSchema),
  listSlots: read('list', { scheduleId: 'text' }, SlotSchema),
  lockSlot: act(SlotLockRequestSchema, SlotLockSchema),
  unlockSlot: act(NewLockEnd, DoneSchema),
  holdRegistration: act(RegistrationRequestSchema, RegistrationHoldSchema),
  cancelRegistration: act(Type.Object({ registrationNo: Type.String(), hisRegistrationNo: Type.String() }), DoneSchema),
  listRegistrations: read('list', days, RegistrationSchema),
  checkIn: act(Type.Object({ hisRegistrationNo: Type.String(), patientId: Type.String() }), CheckedInSchema),
  lockBills: act(BillLockRequestSchema, DoneSchema),
  unlockBills: act(BillLockRequestSchema, DoneSchema),
  reverseConfirmation: act(BookingReversalRequestSchema, DoneSchema),

  findInpatient: read('list', { cardType: 'text', cardNo: 'text' }, InpatientSchema),
  listDeposits: read('list', stay, DepositSchema),
  listDailyFees: read('list', { ...stay, day: 'day' }, DailyFeeSchema),
  sumFees: read('list', stay, FeeSumSchema),
  checkDischarge: read('row', stay, DischargeCheckSchema),
  presettleDischarge: read('row', stay, DischargeQuoteSchema),
  settleDischarge: act(DischargeSettlementRequestSchema, DischargeSettlementSchema),
  queryDischarge: read('found', { ...stay, settlementNo: 'text' }, DischargeSettlementSchema),

  issueInvoice: act(InvoiceRequestSchema, InvoiceSchema),
  queryInvoice: read('found', { invoiceRequestNo: 'text', tradeNo: 'text' }, InvoiceSchema),
  redFlushInvoice: act(RedFlushRequestSchema, RedFlushSchema),
  listReports: read('list', days, ReportSchema),
  readReport: read('list', { reportId: 'text' }, ReportItemSchema),
  listPrices: read('list', { kind: 'text', initials: 'text' }, PriceSchema),
  queuePlaces: read('list', { patientId: 'text' }, QueuePlaceSchema),
  resolveGuideCode: read('row', { code: 'text' }, GuidedVisitSchema),

  listDay: {
    shape: 'list', books: false,
    request: { day: 'day', page: 'integer', pageSize: 'integer' },
    result: {
      kind: { kind: 'word', presence: 'needed', maxLength: 16 }, tradeNo: id(64), refundNo: optionalId(64), settlementNo: id(64), amountFen: money, paidAt: time,
    },
  },
  ping: { shape: 'row', books: false, request: {}, result: { hisTime: time } },
  dictionary: {
    shape: 'list', books: false,
    request: {},
    result: { code: id(64), name: text(200) },
  },
} as const satisfies Readonly<Record<string, CanonicalOperation>>;

export type OperationName = keyof typeof CANONICAL_OPERATIONS;

export const OPERATION_NAMES: readonly OperationName[] = Object.keys(CANONICAL_OPERATIONS).filter(isOperationName);

export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(CANONICAL_OPERATIONS, name);
}

/** Without these an adapter may not take money; `queryConfirmation` decides what a lost answer meant. */
export const MANDATORY_OPERATIONS = ['findPatient', 'listOpenBills', 'presettle', 'confirm', 'queryConfirmation'] as const satisfies readonly OperationName[];
export type MandatoryOperation = (typeof MANDATORY_OPERATIONS)[number];

/** All of a group or none of it, and why. */
export const OPERATION_GROUPS: readonly { readonly names: readonly OperationName[]; readonly why: string }[] = [
  { names: ['approveRefund', 'queryRefundApproval'], why: 'a lost refund answer must be asked about' },
  { names: ['approveRegistrationRefund', 'queryRegistrationRefund'], why: 'a lost refund answer must be asked about' },
  { names: ['approveDepositRefund', 'queryDepositRefund'], why: 'a lost refund answer must be asked about' },
  { names: ['insuranceVisit', 'insuranceDiagnoses', 'insuranceFees', 'confirmInsured'], why: 'what the platform settles with the insurance must be bookable' },
  { names: ['lockSlot', 'unlockSlot'], why: 'a lock must be given back' },
  { names: ['lockBills', 'unlockBills'], why: 'a lock must be given back' },
  { names: ['holdRegistration', 'confirmRegistration', 'queryRegistration', 'cancelRegistration'], why: 'a registration that is held is paid or given back' },
  { names: ['findInpatient', 'confirmDeposit', 'queryDeposit'], why: 'a deposit is taken for a stay that was found, and asked about when its answer is lost' },
  { names: ['presettleDischarge', 'settleDischarge', 'queryDischarge', 'listDeposits'], why: 'a discharge ends in collecting more or in refunds of deposits' },
  { names: ['issueInvoice', 'queryInvoice', 'redFlushInvoice'], why: 'an invoice is asked about before it is issued again, and flushed when the money goes back' },
];
