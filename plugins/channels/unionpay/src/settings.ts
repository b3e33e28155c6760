import { Type, type Static } from 'typebox';

import { DEFAULT_CARD_REFUSAL_CODES, DEFAULT_REFUSAL_CODES } from './response-codes.js';
import { SETTLEMENT_COLUMNS } from './settlement-layout.js';

const closedObject = { additionalProperties: false } as const;
/** The real host, or plain http to this machine only: the simulator. Anything else would send signed requests in the clear. */
const HOST_PATTERN = '^(https://[A-Za-z0-9.-]+(:\\d{1,5})?|http://(127\\.0\\.0\\.1|localhost)(:\\d{1,5})?)/?$';
const Pem = Type.String({ pattern: '-----BEGIN CERTIFICATE-----', maxLength: 8192 });
const ResponseCode = Type.String({ pattern: '^[0-9A-Z]{2}$' });

export const UNIONPAY_METHODS = ['nativeQr', 'paymentCode', 'webPage', 'h5', 'app'] as const;

/** What the public protocol does not settle (cut-off, codes, marks, sign letters) stands here with its usual value. */
export const UnionpaySettingsSchema = Type.Object(
  {
    merId: Type.String({ title: '商户号 / Merchant number', pattern: '^[0-9A-Za-z]{15}$' }),
    signMethod: Type.Enum(['01', '11', '12'], { title: '签名方式 / Signature method', description: '01 证书 RSA；11 密钥 SHA-256；12 密钥 SM3 / 01 certificate, RSA; 11 key, SHA-256; 12 key, SM3' }),
    certId: Type.Optional(Type.String({ title: '签名证书序列号（十进制） / Serial number of the signing certificate (decimal)', pattern: '^[0-9]{1,40}$' })),
    merchantPrivateKeyPem: Type.Optional(Type.String({ title: '商户私钥 / Merchant private key (PEM)', minLength: 1, maxLength: 8192, 'x-secret': true })),
    secureKey: Type.Optional(Type.String({ title: '安全密钥 / Secure key', minLength: 1, maxLength: 256, 'x-secret': true })),
    rootCertificatePem: Type.Optional(Type.String({ title: '根证书 / Root certificate (PEM)', pattern: '-----BEGIN CERTIFICATE-----', maxLength: 8192 })),
    middleCertificatePems: Type.Optional(Type.Array(Pem, { title: '中级证书 / Middle certificates (PEM)', maxItems: 8 })),
    signerOwners: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { title: '银联证书主体 / Owners of UnionPay’s certificate', description: '默认 中国银联股份有限公司；测试环境为 00040000:SIGN / Default 中国银联股份有限公司; 00040000:SIGN in the test environment', minItems: 1, maxItems: 4 }),
    ),
    signerOwnerPart: Type.Optional(Type.Integer({ title: '主体在证书 CN（以 @ 分隔）中的段序 / Which part of the CN, split at @, names the owner', minimum: 1, maximum: 6, default: 3 })),
    methods: Type.Optional(Type.Array(Type.Enum(UNIONPAY_METHODS), { title: '支付方式 / Methods', minItems: 1, uniqueItems: true })),
    gatewayUrl: Type.Optional(Type.String({ title: '网关地址 / Gateway address', pattern: HOST_PATTERN, default: 'https://gateway.95516.com' })),
    fileUrl: Type.Optional(Type.String({ title: '对账文件地址 / File address', pattern: HOST_PATTERN, default: 'https://filedownload.95516.com' })),
    notifyBaseUrl: Type.Optional(
      Type.String({ title: '通知地址 / Notification address', description: '平台的公网访问地址。只填路径的通知地址以它补全。 / Public address in front of this platform. A notification address that is only a path is completed with it.', pattern: '^https?://[^?#]{1,200}$' }),
    ),
    backUrlWithoutNotification: Type.Optional(
      Type.String({ title: '不接收通知时的 backUrl / backUrl when no notification can be received', pattern: '^https?://[^?#]{1,200}$', default: 'http://www.specialUrl.com' }),
    ),
    frontUrl: Type.Optional(Type.String({ title: '支付后返回页面 / Where the browser returns when the application names no page', pattern: '^https?://[^#]{1,400}$' })),
    termId: Type.Optional(Type.String({ title: '终端号 / Terminal number', description: '被扫必填，由收单机构分配 / needed for scanned codes, given by the acquirer', pattern: '^[0-9A-Za-z]{8}$' })),
    paymentCodePrefixes: Type.Optional(Type.Array(Type.String({ pattern: '^[0-9]{1,6}$' }), { title: '银联付款码前缀 / First digits of UnionPay payment codes', minItems: 1, maxItems: 20, default: ['62'] })),
    notFoundGraceSeconds: Type.Optional(
      Type.Integer({ title: '查无订单的等待秒数 / Seconds before "no such order" is believed', minimum: 0, maximum: 86_400, default: 60 }),
    ),
    undoSameDay: Type.Optional(Type.Boolean({ title: '当日全额退款走消费撤销 / Undo whole payments of the same settlement day', default: false })),
    settlementCutOff: Type.Optional(Type.String({ title: '清算日切时间 / Settlement cut-off', pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', default: '23:00' })),
    refusalCodes: Type.Optional(Type.Array(ResponseCode, { title: '终局拒绝应答码 / Response codes that refuse for good', maxItems: 128, uniqueItems: true, default: DEFAULT_REFUSAL_CODES })),
    cardRefusalCodes: Type.Optional(
      Type.Array(ResponseCode, { title: '发卡行拒绝应答码 / Response codes by which the card’s bank refuses', description: '退款遇此类应答码需人工处理 / a refund refused so needs a person', maxItems: 128, uniqueItems: true, default: DEFAULT_CARD_REFUSAL_CODES }),
    ),
    creditLetter: Type.Optional(Type.Enum(['C', 'D'], { title: '对账文件中商户收入的符号 / Letter of what the merchant receives in the settlement file', default: 'C' })),
    eCnyMark: Type.Optional(
      Type.Object({ field: Type.String({ pattern: '^[A-Za-z]{1,40}$' }), values: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1 }) }, { ...closedObject, title: '数字人民币标志（应答与通知） / Field that marks digital yuan' }),
    ),
    eCnyStatementMark: Type.Optional(
      Type.Object({ column: Type.Enum(SETTLEMENT_COLUMNS), values: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1 }) }, { ...closedObject, title: '数字人民币标志（对账文件） / Column that marks digital yuan' }),
    ),
  },
  closedObject,
);
export type UnionpaySettings = Static<typeof UnionpaySettingsSchema>;

export const GATEWAY_URL = 'https://gateway.95516.com';
export const FILE_URL = 'https://filedownload.95516.com';
export const NO_NOTIFICATION_URL = 'http://www.specialUrl.com';
export const PAYMENT_CODE_PREFIXES: readonly string[] = ['62'];
export const NOT_FOUND_GRACE_SECONDS = 60;
export const SETTLEMENT_CUT_OFF = '23:00';
export const UNIONPAY_OWNER = '中国银联股份有限公司';
