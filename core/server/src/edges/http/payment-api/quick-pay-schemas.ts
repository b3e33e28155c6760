/** The shapes of quick pay (快捷支付) in the payment API. */
import { CARD_KINDS, CardHolderSchema } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';
import { AGREEMENT_STATES } from '../../../domain/agreement-states.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const Instant = Type.String({ description: 'RFC 3339' });
const Name = (description: string) => Type.String({ minLength: 1, maxLength: 64, pattern: '^[0-9A-Za-z_.:-]+$', description });
const UserId = Name('应用内的用户标识；没有账户体系的应用用患者标识 / The application\'s own id of its user; the patientId where it has none');
const Code = Type.String({ pattern: '^[0-9]{4,8}$', description: '短信验证码 / Code of the short message' });
const Password = Type.String({ minLength: 1, maxLength: 32, pattern: '^[!-~]+$', description: '支付密码，六位数字 / Payment password, six digits' });

export const AgreementNoSchema = Type.String({ minLength: 8, maxLength: 32, pattern: '^[0-9A-Za-z]+$', description: '协议号 / Agreement number' });
export const UserQuerySchema = Type.Object({ userId: UserId }, { additionalProperties: false });

const CardHolder = Type.Object(CardHolderSchema.properties, { ...named('CardHolder'), description: '四要素：仅用于本次调用，加密转交银行，不保存、不写日志 / Name, identity number, card number, mobile: for this call alone, encrypted to the bank, never kept or logged' });
export const CardBindingRequestSchema = Type.Object({ userId: UserId, cardHolder: CardHolder }, named('CardBindingRequest'));
export const CodeRequestSchema = Type.Object({ userId: UserId, code: Code }, named('BindingCode'));
export const UserRequestSchema = Type.Object({ userId: UserId }, named('HolderOfCard'));

export const BoundCardAnswerSchema = Type.Object(
  {
    agreementNo: Type.String(),
    state: Type.Enum(AGREEMENT_STATES, { description: '`confirming`、`ending`：结果未知，稍后查询 / no definite answer yet: ask again' }),
    bankName: Type.Optional(Type.String()),
    cardKind: Type.Optional(Type.Enum(CARD_KINDS, { description: '借记卡、贷记卡' })),
    lastFour: Type.Optional(Type.String({ description: '卡号后四位 / Last four digits' })),
    requestedAt: Instant,
    codeExpiresAt: Type.Optional(Instant),
    boundAt: Type.Optional(Instant),
  },
  named('BoundCard'),
);
export const BoundCardListSchema = Type.Object({ cards: Type.Array(BoundCardAnswerSchema) }, named('BoundCardList'));

export const PaymentPasswordAnswerSchema = Type.Object({ isSet: Type.Boolean(), setAt: Type.Optional(Instant), lockedUntil: Type.Optional(Instant) }, named('PaymentPassword'));
export const NewPaymentPasswordSchema = Type.Object({ userId: UserId, newPassword: Password }, named('NewPaymentPassword'));
export const PaymentPasswordChangeSchema = Type.Object({ userId: UserId, password: Password, newPassword: Password }, named('PaymentPasswordChange'));
export const HolderCheckRequestSchema = Type.Object({ userId: UserId, agreementNo: AgreementNoSchema, cardHolder: CardHolder }, named('HolderCheckRequest'));
export const HolderCheckAnswerSchema = Type.Object({ checkNo: Type.String(), expiresAt: Instant }, named('HolderCheck'));
export const PaymentPasswordResetSchema = Type.Object({ userId: UserId, checkNo: AgreementNoSchema, code: Code, newPassword: Password }, named('PaymentPasswordReset'));

export const QuickPaymentRequestSchema = Type.Object(
  {
    userId: UserId,
    agreementNo: AgreementNoSchema,
    quoteId: Name('Quote to pay'),
    amountFen: Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: '等于预结算的 selfPayFen / Must equal the quote\'s selfPayFen' }),
    password: Type.Optional(Password),
    description: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
    clientIp: Type.Optional(Type.String({ maxLength: 45, pattern: '^[0-9A-Fa-f:.]+$' })),
  },
  { ...named('QuickPaymentRequest'), description: '不带支付密码为小额免密 / Without a password: a small amount, where the hospital allows it' },
);
export const PaymentCodeBodySchema = Type.Object({ code: Code }, named('PaymentCode'));

/** The shapes by their names in the document. */
export type QuickPayApiShapes = {
  readonly CardBindingRequest: Static<typeof CardBindingRequestSchema>;
  readonly BoundCard: Static<typeof BoundCardAnswerSchema>;
  readonly PaymentPassword: Static<typeof PaymentPasswordAnswerSchema>;
  readonly NewPaymentPassword: Static<typeof NewPaymentPasswordSchema>;
  readonly PaymentPasswordChange: Static<typeof PaymentPasswordChangeSchema>;
  readonly HolderCheckRequest: Static<typeof HolderCheckRequestSchema>;
  readonly HolderCheck: Static<typeof HolderCheckAnswerSchema>;
  readonly PaymentPasswordReset: Static<typeof PaymentPasswordResetSchema>;
  readonly QuickPaymentRequest: Static<typeof QuickPaymentRequestSchema>;
};
