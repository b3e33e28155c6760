import { Type, type Static } from 'typebox';

const CLIENT_URL = '^https?://[A-Za-z0-9.-]+(:\\d{1,5})?/?$';
const RetCode = Type.String({ pattern: '^[0-9A-Za-z]{2,12}$' });
const Codes = (title: string, description: string) => Type.Optional(Type.Array(RetCode, { title, description, maxItems: 500, uniqueItems: true, default: [] }));

export const INSTRUCTION_SPACING_MS = 1_000;
export const QUERY_SPACING_MS = 2_000;
export const PAY_TYPE = '1';
export const INTERFACE_VERSION = '0.0.1.0';
export const OWN_BANK_NAMES: readonly string[] = ['工商银行'];
export const RETURN_WORDS: readonly string[] = ['退票', '退汇', '退回'];

/** What the bank's documents leave to the contract stands here with its usual value; code lists begin empty, which makes answers less certain and never wrong. */
export const IcbcSettingsSchema = Type.Object(
  {
    serviceUrl: Type.String({ title: 'NC 客户端地址（安全 HTTP 端口） / NetSafe Client, service port', description: '如 http://10.0.8.21:448；院内网，只应由本平台访问 / inside the hospital; whoever reaches it can ask about the accounts', pattern: CLIENT_URL }),
    signUrl: Type.String({ title: 'NC 客户端地址（签名端口） / NetSafe Client, signing port', description: '如 http://10.0.8.21:449；能访问两个端口者即可付款 / whoever reaches both ports can pay, so nobody else may', pattern: CLIENT_URL }),
    groupCis: Type.String({ title: '集团 CIS 号 / Customer number (CIS)', pattern: '^[0-9A-Za-z-]{1,30}$' }),
    certificateId: Type.String({ title: '证书 ID / Certificate id', description: '如 hospital.y.0200 / For example hospital.y.0200', pattern: '^[0-9A-Za-z._-]{1,60}$' }),
    accountNos: Type.Array(Type.String({ pattern: '^\\d{10,19}$' }), { title: '账号 / Accounts', minItems: 1, maxItems: 50, uniqueItems: true }),
    accountName: Type.String({ title: '付款户名 / Name of the account', minLength: 1, maxLength: 100 }),
    interfaceVersion: Type.Optional(Type.Enum(['0.0.1.0', '0.0.0.1'] as const, { title: '接口版本 / Version of the interface', default: INTERFACE_VERSION })),
    payType: Type.Optional(Type.String({ title: '记账处理方式（PayType） / Way of settlement', description: '按接口文档填写 / from the bank’s document', pattern: '^[1-9]$', default: PAY_TYPE })),
    ownBankNames: Type.Optional(Type.Array(Type.String({ minLength: 2, maxLength: 40 }), { title: '本行名称 / Words that name this bank', description: '没有联行号时，开户行含此名即为行内转账；有联行号时以 102 开头为准 / Without a bank number, a payee whose bank has this name is within the bank; with one, when it begins with 102', minItems: 1, maxItems: 10, default: OWN_BANK_NAMES })),
    instructionSpacingMs: Type.Optional(Type.Integer({ title: '付款指令间隔（毫秒） / Milliseconds between instructions', minimum: 0, maximum: 60_000, default: INSTRUCTION_SPACING_MS })),
    querySpacingMs: Type.Optional(Type.Integer({ title: '查询间隔（毫秒） / Milliseconds between questions', minimum: 0, maximum: 60_000, default: QUERY_SPACING_MS })),
    returnWords: Type.Optional(Type.Array(Type.String({ minLength: 2, maxLength: 20 }), { title: '退票摘要用语 / Words of a return', description: '入账且带本院业务编号，并有退回原因、冲正标志或此类摘要，即为退票 / Money in with a number of ours and a reason of return, a reversal mark or such words is a returned transfer', maxItems: 10, default: RETURN_WORDS })),
    refusedCodes: Codes('终局拒绝码 / Codes that refuse an instruction for good', '按银行返回码表填写；包序列号重复不得列入 / from the bank’s list; "package number used" never belongs here; any other error is unknown'),
    absentCodes: Codes('无此指令的应答码 / Codes for "no such instruction"', '常见为 B0116，须与银行确认 / usually B0116, to be confirmed by the bank'),
    noMovementCodes: Codes('无明细的应答码 / Codes for "nothing moved"', '明细为空时银行若以返回码应答，填写于此 / where the bank answers an empty statement by a code'),
    notReadyCodes: Codes('明细尚未生成的应答码 / Codes for "the statement is not there yet"', '未列出的按结果未知处理 / What is not listed is unknown'),
  },
  { additionalProperties: false },
);
export type IcbcSettings = Static<typeof IcbcSettingsSchema>;
