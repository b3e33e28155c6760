/**
 * One change of one order, decided in memory over rows the store has locked, written in one transaction.
 *
 * This is the only way a state moves: each move is checked against its transition table, leaves an event with its cause, and stands beside
 * the journals and jobs of the same change. It is synchronous on purpose: nothing can be awaited between reading and writing.
 */
import type { Bilingual } from './bilingual.js';
import { confirmationTransitions, type ConfirmationState, type ConfirmationTrigger } from './confirmation-states.js';
import { invoiceTransitions, type InvoiceState, type InvoiceTrigger } from './invoice-states.js';
import { assertBalanced, type Journal } from './ledger.js';
import type { Invoice, Order, OrderAggregate, Payment, Presettlement, Refund } from './order.js';
import { paymentTransitions, type PaymentState, type PaymentTrigger } from './payment-states.js';
import { presettlementTransitions, type PresettlementState, type PresettlementTrigger } from './presettlement-states.js';
import { refundTransitions, type RefundState, type RefundTrigger } from './refund-states.js';

/** What justified the change: a fact row, or the request, timer or operator's act named by `id`. */
export type Cause = {
  readonly kind: 'request' | 'answer' | 'notification' | 'query' | 'statement' | 'hisAnswer' | 'hisQuery' | 'timer' | 'operator';
  readonly id: string;
};

/** Something learned from outside, kept for ever. (source, sourceId) is unique: the same news twice is one fact. */
export type Fact = {
  readonly kind: 'channelAnswer' | 'channelNotification' | 'channelQuery' | 'hisAnswer' | 'hisQuery' | 'bankAnswer' | 'bankQuery' | 'bankLine' | 'request' | 'operator';
  readonly source: string;
  readonly sourceId: string;
  /** Redacted JSON-able content. */
  readonly body: unknown;
};

/** One step of an order's chain of receipts. */
export type ReceiptLink = { readonly hisRefundNo: string; readonly oldReceiptNo: string; readonly newReceiptNo: string };

export type StateEvent = {
  readonly axis: 'payment' | 'confirmation' | 'refund' | 'presettlement' | 'discharge' | 'invoice' | 'prepaymentReturn' | 'hisNotice' | 'payout';
  readonly subject: string;
  readonly from: string | undefined;
  readonly to: string;
  readonly trigger: string;
  readonly cause: Cause;
};

/** Work that must happen later, at least once. One live job per kind and subject; scheduling it again moves its due time. */
export const JOB_KINDS = ['advancePayment', 'advanceTender', 'confirmOrder', 'advanceRefund', 'tellOwner', 'advancePresettlement', 'tellInsuranceRefund', 'advanceDischarge', 'advanceInvoice', 'checkBooking', 'unlockBills', 'advancePrepaymentReturn', 'advanceNotice', 'advancePayout', 'sendStatementFile'] as const;
export type JobKind = (typeof JOB_KINDS)[number];
export type JobRequest = { readonly kind: JobKind; readonly subject: string; readonly dueAt: Date };

export const CASE_KINDS = [
  'amountMismatch',
  'merchantMismatch',
  'secondChannelPayment',
  'confirmationUnknown',
  'confirmationAmount',
  'paymentUnknown',
  'refundLate',
  'refundAbnormal',
  'refundRefusedByHis',
  'lateSuccessRefunded',
  'unknownOrder',
  'ownerNotTold',
  'insuranceSplit',
  'presettlementOpen',
  'tillMismatch',
  'cashLong',
  'cashShort',
  'insuranceRefundNotTold',
  'dischargeUnknown',
  'dischargeTransfer',
  'invoiceRefused',
  'bookingLost',
  'prepaymentUnknown',
  'prepaymentTransfer',
  'hisNoticeChanged',
  'hisNoticeStuck',
  'statementLong',
  'statementShort',
  'statementAmount',
  'statementStatus',
  'statementUnusable',
  'hisWithoutMoney',
  'hisBookingMissing',
  'hisBookingAmount',
  'settlementDifference',
  'repairsStopped',
  'payoutUnknown',
  'payoutLate',
  'payoutReturned',
  'payoutStrange',
  'bankStatementUnusable',
  'bankStatementGap',
  'feeDiffers',
  'arrivalShort',
  'arrivalLong',
  'channelDenies',
] as const;
export type CaseKind = (typeof CASE_KINDS)[number];
/** `detail`: what happened and what to do next, said once in both languages where it is found. */
export type CaseDraft = { readonly kind: CaseKind; readonly subject: string; readonly severity: 1 | 2 | 3; readonly detail: Bilingual };

export class OrderChange {
  readonly now: Date;
  /** Where the numbers of its refunds begin to count. */
  readonly numbersFrom: number;
  readonly cause: Cause;
  #order: Order;
  #payments: Payment[];
  #refunds: Refund[];
  #invoices: Invoice[];
  #holdsBills: boolean;
  readonly #billsFree: boolean;
  #presettlement: Presettlement | undefined;
  readonly events: StateEvent[] = [];
  readonly journals: Journal[] = [];
  readonly jobs: JobRequest[] = [];
  readonly droppedJobs: { readonly kind: JobKind; readonly subject: string }[] = [];
  readonly cases: CaseDraft[] = [];
  readonly resolvedCases: { readonly kind: CaseKind; readonly subject: string }[] = [];
  readonly changedPayments = new Set<string>();
  readonly newPayments = new Set<string>();
  readonly changedRefunds = new Set<string>();
  readonly newRefunds = new Set<string>();
  readonly changedInvoices = new Set<string>();
  readonly newInvoices = new Set<string>();
  /** Learned by this change itself, where whether it is believed was only decided in it. */
  readonly facts: Fact[] = [];
  readonly receiptLinks: ReceiptLink[] = [];
  orderChanged = false;
  presettlementChanged = false;

  constructor(aggregate: OrderAggregate, cause: Cause, now: Date, numbersFrom = 0) {
    this.numbersFrom = numbersFrom;
    this.#order = aggregate.order;
    this.#payments = [...aggregate.payments];
    this.#refunds = [...aggregate.refunds];
    this.#invoices = [...(aggregate.invoices ?? [])];
    this.#holdsBills = aggregate.holdsBills;
    this.#billsFree = aggregate.billsFree;
    this.#presettlement = aggregate.presettlement;
    this.cause = cause;
    this.now = now;
  }

  get order(): Order {
    return this.#order;
  }
  get payments(): readonly Payment[] {
    return this.#payments;
  }
  get refunds(): readonly Refund[] {
    return this.#refunds;
  }
  get invoices(): readonly Invoice[] {
    return this.#invoices;
  }
  get holdsBills(): boolean {
    return this.#holdsBills;
  }
  /** True when this order may claim its bills now: nobody else lives on them. */
  get billsFree(): boolean {
    return this.#billsFree;
  }
  get presettlement(): Presettlement | undefined {
    return this.#presettlement;
  }
  get aggregate(): OrderAggregate {
    return { order: this.#order, payments: this.#payments, refunds: this.#refunds, invoices: this.#invoices, holdsBills: this.#holdsBills, billsFree: this.#billsFree, presettlement: this.#presettlement };
  }
  /** Whether anything at all would be written. */
  get isEmpty(): boolean {
    return !this.orderChanged && !this.presettlementChanged && this.changedPayments.size + this.newPayments.size + this.changedRefunds.size + this.newRefunds.size + this.changedInvoices.size + this.newInvoices.size + this.events.length + this.journals.length + this.jobs.length + this.droppedJobs.length + this.cases.length + this.resolvedCases.length + this.facts.length + this.receiptLinks.length === 0;
  }

  payment(paymentNo: string): Payment {
    const payment = this.#payments.find((candidate) => candidate.paymentNo === paymentNo);
    if (payment === undefined) throw new Error(`order ${this.#order.tradeNo} has no payment ${paymentNo}`);
    return payment;
  }
  refund(refundNo: string): Refund {
    const refund = this.#refunds.find((candidate) => candidate.refundNo === refundNo);
    if (refund === undefined) throw new Error(`order ${this.#order.tradeNo} has no refund ${refundNo}`);
    return refund;
  }

  invoice(invoiceRequestNo: string): Invoice {
    const invoice = this.#invoices.find((candidate) => candidate.invoiceRequestNo === invoiceRequestNo);
    if (invoice === undefined) throw new Error(`order ${this.#order.tradeNo} has no invoice ${invoiceRequestNo}`);
    return invoice;
  }

  /** A further payment of a mixed order, its intent already made: committed before its channel is called. */
  addPayment(payment: Payment): Payment {
    this.#payments.push(payment);
    this.newPayments.add(payment.paymentNo);
    this.events.push({ axis: 'payment', subject: payment.paymentNo, from: undefined, to: 'created', trigger: 'accept', cause: this.cause });
    this.events.push({ axis: 'payment', subject: payment.paymentNo, from: 'created', to: payment.state, trigger: 'accept', cause: this.cause });
    return payment;
  }
  movePayment(paymentNo: string, to: PaymentState, by: PaymentTrigger, set: Partial<Payment> = {}): Payment {
    const payment = this.payment(paymentNo);
    paymentTransitions.check(payment.state, to, by);
    this.events.push({ axis: 'payment', subject: paymentNo, from: payment.state, to, trigger: by, cause: this.cause });
    return this.setPayment(paymentNo, { ...set, state: to });
  }
  /** Notes that are not a change of state (attempt counter, presentation). */
  setPayment(paymentNo: string, set: Partial<Payment>): Payment {
    const changed = { ...this.payment(paymentNo), ...set };
    this.#payments = this.#payments.map((payment) => (payment.paymentNo === paymentNo ? changed : payment));
    this.changedPayments.add(paymentNo);
    return changed;
  }

  moveConfirmation(to: ConfirmationState, by: ConfirmationTrigger, set: Partial<Order> = {}): Order {
    confirmationTransitions.check(this.#order.confirmation, to, by);
    this.events.push({ axis: 'confirmation', subject: this.#order.tradeNo, from: this.#order.confirmation, to, trigger: by, cause: this.cause });
    return this.setOrder({ ...set, confirmation: to });
  }
  setOrder(set: Partial<Order>): Order {
    this.#order = { ...this.#order, ...set };
    this.orderChanged = true;
    return this.#order;
  }

  addRefund(refund: Refund): Refund {
    this.#refunds.push(refund);
    this.newRefunds.add(refund.refundNo);
    this.events.push({ axis: 'refund', subject: refund.refundNo, from: undefined, to: refund.state, trigger: 'send', cause: this.cause });
    return refund;
  }
  moveRefund(refundNo: string, to: RefundState, by: RefundTrigger, set: Partial<Refund> = {}): Refund {
    const refund = this.refund(refundNo);
    refundTransitions.check(refund.state, to, by);
    this.events.push({ axis: 'refund', subject: refundNo, from: refund.state, to, trigger: by, cause: this.cause });
    return this.setRefund(refundNo, { ...set, state: to });
  }
  setRefund(refundNo: string, set: Partial<Refund>): Refund {
    const changed = { ...this.refund(refundNo), ...set };
    this.#refunds = this.#refunds.map((refund) => (refund.refundNo === refundNo ? changed : refund));
    this.changedRefunds.add(refundNo);
    return changed;
  }

  /** Its intent is written before the hospital is asked for it. */
  addInvoice(invoice: Invoice): Invoice {
    this.#invoices.push(invoice);
    this.newInvoices.add(invoice.invoiceRequestNo);
    this.events.push({ axis: 'invoice', subject: invoice.invoiceRequestNo, from: undefined, to: invoice.state, trigger: 'send', cause: this.cause });
    return invoice;
  }
  moveInvoice(invoiceRequestNo: string, to: InvoiceState, by: InvoiceTrigger, set: Partial<Invoice> = {}): Invoice {
    const { state } = this.invoice(invoiceRequestNo);
    invoiceTransitions.check(state, to, by);
    this.events.push({ axis: 'invoice', subject: invoiceRequestNo, from: state, to, trigger: by, cause: this.cause });
    return this.setInvoice(invoiceRequestNo, { ...set, state: to });
  }
  setInvoice(invoiceRequestNo: string, set: Partial<Invoice>): Invoice {
    const changed = { ...this.invoice(invoiceRequestNo), ...set };
    this.#invoices = this.#invoices.map((invoice) => (invoice.invoiceRequestNo === invoiceRequestNo ? changed : invoice));
    this.changedInvoices.add(invoiceRequestNo);
    return changed;
  }

  /** @throws when the order has no pre-settlement, or the table has no such line. */
  movePresettlement(to: PresettlementState, by: PresettlementTrigger, set: Partial<Presettlement> = {}): Presettlement {
    if (this.#presettlement === undefined) throw new Error(`order ${this.#order.tradeNo} has no pre-settlement`);
    const { presettlementNo, state } = this.#presettlement;
    presettlementTransitions.check(state, to, by);
    this.events.push({ axis: 'presettlement', subject: presettlementNo, from: state, to, trigger: by, cause: this.cause });
    this.#presettlement = { ...this.#presettlement, ...set, state: to };
    this.presettlementChanged = true;
    return this.#presettlement;
  }

  /** The HIS says that the money goes back at a window only; the first reason stays. */
  keepToWindow(because: NonNullable<Order['windowOnly']>): void {
    if (this.#order.windowOnly !== undefined) return;
    this.#order = { ...this.#order, windowOnly: because };
    this.orderChanged = true;
  }

  learnFact(fact: Fact): void {
    this.facts.push(fact);
  }
  /** 红冲重收: what is left of the old receipt stands under the new one. */
  linkReceipt(link: ReceiptLink): void {
    this.receiptLinks.push(link);
  }

  post(journal: Journal): void {
    assertBalanced(journal);
    this.journals.push(journal);
  }

  schedule(kind: JobKind, subject: string, dueAt: Date = this.now): void {
    this.jobs.push({ kind, subject, dueAt });
  }
  dropJob(kind: JobKind, subject: string): void {
    this.droppedJobs.push({ kind, subject });
  }
  openCase(draft: CaseDraft): void {
    this.cases.push(draft);
  }
  resolveCase(kind: CaseKind, subject: string): void {
    this.resolvedCases.push({ kind, subject });
  }

  /** Lets other orders have these bills. */
  releaseBills(): void {
    this.#holdsBills = false;
    if (this.#order.lockNo !== undefined) this.schedule('unlockBills', this.#order.tradeNo);
    this.orderChanged = true;
  }
  /** Takes the bills back for a late success. @throws when another order lives on them: ask `billsFree` first. */
  reclaimBills(): void {
    if (!this.#billsFree) throw new Error(`bills of ${this.#order.tradeNo} belong to another live order`);
    this.#holdsBills = true;
    this.orderChanged = true;
  }
}
