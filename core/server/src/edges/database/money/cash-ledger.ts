import type { DatabaseSync } from 'node:sqlite';
import { isPaymentEnded, PAYMENT_STATES } from '../../../domain/payment-states.js';
import { isRefundEnded, REFUND_STATES } from '../../../domain/refund-states.js';
import type { CashLedger, CashOfDay } from '../../../window-desk/ports.js';
import { number, text } from './rows.js';

/**
 * Account names are `1001/<channel>/<merchantNo>`. Only what payments brought and refunds took: what is counted and banked later is not a till's business of the day. Entries stand
 * under their till; the day of the till book is that of the payment, of a refund that on which the notes were handed out.
 */
const CASH_SQL = `
  SELECT a.name, e.side, count(*) AS entries, sum(e.amount_fen) AS fen
    FROM (SELECT 'payment' AS biz_type, payment_no AS biz_id FROM payment WHERE bill_day = :day AND method = 'cash'
          UNION ALL SELECT 'refund', r.refund_no FROM refund r JOIN payment p ON p.payment_no = r.payment_no WHERE p.method = 'cash' AND r.refunded_at IS NOT NULL AND date(r.refunded_at, '+8 hours') = :day) m
    JOIN journal j ON j.biz_type = m.biz_type AND j.biz_id = m.biz_id AND j.step = 'succeeded' JOIN entry e ON e.journal_seq = j.seq JOIN account a ON a.id = e.account_id
   WHERE a.code = '1001' AND e.phase = 'final'
   GROUP BY a.name, e.side ORDER BY a.name`;
const listed = (states: readonly string[]): string => states.map((state) => `'${state}'`).join(', ');
const IN_FLIGHT_SQL = `
  SELECT channel, sum(n) AS n FROM (
    SELECT channel, count(*) AS n FROM payment WHERE state IN (${listed(PAYMENT_STATES.filter((state) => !isPaymentEnded(state)))}) AND method = 'cash' GROUP BY channel
    UNION ALL
    SELECT p.channel, count(*) FROM refund r JOIN payment p ON p.payment_no = r.payment_no WHERE p.method = 'cash' AND r.state IN (${listed(REFUND_STATES.filter((state) => !isRefundEnded(state)))}) GROUP BY p.channel
  ) GROUP BY channel`;

/** Cash as the ledger knows it, read between commits. */
export function cashLedger(database: DatabaseSync): CashLedger {
  const [cash, moving] = [database.prepare(CASH_SQL), database.prepare(IN_FLIGHT_SQL)];
  return {
    cashOfDay(day) {
      const channels = new Map<string, CashOfDay>();
      for (const row of cash.all({ day })) {
        const [, channel = '', merchantNo = ''] = text(row, 'name').split('/');
        const known = channels.get(channel) ?? { channel, merchantNos: [], takenIn: { count: 0, amountFen: 0 }, paidOut: { count: 0, amountFen: 0 } };
        const part = text(row, 'side') === 'debit' ? 'takenIn' : 'paidOut';
        const sum = { count: known[part].count + number(row, 'entries'), amountFen: known[part].amountFen + number(row, 'fen') };
        channels.set(channel, { ...known, merchantNos: [...new Set([...known.merchantNos, merchantNo])], [part]: sum });
      }
      return { channels: [...channels.values()], inFlight: new Map(moving.all().map((row) => [text(row, 'channel'), number(row, 'n')])) };
    },
  };
}
