/** 应用与密钥: who may ask for payments over the network. A new one, what it is allowed and its key are changes that others approve; taking one out of use is done at once. */
import { randomBytes } from 'node:crypto';
import { Type } from 'typebox';
import { PERMISSIONS, type RegisteredApplication } from '../../../applications/ports.js';
import { ok, refused, type Outcome } from '../../../domain/errors.js';
import { json, type Answer } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { askChange } from './change-routes.js';
import { ChangeSchema, ReasonSchema } from './change-schemas.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const named = (title: string) => ({ additionalProperties: false, title }) as const;
const closed = { additionalProperties: false } as const;
const Text = Type.String();
const KEY_BYTES = 32;

const ApplicationPath = Type.Object({ id: Type.String({ pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$', maxLength: 64 }) }, closed);
const ApplicationSchema = Type.Object(
  { id: Text, title: Text, status: Type.Enum(['active', 'disabled'] as const), notifyUrl: Type.Optional(Text), merchantNo: Type.Optional(Text), permissions: Type.Array(Text), createdAt: Type.Optional(Type.String({ description: 'RFC 3339, UTC' })) },
  named('RegisteredApplication'),
);
const ApplicationListSchema = Type.Object({ applications: Type.Array(ApplicationSchema), permissions: Type.Array(Text), merchants: Type.Array(Text) }, named('ApplicationList'));
const Wanted = {
  title: Type.String({ minLength: 2, maxLength: 100, pattern: '\\S' }), permissions: Type.Array(Type.Enum(PERMISSIONS), { minItems: 1, uniqueItems: true }), notifyUrl: Type.Optional(Type.String({ pattern: '^https?://', maxLength: 300 })), reason: ReasonSchema,
};
const NewApplicationSchema = Type.Object({ ...ApplicationPath.properties, ...Wanted, merchantNo: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: '权限“商户”所绑定的商户号，登记后不变 / The merchant number of the permission merchant; it never changes' })) }, named('NewApplication'));
const ApplicationWishSchema = Type.Object(Wanted, named('ApplicationWish'));
const ReasonOnlySchema = Type.Object({ reason: ReasonSchema }, named('ApplicationReason'));
/** `change`: it waits for another person. `secret`: told to whoever asked, once; it is good from the approval on. */
const ApplicationAskedSchema = Type.Object({ change: Type.Optional(ChangeSchema), secret: Type.Optional(Type.String({ description: '密钥，仅此一次；审批通过后生效 / The key, told once; good from the approval on' })) }, named('ApplicationAsked'));
const ASKED = { 200: { zh: '已执行', en: 'Done', schema: ApplicationAskedSchema }, 202: { zh: '已提交变更申请，由他人审批后执行', en: 'Proposed: nothing is changed before others approve it', schema: ApplicationAskedSchema } };

export function applicationRoutes(ports: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  const { applications, audit } = ports;
  const makeKey = (): string => randomBytes(KEY_BYTES).toString('base64url');
  /** What was asked for, with the key beside it where one was made. */
  const answered = (outcome: Outcome<Answer>, secret?: string): Outcome<Answer> => {
    if (outcome.kind !== 'ok' || outcome.value.kind !== 'json') return outcome;
    const { status, value } = outcome.value;
    return ok(json({ ...(status === 202 && typeof value === 'object' ? value : {}), ...(secret === undefined ? {} : { secret }) }, status));
  };
  return [
    own.route({
      method: 'GET', path: '/applications', operationId: 'listApplications', summary: { zh: '应用', en: 'Applications' }, access: 'readMachine', answers: { 200: { zh: '应用', en: 'Applications', schema: ApplicationListSchema } }, errors: [],
      handle: async () => ok(json({ applications: (await applications.list()).map(view), permissions: PERMISSIONS, merchants: ports.packages.merchants })),
    }),
    own.route({
      method: 'POST', path: '/applications', operationId: 'addApplication', summary: { zh: '申请新增应用（密钥只显示一次）', en: 'Propose a new application; its key is told once' }, access: 'operate', request: { body: NewApplicationSchema }, answers: ASKED, errors: ['CONFLICT'],
      async handle({ body: { reason, ...content } }, { login }) {
        const secret = makeKey();
        return answered(await askChange(ports, { kind: 'application', content: { ...content, secret }, reason, by: login }), secret);
      },
    }),
    own.route({
      method: 'PATCH', path: '/applications/{id}', operationId: 'changeApplication', summary: { zh: '申请修改应用的权限、名称或通知地址，或重新启用', en: 'Propose other permissions, title or address, or its use again' }, access: 'operate', request: { params: ApplicationPath, body: ApplicationWishSchema },
      answers: ASKED, errors: ['NO_SUCH_ITEM', 'CONFLICT'],
      handle: async ({ params: { id }, body: { reason, ...wish } }, { login }) => answered(await askChange(ports, { kind: 'application', content: { id, ...wish }, reason, by: login })),
    }),
    own.route({
      method: 'POST', path: '/applications/{id}/key', operationId: 'replaceApplicationKey', summary: { zh: '申请更换密钥（新密钥只显示一次，审批后立即取代旧密钥）', en: 'Propose a new key; it takes the place of the old at the approval' }, access: 'operate', request: { params: ApplicationPath, body: ReasonOnlySchema },
      answers: ASKED, errors: ['NO_SUCH_ITEM', 'CONFLICT'],
      async handle({ params: { id }, body: { reason } }, { login }) {
        const secret = makeKey();
        return answered(await askChange(ports, { kind: 'applicationKey', content: { id, secret }, reason, by: login }), secret);
      },
    }),
    own.route({
      method: 'POST', path: '/applications/{id}/disable', operationId: 'disableApplication', summary: { zh: '停用（立即生效：紧急制动）', en: 'Take it out of use, at once: a brake asks nobody' }, access: 'operate', request: { params: ApplicationPath, body: ReasonOnlySchema },
      answers: { 200: { zh: '应用', en: 'The application', schema: ApplicationSchema } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params: { id }, body: { reason } }, { login }) {
        if (!(await applications.disable(id))) return refused('NO_SUCH_ITEM');
        await audit.record({ who: login, what: 'application.disable', object: `application ${id}`, reason });
        const found = (await applications.list()).find((one) => one.id === id);
        return found === undefined ? refused('NO_SUCH_ITEM') : ok(json(view(found)));
      },
    }),
  ];
}

function view({ id, title, status, notifyUrl, merchantNo, permissions, createdAt }: RegisteredApplication) {
  return { id, title, status, notifyUrl, merchantNo, permissions, createdAt: createdAt?.toISOString() };
}
