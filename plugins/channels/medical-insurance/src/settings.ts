import { Type, type Static } from 'typebox';

const closedObject = { additionalProperties: false } as const;

/** The centre is reached over a private line, often by plain http: the line is the lock, and most provinces offer no other. */
const ADDRESS_PATTERN = '^https?://[A-Za-z0-9.-]+(:\\d{1,5})?/?$';
const PATH_PATTERN = '^/[A-Za-z0-9_./{}-]{1,200}$';
const CODE_PATTERN = '^[0-9A-Za-z_-]{1,40}$';
const Path = (path: string) => Type.String({ pattern: PATH_PATTERN, default: path });
/** The paths four provinces use. */
const MOBILE_PATHS = {
  '6201': '/org/local/api/hos/uldFeeInfo',
  '6202': '/org/local/api/hos/pay_order',
  '6203': '/org/local/api/hos/refund_Order',
  '6301': '/org/local/api/hos/query_order_info',
  '6401': '/org/local/api/hos/revoke_order',
} as const;
export type MobileTransaction = keyof typeof MOBILE_PATHS;
const Codes = (title: string, defaults: readonly string[]) => Type.Optional(Type.Array(Type.String({ pattern: CODE_PATTERN }), { title, maxItems: 40, default: [...defaults] }));

export const MedicalInsuranceSettingsSchema = Type.Object(
  {
    profile: Type.Union([Type.Literal('inPerson'), Type.Literal('mobile')], { title: '接入方式 / Profile', description: 'inPerson：定点医药机构接口（2207 …）；mobile：医保移动支付（6201 …） / inPerson: interface of appointed institutions (2207 …); mobile: mobile payment (6201 …)' }),
    institutionCode: Type.String({ title: '定点医药机构编号 / Institution code', description: '定点医药机构编号 fixmedins_code，写入每条报文与消息 / fixmedins_code, named in every message and piece of news', pattern: '^[0-9A-Z]{12}$' }),
    institutionName: Type.String({ title: '定点医药机构名称 / Institution name', minLength: 1, maxLength: 100 }),
    baseUrl: Type.String({ title: '医保前置地址 / Address of the centre', pattern: ADDRESS_PATTERN }),
    keepDays: Type.Optional(Type.Integer({ title: '记录保留天数 / Days records are kept', description: '预结算与各次请求的保存期；退款所需数据按 refundDays 保存 / Pre-settlements and attempts; what a refund needs is kept for refundDays', minimum: 3, maximum: 400, default: 8 })),
    refundDays: Type.Optional(Type.Integer({ title: '可退费天数 / Days a settlement can be refunded', description: '到期后删除 2208、6203、6301 所需的人员编号与凭证 / Numbers of the person and vouchers that 2208, 6203 and 6301 want are forgotten after it', minimum: 3, maximum: 1_100, default: 180 })),

    regionCode: Type.Optional(Type.String({ title: '就医地区划 / Place of treatment', description: '就医地医保区划 mdtrtarea_admvs / mdtrtarea_admvs', pattern: '^[0-9]{6}$' })),
    systemCode: Type.Optional(Type.String({ title: '接收方系统代码 / Receiving system', description: '接收方系统代码 recer_sys_code / recer_sys_code', pattern: '^[0-9A-Za-z_-]{1,10}$', default: 'FSI_LOCAL' })),
    operator: Type.Optional(
      Type.Object({ type: Type.Union([Type.Literal('1'), Type.Literal('2'), Type.Literal('3')]), no: Type.String({ pattern: '^[0-9A-Za-z_-]{1,30}$' }), name: Type.String({ minLength: 1, maxLength: 50 }) }, { ...closedObject, title: '默认经办人 / Operator', description: '1 医院经办人，2 自助终端，3 移动终端；有窗口收费员时以其工号为准 / 1 staff, 2 self-service, 3 mobile; its number gives way to the person at the window' }),
    ),
    signIn: Type.Optional(Type.Union([Type.Literal('daily'), Type.Literal('never')], { title: '签到 / Sign-in (9001)', default: 'daily' })),
    requestPath: Type.Optional(
      Type.String({ title: '请求路径 / Request path', description: '各交易路径不同时，{infno} 代表交易编号 / {infno} stands for the transaction where each has a path of its own', pattern: PATH_PATTERN, default: '/mbs/fmi/fsi/api/callFsiService/callService' }),
    ),
    headerSigner: Type.Optional(
      Type.Union([Type.Literal('tif'), Type.Literal('hsaf'), Type.Literal('oauth'), Type.Literal('none')], { title: '网关签名 / Header signature', description: 'tif：x-tif-signature；hsaf：HMAC-SHA1；oauth：令牌。默认 tif，移动支付默认不用 / tif: x-tif-signature; hsaf: HMAC-SHA1; oauth: bearer token. Default tif, for mobile payment none' }),
    ),
    gatewayId: Type.Optional(Type.String({ title: '网关账号 / Gateway account', 'x-credential': true, description: 'x-tif-paasid、_api_access_key 或 OAuth 客户端标识 / x-tif-paasid, _api_access_key or OAuth client id', pattern: '^[\\x21-\\x7e]{1,64}$' })),
    gatewaySecret: Type.Optional(Type.String({ title: '网关密钥 / Gateway secret', pattern: '^[\\x21-\\x7e]{4,128}$', 'x-secret': true })),
    gatewayUser: Type.Optional(Type.String({ title: 'OAuth 用户名 / OAuth user', maxLength: 64 })),
    gatewayPassword: Type.Optional(Type.String({ title: 'OAuth 密码 / OAuth password', maxLength: 128, 'x-secret': true })),
    gatewayApiName: Type.Optional(Type.String({ title: 'HSAF 接口名 / HSAF API name', description: '{infno} 代表交易编号 / {infno} stands for the transaction', maxLength: 64, default: '{infno}' })),
    bodyCipher: Type.Optional(Type.Union([Type.Literal('plain'), Type.Literal('sm4')], { title: '报文加密 / Body', description: 'sm4：input 以 SM4 加密，cainfo 以 SM2 签名 / sm4: input sealed by SM4, cainfo signed by SM2', default: 'plain' })),
    clientId: Type.Optional(Type.String({ title: '加密客户号 / Client id of the cipher', 'x-credential': true, description: '前 16 字节为 SM4 密钥；同时用作 SM2 用户标识 / Its first 16 bytes are the SM4 key; it is the SM2 user id', pattern: '^[\\x21-\\x7e]{16,64}$' })),
    signingPrivateKey: Type.Optional(Type.String({ title: 'SM2 私钥 / SM2 private key', description: '32 字节，十六进制或 base64 / 32 bytes, hex or base64', pattern: '^([0-9A-Fa-f]{64}|[A-Za-z0-9+/]{43}=)$', 'x-secret': true })),
    centrePublicKey: Type.Optional(Type.String({ title: '医保中心 SM2 公钥 / SM2 public key of the centre', 'x-credential': true, description: '用它验证应答签名（bodyCipher 为 sm4、profile 为 mobile 时） / Answers are verified by it (bodyCipher sm4, profile mobile)', pattern: '^(04[0-9A-Fa-f]{128}|[A-Za-z0-9+/]{87}=)$' })),
    answerSignature: Type.Optional(Type.Union([Type.Literal('checked'), Type.Literal('none')], { title: '应答验签 / Signature of answers (sm4)', description: '中心不签名时选 none：其应答只能凭就诊信息对应 / none where the centre does not sign: its answers are then only tied to the visit they speak of', default: 'checked' })),

    amountForm: Type.Optional(Type.Union([Type.Literal('number'), Type.Literal('text')], { title: '金额写法 / How amounts are written', default: 'number' })),
    settlementLookup: Type.Optional(Type.Union([Type.Literal('5203'), Type.Literal('5201'), Type.Literal('5261'), Type.Literal('5262'), Type.Literal('none')], { title: '结算信息查询 / Settlement look-up', description: 'none：结果未知的结算不查询，直接以 2601 冲正 / none: an unknown settlement is reversed by 2601 without looking', default: '5203' })),
    reverseAfterMs: Type.Optional(Type.Integer({ title: '冲正或重发前等待毫秒数 / Wait before a reversal or a repeat', description: '结果未知的结算可能仍在处理中 / An unknown settlement may still be at work', minimum: 0, maximum: 3_600_000, default: 60_000 })),
    refusalCodes: Codes('明确失败的 infcode / infcodes that refuse for good', ['-1']),
    unknownMessages: Type.Optional(Type.Array(Type.String({ minLength: 2, maxLength: 60 }), { title: '视为结果未知的错误信息 / Messages that leave the result unknown', description: '网关用同一代码表示自身超时与拒绝 / A gateway tells its own time-out with the same code as a refusal', maxItems: 60, default: ['超时', 'timeout', 'timed out', '系统繁忙', '网络异常', '服务不可用', '系统异常', '时间戳', '验签', '签名'] })),
    reversesRegistration: Type.Optional(Type.Boolean({ title: '登记可冲正 / 2601 reverses a registration', description: '否则未得到应答的就诊登记（2201）将重新办理 / Otherwise a registration (2201) without an answer is made again', default: false })),
    familyAccount: Type.Optional(Type.Union([Type.Literal('inside'), Type.Literal('separate')], { title: '账户共济金额 / Family account', description: 'separate：acct_mulaid_pay 与 acct_pay 分列 / separate: acct_mulaid_pay is beside acct_pay', default: 'inside' })),
    fundParts: Type.Optional(Type.Union([Type.Literal('checked'), Type.Literal('unchecked')], { title: '基金分项核对 / Parts of the fund', description: 'checked：应答列出各项基金时，合计须等于基金支付总额 / checked: the fund must equal the sum of its parts where the answer names them', default: 'checked' })),
    feesPerUpload: Type.Optional(Type.Integer({ title: '每次上传明细条数 / Fees in one upload', minimum: 1, maximum: 500, default: 50 })),
    settlementWay: Type.Optional(Type.String({ title: '个人结算方式 / psn_setlway', pattern: CODE_PATTERN, default: '01' })),
    voucherTypes: Type.Optional(
      Type.Object({ electronicVoucher: Type.String({ pattern: CODE_PATTERN }), idCard: Type.String({ pattern: CODE_PATTERN }), socialCard: Type.String({ pattern: CODE_PATTERN }) }, { ...closedObject, title: '就诊凭证类型 / mdtrt_cert_type', default: { electronicVoucher: '01', idCard: '02', socialCard: '03' } }),
    ),
    refundsInTotals: Type.Optional(Type.Union([Type.Literal('net'), Type.Literal('separate')], { title: '总额对账中的退费 / Refunds in total reconciliation', description: 'separate：以 refd_setl_flag 分开查询 / separate: asked apart with refd_setl_flag', default: 'net' })),
    reconciliationGroups: Type.Optional(
      Type.Array(Type.Object({ insuranceType: Type.String({ pattern: CODE_PATTERN }), clearingType: Type.String({ pattern: CODE_PATTERN }), clearingOffice: Type.String({ pattern: CODE_PATTERN }) }, closedObject), {
        title: '每日必对的险种、清算类别、清算机构 / Reconciled every day',
        description: '险种、清算类别、清算经办机构；当日没有结算也会查询。默认：职工（310）与居民（390）、门诊（11）、regionCode 的经办机构 / insutype, clr_type, clr_optins; asked also on a day we settled nothing of. Default: employees (310) and residents (390), outpatient (11), the office of regionCode',
        maxItems: 40,
      }),
    ),
    reconciliationResults: Type.Optional(
      Type.Object(
        { equal: Type.Array(Type.String()), onlyCentre: Type.Array(Type.String()), onlyHospital: Type.Array(Type.String()), different: Type.Array(Type.String()) },
        { ...closedObject, title: '对账结果代码 / stmt_rslt', default: { equal: ['0'], onlyCentre: ['101'], onlyHospital: ['102'], different: ['103'] } },
      ),
    ),

    mobileAppId: Type.Optional(Type.String({ title: '移动支付 appId / Mobile appId', pattern: '^[\\x21-\\x7e]{16,64}$' })),
    mobileAppSecret: Type.Optional(Type.String({ title: '移动支付 appSecret / Mobile appSecret', pattern: '^[\\x21-\\x7e]{16,128}$', 'x-secret': true })),
    mobilePrivateKey: Type.Optional(Type.String({ title: '移动支付 SM2 私钥 / Mobile SM2 private key', description: '32 字节，十六进制或 base64 / 32 bytes, hex or base64', pattern: '^([0-9A-Fa-f]{64}|[A-Za-z0-9+/]{43}=)$', 'x-secret': true })),
    mobileSm2UserId: Type.Optional(Type.Union([Type.Literal('appSecret'), Type.Literal('standard')], { title: 'SM2 用户标识 / SM2 user id', description: '通用值为 1234567812345678 / standard: 1234567812345678', default: 'appSecret' })),
    mobileVersion: Type.Optional(Type.String({ title: '报文版本 / Envelope version', pattern: '^[0-9.]{1,8}$', default: '2.0.1' })),
    mobileTimestamp: Type.Optional(Type.Union([Type.Literal('digits'), Type.Literal('milliseconds')], { title: '时间戳写法 / Timestamp', description: '数字：yyyyMMddHHmmss / digits: yyyyMMddHHmmss', default: 'digits' })),
    mobileBodyCipher: Type.Optional(Type.Union([Type.Literal('sm4'), Type.Literal('plain')], { title: '移动支付报文加密 / Mobile body', description: 'plain：签名，不加密 / plain: signed and not sealed', default: 'sm4' })),
    mobilePaths: Type.Optional(
      Type.Object(
        { '6201': Path(MOBILE_PATHS['6201']), '6202': Path(MOBILE_PATHS['6202']), '6203': Path(MOBILE_PATHS['6203']), '6301': Path(MOBILE_PATHS['6301']), '6401': Path(MOBILE_PATHS['6401']) },
        { ...closedObject, title: '移动支付路径 / Mobile paths' },
      ),
    ),
    mobileSuccessCodes: Codes('成功的 code / Codes of success', ['0']),
    feeType: Type.Optional(Type.String({ title: '费用类型 / feeType', description: '01 门诊，02 住院 / 01 outpatient, 02 inpatient', pattern: CODE_PATTERN, default: '01' })),
    mobileToleranceMs: Type.Optional(Type.Integer({ title: '通知时间误差 / Age of a notice', minimum: 1_000, maximum: 86_400_000, default: 300_000 })),
  },
  closedObject,
);
export type MedicalInsuranceSettings = Static<typeof MedicalInsuranceSettingsSchema>;

/** Defaults filled in. */
export function completeSettings(settings: MedicalInsuranceSettings) {
  return {
    keepDays: 8,
    refundDays: 180,
    systemCode: 'FSI_LOCAL',
    operator: { type: '1' as const, no: 'hospay', name: 'Hospay' },
    signIn: 'daily' as const,
    requestPath: '/mbs/fmi/fsi/api/callFsiService/callService',
    headerSigner: settings.profile === 'mobile' ? ('none' as const) : ('tif' as const),
    gatewayApiName: '{infno}',
    bodyCipher: 'plain' as const,
    answerSignature: 'checked' as const,
    amountForm: 'number' as const,
    settlementLookup: '5203' as const,
    reverseAfterMs: 60_000,
    refusalCodes: ['-1'],
    unknownMessages: ['超时', 'timeout', 'timed out', '系统繁忙', '网络异常', '服务不可用', '系统异常', '时间戳', '验签', '签名'],
    reversesRegistration: false,
    familyAccount: 'inside' as const,
    fundParts: 'checked' as const,
    feesPerUpload: 50,
    settlementWay: '01',
    voucherTypes: { electronicVoucher: '01', idCard: '02', socialCard: '03' },
    refundsInTotals: 'net' as const,
    reconciliationGroups: settings.regionCode === undefined ? [] : ['310', '390'].map((insuranceType) => ({ insuranceType, clearingType: '11', clearingOffice: settings.regionCode ?? '' })),
    reconciliationResults: { equal: ['0'], onlyCentre: ['101'], onlyHospital: ['102'], different: ['103'] },
    mobileSm2UserId: 'appSecret' as const,
    mobileVersion: '2.0.1',
    mobileTimestamp: 'digits' as const,
    mobileBodyCipher: 'sm4' as const,
    mobilePaths: MOBILE_PATHS,
    mobileSuccessCodes: ['0'],
    feeType: '01',
    mobileToleranceMs: 300_000,
    ...settings,
  };
}
export type CompleteSettings = ReturnType<typeof completeSettings>;
