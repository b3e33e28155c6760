/** What may stand in a terminal's configuration (终端配置). Closed: a word nobody knows is refused. No place for money, and none for secrets. */
import { CARD_TYPES, PAYMENT_METHODS } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { describeMismatches, listMismatches } from '../domain/schema-mismatch.js';

const closed = { additionalProperties: false } as const;
const TimeOfDay = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description: '北京时间 HH:mm / HH:mm, Beijing time' });
const Words = Type.String({ minLength: 1, maxLength: 200 });

export const ConfigurationDocumentSchema = Type.Object(
  {
    screen: Type.Optional(Type.Object(
      {
        idleSeconds: Type.Optional(Type.Integer({ minimum: 20, maximum: 900, description: '无人操作多久返回首页 / back to the start page after so long without a touch' })),
        language: Type.Optional(Type.Enum(['zh', 'en'] as const)),
        elderMode: Type.Optional(Type.Boolean({ description: '大字版 / large text' })),
        volumePercent: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
        welcomeZh: Type.Optional(Words),
        welcomeEn: Type.Optional(Words),
      },
      closed,
    )),
    functions: Type.Optional(Type.Object(
      {
        methods: Type.Optional(Type.Array(Type.Enum(PAYMENT_METHODS), { maxItems: 20, uniqueItems: true, description: '可用支付方式 / ways to pay the terminal offers' })),
        cardTypes: Type.Optional(Type.Array(Type.Enum(CARD_TYPES), { maxItems: 10, uniqueItems: true, description: '可用卡证 / cards it reads' })),
      },
      closed,
    )),
    hours: Type.Optional(Type.Object({ opensAt: TimeOfDay, closesAt: TimeOfDay, restartsAt: Type.Optional(TimeOfDay) }, closed)),
    report: Type.Optional(Type.Object({ everySeconds: Type.Integer({ minimum: 15, maximum: 3_600, description: '心跳间隔 / between two reports' }) }, closed)),
    vendor: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z][0-9A-Za-z]{0,39}$' }), Type.Union([Type.Boolean(), Type.Integer(), Type.String({ maxLength: 200 })]), { description: '厂商自有参数，不得含密钥 / the vendor’s own settings; no secrets' })),
  },
  closed,
);
export type TerminalDocument = Static<typeof ConfigurationDocumentSchema>;
const document = Compile(ConfigurationDocumentSchema);

/** What is kept at the broker for everybody who can read it there must hold nothing to steal. */
const SECRET_WORDS = /pass(word|wd)|secret|token|credential|private|(^|[a-z])key$|^key/i;
const LARGEST_BYTES = 8_192;

export function readDocument(given: unknown): Outcome<TerminalDocument> {
  if (!document.Check(given)) return refused('CONFIGURATION_REFUSED', describeMismatches(listMismatches(ConfigurationDocumentSchema, given)).slice(0, 300));
  const secret = Object.keys(given.vendor ?? {}).find((name) => SECRET_WORDS.test(name));
  if (secret !== undefined) return refused('CONFIGURATION_REFUSED', { zh: `vendor.${secret}：终端配置中不得存放密钥`, en: `vendor.${secret}: a configuration holds no secrets` });
  if (Buffer.byteLength(JSON.stringify(given)) > LARGEST_BYTES) return refused('CONFIGURATION_REFUSED', { zh: `终端配置最大 ${String(LARGEST_BYTES)} 字节`, en: `at most ${String(LARGEST_BYTES)} bytes` });
  return ok(given);
}
