/** What windows and doctor stations are shown beyond a kiosk, as schemas. Equal to the terminal SDK's shapes (a test proves it). */
import { Type, type Static } from 'typebox';
import { CONFIRMATION_STATES } from '../domain/confirmation-states.js';
import { ORDER_BUSINESSES } from '../domain/order.js';
import { PAYMENT_STATES } from '../domain/payment-states.js';
import { ROLES } from '../users/ports.js';
import type { Shown } from './views.js';

const closed = { additionalProperties: false } as const;
const Fen = Type.Integer({ minimum: 0, maximum: 1_000_000_000 });
const Text = Type.String();

export const OperatorChallengeSchema = Type.Object({ nonce: Text, salt: Text, log2Cost: Type.Integer(), blockSize: Type.Integer(), parallel: Type.Integer() }, closed);
export const OperatorViewSchema = Type.Object({ operatorNo: Text, displayName: Text, roles: Type.Array(Type.Enum(ROLES)), signedInAt: Text, idleSeconds: Type.Integer() }, closed);
export const CurrentOperatorSchema = Type.Object({ operator: Type.Optional(OperatorViewSchema) }, closed);

/** One order as "was it paid?" (交费查询) lists it, whoever took it: the name masked, no number of a person. */
export const FoundOrderSchema = Type.Object(
  {
    tradeNo: Text, createdAt: Text, patientLabel: Text, description: Text, business: Type.Optional(Type.Enum(ORDER_BUSINESSES)), amountFen: Fen, takenBy: Text, confirmation: Type.Enum(CONFIRMATION_STATES), receiptNo: Type.Optional(Text),
    payments: Type.Array(Type.Object({ channel: Text, method: Text, amountFen: Fen, state: Type.Enum(PAYMENT_STATES), paidAt: Type.Optional(Text), channelTradeNo: Type.Optional(Text) }, closed)),
    refundedFen: Fen, refundingFen: Fen,
  },
  closed,
);
export type FoundOrder = Shown<Static<typeof FoundOrderSchema>>;
