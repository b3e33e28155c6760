import type { RetriedPost } from '../machinery/retried-posts.js';

/** `CODE`: precreated, nobody has scanned it, Alipay knows no trade. `DEAD`: a number that was cancelled before it became a trade. */
export type TradeState = 'CODE' | 'DEAD' | 'WAIT_BUYER_PAY' | 'TRADE_SUCCESS' | 'TRADE_FINISHED' | 'TRADE_CLOSED';
export type Currency = 'CNY' | 'DC';
export type SigningMode = 'publicKey' | 'certificate';
export type OrderKind = 'precreate' | 'pay' | 'create' | 'page' | 'wap' | 'app';

/** Times are ISO 8601. */
export type SimulatedTrade = {
  readonly outTradeNo: string;
  readonly kind: OrderKind;
  /** Absent while it is only a code or a dead number. */
  readonly tradeNo: string | undefined;
  readonly totalFen: number;
  readonly subject: string;
  readonly body: string | undefined;
  readonly storeId: string | undefined;
  readonly operatorId: string | undefined;
  readonly terminalId: string | undefined;
  readonly notifyUrl: string | undefined;
  /** Where a page sends the payer back to. */
  readonly returnUrl?: string | undefined;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly state: TradeState;
  /** What the code shows; a repeat keeps it. */
  readonly qrCode: string | undefined;
  readonly paidAt: string | undefined;
  readonly endedAt: string | undefined;
  readonly currency: Currency;
  readonly fundChannel: string;
  readonly buyerId: string;
  readonly feeFen: number;
  readonly mode: SigningMode;
};

export type SimulatedRefund = {
  readonly outRequestNo: string;
  readonly outTradeNo: string;
  readonly refundFen: number;
  readonly reason: string;
  readonly at: string;
  readonly feeReturnedFen: number;
  /** `refund`: asked for by the merchant's refund call; `cancel`: made by a cancel. */
  readonly origin: 'refund' | 'cancel';
};

/** How the owner of a scanned code behaves. */
export type PayerBehaviour = 'paysAtOnce' | 'asksPassword' | 'balanceNotEnough' | 'payFails';

/** The bar code in a payer's wallet; one order may use it. */
export type SimulatedPaymentCode = { readonly code: string; readonly behaviour: PayerBehaviour; readonly currency: Currency; readonly usedBy: string | undefined };

export type NotificationContent = {
  readonly outTradeNo: string;
  readonly outRequestNo: string | undefined;
  /** Everything but `notify_time`, `sign` and `sign_type`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly mode: SigningMode;
};
export type SimulatedNotification = RetriedPost<NotificationContent>;
