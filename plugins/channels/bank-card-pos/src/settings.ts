import { Type, type Static } from 'typebox';

import { StatementSettingsSchema } from './statement-settings.js';

const closedObject = { additionalProperties: false } as const;

/** The real host, or plain http to this machine only: the simulator. Anything else would send signed requests in the clear. */
const HOST_PATTERN = '^(https://[A-Za-z0-9.-]+(:\\d{1,5})?|http://(127\\.0\\.0\\.1|localhost)(:\\d{1,5})?)/?$';

const terminalId = Type.String({ title: '窗口终端 / Window', description: '窗口收款时使用的终端编号 / The terminal id the window names in a charge', pattern: '^[0-9A-Za-z_-]{1,64}$' });

const MisTerminalSchema = Type.Object(
  {
    terminalId,
    host: Type.String({ title: '代理地址 / Agent host', description: '收费电脑旁与刷卡终端通信的代理程序 / The agent beside the cashier PC that speaks to the card terminal', pattern: '^[A-Za-z0-9.-]{1,255}$' }),
    port: Type.Integer({ title: '端口 / Port', minimum: 1, maximum: 65_535 }),
    posId: Type.String({ title: '收银机号 / POS id', pattern: '^[\\x21-\\x7e]{1,8}$' }),
    operatorNo: Type.String({ title: '默认操作员号 / Default operator', description: '收费员没有 8 位以内字母数字工号时使用 / Sent when the cashier has no number of at most eight letters and digits', pattern: '^[0-9A-Za-z]{1,8}$' }),
  },
  closedObject,
);
export type MisTerminal = Static<typeof MisTerminalSchema>;

const CloudTerminalSchema = Type.Object({ terminalId, terminalCode: Type.String({ title: '终端号 / Terminal code', pattern: '^[0-9A-Za-z]{1,32}$' }) }, closedObject);
export type CloudTerminal = Static<typeof CloudTerminalSchema>;

export const BankCardSettingsSchema = Type.Object(
  {
    profile: Type.Union([Type.Literal('mis'), Type.Literal('cloud')], { title: '接入方式 / Profile', description: 'mis：60 字节记录，TCP；cloud：OPEN-BODY-SIG，HTTPS / mis: 60-byte records over TCP; cloud: OPEN-BODY-SIG over HTTPS' }),
    merchantNo: Type.String({ title: '商户号 / Merchant number', pattern: '^[0-9A-Za-z]{1,32}$' }),
    terminals: Type.Union([Type.Array(MisTerminalSchema, { minItems: 1, maxItems: 500 }), Type.Array(CloudTerminalSchema, { minItems: 1, maxItems: 500 })], {
      title: '刷卡终端 / Card terminals',
    }),
    answerWaitMs: Type.Optional(
      Type.Integer({ title: '等待毫秒数 / Wait before answering', description: '等待持卡人操作多久后先回复“处理中” / How long a charge waits for the card-holder before it answers pending', minimum: 0, maximum: 10_000, default: 1_500 }),
    ),
    exchangeTimeoutMs: Type.Optional(
      Type.Integer({ title: '交易超时毫秒数 / Longest exchange', description: '应长于终端等待刷卡的时间 / Longer than the terminal itself waits for the card', minimum: 500, maximum: 600_000, default: 120_000 }),
    ),
    clockToleranceMs: Type.Optional(
      Type.Integer({ title: '终端时钟误差 / Terminal clock tolerance', description: '签购单时间与本次交易相差超过此值的，不认作本次交易 / A slip outside the exchange by more than this is not ours', minimum: 0, maximum: 3_600_000, default: 600_000 }),
    ),
    readLastVoucher: Type.Optional(
      Type.Union([Type.Literal('whenNeeded'), Type.Literal('beforeEveryCharge')], {
        title: '交易前取末笔凭证号 / Read the last voucher',
        description: '终端也被手工使用时选 beforeEveryCharge；每次读取都是重打印，可能耗纸 / beforeEveryCharge where the terminal is also used by hand; each reading is a reprint and may cost paper',
        default: 'whenNeeded',
      }),
    ),
    keepDays: Type.Optional(Type.Integer({ title: '记录保留天数 / Days records are kept', minimum: 8, maximum: 400, default: 30 })),
    furtherRefusalCodes: Type.Optional(
      Type.Array(Type.String({ pattern: '^[0-9A-Z]{2}$' }), {
        title: '其他拒绝码 / Further refusal codes',
        description: '收单机构用来确定“未扣款”的代码：终端上取消、拔卡等。未列出的代码一律按未知处理。 / Codes by which this acquirer says for certain that no money moved: cancelled at the terminal, card removed. A code in no list is unknown.',
        maxItems: 100,
      }),
    ),
    requestBytes: Type.Optional(Type.Integer({ title: '请求长度 / Request length (mis)', description: '60；收单机构另需 100 字节时为 160 / 60; 160 where the acquirer asks for 100 more', minimum: 59, maximum: 400, default: 60 })),
    framing: Type.Optional(
      Type.Union([Type.Literal('fixedLength'), Type.Literal('twoByteLength')], { title: '报文分帧 / Framing (mis)', description: 'twoByteLength：每条记录前有大端序的长度 / twoByteLength: a big-endian length before each record', default: 'fixedLength' }),
    ),
    baseUrl: Type.Optional(Type.String({ title: '接口地址 / API address (cloud)', pattern: HOST_PATTERN })),
    appId: Type.Optional(Type.String({ title: '应用 ID（云端） / AppId (cloud)', pattern: '^[0-9A-Za-z]{1,64}$', 'x-credential': true })),
    appKey: Type.Optional(Type.String({ title: '应用密钥（云端） / AppKey (cloud)', pattern: '^[\\x21-\\x7e]{8,128}$', 'x-secret': true })),
    payMode: Type.Optional(Type.String({ title: '刷卡支付方式 / payMode of a card (cloud)', description: '收单机构对终端上卡种的叫法 / As the acquirer names a card at the terminal', pattern: '^[A-Z_]{1,32}$', default: 'CARD' })),
    statement: Type.Optional(StatementSettingsSchema),
  },
  closedObject,
);
export type BankCardSettings = Static<typeof BankCardSettingsSchema>;

/** Defaults filled in, and the parts a profile needs present. */
export function completeSettings(settings: BankCardSettings) {
  return { answerWaitMs: 1_500, exchangeTimeoutMs: 120_000, clockToleranceMs: 600_000, readLastVoucher: 'whenNeeded' as const, keepDays: 30, ...settings };
}
export type CompleteSettings = ReturnType<typeof completeSettings>;
