import type { RetriedPost } from '../machinery/retried-posts.js';
import type { SigningMode } from './platform-signature.js';

/** WeChat Pay's `trade_state`. The last three are only of scanned codes. */
export type TradeState = 'NOTPAY' | 'SUCCESS' | 'REFUND' | 'CLOSED' | 'USERPAYING' | 'REVOKED' | 'PAYERROR';
export type TradeType = 'NATIVE' | 'JSAPI' | 'APP' | 'MWEB' | 'MICROPAY';

/** Money that really moved from a payer. An order has one; two when a test makes the payer pay twice. Times are ISO 8601. */
export type SimulatedPayment = {
  readonly transactionId: string;
  readonly paidFen: number;
  readonly feeFen: number;
  readonly paidAt: string;
  readonly payerOpenId: string;
  readonly bankType: string;
  /** When a reverse of a scanned code gave it back. */
  readonly returnedAt?: string;
};

export type SimulatedOrder = {
  /** The app it was placed for, the service provider's in partner mode; absent in ledgers older than the second app. */
  readonly appId: string | undefined;
  /** The sub-merchant it was placed for by its service provider. */
  readonly partner: { readonly subMerchantId: string; readonly subAppId: string | undefined } | undefined;
  readonly outTradeNo: string;
  readonly tradeType: TradeType;
  readonly description: string;
  readonly notifyUrl: string;
  readonly attach: string | undefined;
  readonly deviceId: string | undefined;
  readonly totalFen: number;
  readonly timeExpire: string | undefined;
  /** The payer named in a JSAPI order. */
  readonly openId: string | undefined;
  /** The whole request in a fixed key order: a repeat must be equal to it. */
  readonly parameters: string;
  readonly createdAt: string;
  /** What the code or the invoke parameters point at; a repeat of the order makes a new one and kills this one. */
  readonly code: string;
  readonly codeExpiresAt: string;
  readonly state: TradeState;
  /** What a scanned code's payer pays from. */
  readonly bankType?: string;
  readonly payments: readonly SimulatedPayment[];
  readonly signingMode: SigningMode;
};

export type RefundStatus = 'PROCESSING' | 'SUCCESS' | 'ABNORMAL' | 'CLOSED';
export type SettledRefundStatus = Exclude<RefundStatus, 'PROCESSING'>;

export type SimulatedRefund = {
  readonly subMerchantId: string | undefined;
  readonly outRefundNo: string;
  readonly refundId: string;
  readonly outTradeNo: string;
  readonly transactionId: string;
  readonly refundFen: number;
  readonly totalFen: number;
  /** Commission given back with this refund. */
  readonly feeReturnedFen: number;
  readonly reason: string | undefined;
  readonly notifyUrl: string | undefined;
  readonly createdAt: string;
  readonly status: RefundStatus;
  /** When it will leave PROCESSING and how; absent when it stays there until a test decides. */
  readonly settles: { readonly at: string; readonly to: SettledRefundStatus } | undefined;
  readonly settledAt: string | undefined;
  readonly signingMode: SigningMode;
};

export type NotificationContent = {
  readonly eventType: 'TRANSACTION.SUCCESS' | 'REFUND.SUCCESS' | 'REFUND.ABNORMAL' | 'REFUND.CLOSED' | 'MEDICAL_INSURANCE.SUCCESS';
  readonly outTradeNo: string;
  readonly outRefundNo: string | undefined;
  readonly transactionId: string;
  /** The plaintext of the resource. */
  readonly plaintext: string;
  readonly signingMode: SigningMode;
};
export type SimulatedNotification = RetriedPost<NotificationContent>;

/** What happens when the code is scanned. */
export type PayerBehaviour = 'paysAtOnce' | 'asksPassword' | 'balanceNotEnough' | 'payFails';

/** A code a payer shows to be scanned. */
export type SimulatedPaymentCode = {
  readonly code: string;
  readonly behaviour: PayerBehaviour;
  /** What the payment will be funded from. */
  readonly bankType: string;
  readonly expiresAt: string;
  readonly usedBy: string | undefined;
};

export type MixPayType = 'CASH_ONLY' | 'INSURANCE_ONLY' | 'CASH_AND_INSURANCE';
/** `NONE`: the order has no such part. */
export type MedInsPartState = 'NONE' | 'CREATED' | 'SUCCESS' | 'FAIL' | 'REFUND';

/** An order of 医保混合收款: what the insurance pays and what the patient pays beside it. */
export type SimulatedMedInsOrder = {
  readonly mixTradeNo: string;
  readonly outTradeNo: string;
  readonly subMerchantId: string | undefined;
  readonly mixPayType: MixPayType;
  readonly serialNo: string;
  readonly payOrderId: string | undefined;
  readonly payAuthNo: string | undefined;
  /** The ordinary order of the cash part. */
  readonly prepayId: string | undefined;
  readonly callbackUrl: string;
  readonly attach: string | undefined;
  readonly totalFen: number;
  readonly govFen: number;
  readonly selfFen: number;
  readonly otherFen: number;
  readonly medInsCashFen: number;
  readonly wechatCashFen: number;
  readonly parameters: string;
  readonly createdAt: string;
  readonly cash: MedInsPartState;
  readonly insurance: MedInsPartState;
  readonly failReason: string | undefined;
  readonly paidAt: string | undefined;
  /** What the merchant told of the insurance's part having been undone. */
  readonly refunds: readonly { readonly outRefundNo: string; readonly totalFen: number; readonly govFen: number; readonly selfFen: number; readonly otherFen: number }[];
  readonly signingMode: SigningMode;
};
