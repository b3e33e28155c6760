/** Registration (挂号) and inpatients (住院). What is held or quoted here is paid by `POST /payments`, like bills. */
import type { Application, Permission } from '../../../applications/ports.js';
import { ok, type Outcome } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import {
  CampusQuerySchema, CancelledRegistrationSchema, CheckInAnswerSchema, CheckInRequestSchema, DailyFeeListSchema, DaysQuerySchema, DepartmentListSchema, DepartmentPathSchema, DepositListSchema, DepositQuoteRequestSchema, DischargePathSchema, DischargeQuoteSchema, DischargeRequestSchema, DischargeSchema, DoctorListSchema,
  FeeSumListSchema, HeldRegistrationAnswerSchema, InpatientListSchema, InpatientSearchSchema, QuotePathSchema, RegistrationListSchema, RegistrationRequestBodySchema, RegistrationSearchSchema, ScheduleListSchema, SchedulePathSchema, SlotListSchema,
  StayDaySchema, StaySchema,
} from './hospital-schemas.js';
import { ownerOf, tenantOf } from './owner-of.js';
import type { PaymentUseCases } from './payment-api-ports.js';
import { ApiQuoteSchema, KeyHeaderSchema } from './schemas.js';

const { route } = routesFor<Permission, Application>();
const ASKED = ['FUNCTION_NOT_OFFERED', 'HIS_UNAVAILABLE', 'HIS_REJECTED'] as const;

export function hospitalRoutes(useCases: PaymentUseCases): Route<Permission, Application>[] {
  return [...scheduleRoutes(useCases), ...registrationRoutes(useCases), ...inpatientRoutes(useCases), ...dischargeRoutes(useCases)];
}

/** A list is answered under its own name. */
async function named(name: string, asked: Promise<Outcome<readonly unknown[]>>) {
  const listed = await asked;
  return listed.kind === 'ok' ? ok(json({ [name]: listed.value })) : listed;
}

function scheduleRoutes(useCases: PaymentUseCases): Route<Permission, Application>[] {
  return [
    route({
      method: 'GET', path: '/departments', operationId: 'listDepartments', summary: { zh: '可挂号科室', en: 'Departments that take registrations' },
      access: 'read', request: { query: CampusQuerySchema }, answers: { 200: { zh: '科室', en: 'Departments', schema: DepartmentListSchema } }, errors: [...ASKED],
      handle: ({ query }, { hospitalId }) => named('departments', useCases.listDepartments({ hospitalId, ...query })),
    }),
    route({
      method: 'GET', path: '/departments/{departmentCode}/doctors', operationId: 'listDoctors', summary: { zh: '科室医生', en: 'Doctors of a department' },
      access: 'read', request: { params: DepartmentPathSchema }, answers: { 200: { zh: '医生', en: 'Doctors', schema: DoctorListSchema } }, errors: [...ASKED],
      handle: ({ params }, { hospitalId }) => named('doctors', useCases.listDoctors({ hospitalId, ...params })),
    }),
    route({
      method: 'GET', path: '/departments/{departmentCode}/schedules', operationId: 'listSchedules', summary: { zh: '排班', en: 'Schedules of a department' },
      access: 'read', request: { params: DepartmentPathSchema, query: DaysQuerySchema }, answers: { 200: { zh: '排班', en: 'Schedules', schema: ScheduleListSchema } }, errors: [...ASKED],
      handle: ({ params, query }, { hospitalId }) => named('schedules', useCases.listSchedules({ hospitalId, ...params, ...query })),
    }),
    route({
      method: 'GET', path: '/schedules/{scheduleId}/slots', operationId: 'listSlots', summary: { zh: '号源', en: 'Slots of a schedule' },
      access: 'read', request: { params: SchedulePathSchema }, answers: { 200: { zh: '号源', en: 'Slots', schema: SlotListSchema } }, errors: [...ASKED],
      handle: ({ params }, { hospitalId }) => named('slots', useCases.listSlots({ hospitalId, ...params })),
    }),
  ];
}

function registrationRoutes(useCases: PaymentUseCases): Route<Permission, Application>[] {
  return [
    route({
      method: 'POST', path: '/registrations', operationId: 'holdRegistration', summary: { zh: '占号', en: 'Hold a registration' },
      description: { zh: '返回的报价到期前以 POST /payments 支付；未支付的到期自动释放。未收到应答时用同一幂等键重发', en: 'Pay its quote by POST /payments before it ends; what nobody pays falls free by itself. Without an answer: the same key again' },
      access: 'pay', request: { headers: KeyHeaderSchema, body: RegistrationRequestBodySchema }, answers: { 200: { zh: '已占号，待支付', en: 'Held, to be paid', schema: HeldRegistrationAnswerSchema } }, errors: [...ASKED],
      async handle({ headers, body: { patientLabel = '', ...body } }, application) {
        const held = await useCases.holdRegistration({ ...body, patientLabel, hospitalId: application.hospitalId, owner: ownerOf(application), idempotency: { tenant: tenantOf(application), key: headers['idempotency-key'] } });
        return held.kind === 'ok' ? ok(json(held.value)) : held;
      },
    }),
    route({
      method: 'POST', path: '/registrations/{quoteId}/cancel', operationId: 'cancelRegistration', summary: { zh: '取消未支付的挂号', en: 'Give a held registration back' },
      description: { zh: '可重复调用。已支付的请退款', en: 'May be repeated. One that is paid is refunded instead' },
      access: 'pay', request: { params: QuotePathSchema }, answers: { 200: { zh: '已取消', en: 'Given back', schema: CancelledRegistrationSchema } }, errors: ['QUOTE_NOT_FOUND', ...ASKED],
      async handle({ params }, application) {
        const cancelled = await useCases.cancelRegistration({ owner: ownerOf(application), quoteId: params.quoteId });
        return cancelled.kind === 'ok' ? ok(json(cancelled.value)) : cancelled;
      },
    }),
    route({
      method: 'POST', path: '/registrations/search', operationId: 'searchRegistrations', summary: { zh: '患者的挂号', en: 'Registrations of a patient' },
      access: 'read', request: { body: RegistrationSearchSchema }, answers: { 200: { zh: '挂号', en: 'Registrations', schema: RegistrationListSchema } }, errors: [...ASKED],
      handle: ({ body }, { hospitalId }) => named('registrations', useCases.listRegistrations({ hospitalId, ...body })),
    }),
    route({
      method: 'POST', path: '/registrations/check-in', operationId: 'checkIn', summary: { zh: '预约取号', en: 'Check in' },
      description: { zh: '取号后不能再线上退号', en: 'After it the registration can no longer be returned online' },
      access: 'pay', request: { body: CheckInRequestSchema }, answers: { 200: { zh: '就诊序号', en: 'The place in the queue', schema: CheckInAnswerSchema } }, errors: [...ASKED],
      async handle({ body }, { hospitalId }) {
        const checkedIn = await useCases.checkIn({ hospitalId, ...body });
        return checkedIn.kind === 'ok' ? ok(json(checkedIn.value)) : checkedIn;
      },
    }),
  ];
}

function inpatientRoutes(useCases: PaymentUseCases): Route<Permission, Application>[] {
  return [
    route({
      method: 'POST', path: '/inpatients/search', operationId: 'searchInpatients', summary: { zh: '查询住院患者', en: 'Find stays in hospital' },
      access: 'read', request: { body: InpatientSearchSchema }, answers: { 200: { zh: '住院（脱敏）', en: 'Stays, masked', schema: InpatientListSchema } }, errors: ['INPATIENT_NOT_FOUND', ...ASKED],
      handle: ({ body }, { hospitalId }) => named('inpatients', useCases.findInpatient({ hospitalId, ...body })),
    }),
    route({
      method: 'POST', path: '/inpatients/deposits/search', operationId: 'searchDeposits', summary: { zh: '预交金记录', en: 'Deposits of a stay' },
      access: 'read', request: { body: StaySchema }, answers: { 200: { zh: '预交金', en: 'Deposits', schema: DepositListSchema } }, errors: [...ASKED],
      handle: ({ body }, { hospitalId }) => named('deposits', useCases.listDeposits({ hospitalId, ...body })),
    }),
    route({
      method: 'POST', path: '/inpatients/daily-fees/search', operationId: 'searchDailyFees', summary: { zh: '一日清单', en: 'Fees of one day' },
      access: 'read', request: { body: StayDaySchema }, answers: { 200: { zh: '费用', en: 'Fees', schema: DailyFeeListSchema } }, errors: [...ASKED],
      handle: ({ body }, { hospitalId }) => named('fees', useCases.listDailyFees({ hospitalId, ...body })),
    }),
    route({
      method: 'POST', path: '/inpatients/fee-sums/search', operationId: 'searchFeeSums', summary: { zh: '费用汇总', en: 'Sums of fees by class' },
      access: 'read', request: { body: StaySchema }, answers: { 200: { zh: '汇总', en: 'Sums', schema: FeeSumListSchema } }, errors: [...ASKED],
      handle: ({ body }, { hospitalId }) => named('sums', useCases.sumFees({ hospitalId, ...body })),
    }),
    route({
      method: 'POST', path: '/deposit-quotes', operationId: 'quoteDeposit', summary: { zh: '缴纳预交金', en: 'Quote a deposit' },
      description: { zh: '以返回的 quoteId 调用 POST /payments 支付', en: 'Pay its quoteId by POST /payments' },
      access: 'pay', request: { body: DepositQuoteRequestSchema }, answers: { 200: { zh: '报价', en: 'The quote', schema: ApiQuoteSchema } }, errors: ['INPATIENT_NOT_FOUND', 'DEPOSIT_NOT_TAKEN', ...ASKED],
      async handle({ body }, application) {
        const quoted = await useCases.quoteDeposit({ ...body, hospitalId: application.hospitalId, owner: ownerOf(application) });
        return quoted.kind === 'ok' ? ok(json(quoted.value)) : quoted;
      },
    }),
  ];
}

function dischargeRoutes(useCases: PaymentUseCases): Route<Permission, Application>[] {
  return [
    route({
      method: 'POST', path: '/discharge-quotes', operationId: 'quoteDischarge', summary: { zh: '出院预结算', en: 'Quote a discharge' },
      description: { zh: 'collectFen 大于 0：以 quote 调用 POST /payments 补缴；否则以其 quoteId 调用 POST /discharges 结算退费', en: 'collectFen above 0: pay its quote by POST /payments; otherwise settle it by POST /discharges' },
      access: 'pay', request: { body: StaySchema }, answers: { 200: { zh: '预结算', en: 'What the stay comes to', schema: DischargeQuoteSchema } }, errors: ['INPATIENT_NOT_FOUND', 'DISCHARGE_HINDERED', ...ASKED],
      async handle({ body }, application) {
        const quoted = await useCases.quoteDischarge({ ...body, hospitalId: application.hospitalId, owner: ownerOf(application) });
        return quoted.kind === 'ok' ? ok(json(quoted.value)) : quoted;
      },
    }),
    route({
      method: 'POST', path: '/discharges', operationId: 'settleDischarge', summary: { zh: '出院结算退费', en: 'Settle a discharge' },
      description: { zh: '结余预交金原路退回；不能原路退回的部分由医院转账。未收到应答时用同一幂等键重发', en: 'What is left of the deposits goes back the way it came; what cannot is transferred by the hospital. Without an answer: the same key again' },
      access: 'pay', request: { headers: KeyHeaderSchema, body: DischargeRequestSchema }, answers: { 200: { zh: '已受理', en: 'Accepted', schema: DischargeSchema } }, errors: ['QUOTE_NOT_FOUND', 'AMOUNT_MISMATCH', 'DISCHARGE_UNDERWAY', 'IDEMPOTENCY_KEY_REUSED'],
      async handle({ headers, body }, application) {
        const begun = await useCases.settleDischarge({ ...body, owner: ownerOf(application), idempotency: { tenant: tenantOf(application), key: headers['idempotency-key'] } });
        return begun.kind === 'ok' ? ok(json(begun.value)) : begun;
      },
    }),
    route({
      method: 'GET', path: '/discharges/{settlementNo}', operationId: 'findDischarge', summary: { zh: '查询出院结算', en: 'Find a discharge settlement' },
      access: 'read', request: { params: DischargePathSchema }, answers: { 200: { zh: '出院结算', en: 'The settlement', schema: DischargeSchema } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params }, application) {
        const found = await useCases.findDischarge({ owner: ownerOf(application), ...params });
        return found.kind === 'ok' ? ok(json(found.value)) : found;
      },
    }),
  ];
}
