/** Second factors, passkeys, and the sessions somebody has: each person's own, and what the security administrator may end or take away. */
import { ok, refused } from '../../../domain/errors.js';
import type { PasskeyCeremony, PasskeyView } from '../../../users/ports.js';
import { json } from '../http-kit/answer.js';
import type { HttpRequest } from '../http-kit/http-request.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { sessionAnswer, type ConsoleAccess, type ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { DoneSchema, LoginPath, SessionSchema } from './schemas.js';
import {
  CeremonySchema, CodeSchema, EnrolledSchema, EnrolmentCodeSchema, NewPasskeySchema, OfferRequestSchema, OfferSchema, PasskeyAnswerSchema, PasskeyPath, PasskeySignInSchema, RecoveryCodesSchema, SecondFactorStatusSchema, SessionFilterSchema,
  SessionListSchema, SessionPath,
} from './second-factor-schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const open = routesFor<'anyone', undefined>();
const CEREMONY = { zh: '通行密钥选项', en: 'Options for the browser', schema: CeremonySchema };
const CODE_ERRORS = ['SECOND_FACTOR_WRONG', 'LOGIN_LOCKED'] as const;

export function visitorOf({ address, headers }: HttpRequest) {
  return { address, agent: headers['user-agent'] };
}

export function openPasskeyRoutes({ passkeys, secureCookies }: ConsoleApiPorts): Route<'anyone', undefined>[] {
  return [
    open.route({
      method: 'POST', path: '/passkey-ceremonies', operationId: 'beginPasskeySignIn', summary: { zh: '通行密钥登录：取选项', en: 'Passkey sign-in: options' }, access: 'anyone',
      answers: { 200: CEREMONY }, errors: ['PASSKEYS_OFF'],
      async handle() {
        const begun = await passkeys.beginSignIn();
        return begun.kind === 'ok' ? ok(json(viewCeremony(begun.value))) : begun;
      },
    }),
    open.route({
      method: 'POST', path: '/passkey-session', operationId: 'signInByPasskey', summary: { zh: '通行密钥登录', en: 'Sign in by passkey' }, access: 'anyone', request: { body: PasskeySignInSchema },
      answers: { 200: { zh: '会话', en: 'The session', schema: SessionSchema } }, errors: ['PASSKEYS_OFF', 'PASSKEY_REFUSED', 'LOGIN_LOCKED'],
      async handle({ body, raw }) {
        const begun = await passkeys.signIn({ ...body, ...visitorOf(raw) });
        return begun.kind === 'ok' ? ok(sessionAnswer(begun.value.signedIn, begun.value.token, secureCookies)) : begun;
      },
    }),
  ];
}

export function secondFactorRoutes({ users, secondFactor, passkeys, secureCookies }: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'POST', path: '/session/second-factor', operationId: 'proveSecondFactor', summary: { zh: '登录第二步：验证码或恢复码', en: 'Second step of signing in: a code' }, access: 'entry', request: { body: CodeSchema },
      answers: { 200: { zh: '会话', en: 'The session', schema: SessionSchema } }, errors: [...CODE_ERRORS],
      async handle({ body, raw }, caller) {
        const begun = await secondFactor.prove(caller, { ...body, ...visitorOf(raw) });
        return begun.kind === 'ok' ? ok(sessionAnswer(begun.value.signedIn, begun.value.token, secureCookies)) : begun;
      },
    }),
    own.route({
      method: 'GET', path: '/second-factor', operationId: 'readSecondFactor', summary: { zh: '我的二次验证与通行密钥', en: 'My second factor and passkeys' }, access: 'entry',
      answers: { 200: { zh: '状态', en: 'The state', schema: SecondFactorStatusSchema } }, errors: [],
      async handle(_request, caller) {
        const { since, ...status } = await secondFactor.status(caller);
        return ok(json({ ...status, since: since?.toISOString(), passkeysOffered: passkeys.isOffered, passkeys: (await passkeys.list(caller)).map(viewPasskey) }));
      },
    }),
    own.route({
      method: 'POST', path: '/second-factor', operationId: 'offerSecondFactor', summary: { zh: '设置二次验证：取新密钥', en: 'Set a second factor up: a new secret' }, access: 'entry', request: { body: OfferRequestSchema },
      answers: { 200: { zh: '密钥，确认后生效', en: 'The secret; it counts once confirmed', schema: OfferSchema } }, errors: ['ENTRY_STEP_FIRST', 'ENROLMENT_CODE_INVALID', 'CONFLICT'],
      async handle({ body }, caller) {
        // Whoever has a factor proves it; whoever has a password of somebody else changes it first.
        if (caller.entryStep !== undefined && caller.entryStep !== 'enrolSecondFactor') return refused('ENTRY_STEP_FIRST', caller.entryStep);
        const offered = await secondFactor.offer(caller, { enrolmentCode: body.enrolmentCode });
        return offered.kind === 'ok' ? ok(json(offered.value)) : offered;
      },
    }),
    own.route({
      method: 'POST', path: '/second-factor/confirmation', operationId: 'confirmSecondFactor', summary: { zh: '设置二次验证：用新密钥的验证码确认', en: 'Confirm it with a code of the new secret' }, access: 'entry', request: { body: CodeSchema },
      answers: { 200: { zh: '会话和恢复码', en: 'The session, and recovery codes told once', schema: EnrolledSchema } }, errors: ['ENTRY_STEP_FIRST', 'CONFLICT', ...CODE_ERRORS],
      async handle({ body, raw }, caller) {
        if (caller.entryStep !== undefined && caller.entryStep !== 'enrolSecondFactor') return refused('ENTRY_STEP_FIRST', caller.entryStep);
        const begun = await secondFactor.confirm(caller, { ...body, ...visitorOf(raw) });
        return begun.kind === 'ok' ? ok(sessionAnswer(begun.value.signedIn, begun.value.token, secureCookies, { recoveryCodes: begun.value.recoveryCodes })) : begun;
      },
    }),
    own.route({
      method: 'POST', path: '/second-factor/recovery-codes', operationId: 'renewRecoveryCodes', summary: { zh: '重新生成恢复码', en: 'New recovery codes; the old ones are void' }, access: 'session', request: { body: CodeSchema },
      answers: { 200: { zh: '恢复码', en: 'Recovery codes', schema: RecoveryCodesSchema } }, errors: [...CODE_ERRORS],
      async handle({ body, raw }, caller) {
        const renewed = await secondFactor.renewRecoveryCodes(caller, { ...body, ...visitorOf(raw) });
        return renewed.kind === 'ok' ? ok(json({ recoveryCodes: renewed.value })) : renewed;
      },
    }),
    own.route({
      method: 'POST', path: '/passkeys/ceremonies', operationId: 'beginAddingPasskey', summary: { zh: '添加通行密钥：取选项', en: 'Add a passkey: options' }, access: 'session', request: { body: CodeSchema },
      answers: { 200: CEREMONY }, errors: ['PASSKEYS_OFF', 'CONFLICT', ...CODE_ERRORS],
      async handle({ body, raw }, caller) {
        const begun = await passkeys.beginAdding(caller, { ...body, ...visitorOf(raw) });
        return begun.kind === 'ok' ? ok(json(viewCeremony(begun.value))) : begun;
      },
    }),
    own.route({
      method: 'POST', path: '/passkeys', operationId: 'addPasskey', summary: { zh: '添加通行密钥', en: 'Add a passkey' }, access: 'session', request: { body: NewPasskeySchema },
      answers: { 200: { zh: '通行密钥', en: 'The passkey', schema: PasskeyAnswerSchema } }, errors: ['PASSKEYS_OFF', 'PASSKEY_REFUSED', 'CONFLICT'],
      async handle({ body }, caller) {
        const added = await passkeys.add(caller, body);
        return added.kind === 'ok' ? ok(json({ passkey: viewPasskey(added.value) })) : added;
      },
    }),
    own.route({
      method: 'DELETE', path: '/passkeys/{id}', operationId: 'removePasskey', summary: { zh: '移除通行密钥', en: 'Remove a passkey' }, access: 'session', request: { params: PasskeyPath },
      answers: { 200: { zh: '已移除', en: 'Removed', schema: DoneSchema } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params }, caller) {
        const removed = await passkeys.remove(caller, params.id);
        return removed.kind === 'ok' ? ok(json({ done: true })) : removed;
      },
    }),
    own.route({
      method: 'POST', path: '/users/{login}/second-factor-reset', operationId: 'resetSecondFactor', summary: { zh: '重置某用户的二次验证，给出设置码', en: 'Take a lost second factor away; gives the code to set a new one up with' }, access: 'assignRoles', request: { params: LoginPath },
      answers: { 200: { zh: '设置码', en: 'The code', schema: EnrolmentCodeSchema } }, errors: ['NO_SUCH_ITEM', 'CONFLICT'],
      async handle({ params }, caller) {
        const reset = await secondFactor.reset(caller, params.login);
        return reset.kind === 'ok' ? ok(json(reset.value)) : reset;
      },
    }),
    own.route({
      method: 'GET', path: '/sessions', operationId: 'listSessions', summary: { zh: '会话：我的，或所有人的', en: 'Sessions: mine, or everybody’s' }, access: 'session', request: { query: SessionFilterSchema },
      answers: { 200: { zh: '会话', en: 'Sessions', schema: SessionListSchema } }, errors: ['NOT_PERMITTED'],
      async handle({ query: { everybody } }, caller) {
        if (everybody === 'true' && !caller.rights.includes('seeUsers')) return refused('NOT_PERMITTED', { zh: '缺少“查看用户”权限', en: 'needs the right seeUsers' });
        const sessions = await users.listSessions(everybody === 'true' ? undefined : caller.login);
        return ok(json({ sessions: sessions.map(({ since, lastUsedAt, ...session }) => ({ ...session, since: since.toISOString(), lastUsedAt: lastUsedAt.toISOString(), isThis: session.id === caller.sessionId })) }));
      },
    }),
    own.route({
      method: 'DELETE', path: '/sessions/{id}', operationId: 'endSession', summary: { zh: '结束一个会话', en: 'End a session' }, access: 'session', request: { params: SessionPath },
      answers: { 200: { zh: '已结束', en: 'Ended', schema: DoneSchema } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params }, caller) {
        // Whoever may not end another's is told that it is not there: which sessions others have is not his business.
        const ended = await users.endSession(caller, { id: params.id, ...(caller.rights.includes('assignRoles') ? {} : { ownedBy: caller.login }) });
        return ended.kind === 'ok' ? ok(json({ done: true })) : ended;
      },
    }),
  ];
}

function viewCeremony({ ticket, options }: PasskeyCeremony) {
  return { ticket, options };
}
function viewPasskey({ id, title, createdAt, lastUsedAt }: PasskeyView) {
  return { id, title, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() };
}
