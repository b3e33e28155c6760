/** The adapter's settings: where the agent is, who we are to it, and how much of it we may use. What its text looks like is the mapping's. */
import { GUARD_SETTINGS, MAPPING_SETTINGS, NoticeListenerSchema } from '@hospay/plugin-sdk/his-mapping';
import { Type, type Static } from 'typebox';

const closedObject = { additionalProperties: false } as const;

export const SettingsSchema = Type.Object(
  {
    server: Type.String({ minLength: 1, maxLength: 255, title: '代理或前置机 / Agent or front machine', description: '主机名或地址 / host name or address' }),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    ...MAPPING_SETTINGS,
    key: Type.Optional(Type.String({ minLength: 1, maxLength: 128, 'x-secret': true, description: '在映射指定处发送 / sent where the mapping says' })),
    client: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: '我方对代理的身份：在映射指定处发送 / who we are to the agent: sent where the mapping says' })),
    connections: Type.Optional(Type.Integer({ minimum: 1, maximum: 16, description: '同时打开的连接数；只能逐个处理的代理填 1；默认 2 / connections open at a time; an agent that serves one after the other wants 1; default 2' })),
    connectTimeoutMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 60_000, description: '默认 5000 / default 5000' })),
    keptIdleMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000, description: '空闲更久的连接不再使用（防火墙会悄悄断开）；默认 30000 / a kept connection idle for longer is not used again: firewalls forget silently; default 30000' })),
    agentTimeoutMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 600_000, description: '代理自身等待 HIS 的时间：在此期间，我方已放弃的调用仍可能入账；默认 180000 / how long the agent itself waits for the HIS: so long a call we have given up may still be booked; default 180000' })),
    maxAnswerBytes: Type.Optional(Type.Integer({ minimum: 256, maximum: 16_777_216, description: '更长的应答被截断，按未知处理；默认 1048576 / longer answers are cut off and unknown; default 1048576' })),
    slowCallMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 120_000, description: '耗时更长的调用记入日志；默认 2000 / calls that take longer are logged; default 2000' })),
    noticeListener: Type.Optional(NoticeListenerSchema),
    noticeKey: Type.Optional(Type.String({ minLength: 8, maxLength: 128, 'x-secret': true, description: 'HIS 发送通知时用以证明身份的口令 / what the HIS proves itself by where it sends notices' })),
    ...GUARD_SETTINGS,
  },
  closedObject,
);
export type Settings = Static<typeof SettingsSchema>;
