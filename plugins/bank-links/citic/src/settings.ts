import { Type, type Static } from 'typebox';

/** Seven letters, or a letter-led number of the bank's list. */
const StatusCode = Type.String({ pattern: '^[0-9A-Z]{4,12}$' });
const Codes = (title: string, description: string) => Type.Optional(Type.Array(StatusCode, { title, description, maxItems: 500, uniqueItems: true, default: [] }));

/** What the bank's manual leaves to the contract stands here with its usual value; code lists begin empty, which makes answers less certain and never wrong. */
export const CiticSettingsSchema = Type.Object(
  {
    frontEndUrl: Type.String({ title: '前置机地址 / Address of the front-end machine', description: '院内网，无应用层签名：只应由本平台访问 / inside the hospital; whoever reaches it can pay, so nobody else may', pattern: '^https?://[A-Za-z0-9.-]+(:\\d{1,5})?(/[A-Za-z0-9._/-]*)?$' }),
    userName: Type.String({ title: '银企直联用户名 / User at the bank', minLength: 1, maxLength: 30 }),
    accountNos: Type.Array(Type.String({ pattern: '^\\d{19}$' }), { title: '账号（19 位） / Accounts', minItems: 1, maxItems: 50, uniqueItems: true }),
    instructionSpacingMs: Type.Optional(Type.Integer({ title: '付款指令间隔（毫秒） / Milliseconds between instructions', minimum: 0, maximum: 60_000, default: 1_000 })),
    querySpacingMs: Type.Optional(Type.Integer({ title: '查询间隔（毫秒） / Milliseconds between questions', minimum: 0, maximum: 60_000, default: 2_000 })),
    smallValueUpToFen: Type.Optional(
      Type.Integer({ title: '小额支付上限（分） / Up to this amount through the small-value system, in fen', description: '以上走大额支付，仅工作日 9:00–17:00 / above it the large-value system, open on working days', minimum: 0, maximum: 1_000_000_000_000, default: 5_000_000 }),
    ),
    ownBankNames: Type.Optional(Type.Array(Type.String({ minLength: 2, maxLength: 40 }), { title: '本行名称 / Words that name this bank', description: '收款开户行含此名或联行号以 302 开头即为行内转账 / A payee whose bank has this name, or a bank number that begins with 302, is within the bank', minItems: 1, maxItems: 10, default: ['中信银行'] })),
    refusedCodes: Codes('终局拒绝码 / Codes that refuse an instruction for good', '按银行错误码表填写；未列出的错误一律按结果未知处理 / from the bank’s list of codes; any other error is unknown'),
    absentCodes: Codes('无此流水号的应答码 / Codes for "no such client number"', '查询应答空清单同样表示无此流水号 / an empty list says the same'),
    notReadyCodes: Codes('明细尚未生成的应答码 / Codes for "the statement is not there yet"', '未列出的按结果未知处理 / What is not listed is unknown'),
    receiptNumber: Type.Optional(
      Type.Enum(['tranNo', 'sumTranNo', 'clientID'] as const, { title: '回单的交易发起方流水号是 / What transeqNo of a receipt is', description: '手册未说明：以一笔回单与明细核对后填写；不填则不取电子回单 / compare one receipt with its movement; absent: no receipts are fetched' }),
    ),
    receiptNotReadyCodes: Codes('回单尚未生成的应答码 / Codes for "the receipt is not there yet"', '未列出的同样稍后再取 / what is not listed is asked for again too'),
  },
  { additionalProperties: false },
);
export type CiticSettings = Static<typeof CiticSettingsSchema>;

export const INSTRUCTION_SPACING_MS = 1_000;
export const QUERY_SPACING_MS = 2_000;
export const SMALL_VALUE_UP_TO_FEN = 5_000_000;
export const OWN_BANK_NAMES: readonly string[] = ['中信银行'];
