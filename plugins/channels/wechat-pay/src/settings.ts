import { Type, type Static } from 'typebox';

const closedObject = { additionalProperties: false } as const;

/** The real host, or plain http to this machine only: the simulator. Anything else would send signed requests in the clear. */
const HOST_PATTERN = '^(https://[A-Za-z0-9.-]+(:\\d{1,5})?|http://(127\\.0\\.0\\.1|localhost)(:\\d{1,5})?)/?$';

const PublicKeyFields = {
  publicKeyId: Type.String({
    title: '微信支付公钥 ID / Public key id',
    pattern: '^PUB_KEY_ID_[0-9A-Za-z]{1,64}$',
  }),
  publicKeyPem: Type.String({ title: '微信支付公钥 / WeChat Pay public key (PEM)', minLength: 100, maxLength: 4096 }),
};

/** How WeChat Pay's own signatures are checked. `both` is for the weeks of a migration from certificate to public key. */
export const VerificationSchema = Type.Union(
  [
    Type.Object({ mode: Type.Literal('publicKey'), ...PublicKeyFields }, closedObject),
    Type.Object({ mode: Type.Literal('platformCertificate') }, closedObject),
    Type.Object({ mode: Type.Literal('both'), ...PublicKeyFields }, closedObject),
  ],
  { title: '验签方式 / Signature verification', 'x-credential': true },
);

export const WechatPaySettingsSchema = Type.Object(
  {
    mchid: Type.String({ title: '商户号 / Merchant number', pattern: '^[0-9]{6,32}$' }),
    appid: Type.String({ title: '公众账号 ID / App id', pattern: '^[0-9A-Za-z_-]{1,32}$' }),
    merchantCertificateSerial: Type.String({ title: '商户证书序列号 / Merchant certificate serial', pattern: '^[0-9A-Fa-f]{8,64}$', 'x-credential': true }),
    merchantCertificatePem: Type.Optional(
      Type.String({
        title: '商户证书 / Merchant certificate (PEM)',
        description: 'apiclient_cert.pem: with it the platform knows when it ends, and that serial, certificate and private key belong together',
        pattern: '-----BEGIN CERTIFICATE-----',
        maxLength: 8192,
        'x-credential': true,
      }),
    ),
    merchantPrivateKeyPem: Type.String({
      title: '商户私钥 / Merchant private key (PEM)',
      minLength: 100,
      maxLength: 8192,
      'x-secret': true,
    }),
    apiV3Key: Type.String({ title: 'APIv3 密钥 / APIv3 key', pattern: '^[\\x21-\\x7e]{32}$', 'x-secret': true }),
    verification: VerificationSchema,
    baseUrl: Type.Optional(
      Type.String({ title: '接口地址 / API address', pattern: HOST_PATTERN, default: 'https://api.mch.weixin.qq.com' }),
    ),
    disasterRecoveryUrl: Type.Optional(
      Type.String({
        title: '备用接口地址 / Disaster recovery address',
        description: 'https://api2.mch.weixin.qq.com; asked when the main address cannot be reached, and on every second attempt',
        pattern: HOST_PATTERN,
      }),
    ),
    notifyBaseUrl: Type.Optional(
      Type.String({
        title: '通知地址 / Notification address',
        description: 'Public address in front of this platform. A notification address that is only a path is completed with it.',
        pattern: '^https?://[^?#]{1,200}$',
      }),
    ),
  },
  closedObject,
);
export type WechatPaySettings = Static<typeof WechatPaySettingsSchema>;

export const MAIN_URL = 'https://api.mch.weixin.qq.com';
