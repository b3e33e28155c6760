import { Type, type Static } from 'typebox';

/** Over TLS; the bank's own test address, and this machine (the simulator), without. */
const BASE_URL = '^(https://[A-Za-z0-9.-]+(:\\d{1,5})?|http://(127\\.0\\.0\\.1|localhost|cdctest\\.cmburl\\.cn)(:\\d{1,5})?)(/[A-Za-z0-9._/-]*)?$';
const ResultCode = Type.String({ pattern: '^[0-9A-Z]{4,12}$' });
const Codes = (title: string, description: string) => Type.Optional(Type.Array(ResultCode, { title, description, maxItems: 500, uniqueItems: true, default: [] }));

export const INSTRUCTION_SPACING_MS = 1_000;
/** One call of a query function per account in ten seconds (招商银行云直联接口文档). */
export const QUERY_SPACING_MS = 10_000;
export const RETURN_WORDS: readonly string[] = ['退票', '退汇'];
export const OWN_BANK_NAMES: readonly string[] = ['招商银行'];
export const SETTLEMENT_CHANNEL = 'I';
export const RECEIPT_FORM = 'PDF';

/** What the bank's documents leave to the contract stands here with its usual value; code lists begin empty, which makes answers less certain and never wrong. */
export const CmbSettingsSchema = Type.Object(
  {
    baseUrl: Type.String({ title: '接口地址 / Address', description: '生产 https://cdc.cmbchina.com/cdcserver/api/v2，测试 http://cdctest.cmburl.cn/cdcserver/api/v2 / Production https://cdc.cmbchina.com/cdcserver/api/v2, test http://cdctest.cmburl.cn/cdcserver/api/v2', pattern: BASE_URL }),
    userId: Type.String({ title: '企业网银用户号（UID） / User id', pattern: '^[0-9A-Za-z]{1,16}$', 'x-credential': true }),
    accountNos: Type.Array(Type.String({ pattern: '^\\d{10,20}$' }), { title: '账号 / Accounts', minItems: 1, maxItems: 50, uniqueItems: true }),
    businessMode: Type.String({ title: '业务模式 / Business mode', description: '银行开通的模式编号（DCLISMOD 可查，业务代码 N02030） / Number of the mode the bank opened (asked by DCLISMOD, business code N02030)', pattern: '^[0-9A-Za-z]{1,10}$' }),
    signingPrivateKey: Type.String({ title: '本院 SM2 私钥 / SM2 private key', description: '32 字节，base64 或十六进制 / 32 bytes, base64 or hex', pattern: '^([0-9A-Fa-f]{64}|[A-Za-z0-9+/]{43}=)$', 'x-secret': true }),
    symmetricKey: Type.String({ title: 'SM4 对称密钥 / SM4 key', description: '16 个字符 / 16 characters', pattern: '^[\\x21-\\x7e]{16}$', 'x-secret': true }),
    bankPublicKey: Type.String({ title: '银行 SM2 公钥 / SM2 public key of the bank', description: '65 字节，base64 或十六进制 / 65 bytes, base64 or hex', pattern: '^(04[0-9A-Fa-f]{128}|[A-Za-z0-9+/]{87}=)$', 'x-credential': true }),
    settlementChannel: Type.Optional(Type.Enum(['G', 'Q', 'R', 'I'] as const, { title: '结算通道 / Way of settlement', description: 'G 普通，Q 快速，R 实时，I 由银行选择 / G normal, Q fast, R real-time, I the bank chooses', default: SETTLEMENT_CHANNEL })),
    ownBankNames: Type.Optional(Type.Array(Type.String({ minLength: 2, maxLength: 40 }), { title: '本行名称 / Words that name this bank', description: '没有联行号时，开户行含此名即为行内转账；有联行号时以 308 开头为准 / Without a bank number, a payee whose bank has this name is within the bank; with one, when it begins with 308', minItems: 1, maxItems: 10, default: OWN_BANK_NAMES })),
    instructionSpacingMs: Type.Optional(Type.Integer({ title: '付款指令间隔（毫秒） / Milliseconds between instructions', minimum: 0, maximum: 60_000, default: INSTRUCTION_SPACING_MS })),
    querySpacingMs: Type.Optional(Type.Integer({ title: '同一账户同一查询的间隔（毫秒） / Milliseconds between the same question about an account', minimum: 0, maximum: 60_000, default: QUERY_SPACING_MS })),
    returnWords: Type.Optional(Type.Array(Type.String({ minLength: 2, maxLength: 20 }), { title: '退票摘要用语 / Words of a return', description: '入账且带本院参考号、摘要含此语，即为退票 / Money in with a reference of ours and these words in its summary is a returned transfer', maxItems: 10, default: RETURN_WORDS })),
    refusedCodes: Codes('终局拒绝码 / Codes that refuse an instruction for good', '按银行错误码表填写；参考号重复不得列入 / from the bank’s list; "reference used" never belongs here; any other error is unknown'),
    absentCodes: Codes('无此参考号的应答码 / Codes for "no such reference"', '查询应答空清单同样表示无此参考号 / an empty list says the same'),
    notReadyCodes: Codes('明细尚未生成的应答码 / Codes for "the statement is not there yet"', '未列出的按结果未知处理 / What is not listed is unknown'),
    receiptForm: Type.Optional(Type.Enum(['PDF', 'OFD'] as const, { title: '电子回单格式 / Form of receipts', default: RECEIPT_FORM })),
    receiptNotReadyCodes: Codes('回单尚未生成的应答码 / Codes for "the receipt is not there yet"', '未列出的同样稍后再取 / what is not listed is asked for again too'),
    noReceiptCodes: Codes('无回单的应答码 / Codes for "there is no receipt of it and never will be"', '列入者不再取回单 / a receipt is not asked for again after these'),
  },
  { additionalProperties: false },
);
export type CmbSettings = Static<typeof CmbSettingsSchema>;
