import type { DatabaseSync } from 'node:sqlite';
import type { DayFacts, MoneyFact } from '../../../statement-files/ports.js';
import { number, optionalText, text, type Row } from '../money/rows.js';

/** The owner's own key of what it asked for: a payment's first tender is named by its order, every other by itself. */
const key = (subjects: string): string => `coalesce((SELECT i.key FROM idempotency i WHERE i.trade_no = o.trade_no AND i.tenant = o.owner_kind || '/' || o.owner_id AND i.subject IN (${subjects})), '') AS key`;
const COMMON = `o.trade_no, p.payment_no, p.channel, p.channel_trade_no, p.method, p.funding_source, o.settlement_no, o.business, coalesce(q.fee_type, '') AS fee_type, o.owner_kind, o.owner_id`;
const JOINS = 'JOIN orders o ON o.trade_no = p.trade_no LEFT JOIN quote q ON q.quote_id = o.quote_id';

export const PAYMENTS_SQL = `
  SELECT 'payment' AS kind, ${COMMON}, '' AS refund_no, NULL AS channel_refund_no, p.amount_fen AS fen, coalesce(p.paid_at, p.submitted_at) AS at, p.till_no AS till_no, NULL AS operator_id,
         ${key("p.payment_no, CASE WHEN p.leg = (SELECT min(leg) FROM payment f WHERE f.trade_no = p.trade_no) THEN p.trade_no END")}
    FROM payment p ${JOINS} WHERE p.bill_day = ? AND p.payment_no > ? AND p.state = 'succeeded' AND o.hospital_id = ? ORDER BY p.payment_no LIMIT ?`;
/** `billDayOfRefund`: of its request at the channel; of cash when the notes were handed out. Two questions, since each has its index. */
const refundsOf = (day: string, method: string): string => `
  SELECT 'refund' AS kind, ${COMMON}, r.refund_no, r.channel_refund_no, r.refund_fen AS fen, r.refunded_at AS at, r.till_no AS till_no, r.operator_id, ${key('r.refund_no')}
    FROM refund r JOIN payment p ON p.payment_no = r.payment_no ${JOINS} WHERE ${day} = :day AND r.state = 'succeeded' AND p.method ${method} 'cash' AND o.hospital_id = :hospitalId`;
export const REFUNDS_SQL = `
  SELECT * FROM (${refundsOf("date(coalesce(r.submitted_at, r.refunded_at, r.requested_at), '+8 hours')", '<>')}
  UNION ALL ${refundsOf("r.refunded_at IS NOT NULL AND date(r.refunded_at, '+8 hours')", '=')}) ORDER BY refund_no`;
export const CHANGED_SQL = 'SELECT seq, trade_no FROM order_change WHERE seq > ? AND seq <= ? AND hospital_id = ? ORDER BY seq LIMIT ?';
const DAYS_SQL = `
  SELECT bill_day AS day FROM payment WHERE trade_no = :tradeNo AND state = 'succeeded' AND bill_day IS NOT NULL
  UNION SELECT date(CASE p.method WHEN 'cash' THEN coalesce(r.refunded_at, r.submitted_at) ELSE coalesce(r.submitted_at, r.refunded_at, r.requested_at) END, '+8 hours')
    FROM refund r JOIN payment p ON p.payment_no = r.payment_no WHERE r.trade_no = :tradeNo AND r.state = 'succeeded'`;

/** Money facts of a day, read from the money database between its commits, a slice at a time. */
export function dayFacts(database: DatabaseSync, hospitalId: string): DayFacts {
  const [payments, refunds, changed, days] = [PAYMENTS_SQL, REFUNDS_SQL, CHANGED_SQL, DAYS_SQL].map((sql) => database.prepare(sql));
  const newest = database.prepare('SELECT coalesce(max(seq), 0) AS seq FROM order_change');
  if (payments === undefined || refunds === undefined || changed === undefined || days === undefined) throw new Error('a statement was not prepared');
  return {
    payments: ({ day, after, limit }) => payments.all(day, after, hospitalId, limit).map(factFrom),
    refunds: ({ day }) => refunds.all({ day, hospitalId }).map(factFrom),
    newestChange() {
      const row = newest.get();
      return row === undefined ? 0 : number(row, 'seq');
    },
    changedDays({ after, upTo, limit }) {
      const rows = changed.all(after, upTo, hospitalId, limit);
      const last = rows.at(-1);
      const found = new Set(rows.flatMap((row) => days.all({ tradeNo: text(row, 'trade_no') }).map((day) => text(day, 'day'))));
      return { days: [...found], next: rows.length < limit || last === undefined ? upTo : number(last, 'seq') };
    },
  };
}

function factFrom(row: Row): MoneyFact {
  const or = (column: string): string => optionalText(row, column) ?? '';
  return {
    kind: text(row, 'kind') === 'refund' ? 'refund' : 'payment', tradeNo: text(row, 'trade_no'), idempotencyKey: text(row, 'key'), paymentNo: text(row, 'payment_no'), refundNo: text(row, 'refund_no'), channel: text(row, 'channel'),
    channelTradeNo: or('channel_trade_no'), channelRefundNo: or('channel_refund_no'), method: text(row, 'method'), fundingSource: or('funding_source'), amountFen: number(row, 'fen'), at: text(row, 'at'), settlementNo: or('settlement_no'),
    business: text(row, 'business'), feeType: text(row, 'fee_type'), ownerKind: text(row, 'owner_kind') === 'terminal' ? 'terminal' : 'application', ownerId: text(row, 'owner_id'), operatorId: optionalText(row, 'operator_id') ?? operatorOf(or('till_no')),
  };
}

/** A till of a person is named by his number. */
function operatorOf(tillNo: string): string {
  return /^operator:(.*)$/.exec(tillNo)?.[1] ?? '';
}
