import type { RetriedPost } from '../machinery/retried-posts.js';

export type SignMethod = '01' | '11' | '12';
export type TransactionType = '01' | '31' | '04';

/** `waiting`: for the payer. `processing`: taken, the bank has not answered. `reversed`: undone by a reversal; it never counts as money. */
export type TransactionState = 'waiting' | 'processing' | 'succeeded' | 'failed' | 'reversed';

/** A payment, undo or refund. Times are ISO 8601. */
export type SimulatedTransaction = {
  readonly orderId: string;
  readonly txnTime: string;
  readonly txnType: TransactionType;
  readonly txnSubType: string;
  readonly bizType: string;
  readonly channelType: string;
  readonly txnAmt: number;
  readonly description: string;
  readonly backUrl: string;
  readonly frontUrl: string | undefined;
  readonly reqReserved: string | undefined;
  readonly termId: string | undefined;
  readonly signMethod: SignMethod;
  readonly createdAt: string;
  /** Nobody can pay from then on. */
  readonly expiresAt: string;
  /** Queries do not find it before. */
  readonly visibleFrom: string;
  readonly state: TransactionState;
  /** Why it failed. */
  readonly failCode: string | undefined;
  readonly queryId: string;
  readonly traceNo: string;
  /** When money moved. */
  readonly doneAt: string | undefined;
  readonly origQryId: string | undefined;
  readonly origOrderId: string | undefined;
  readonly qrCode: string | undefined;
  readonly tn: string | undefined;
  readonly isECny: boolean;
  readonly payCardType: string;
  readonly feeFen: number;
};

/** How the owner of a scanned code behaves. */
export type PayerBehaviour = 'paysAtOnce' | 'asksPassword' | 'balanceNotEnough';

/** The code in a payer's wallet; one order may use it. */
export type SimulatedPaymentCode = { readonly code: string; readonly behaviour: PayerBehaviour; readonly isECny: boolean; readonly usedBy: string | undefined };

export type NotificationContent = {
  readonly orderId: string;
  /** Everything but what the signature adds. */
  readonly fields: Readonly<Record<string, string>>;
  readonly signMethod: SignMethod;
};
export type SimulatedNotification = RetriedPost<NotificationContent>;
