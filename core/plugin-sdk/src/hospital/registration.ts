/** 挂号: schedules, slots, and a registration from its lock to its end. It is paid like a bill, by `confirm` with `business: 'registration'`. */
import { Type, type Static } from 'typebox';
import { closedObject, CountSchema, Day, DoneSchema, FenSchema, Id, Instant, Text, type HisCallContext, type HisResult } from './his-result.js';

export const DepartmentSchema = Type.Object({ departmentCode: Id(32), name: Text(100), campus: Type.Optional(Text(100)), place: Type.Optional(Text(200)) }, closedObject);
export type Department = Static<typeof DepartmentSchema>;
export const DoctorSchema = Type.Object({ doctorCode: Id(32), name: Text(100), title: Type.Optional(Text(40)), departmentCode: Id(32) }, closedObject);
export type Doctor = Static<typeof DoctorSchema>;
export const SESSIONS = ['morning', 'afternoon', 'evening', 'night', 'day'] as const;
/** 排班. `registrationFeeFen` + `treatmentFeeFen` is what the patient would pay; the HIS's figure at the hold decides. */
export const ScheduleSchema = Type.Object(
  {
    scheduleId: Id(64), departmentCode: Id(32), departmentName: Text(100), doctorCode: Type.Optional(Text(32)), doctorName: Type.Optional(Text(100)), title: Type.Optional(Text(40)),
    day: Day, session: Type.Enum(SESSIONS), registrationFeeFen: FenSchema, treatmentFeeFen: FenSchema, remaining: CountSchema,
  },
  closedObject,
);
export type Schedule = Static<typeof ScheduleSchema>;
/** 号源 */
export const SlotSchema = Type.Object({ slotId: Id(64), beginsAt: Instant, endsAt: Instant, remaining: CountSchema }, closedObject);
export type Slot = Static<typeof SlotSchema>;

/** `lockNo` is ours, fixed for ever. */
export const SlotLockRequestSchema = Type.Object({ lockNo: Id(32), scheduleId: Id(64), slotId: Id(64), patientId: Id(32) }, closedObject);
export const SlotLockSchema = Type.Object({ hisLockNo: Id(64), expiresAt: Instant }, closedObject);
export type SlotLock = Static<typeof SlotLockSchema>;

/** `registrationNo` is ours, fixed for ever; `today`: 当日挂号, `later`: 预约. */
export const RegistrationRequestSchema = Type.Object(
  { registrationNo: Id(32), scheduleId: Id(64), slotId: Id(64), patientId: Id(32), hisLockNo: Type.Optional(Text(64)), when: Type.Enum(['today', 'later']) },
  closedObject,
);
/** A registration that is held and not paid: its price is the HIS's, and it falls free at `expiresAt`. */
export const RegistrationHoldSchema = Type.Object(
  { hisRegistrationNo: Id(64), totalFen: FenSchema, fundFen: FenSchema, personalAccountFen: FenSchema, selfPayFen: FenSchema, expiresAt: Instant, queueNo: Type.Optional(Text(40)) },
  closedObject,
);
export type RegistrationHold = Static<typeof RegistrationHoldSchema>;
export const REGISTRATION_STATES = ['held', 'booked', 'checkedIn', 'cancelled', 'expired', 'stopped'] as const;
export const RegistrationSchema = Type.Object(
  {
    registrationNo: Type.Optional(Text(32)), hisRegistrationNo: Id(64), state: Type.Enum(REGISTRATION_STATES), departmentName: Text(100), doctorName: Text(100), day: Day, session: Type.Enum(SESSIONS),
    amountFen: FenSchema, tradeNo: Type.Optional(Text(64)), queueNo: Type.Optional(Text(40)), place: Type.Optional(Text(200)),
  },
  closedObject,
);
export type Registration = Static<typeof RegistrationSchema>;
export const CheckedInSchema = Type.Object({ queueNo: Text(40), place: Text(200) }, closedObject);

export type Schedules = {
  listDepartments(request: { readonly campus?: string }, context: HisCallContext): Promise<HisResult<Department[]>>;
  listDoctors(request: { readonly departmentCode: string }, context: HisCallContext): Promise<HisResult<Doctor[]>>;
  listSchedules(request: { readonly departmentCode: string; readonly from: string; readonly to: string }, context: HisCallContext): Promise<HisResult<Schedule[]>>;
  listSlots(request: { readonly scheduleId: string }, context: HisCallContext): Promise<HisResult<Slot[]>>;
};
/** 锁号. A lock that is not given back falls free by itself. Both idempotent by `lockNo`. */
export type SlotLocks = {
  lockSlot(request: Static<typeof SlotLockRequestSchema>, context: HisCallContext): Promise<HisResult<SlotLock>>;
  unlockSlot(request: { readonly lockNo: string; readonly hisLockNo: string }, context: HisCallContext): Promise<HisResult<Static<typeof DoneSchema>>>;
};
export type Registering = {
  /** Idempotent by `registrationNo`. */
  holdRegistration(request: Static<typeof RegistrationRequestSchema>, context: HisCallContext): Promise<HisResult<RegistrationHold>>;
  /** Of a registration that was not paid; one already cancelled or expired is `ok`. A paid one goes back by `approveRefund`. */
  cancelRegistration(request: { readonly registrationNo: string; readonly hisRegistrationNo: string }, context: HisCallContext): Promise<HisResult<Static<typeof DoneSchema>>>;
  listRegistrations(request: { readonly patientId: string; readonly from: string; readonly to: string }, context: HisCallContext): Promise<HisResult<Registration[]>>;
};
/** 预约取号. After it the registration can no longer be returned online. */
export type CheckingIn = {
  checkIn(request: { readonly hisRegistrationNo: string; readonly patientId: string }, context: HisCallContext): Promise<HisResult<Static<typeof CheckedInSchema>>>;
};
