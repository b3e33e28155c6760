/** Signing in, the first login, and the session itself. */
import { ok, refused } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { endSessionAnswer, sessionAnswer, viewSession, type ConsoleAccess, type ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { visitorOf } from './second-factor-routes.js';
import { ConsoleStateSchema, DoneSchema, FirstLoginSchema, FirstSessionSchema, PasswordChangeSchema, SessionSchema, SignInSchema } from './schemas.js';

const open = routesFor<'anyone', undefined>();
const own = routesFor<ConsoleAccess, ConsoleCaller>();
const SESSION = { zh: '会话', en: 'The session', schema: SessionSchema };

export function openRoutes(ports: ConsoleApiPorts, document: () => unknown): Route<'anyone', undefined>[] {
  return [
    open.route({
      method: 'GET', path: '/state', operationId: 'readState', summary: { zh: '控制台状态', en: 'What the sign-in page needs' }, access: 'anyone',
      answers: { 200: { zh: '状态', en: 'The state', schema: ConsoleStateSchema } }, errors: [],
      handle: () => ok(json({ hospitalName: ports.hospitalName, version: ports.version, now: ports.clock.now().toISOString(), firstLogin: ports.firstLogin.isOpen(), separatedDuties: ports.isSeparated(), passkeys: ports.passkeys.isOffered, fenced: ports.backups.fence !== undefined })),
    }),
    open.route({
      method: 'POST', path: '/session', operationId: 'signIn', summary: { zh: '登录', en: 'Sign in' }, access: 'anyone', request: { body: SignInSchema },
      answers: { 200: SESSION }, errors: ['LOGIN_FAILED', 'LOGIN_LOCKED', 'TOO_MANY_REQUESTS'],
      async handle({ body, raw }) {
        const begun = await ports.users.signIn({ ...body, ...visitorOf(raw) });
        return begun.kind === 'ok' ? ok(sessionAnswer(begun.value.signedIn, begun.value.token, ports.secureCookies)) : begun;
      },
    }),
    open.route({
      method: 'POST', path: '/first-login', operationId: 'completeFirstLogin', summary: { zh: '首次登录：建立第一个管理员', en: 'First login: makes the first administrator' }, access: 'anyone',
      request: { body: FirstLoginSchema }, answers: { 200: { zh: '会话，和三员分立时另外两人的初始密码', en: 'The session, and what the other two get', schema: FirstSessionSchema } }, errors: ['FIRST_LOGIN_CODE_INVALID', 'PASSWORD_TOO_WEAK', 'THREE_ADMINISTRATORS_NEEDED', 'CONFLICT'],
      async handle({ body, raw }) {
        const begun = await ports.firstLogin.complete({ ...body, ...visitorOf(raw) });
        return begun.kind === 'ok' ? ok(sessionAnswer(begun.value.signedIn, begun.value.token, ports.secureCookies, { colleagues: begun.value.colleagues })) : begun;
      },
    }),
    open.route({
      method: 'GET', path: '/openapi.json', operationId: 'readDocument', summary: { zh: '接口文档（OpenAPI 3.1）', en: 'This document' }, access: 'anyone',
      answers: { 200: { zh: 'OpenAPI 3.1', en: 'OpenAPI 3.1', contentType: 'application/json' } }, errors: [],
      handle: () => ok(json(document())),
    }),
  ];
}

export function sessionRoutes(ports: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/session', operationId: 'readSession', summary: { zh: '当前用户', en: 'Who am I' }, access: 'entry',
      answers: { 200: SESSION }, errors: [],
      handle: (_request, caller) => ok(json(viewSession(caller))),
    }),
    own.route({
      method: 'DELETE', path: '/session', operationId: 'signOut', summary: { zh: '退出', en: 'Sign out' }, access: 'entry',
      answers: { 200: { zh: '已退出', en: 'Signed out', schema: DoneSchema } }, errors: [],
      async handle(_request, caller) {
        await ports.users.signOut(caller.token, caller);
        return ok(endSessionAnswer(ports.secureCookies));
      },
    }),
    own.route({
      method: 'POST', path: '/password', operationId: 'changePassword', summary: { zh: '修改密码', en: 'Change my password' }, access: 'entry', request: { body: PasswordChangeSchema },
      answers: { 200: SESSION }, errors: ['ENTRY_STEP_FIRST', 'PASSWORD_TOO_WEAK', 'LOGIN_FAILED', 'LOGIN_LOCKED', 'TOO_MANY_REQUESTS', 'NO_SUCH_ITEM'],
      async handle({ body, raw }, caller) {
        // A password alone changes no password of somebody with two factors.
        if (caller.entryStep === 'secondFactor') return refused('ENTRY_STEP_FIRST', caller.entryStep);
        const begun = await ports.users.changePassword(caller, { ...body, ...visitorOf(raw) });
        return begun.kind === 'ok' ? ok(sessionAnswer(begun.value.signedIn, begun.value.token, ports.secureCookies)) : begun;
      },
    }),
  ];
}
