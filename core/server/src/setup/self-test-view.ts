/** A self-test (一分钱自测) as people are shown it: the order's payment and refund, each step with its number and time, and what the ledger has of it. */
import { assertNever } from '../domain/assert-never.js';
import type { OrderView, PaymentView, RefundView } from '../payments/order-view.js';

/** `confirming`: nobody knows yet whether the fen was taken (unknown is never failure). `refunding`: taken, and on its way back. `unpaid`: declined or closed, no fen moved. */
export const SELF_TEST_STAGES = ['paying', 'confirming', 'unpaid', 'refunding', 'refundBlocked', 'done'] as const;
export type SelfTestStage = (typeof SELF_TEST_STAGES)[number];

export type SelfTestJournal = { readonly seq: number; readonly at: string; readonly bizType: string; readonly step: string; readonly totalFen: number };
export type SelfTestView = {
  readonly tradeNo: string;
  readonly channel: string;
  readonly stage: SelfTestStage;
  readonly begunAt: string;
  readonly payment: Pick<PaymentView, 'paymentNo' | 'method' | 'amountFen' | 'state' | 'presentation' | 'expiresAt' | 'channelTradeNo' | 'paidAt'>;
  /** The newest: one that the channel gave up has a successor. */
  readonly refund?: Pick<RefundView, 'refundNo' | 'refundFen' | 'state' | 'requestedAt' | 'refundedAt'>;
  readonly journals: readonly SelfTestJournal[];
};

/** @throws when the order has no payment: a self-test always has one */
export function viewSelfTest(order: OrderView, journals: readonly SelfTestJournal[]): SelfTestView {
  const [payment] = order.payments;
  if (payment === undefined) throw new Error(`self-test ${order.tradeNo} has no payment`);
  const refund = order.refunds.at(-1);
  return {
    tradeNo: order.tradeNo, channel: payment.channel, stage: stageOf(payment, refund), begunAt: order.createdAt, payment: shownPayment(payment), ...(refund === undefined ? {} : { refund: shownRefund(refund) }),
    journals: journals.map(({ seq, at, bizType, step, totalFen }) => ({ seq, at, bizType, step, totalFen })),
  };
}

function shownPayment({ paymentNo, method, amountFen, state, presentation, expiresAt, channelTradeNo, paidAt }: PaymentView): SelfTestView['payment'] {
  return {
    paymentNo, method, amountFen, state, expiresAt,
    ...(presentation === undefined ? {} : { presentation }), ...(channelTradeNo === undefined ? {} : { channelTradeNo }), ...(paidAt === undefined ? {} : { paidAt }),
  };
}
function shownRefund({ refundNo, refundFen, state, requestedAt, refundedAt }: RefundView): NonNullable<SelfTestView['refund']> {
  return { refundNo, refundFen, state, requestedAt, ...(refundedAt === undefined ? {} : { refundedAt }) };
}

function stageOf({ state }: PaymentView, refund: RefundView | undefined): SelfTestStage {
  switch (state) {
    case 'paying':
      return 'paying';
    case 'created':
    case 'submitted':
    case 'unknown':
    case 'closing':
      return 'confirming';
    case 'closed':
    case 'failed':
      return 'unpaid';
    case 'succeeded':
      if (refund?.state === 'succeeded') return 'done';
      return refund?.state === 'abnormal' ? 'refundBlocked' : 'refunding';
    default:
      return assertNever(state);
  }
}
