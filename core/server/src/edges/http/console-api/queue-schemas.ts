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
    sinks: Type.Array(
      Type.Object(
        {
          name: Type.String(), kind: Type.String(), isConnected: Type.Boolean(), behind: Type.Integer({ minimum: 0, description: '游标之后的事件数 / Kept events behind where it stands' }), oldestAt: Type.Optional(Instant), publishedAt: Type.Optional(Instant), lastProblem: Type.Optional(Type.String()),
        },
        named('EventSink'),
      ),
      { description: '消息输出：医院自有的消息代理 / Brokers of the hospital that are told of events' },
    ),
  },
  named('Queue'),
);
export type QueueOnScreen = Omit<Static<typeof QueueSchema>, 'sinks'>;
export const WakeSchema = Type.Object({ kind: Kind, subject: Type.Optional(Type.String({ minLength: 1, maxLength: 128, description: '不填：该类全部 / Absent: all of the topic' })) }, named('QueueWake'));
export const WokenSchema = Type.Object({ woken: Count }, named('QueueWoken'));
