/** Shapes of registration and inpatients in the payment API: the contract's own, under the names of the document. */
import { CheckedInSchema, DailyFeeSchema, DepartmentSchema, DepositSchema, DoctorSchema, FeeSumSchema, InpatientSchema, RegistrationSchema, ScheduleSchema, SlotSchema } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';
import { DISCHARGE_STATES } from '../../../domain/discharge-states.js';
import { ApiQuoteSchema, DaySchema, PatientLabel } from './schemas.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const Id = (maxLength: number) => Type.String({ minLength: 1, maxLength });

const Department = Type.Object(DepartmentSchema.properties, named('Department'));
const Doctor = Type.Object(DoctorSchema.properties, named('Doctor'));
const Schedule = Type.Object(ScheduleSchema.properties, named('Schedule'));
const Slot = Type.Object(SlotSchema.properties, named('Slot'));
const Registration = Type.Object(RegistrationSchema.properties, named('Registration'));
const { patientId: _patientId, ...stay } = InpatientSchema.properties;
const Inpatient = Type.Object(stay, named('Inpatient'));
const Deposit = Type.Object(DepositSchema.properties, named('Deposit'));
const DailyFee = Type.Object(DailyFeeSchema.properties, named('DailyFee'));
const FeeSum = Type.Object(FeeSumSchema.properties, named('FeeSum'));

export const DepartmentListSchema = Type.Object({ departments: Type.Array(Department) }, named('DepartmentList'));
export const DoctorListSchema = Type.Object({ doctors: Type.Array(Doctor) }, named('DoctorList'));
export const ScheduleListSchema = Type.Object({ schedules: Type.Array(Schedule) }, named('ScheduleList'));
export const SlotListSchema = Type.Object({ slots: Type.Array(Slot) }, named('SlotList'));
export const RegistrationListSchema = Type.Object({ registrations: Type.Array(Registration) }, named('RegistrationList'));
export const InpatientListSchema = Type.Object({ inpatients: Type.Array(Inpatient) }, named('InpatientList'));
export const DepositListSchema = Type.Object({ deposits: Type.Array(Deposit) }, named('DepositList'));
export const DailyFeeListSchema = Type.Object({ fees: Type.Array(DailyFee) }, named('DailyFeeList'));
export const FeeSumListSchema = Type.Object({ sums: Type.Array(FeeSum) }, named('FeeSumList'));
export const CheckInAnswerSchema = Type.Object(CheckedInSchema.properties, named('CheckedIn'));

export const CampusQuerySchema = Type.Object({ campus: Type.Optional(Id(100)) }, { additionalProperties: false });
export const DepartmentPathSchema = Type.Object({ departmentCode: Id(32) }, { additionalProperties: false });
export const SchedulePathSchema = Type.Object({ scheduleId: Id(64) }, { additionalProperties: false });
export const QuotePathSchema = Type.Object({ quoteId: Id(64) }, { additionalProperties: false });
export const DaysQuerySchema = Type.Object({ from: DaySchema, to: DaySchema }, { additionalProperties: false });

export const RegistrationRequestBodySchema = Type.Object(
  { patientId: Id(32), patientLabel: PatientLabel, scheduleId: Id(64), slotId: Id(64), when: Type.Enum(['today', 'later'], { description: 'today 当日挂号 / later 预约' }) },
  named('RegistrationRequest'),
);
export const HeldRegistrationAnswerSchema = Type.Object({ registrationNo: Type.String(), hisRegistrationNo: Type.String(), queueNo: Type.Optional(Type.String()), quote: ApiQuoteSchema }, named('HeldRegistration'));
export const CancelledRegistrationSchema = Type.Object({ quoteId: Type.String() }, named('CancelledRegistration'));
export const RegistrationSearchSchema = Type.Object({ patientId: Id(32), from: DaySchema, to: DaySchema }, named('RegistrationSearch'));
export const CheckInRequestSchema = Type.Object({ hisRegistrationNo: Id(64), patientId: Id(32) }, named('CheckIn'));

const Stay = { inpatientNo: Id(32), visitId: Id(32) };
export const InpatientSearchSchema = Type.Object({ cardType: Type.String({ minLength: 1, maxLength: 20, description: 'inpatientNo 住院号, or a card type' }), cardNo: Id(64) }, named('InpatientSearch'));
export const StaySchema = Type.Object(Stay, named('Stay'));
export const StayDaySchema = Type.Object({ ...Stay, day: DaySchema }, named('StayDay'));
export const DepositQuoteRequestSchema = Type.Object({ ...Stay, amountFen: Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: '缴纳金额（分） / Integer fen' }) }, named('DepositQuoteRequest'));

const FenSum = Type.Integer({ minimum: 0, description: '分 / Integer fen' });
export const DischargeQuoteSchema = Type.Object(
  { quote: ApiQuoteSchema, totalFen: FenSum, fundFen: FenSum, personalAccountFen: FenSum, selfPayFen: FenSum, depositFen: FenSum, collectFen: FenSum, refundFen: FenSum },
  named('DischargeQuote'),
);
export const DischargeRequestSchema = Type.Object({ quoteId: Type.String({ minLength: 1, maxLength: 64 }) }, named('DischargeRequest'));
export const DischargePathSchema = Type.Object({ settlementNo: Type.String({ minLength: 1, maxLength: 64 }) });
export const DischargeSchema = Type.Object(
  {
    settlementNo: Type.String(), state: Type.Enum(DISCHARGE_STATES), inpatientNo: Type.String(), visitId: Type.String(), patientLabel: Type.String(), requestedAt: Type.String(), refundFen: FenSum,
    returns: Type.Array(Type.Object({ tradeNo: Type.String(), refundFen: FenSum })), transferFen: Type.Optional(FenSum), hisSettlementNo: Type.Optional(Type.String()), receiptNo: Type.Optional(Type.String()), reason: Type.Optional(Type.String()),
  },
  named('Discharge'),
);

/** The shapes by their names in the document. */
export type HospitalApiShapes = {
  readonly Department: Static<typeof Department>;
  readonly Doctor: Static<typeof Doctor>;
  readonly Schedule: Static<typeof Schedule>;
  readonly Slot: Static<typeof Slot>;
  readonly RegistrationRequest: Static<typeof RegistrationRequestBodySchema>;
  readonly HeldRegistration: Static<typeof HeldRegistrationAnswerSchema>;
  readonly RegistrationSearch: Static<typeof RegistrationSearchSchema>;
  readonly Registration: Static<typeof Registration>;
  readonly CheckIn: Static<typeof CheckInRequestSchema>;
  readonly CheckedIn: Static<typeof CheckInAnswerSchema>;
  readonly InpatientSearch: Static<typeof InpatientSearchSchema>;
  readonly Inpatient: Static<typeof Inpatient>;
  readonly Stay: Static<typeof StaySchema>;
  readonly StayDay: Static<typeof StayDaySchema>;
  readonly Deposit: Static<typeof Deposit>;
  readonly DailyFee: Static<typeof DailyFee>;
  readonly FeeSum: Static<typeof FeeSum>;
  readonly DepositQuoteRequest: Static<typeof DepositQuoteRequestSchema>;
  readonly DischargeQuote: Static<typeof DischargeQuoteSchema>;
  readonly DischargeRequest: Static<typeof DischargeRequestSchema>;
  readonly Discharge: Static<typeof DischargeSchema>;
};
