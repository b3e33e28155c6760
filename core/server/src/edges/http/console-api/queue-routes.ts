/** 消息队列: what the outbox has still to do, and doing it now. */
import { Type, type Static } from 'typebox';
import { JOB_KINDS } from '../../../domain/order-change.js';
import { ok } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const Count = Type.Integer({ minimum: 0 });
const Kind = Type.Enum(JOB_KINDS);
const Instant = Type.String({ format: 'date-time' });

export const QueueSchema = Type.Object(
  {
    topics: Type.Array(Type.Object({ kind: Kind, waiting: Count, running: Count, late: Type.Integer({ minimum: 0, description: '到期一分钟以上仍未处理 / Due for more than a minute' }), triedOften: Count, oldestDueAt: Type.Optional(Instant) }, named('QueueTopic'))),
    jobs: Type.Array(Type.Object({ kind: Kind, subject: Type.String(), tradeNo: Type.Optional(Type.String()), dueAt: Instant, since: Instant, attempts: Count, isRunning: Type.Boolean() }, named('QueuedJob')), { description: '到期未处理或已多次重试的，最早的在前，最多 100 条' }),
  },
  named('Queue'),
);
export type QueueOnScreen = Static<typeof QueueSchema>;
const WakeSchema = Type.Object({ kind: Kind, subject: Type.Optional(Type.String({ minLength: 1, maxLength: 128, description: '不填：该类全部 / Absent: all of the topic' })) }, named('QueueWake'));
const WokenSchema = Type.Object({ woken: Count }, named('QueueWoken'));

const own = routesFor<ConsoleAccess, ConsoleCaller>();

export function queueRoutes({ money, queue, audit, clock }: Pick<ConsoleApiPorts, 'money' | 'queue' | 'audit' | 'clock'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/queue', operationId: 'readQueue', summary: { zh: '消息队列：各类积压与重试', en: 'The outbox: what waits, by topic, and what was tried often' }, access: 'read',
      answers: { 200: { zh: '消息队列', en: 'The queue', schema: QueueSchema } }, errors: [],
      handle: async () => ok(json(await money.listQueue(clock.now()))),
    }),
    own.route({
      method: 'POST', path: '/queue/wakes', operationId: 'wakeQueue', summary: { zh: '立即处理：只提前到期时间，不重复发生资金动作', en: 'Do it now: only the due time moves; every call repeats under its own number' }, access: 'operate', request: { body: WakeSchema },
      answers: { 200: { zh: '已提前', en: 'Moved up', schema: WokenSchema } }, errors: [],
      async handle({ body: { kind, subject } }, { login }) {
        const woken = await queue.wake({ kind, subject, now: clock.now() });
        await audit.record({ who: login, what: 'outbox.wake', object: `${kind} ${subject ?? '*'}`, after: { woken } });
        return ok(json({ woken }));
      },
    }),
  ];
}
