import { startOfBeijingDay } from '@hospay/plugin-sdk';
import { QueryTypes } from 'sequelize';
import type { FoundOrder, OrderSearch } from '../../../terminals/ports.js';
import { holdsMoney } from '../../../domain/refund-states.js';
import { listOrders } from './list-orders.js';
import { given, type MoneySource } from './money-source.js';

const MOST = 20;
const DAY_MS = 24 * 60 * 60_000;

/** "Was it paid?" (交费查询): the orders of the hospital a number or a day and an amount lead to, newest first. */
export async function searchOrders(source: MoneySource, search: OrderSearch): Promise<readonly FoundOrder[]> {
  const tradeNos = 'number' in search ? await byNumber(source, search.number) : await byAmount(source, search);
  const found = await Promise.all(tradeNos.map((tradeNo) => viewFound(source, tradeNo)));
  return found.filter((order) => order !== undefined);
}

async function byNumber(source: MoneySource, number: string): Promise<readonly string[]> {
  const pages = await Promise.all([listOrders(source, { channelTradeNo: number, limit: MOST }), listOrders(source, { paymentNo: number, limit: MOST })]);
  const own = await source.sequelize.query<{ tradeNo: string }>(
    `SELECT trade_no AS "tradeNo" FROM orders WHERE hospital_id = $1 AND trade_no = $2
     UNION SELECT trade_no FROM orders WHERE hospital_id = $1 AND receipt_no = $2
     UNION SELECT trade_no FROM receipt_link WHERE hospital_id = $1 AND new_receipt_no = $2 LIMIT ${String(MOST)}`,
    { bind: [source.hospitalId, number], type: QueryTypes.SELECT },
  );
  return [...new Set([...own.map(({ tradeNo }) => tradeNo), ...pages.flatMap((page) => page?.orders.map(({ tradeNo }) => tradeNo) ?? [])])].slice(0, MOST);
}

async function byAmount({ sequelize, hospitalId }: MoneySource, { day, amountFen, ending }: Extract<OrderSearch, { readonly day: string }>): Promise<readonly string[]> {
  const start = startOfBeijingDay(day);
  if (Number.isNaN(start.getTime())) return [];
  const found = await sequelize.query<{ tradeNo: string }>(
    `SELECT o.trade_no AS "tradeNo" FROM orders o WHERE o.hospital_id = $1 AND o.created_at >= $2 AND o.created_at < $3
       AND (o.amount_fen = $4 OR EXISTS (SELECT 1 FROM payment p WHERE p.trade_no = o.trade_no AND p.amount_fen = $4))
       ${ending === undefined ? '' : "AND EXISTS (SELECT 1 FROM payment p WHERE p.trade_no = o.trade_no AND substr(p.channel_trade_no, -length($5)) = $5)"}
     ORDER BY o.created_at DESC, o.trade_no DESC LIMIT ${String(MOST)}`,
    { bind: [hospitalId, start.toISOString(), new Date(start.getTime() + DAY_MS).toISOString(), amountFen, ...(ending === undefined ? [] : [ending])], type: QueryTypes.SELECT },
  );
  return found.map(({ tradeNo }) => tradeNo);
}

async function viewFound({ models, hospitalId }: MoneySource, tradeNo: string): Promise<FoundOrder | undefined> {
  const order = (await models.orders.findOne({ where: { tradeNo, hospitalId } }))?.get();
  if (order === undefined) return undefined;
  const [payments, refunds] = await Promise.all([models.payments.findAll({ where: { tradeNo }, order: ['leg'] }), models.refunds.findAll({ where: { tradeNo } })]);
  const sum = (isCounted: (state: (typeof rows)[number]['state']) => boolean) => rows.filter(({ state }) => isCounted(state)).reduce((total, { refundFen }) => total + refundFen, 0);
  const rows = refunds.map((row) => row.get());
  return {
    tradeNo, createdAt: order.createdAt, patientLabel: order.patientLabel, description: order.description, amountFen: order.amountFen, takenBy: order.ownerId, confirmation: order.confirmation, ...given('receiptNo', order.receiptNo),
    payments: payments.map((row) => row.get()).map(({ channel, method, amountFen, state, paidAt, channelTradeNo }) => ({ channel, method, amountFen, state, ...given('paidAt', paidAt), ...given('channelTradeNo', channelTradeNo) })),
    refundedFen: sum((state) => state === 'succeeded'), refundingFen: sum((state) => state !== 'succeeded' && holdsMoney(state)),
  };
}
