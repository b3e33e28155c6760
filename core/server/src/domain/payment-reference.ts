import type { PaymentReference, RefundReference } from '@hospay/plugin-sdk';
import type { Payment, Refund } from './order.js';

/** A payment as the channel is told of it in every call after the charge. */
export function paymentReference(payment: Payment): PaymentReference {
  return {
    tradeNo: payment.paymentNo,
    submittedAt: payment.submittedAt,
    amountFen: payment.amountFen,
    method: payment.method,
    ...(payment.channelTradeNo === undefined ? {} : { channelTradeNo: payment.channelTradeNo }),
    ...(payment.channelNote === undefined ? {} : { channelNote: payment.channelNote }),
    ...(payment.paidAt === undefined ? {} : { paidAt: payment.paidAt }),
    ...(payment.insuranceOrder === undefined ? {} : { insuranceOrder: payment.insuranceOrder }),
  };
}

/** A refund that has been submitted, as the channel is asked about it. */
export function refundReference(refund: Refund, payment: Payment): RefundReference {
  return {
    refundNo: refund.refundNo,
    submittedAt: refund.submittedAt ?? refund.requestedAt,
    refundFen: refund.refundFen,
    ...(refund.channelRefundNo === undefined ? {} : { channelRefundNo: refund.channelRefundNo }),
    payment: paymentReference(payment),
  };
}
