/** Accounts and the audit log: who may, and who did. Nothing here can change or remove an audit row. */
import { ERRORS, ok, type Outcome } from '../../../domain/errors.js';
import type { UserView } from '../../../users/ports.js';
import { json, type Answer } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import {
  AccountWatchSchema, AuditFilterSchema, AuditPageSchema, AuditVerificationSchema, ErrorListSchema, LoginPath, MerchantListSchema, NewUserSchema, PasswordResetSchema, UserAnswerSchema, UserChangeSchema, UserListSchema,
} from './schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const USER = { zh: '用户', en: 'The user', schema: UserAnswerSchema };
const AUDIT_PAGE = 50;

export function peopleRoutes({ users, accountWatch, merchants, audit, auditEvents, clock }: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/users', operationId: 'listUsers', summary: { zh: '用户', en: 'Users' }, access: 'seeUsers',
      answers: { 200: { zh: '用户', en: 'Users', schema: UserListSchema } }, errors: [],
      handle: async () => ok(json({ users: (await users.list()).map(viewUser) })),
    }),
    own.route({
      method: 'GET', path: '/account-watch', operationId: 'readAccountWatch', summary: { zh: '账号安全：缺二次验证、待分配角色、锁定、停用、未使用的设置码与近 24 小时登录失败', en: 'What of accounts and sign-ins needs looking at: no second factor, no roles, locked, disabled, codes handed out, and who was refused in 24 hours' }, access: 'assignRoles',
      answers: { 200: { zh: '账号安全', en: 'The watch over accounts', schema: AccountWatchSchema } }, errors: [],
      async handle() {
        const { withoutSecondFactor, locked, enrolments, refusals, ...watch } = await accountWatch.read();
        const withTime = <Account extends { readonly until: Date }>({ until, ...account }: Account) => ({ ...account, until: until.toISOString() });
        return ok(json({ ...watch, withoutSecondFactor: withoutSecondFactor.map(({ codeUntil, ...account }) => ({ ...account, codeUntil: codeUntil?.toISOString() })), locked: locked.map(withTime), enrolments: enrolments.map(withTime), refusals: { ...refusals, since: refusals.since.toISOString() } }));
      },
    }),
    own.route({
      method: 'GET', path: '/merchants', operationId: 'listMerchants', summary: { zh: '商户（新增商户用户时选择）', en: 'Merchants a user may be bound to' }, access: 'seeUsers',
      answers: { 200: { zh: '商户', en: 'Merchants', schema: MerchantListSchema } }, errors: [],
      handle: () => ok(json({ merchants: merchants.list() })),
    }),
    own.route({
      method: 'POST', path: '/users', operationId: 'addUser', summary: { zh: '新增用户', en: 'Add a user' }, access: 'manageUsers', request: { body: NewUserSchema },
      answers: { 200: USER }, errors: ['PASSWORD_TOO_WEAK', 'CONFLICT', 'NOT_PERMITTED', 'DUTIES_SEPARATED'],
      handle: async ({ body }, caller) => answerUser(await users.add(caller, body)),
    }),
    own.route({
      method: 'PATCH', path: '/users/{login}', operationId: 'changeUser', summary: { zh: '修改角色或状态', en: 'Change roles (assignRoles) or name, staff number and state (manageUsers)' }, access: 'seeUsers', request: { params: LoginPath, body: UserChangeSchema },
      answers: { 200: USER }, errors: ['NO_SUCH_ITEM', 'CONFLICT', 'NOT_PERMITTED', 'DUTIES_SEPARATED'],
      handle: async ({ params, body }, caller) => answerUser(await users.change(caller, params.login, body)),
    }),
    own.route({
      method: 'POST', path: '/users/{login}/password', operationId: 'resetPassword', summary: { zh: '重置密码', en: 'Reset a password' }, access: 'manageUsers', request: { params: LoginPath, body: PasswordResetSchema },
      answers: { 200: USER }, errors: ['NO_SUCH_ITEM', 'PASSWORD_TOO_WEAK', 'CONFLICT'],
      handle: async ({ params, body }, caller) => answerUser(await users.resetPassword(caller, params.login, body.password)),
    }),
    own.route({
      method: 'GET', path: '/audit', operationId: 'listAudit', summary: { zh: '审计日志', en: 'The audit log, newest first' }, access: 'audit', request: { query: AuditFilterSchema },
      answers: { 200: { zh: '一页审计日志', en: 'One page', schema: AuditPageSchema } }, errors: [],
      async handle({ query: { before, limit = AUDIT_PAGE } }) {
        const top = before ?? ((await auditEvents.last())?.seq ?? 0) + 1;
        // Numbers have no gaps (the chain's check says so otherwise), so the page before is the numbers before.
        const afterSeq = Math.max(0, top - 1 - limit);
        const rows = (await auditEvents.read({ afterSeq, limit })).filter(({ seq }) => seq < top).toReversed();
        return ok(json({
          rows: rows.map(({ previousHash: _previous, before: was, after, reason, ...row }) => ({ ...row, before: was ?? undefined, after: after ?? undefined, reason: reason ?? undefined })),
          next: afterSeq === 0 ? undefined : afterSeq + 1,
        }));
      },
    }),
    own.route({
      method: 'GET', path: '/audit/verification', operationId: 'verifyAudit', summary: { zh: '校验审计日志', en: 'Check the audit chain' }, access: 'audit',
      answers: { 200: { zh: '校验结果', en: 'The finding', schema: AuditVerificationSchema } }, errors: [],
      async handle() {
        const { rows, findings } = await audit.verify();
        return ok(json({ ok: findings.length === 0, rows, findings: findings.slice(0, 50).map((finding) => JSON.stringify(finding)), checkedAt: clock.now().toISOString() }));
      },
    }),
    own.route({
      method: 'GET', path: '/errors', operationId: 'listErrors', summary: { zh: '错误码', en: 'Every error code' }, access: 'session',
      answers: { 200: { zh: '错误码', en: 'Error codes', schema: ErrorListSchema } }, errors: [],
      handle: () => ok(json({ errors: Object.entries(ERRORS).map(([code, meaning]) => ({ code, ...meaning })) })),
    }),
  ];
}

function answerUser(outcome: Outcome<UserView>): Outcome<Answer> {
  return outcome.kind === 'ok' ? ok(json({ user: viewUser(outcome.value) })) : outcome;
}

function viewUser({ login, displayName, roles, status, lockedUntil, mustChangePassword, hasSecondFactor, operatorId, merchantNo, createdAt }: UserView) {
  return { login, displayName, roles, status, lockedUntil: lockedUntil?.toISOString(), mustChangePassword, hasSecondFactor, operatorId, merchantNo, createdAt: createdAt.toISOString() };
}
