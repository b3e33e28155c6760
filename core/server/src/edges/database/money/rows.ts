/** Rows of the money database ↔ domain values. The one place where a column's text is believed to be a state: the database's own writer put it there. */
import { fen, type InsuranceOrder, type PaymentMethod, type Presentation } from '@hospay/plugin-sdk';
import type { SQLInputValue } from 'node:sqlite';
import type { ConfirmationState } from '../../../domain/confirmation-states.js';
import { ORDER_BUSINESSES, WINDOW_ONLY, type BusinessSubject, type Order, type OrderBusiness, type Owner, type Payment, type Presettlement, type Refund, type RefundCause, type StoredQuote } from '../../../domain/order.js';
import type { PaymentState } from '../../../domain/payment-states.js';
import type { PresettlementState } from '../../../domain/presettlement-states.js';
import type { RefundState } from '../../../domain/refund-states.js';

export type Row = Record<string, unknown>;
export type Columns = Record<string, SQLInputValue>;

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new Error(`column ${column} is not text`);
  return value;
}
export function number(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new Error(`column ${column} is not a number`);
  return value;
}
export function optionalText(row: Row, column: string): string | undefined {
  const value = row[column];
  return typeof value === 'string' ? value : undefined;
}
const texts = (row: Row, column: string) => JSON.parse(text(row, column)) as string[];
const owner = (row: Row): Owner => ({ kind: text(row, 'owner_kind') as Owner['kind'], id: text(row, 'owner_id') });

/** A row that is for bills says nothing of it. */
function businessOf(row: Row): { readonly business?: OrderBusiness; readonly subject?: BusinessSubject } {
  const business = ORDER_BUSINESSES.find((kind) => kind === text(row, 'business'));
  if (business === undefined) throw new Error(`no such business: ${text(row, 'business')}`);
  const subject = optionalText(row, 'business_subject');
  return { ...(business === 'bill' ? {} : { business }), ...(subject === undefined ? {} : { subject: JSON.parse(subject) as BusinessSubject }) };
}
function windowOnlyOf(row: Row): Pick<Order, 'windowOnly'> {
  const because = WINDOW_ONLY.find((known) => known === optionalText(row, 'window_only'));
  return because === undefined ? {} : { windowOnly: because };
}
const businessColumns = ({ business, subject }: Pick<Order, 'business' | 'subject'>): Columns => ({ business: business ?? 'bill', business_subject: subject === undefined ? null : JSON.stringify(subject) });

export function quoteFromRow(row: Row): StoredQuote {
  return {
    quoteId: text(row, 'quote_id'),
    hospitalId: text(row, 'hospital_id'),
    owner: owner(row),
    patientId: text(row, 'patient_id'),
    patientLabel: text(row, 'patient_label'),
    hisQuoteNo: text(row, 'his_quote_no'),
    billNos: texts(row, 'bill_nos'),
    totalFen: fen(number(row, 'total_fen')),
    fundFen: fen(number(row, 'fund_fen')),
    personalAccountFen: fen(number(row, 'personal_account_fen')),
    selfPayFen: fen(number(row, 'self_pay_fen')),
    ...(number(row, 'rounding_fen') === 0 ? {} : { roundingFen: number(row, 'rounding_fen') }),
    feeType: optionalText(row, 'fee_type'),
    validUntil: text(row, 'valid_until'),
    quotedAt: text(row, 'quoted_at'),
    ...businessOf(row),
  };
}

export function quoteColumns(quote: StoredQuote): Columns {
  return {
    quote_id: quote.quoteId,
    hospital_id: quote.hospitalId,
    owner_kind: quote.owner.kind,
    owner_id: quote.owner.id,
    patient_id: quote.patientId,
    patient_label: quote.patientLabel,
    his_quote_no: quote.hisQuoteNo,
    bill_nos: JSON.stringify(quote.billNos),
    total_fen: quote.totalFen,
    fund_fen: quote.fundFen,
    personal_account_fen: quote.personalAccountFen,
    self_pay_fen: quote.selfPayFen,
    rounding_fen: quote.roundingFen ?? 0,
    fee_type: quote.feeType ?? null,
    valid_until: quote.validUntil,
    quoted_at: quote.quotedAt,
    ...businessColumns(quote),
  };
}

export function orderFromRow(row: Row): Order {
  return {
    tradeNo: text(row, 'trade_no'),
    hospitalId: text(row, 'hospital_id'),
    merchantId: text(row, 'merchant_id'),
    owner: owner(row),
    quoteId: text(row, 'quote_id'),
    hisQuoteNo: text(row, 'his_quote_no'),
    patientId: text(row, 'patient_id'),
    patientLabel: text(row, 'patient_label'),
    billNos: texts(row, 'bill_nos'),
    description: text(row, 'description'),
    totalFen: fen(number(row, 'total_fen')),
    fundFen: fen(number(row, 'fund_fen')),
    personalAccountFen: fen(number(row, 'personal_account_fen')),
    amountFen: fen(number(row, 'amount_fen')),
    createdAt: text(row, 'created_at'),
    version: number(row, 'version'),
    confirmation: text(row, 'confirmation') as ConfirmationState,
    settlementNo: optionalText(row, 'settlement_no'),
    receiptNo: optionalText(row, 'receipt_no'),
    pickupWindow: optionalText(row, 'pickup_window'),
    guide: optionalText(row, 'guide'),
    queueNo: optionalText(row, 'queue_no'),
    place: optionalText(row, 'place'),
    confirmedAt: optionalText(row, 'confirmed_at'),
    hisDay: optionalText(row, 'his_day'),
    confirmAttempts: number(row, 'confirm_attempts'),
    paidAt: optionalText(row, 'paid_at'),
    receiptPrintedAt: optionalText(row, 'receipt_printed_at'),
    tenderUntil: optionalText(row, 'tender_until'),
    tenderEndingAt: optionalText(row, 'tender_ending_at'),
    presettlementNo: optionalText(row, 'presettlement_no'),
    hisDoubtUntil: optionalText(row, 'his_doubt_until'),
    ...windowOnlyOf(row),
    ...(optionalText(row, 'lock_no') === undefined ? {} : { lockNo: text(row, 'lock_no') }),
    ...businessOf(row),
  };
}

export function orderColumns(order: Order): Columns {
  return {
    trade_no: order.tradeNo,
    hospital_id: order.hospitalId,
    merchant_id: order.merchantId,
    owner_kind: order.owner.kind,
    owner_id: order.owner.id,
    quote_id: order.quoteId,
    his_quote_no: order.hisQuoteNo,
    patient_id: order.patientId,
    patient_label: order.patientLabel,
    bill_nos: JSON.stringify(order.billNos),
    description: order.description,
    total_fen: order.totalFen,
    fund_fen: order.fundFen,
    personal_account_fen: order.personalAccountFen,
    amount_fen: order.amountFen,
    created_at: order.createdAt,
    tender_until: order.tenderUntil ?? null,
    presettlement_no: order.presettlementNo ?? null,
    lock_no: order.lockNo ?? null,
    ...businessColumns(order),
    ...orderStateColumns(order),
  };
}

/** What may change after the order exists. */
export function orderStateColumns(order: Order): Columns {
  return {
    version: order.version,
    confirmation: order.confirmation,
    settlement_no: order.settlementNo ?? null,
    receipt_no: order.receiptNo ?? null,
    pickup_window: order.pickupWindow ?? null,
    guide: order.guide ?? null,
    queue_no: order.queueNo ?? null,
    place: order.place ?? null,
    confirmed_at: order.confirmedAt ?? null,
    his_day: order.hisDay ?? null,
    confirm_attempts: order.confirmAttempts,
    paid_at: order.paidAt ?? null,
    receipt_printed_at: order.receiptPrintedAt ?? null,
    tender_ending_at: order.tenderEndingAt ?? null,
    window_only: order.windowOnly ?? null,
    his_doubt_until: order.hisDoubtUntil ?? null,
  };
}

export function paymentFromRow(row: Row): Payment {
  const presentation = optionalText(row, 'presentation');
  const settledBy = optionalText(row, 'settled_by');
  const insuranceOrder = optionalText(row, 'insurance_order');
  const tillNo = optionalText(row, 'till_no');
  return {
    paymentNo: text(row, 'payment_no'),
    tradeNo: text(row, 'trade_no'),
    leg: number(row, 'leg'),
    channel: text(row, 'channel'),
    merchantNo: text(row, 'merchant_no'),
    method: text(row, 'method') as PaymentMethod,
    amountFen: fen(number(row, 'amount_fen')),
    state: text(row, 'state') as PaymentState,
    presentation: presentation === undefined ? undefined : (JSON.parse(presentation) as Presentation),
    expiresAt: text(row, 'expires_at'),
    submittedAt: text(row, 'submitted_at'),
    channelTradeNo: optionalText(row, 'channel_trade_no'),
    paidAt: optionalText(row, 'paid_at'),
    fundingSource: optionalText(row, 'funding_source'),
    channelNote: optionalText(row, 'channel_note'),
    attempts: number(row, 'attempts'),
    billDay: optionalText(row, 'bill_day'),
    lastNews: optionalText(row, 'last_news'),
    ...(number(row, 'refunds_whole_only') === 1 ? { refundsWholeOnly: true } : {}),
    ...(typeof row['insurance_fund_fen'] === 'number' ? { insuranceSplit: { fundFen: fen(row['insurance_fund_fen']), accountFen: fen(number(row, 'insurance_account_fen')) } } : {}),
    ...(settledBy === undefined ? {} : { settledBy }),
    ...(insuranceOrder === undefined ? {} : { insuranceOrder: JSON.parse(insuranceOrder) as InsuranceOrder }),
    ...(tillNo === undefined ? {} : { tillNo }),
    closeAskedAt: optionalText(row, 'close_asked_at'),
  };
}

export function paymentColumns(payment: Payment): Columns {
  return {
    payment_no: payment.paymentNo,
    trade_no: payment.tradeNo,
    leg: payment.leg,
    channel: payment.channel,
    merchant_no: payment.merchantNo,
    method: payment.method,
    amount_fen: payment.amountFen,
    expires_at: payment.expiresAt,
    submitted_at: payment.submittedAt,
    refunds_whole_only: payment.refundsWholeOnly === true ? 1 : 0,
    settled_by: payment.settledBy ?? null,
    insurance_order: payment.insuranceOrder === undefined ? null : JSON.stringify(payment.insuranceOrder),
    till_no: payment.tillNo ?? null,
    ...paymentStateColumns(payment),
  };
}

export function paymentStateColumns(payment: Payment): Columns {
  return {
    state: payment.state,
    presentation: payment.presentation === undefined ? null : JSON.stringify(payment.presentation),
    channel_trade_no: payment.channelTradeNo ?? null,
    paid_at: payment.paidAt ?? null,
    funding_source: payment.fundingSource ?? null,
    channel_note: payment.channelNote ?? null,
    attempts: payment.attempts,
    bill_day: payment.billDay ?? null,
    last_news: payment.lastNews ?? null,
    insurance_fund_fen: payment.insuranceSplit?.fundFen ?? null,
    insurance_account_fen: payment.insuranceSplit?.accountFen ?? null,
    close_asked_at: payment.closeAskedAt ?? null,
  };
}

export function refundFromRow(row: Row): Refund {
  const refundBillDay = optionalText(row, 'bill_day');
  return {
    refundNo: text(row, 'refund_no'),
    tradeNo: text(row, 'trade_no'),
    paymentNo: text(row, 'payment_no'),
    refundFen: fen(number(row, 'refund_fen')),
    state: text(row, 'state') as RefundState,
    cause: text(row, 'cause') as RefundCause,
    reason: text(row, 'reason'),
    requestedBy: text(row, 'requested_by'),
    requestedAt: text(row, 'requested_at'),
    needsHisApproval: number(row, 'needs_his_approval') === 1,
    reservedFrom: text(row, 'reserved_from') as Refund['reservedFrom'],
    hisRefundNo: optionalText(row, 'his_refund_no'),
    hisReversedDay: optionalText(row, 'his_reversed_day'),
    channelRefundNo: optionalText(row, 'channel_refund_no'),
    submittedAt: optionalText(row, 'submitted_at'),
    refundedAt: optionalText(row, 'refunded_at'),
    ...(refundBillDay === undefined ? {} : { billDay: refundBillDay }),
    isPosted: number(row, 'is_posted') === 1,
    attempts: number(row, 'attempts'),
    replaces: optionalText(row, 'replaces'),
    lastNews: optionalText(row, 'last_news'),
    hisDoubtUntil: optionalText(row, 'his_doubt_until'),
    operatorId: optionalText(row, 'operator_id'),
    tillNo: optionalText(row, 'till_no'),
  };
}

export function refundColumns(refund: Refund): Columns {
  return {
    refund_no: refund.refundNo,
    trade_no: refund.tradeNo,
    payment_no: refund.paymentNo,
    refund_fen: refund.refundFen,
    cause: refund.cause,
    reason: refund.reason,
    requested_by: refund.requestedBy,
    requested_at: refund.requestedAt,
    needs_his_approval: refund.needsHisApproval ? 1 : 0,
    reserved_from: refund.reservedFrom,
    replaces: refund.replaces ?? null,
    operator_id: refund.operatorId ?? null,
    till_no: refund.tillNo ?? null,
    ...refundStateColumns(refund),
  };
}

export function refundStateColumns(refund: Refund): Columns {
  return {
    state: refund.state,
    his_refund_no: refund.hisRefundNo ?? null,
    his_reversed_day: refund.hisReversedDay ?? null,
    channel_refund_no: refund.channelRefundNo ?? null,
    submitted_at: refund.submittedAt ?? null,
    refunded_at: refund.refundedAt ?? null,
    bill_day: refund.billDay ?? null,
    is_posted: refund.isPosted ? 1 : 0,
    attempts: refund.attempts,
    last_news: refund.lastNews ?? null,
    his_doubt_until: refund.hisDoubtUntil ?? null,
  };
}

export function presettlementFromRow(row: Row): Presettlement {
  const fundFen = row['fund_fen'];
  const payOrderId = optionalText(row, 'pay_order_id');
  return {
    presettlementNo: text(row, 'presettlement_no'),
    hospitalId: text(row, 'hospital_id'),
    owner: owner(row),
    channel: text(row, 'channel'),
    quoteId: text(row, 'quote_id'),
    billNos: texts(row, 'bill_nos'),
    detailsHash: text(row, 'details_hash'),
    state: text(row, 'state') as PresettlementState,
    totalFen: fen(number(row, 'total_fen')),
    split: typeof fundFen === 'number' ? { fundFen: fen(fundFen), accountFen: fen(number(row, 'account_fen')), cashFen: fen(number(row, 'cash_fen')) } : undefined,
    visitNo: optionalText(row, 'visit_no'),
    mobileOrder: payOrderId === undefined ? undefined : { payOrderId, ownOrderNo: text(row, 'own_order_no') },
    tradeNo: optionalText(row, 'trade_no'),
    requestedAt: text(row, 'requested_at'),
    expiresAt: text(row, 'expires_at'),
    busyUntil: optionalText(row, 'busy_until'),
    abandoningSince: optionalText(row, 'abandoning_since'),
    lastNews: optionalText(row, 'last_news'),
  };
}

export function presettlementColumns(presettlement: Presettlement): Columns {
  return {
    presettlement_no: presettlement.presettlementNo,
    hospital_id: presettlement.hospitalId,
    owner_kind: presettlement.owner.kind,
    owner_id: presettlement.owner.id,
    channel: presettlement.channel,
    quote_id: presettlement.quoteId,
    bill_nos: JSON.stringify(presettlement.billNos),
    details_hash: presettlement.detailsHash,
    total_fen: presettlement.totalFen,
    requested_at: presettlement.requestedAt,
    expires_at: presettlement.expiresAt,
    ...presettlementStateColumns(presettlement),
  };
}

export function presettlementStateColumns(presettlement: Presettlement): Columns {
  return {
    state: presettlement.state,
    fund_fen: presettlement.split?.fundFen ?? null,
    account_fen: presettlement.split?.accountFen ?? null,
    cash_fen: presettlement.split?.cashFen ?? null,
    visit_no: presettlement.visitNo ?? null,
    pay_order_id: presettlement.mobileOrder?.payOrderId ?? null,
    own_order_no: presettlement.mobileOrder?.ownOrderNo ?? null,
    trade_no: presettlement.tradeNo ?? null,
    busy_until: presettlement.busyUntil ?? null,
    abandoning_since: presettlement.abandoningSince ?? null,
    last_news: presettlement.lastNews ?? null,
  };
}
