import type { DatabaseSync } from 'node:sqlite';
import type { DayFacts, MoneyFact } from '../../../statement-files/ports.js';
import { number, optionalText, text, type Row } from '../money/rows.js';

const REFUND_DAY = "coalesce(r.bill_day, date(CASE p.method WHEN 'cash' THEN coalesce(r.refunded_at, r.submitted_at) ELSE coalesce(r.submitted_at, r.refunded_at, r.requested_at) END, '+8 hours'))";
/** The owner's own key of what it asked for: a payment's first tender is named by its order, every other by itself. */
const key = (subjects: string): string => `coalesce((SELECT i.key FROM idempotency i WHERE i.trade_no = o.trade_no AND i.tenant = o.owner_kind || '/' || o.owner_id AND i.subject IN (${subjects})), '') AS key`;
const COMMON = `o.trade_no, p.payment_no, p.channel, p.merchant_no, p.channel_trade_no, p.method, p.funding_source, o.settlement_no, o.business, coalesce(q.fee_type, '') AS fee_type, o.owner_kind, o.owner_id`;
const JOINS = 'JOIN orders o ON o.trade_no = p.trade_no LEFT JOIN quote q ON q.quote_id = o.quote_id';

export const PAYMENTS_SQL = `
  SELECT 'payment' AS kind, ${COMMON}, '' AS refund_no, NULL AS channel_refund_no, p.amount_fen AS fen, coalesce(p.paid_at, p.submitted_at) AS at, p.till_no AS till_no, NULL AS operator_id,
         ${key("p.payment_no, CASE WHEN p.leg = (SELECT min(leg) FROM payment f WHERE f.trade_no = p.trade_no) THEN p.trade_no END")}
    FROM payment p ${JOINS} WHERE p.bill_day = ? AND p.payment_no > ? AND p.state = 'succeeded' AND o.hospital_id = ? ORDER BY p.payment_no LIMIT ?`;
/** `billDayOfRefund`: of its request at the channel; of cash when the notes were handed out; as it is written where the channel's day does not end at midnight. Three questions, since each has its index. */
const refundsOf = (day: string, method: string): string => `
  SELECT 'refund' AS kind, ${COMMON}, r.refund_no, r.channel_refund_no, r.refund_fen AS fen, r.refunded_at AS at, r.till_no AS till_no, r.operator_id, ${key('r.refund_no')}
    FROM refund r JOIN payment p ON p.payment_no = r.payment_no ${JOINS} WHERE ${day} = :day AND r.state = 'succeeded' AND p.method ${method} 'cash' AND o.hospital_id = :hospitalId`;
export const REFUNDS_SQL = `
  SELECT * FROM (${refundsOf("r.bill_day IS NULL AND date(coalesce(r.submitted_at, r.refunded_at, r.requested_at), '+8 hours')", '<>')}
  UNION ALL ${refundsOf('r.bill_day IS NOT NULL AND r.bill_day', '<>')}
  UNION ALL ${refundsOf("r.refunded_at IS NOT NULL AND date(r.refunded_at, '+8 hours')", '=')}) ORDER BY refund_no`;
/** What a file says of an order moves by these three alone; the rest of its life is no matter of a day. */
export const CHANGED_SQL = `
  SELECT p.bill_day AS day FROM state_event e JOIN payment p ON p.payment_no = e.subject WHERE e.id > :after AND e.id <= :upTo AND e.axis = 'payment' AND e.to_state = 'succeeded' AND p.bill_day IS NOT NULL
  UNION SELECT ${REFUND_DAY} FROM state_event e JOIN refund r ON r.refund_no = e.subject JOIN payment p ON p.payment_no = r.payment_no WHERE e.id > :after AND e.id <= :upTo AND e.axis = 'refund' AND e.to_state = 'succeeded'
  UNION SELECT p.bill_day FROM state_event e JOIN payment p ON p.trade_no = e.trade_no WHERE e.id > :after AND e.id <= :upTo AND e.axis = 'confirmation' AND e.to_state = 'confirmed' AND p.state = 'succeeded' AND p.bill_day IS NOT NULL
  UNION SELECT ${REFUND_DAY} FROM state_event e JOIN refund r ON r.trade_no = e.trade_no JOIN payment p ON p.payment_no = r.payment_no WHERE e.id > :after AND e.id <= :upTo AND e.axis = 'confirmation' AND e.to_state = 'confirmed' AND r.state = 'succeeded'`;

/** Money facts of a day, read from the money database between its commits, a slice at a time. */
export function dayFacts(database: DatabaseSync, hospitalId: string): DayFacts {
  const [payments, refunds, changed] = [database.prepare(PAYMENTS_SQL), database.prepare(REFUNDS_SQL), database.prepare(CHANGED_SQL)];
  const newest = database.prepare('SELECT coalesce(max(id), 0) AS id FROM state_event');
  return {
    payments: ({ day, after, limit }) => payments.all(day, after, hospitalId, limit).map(factFrom),
    refunds: ({ day }) => refunds.all({ day, hospitalId }).map(factFrom),
    newestEvent() {
      const row = newest.get();
      return row === undefined ? 0 : number(row, 'id');
    },
    changedDays: ({ after, upTo }) => changed.all({ after, upTo }).map((row) => text(row, 'day')),
  };
}

function factFrom(row: Row): MoneyFact {
  const or = (column: string): string => optionalText(row, column) ?? '';
  return {
    kind: text(row, 'kind') === 'refund' ? 'refund' : 'payment', tradeNo: text(row, 'trade_no'), idempotencyKey: text(row, 'key'), paymentNo: text(row, 'payment_no'), refundNo: text(row, 'refund_no'), channel: text(row, 'channel'), merchantNo: text(row, 'merchant_no'),
    channelTradeNo: or('channel_trade_no'), channelRefundNo: or('channel_refund_no'), method: text(row, 'method'), fundingSource: or('funding_source'), amountFen: number(row, 'fen'), at: text(row, 'at'), settlementNo: or('settlement_no'),
    business: text(row, 'business'), feeType: text(row, 'fee_type'), ownerKind: text(row, 'owner_kind') === 'terminal' ? 'terminal' : 'application', ownerId: text(row, 'owner_id'), operatorId: optionalText(row, 'operator_id') ?? operatorOf(or('till_no')),
  };
}

/** A till of a person is named by his number. */
function operatorOf(tillNo: string): string {
  return /^operator:(.*)$/.exec(tillNo)?.[1] ?? '';
}
