/** The gateway's messages, as `core/docs/quick-pay-gateway.md` gives them. They are open: fields may be added. */
import { CARD_KINDS } from '@hospay/plugin-sdk';
import { Type, type Static, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

const Fen = Type.Integer({ minimum: 1, maximum: 10_000_000_000 });
const Time = Type.String({ format: 'date-time' });
const Number = Type.String({ minLength: 1, maxLength: 64 });

const Order = Type.Object({
  merchantNo: Type.String(),
  orderNo: Number,
  amountFen: Fen,
  state: Type.Enum(['AWAITING_CODE', 'PAID', 'CLOSED', 'FAILED']),
  gatewayTradeNo: Type.Optional(Number),
  paidAt: Type.Optional(Time),
  bankName: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
  failureCode: Type.Optional(Type.String({ pattern: '^[A-Z_]{1,40}$' })),
});
export type Order = Static<typeof Order>;

const Refund = Type.Object({
  merchantNo: Type.String(),
  orderNo: Number,
  refundNo: Number,
  refundFen: Fen,
  state: Type.Enum(['PROCESSING', 'DONE', 'CLOSED', 'BLOCKED']),
  gatewayRefundNo: Type.Optional(Number),
  doneAt: Type.Optional(Time),
});
export type Refund = Static<typeof Refund>;

const Binding = Type.Object({
  bindingNo: Number,
  state: Type.Enum(['CODE_SENT', 'BOUND', 'VERIFIED', 'ENDED']),
  codeExpiresAt: Type.Optional(Time),
  token: Type.Optional(Type.String({ minLength: 8, maxLength: 128 })),
  bankName: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
  cardKind: Type.Optional(Type.Enum(CARD_KINDS)),
  lastFour: Type.Optional(Type.String({ pattern: '^[0-9]{4}$' })),
});
export type Binding = Static<typeof Binding>;

const accepted = <Fields extends Record<string, TSchema>>(fields: Fields) => Compile(Type.Object({ result: Type.Literal('OK'), ...fields }));
export const OrderAnswer = accepted({ order: Order });
export const RefundAnswer = accepted({ refund: Refund });
export const BindingAnswer = accepted({ binding: Binding });
export const AgreementAnswer = accepted({ agreement: Type.Object({ token: Type.String(), state: Type.Enum(['ACTIVE', 'ENDED']) }) });
export const RefusalAnswer = Compile(Type.Object({ result: Type.Literal('REFUSED'), code: Type.String({ pattern: '^[A-Z_]{1,40}$' }), message: Type.String({ maxLength: 200 }) }));
export const Notice = Compile(Type.Object({ eventId: Type.String({ minLength: 1, maxLength: 64 }), order: Type.Optional(Order), refund: Type.Optional(Refund) }));
export const StatementAnswer = accepted({
  rows: Type.Array(Type.Object({ kind: Type.Enum(['PAY', 'REFUND']), orderNo: Number, refundNo: Type.Optional(Number), gatewayTradeNo: Number, gatewayRefundNo: Type.Optional(Number), amountFen: Fen, feeMilliFen: Type.Integer(), at: Time })),
  paidFen: Type.Integer({ minimum: 0 }),
  refundedFen: Type.Integer({ minimum: 0 }),
});

export type Operation =
  | '/v1/bindings/request' | '/v1/bindings/confirm' | '/v1/bindings/query' | '/v1/agreements/unbind' | '/v1/agreements/query'
  | '/v1/payments' | '/v1/payments/confirm' | '/v1/payments/query' | '/v1/payments/close' | '/v1/refunds' | '/v1/refunds/query' | '/v1/statements';
export type Meaning = 'declined' | 'elementsDisagree' | 'cardUnsupported' | 'tooManyCodes' | 'codeWrong' | 'codeExpired' | 'ended' | 'notFound' | 'alreadyPaid' | 'closed' | 'empty' | 'unlisted';

/** What each refusal proves, operation by operation. A code that is not here proves nothing. */
export const REFUSALS: Readonly<Record<Operation, Readonly<Record<string, Meaning>>>> = {
  '/v1/bindings/request': { ELEMENTS_DISAGREE: 'elementsDisagree', CARD_NOT_SUPPORTED: 'cardUnsupported', TOO_MANY_CODES: 'tooManyCodes', MERCHANT_SUSPENDED: 'declined', AGREEMENT_ENDED: 'declined' },
  '/v1/bindings/confirm': { CODE_WRONG: 'codeWrong', CODE_EXPIRED: 'codeExpired', BANK_REFUSED: 'declined', BINDING_ENDED: 'codeExpired' },
  '/v1/bindings/query': { BINDING_NOT_FOUND: 'notFound' },
  '/v1/agreements/unbind': { AGREEMENT_ENDED: 'ended' },
  '/v1/agreements/query': {},
  '/v1/payments': { MERCHANT_SUSPENDED: 'declined', AMOUNT_LIMIT: 'declined', AGREEMENT_ENDED: 'declined', BALANCE_SHORT: 'declined' },
  '/v1/payments/confirm': { CODE_WRONG: 'codeWrong', CODE_EXPIRED: 'codeExpired' },
  '/v1/payments/query': { ORDER_NOT_FOUND: 'notFound' },
  '/v1/payments/close': { ORDER_NOT_FOUND: 'notFound', ORDER_PAID: 'alreadyPaid', ORDER_CLOSED: 'closed' },
  '/v1/refunds': { REFUND_EXCEEDS: 'declined', ORDER_NOT_PAID: 'declined', ORDER_NOT_FOUND: 'declined' },
  '/v1/refunds/query': { REFUND_NOT_FOUND: 'notFound' },
  '/v1/statements': { NO_STATEMENT: 'empty' },
};

export function readJson<Shape>(shape: { Check(value: unknown): value is Shape }, body: Uint8Array): Shape | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return shape.Check(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
