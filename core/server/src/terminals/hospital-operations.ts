/** Registration (挂号) and inpatients (住院) at a terminal. What is held or quoted here is paid by `payment.create`, like bills. */
import { CheckedInSchema, DailyFeeSchema, DepartmentSchema, DepositSchema, DoctorSchema, FeeSumSchema, RegistrationSchema, ScheduleSchema, SlotSchema } from '@hospay/plugin-sdk';
import { Type, type TSchema } from 'typebox';
import { ok, type Outcome } from '../domain/errors.js';
import { closed, Id, operation, ownerOf, tenantOf } from './operation.js';
import { DischargeQuoteViewSchema, DischargeViewSchema, HeldRegistrationSchema, InpatientViewSchema, QuoteViewSchema } from './views.js';

const Day = Type.String({ format: 'date' });
const Days = { from: Day, to: Day };
const Stay = { inpatientNo: Id(32), visitId: Id(32) };
const list = <Name extends string>(name: Name, row: TSchema) => Type.Object({ [name]: Type.Array(row) }, closed);

/** A list is answered under its own name. */
async function named(name: string, listed: Promise<Outcome<readonly unknown[]>>): Promise<Outcome<object>> {
  const outcome = await listed;
  return outcome.kind === 'ok' ? ok({ [name]: outcome.value }) : outcome;
}

export const HOSPITAL_OPERATIONS = {
  'registration.departments': operation({
    request: Type.Object({ campus: Type.Optional(Id(100)) }, closed),
    reply: list('departments', DepartmentSchema),
    handle: ({ ports, terminal }, body) => named('departments', ports.useCases.listDepartments({ hospitalId: terminal.hospitalId, ...body })),
  }),
  'registration.doctors': operation({
    request: Type.Object({ departmentCode: Id(32) }, closed),
    reply: list('doctors', DoctorSchema),
    handle: ({ ports, terminal }, body) => named('doctors', ports.useCases.listDoctors({ hospitalId: terminal.hospitalId, ...body })),
  }),
  'registration.schedules': operation({
    request: Type.Object({ departmentCode: Id(32), ...Days }, closed),
    reply: list('schedules', ScheduleSchema),
    handle: ({ ports, terminal }, body) => named('schedules', ports.useCases.listSchedules({ hospitalId: terminal.hospitalId, ...body })),
  }),
  'registration.slots': operation({
    request: Type.Object({ scheduleId: Id(64) }, closed),
    reply: list('slots', SlotSchema),
    handle: ({ ports, terminal }, body) => named('slots', ports.useCases.listSlots({ hospitalId: terminal.hospitalId, ...body })),
  }),
  'registration.hold': operation({
    operator: 'required',
    idem: 'required',
    request: Type.Object({ patientId: Id(32), scheduleId: Id(64), slotId: Id(64), when: Type.Enum(['today', 'later']) }, closed),
    reply: HeldRegistrationSchema,
    handle: ({ ports, terminal, labels, idem }, body) => ports.useCases.holdRegistration({
      hospitalId: terminal.hospitalId, owner: ownerOf(terminal), patientLabel: labels.of(terminal.deviceId, body.patientId), idempotency: { tenant: tenantOf(terminal), key: idem ?? '' }, ...body,
    }),
  }),
  'registration.cancel': operation({
    operator: 'required',
    request: Type.Object({ quoteId: Id(64) }, closed),
    reply: Type.Object({ quoteId: Type.String() }, closed),
    handle: ({ ports, terminal }, { quoteId }) => ports.useCases.cancelRegistration({ owner: ownerOf(terminal), quoteId }),
  }),
  'registration.list': operation({
    request: Type.Object({ patientId: Id(32), ...Days }, closed),
    reply: list('registrations', RegistrationSchema),
    handle: ({ ports, terminal }, body) => named('registrations', ports.useCases.listRegistrations({ hospitalId: terminal.hospitalId, ...body })),
  }),
  'registration.checkIn': operation({
    operator: 'required',
    request: Type.Object({ hisRegistrationNo: Id(64), patientId: Id(32) }, closed),
    reply: CheckedInSchema,
    handle: ({ ports, terminal }, body) => ports.useCases.checkIn({ hospitalId: terminal.hospitalId, ...body }),
  }),
  'inpatient.find': operation({
    request: Type.Object({ cardType: Id(20), cardNo: Type.String({ minLength: 1, maxLength: 64, pattern: '^[0-9A-Za-z*=_.:/+-]+$' }) }, closed),
    reply: list('inpatients', InpatientViewSchema),
    handle: ({ ports, terminal }, body) => named('inpatients', ports.useCases.findInpatient({ hospitalId: terminal.hospitalId, ...body })),
  }),
  'inpatient.deposits': operation({
    request: Type.Object(Stay, closed),
    reply: list('deposits', DepositSchema),
    handle: ({ ports, terminal }, body) => named('deposits', ports.useCases.listDeposits({ hospitalId: terminal.hospitalId, ...body })),
  }),
  'inpatient.dailyFees': operation({
    request: Type.Object({ ...Stay, day: Day }, closed),
    reply: list('fees', DailyFeeSchema),
    handle: ({ ports, terminal }, body) => named('fees', ports.useCases.listDailyFees({ hospitalId: terminal.hospitalId, ...body })),
  }),
  'inpatient.feeSums': operation({
    request: Type.Object(Stay, closed),
    reply: list('sums', FeeSumSchema),
    handle: ({ ports, terminal }, body) => named('sums', ports.useCases.sumFees({ hospitalId: terminal.hospitalId, ...body })),
  }),
  'deposit.quote': operation({
    request: Type.Object({ ...Stay, amountFen: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }) }, closed),
    reply: QuoteViewSchema,
    handle: ({ ports, terminal }, body) => ports.useCases.quoteDeposit({ hospitalId: terminal.hospitalId, owner: ownerOf(terminal), ...body }),
  }),
  'discharge.quote': operation({
    request: Type.Object(Stay, closed),
    reply: DischargeQuoteViewSchema,
    handle: ({ ports, terminal }, body) => ports.useCases.quoteDischarge({ hospitalId: terminal.hospitalId, owner: ownerOf(terminal), ...body }),
  }),
  'discharge.settle': operation({
    idem: 'required',
    operator: 'required',
    request: Type.Object({ quoteId: Id(64) }, closed),
    reply: DischargeViewSchema,
    handle: ({ ports, terminal, operator, idem }, { quoteId }) => ports.useCases.settleDischarge({ owner: ownerOf(terminal), quoteId, ...(operator === undefined ? {} : { operatorId: operator.operatorNo }), idempotency: { tenant: tenantOf(terminal), key: idem ?? '' } }),
  }),
  'discharge.query': operation({
    request: Type.Object({ settlementNo: Id(64) }, closed),
    reply: DischargeViewSchema,
    handle: ({ ports, terminal }, { settlementNo }) => ports.useCases.findDischarge({ owner: ownerOf(terminal), settlementNo }),
  }),
};
