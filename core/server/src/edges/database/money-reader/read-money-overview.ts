import { Op, QueryTypes } from 'sequelize';
import { beijingDay, startOfBeijingDay } from '../../../domain/beijing-day.js';
import type { MoneyOverview } from '../../http/console-api/ports.js';
import { viewCase } from './list-cases.js';
import type { MoneySource } from './money-source.js';

const DAY_MS = 24 * 60 * 60_000;
/** An order is paid within minutes, round midnight too; one paid days after its making is in the ledger and in the statements, not in today's figures. */
const PAID_WITHIN_DAYS = 1;
/** A channel takes days to send money back, not weeks; what is older is a case by then. */
const REFUNDED_WITHIN_DAYS = 10;
const SHOWN = 8;

/** Today's figures, and what a person should look at. `date(…, '+8 hours')` is the Beijing day of a time with any offset. */
export async function readMoneyOverview({ sequelize, models, hospitalId }: MoneySource, now: Date): Promise<MoneyOverview> {
  const day = beijingDay(now);
  const since = (days: number) => new Date(startOfBeijingDay(day).getTime() - days * DAY_MS).toISOString();
  const select = <Row extends object>(sql: string, bind: unknown[] = []) => sequelize.query<Row>(sql, { bind, type: QueryTypes.SELECT });
  const [paid, refunded, unknown, unconfirmed, inFlight, unknownCount, openCases, newest] = await Promise.all([
    select<{ channel: string; hour: number; count: number; fen: number }>(
      `SELECT p.channel, CAST(strftime('%H', p.paid_at, '+8 hours') AS INTEGER) AS hour, count(*) AS count, sum(p.amount_fen) AS fen
         FROM orders o JOIN payment p ON p.trade_no = o.trade_no
        WHERE o.hospital_id = $1 AND o.created_at >= $2 AND p.state = 'succeeded' AND date(p.paid_at, '+8 hours') = $3 GROUP BY p.channel, hour`,
      [hospitalId, since(PAID_WITHIN_DAYS), day],
    ),
    select<{ channel: string; count: number; fen: number }>(
      `SELECT p.channel, count(*) AS count, sum(r.refund_fen) AS fen FROM refund r JOIN payment p ON p.payment_no = r.payment_no
        WHERE r.requested_at >= $1 AND r.state = 'succeeded' AND date(r.refunded_at, '+8 hours') = $2 GROUP BY p.channel`,
      [since(REFUNDED_WITHIN_DAYS), day],
    ),
    models.payments.findAll({ where: { state: 'unknown' }, order: ['submittedAt'], limit: SHOWN }),
    select<{ count: number; fen: number | null }>(
      `SELECT count(*) AS count, sum(amount_fen) AS fen FROM orders WHERE hospital_id = $1 AND created_at >= $2 AND confirmation IN ('toConfirm', 'confirming', 'unknown')`,
      [hospitalId, since(30)],
    ),
    select<{ count: number; fen: number | null }>(
      `SELECT count(*) AS count, sum(refund_fen) AS fen FROM refund WHERE requested_at >= $1 AND state NOT IN ('succeeded', 'closed', 'rejected')`,
      [since(30)],
    ),
    models.payments.count({ where: { state: 'unknown' } }),
    select<{ count: number; urgent: number | null }>('SELECT count(*) AS count, sum(severity = 1) AS urgent FROM discrepancy_case WHERE resolved_at IS NULL'),
    models.cases.findAll({ where: { resolvedAt: { [Op.is]: null } }, order: [['severity', 'ASC'], ['id', 'DESC']], limit: SHOWN }),
  ]);
  const channels = [...new Set([...paid, ...refunded].map(({ channel }) => channel))].toSorted().map((channel) => {
    const own = paid.filter((row) => row.channel === channel);
    const back = refunded.find((row) => row.channel === channel);
    return { channel, paidCount: total(own, 'count'), paidFen: total(own, 'fen'), refundedCount: back?.count ?? 0, refundedFen: back?.fen ?? 0 };
  });
  return {
    day,
    channels,
    paidCount: total(paid, 'count'),
    paidFen: total(paid, 'fen'),
    refundedCount: total(refunded, 'count'),
    refundedFen: total(refunded, 'fen'),
    hours: Array.from({ length: 24 }, (_none, hour) => {
      const own = paid.filter((row) => row.hour === hour);
      return { hour, paidCount: total(own, 'count'), paidFen: total(own, 'fen') };
    }),
    unknownPayments: {
      count: unknownCount,
      oldest: unknown.map((row) => {
        const { tradeNo, paymentNo, channel, amountFen, submittedAt, attempts } = row.get();
        return { tradeNo, paymentNo, channel, amountFen, submittedAt, attempts };
      }),
    },
    unconfirmed: { count: unconfirmed[0]?.count ?? 0, amountFen: unconfirmed[0]?.fen ?? 0 },
    refundsInFlight: { count: inFlight[0]?.count ?? 0, amountFen: inFlight[0]?.fen ?? 0 },
    cases: { count: openCases[0]?.count ?? 0, urgent: openCases[0]?.urgent ?? 0, newest: newest.map((row) => viewCase(row.get())) },
  };
}

function total<Key extends string>(rows: readonly { readonly [Name in Key]: number }[], key: Key): number {
  return rows.reduce((sum, row) => sum + row[key], 0);
}
