/** The shapes of the console API about the outbox (消息队列). */
import { Type, type Static } from 'typebox';
import { JOB_KINDS } from '../../../domain/order-change.js';

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
export const WakeSchema = Type.Object({ kind: Kind, subject: Type.Optional(Type.String({ minLength: 1, maxLength: 128, description: '不填：该类全部 / Absent: all of the topic' })) }, named('QueueWake'));
export const WokenSchema = Type.Object({ woken: Count }, named('QueueWoken'));
