import { Type, type Static } from 'typebox';

/** Real hosts over TLS; plain http to this machine only: the simulator. */
const BASE_URL = '^(https://[A-Za-z0-9.-]+(:\\d{1,5})?|http://(127\\.0\\.0\\.1|localhost)(:\\d{1,5})?)(/[A-Za-z0-9._/-]*)?$';
const ReasonCode = Type.String({ pattern: '^[A-Z0-9]{1,4}$' });

/** Account wrong, closed, blocked, forbidden, amount not allowed, not enough money, name and number do not agree, bank's number wrong: nothing was and nothing will be carried out (ISO 20022 external status reasons). */
export const REFUSED_REASON_CODES: readonly string[] = ['AC01', 'AC04', 'AC06', 'AG01', 'AM02', 'AM04', 'BE01', 'RC01'];
export const SPACING_MS = 1_000;

export const IsoSettingsSchema = Type.Object(
  {
    baseUrl: Type.String({ title: '银行接口地址 / Address of the bank', pattern: BASE_URL }),
    accountNos: Type.Array(Type.String({ pattern: '^[0-9A-Za-z-]{4,34}$' }), { title: '账号 / Accounts', minItems: 1, maxItems: 50, uniqueItems: true }),
    debtorName: Type.String({ title: '付款户名 / Name of the account', minLength: 1, maxLength: 140 }),
    debtorBankNo: Type.String({ title: '付款行联行号 / CNAPS number of the account’s bank', pattern: '^\\d{12}$' }),
    clientCertificatePem: Type.Optional(Type.String({ title: '客户端证书 / Client certificate (PEM)', minLength: 1, maxLength: 16_384, 'x-secret': true })),
    clientKeyPem: Type.Optional(Type.String({ title: '客户端私钥 / Its key (PEM)', minLength: 1, maxLength: 16_384, 'x-secret': true })),
    spacingMs: Type.Optional(Type.Integer({ title: '请求间隔（毫秒） / Milliseconds between requests', minimum: 0, maximum: 60_000, default: SPACING_MS })),
    refusedReasonCodes: Type.Optional(
      Type.Array(ReasonCode, { title: '终局拒绝原因码 / Reasons of a rejection that is final', description: 'AM05（重复）不得列入：该指令号下已有付款 / never AM05 (duplicate): under that number something was paid', maxItems: 200, uniqueItems: true, default: REFUSED_REASON_CODES }),
    ),
    approvalReasonCodes: Type.Optional(Type.Array(ReasonCode, { title: '等待审批的原因码（PDNG） / Reasons by which PDNG means that somebody must approve', maxItems: 20, uniqueItems: true, default: [] })),
  },
  { additionalProperties: false },
);
export type IsoSettings = Static<typeof IsoSettingsSchema>;
