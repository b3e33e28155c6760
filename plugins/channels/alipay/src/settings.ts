import { Type, type Static } from 'typebox';

const closedObject = { additionalProperties: false } as const;

/** The real host, or plain http to this machine only: the simulator. Anything else would send signed requests in the clear. */
const HOST_PATTERN = '(https://[A-Za-z0-9.-]+(:\\d{1,5})?|http://(127\\.0\\.0\\.1|localhost)(:\\d{1,5})?)';

const certificate = (title: string) => Type.String({ title, pattern: '-----BEGIN CERTIFICATE-----', maxLength: 32_768 });

/** How both sides prove who they are: plain keys, or certificates on top of them (公钥证书). */
export const VerificationSchema = Type.Union(
  [
    Type.Object(
      { mode: Type.Literal('publicKey'), alipayPublicKey: Type.String({ title: '支付宝公钥 / Alipay public key (PEM or base64)', minLength: 300, maxLength: 4096 }) },
      closedObject,
    ),
    Type.Object(
      {
        mode: Type.Literal('certificate'),
        appCertificatePem: certificate('应用公钥证书 / App certificate (PEM)'),
        alipayCertificatePem: certificate('支付宝公钥证书 / Alipay certificate (PEM)'),
        alipayRootCertificatePem: certificate('支付宝根证书 / Alipay root certificates (PEM)'),
      },
      closedObject,
    ),
  ],
  { title: '加签方式 / Signing mode', 'x-credential': true },
);

export const AlipaySettingsSchema = Type.Object(
  {
    appId: Type.String({ title: '应用 APPID / App id', pattern: '^[0-9]{16}$' }),
    sellerId: Type.String({ title: '商户 PID / Merchant number (2088…)', pattern: '^2088[0-9]{12}$' }),
    appPrivateKeyPem: Type.String({ title: '应用私钥 / App private key (PEM)', minLength: 100, maxLength: 8192, 'x-secret': true }),
    verification: VerificationSchema,
    gatewayUrl: Type.Optional(Type.String({ title: '网关地址 / Gateway address', pattern: `^${HOST_PATTERN}/gateway\\.do$`, default: 'https://openapi.alipay.com/gateway.do' })),
    billFileUrl: Type.Optional(
      Type.String({
        title: '账单文件地址 / Address of bill files',
        description: '只取支付宝返回链接的路径与参数，发往此地址。 / Only path and query of the link that Alipay answers are used, against this address.',
        pattern: `^${HOST_PATTERN}/?$`,
        default: 'https://dwbillcenter.alipay.com',
      }),
    ),
    billReadyHour: Type.Optional(
      Type.Integer({ title: '账单就绪时间（次日几点） / Hour of the next day from which a missing bill means a day without trade', minimum: 1, maximum: 23, default: 10 }),
    ),
    notifyBaseUrl: Type.Optional(
      Type.String({
        title: '通知地址 / Notification address',
        description: '平台的公网访问地址。只填路径的通知地址以它补全。 / Public address in front of this platform. A notification address that is only a path is completed with it.',
        pattern: '^https?://[^?#]{1,200}$',
      }),
    ),
    storeId: Type.Optional(Type.String({ title: '门店编号 / Store id', maxLength: 32 })),
    miniProgramAppId: Type.Optional(Type.String({ title: '小程序 APPID / Mini-program app id (op_app_id)', pattern: '^[0-9]{16}$' })),
  },
  closedObject,
);
export type AlipaySettings = Static<typeof AlipaySettingsSchema>;

export const MAIN_GATEWAY_URL = 'https://openapi.alipay.com/gateway.do';
export const MAIN_BILL_FILE_URL = 'https://dwbillcenter.alipay.com';
export const DEFAULT_BILL_READY_HOUR = 10;
