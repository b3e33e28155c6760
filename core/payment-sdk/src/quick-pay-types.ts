/** The shapes of quick pay (快捷支付). `userId` is the application's own id of its user, or the patientId where it has none. */

/** 四要素. For one call: the platform passes them on encrypted and keeps nothing of them; an application should do the same. */
export type CardHolder = { name: string; idNo: string; cardNo: string; mobile: string };
export type CardBindingRequest = { userId: string; cardHolder: CardHolder };

/** `confirming`, `ending`: no definite answer yet, ask again. */
export type AgreementState = 'requested' | 'confirming' | 'active' | 'failed' | 'ending' | 'ended';
export type BoundCard = {
  agreementNo: string;
  state: AgreementState;
  bankName?: string;
  cardKind?: 'debit' | 'credit';
  lastFour?: string;
  requestedAt: string;
  codeExpiresAt?: string;
  boundAt?: string;
};

export type PaymentPassword = { isSet: boolean; setAt?: string; lockedUntil?: string };
export type NewPaymentPassword = { userId: string; newPassword: string };
export type PaymentPasswordChange = { userId: string; password: string; newPassword: string };
export type HolderCheckRequest = { userId: string; agreementNo: string; cardHolder: CardHolder };
export type HolderCheck = { checkNo: string; expiresAt: string };
export type PaymentPasswordReset = { userId: string; checkNo: string; code: string; newPassword: string };

/** `amountFen`: the quote's self-pay amount, integer fen. Without a password: a small amount, where the hospital allows it. */
export type QuickPaymentRequest = { userId: string; agreementNo: string; quoteId: string; amountFen: number; password?: string; description?: string; clientIp?: string };
