/** What terminals are shown, as schemas: the answers of the operations and the pushed order. Equal to the terminal SDK's shapes (a test proves it). */
import { BillSchema, BUSINESS_KINDS, CARD_TERMINAL_OPERATIONS, CARD_TYPES, INPATIENT_STATES, PAYMENT_METHODS, PresentationSchema } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';
import { CONFIRMATION_STATES } from '../domain/confirmation-states.js';
import { DISCHARGE_STATES } from '../domain/discharge-states.js';
import { ORDER_BUSINESSES } from '../domain/order.js';
import { PAYMENT_STATES } from '../domain/payment-states.js';
import { PRESETTLEMENT_STATES } from '../domain/presettlement-states.js';
import { INSURANCE_ORDERS } from '../domain/payment-policy.js';
import { INVOICE_STATES } from '../domain/invoice-states.js';
import { REFUND_STATES } from '../domain/refund-states.js';
import { CARD_TERMINAL_STATES, TILL_OPENING_STATES } from '../window-desk/ports.js';

const closed = { additionalProperties: false } as const;
const Fen = Type.Integer({ minimum: 0, maximum: 1_000_000_000 });
const Text = Type.String();

/** Arrays and objects that nobody may change. */
export type Shown<Value> = Value extends readonly (infer Item)[] ? readonly Shown<Item>[] : Value extends object ? { readonly [Key in keyof Value]: Shown<Value[Key]> } : Value;

export const PatientViewSchema = Type.Object(
  {
    patientId: Text, name: Text, sex: Type.Union([Type.Literal('male'), Type.Literal('female'), Type.Literal('unknown')]), birthday: Type.Optional(Text), idNo: Type.Optional(Text),
    cardNo: Type.Optional(Text), phone: Type.Optional(Text), feeCategory: Type.Optional(Text),
  },
  closed,
);
export const QuoteViewSchema = Type.Object(
  { quoteId: Text, billNos: Type.Array(Text), totalFen: Fen, fundFen: Fen, personalAccountFen: Fen, selfPayFen: Fen, roundingFen: Type.Optional(Type.Integer()), validUntil: Text },
  closed,
);

/** A registration that is held and not paid (待支付的预约). */
export const HeldRegistrationSchema = Type.Object({ registrationNo: Text, hisRegistrationNo: Text, queueNo: Type.Optional(Text), quote: QuoteViewSchema }, closed);
/** A stay in hospital, the name masked. */
export const InpatientViewSchema = Type.Object(
  {
    inpatientNo: Text, visitId: Text, name: Text, state: Type.Enum(INPATIENT_STATES), ward: Text, bed: Text, departmentName: Text, admittedAt: Text, dischargedAt: Type.Optional(Text), depositFen: Fen, costFen: Fen, selfCostFen: Fen,
    arrearsFen: Fen, feeCategory: Type.Optional(Text),
  },
  closed,
);

const PaymentViewSchema = Type.Object(
  {
    paymentNo: Text, channel: Text, method: Text, amountFen: Fen, state: Type.Enum(PAYMENT_STATES), presentation: Type.Optional(PresentationSchema), expiresAt: Text,
    channelTradeNo: Type.Optional(Text), paidAt: Type.Optional(Text), insuranceSplit: Type.Optional(Type.Object({ fundFen: Fen, accountFen: Fen }, closed)), refundableFen: Fen,
  },
  closed,
);
const RefundViewSchema = Type.Object(
  { refundNo: Text, paymentNo: Text, refundFen: Fen, state: Type.Enum(REFUND_STATES), cause: Text, reason: Text, requestedAt: Text, refundedAt: Type.Optional(Text) },
  closed,
);
const InvoiceViewSchema = Type.Object(
  {
    state: Type.Enum(INVOICE_STATES), amountFen: Fen, invoiceCode: Type.Optional(Text), invoiceNo: Type.Optional(Text), checkCode: Type.Optional(Text), url: Type.Optional(Text), issuedAt: Type.Optional(Text),
  },
  closed,
);
export const OrderViewSchema = Type.Object(
  {
    tradeNo: Text, version: Type.Integer({ minimum: 1 }), description: Text, patientLabel: Text, billNos: Type.Array(Text), totalFen: Fen, fundFen: Fen, personalAccountFen: Fen,
    amountFen: Fen, roundingFen: Type.Optional(Type.Integer()), business: Type.Optional(Type.Enum(ORDER_BUSINESSES)), presettlementNo: Type.Optional(Text), tender: Type.Optional(Type.Object({ paidFen: Fen, until: Text, isEnding: Type.Boolean() }, closed)), createdAt: Text, payments: Type.Array(PaymentViewSchema),
    confirmation: Type.Object(
      {
        state: Type.Enum(CONFIRMATION_STATES), settlementNo: Type.Optional(Text), receiptNo: Type.Optional(Text), pickupWindow: Type.Optional(Text), guide: Type.Optional(Text), queueNo: Type.Optional(Text), place: Type.Optional(Text),
        confirmedAt: Type.Optional(Text), receiptPrintedAt: Type.Optional(Text),
      },
      closed,
    ),
    refunds: Type.Array(RefundViewSchema), invoice: Type.Optional(InvoiceViewSchema),
  },
  closed,
);
export const DischargeQuoteViewSchema = Type.Object(
  { quote: QuoteViewSchema, totalFen: Fen, fundFen: Fen, personalAccountFen: Fen, selfPayFen: Fen, depositFen: Fen, collectFen: Fen, refundFen: Fen },
  closed,
);
/** A discharge settlement: what of the deposits goes back, and along which orders. */
export const DischargeViewSchema = Type.Object(
  {
    settlementNo: Text, state: Type.Enum(DISCHARGE_STATES), inpatientNo: Text, visitId: Text, patientLabel: Text, requestedAt: Text, refundFen: Fen, returns: Type.Array(Type.Object({ tradeNo: Text, refundFen: Fen }, closed)),
    transferFen: Type.Optional(Fen), hisSettlementNo: Type.Optional(Text), receiptNo: Type.Optional(Text), reason: Type.Optional(Text),
  },
  closed,
);
export const InsuredPersonViewSchema = Type.Object(
  { personNo: Text, name: Text, insurances: Type.Array(Type.Object({ type: Text, place: Text, accountBalanceFen: Type.Optional(Fen), isActive: Type.Boolean() }, closed)) },
  closed,
);
export const PresettlementViewSchema = Type.Object(
  {
    presettlementNo: Text, quoteId: Text, state: Type.Enum(PRESETTLEMENT_STATES), totalFen: Fen,
    split: Type.Optional(Type.Object({ fundFen: Fen, accountFen: Fen, cashFen: Fen, insuredFen: Fen }, closed)), expiresAt: Text, tradeNo: Type.Optional(Text),
  },
  closed,
);
/** An aggregated code (聚合码) just given out: `url` is the text of its QR code, told this once. */
export const IssuedCheckoutSchema = Type.Object({ checkoutNo: Text, url: Text, expiresAt: Text }, closed);
export const OwnedCheckoutSchema = Type.Object({ checkoutNo: Text, state: Type.Enum(['open', 'expired', 'revoked'] as const), expiresAt: Text, order: Type.Optional(OrderViewSchema) }, closed);
/** What became of a sign-in (签到), settlement (结算) or second print (重打印) at the window's card terminal, and what the cashier does now. */
export const CardTerminalOperationSchema = Type.Object(
  {
    operationNo: Text, channel: Text, terminalId: Text, operation: Type.Enum(CARD_TERMINAL_OPERATIONS), state: Type.Enum(CARD_TERMINAL_STATES), code: Type.Optional(Text), message: Text, nextZh: Text, nextEn: Text,
    askedBy: Text, operatorId: Type.Optional(Text), askedAt: Text, endedAt: Type.Optional(Text),
  },
  closed,
);
/** Change money (备用金) counted into a till. */
export const TillOpeningSchema = Type.Object({ openingNo: Text, channel: Text, tillNo: Text, amountFen: Fen, state: Type.Enum(TILL_OPENING_STATES), message: Text, openedAt: Text }, closed);
const TillSum = Type.Object({ count: Type.Integer({ minimum: 0 }), amountFen: Type.Integer() }, closed);
/** One till on one day: `balanceFen` is what must lie in it. */
export const OwnTillsSchema = Type.Object(
  { day: Text, tills: Type.Array(Type.Object({ channel: Text, tillNo: Text, day: Text, openings: TillSum, takenIn: TillSum, paidOut: TillSum, balanceFen: Type.Integer() }, closed)) },
  closed,
);
export const TerminalConfigurationSchema = Type.Object(
  { hospitalName: Text, title: Text, kind: Text, group: Type.Optional(Text), methods: Type.Array(Type.Enum(PAYMENT_METHODS)), cardTypes: Type.Array(Type.Enum(CARD_TYPES)), insuranceOrder: Type.Optional(Type.Enum(INSURANCE_ORDERS)), numberedBusinesses: Type.Optional(Type.Array(Type.Enum(BUSINESS_KINDS))), functions: Type.Optional(Type.Array(Text, { description: 'operations of the HIS that are there: no button for the others' })) },
  closed,
);

export type PatientView = Shown<Static<typeof PatientViewSchema>>;
export type BillView = Shown<Static<typeof BillSchema>>;
export type QuoteView = Shown<Static<typeof QuoteViewSchema>>;
export type OrderView = Shown<Static<typeof OrderViewSchema>>;
/** What a terminal is told about itself when it resumes. */
export type TerminalConfiguration = Shown<Static<typeof TerminalConfigurationSchema>>;
