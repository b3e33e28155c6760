/** 消息队列: what the outbox has still to do, and doing it now. */
import { ok } from '../../../domain/errors.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { QueueSchema, WakeSchema, WokenSchema } from './queue-schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();

export function queueRoutes({ money, queue, audit, clock }: Pick<ConsoleApiPorts, 'money' | 'queue' | 'audit' | 'clock'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/queue', operationId: 'readQueue', summary: { zh: '消息队列：各类积压与重试', en: 'The outbox: what waits, by topic, and what was tried often' }, access: 'readMachine',
      answers: { 200: { zh: '消息队列', en: 'The queue', schema: QueueSchema } }, errors: [],
      handle: async () => ok(json({ ...(await money.listQueue(clock.now())), sinks: queue.sinks() })),
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
