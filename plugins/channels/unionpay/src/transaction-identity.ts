import { beijingStamp, type PaymentReference, type RefundReference } from '@hospay/plugin-sdk';


/** orderId and txnTime together name a transaction at UnionPay, for ever. */
export type TransactionIdentity = { readonly orderId: string; readonly txnTime: string };

/** UnionPay takes 8 to 40 letters and digits. The platform's numbers are such; any other is never sent, so that no two can become the same order. */
export function isOrderId(number: string): boolean {
  return /^[0-9A-Za-z]{8,40}$/.test(number);
}

/** The time is that of the commitment to charge: the same in every call, whenever it is made. */
export function identityOf({ tradeNo, submittedAt }: Pick<PaymentReference, 'tradeNo' | 'submittedAt'>): TransactionIdentity {
  return { orderId: tradeNo, txnTime: beijingStamp(submittedAt) };
}

/** Undo and refund are transactions of their own, under the refund's number. */
export function identityOfRefund({ refundNo, submittedAt }: Pick<RefundReference, 'refundNo' | 'submittedAt'>): TransactionIdentity {
  return { orderId: refundNo, txnTime: beijingStamp(submittedAt) };
}
