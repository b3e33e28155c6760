/** The shapes of the payment API. They check what comes in, describe what goes out, and are the components of the OpenAPI document. */
import { BillLineSchema, BillSchema, CARD_TYPES, InsurancePayerSchema, InsuranceVoucherSchema, PAYMENT_METHODS, PresentationSchema } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';
import { CONFIRMATION_STATES } from '../../../domain/confirmation-states.js';
import { ORDER_BUSINESSES, REFUND_CAUSES } from '../../../domain/order.js';
import { PAYMENT_STATES } from '../../../domain/payment-states.js';
import { PRESETTLEMENT_STATES } from '../../../domain/presettlement-states.js';
import { INVOICE_STATES } from '../../../domain/invoice-states.js';
import { REFUND_STATES } from '../../../domain/refund-states.js';
import type { ErrorAnswerSchema } from '../http-kit/error-answer.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const AmountFen = Type.Integer({ minimum: 0, description: 'Integer fen (分)' });
const Instant = Type.String({ description: 'RFC 3339' });
const Name = (description: string) => Type.String({ minLength: 1, maxLength: 64, pattern: '^[0-9A-Za-z_.:-]+$', description });

export const PatientLabel = Type.Optional(Type.String({ minLength: 1, maxLength: 40, pattern: '\\*', description: '脱敏姓名（含 *） / Masked name, as the patient search gave it; a full name is refused' }));
const Description = Type.Optional(Type.String({ minLength: 1, maxLength: 120, description: '商品描述；默认按业务类型 / What the patient sees in the wallet; absent: by the business' }));

export const IdempotencyKeySchema = Type.String({
  minLength: 8,
  maxLength: 64,
  pattern: '^[0-9A-Za-z_.:-]+$',
  description: '幂等键：同一业务重试沿用原键 / The key of this piece of business: a retry repeats the key and the body',
});
export const KeyHeaderSchema = Type.Object({ 'idempotency-key': IdempotencyKeySchema }, { additionalProperties: false });

export const TradeNoSchema = Type.String({ minLength: 6, maxLength: 32, pattern: '^[0-9A-Za-z]+$', description: '平台订单号 / Platform order number' });
export const DaySchema = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: '北京日 / Beijing day, yyyy-MM-dd' });
export const RefundNoSchema = Type.String({ minLength: 6, maxLength: 64, pattern: '^[0-9A-Za-z]+$', description: '平台退款单号 / Platform refund number' });

export const PatientSearchSchema = Type.Object(
  { cardType: Type.Enum(CARD_TYPES), cardNo: Type.String({ minLength: 1, maxLength: 64, pattern: '^[^\\u0000-\\u001f]+$' }) },
  named('PatientSearch'),
);
export const PatientSchema = Type.Object(
  {
    patientId: Type.String(),
    name: Type.String({ description: '脱敏姓名 / Masked' }),
    sex: Type.Enum(['male', 'female', 'unknown'] as const),
    birthday: Type.Optional(Type.String()),
    idNo: Type.Optional(Type.String({ description: '脱敏 / Masked' })),
    cardNo: Type.Optional(Type.String({ description: '脱敏 / Masked' })),
    phone: Type.Optional(Type.String({ description: '脱敏 / Masked' })),
    feeCategory: Type.Optional(Type.String({ description: '费别 / Fee category' })),
  },
  named('Patient'),
);
export const PatientListSchema = Type.Object({ patients: Type.Array(PatientSchema) }, named('PatientList'));

export const BillsSearchSchema = Type.Object({ patientId: Name('Patient id as the patient search gave it') }, named('BillSearch'));
const ApiBillLineSchema = Type.Object(BillLineSchema.properties, named('BillLine'));
export const ApiBillSchema = Type.Object({ ...BillSchema.properties, lines: Type.Array(ApiBillLineSchema) }, named('Bill'));
export const BillListSchema = Type.Object({ bills: Type.Array(ApiBillSchema) }, named('BillList'));

export const QuoteRequestSchema = Type.Object(
  {
    patientId: Name('Patient id as the patient search gave it'),
    patientLabel: PatientLabel,
    billNos: Type.Array(Type.String({ minLength: 1, maxLength: 32 }), { minItems: 1, maxItems: 50 }),
  },
  named('QuoteRequest'),
);
const RoundingFen = Type.Integer({ description: '四舍五入（分，可为负）：totalFen + roundingFen = fundFen + personalAccountFen + selfPayFen；省略为无 / What the HIS rounded by, signed; absent: nothing' });
export const ApiQuoteSchema = Type.Object(
  {
    quoteId: Type.String(),
    billNos: Type.Array(Type.String()),
    totalFen: AmountFen,
    fundFen: AmountFen,
    personalAccountFen: AmountFen,
    selfPayFen: Type.Integer({ minimum: 0, description: '应付金额（分）：唯一可支付的金额 / The only amount that can be paid, in fen' }),
    roundingFen: Type.Optional(RoundingFen),
    validUntil: Instant,
  },
  named('Quote'),
);

const VoucherSchema = Type.Object(InsuranceVoucherSchema.properties, { ...named('InsuranceVoucher'), description: '医保电子凭证、身份证、社保卡或授权码 / What the patient shows; passed on, never kept' });
export const InsuredSearchSchema = Type.Object({ voucher: VoucherSchema, operatorId: Type.Optional(Name('Person at the window')) }, named('InsuredSearch'));
export const InsuredPersonViewSchema = Type.Object(
  {
    personNo: Type.String({ description: '医保人员编号 / The centre\'s number of the person' }),
    name: Type.String({ description: '脱敏姓名 / Masked' }),
    insurances: Type.Array(
      Type.Object({ type: Type.String({ description: '险种：310 职工、390 居民 … / 310 employees, 390 residents …' }), place: Type.String(), accountBalanceFen: Type.Optional(AmountFen), isActive: Type.Boolean() }, named('Insurance')),
    ),
  },
  named('InsuredPerson'),
);
export const PresettlementRequestBodySchema = Type.Object(
  {
    quoteId: Name('Quote to pre-settle; visit and fees come from the HIS'),
    voucher: VoucherSchema,
    personNo: Type.String({ minLength: 1, maxLength: 50 }),
    insuranceType: Type.String({ minLength: 1, maxLength: 50 }),
    insuredPlace: Type.Optional(Type.String({ pattern: '^[0-9]{6}$' })),
    usesAccount: Type.Boolean({ description: '是否使用个人账户 / Whether the personal account may be used' }),
    operatorId: Type.Optional(Type.String({ minLength: 1, maxLength: 30 })),
  },
  named('PresettlementRequest'),
);
export const PresettlementNoSchema = Type.String({ minLength: 6, maxLength: 30, pattern: '^[0-9A-Za-z]+$', description: '医保预结算号 / Number of the pre-settlement' });
export const PresettlementSchema = Type.Object(
  {
    presettlementNo: Type.String(),
    quoteId: Type.String(),
    state: Type.Enum(PRESETTLEMENT_STATES, { description: '`requested`、`unknown`：用同一幂等键再问 / ask again with the same key' }),
    totalFen: AmountFen,
    split: Type.Optional(
      Type.Object({ fundFen: AmountFen, accountFen: AmountFen, cashFen: AmountFen, insuredFen: Type.Integer({ minimum: 0, description: '基金 + 个人账户：医保付款的金额 / Fund and account together: what the insured payment takes' }) }, named('InsuranceSplit')),
    ),
    expiresAt: Instant,
    tradeNo: Type.Optional(Type.String()),
  },
  named('Presettlement'),
);

/** How and with what a payment is made: the same for the first of an order and for a further one. */
const TENDER = {
  method: Type.Enum(PAYMENT_METHODS),
  channel: Type.Optional(Name('Channel instance; absent: the platform chooses one that serves the method')),
  authCode: Type.Optional(Type.String({ minLength: 6, maxLength: 128, pattern: '^[0-9A-Za-z]+$', description: '付款码；method=paymentCode 时必填 / The scanned code; required for paymentCode' })),
  payerId: Type.Optional(Type.String({ minLength: 1, maxLength: 128, pattern: '^[0-9A-Za-z_-]+$', description: 'openid；jsapi、miniProgram 必填 / Required for jsapi and miniProgram' })),
  clientIp: Type.Optional(Type.String({ maxLength: 45, pattern: '^[0-9A-Fa-f:.]+$' })),
  operatorId: Type.Optional(Name('Person at the window')),
  tenderedFen: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: '现金实收（分）；method=cash / Cash counted in, at least the amount' })),
  presettlementNo: Type.Optional(Name('医保预结算号；medicalInsurance 必填，首笔 jsapi、miniProgram 带上即为医保混合收款 / Insurance pre-settlement: required for medicalInsurance; with a first payment by jsapi or miniProgram the wallet settles the insurance too')),
  returnUrl: Type.Optional(Type.String({ maxLength: 512, pattern: '^https?://', description: '支付后浏览器返回地址；h5、webPage / Where the browser goes afterwards; proves nothing' })),
};

const InsurancePayerBodySchema = Type.Object(
  { ...InsurancePayerSchema.properties, relative: Type.Optional(Type.Object(InsurancePayerSchema.properties.relative.properties, named('InsuredRelative'))) },
  { ...named('InsurancePayer'), description: '医保混合收款的付款人与授权码：加密转交钱包，不保存 / Who pays, and the authorisation of this payment: passed to the wallet encrypted, never kept' },
);

export const PaymentRequestSchema = Type.Object(
  {
    quoteId: Name('Quote to pay'),
    amountFen: Type.Integer({ minimum: 0, maximum: 1_000_000_000, description: '等于预结算的 selfPayFen（零自付为 0，不收款，只通知医院结算）；医保支付（presettlementNo）时等于 totalFen / Must equal the quote\'s selfPayFen (0: nothing is charged, the hospital is told to settle); its totalFen with a presettlementNo' }),
    tenderFen: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: '混合支付：本次付多少（分）；缺省为全额 / Mixed tender: what this first payment takes; absent: the whole' })),
    ...TENDER,
    insurancePayer: Type.Optional(InsurancePayerBodySchema),
    description: Description,
  },
  named('PaymentRequest'),
);

export const FurtherPaymentRequestSchema = Type.Object(
  {
    tenderFen: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: '本次付多少（分）；缺省为剩余全部 / What this payment takes; absent: all that is left' })),
    ...TENDER,
  },
  named('FurtherPaymentRequest'),
);

const PaymentSchema = Type.Object(
  {
    paymentNo: Type.String(),
    channel: Type.String(),
    method: Type.String(),
    amountFen: AmountFen,
    state: Type.Enum(PAYMENT_STATES, { description: '钱动了吗 / Did the money move? `unknown` is not a failure: query' }),
    presentation: Type.Optional(PresentationSchema),
    expiresAt: Instant,
    channelTradeNo: Type.Optional(Type.String()),
    paidAt: Type.Optional(Instant),
    insuranceSplit: Type.Optional(Type.Object({ fundFen: AmountFen, accountFen: AmountFen }, { ...named('PaidByInsurance'), description: '医保付款中基金与个人账户各付多少 / Who of the insurance pays it' })),
    refundableFen: Type.Integer({ minimum: 0, description: '可退金额（分） / What may still be refunded' }),
  },
  named('Payment'),
);
export const ApiRefundSchema = Type.Object(
  {
    refundNo: Type.String(),
    paymentNo: Type.String(),
    refundFen: AmountFen,
    state: Type.Enum(REFUND_STATES),
    cause: Type.Enum(REFUND_CAUSES),
    reason: Type.String(),
    requestedAt: Instant,
    refundedAt: Type.Optional(Instant),
  },
  named('Refund'),
);
export const OrderSchema = Type.Object(
  {
    tradeNo: Type.String(),
    version: Type.Integer({ minimum: 1, description: '版本号：旧版本不得覆盖新版本 / Grows with every change: older never overwrites newer' }),
    description: Type.String(),
    patientLabel: Type.String(),
    billNos: Type.Array(Type.String()),
    totalFen: AmountFen,
    fundFen: AmountFen,
    personalAccountFen: AmountFen,
    amountFen: AmountFen,
    roundingFen: Type.Optional(RoundingFen),
    business: Type.Optional(Type.Enum(ORDER_BUSINESSES, { description: '业务类型；省略为门诊缴费；selfTest 为控制台的一分钱自测 / Absent: bills; selfTest: one fen the console sent through a channel' })),
    presettlementNo: Type.Optional(Type.String({ description: '医保由平台结算：amountFen 为基金、个人账户与现金之和 / Insurance settled through the platform: amountFen is fund + account + cash' })),
    tender: Type.Optional(
      Type.Object(
        {
          paidFen: Type.Integer({ minimum: 0, description: '已付金额（分） / Paid so far and kept' }),
          until: Instant,
          isEnding: Type.Boolean({ description: 'true：不再接受付款，已付部分退回 / No further payment; what was paid goes back' }),
        },
        named('Tender'),
      ),
    ),
    createdAt: Instant,
    payments: Type.Array(PaymentSchema),
    confirmation: Type.Object(
      {
        state: Type.Enum(CONFIRMATION_STATES, { description: '医院知道了吗 / Does the hospital know?' }),
        settlementNo: Type.Optional(Type.String()),
        receiptNo: Type.Optional(Type.String()),
        pickupWindow: Type.Optional(Type.String()),
        guide: Type.Optional(Type.String()),
        queueNo: Type.Optional(Type.String({ description: '就诊序号 / Of a registration' })),
        place: Type.Optional(Type.String({ description: '就诊地点 / Where to go' })),
        confirmedAt: Type.Optional(Instant),
        receiptPrintedAt: Type.Optional(Instant),
      },
      named('Confirmation'),
    ),
    refunds: Type.Array(ApiRefundSchema),
    invoice: Type.Optional(
      Type.Object(
        {
          state: Type.Enum(INVOICE_STATES, { description: '电子票据状态 / Of the newest electronic invoice' }),
          amountFen: Type.Integer({ minimum: 0, description: '票面金额（分） / What it says' }),
          invoiceCode: Type.Optional(Type.String({ description: '票据代码' })),
          invoiceNo: Type.Optional(Type.String({ description: '票据号码' })),
          checkCode: Type.Optional(Type.String({ description: '校验码' })),
          url: Type.Optional(Type.String({ description: '查看地址 / Where it can be seen' })),
          issuedAt: Type.Optional(Instant),
        },
        named('Invoice'),
      ),
    ),
  },
  named('Order'),
);

export const RefundRequestBodySchema = Type.Object(
  {
    refundFen: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: '退款金额（分）；省略为全部可退 / Absent: all that is left' })),
    reason: Type.String({ minLength: 1, maxLength: 80 }),
    operatorId: Type.Optional(Name('退款的窗口收费员：计入其班次，现金从其钱箱支出 / Person at the window who hands it back: his shift, and of cash his till')),
  },
  named('RefundRequest'),
);
export const RefundAnswerSchema = Type.Object({ refund: ApiRefundSchema, order: OrderSchema }, named('RefundAnswer'));
/** Either a quote, or bills that are priced when the page is opened. */
export const CheckoutRequestSchema = Type.Union(
  [
    Type.Object({ quoteId: Name('Quote to pay: the code lives as long as the quote'), description: Description }, named('CheckoutOfQuote')),
    Type.Object(
      {
        patientId: Name('Patient id as the patient search gave it'),
        patientLabel: PatientLabel,
        billNos: Type.Array(Type.String({ minLength: 1, maxLength: 32 }), { minItems: 1, maxItems: 50 }),
        lifetimeSeconds: Type.Optional(Type.Integer({ minimum: 60, maximum: 86_400, description: '有效秒数；不超过当日 24:00（北京时间） / Never past the end of the Beijing day' })),
        description: Description,
      },
      named('CheckoutOfBills'),
    ),
  ],
  { title: 'CheckoutRequest' },
);
export const CheckoutNoSchema = Type.String({ minLength: 6, maxLength: 32, pattern: '^[0-9A-Za-z]+$', description: '聚合码编号 / Number of the aggregated code; not the code itself' });
export const IssuedCheckoutSchema = Type.Object(
  { checkoutNo: Type.String(), url: Type.String({ description: '二维码内容，仅返回这一次 / Text of the QR code, told this once' }), expiresAt: Instant },
  named('IssuedCheckout'),
);
export const CheckoutSchema = Type.Object(
  { checkoutNo: Type.String(), state: Type.Enum(['open', 'expired', 'revoked'] as const), expiresAt: Instant, order: Type.Optional(OrderSchema) },
  named('Checkout'),
);
export const TimeSchema = Type.Object({ now: Instant, epochSeconds: Type.Integer() }, named('Time'));

/** What an application is sent at its notify address. */
export const OrderNotificationSchema = Type.Object(
  {
    eventId: Type.String({ description: '同一事件重发时不变 / The same for every repeat of this event' }),
    kind: Type.Literal('order'),
    version: Type.Integer({ minimum: 1 }),
    order: OrderSchema,
  },
  named('OrderNotification'),
);

/** The shapes as types. The SDK's own types are proven equal to these. */
export type PaymentApiShapes = {
  readonly PatientSearch: Static<typeof PatientSearchSchema>;
  readonly Patient: Static<typeof PatientSchema>;
  readonly BillSearch: Static<typeof BillsSearchSchema>;
  readonly Bill: Static<typeof ApiBillSchema>;
  readonly QuoteRequest: Static<typeof QuoteRequestSchema>;
  readonly Quote: Static<typeof ApiQuoteSchema>;
  readonly InsuredSearch: Static<typeof InsuredSearchSchema>;
  readonly InsuredPerson: Static<typeof InsuredPersonViewSchema>;
  readonly PresettlementRequest: Static<typeof PresettlementRequestBodySchema>;
  readonly Presettlement: Static<typeof PresettlementSchema>;
  readonly PaymentRequest: Static<typeof PaymentRequestSchema>;
  readonly FurtherPaymentRequest: Static<typeof FurtherPaymentRequestSchema>;
  readonly Order: Static<typeof OrderSchema>;
  readonly RefundRequest: Static<typeof RefundRequestBodySchema>;
  readonly RefundAnswer: Static<typeof RefundAnswerSchema>;
  readonly CheckoutRequest: Static<typeof CheckoutRequestSchema>;
  readonly IssuedCheckout: Static<typeof IssuedCheckoutSchema>;
  readonly Checkout: Static<typeof CheckoutSchema>;
  readonly Time: Static<typeof TimeSchema>;
  readonly OrderNotification: Static<typeof OrderNotificationSchema>;
  readonly ErrorAnswer: Static<typeof ErrorAnswerSchema>;
};
