import type { DatabaseSync } from 'node:sqlite';
import { fen } from '@hospay/plugin-sdk';
import type { StatementEntries, StatementEntry } from '../../../applications/ports.js';
import { number, optionalText, text, type Row } from './rows.js';

/**
 * `date(…, '+8 hours')` is the Beijing day of a time with any offset. An order is paid within hours of its making, so the payments of a day are
 * found by the owner's index; a refund may come a year later, so refunds are found by their own rows, which are few.
 */
const DAY_SQL = `
  SELECT * FROM (
  SELECT 'payment' AS kind, p.trade_no, p.payment_no, NULL AS refund_no, p.channel, p.method, p.funding_source, p.channel_trade_no, NULL AS channel_refund_no,
         p.amount_fen, p.paid_at AS at, i.key
    FROM orders o JOIN payment p ON p.trade_no = o.trade_no
    LEFT JOIN idempotency i ON i.tenant = :tenant AND i.trade_no = p.trade_no AND i.subject = p.trade_no
   WHERE o.owner_kind = 'application' AND o.owner_id = :appId AND o.created_at >= :earliest AND o.created_at < :latest
     AND p.state = 'succeeded' AND date(p.paid_at, '+8 hours') = :day
  UNION ALL
  SELECT 'refund', r.trade_no, r.payment_no, r.refund_no, p.channel, p.method, p.funding_source, p.channel_trade_no, r.channel_refund_no, r.refund_fen, r.refunded_at, i.key
    FROM refund r JOIN orders o ON o.trade_no = r.trade_no JOIN payment p ON p.payment_no = r.payment_no
    LEFT JOIN idempotency i ON i.tenant = :tenant AND i.trade_no = r.trade_no AND i.subject = r.refund_no
   WHERE o.owner_kind = 'application' AND o.owner_id = :appId AND r.state = 'succeeded' AND date(r.refunded_at, '+8 hours') = :day
  ) ORDER BY unixepoch(at), kind, trade_no, refund_no`;

const DAY_MS = 24 * 60 * 60 * 1000;
/** Far more than a code can be paid after it was made. */
const LONGEST_PAYMENT_DAYS = 30;

/** The payments and refunds of an application's day, read from the money database between its commits. */
export function statementEntries(database: DatabaseSync): StatementEntries {
  const statement = database.prepare(DAY_SQL);
  return {
    listDay({ appId, day }) {
      const utc = Date.parse(`${day}T00:00:00.000Z`);
      const rows = statement.all({
        tenant: `application/${appId}`,
        appId,
        day,
        earliest: new Date(utc - LONGEST_PAYMENT_DAYS * DAY_MS).toISOString(),
        latest: new Date(utc + 2 * DAY_MS).toISOString(),
      });
      return Promise.resolve(rows.map(entryFromRow));
    },
  };
}

function entryFromRow(row: Row): StatementEntry {
  return {
    kind: text(row, 'kind') === 'refund' ? 'refund' : 'payment',
    tradeNo: text(row, 'trade_no'),
    paymentNo: text(row, 'payment_no'),
    refundNo: optionalText(row, 'refund_no'),
    channel: text(row, 'channel'),
    method: text(row, 'method'),
    fundingSource: optionalText(row, 'funding_source'),
    channelTradeNo: optionalText(row, 'channel_trade_no'),
    channelRefundNo: optionalText(row, 'channel_refund_no'),
    amountFen: fen(number(row, 'amount_fen')),
    at: text(row, 'at'),
    idempotencyKey: optionalText(row, 'key'),
  };
}
