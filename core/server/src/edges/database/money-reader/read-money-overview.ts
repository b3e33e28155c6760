import { beijingDay, startOfBeijingDay } from '@hospay/plugin-sdk';
import { Op, QueryTypes } from 'sequelize';
import type { MoneyOverview } from '../../http/console-api/ports.js';
import type { DayFigures } from './day-figures.js';
import { viewCase } from './list-cases.js';
import type { MoneySource } from './money-source.js';

const DAY_MS = 24 * 60 * 60_000;
/** A channel takes days to send money back, not weeks; what is older is a case by then. */
const REFUNDS_OF_DAYS = 30;
/** Reading the state of every order of a month would hold the payments up; an order that waits longer has been a case since its first minute. */
const STATES_OF_DAYS = 1;
const SHOWN = 8;
/** The words of the index `payment_open`: with them SQLite looks at the few open payments and not at all there ever were. */
export const IS_OPEN = `state NOT IN ('succeeded', 'closed', 'failed')`;
/** Likewise, of the index `refund_open`. */
export const IS_REFUND_OPEN = `state NOT IN ('succeeded', 'closed', 'rejected')`;

/** Today's figures, and what a person should look at. */
export async function readMoneyOverview({ sequelize, models, hospitalId }: MoneySource, figures: DayFigures, now: Date): Promise<MoneyOverview> {
  const day = beijingDay(now);
  const since = (days: number) => new Date(startOfBeijingDay(day).getTime() - days * DAY_MS).toISOString();
  const select = <Row extends object>(sql: string, bind: unknown[] = []) => sequelize.query<Row>(sql, { bind, type: QueryTypes.SELECT });
  const [unknown, unconfirmed, inFlight, openCases, newest] = await Promise.all([
    select<MoneyOverview['unknownPayments']['oldest'][number] & { count: number }>(
      `SELECT trade_no AS "tradeNo", payment_no AS "paymentNo", channel, amount_fen AS "amountFen", submitted_at AS "submittedAt", attempts, count(*) OVER () AS count
         FROM payment WHERE state = 'unknown' AND ${IS_OPEN} ORDER BY submitted_at LIMIT ${String(SHOWN)}`,
    ),
    // Orders that the outbox still works on, and, of the last days, those whose state says so: one of the two alone could miss a fault in the other.
    select<{ count: number; fen: number | null }>(
      `SELECT count(*) AS count, sum(amount_fen) AS fen FROM orders WHERE +hospital_id = $1 AND trade_no IN (
         SELECT trade_no FROM job WHERE kind = 'confirmOrder'
         UNION SELECT trade_no FROM orders WHERE hospital_id = $1 AND created_at >= $2 AND confirmation IN ('toConfirm', 'confirming', 'unknown'))`,
      [hospitalId, since(STATES_OF_DAYS)],
    ),
    select<{ count: number; fen: number | null }>(
      // The plus keeps SQLite to the few that are open, instead of all of a month.
      `SELECT count(*) AS count, sum(refund_fen) AS fen FROM refund WHERE +requested_at >= $1 AND ${IS_REFUND_OPEN}`,
      [since(REFUNDS_OF_DAYS)],
    ),
    select<{ count: number; urgent: number | null }>('SELECT count(*) AS count, sum(severity = 1) AS urgent FROM discrepancy_case WHERE resolved_at IS NULL'),
    models.cases.findAll({ where: { resolvedAt: { [Op.is]: null } }, order: [['severity', 'ASC'], ['id', 'DESC']], limit: SHOWN }),
  ]);
  const channels = [...figures.channels].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, own]) => ({ ...own }));
  const total = (key: 'paidCount' | 'paidFen' | 'refundedCount' | 'refundedFen') => channels.reduce((sum, row) => sum + row[key], 0);
  return {
    day,
    channels,
    paidCount: total('paidCount'),
    paidFen: total('paidFen'),
    refundedCount: total('refundedCount'),
    refundedFen: total('refundedFen'),
    hours: figures.hours.map((row, hour) => ({ hour, ...row })),
    unknownPayments: { count: unknown[0]?.count ?? 0, oldest: unknown.map(({ count: _count, ...payment }) => payment) },
    unconfirmed: { count: unconfirmed[0]?.count ?? 0, amountFen: unconfirmed[0]?.fen ?? 0 },
    refundsInFlight: { count: inFlight[0]?.count ?? 0, amountFen: inFlight[0]?.fen ?? 0 },
    cases: { count: openCases[0]?.count ?? 0, urgent: openCases[0]?.urgent ?? 0, newest: newest.map((row) => viewCase(row.get())) },
  };
}
