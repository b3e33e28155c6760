import { startOfBeijingDay } from '@hospay/plugin-sdk';
import { Op, QueryTypes } from 'sequelize';
import { isPaymentEnded } from '../../../domain/payment-states.js';
import { holdsMoney } from '../../../domain/refund-states.js';
import type { OrderFilter, OrderPage } from '../../http/console-api/ports.js';
import { redactText } from '../../../domain/sensitive.js';
import { given, type MoneySource } from './money-source.js';
import { IS_OPEN, IS_REFUND_OPEN } from './read-money-overview.js';
import type { OrderRow, PaymentRow, RefundRow } from './read-models.js';

const PAGE = 20;
/** What is rare among millions is looked for in so many orders at a time, newest first: a question is short, and whoever asks goes on as long as he wants. */
const SIFTED = 30_000;
/** The words of the index `payment_unpaid`. */
export const IS_UNPAID = `p.state IN ('closed', 'failed')`;
const DAY_MS = 24 * 60 * 60_000;

/** One page, newest first. The mark of the next page is the last row's time and number: new orders in front shift nothing. */
export async function listOrders({ sequelize, models, hospitalId }: MoneySource, filter: OrderFilter): Promise<OrderPage | undefined> {
  const limit = filter.limit ?? PAGE;
  const after = filter.after === undefined ? undefined : readMark(filter.after);
  if (filter.after !== undefined && after === undefined) return undefined;
  const { time, timeBind, rest, bind } = condition(filter, after, hospitalId);
  const isSifted = rest.length > 0 && !isNarrow(filter);
  // Without a column of the order itself the index alone is read.
  const from = isSifted ? `(SELECT trade_no, created_at${filter.confirmation === undefined ? '' : ', confirmation'} FROM orders o WHERE ${time.join(' AND ')} ORDER BY o.created_at DESC, o.trade_no DESC LIMIT ${String(SIFTED)})` : 'orders';
  const where = isSifted ? rest : [...time, ...rest];
  const found = await sequelize.query<{ tradeNo: string }>(
    `SELECT o.trade_no AS "tradeNo" FROM ${from} o WHERE ${where.join(' AND ')} ORDER BY o.created_at DESC, o.trade_no DESC LIMIT ${String(limit + 1)}`,
    { bind, type: QueryTypes.SELECT },
  );
  // Fewer than a page, and older orders that were not looked at yet: the next question goes on from there.
  const [sifted] = isSifted && found.length <= limit
    ? await sequelize.query<Mark>(`SELECT o.created_at AS "createdAt", o.trade_no AS "tradeNo" FROM orders o WHERE ${time.join(' AND ')} ORDER BY o.created_at DESC, o.trade_no DESC LIMIT 1 OFFSET ${String(SIFTED - 1)}`, { bind: timeBind, type: QueryTypes.SELECT })
    : [];
  const tradeNos = found.slice(0, limit).map(({ tradeNo }) => tradeNo);
  const within = { where: { tradeNo: { [Op.in]: tradeNos } } };
  const [orders, payments, refunds, cases] = await Promise.all([
    models.orders.findAll({ ...within, order: [['createdAt', 'DESC'], ['tradeNo', 'DESC']] }),
    models.payments.findAll({ ...within, order: ['leg'] }),
    models.refunds.findAll(within),
    models.cases.findAll({ where: { tradeNo: { [Op.in]: tradeNos }, resolvedAt: null } }),
  ]);
  const paymentsOf = Map.groupBy(payments.map((row) => row.get()), (payment) => payment.tradeNo);
  const refundsOf = Map.groupBy(refunds.map((row) => row.get()), (refund) => refund.tradeNo);
  const casesOf = Map.groupBy(cases.map((row) => row.get()), (row) => row.tradeNo);
  const rows = orders.map((order) => order.get());
  const last = rows.at(-1);
  return {
    orders: rows.map((order) => viewRow(order, paymentsOf.get(order.tradeNo) ?? [], refundsOf.get(order.tradeNo) ?? [], casesOf.get(order.tradeNo)?.length ?? 0)),
    ...(found.length > limit && last !== undefined ? { next: `${last.createdAt}/${last.tradeNo}` } : sifted === undefined ? {} : { next: `${sifted.createdAt}/${sifted.tradeNo}`, searchedTo: sifted.createdAt }),
  };
}

/** Channels are few and their numbers many: the index is entered once per channel instead of read to its end. */
export const BY_CHANNEL_NUMBER = `
  WITH RECURSIVE known (channel) AS (
    SELECT min(channel) FROM payment WHERE channel_trade_no IS NOT NULL
    UNION ALL SELECT (SELECT min(p.channel) FROM payment p WHERE p.channel_trade_no IS NOT NULL AND p.channel > known.channel) FROM known WHERE known.channel IS NOT NULL)
  SELECT p.trade_no FROM known JOIN payment p ON p.channel = known.channel AND p.channel_trade_no =`;

const isOpenState = ({ paymentState }: OrderFilter): boolean => paymentState !== undefined && !isPaymentEnded(paymentState);
/** A number, a patient, or the few that are open: an index leads straight to the orders. */
function isNarrow(filter: OrderFilter): boolean {
  return isOpenState(filter) || filter.refund === 'inFlight' || [filter.tradeNo, filter.paymentNo, filter.channelTradeNo, filter.patientId].some((number) => number !== undefined);
}

/** `time`: which orders there are to look at, in their order, with its own values. `rest`: which of them are wanted; `bind` has the values of both. */
function condition(filter: OrderFilter, after: Mark | undefined, hospitalId: string): { readonly time: readonly string[]; readonly timeBind: unknown[]; readonly rest: readonly string[]; readonly bind: unknown[] } {
  const bind: unknown[] = [];
  const value = (wanted: unknown) => `$${String(bind.push(wanted))}`;
  // The plus keeps SQLite from walking through time where it is led straight to the orders; of a patient it is led by time, too.
  const time = [`${isNarrow(filter) && filter.patientId === undefined ? '+' : ''}o.hospital_id = ${value(hospitalId)}`];
  if (filter.fromDay !== undefined) time.push(`o.created_at >= ${value(dayStart(filter.fromDay, 0))}`);
  if (filter.toDay !== undefined) time.push(`o.created_at < ${value(dayStart(filter.toDay, 1))}`);
  if (after !== undefined) time.push(`(o.created_at, o.trade_no) < (${value(after.createdAt)}, ${value(after.tradeNo)})`);
  const timeBind = [...bind];
  const clauses: string[] = [];
  if (filter.tradeNo !== undefined) clauses.push(`o.trade_no = ${value(filter.tradeNo)}`);
  if (filter.patientId !== undefined) clauses.push(`o.patient_id = ${value(filter.patientId)}`);
  if (filter.confirmation !== undefined) clauses.push(`o.confirmation = ${value(filter.confirmation)}`);
  if (filter.paymentNo !== undefined) clauses.push(`o.trade_no IN (SELECT trade_no FROM payment WHERE payment_no = ${value(filter.paymentNo)})`);
  if (filter.channelTradeNo !== undefined) clauses.push(`o.trade_no IN (${BY_CHANNEL_NUMBER} ${value(filter.channelTradeNo)})`);
  if (isOpenState(filter)) clauses.push(`o.trade_no IN (SELECT trade_no FROM payment WHERE state = ${value(filter.paymentState)} AND ${IS_OPEN})`);
  const ofPayment = [
    ...(filter.paymentState === undefined || isOpenState(filter) ? [] : [`p.state = ${value(filter.paymentState)}`, ...(filter.paymentState === 'succeeded' ? [] : [IS_UNPAID])]),
    ...(filter.channel === undefined ? [] : [`p.channel = ${value(filter.channel)}`]),
  ];
  if (ofPayment.length > 0) clauses.push(`EXISTS (SELECT 1 FROM payment p WHERE p.trade_no = o.trade_no AND ${ofPayment.join(' AND ')})`);
  if (filter.refund === 'any') clauses.push('EXISTS (SELECT 1 FROM refund r WHERE r.trade_no = o.trade_no)');
  if (filter.refund === 'inFlight') clauses.push(`o.trade_no IN (SELECT trade_no FROM refund WHERE ${IS_REFUND_OPEN})`);
  return { time, timeBind, rest: clauses, bind };
}

type Mark = { readonly createdAt: string; readonly tradeNo: string };
function readMark(text: string): Mark | undefined {
  const match = /^(\d{4}-[\d:.TZ-]{16,24})\/([0-9A-Za-z]{1,32})$/.exec(text);
  const [, createdAt, tradeNo] = match ?? [];
  return createdAt === undefined || tradeNo === undefined ? undefined : { createdAt, tradeNo };
}

/** A day that is none (30 February) begins where the calendar says it would. */
function dayStart(day: string, plusDays: number): string {
  const at = startOfBeijingDay(day).getTime();
  return Number.isNaN(at) ? day : new Date(at + plusDays * DAY_MS).toISOString();
}

function viewRow(order: OrderRow, payments: readonly PaymentRow[], refunds: readonly RefundRow[], openCases: number): OrderPage['orders'][number] {
  const payment = payments.find(({ state }) => state === 'succeeded') ?? payments.at(-1);
  const sum = (rows: readonly RefundRow[]) => rows.reduce((total, { refundFen }) => total + refundFen, 0);
  return {
    tradeNo: order.tradeNo,
    createdAt: order.createdAt,
    patientLabel: order.patientLabel,
    description: redactText(order.description),
    amountFen: order.amountFen,
    owner: { kind: order.ownerKind, id: order.ownerId },
    confirmation: order.confirmation,
    ...(payment === undefined ? {} : { payment: { paymentNo: payment.paymentNo, channel: payment.channel, method: payment.method, state: payment.state, ...given('paidAt', payment.paidAt) } }),
    refundedFen: sum(refunds.filter(({ state }) => state === 'succeeded')),
    refundingFen: sum(refunds.filter(({ state }) => state !== 'succeeded' && holdsMoney(state))),
    openCases,
  };
}
