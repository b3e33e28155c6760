import { readBilingual } from '../../../domain/bilingual.js';
import { mask, maskDetail } from '../../../domain/mask.js';
import { heard } from '../../../domain/own-words.js';
import { roundedBy } from '../../../domain/rounding.js';
import { redact, redactText } from '../../../domain/sensitive.js';
import { holdsMoney } from '../../../domain/refund-states.js';
import type { OrderDetail, TimelineItem } from '../../http/console-api/ports.js';
import { readJournals } from './list-ledger.js';
import { given, type MoneySource } from './money-source.js';
import type { CaseRow, EventRow, FactRow, InvoiceRow, OrderRow, PaymentRow, RefundRow } from './read-models.js';

/** One order with everything that is known of it: rows, and one timeline of facts, state changes, journals and cases. */
export async function findOrder(source: MoneySource, tradeNo: string): Promise<OrderDetail | undefined> {
  const { models, hospitalId } = source;
  const order = (await models.orders.findOne({ where: { tradeNo, hospitalId } }))?.get();
  if (order === undefined) return undefined;
  const where = { tradeNo };
  const [payments, refunds, invoices, facts, events, cases, journals] = await Promise.all([
    models.payments.findAll({ where, order: ['leg'] }),
    models.refunds.findAll({ where, order: ['refundNo'] }),
    models.invoices.findAll({ where, order: ['ordinal'] }),
    models.facts.findAll({ where, order: ['id'] }),
    models.events.findAll({ where, order: ['id'] }),
    models.cases.findAll({ where, order: ['id'] }),
    readJournals(source, { tradeNo }),
  ]);
  const refundRows = refunds.map((row) => row.get());
  const paymentViews = payments.map((row) => viewPayment(row.get(), refundRows));
  return {
    ...viewOrder(order),
    payments: paymentViews,
    refunds: refundRows.map(viewRefund),
    invoices: invoices.map((row) => viewInvoice(row.get())),
    refundableFen: paymentViews.reduce((sum, { refundableFen }) => sum + refundableFen, 0),
    timeline: inOrder([
      ...facts.map((row) => viewFact(row.get())),
      ...events.map((row) => viewEvent(row.get())),
      ...journals.map((journal) => ({ kind: 'journal' as const, ...journal })),
      ...cases.flatMap((row) => viewCase(row.get())),
    ]),
  };
}

/** Within one change: the fact comes first, what it changed next, and what was posted and raised for it last. */
const RANK = { fact: 0, event: 1, journal: 2, case: 3 } as const;

/** By time; what carries the same time by the version of the order it belongs to, which facts and journals have through their common cause. */
function inOrder(items: TimelineItem[]): TimelineItem[] {
  const versions = new Map(items.flatMap((item) => (item.kind === 'event' ? [[item.causeId, item.version] as const] : [])));
  const versionOf = (item: TimelineItem): number => {
    if (item.kind === 'event') return item.version;
    if (item.kind === 'case') return Number.MAX_SAFE_INTEGER;
    return versions.get(item.kind === 'fact' ? item.sourceId : item.causeId) ?? 0;
  };
  return items.toSorted((left, right) => {
    if (left.at !== right.at) return left.at < right.at ? -1 : 1;
    return versionOf(left) - versionOf(right) || RANK[left.kind] - RANK[right.kind];
  });
}

function viewOrder(order: OrderRow): Omit<OrderDetail, 'payments' | 'refunds' | 'invoices' | 'refundableFen' | 'timeline'> {
  const { tradeNo, version, createdAt, hospitalId, merchantId, patientLabel, hisQuoteNo, description, totalFen, fundFen, personalAccountFen, amountFen } = order;
  const billNos: unknown = JSON.parse(order.billNos);
  return {
    tradeNo, version, createdAt, hospitalId, merchantId, patientLabel, hisQuoteNo, description: redactText(description), totalFen, fundFen, personalAccountFen, amountFen,
    ...roundedBy({ totalFen, fundFen, personalAccountFen, amountFen, presettlementNo: order.presettlementNo ?? undefined }),
    ...given('presettlementNo', order.presettlementNo),
    owner: { kind: order.ownerKind, id: order.ownerId },
    patientId: mask('patientNumber', order.patientId),
    billNos: Array.isArray(billNos) ? billNos.map((billNo) => withoutStay(String(billNo))) : [],
    confirmation: {
      state: order.confirmation, attempts: order.confirmAttempts, ...given('settlementNo', order.settlementNo), ...given('receiptNo', order.receiptNo), ...given('pickupWindow', order.pickupWindow),
      ...given('guide', order.guide), ...given('confirmedAt', order.confirmedAt), ...given('hisDay', order.hisDay), ...given('receiptPrintedAt', order.receiptPrintedAt),
    },
  };
}

/** The bill of a discharge is named by the stay. */
function withoutStay(billNo: string): string {
  return billNo.replace(/^discharge\/([^/]+)\/([^/]+)$/, (_whole, inpatientNo: string, visitId: string) => `discharge/${mask('patientNumber', inpatientNo)}/${mask('patientNumber', visitId)}`);
}

function viewPayment(payment: PaymentRow, refunds: readonly RefundRow[]): OrderDetail['payments'][number] {
  const { paymentNo, channel, merchantNo, method, amountFen, state, submittedAt, expiresAt, attempts } = payment;
  const held = refunds.filter((refund) => refund.paymentNo === paymentNo && holdsMoney(refund.state)).reduce((sum, { refundFen }) => sum + refundFen, 0);
  return {
    paymentNo, channel, merchantNo, method, amountFen, state, submittedAt, expiresAt, attempts, refundableFen: state === 'succeeded' ? amountFen - held : 0,
    ...(payment.insuranceFundFen === null ? {} : { insuranceSplit: { fundFen: payment.insuranceFundFen, accountFen: payment.insuranceAccountFen ?? 0 } }),
    ...given('channelTradeNo', payment.channelTradeNo), ...given('paidAt', payment.paidAt), ...given('fundingSource', payment.fundingSource), ...given('billDay', payment.billDay),
    ...given('lastNews', payment.lastNews === null ? null : heard(redactText(payment.lastNews))),
  };
}

function viewRefund(refund: RefundRow): OrderDetail['refunds'][number] {
  const { refundNo, paymentNo, refundFen, state, cause, requestedBy, requestedAt, attempts } = refund;
  return {
    refundNo, paymentNo, refundFen, state, cause, reason: redactText(refund.reason), requestedBy, requestedAt, attempts, needsHisApproval: refund.needsHisApproval === 1,
    ...given('hisRefundNo', refund.hisRefundNo), ...given('channelRefundNo', refund.channelRefundNo), ...given('refundedAt', refund.refundedAt), ...given('replaces', refund.replaces),
    ...given('lastNews', refund.lastNews === null ? null : heard(redactText(refund.lastNews))),
  };
}

/** Without its address: that opens the invoice itself, with the patient's name on it. */
function viewInvoice({ invoiceRequestNo, amountFen, state, requestedAt, invoiceCode, invoiceNo, checkCode, issuedAt, refundNo, redInvoiceCode, redInvoiceNo, lastNews }: InvoiceRow): OrderDetail['invoices'][number] {
  return {
    invoiceRequestNo, amountFen, state, requestedAt, ...given('invoiceCode', invoiceCode), ...given('invoiceNo', invoiceNo), ...given('checkCode', checkCode), ...given('issuedAt', issuedAt),
    ...given('refundNo', refundNo), ...given('redInvoiceCode', redInvoiceCode), ...given('redInvoiceNo', redInvoiceNo), ...given('lastNews', lastNews === null ? null : heard(redactText(lastNews))),
  };
}

function viewFact({ kind, source, sourceId, body, at }: FactRow): TimelineItem {
  const content: unknown = JSON.parse(body);
  return { kind: 'fact', at, factKind: kind, source, sourceId, body: redact(content) };
}

function viewEvent({ at, axis, subject, fromState, toState, trigger, causeKind, causeId, orderVersion }: EventRow): TimelineItem {
  return { kind: 'event', at, axis, subject, ...given('from', fromState), to: toState, trigger, causeKind, causeId, version: orderVersion };
}

function viewCase({ kind, subject, severity, detail, openedAt, resolvedAt }: CaseRow): TimelineItem[] {
  const item = { kind: 'case', caseKind: kind, subject, severity, detail: maskDetail(readBilingual(detail)) } as const;
  return [{ ...item, what: 'opened', at: openedAt }, ...(resolvedAt === null ? [] : [{ ...item, what: 'resolved' as const, at: resolvedAt }])];
}
