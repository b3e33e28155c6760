/** The rows of the money core, as the domain sees them. Times are ISO 8601 UTC text; amounts integer fen. */
import { BUSINESS_KINDS, type Fen, type InsuranceOrder, type PaymentMethod, type Presentation } from '@hospay/plugin-sdk';
import type { ConfirmationState } from './confirmation-states.js';
import type { InvoiceState } from './invoice-states.js';
import type { PaymentState } from './payment-states.js';
import type { PresettlementState } from './presettlement-states.js';
import type { RefundState } from './refund-states.js';

/** Who asked: a terminal (kiosk, window, doctor station) or an application (APP, 公众号, web site). Only the owner sees the order. */
export type Owner = { readonly kind: 'terminal' | 'application'; readonly id: string };

/** 业务类型 of an order: what the HIS knows, and `selfTest` (一分钱自测): one fen through a channel that goes back by itself, and of which the HIS is told nothing. */
export const ORDER_BUSINESSES = [...BUSINESS_KINDS, 'selfTest'] as const;
export type OrderBusiness = (typeof ORDER_BUSINESSES)[number];

/** What an order of another business than bills is about: a held registration, a stay in hospital. */
export type BusinessSubject = { readonly registrationNo?: string; readonly hisRegistrationNo?: string; readonly inpatientNo?: string; readonly visitId?: string; /** A discharge at whose end nothing is collected: what of the deposits goes back, in fen. */ readonly returnFen?: number };

/** A priced, unpaid set of bills as the HIS quoted it (预结算), kept so that nobody can charge another figure. */
export type StoredQuote = {
  readonly quoteId: string;
  readonly hospitalId: string;
  readonly owner: Owner;
  readonly patientId: string;
  /** Masked for screens: 张*三. The full name stays in the HIS. */
  readonly patientLabel: string;
  readonly hisQuoteNo: string;
  readonly billNos: readonly string[];
  readonly totalFen: Fen;
  readonly fundFen: Fen;
  readonly personalAccountFen: Fen;
  readonly selfPayFen: Fen;
  /** 四舍五入, signed: what the HIS says it rounded by. total + rounding = fund + personal account + self-pay. Absent: nothing. */
  readonly roundingFen?: number;
  /** The HIS's own word for what is paid, where it gives one: the routing may ask for it. */
  readonly feeType: string | undefined;
  /** 业务类型. Absent: bills. */
  readonly business?: OrderBusiness;
  readonly subject?: BusinessSubject;
  readonly validUntil: string;
  readonly quotedAt: string;
};

/** Why what was paid goes back at a window only: checked in (取号), or an invoice on paper (换开纸质) that must be handed back first. */
export const WINDOW_ONLY = ['checkedIn', 'paperInvoice'] as const;

export type Order = {
  readonly tradeNo: string;
  readonly hospitalId: string;
  readonly merchantId: string;
  readonly owner: Owner;
  readonly quoteId: string;
  readonly hisQuoteNo: string;
  readonly patientId: string;
  readonly patientLabel: string;
  readonly billNos: readonly string[];
  readonly description: string;
  readonly totalFen: Fen;
  readonly fundFen: Fen;
  readonly personalAccountFen: Fen;
  /** What the patient pays through payments: the sum every successful payment leg must reach. */
  readonly amountFen: Fen;
  readonly createdAt: string;
  /** Grows by one with every committed change: a reader drops news with an older version. */
  readonly version: number;
  readonly confirmation: ConfirmationState;
  readonly windowOnly?: (typeof WINDOW_ONLY)[number];
  readonly settlementNo: string | undefined;
  readonly receiptNo: string | undefined;
  readonly pickupWindow: string | undefined;
  readonly guide: string | undefined;
  /** Of a registration: 就诊序号, and where to go. */
  readonly queueNo?: string | undefined;
  readonly place?: string | undefined;
  readonly confirmedAt: string | undefined;
  /** Beijing day under which the HIS booked it: clear key of 2002. */
  readonly hisDay: string | undefined;
  readonly confirmAttempts: number;
  /** Until when a request to book it that has no answer may still be carried out, whatever a repeat is told. */
  readonly hisDoubtUntil?: string | undefined;
  /** When the money arrived: the escalation clock of the confirmation starts here. */
  readonly paidAt: string | undefined;
  readonly receiptPrintedAt: string | undefined;
  /** Mixed tender: until when further payments may be added. Undefined: one payment takes the whole amount. */
  readonly tenderUntil: string | undefined;
  /** Mixed tender: since when no further payment is taken (cancelled, or its time passed). */
  readonly tenderEndingAt: string | undefined;
  /** The insurance is settled through the platform: the pre-settlement its first payment settles. `amountFen` is then fund + personal account + cash. */
  readonly presettlementNo?: string | undefined;
  /** 业务类型. Absent: bills. */
  readonly business?: OrderBusiness;
  readonly subject?: BusinessSubject;
  /** 收费加锁: under this number the HIS keeps the bills for this order, until it is booked or they are given back. */
  readonly lockNo?: string | undefined;
};

export type Payment = {
  readonly paymentNo: string;
  readonly tradeNo: string;
  readonly leg: number;
  /** Channel instance id from the configuration, for example `wechat-main`. */
  readonly channel: string;
  readonly merchantNo: string;
  readonly method: PaymentMethod;
  readonly amountFen: Fen;
  readonly state: PaymentState;
  readonly presentation: Presentation | undefined;
  readonly expiresAt: string;
  readonly submittedAt: string;
  readonly channelTradeNo: string | undefined;
  readonly paidAt: string | undefined;
  readonly fundingSource: string | undefined;
  /** The channel's own note about this payment, handed back to it with every later call. */
  readonly channelNote: string | undefined;
  readonly attempts: number;
  /** Beijing bill day of the channel: clear key of 1121. */
  readonly billDay: string | undefined;
  readonly lastNews: string | undefined;
  /** The channel undoes it whole or not at all; fixed when the payment is made. */
  readonly refundsWholeOnly?: boolean;
  /** Who of the insurance pays it, as the settlement says; together they are `amountFen`. */
  readonly insuranceSplit?: { readonly fundFen: Fen; readonly accountFen: Fen } | undefined;
  /** 医保混合收款, of an insured payment: the wallet payment of the same order whose confirmation settles it at the centre. It is asked about, never charged. */
  readonly settledBy?: string | undefined;
  /** And of that wallet payment: the centre's order it settles, told to its channel with every call. */
  readonly insuranceOrder?: InsuranceOrder | undefined;
  /** Whose shift it belongs to: `operator:<id>`, `terminal:<id>`, or nobody's (an application without a person at a window). Fixed when the payment is made. */
  readonly tillNo?: string | undefined;
  /** Since when a close has no answer. It may be an undo (冲正) that gives back what it finds paid: until it is answered no success is believed. */
  readonly closeAskedAt: string | undefined;
};

export const REFUND_CAUSES = ['hisRejected', 'hisMismatch', 'latePayment', 'requested', 'successor', 'tenderAbandoned', 'hisRequested', 'selfTest'] as const;
export type RefundCause = (typeof REFUND_CAUSES)[number];

export type Refund = {
  readonly refundNo: string;
  readonly tradeNo: string;
  readonly paymentNo: string;
  readonly refundFen: Fen;
  readonly state: RefundState;
  readonly cause: RefundCause;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  /** Whether the HIS must reverse its booking first; decided when the refund is made and never after. */
  readonly needsHisApproval: boolean;
  /** The liability it is reserved against: `2001` money the HIS never booked, `2002` money it booked. */
  readonly reservedFrom: '2001' | '2002';
  readonly hisRefundNo: string | undefined;
  /** Beijing day on which the HIS reversed its booking: clear key of 2002, so that closed HIS days stay closed. */
  readonly hisReversedDay: string | undefined;
  readonly channelRefundNo: string | undefined;
  readonly submittedAt: string | undefined;
  readonly refundedAt: string | undefined;
  /** Fixed when it succeeded at a channel whose bill day does not end at midnight; else the date says it. */
  readonly billDay?: string | undefined;
  /** True once posting 7 turned the reservation into a final posting. */
  readonly isPosted: boolean;
  readonly attempts: number;
  readonly replaces: string | undefined;
  readonly lastNews: string | undefined;
  /** Until when a request to the HIS that has no answer may still be carried out, whatever a repeat is told. */
  readonly hisDoubtUntil?: string | undefined;
  /** The person at the window who sends it back; notes leave his till. */
  readonly operatorId?: string | undefined;
  /** Whose shift it belongs to: that person's, else that of the payment. Fixed when the refund is made. */
  readonly tillNo?: string | undefined;
};

/** One pre-settlement with the insurance (医保预结算): written before the centre is called, and the only source of what an insured payment may be. */
export type Presettlement = {
  /** Made by the platform, sent unchanged for ever. */
  readonly presettlementNo: string;
  readonly hospitalId: string;
  readonly owner: Owner;
  /** The channel instance that holds it at the centre; its payment goes there and nowhere else. */
  readonly channel: string;
  readonly quoteId: string;
  readonly billNos: readonly string[];
  /** Of visit and fees as the HIS told them: a repeat under this number sends the same or nothing. */
  readonly detailsHash: string;
  readonly state: PresettlementState;
  /** The quoted total: what the split must make. */
  readonly totalFen: Fen;
  /** As the centre priced it; known from `presettled` on. */
  readonly split: InsuranceSplit | undefined;
  /** The centre's number of the visit. */
  readonly visitNo: string | undefined;
  /** Mobile payment: the centre's order and the number we gave it. A wallet that settles it itself names it by both. */
  readonly mobileOrder?: { readonly payOrderId: string; readonly ownOrderNo: string } | undefined;
  /** The order that has taken it, or had. */
  readonly tradeNo: string | undefined;
  readonly requestedAt: string;
  /** Until when an order may take it; after that it is taken back. */
  readonly expiresAt: string;
  /** While a call is under way: nothing else may be asked of the centre under this number before this instant. */
  readonly busyUntil: string | undefined;
  readonly abandoningSince: string | undefined;
  readonly lastNews: string | undefined;
};

export type InsuranceSplit = { readonly fundFen: Fen; readonly accountFen: Fen; readonly cashFen: Fen };

/** One invoice of an order. Written before the hospital is asked; `invoiceRequestNo` and `flushNo` never change. */
export type Invoice = {
  /** Ours: the trade number, `F` and the ordinal. */
  readonly invoiceRequestNo: string;
  readonly tradeNo: string;
  /** 1 for the first, one more for each re-issue (重开) of what is left. */
  readonly ordinal: number;
  readonly amountFen: Fen;
  readonly state: InvoiceState;
  /** 票据代码, 票据号码, 校验码; known from `issued` on. */
  readonly invoiceCode: string | undefined;
  readonly invoiceNo: string | undefined;
  readonly checkCode: string | undefined;
  readonly url: string | undefined;
  readonly issuedAt: string | undefined;
  /** The refund that made it say too much, and the number of its red flush. */
  readonly flushNo: string | undefined;
  readonly refundNo: string | undefined;
  readonly redInvoiceCode: string | undefined;
  readonly redInvoiceNo: string | undefined;
  readonly requestedAt: string;
  /** Until when a request that was sent may still be carried out, whatever a later one is told. */
  readonly doubtUntil: string | undefined;
  readonly lastNews: string | undefined;
};

export type OrderAggregate = {
  readonly order: Order;
  readonly payments: readonly Payment[];
  readonly refunds: readonly Refund[];
  /** Electronic invoices, the oldest first. Absent: none. */
  readonly invoices?: readonly Invoice[] | undefined;
  /** Of an insured order: its pre-settlement, which another order may have taken meanwhile. */
  readonly presettlement?: Presettlement | undefined;
  /** This order holds the live claim on its bills. */
  readonly holdsBills: boolean;
  /** No other live order claims any of its bills (true also while it holds them itself). */
  readonly billsFree: boolean;
};
