/** The part of the configuration about what others keep a copy of. */
import { Type } from 'typebox';

const closed = { additionalProperties: false } as const;
const Id = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64, description: 'lower-case letters, digits and hyphens' });

export const StatementFilesSchema = Type.Object(
  {
    keepDays: Type.Integer({ minimum: 35, maximum: 3_650, description: 'so many days statement files lie in the data folder; what they said is kept for ever' }),
    lookBackDays: Type.Integer({ minimum: 2, maximum: 400, description: 'a day that changes within so many days gets another version of its file' }),
    push: Type.Array(Type.Object({ application: Id, what: Type.Enum(['notice', 'file'] as const, { description: 'notice: told with where the file is fetched; file: the file itself is sent' }), scope: Type.Optional(Type.Literal('hospital', { description: "the whole hospital's file, to one application with the permission hospital; absent: its own" })) }, closed), {
      maxItems: 200, description: '对账文件推送: applications whose notify address is told of each new file; the others fetch theirs',
    }),
  },
  { ...closed, description: '对账文件' },
);

export const QueueSchema = Type.Object(
  {
    sinks: Type.Array(
      Type.Object(
        {
          name: Id,
          kind: Type.Literal('mqtt', { description: 'a broker that speaks MQTT, QoS 1' }),
          url: Type.String({ pattern: '^mqtts?://[^\\s/@]+$', description: "the broker's address, without a user in it: mqtts://broker.hospital.example:8883" }),
          topic: Type.String({ pattern: '^[^#+\\s\\u0000]{1,200}$', description: 'every event goes to this one topic, so that the broker keeps their order' }),
          protocolVersion: Type.Union([Type.Literal(4), Type.Literal(5)], { description: '5, or 4 (MQTT 3.1.1) for a broker that knows no other: it does not tell when its rules refuse a message' }),
          username: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
          password: Type.Optional(Type.String({ minLength: 1, maxLength: 256, description: 'by { secret } or { secretFile }' })),
          caFile: Type.Optional(Type.String({ minLength: 1, description: "PEM of who signed the broker's certificate, where it is the hospital's own; relative to the configuration" })),
        },
        closed,
      ),
      { maxItems: 10, description: '消息输出: brokers of the hospital that are told of the same events as applications' },
    ),
  },
  { ...closed, description: '消息队列' },
);
