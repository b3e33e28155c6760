/** The adapter's settings: where the web service is, who we are there, and how much of it we may use. What its messages look like is the mapping's. */
import { GUARD_SETTINGS, MAPPING_SETTINGS, NoticeListenerSchema } from '@hospay/plugin-sdk/his-mapping';
import { Type, type Static } from 'typebox';

const closedObject = { additionalProperties: false } as const;

export const SettingsSchema = Type.Object(
  {
    url: Type.String({ pattern: '^https?://[^\\s@]+$', maxLength: 500, title: 'HIS 的 Web 服务 / HIS web service', description: '地址，不带 ?wsdl，不含密码 / address without ?wsdl and without a password in it' }),
    ...MAPPING_SETTINGS,
    user: Type.Optional(Type.String({ minLength: 1, maxLength: 128, description: '我方在 HIS 的身份：在映射指定处发送；加密报文的 USER_ID / who we are to the HIS: sent where the mapping says; USER_ID of the encrypted envelope' })),
    password: Type.Optional(Type.String({ minLength: 1, maxLength: 256, 'x-secret': true })),
    basicAuthentication: Type.Optional(Type.Boolean({ description: 'HTTP 头中也带用户名与密码；默认 false / send user and password in the HTTP header as well; default false' })),
    encryptionKey: Type.Optional(Type.String({ minLength: 16, maxLength: 64, 'x-secret': true, description: '加密报文：AES-128 的 16 字节密钥 / encrypted envelope: 16 bytes of AES-128' })),
    signingKey: Type.Optional(Type.String({ minLength: 1, maxLength: 256, 'x-secret': true, description: '加密报文：签名用的 KEY；默认同加密密钥 / encrypted envelope: KEY of the signature; default the encryption key' })),
    maxAnswerBytes: Type.Optional(Type.Integer({ minimum: 1024, maximum: 16_777_216, description: '更长的应答被截断，按未知处理；默认 4194304 / longer answers are cut off and unknown; default 4194304' })),
    slowCallMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 120_000, description: '耗时更长的调用记入日志；默认 2000 / calls that take longer are logged; default 2000' })),
    noticeListener: Type.Optional(NoticeListenerSchema),
    noticePassword: Type.Optional(Type.String({ minLength: 8, maxLength: 256, 'x-secret': true, description: '映射中的通知带口令时，HIS 用以证明身份的口令 / what the HIS proves itself by where the notices of the mapping carry a password' })),
    ...GUARD_SETTINGS,
  },
  closedObject,
);
export type Settings = Static<typeof SettingsSchema>;
