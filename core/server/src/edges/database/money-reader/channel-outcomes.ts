import { QueryTypes } from 'sequelize';
import type { MoneySource } from './money-source.js';

/** The busiest quarter of an hour of a large hospital; more is told of its newest. */
const MOST_ORDERS = 5_000;

/** What became of the payments of recent orders, by channel: only of those that have an end. */
export function readChannelOutcomes({ sequelize, hospitalId }: MoneySource, since: Date): Promise<{ readonly channel: string; readonly ended: number; readonly succeeded: number }[]> {
  return sequelize.query(
    `SELECT p.channel, count(*) AS ended, sum(p.state = 'succeeded') AS succeeded
       FROM (SELECT trade_no FROM orders WHERE hospital_id = $1 AND created_at >= $2 ORDER BY created_at DESC LIMIT ${String(MOST_ORDERS)}) o
       JOIN payment p ON p.trade_no = o.trade_no
      WHERE p.state IN ('succeeded', 'closed', 'failed') GROUP BY p.channel`,
    { bind: [hospitalId, since.toISOString()], type: QueryTypes.SELECT },
  );
}
