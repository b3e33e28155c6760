/** What a merchant (商户) of the hospital is told of its money: for an application that is bound to it. Amounts are integer fen. */
import type { Order, RefundAnswer } from './api-types.js';

type PaymentState = Order['payments'][number]['state'];
type Confirmation = Order['confirmation']['state'];

/** `number`: of an order, a payment, a refund, or the channel's own. Days are those of the request. */
export type MerchantPaymentFilter = { readonly fromDay?: string; readonly toDay?: string; readonly state?: PaymentState; readonly number?: string; readonly after?: string; readonly limit?: number };
/** `billDay`: the day it stands under in statements and sums. */
export type MerchantPayment = {
  paymentNo: string; submittedAt: string; channel: string; method: string; state: PaymentState; amountFen: number; refundedFen: number; refundingFen: number; paidAt?: string; billDay?: string; channelTradeNo?: string;
  tradeNo: string; patientLabel: string; description: string; confirmation: Confirmation;
};
/** `next`: there may be more, even where this page is short. */
export type MerchantPaymentPage = { payments: MerchantPayment[]; next?: string };
/** An order with the payments and refunds of this merchant alone. */
export type MerchantOrder = {
  tradeNo: string; createdAt: string; patientLabel: string; description: string; confirmation: Confirmation;
  payments: (Omit<MerchantPayment, 'tradeNo' | 'patientLabel' | 'description' | 'confirmation'> & { fundingSource?: string })[];
  refunds: { refundNo: string; paymentNo: string; refundFen: number; state: RefundAnswer['refund']['state']; cause: 'hisRejected' | 'hisMismatch' | 'latePayment' | 'requested' | 'successor' | 'tenderAbandoned' | 'hisRequested' | 'selfTest'; requestedAt: string; refundedAt?: string; channelRefundNo?: string }[];
  timeline: { at: string; axis: 'payment' | 'refund' | 'confirmation'; subject: string; to: string }[];
};
type Sums = { paidCount: number; paidFen: number; refundedCount: number; refundedFen: number };
/** By bill day or its month, channel and method. `behind`: journals that are not in the sums yet. */
export type MerchantFigures = { rows: ({ period: string; channel: string; method: string } & Sums)[]; totals: Sums; behind: number };
/** `expected`: bill days that have not come yet. A batch shows this merchant's lines of it. */
export type MerchantSettlement = {
  expected: { channel: string; day: string; amountFen: number; dueOn: string; state: 'waiting' | 'due' | 'hung' | 'unsettled' }[];
  arrivals: { arrivalNo: string; at: string; kind: 'matched' | 'assigned' | 'overdue' | 'unexpected'; channel: string; days: string[]; expectedFen: number; arrivedFen: number }[];
  batches: { batchNo: string; state: 'proposed' | 'approved' | 'rejected' | 'expired'; proposedAt: string; decidedAt?: string; lines: { channel: string; day: string; campus: string; grossFen: number; refundFen: number; feeFen: number; netFen: number }[] }[];
};
