/** The adapter's settings: where the agent is, who we are to it, and how much of it we may use. What its text looks like is the mapping's. */
import { GUARD_SETTINGS, MAPPING_SETTINGS, NoticeListenerSchema } from '@hospay/plugin-sdk/his-mapping';
import { Type, type Static } from 'typebox';

const closedObject = { additionalProperties: false } as const;

export const SettingsSchema = Type.Object(
  {
    server: Type.String({ minLength: 1, maxLength: 255, title: 'Agent or front machine', description: 'host name or address' }),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    ...MAPPING_SETTINGS,
    key: Type.Optional(Type.String({ minLength: 1, maxLength: 128, 'x-secret': true, description: 'sent where the mapping says' })),
    client: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'who we are to the agent: sent where the mapping says' })),
    connections: Type.Optional(Type.Integer({ minimum: 1, maximum: 16, description: 'connections open at a time; an agent that serves one after the other wants 1; default 2' })),
    connectTimeoutMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 60_000, description: 'default 5000' })),
    keptIdleMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000, description: 'a kept connection idle for longer is not used again: firewalls forget silently; default 30000' })),
    agentTimeoutMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 600_000, description: 'how long the agent itself waits for the HIS: so long a call we have given up may still be booked; default 180000' })),
    maxAnswerBytes: Type.Optional(Type.Integer({ minimum: 256, maximum: 16_777_216, description: 'longer answers are cut off and unknown; default 1048576' })),
    slowCallMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 120_000, description: 'calls that take longer are logged; default 2000' })),
    noticeListener: Type.Optional(NoticeListenerSchema),
    noticeKey: Type.Optional(Type.String({ minLength: 8, maxLength: 128, 'x-secret': true, description: 'what the HIS proves itself by where it sends notices' })),
    ...GUARD_SETTINGS,
  },
  closedObject,
);
export type Settings = Static<typeof SettingsSchema>;
