/** Keys and certificates, their alarms, and rotations: rehearsed, carried out, taken back. Key material only ever comes in. */
import { ok, type Outcome } from '../../../domain/errors.js';
import { CONFIRMABLE_ALARMS, type CredentialAlarm, type Rotation, type RotationSubject, type StoredCredential } from '../../../monitoring/ports.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import {
  AlarmAnswerSchema, CheckedSchema, CredentialHistoryQuery, CredentialHistorySchema, CredentialListSchema, NumberPath, RehearsalSchema, RotationAnswerSchema, RotationListSchema,
} from './certificate-schemas.js';
import { askChange, PROPOSED } from './change-routes.js';
import { ReasonBody } from './change-schemas.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();

export function certificateRoutes(ports: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  const { certificates, rotations, audit, clock } = ports;
  const answered = async (outcome: Outcome<Rotation>) => {
    if (outcome.kind === 'refused') return outcome;
    const subjects = await rotations.subjects();
    return ok(json({ rotation: viewRotation(outcome.value, subjects) }));
  };
  /** As it is once the change was made at once. */
  const viewOf = (id: number) => async () => {
    const [subjects, list] = [await rotations.subjects(), await rotations.list()];
    const rotation = list.find((one) => one.id === id);
    return rotation === undefined ? {} : { rotation: viewRotation(rotation, subjects) };
  };
  return [
    own.route({
      method: 'GET', path: '/certificates', operationId: 'listCredentials', summary: { zh: '证书与密钥及其告警', en: 'Keys, certificates and their alarms' }, access: 'readMachine',
      answers: { 200: { zh: '证书与密钥', en: 'Keys and certificates', schema: CredentialListSchema } }, errors: [],
      async handle() {
        const [credentials, alarms, now] = [await certificates.list(), await certificates.alarms(), clock.now()];
        return ok(json({ credentials: credentials.map((credential) => viewCredential(credential, now)), alarms: alarms.map(viewAlarm), alarmDays: certificates.alarmDays, now: now.toISOString() }));
      },
    }),
    own.route({
      method: 'GET', path: '/certificates/history', operationId: 'readCredentialHistory', summary: { zh: '指纹变更记录', en: 'What became of one key or certificate' }, access: 'readMachine', request: { query: CredentialHistoryQuery },
      answers: { 200: { zh: '变更记录', en: 'Its history, newest first', schema: CredentialHistorySchema } }, errors: [],
      handle: async ({ query }) => ok(json({ events: (await certificates.history(query)).map(({ at, what, before, after, wasRehearsed }) => ({ at: at.toISOString(), what, before, after, wasRehearsed })) })),
    }),
    own.route({
      method: 'POST', path: '/certificates/checks', operationId: 'checkCredentials', summary: { zh: '立即检查', en: 'Check now' }, access: 'operate',
      answers: { 200: { zh: '结果', en: 'What was found', schema: CheckedSchema } }, errors: [],
      async handle(_request, caller) {
        const { credentials, raised, resolved, open } = await certificates.checkNow();
        await audit.record({ who: caller.login, what: 'credentials.check', object: 'keys and certificates', after: { count: credentials, raised, resolved, open } });
        return ok(json({ credentials, raised, resolved, open }));
      },
    }),
    own.route({
      method: 'POST', path: '/certificates/alarms/{id}/confirm', operationId: 'confirmCredentialAlarm', summary: { zh: '确认告警（变更、到期日未知、久未更换）', en: 'Say that a change, an unknown end or an age is known' }, access: 'operate', request: { params: NumberPath },
      answers: { 200: { zh: '告警', en: 'The alarm', schema: AlarmAnswerSchema } }, errors: ['NO_SUCH_ITEM', 'CONFLICT'],
      async handle({ params }, caller) {
        const confirmed = await certificates.confirm(Number(params.id), caller.login);
        return confirmed.kind === 'refused' ? confirmed : ok(json({ alarm: viewAlarm(confirmed.value) }));
      },
    }),
    own.route({
      method: 'GET', path: '/rotations', operationId: 'listRotations', summary: { zh: '轮换演练记录与可轮换的实例', en: 'Rehearsed rotations, and what can be rotated' }, access: 'operate',
      answers: { 200: { zh: '轮换', en: 'Rotations', schema: RotationListSchema } }, errors: [],
      async handle() {
        const [subjects, list] = [await rotations.subjects(), await rotations.list()];
        return ok(json({ subjects: subjects.map(viewSubject), rotations: list.map((rotation) => viewRotation(rotation, subjects)) }));
      },
    }),
    own.route({
      method: 'POST', path: '/rotations', operationId: 'rehearseRotation', summary: { zh: '轮换演练：用新密钥试运行，不影响收款', en: 'Rehearse a rotation beside the running instance' }, access: 'operate', request: { body: RehearsalSchema },
      answers: { 200: { zh: '演练结果', en: 'What each step found', schema: RotationAnswerSchema } }, errors: ['NO_SUCH_ITEM'],
      handle: async ({ body }, caller) => answered(await rotations.rehearse({ ...body, by: caller.login })),
    }),
    ...([['carry-out', 'carryOutRotation', 'rotationCarryOut', { zh: '申请启用已演练的密钥', en: 'Propose to carry out what was rehearsed' }], ['take-back', 'takeBackRotation', 'rotationTakeBack', { zh: '申请退回到轮换前', en: 'Propose to go back to the keys before' }]] as const).map(([word, operationId, kind, summary]) =>
      own.route({
        method: 'POST', path: `/rotations/{id}/${word}`, operationId, summary, access: 'operate', request: { params: NumberPath, body: ReasonBody },
        answers: { 200: { zh: '轮换', en: 'The rotation', schema: RotationAnswerSchema }, 202: PROPOSED }, errors: ['NO_SUCH_ITEM', 'CONFLICT', 'PLUGIN_REFUSED'],
        handle: ({ params, body: { reason } }, { login }) => askChange(ports, { kind, content: { id: Number(params.id) }, reason, by: login }, viewOf(Number(params.id))),
      }),
    ),
  ];
}

function viewCredential({ notBefore, notAfter, firstSeenAt, lastSeenAt, since, isPresent, ...credential }: StoredCredential, now: Date) {
  return {
    ...credential, notBefore: notBefore?.toISOString(), notAfter: notAfter?.toISOString(), secondsLeft: notAfter === undefined ? undefined : Math.floor((notAfter.getTime() - now.getTime()) / 1000),
    firstSeenAt: firstSeenAt.toISOString(), lastSeenAt: lastSeenAt.toISOString(), since: since.toISOString(), present: isPresent,
  };
}

function viewAlarm({ raisedAt, resolvedAt, ...alarm }: CredentialAlarm) {
  return { ...alarm, raisedAt: raisedAt.toISOString(), resolvedAt: resolvedAt?.toISOString(), confirmable: resolvedAt === undefined && CONFIRMABLE_ALARMS.includes(alarm.kind) };
}

function viewSubject({ instance, plugin, origin, rotatable }: RotationSubject) {
  return { instance, plugin, origin, settings: rotatable.map(({ path, titleZh, titleEn, isSecret, choices, isLong }) => ({ path, titleZh, titleEn, secret: isSecret, choices, long: isLong })) };
}

function viewRotation({ fingerprints: _fingerprints, rehearsedAt, carriedOutAt, takenBackAt, ...rotation }: Rotation, subjects: readonly RotationSubject[]) {
  const origin = subjects.find(({ instance }) => instance === rotation.instance)?.origin;
  return { ...rotation, rehearsedAt: rehearsedAt.toISOString(), carriedOutAt: carriedOutAt?.toISOString(), takenBackAt: takenBackAt?.toISOString(), carriesOut: origin === 'installed' ? ('byCall' as const) : ('inConfigurationFile' as const) };
}
