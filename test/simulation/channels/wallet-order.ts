import type { ChargeRequest, PaymentMethod, PaymentNews } from '@hospay/plugin-sdk';
import type { BackPayment, TakenPayment } from './channel-truth.js';

/** A wallet's own truth about one number. */
export type WalletOrder = Omit<TakenPayment, 'refunds'> & {
  readonly tradeNo: string;
  readonly amountFen: number;
  readonly method: PaymentMethod;
  readonly expiresAt: number;
  readonly notifies: boolean;
  /** Some wallets close an unpaid order themselves when it expires, others leave it unpaid for ever. */
  readonly closesItself: boolean;
  /** The cash part of a mixed order: by itself it is called up by nobody. */
  readonly isMixed: boolean;
  /** `shown`: a code or page was handed out; there is no order before somebody scans or opens it. `undone`: unpayable for ever, and what was paid went back. */
  state: 'shown' | 'notPaid' | 'paid' | 'closed' | 'declined' | 'undone';
  /** What the patient's account was charged; differs from `amountFen` when a coupon altered it. */
  paidFen: number;
  channelTradeNo: string;
  paidAt: number;
  /** Before this the wallet does not say yet that it has the money. */
  visibleAt: number;
  readonly refunds: Map<string, WalletRefund>;
};

export type WalletRefund = BackPayment & {
  readonly refundNo: string;
  readonly notifies: boolean;
  state: 'processing' | 'abnormal' | 'succeeded' | 'closed';
  readonly channelRefundNo: string;
  refundedAt: number;
};

/** How one wallet differs from another. */
export type WalletProfile = {
  readonly id: string;
  readonly merchantNo: string;
  readonly methods: readonly PaymentMethod[];
  /** A shown code makes its order when it is charged (WeChat native) or when somebody scans it (Alipay precreate). */
  readonly ordersShownCodes: 'whenCharged' | 'whenScanned';
  /** It has an ordinary close; otherwise a number can only be undone (UnionPay reversal). */
  readonly closes: boolean;
  /** It settles the medical insurance together with a payment (医保混合收款). */
  readonly settlesInsurance?: true;
};

export function newOrder(request: Pick<ChargeRequest, 'tradeNo' | 'amountFen' | 'method' | 'insuranceOrder'>, more: Pick<WalletOrder, 'expiresAt' | 'notifies' | 'closesItself' | 'state'>): WalletOrder {
  const { tradeNo, amountFen, method } = request;
  return { tradeNo, amountFen, method, isMixed: request.insuranceOrder !== undefined, ...more, paidFen: 0, channelTradeNo: '', paidAt: 0, visibleAt: 0, refunds: new Map() };
}

export function paidNews(order: WalletOrder, merchantNo: string): Extract<PaymentNews, { kind: 'succeeded' }> {
  return { kind: 'succeeded', tradeNo: order.tradeNo, merchantNo, amountFen: order.paidFen, channelTradeNo: order.channelTradeNo, paidAt: iso(order.paidAt) };
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}
