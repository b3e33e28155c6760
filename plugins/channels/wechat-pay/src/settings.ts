import type { PaymentMethod } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';

const closedObject = { additionalProperties: false } as const;

/** The real host, or plain http to this machine only: the simulator. Anything else would send signed requests, or a secret, in the clear. */
const HOST = '(https://[A-Za-z0-9.-]+(:\\d{1,5})?|http://(127\\.0\\.0\\.1|localhost)(:\\d{1,5})?)';
const HOST_PATTERN = `^${HOST}/?$`;
const PAGE_PATTERN = `^${HOST}/[A-Za-z0-9/_-]{1,200}$`;

const appid = (title: string) => Type.String({ title, pattern: '^[0-9A-Za-z_-]{1,32}$' });

/** What this channel can offer. Which of them a merchant has is a matter of its contract with WeChat Pay. */
export const WECHAT_PAY_METHODS = ['nativeQr', 'jsapi', 'miniProgram', 'app', 'h5', 'paymentCode'] as const satisfies readonly PaymentMethod[];

/** The hospital as a sub-merchant of a service provider, whose number, app and keys the other settings then are (服务商模式). */
export const PartnerSchema = Type.Object(
  {
    subMchid: Type.String({ title: '子商户号 / Sub-merchant number', pattern: '^[0-9]{6,32}$' }),
    subAppid: Type.Optional(appid('子商户公众账号 ID / App id of the sub-merchant')),
    subMiniProgramAppid: Type.Optional(appid('子商户小程序 ID / Mini-program app id of the sub-merchant')),
    subMobileAppid: Type.Optional(appid('子商户移动应用 ID / Mobile app id of the sub-merchant')),
  },
  { ...closedObject, title: '服务商模式 / Service-provider mode' },
);

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

/** `order_type` of 医保混合收款. */
export const MED_INS_ORDER_TYPES = ['REG_PAY', 'DIAG_PAY', 'IN_HOSP_PAY', 'PHARMACY_PAY', 'INSURANCE_PAY', 'INT_REG_PAY', 'INT_RE_DIAG_PAY', 'INT_RX_PAY', 'MED_PAY', 'COVID_EXAM_PAY', 'COVID_ANTIGEN_PAY'] as const;

/** The hospital as a medical institution. With it, pages and mini-programs settle the insurance together with the payment. */
export const MedicalInsuranceSchema = Type.Object(
  {
    cityId: Type.String({ title: '城市 ID / City id', description: '由腾讯随合同给出 / Given out by Tencent with the contract', pattern: '^[0-9A-Za-z]{1,8}$' }),
    institutionName: Type.String({ title: '医疗机构名称 / Institution', minLength: 1, maxLength: 128 }),
    institutionNo: Type.String({ title: '医疗机构编码 / Institution number', pattern: '^[0-9A-Za-z_-]{1,32}$' }),
    orderType: Type.Optional(Type.Enum(MED_INS_ORDER_TYPES, { title: '业务类型 / Kind of order', default: 'DIAG_PAY' })),
    location: Type.Optional(Type.String({ title: '医院经纬度 / Where the hospital is', description: '经度,纬度：应用未报位置时使用 / longitude,latitude: told where the app names no place', pattern: '^-?\\d{1,3}(\\.\\d{1,8})?,-?\\d{1,2}(\\.\\d{1,8})?$' })),
    isTest: Type.Optional(Type.Boolean({ title: '医保局测试环境 / Test environment of the insurance', default: false })),
  },
  { ...closedObject, title: '医保混合收款 / Mixed payment with the medical insurance' },
);

export const WechatPaySettingsSchema = Type.Object(
  {
    mchid: Type.String({ title: '商户号 / Merchant number', pattern: '^[0-9]{6,32}$' }),
    appid: appid('公众账号 ID / App id'),
    miniProgramAppid: Type.Optional(appid('小程序 ID / Mini-program app id')),
    mobileAppid: Type.Optional(appid('移动应用 ID / Mobile app id')),
    partner: Type.Optional(PartnerSchema),
    methods: Type.Optional(
      Type.Array(Type.Enum(WECHAT_PAY_METHODS), { title: '支付方式 / Methods the merchant offers', minItems: 1, uniqueItems: true, default: ['nativeQr'] }),
    ),
    h5: Type.Optional(
      Type.Object(
        {
          type: Type.Optional(Type.String({ title: '场景类型 / Scene type', description: '产品目录写作 iOSAndroidWap，商户实际填 Wap、iOS 或 Android。 / The catalogue shows iOSAndroidWap, merchants send Wap, iOS or Android.', pattern: '^[0-9A-Za-z]{1,32}$', default: 'Wap' })),
          appName: Type.Optional(Type.String({ title: '应用名称 / Name of the site', maxLength: 64 })),
          appUrl: Type.Optional(Type.String({ title: '网站地址 / Address of the site', maxLength: 128 })),
        },
        { ...closedObject, title: 'H5 支付 / Payment in a mobile browser' },
      ),
    ),
    medicalInsurance: Type.Optional(MedicalInsuranceSchema),
    merchantCertificateSerial: Type.String({ title: '商户证书序列号 / Merchant certificate serial', pattern: '^[0-9A-Fa-f]{8,64}$', 'x-credential': true }),
    merchantCertificatePem: Type.Optional(
      Type.String({
        title: '商户证书 / Merchant certificate (PEM)',
        description: 'apiclient_cert.pem：平台据此得知到期日，并核对序列号、证书与私钥一致；撤销付款码支付时须向微信支付出示 / apiclient_cert.pem: with it the platform knows when it ends, and that serial, certificate and private key belong together; shown to WeChat Pay when a scanned payment is reversed',
        pattern: '-----BEGIN CERTIFICATE-----',
        maxLength: 8192,
        'x-secret': true,
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
    scannedCodeInterface: Type.Optional(
      Type.Union([Type.Literal('v2'), Type.Literal('v3')], {
        title: '付款码接口 / Interface for scanned codes',
        description: 'v2 需要 APIv2 密钥与商户证书；v3（codepay）由微信支付逐商户开通。 / v2 needs the APIv2 key and the merchant certificate; v3 (codepay) is opened by WeChat Pay merchant by merchant.',
        default: 'v2',
      }),
    ),
    apiV2Key: Type.Optional(Type.String({ title: 'APIv2 密钥 / APIv2 key', pattern: '^[\\x21-\\x7e]{32}$', 'x-secret': true })),
    v2SignType: Type.Optional(Type.Union([Type.Literal('HMAC-SHA256'), Type.Literal('MD5')], { title: 'APIv2 签名算法 / Signature of API v2', default: 'HMAC-SHA256' })),
    reverseAfterMs: Type.Optional(Type.Integer({ title: '撤销等待 / Shortest time from a charge to its reverse (ms)', minimum: 0, maximum: 600_000, default: 15_000 })),
    deviceIp: Type.Optional(Type.String({ title: '终端 IP / Address of terminals that name none', pattern: '^[0-9A-Fa-f.:]{2,45}$', default: '127.0.0.1' })),
    storeNo: Type.Optional(Type.String({ title: '门店编号 / Store number (v3)', description: '不填则以商户号代替。 / Without one the merchant number stands in.', minLength: 1, maxLength: 32 })),
    eCnyBankTypes: Type.Optional(
      Type.Array(Type.String({ pattern: '^[0-9A-Z_]{1,32}$' }), {
        title: '数字人民币付款银行 / bank_type of digital yuan',
        description: '这些付款银行类型按数字人民币统计。默认值未经核实，请用一笔实际支付核对。 / Payments of these bank types are reported as digital yuan. The default is unverified: compare it with a payment of your own.',
        default: ['ECNY'],
      }),
    ),
    appSecret: Type.Optional(
      Type.String({
        title: '公众号密钥 / App secret',
        description: '打开支付页的应用的 AppID，有子商户时为子商户的。设置后可识别微信内打开页面的付款人。 / Of the app that opens the payment page, the sub-merchant’s where it has one. With it the platform learns who pays in WeChat’s own browser.',
        pattern: '^[0-9A-Za-z]{16,64}$',
        'x-secret': true,
      }),
    ),
    authorizeUrl: Type.Optional(Type.String({ title: '网页授权地址 / Authorisation page', pattern: PAGE_PATTERN, default: 'https://open.weixin.qq.com/connect/oauth2/authorize' })),
    tokenUrl: Type.Optional(Type.String({ title: '授权换取地址 / Where its code is traded', pattern: PAGE_PATTERN, default: 'https://api.weixin.qq.com/sns/oauth2/access_token' })),
    verification: VerificationSchema,
    baseUrl: Type.Optional(
      Type.String({ title: '接口地址 / API address', pattern: HOST_PATTERN, default: 'https://api.mch.weixin.qq.com' }),
    ),
    disasterRecoveryUrl: Type.Optional(
      Type.String({
        title: '备用接口地址 / Disaster recovery address',
        description: '备用地址 https://api2.mch.weixin.qq.com：主地址连不通时以及每隔一次尝试时使用 / https://api2.mch.weixin.qq.com; asked when the main address cannot be reached, and on every second attempt',
        pattern: HOST_PATTERN,
      }),
    ),
    notifyBaseUrl: Type.Optional(
      Type.String({
        title: '通知地址 / Notification address',
        description: '平台的公网访问地址。只填路径的通知地址以它补全。 / Public address in front of this platform. A notification address that is only a path is completed with it.',
        pattern: '^https?://[^?#]{1,200}$',
      }),
    ),
  },
  closedObject,
);
export type WechatPaySettings = Static<typeof WechatPaySettingsSchema>;

export const MAIN_URL = 'https://api.mch.weixin.qq.com';
export const DEFAULT_AUTHORIZE_URL = 'https://open.weixin.qq.com/connect/oauth2/authorize';
export const DEFAULT_TOKEN_URL = 'https://api.weixin.qq.com/sns/oauth2/access_token';
/** Unverified: WeChat Pay publishes no bank type of digital yuan that could be checked here. */
export const DEFAULT_E_CNY_BANK_TYPES: readonly string[] = ['ECNY'];
