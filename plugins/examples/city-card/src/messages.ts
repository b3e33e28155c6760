/** The operator's messages, as its (invented) manual gives them. They are open: fields may be added. */
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

const Fen = Type.Integer({ minimum: 1, maximum: 10_000_000_000 });
const Time = Type.String({ format: 'date-time' });
const Number = Type.String({ minLength: 1, maxLength: 64 });

const Order = Type.Object({
  merchantNo: Type.String(),
  orderNo: Number,
  amountFen: Fen,
  state: Type.Enum(['OPEN', 'PAID', 'CLOSED']),
  cardTradeNo: Type.Optional(Number),
  paidAt: Type.Optional(Time),
  qr: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
});
export type Order = Static<typeof Order>;

const Refund = Type.Object({
  merchantNo: Type.String(),
  orderNo: Number,
  refundNo: Number,
  refundFen: Fen,
  state: Type.Enum(['PROCESSING', 'DONE', 'CLOSED', 'BLOCKED']),
  cardRefundNo: Type.Optional(Number),
  doneAt: Type.Optional(Time),
});
export type Refund = Static<typeof Refund>;

export const OrderAnswer = Compile(Type.Object({ result: Type.Literal('OK'), order: Order }));
export const RefundAnswer = Compile(Type.Object({ result: Type.Literal('OK'), refund: Refund }));
export const RefusalAnswer = Compile(Type.Object({ result: Type.Literal('REFUSED'), code: Type.String({ pattern: '^[A-Z_]{1,40}$' }), message: Type.String({ maxLength: 200 }) }));
export const Notice = Compile(Type.Object({ eventId: Type.String({ minLength: 1, maxLength: 64 }), order: Type.Optional(Order), refund: Type.Optional(Refund) }));

export const StatementAnswer = Compile(
  Type.Object({
    result: Type.Literal('OK'),
    rows: Type.Array(Type.Object({ kind: Type.Enum(['PAY', 'REFUND']), orderNo: Number, refundNo: Type.Optional(Number), cardTradeNo: Number, cardRefundNo: Type.Optional(Number), amountFen: Fen, at: Time })),
    paidFen: Type.Integer({ minimum: 0 }),
    refundedFen: Type.Integer({ minimum: 0 }),
  }),
);

/** What each refusal proves, operation by operation. A code that is not here proves nothing. */
export const REFUSALS: Readonly<Record<'create' | 'query' | 'close' | 'refund' | 'queryRefund' | 'statement', Readonly<Record<string, 'declined' | 'notFound' | 'alreadyPaid' | 'closed' | 'empty'>>>> = {
  create: { MERCHANT_SUSPENDED: 'declined', AMOUNT_LIMIT: 'declined' },
  query: { ORDER_NOT_FOUND: 'notFound' },
  close: { ORDER_NOT_FOUND: 'notFound', ORDER_PAID: 'alreadyPaid', ORDER_CLOSED: 'closed' },
  refund: { REFUND_EXCEEDS: 'declined', ORDER_NOT_PAID: 'declined', ORDER_NOT_FOUND: 'declined' },
  queryRefund: { REFUND_NOT_FOUND: 'notFound' },
  statement: { NO_STATEMENT: 'empty' },
};
export type Operation = keyof typeof REFUSALS;
export type Meaning = 'declined' | 'notFound' | 'alreadyPaid' | 'closed' | 'empty' | 'unlisted';

export function readJson<Shape>(shape: { Check(value: unknown): value is Shape }, body: Uint8Array): Shape | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return shape.Check(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
