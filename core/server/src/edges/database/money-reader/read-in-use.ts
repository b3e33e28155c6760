import { QueryTypes } from 'sequelize';
import type { InUse } from '../../../setup/ports.js';
import type { MoneySource } from './money-source.js';

/** As far back as anybody must look: a box that has taken nothing for so long is examined like a new one. */
const DAYS_30_MS = 30 * 24 * 60 * 60_000;

/** What patients' own payments have proven lately. Both questions go along an index by time, from the newest. */
export async function readInUse({ sequelize, hospitalId }: MoneySource, now: Date): Promise<InUse> {
  const since = new Date(now.getTime() - DAYS_30_MS).toISOString();
  const select = (sql: string) => sequelize.query<{ at: string; channel: string }>(sql, { bind: [hospitalId, since], type: QueryTypes.SELECT });
  const [booked, back] = await Promise.all([
    select(`SELECT confirmed_at AS at, '' AS channel FROM orders WHERE hospital_id = $1 AND created_at >= $2 AND confirmed_at IS NOT NULL ORDER BY created_at DESC LIMIT 1`),
    select(`SELECT r.refunded_at AS at, p.channel FROM refund r JOIN payment p ON p.payment_no = r.payment_no JOIN orders o ON o.trade_no = r.trade_no
      WHERE r.requested_at >= $2 AND o.hospital_id = $1 AND r.state = 'succeeded' AND o.business <> 'selfTest' AND p.method <> 'cash' ORDER BY r.requested_at DESC LIMIT 1`),
  ]);
  const [confirmed, refunded] = [booked[0], back[0]];
  return { confirmedAt: confirmed === undefined ? undefined : new Date(confirmed.at), refunded: refunded === undefined ? undefined : { channel: refunded.channel, at: new Date(refunded.at) } };
}
