import { startOfBeijingDay } from '@hospay/plugin-sdk';
import { Op, QueryTypes } from 'sequelize';
import type { MerchantOrder, MerchantPayment, MerchantPaymentFilter, MerchantPaymentPage, MerchantReader } from '../../../merchants/ports.js';
import { holdsMoney } from '../../../domain/refund-states.js';
import { BY_CHANNEL_NUMBER } from './list-orders.js';
import { redactText } from '../../../domain/sensitive.js';
import { given, type MoneySource } from './money-source.js';
import type { EventRow, PaymentRow, RefundRow } from './read-models.js';

const PAGE = 20;
/** So many payments are looked at for one page: who asks for a rare state keeps no payment waiting. */
const LOOKS_AT = 500;
const DAY_MS = 24 * 60 * 60_000;

/** In the order of the index `payment_by_merchant`. */
export const PAGE_SQL = `
  SELECT payment_no AS "paymentNo", submitted_at AS "submittedAt", state FROM payment
   WHERE merchant_no = $1 AND submitted_at >= $2 AND submitted_at < $3 AND (submitted_at, payment_no) < ($4, $5) ORDER BY submitted_at DESC, payment_no DESC LIMIT $6`;
/** The plus keeps SQLite from walking through all of a merchant where a number leads straight to its payments. */
export const NUMBER_SQL = `
  SELECT payment_no AS "paymentNo" FROM payment WHERE +merchant_no = $1 AND payment_no IN (
    SELECT payment_no FROM payment WHERE payment_no = $2 UNION ALL SELECT payment_no FROM payment WHERE trade_no = $2 UNION ALL SELECT payment_no FROM refund WHERE refund_no = $2
    UNION ALL SELECT payment_no FROM payment WHERE trade_no IN (${BY_CHANNEL_NUMBER} $2)) ORDER BY submitted_at DESC, payment_no DESC LIMIT ${String(PAGE)}`;

type Seen = Pick<PaymentRow, 'paymentNo' | 'submittedAt' | 'state'>;

/** Every query is held to the merchant's own payments; an order, a refund or an event is there only through one of them. */
export function merchantReader(source: MoneySource): MerchantReader {
  return { listPayments: (of) => listPayments(source, of), findOrder: (of) => findOrder(source, of) };
}

async function listPayments(source: MoneySource, { merchantNo, ...filter }: MerchantPaymentFilter & { readonly merchantNo: string }): Promise<MerchantPaymentPage | undefined> {
  const { sequelize } = source;
  if (filter.number !== undefined) {
    const found = await sequelize.query<{ paymentNo: string }>(NUMBER_SQL, { bind: [merchantNo, filter.number], type: QueryTypes.SELECT });
    return { payments: await viewPayments(source, found.map(({ paymentNo }) => paymentNo)) };
  }
  const after = filter.after === undefined ? NEWEST : readMark(filter.after);
  if (after === undefined) return undefined;
  const { limit = PAGE, state } = filter;
  const most = state === undefined ? limit + 1 : LOOKS_AT;
  const bind = [merchantNo, filter.fromDay === undefined ? '' : dayStart(filter.fromDay, 0), filter.toDay === undefined ? NEWEST.submittedAt : dayStart(filter.toDay, 1), after.submittedAt, after.paymentNo, most];
  const seen = await sequelize.query<Seen>(PAGE_SQL, { bind, type: QueryTypes.SELECT });
  const wanted = state === undefined ? seen : seen.filter((payment) => payment.state === state);
  const shown = wanted.slice(0, limit);
  const last = wanted.length > limit ? shown.at(-1) : seen.length === most ? seen.at(-1) : undefined;
  return { payments: await viewPayments(source, shown.map(({ paymentNo }) => paymentNo)), ...(last === undefined ? {} : { next: `${last.submittedAt}/${last.paymentNo}` }) };
}

/** Of numbers that were found for the merchant. */
async function viewPayments({ models, hospitalId }: MoneySource, paymentNos: readonly string[]): Promise<MerchantPayment[]> {
  const where = { paymentNo: { [Op.in]: [...paymentNos] } };
  const [payments, refunds] = await Promise.all([models.payments.findAll({ where, order: [['submittedAt', 'DESC'], ['paymentNo', 'DESC']] }), models.refunds.findAll({ where })]);
  const rows = payments.map((row) => row.get());
  const orders = await models.orders.findAll({ where: { hospitalId, tradeNo: { [Op.in]: rows.map(({ tradeNo }) => tradeNo) } } });
  const orderOf = new Map(orders.map((row) => row.get()).map((order) => [order.tradeNo, order]));
  const refundsOf = Map.groupBy(refunds.map((row) => row.get()), ({ paymentNo }) => paymentNo);
  return rows.flatMap((payment) => {
    const order = orderOf.get(payment.tradeNo);
    if (order === undefined) return [];
    return [{ ...viewPayment(payment, refundsOf.get(payment.paymentNo) ?? []), tradeNo: payment.tradeNo, patientLabel: order.patientLabel, description: redactText(order.description), confirmation: order.confirmation }];
  });
}

async function findOrder({ models, hospitalId }: MoneySource, { merchantNo, tradeNo }: { readonly merchantNo: string; readonly tradeNo: string }): Promise<MerchantOrder | undefined> {
  const order = (await models.orders.findOne({ where: { tradeNo, hospitalId } }))?.get();
  const payments = (await models.payments.findAll({ where: { tradeNo, merchantNo }, order: ['leg'] })).map((row) => row.get());
  if (order === undefined || payments.length === 0) return undefined;
  const [refunds, events] = await Promise.all([models.refunds.findAll({ where: { paymentNo: { [Op.in]: payments.map(({ paymentNo }) => paymentNo) }, tradeNo }, order: ['refundNo'] }), models.events.findAll({ where: { tradeNo }, order: ['id'] })]);
  const refundRows = refunds.map((row) => row.get());
  const own = new Set([tradeNo, ...payments.map(({ paymentNo }) => paymentNo), ...refundRows.map(({ refundNo }) => refundNo)]);
  return {
    tradeNo, createdAt: order.createdAt, patientLabel: order.patientLabel, description: redactText(order.description), confirmation: order.confirmation,
    payments: payments.map((payment) => ({ ...viewPayment(payment, refundRows.filter(({ paymentNo }) => paymentNo === payment.paymentNo)), ...given('fundingSource', payment.fundingSource) })),
    refunds: refundRows.map(({ refundNo, paymentNo, refundFen, state, cause, requestedAt, refundedAt, channelRefundNo }) => ({ refundNo, paymentNo, refundFen, state, cause, requestedAt, ...given('refundedAt', refundedAt), ...given('channelRefundNo', channelRefundNo) })),
    timeline: events.map((row) => row.get()).flatMap((event) => viewEvent(event, own)),
  };
}

function viewPayment({ paymentNo, submittedAt, channel, method, state, amountFen, paidAt, billDay, channelTradeNo }: PaymentRow, refunds: readonly RefundRow[]) {
  const sum = (rows: readonly RefundRow[]) => rows.reduce((total, { refundFen }) => total + refundFen, 0);
  return {
    paymentNo, submittedAt, channel, method, state, amountFen, refundedFen: sum(refunds.filter((refund) => refund.state === 'succeeded')), refundingFen: sum(refunds.filter((refund) => refund.state !== 'succeeded' && holdsMoney(refund.state))),
    ...given('paidAt', paidAt), ...given('billDay', billDay), ...given('channelTradeNo', channelTradeNo),
  };
}

/** Payments and refunds of other merchants, insurance, invoices and discharges are no matter of this one. */
function viewEvent({ at, axis, subject, toState }: EventRow, own: ReadonlySet<string>): MerchantOrder['timeline'][number][] {
  return (axis === 'payment' || axis === 'refund' || axis === 'confirmation') && own.has(subject) ? [{ at, axis, subject, to: toState }] : [];
}

type Mark = { readonly submittedAt: string; readonly paymentNo: string };
const NEWEST: Mark = { submittedAt: '9999', paymentNo: '' };
function readMark(text: string): Mark | undefined {
  const [, submittedAt, paymentNo] = /^(\d{4}-[\d:.TZ-]{16,24})\/([0-9A-Za-z]{1,40})$/.exec(text) ?? [];
  return submittedAt === undefined || paymentNo === undefined ? undefined : { submittedAt, paymentNo };
}

/** A day that is none (30 February) begins where the calendar says it would. */
function dayStart(day: string, plusDays: number): string {
  const at = startOfBeijingDay(day).getTime();
  return Number.isNaN(at) ? day : new Date(at + plusDays * DAY_MS).toISOString();
}
