/** The shapes of what one merchant (商户) is told of its money: by its console and, the same, by the payment API. */
import { Type, type Static, type TSchema } from 'typebox';
import { ARRIVAL_KINDS } from '../../../domain/arrival.js';
import { CONFIRMATION_STATES } from '../../../domain/confirmation-states.js';
import { REFUND_CAUSES } from '../../../domain/order.js';
import { PAYMENT_STATES } from '../../../domain/payment-states.js';
import { REFUND_STATES } from '../../../domain/refund-states.js';
import { BATCH_STATES } from '../../../domain/settlement-batch.js';
import { FIGURE_PERIODS } from '../../../merchants/ports.js';
import { EXPECTED_STATES } from '../../../settlement/ports.js';
import { DaySchema, TradeNoSchema } from './schemas.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const closed = { additionalProperties: false } as const;
const Text = Type.String();
const Instant = Type.String({ description: 'RFC 3339, UTC' });
const Fen = Type.Integer({ description: '整数分 / Integer fen' });
const Count = Type.Integer({ minimum: 0 });
const Maybe = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema);

/** There is no field for a merchant: it is the caller's. */
export const MerchantPaymentQuery = Type.Object(
  {
    fromDay: Maybe(DaySchema), toDay: Maybe(DaySchema), state: Maybe(Type.Enum(PAYMENT_STATES)),
    number: Maybe(Type.String({ minLength: 1, maxLength: 64, pattern: '^[^\\u0000-\\u001f]+$', description: '订单号、支付流水号、退款流水号或渠道流水号 / Of an order, a payment, a refund, or the channel\'s own; the other filters then say nothing' })),
    after: Maybe(Type.String({ maxLength: 128, description: '上一页的 next / `next` of the page before' })), limit: Maybe(Type.Integer({ minimum: 1, maximum: 100 })),
  },
  closed,
);
export const MerchantOrderPath = Type.Object({ tradeNo: TradeNoSchema }, closed);
const PAYMENT = {
  paymentNo: Text, submittedAt: Instant, channel: Text, method: Text, state: Type.Enum(PAYMENT_STATES), amountFen: Fen, refundedFen: Fen, refundingFen: Fen, paidAt: Maybe(Instant), billDay: Maybe(Type.String({ description: '账单日 / The bill day it stands under' })), channelTradeNo: Maybe(Text),
};
const ORDER = { patientLabel: Type.String({ description: '脱敏 / Masked' }), description: Text, confirmation: Type.Enum(CONFIRMATION_STATES) };
export const MerchantPaymentPageSchema = Type.Object(
  { payments: Type.Array(Type.Object({ ...PAYMENT, tradeNo: Text, ...ORDER }, named('MerchantPayment'))), next: Maybe(Type.String({ description: '还有更多：带它继续，即使本页较短 / There may be more: go on with it, even where this page is short' })) },
  named('MerchantPaymentPage'),
);
export const MerchantOrderSchema = Type.Object(
  {
    tradeNo: Text, createdAt: Instant, ...ORDER, payments: Type.Array(Type.Object({ ...PAYMENT, fundingSource: Maybe(Text) }, named('MerchantOrderPayment'))),
    refunds: Type.Array(Type.Object({ refundNo: Text, paymentNo: Text, refundFen: Fen, state: Type.Enum(REFUND_STATES), cause: Type.Enum(REFUND_CAUSES), requestedAt: Instant, refundedAt: Maybe(Instant), channelRefundNo: Maybe(Text) }, named('MerchantRefund'))),
    timeline: Type.Array(Type.Object({ at: Instant, axis: Type.Enum(['payment', 'refund', 'confirmation'] as const), subject: Text, to: Text }, named('MerchantEvent'))),
  },
  { ...named('MerchantOrder'), description: '只含本商户的支付与退款 / Payments and refunds of this merchant alone' },
);
export const MerchantFigureQuery = Type.Object({ by: Type.Enum(FIGURE_PERIODS), from: DaySchema, to: DaySchema }, closed);
const SUMS = { paidCount: Count, paidFen: Fen, refundedCount: Count, refundedFen: Fen };
export const MerchantFiguresSchema = Type.Object(
  { rows: Type.Array(Type.Object({ period: Text, channel: Text, method: Text, ...SUMS }, named('MerchantFigure'))), totals: Type.Object(SUMS, closed), behind: Type.Integer({ minimum: 0, description: '尚未汇总的凭证数 / Journals that are not in the sums yet' }) },
  { ...named('MerchantFigures'), description: '按账单日（或其月份）、渠道与支付方式 / By bill day, or its month, channel and method' },
);
const LineSchema = Type.Object({ channel: Text, day: Text, campus: Text, grossFen: Fen, refundFen: Fen, feeFen: Fen, netFen: Fen }, named('MerchantBatchLine'));
export const MerchantSettlementSchema = Type.Object(
  {
    expected: Type.Array(Type.Object({ channel: Text, day: Text, amountFen: Fen, dueOn: Text, state: Type.Enum(EXPECTED_STATES) }, named('MerchantExpected'))),
    arrivals: Type.Array(Type.Object({ arrivalNo: Text, at: Instant, kind: Type.Enum(ARRIVAL_KINDS), channel: Text, days: Type.Array(Text), expectedFen: Fen, arrivedFen: Fen }, named('MerchantArrival'))),
    batches: Type.Array(Type.Object({ batchNo: Text, state: Type.Enum(BATCH_STATES), proposedAt: Instant, decidedAt: Maybe(Instant), lines: Type.Array(LineSchema) }, named('MerchantBatch'))),
  },
  named('MerchantSettlement'),
);

/** The shapes as types. The SDK's own types, and what the use cases answer, are proven equal to these. */
export type MerchantApiShapes = {
  readonly MerchantPaymentPage: Static<typeof MerchantPaymentPageSchema>; readonly MerchantOrder: Static<typeof MerchantOrderSchema>; readonly MerchantFigures: Static<typeof MerchantFiguresSchema>; readonly MerchantSettlement: Static<typeof MerchantSettlementSchema>;
};
