/**
 * What a payment channel plugin gives the platform. One mandatory pair, `charge` and `query`; everything else is an optional facet.
 *
 * Rules every channel keeps (the conformance suite checks them):
 * - amounts are integer fen at this border, whatever the wire uses;
 * - `tradeNo` and `refundNo` are fixed before the call and sent unchanged for ever; a repeat of the same number never moves money twice;
 * - a timeout, a broken connection, a bad signature, an answer of the wrong shape or an unlisted error code is `unknown`;
 *   `declined` is only for refusals the channel documents as final; `notSent` only when no byte can have left the machine;
 * - every answer's authenticity is verified before a word of it is believed.
 */
import { Type, type Static } from 'typebox';
import type { HoldingCredentials } from './credential.js';
import type { FundStatementEnd, FundStatementLine, FundStatementOutcome, FundStatementRequest } from './fund-statement.js';

const FenSchema = Type.Integer({ minimum: 1, description: 'integer fen' });
const TimeSchema = Type.String({ format: 'date-time', description: 'RFC 3339 with offset or Z' });
const closedObject = { additionalProperties: false } as const;

/**
 * How the patient meets the channel. `nativeQr`: the terminal shows a code (主扫). `paymentCode`: the patient's code was scanned (付款码, 被扫).
 * `webPage`: a form the browser posts to the channel's own page (网关支付). `bankCard`: a card at the window's terminal. `cash`: notes counted into a
 * till. `medicalInsurance`: the fund and personal-account part of a settlement (医保基金 + 个人账户). `quickPay`: a bank card bound by agreement (快捷支付).
 */
export const PAYMENT_METHODS = ['nativeQr', 'jsapi', 'miniProgram', 'h5', 'app', 'paymentCode', 'webPage', 'bankCard', 'cash', 'medicalInsurance', 'quickPay'] as const;
export const PaymentMethodSchema = Type.Enum(PAYMENT_METHODS);
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

/** `fundingSource` of money that came from a digital-yuan wallet (数字人民币), whichever channel carried it: reported and reconciled as a method of its own. */
export const E_CNY = 'eCny';

/**
 * What a channel wrote down for itself when it first answered about a payment (voucher number, settlement day …). Opaque to the core, kept with the
 * payment, handed back with every later call. Never a secret, never a full card or ID number.
 */
const ChannelNoteSchema = Type.String({ minLength: 1, maxLength: 512 });

/**
 * 医保混合收款: the centre's order that a wallet settles together with this payment, named by both sides' numbers (payOrdId, medOrgOrd), and what fund and
 * personal account pay of it. The payment itself is the cash part. Fixed with the payment: a channel can tell by it alone that the payment is of this kind.
 */
export const InsuranceOrderSchema = Type.Object(
  {
    payOrderId: Type.String({ minLength: 1, maxLength: 64 }),
    ownOrderNo: Type.String({ minLength: 1, maxLength: 64 }),
    fundFen: Type.Integer({ minimum: 0, description: 'integer fen' }),
    accountFen: Type.Integer({ minimum: 0, description: 'integer fen' }),
  },
  closedObject,
);
export type InsuranceOrder = Static<typeof InsuranceOrderSchema>;

const Resident = { name: Type.String({ minLength: 1, maxLength: 100 }), idNo: Type.String({ pattern: '^([0-9]{15}|[0-9]{17}[0-9Xx])$', description: 'resident identity number (居民身份证)' }) };

/**
 * Who pays such an order: the person behind the wallet, whose relative may be the insured one (亲属代付), and the centre's authorisation of this one payment
 * (payAuthNo, minutes, single use). Passed to the channel and on to the wallet encrypted; nobody on the way writes it down or logs it.
 */
export const InsurancePayerSchema = Type.Object(
  {
    payAuthNo: Type.String({ minLength: 1, maxLength: 64 }),
    ...Resident,
    relative: Type.Optional(Type.Object(Resident, closedObject)),
    /** Where the patient is, "longitude,latitude" in degrees; some provinces ask for it. */
    location: Type.Optional(Type.String({ pattern: '^-?\\d{1,3}(\\.\\d{1,8})?,-?\\d{1,2}(\\.\\d{1,8})?$' })),
  },
  closedObject,
);
export type InsurancePayer = Static<typeof InsurancePayerSchema>;

/** A payment as every later call names it. All of it is fixed when the payment is made or first succeeds; nothing depends on the plugin's memory. */
export const PaymentReferenceSchema = Type.Object(
  {
    tradeNo: Type.String({ minLength: 6, maxLength: 32, pattern: '^[0-9A-Za-z_-]+$' }),
    /** When the intent to charge was committed: the same instant in every call, for channels whose identity of a payment holds a time. */
    submittedAt: TimeSchema,
    amountFen: FenSchema,
    method: PaymentMethodSchema,
    channelTradeNo: Type.Optional(Type.String({ maxLength: 64 })),
    channelNote: Type.Optional(ChannelNoteSchema),
    paidAt: Type.Optional(TimeSchema),
    insuranceOrder: Type.Optional(InsuranceOrderSchema),
  },
  closedObject,
);
export type PaymentReference = Static<typeof PaymentReferenceSchema>;

export const ChargeRequestSchema = Type.Object(
  {
    tradeNo: Type.String({ minLength: 6, maxLength: 32, pattern: '^[0-9A-Za-z_-]+$' }),
    amountFen: FenSchema,
    description: Type.String({ minLength: 1, maxLength: 120 }),
    method: PaymentMethodSchema,
    /** When the intent was committed; equal to `PaymentReference.submittedAt` of later calls. */
    submittedAt: TimeSchema,
    /** Absolute time after which the channel must refuse payment. */
    expiresAt: TimeSchema,
    /** Where the channel may send its notification; absent when the hospital has no reachable address: queries decide then. */
    notifyUrl: Type.Optional(Type.String()),
    /** The scanned code for `paymentCode`; the payer's id at the channel for `jsapi` and `miniProgram`. */
    authCode: Type.Optional(Type.String({ maxLength: 128 })),
    payerId: Type.Optional(Type.String({ maxLength: 128 })),
    terminalId: Type.Optional(Type.String({ maxLength: 64 })),
    /** The person at the window. */
    operatorId: Type.Optional(Type.String({ maxLength: 64 })),
    /** `cash`: what was counted in, at least the amount; the difference is given back as change. */
    tenderedFen: Type.Optional(FenSchema),
    /** `medicalInsurance`: the pre-settlement this settles (see `Presettling`). */
    presettlementNo: Type.Optional(Type.String({ maxLength: 64 })),
    /**
     * `medicalInsurance`: a wallet settles the pre-settlement at the centre itself (医保混合收款). Nothing is sent for this payment; the channel holds its right to the
     * pre-settlement, answers `pending`, and is asked what became of it.
     */
    isSettledByWallet: Type.Optional(Type.Literal(true)),
    /** `jsapi`, `miniProgram`: settle this order of the medical insurance together with the payment (see `SettlingInsurance`). */
    insuranceOrder: Type.Optional(InsuranceOrderSchema),
    /** With `insuranceOrder`, on the first call only: the platform does not keep it, a repeat comes without. */
    insurancePayer: Type.Optional(InsurancePayerSchema),
    /** `h5`, `webPage`: where the browser goes afterwards. It proves nothing. */
    returnUrl: Type.Optional(Type.String({ maxLength: 512 })),
    /** `quickPay`: the agreement the card is charged by (see `Agreements`). On the only call: the platform keeps it sealed elsewhere, and never repeats such a charge. */
    agreementToken: Type.Optional(Type.String({ minLength: 8, maxLength: 128 })),
    clientIp: Type.Optional(Type.String({ maxLength: 45 })),
  },
  closedObject,
);
export type ChargeRequest = Static<typeof ChargeRequestSchema>;

/** What the terminal or app must present so that the patient can pay. */
export const PresentationSchema = Type.Union([
  Type.Object({ kind: Type.Literal('qr'), content: Type.String({ minLength: 1, maxLength: 1024 }) }, closedObject),
  Type.Object({ kind: Type.Literal('redirect'), url: Type.String({ minLength: 1, maxLength: 2048 }) }, closedObject),
  /** A form the patient's browser posts by itself to `url`. */
  Type.Object({ kind: Type.Literal('form'), url: Type.String({ minLength: 1, maxLength: 2048 }), fields: Type.Record(Type.String(), Type.String({ maxLength: 8192 })) }, closedObject),
  Type.Object({ kind: Type.Literal('invoke'), parameters: Type.Record(Type.String(), Type.String()) }, closedObject),
  /** `quickPay`: the bank has sent the card-holder a code and takes the money when it is entered (see `Agreements.confirmPayment`). */
  Type.Object({ kind: Type.Literal('smsCode') }, closedObject),
  Type.Object({ kind: Type.Literal('none') }, closedObject),
]);
export type Presentation = Static<typeof PresentationSchema>;

const Succeeded = Type.Object(
  {
    kind: Type.Literal('succeeded'),
    tradeNo: Type.String(),
    /** The merchant number in the channel's answer: the core compares it with the merchant the charge was sent for. */
    merchantNo: Type.String(),
    amountFen: FenSchema,
    channelTradeNo: Type.String({ minLength: 1, maxLength: 64 }),
    paidAt: TimeSchema,
    /** What funded it, in the channel's own word (bank type, wallet, e-CNY), for reports; never a card or account number. */
    fundingSource: Type.Optional(Type.String({ maxLength: 64 })),
    /** `medicalInsurance`: who of the insurance pays it, fund (统筹基金等) and personal account (个人账户). Together they are `amountFen`. */
    insuranceSplit: Type.Optional(Type.Object({ fundFen: Type.Integer({ minimum: 0 }), accountFen: Type.Integer({ minimum: 0 }) }, closedObject)),
    channelNote: Type.Optional(ChannelNoteSchema),
  },
  closedObject,
);
const Pending = Type.Object({ kind: Type.Literal('pending'), present: PresentationSchema, channelNote: Type.Optional(ChannelNoteSchema) }, closedObject);
const StillPending = Type.Object({ kind: Type.Literal('pending') }, closedObject);
const Declined = Type.Object(
  { kind: Type.Literal('declined'), code: Type.String({ maxLength: 64 }), message: Type.String({ maxLength: 500 }) },
  closedObject,
);
const NotSent = Type.Object({ kind: Type.Literal('notSent'), reason: Type.String({ maxLength: 500 }) }, closedObject);
const Unknown = Type.Object({ kind: Type.Literal('unknown'), reason: Type.String({ maxLength: 500 }) }, closedObject);
const Closed = Type.Object({ kind: Type.Literal('closed') }, closedObject);
const NotFound = Type.Object({ kind: Type.Literal('notFound') }, closedObject);

export const ChargeOutcomeSchema = Type.Union([Succeeded, Pending, Declined, NotSent, Unknown]);
/** Answer to `charge`. `declined`: the channel refused for good and no order exists there under this number. */
export type ChargeOutcome = Static<typeof ChargeOutcomeSchema>;

export const PaymentNewsSchema = Type.Union([Succeeded, StillPending, Closed, NotFound, Declined, Unknown]);
/**
 * What the channel says about a payment, from a query or a notification. `closed`: this number can never be paid again.
 * `notFound`: the channel has no such order *now*; a delayed create may still arrive before the order's expiry.
 */
export type PaymentNews = Static<typeof PaymentNewsSchema>;

export const CloseOutcomeSchema = Type.Union([
  Closed,
  NotFound,
  Type.Object({ kind: Type.Literal('alreadyPaid') }, closedObject),
  Unknown,
]);
export type CloseOutcome = Static<typeof CloseOutcomeSchema>;

export const RefundRequestSchema = Type.Object(
  {
    refundNo: Type.String({ minLength: 6, maxLength: 64, pattern: '^[0-9A-Za-z_-]+$' }),
    /** When the intent to refund was committed: the same instant in every repeat and question. */
    submittedAt: TimeSchema,
    refundFen: FenSchema,
    reason: Type.String({ maxLength: 80 }),
    notifyUrl: Type.Optional(Type.String()),
    /** The person at the window, where one asked for it. */
    operatorId: Type.Optional(Type.String({ maxLength: 64 })),
    /** Of cash: what must lie in the till that pays out, by the platform's own shifts. A till that was counted and emptied since holds less than its book of the day says. */
    tillHoldsFen: Type.Optional(Type.Integer({ minimum: 0, description: 'integer fen' })),
    /** The payment being refunded, whole. */
    payment: PaymentReferenceSchema,
  },
  closedObject,
);
export type RefundRequest = Static<typeof RefundRequestSchema>;

/** A refund as questions name it. */
export const RefundReferenceSchema = Type.Object(
  {
    refundNo: Type.String({ minLength: 6, maxLength: 64, pattern: '^[0-9A-Za-z_-]+$' }),
    submittedAt: TimeSchema,
    refundFen: FenSchema,
    channelRefundNo: Type.Optional(Type.String({ maxLength: 64 })),
    payment: PaymentReferenceSchema,
  },
  closedObject,
);
export type RefundReference = Static<typeof RefundReferenceSchema>;

const RefundSucceeded = Type.Object(
  {
    kind: Type.Literal('succeeded'),
    refundNo: Type.String(),
    tradeNo: Type.String(),
    refundFen: FenSchema,
    channelRefundNo: Type.String({ minLength: 1, maxLength: 64 }),
    refundedAt: TimeSchema,
  },
  closedObject,
);
const RefundProcessing = Type.Object(
  { kind: Type.Literal('processing'), channelRefundNo: Type.Optional(Type.String({ maxLength: 64 })) },
  closedObject,
);

export const RefundOutcomeSchema = Type.Union([RefundSucceeded, RefundProcessing, Declined, NotSent, Unknown]);
/** Answer to `refund`. `declined` means the channel did not create a refund under this number and will not. */
export type RefundOutcome = Static<typeof RefundOutcomeSchema>;

export const RefundNewsSchema = Type.Union([
  RefundSucceeded,
  RefundProcessing,
  /** The channel gave up this refund; the money is with the merchant again. Only now may a new refund number be made. */
  Type.Object({ kind: Type.Literal('closed') }, closedObject),
  /** The way back is blocked (card closed …); the money sits in the channel's middle account. Not final. */
  Type.Object({ kind: Type.Literal('abnormal'), message: Type.String({ maxLength: 500 }) }, closedObject),
  NotFound,
  Unknown,
]);
export type RefundNews = Static<typeof RefundNewsSchema>;

/** A notification exactly as it arrived. Header names are lower case. */
export type RawNotification = {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: string;
  readonly body: Uint8Array;
  readonly receivedAt: string;
};

export const NotificationSchema = Type.Union([
  Type.Object({ kind: Type.Literal('payment'), eventId: Type.String({ minLength: 1, maxLength: 128 }), tradeNo: Type.String(), news: PaymentNewsSchema }, closedObject),
  Type.Object(
    {
      kind: Type.Literal('refund'),
      eventId: Type.String({ minLength: 1, maxLength: 128 }),
      refundNo: Type.String(),
      tradeNo: Type.String(),
      merchantNo: Type.String(),
      news: RefundNewsSchema,
    },
    closedObject,
  ),
  /** Not authentic, stale, replayed or malformed: nothing in it may be used. `reason` is for the log. */
  Type.Object({ kind: Type.Literal('refused'), reason: Type.String({ maxLength: 500 }) }, closedObject),
]);
export type Notification = Static<typeof NotificationSchema>;

/** The HTTP answer the channel expects to its notification. */
export type NotificationAnswer = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string };

export const StatementLineSchema = Type.Object(
  {
    kind: Type.Union([Type.Literal('payment'), Type.Literal('refund')]),
    tradeNo: Type.String(),
    refundNo: Type.Optional(Type.String()),
    channelTradeNo: Type.String(),
    channelRefundNo: Type.Optional(Type.String()),
    amountFen: FenSchema,
    /** Channel fee in 1/1000 fen (bills carry five decimals of a yuan); negative when returned on a refund. */
    feeMilliFen: Type.Integer(),
    status: Type.String(),
    fundingSource: Type.Optional(Type.String({ maxLength: 64 })),
    /** The file names no merchant's number for it, so `tradeNo` is the channel's own: it cannot be told by its number to belong to another system. */
    isUnnamed: Type.Optional(Type.Literal(true)),
    at: TimeSchema,
  },
  closedObject,
);
export type StatementLine = Static<typeof StatementLineSchema>;

export const StatementOutcomeSchema = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('ok'),
      /** The file's own bytes, uncompressed, and their SHA-256: kept so that the day can be parsed again. */
      raw: Type.Unsafe<Uint8Array>({}),
      sha256: Type.String(),
      lines: Type.Array(StatementLineSchema),
      totals: Type.Object({ paymentFen: Type.Integer(), refundFen: Type.Integer(), lines: Type.Integer() }, closedObject),
    },
    closedObject,
  ),
  Type.Object({ kind: Type.Literal('empty') }, closedObject),
  Type.Object({ kind: Type.Literal('notReady'), message: Type.String({ maxLength: 500 }) }, closedObject),
  /** The file contradicts itself (totals differ from rows) or cannot be read: never half-used. */
  Type.Object({ kind: Type.Literal('malformed'), message: Type.String({ maxLength: 500 }) }, closedObject),
  Unknown,
]);
export type StatementOutcome = Static<typeof StatementOutcomeSchema>;

export const FetchedStatementSchema = Type.Union([
  /** The file's own bytes, uncompressed, proven to be the announced ones, and their SHA-256. `raw` must own its memory: it is given away. */
  Type.Object({ kind: Type.Literal('file'), raw: Type.Unsafe<Uint8Array<ArrayBuffer>>({}), sha256: Type.String() }, closedObject),
  Type.Object({ kind: Type.Literal('empty') }, closedObject),
  Type.Object({ kind: Type.Literal('notReady'), message: Type.String({ maxLength: 500 }) }, closedObject),
  Type.Object({ kind: Type.Literal('malformed'), message: Type.String({ maxLength: 500 }) }, closedObject),
  Unknown,
]);
/** A day's file before anybody has read it (see `Statement.fetchStatement`). */
export type FetchedStatement = Static<typeof FetchedStatementSchema>;

export const StatementReadingSchema = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('ok'),
      lines: Type.Array(StatementLineSchema),
      totals: Type.Object({ paymentFen: Type.Integer(), refundFen: Type.Integer(), lines: Type.Integer() }, closedObject),
    },
    closedObject,
  ),
  Type.Object({ kind: Type.Literal('empty') }, closedObject),
  /** It contradicts itself, is another day's, another merchant's or no statement at all: never half-used. */
  Type.Object({ kind: Type.Literal('malformed'), message: Type.String({ maxLength: 500 }) }, closedObject),
]);
/** What a statement's file says, whole: for the few rows of a channel that reads files itself. */
export type StatementReading = Static<typeof StatementReadingSchema>;

export const StatementEndSchema = Type.Union([
  Type.Object({ kind: Type.Literal('ok'), totals: Type.Object({ paymentFen: Type.Integer(), refundFen: Type.Integer(), lines: Type.Integer() }, closedObject) }, closedObject),
  Type.Object({ kind: Type.Literal('empty') }, closedObject),
  /** It contradicts itself, is another day's, another merchant's or no statement at all: nothing that was given of it is used. */
  Type.Object({ kind: Type.Literal('malformed'), message: Type.String({ maxLength: 500 }) }, closedObject),
]);
/** How reading a statement's file ended, after its lines were given one by one. */
export type StatementEnd = Static<typeof StatementEndSchema>;

/** A statement's file: fetched by the channel, or brought by a person who took it from the channel's portal. `day`: the day it is meant to be of (yyyy-MM-dd, Beijing). */
export type StatementFile = { readonly day: string; readonly raw: Uint8Array };

/**
 * Reads a statement's file and gives each line to `give` as soon as it is read, in the order of the file; what it returns says how that ended, and only then is any line used. A day may have a million
 * lines: a reader holds none that it has given. The same bytes and settings give the same lines, whenever and wherever it is called. It runs in a thread of its own, where secrets of the settings have
 * their own name as value, and nothing of a plugin that was activated can be reached. A file that a person brings is read by it too, so it takes the forms a portal gives (compressed or not).
 */
export type StatementReader<Settings = unknown> = (file: StatementFile, settings: Settings, give: (line: StatementLine) => void) => StatementEnd | Promise<StatementEnd>;
/** The same for the file of a fund statement. */
export type FundStatementReader<Settings = unknown> = (file: StatementFile, settings: Settings, give: (line: FundStatementLine) => void) => FundStatementEnd | Promise<FundStatementEnd>;

export type CallContext = {
  /** Absolute deadline; after it the core has stopped listening and treats the call as `unknown`. */
  readonly deadline: string;
  /** Aborts at the deadline. Pass it to the wire client. */
  readonly signal: AbortSignal;
  /** 1 for the first attempt under this number. */
  readonly attempt: number;
};

/** The mandatory pair. A channel that cannot be asked what became of a charge may not take money. */
export type PaymentChannel = {
  /** The merchant number this channel instance charges for; the core compares it with every piece of news. */
  readonly merchantNo: string;
  readonly methods: readonly PaymentMethod[];
  /** `wholeOnly`: a payment can only be undone whole (医保结算, 2208); the core then refuses to ask for a part of it. Absent: any part, many times. */
  readonly refunds?: 'wholeOnly';
  charge(request: ChargeRequest, context: CallContext): Promise<ChargeOutcome>;
  query(request: PaymentReference, context: CallContext): Promise<PaymentNews>;
} & Partial<Refunding & Cancelling & Notifying & Statement & FundStatement & IdentifyingPayer & SettlingInsurance & HoldingCredentials & Probing>;

/** A channel that can be refunded, closed, told by and reconciled with. */
export type FullPaymentChannel = PaymentChannel & Refunding & Cancelling & Notifying & Statement;

export type Refunding = {
  refund(request: RefundRequest, context: CallContext): Promise<RefundOutcome>;
  queryRefund(request: RefundReference, context: CallContext): Promise<RefundNews>;
};

export type Cancelling = {
  /**
   * Makes an unpaid number unpayable. Repeating it is harmless. A payment known to be paid is `alreadyPaid`, never undone. Where the channel's only way
   * is an undo (冲正, reverse of a scanned code), ask it first; a success that races the undo comes back to the patient and the number is `closed`.
   * An undo that left and was not answered is sent again by the next close, whatever the channel says meanwhile: `alreadyPaid` also says that no undo of
   * this number is on its way. Until a close is answered the core believes no success of its number.
   */
  close(request: PaymentReference, context: CallContext): Promise<CloseOutcome>;
};

export type Notifying = {
  /** Verifies and reads a notification. Pure with respect to money: it stores nothing. */
  readNotification(raw: RawNotification): Promise<Notification>;
  /** `stored`: the core has committed the news (or it was a duplicate). `refused`: it will not be used. `retryLater`: could not be stored now. */
  answerNotification(result: 'stored' | 'refused' | 'retryLater'): NotificationAnswer;
};

export type Statement = {
  /** The channel's bill of one day (yyyy-MM-dd, Beijing time). */
  downloadStatement(request: { readonly day: string }, context: CallContext): Promise<StatementOutcome>;
  /**
   * Only fetches the file of a day; the definition's `statementReaders` reads it beside the payments. For channels whose day has many rows. What both make of a day is what `downloadStatement` makes of it.
   */
  fetchStatement?(request: { readonly day: string }, context: CallContext): Promise<FetchedStatement>;
  /** Reads a file that a person brought, for channels that need their own books to say whose a row is. The others give a reader. */
  readStatement?(file: StatementFile, context: CallContext): Promise<StatementReading>;
};

/** What settlement is checked against: payments less fees and refunds must be what is in the account, and what left for the bank. */
export type FundStatement = {
  /** Every movement of one account of the merchant at the channel on one day, with the balance after each (资金账单). */
  downloadFundStatement(request: FundStatementRequest, context: CallContext): Promise<FundStatementOutcome>;
  /** Only fetches the file; the definition's `fundStatementReaders` reads it beside the payments (see `Statement.fetchStatement`). */
  fetchFundStatement?(request: FundStatementRequest, context: CallContext): Promise<FetchedStatement>;
};

export const PayerIdOutcomeSchema = Type.Union([
  Type.Object({ kind: Type.Literal('found'), payerId: Type.String({ minLength: 1, maxLength: 128 }) }, closedObject),
  Type.Object({ kind: Type.Literal('refused'), reason: Type.String({ maxLength: 500 }) }, closedObject),
  Unknown,
]);
export type PayerIdOutcome = Static<typeof PayerIdOutcomeSchema>;

/**
 * Learns who pays in the browser of the channel's own app, where `jsapi` needs to know (WeChat: web page authorisation, 网页授权, scope snsapi_base).
 * It proves nothing about money and tells nothing of the person but the id the channel knows him by.
 */
export type IdentifyingPayer = {
  /** The channel's page that sends the browser back to `returnUrl` with its code and `state`. Makes no call. */
  payerIdAddress(request: { readonly returnUrl: string; readonly state: string }): Promise<{ readonly url: string }>;
  /** Trades the code that came back in the query of `returnUrl` for the id. A code is single use. */
  findPayerId(request: { readonly query: string }, context: CallContext): Promise<PayerIdOutcome>;
};

export const ProbeOutcomeSchema = Type.Union([Type.Object({ kind: Type.Literal('answered') }, closedObject), Unknown]);
export type ProbeOutcome = Static<typeof ProbeOutcomeSchema>;

/** Proves line and keys before the first patient pays. */
export type Probing = {
  /** Asks the far side something harmless; answered only when the answer was authentic. */
  probe(request: Readonly<Record<string, never>>, context: CallContext): Promise<ProbeOutcome>;
};

export const InsuranceRefundNoticeSchema = Type.Object(
  {
    /** The cash payment, with its `insuranceOrder`. */
    payment: PaymentReferenceSchema,
    /** The number under which the cash part went back. The same in every repeat, as is all of this. */
    refundNo: Type.String({ minLength: 6, maxLength: 64, pattern: '^[0-9A-Za-z_-]+$' }),
    refundedAt: TimeSchema,
  },
  closedObject,
);
export type InsuranceRefundNotice = Static<typeof InsuranceRefundNoticeSchema>;

export const InsuranceRefundNoticeOutcomeSchema = Type.Union([Type.Object({ kind: Type.Literal('told') }, closedObject), NotSent, Unknown]);
/** Everything but `told` is repeated: the notice moves no money, and the wallet knows it by `refundNo`. */
export type InsuranceRefundNoticeOutcome = Static<typeof InsuranceRefundNoticeOutcomeSchema>;

/**
 * A wallet that settles an order of the medical insurance together with a cash payment (医保混合收款): the patient confirms once, and the wallet pays the cash part and
 * has the centre settle the rest. A channel with this facet takes `insuranceOrder` in `charge`. Its news of such a payment is `succeeded` only when the wallet says
 * that both parts are paid, asked, not told; `closed` only when the cash part is unpayable or returned for good.
 */
export type SettlingInsurance = {
  /** The insurance part was undone at the centre, whole. The wallet shows it; no money moves by this. */
  tellInsuranceRefund(request: InsuranceRefundNotice, context: CallContext): Promise<InsuranceRefundNoticeOutcome>;
};
