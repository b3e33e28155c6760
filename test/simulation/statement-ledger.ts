import type { DatabaseSync } from 'node:sqlite';
import type { Violation } from '@hospay/server/domain/invariants.js';
import { number, text } from '@hospay/server/edges/database/money/rows.js';
import { dayFacts } from '@hospay/server/edges/database/statement-files/read-day-facts.js';
import type { MoneyFact } from '@hospay/server/statement-files/ports.js';

/** What the ledger has under a day: of payments what was debited, of refunds what was credited. Cash lies in tills, which know no day. */
const LEDGER = `
  SELECT j.biz_type AS kind, CASE a.code WHEN '1001' THEN 'cash' ELSE e.clear_key END AS day, sum(e.amount_fen) AS fen
    FROM journal j JOIN entry e ON e.journal_seq = j.seq JOIN account a ON a.id = e.account_id
   WHERE j.step = 'succeeded' AND j.biz_type IN ('payment', 'refund') AND e.phase = 'final' AND a.code IN ('1001', '1121', '1131') AND e.side = CASE j.biz_type WHEN 'payment' THEN 'debit' ELSE 'credit' END GROUP BY 1, 2`;
const DAYS = "SELECT DISTINCT bill_day AS day FROM payment WHERE bill_day IS NOT NULL UNION SELECT date(coalesce(submitted_at, refunded_at, requested_at), '+8 hours') FROM refund UNION SELECT date(at, '+8 hours') FROM journal WHERE biz_type = 'refund'";

/** The statement files (对账文件) of this history: what would be written under each day is what the ledger has under it, to the fen; and every order has exactly one newest change. */
export function checkStatements(money: DatabaseSync, hospitalId: string): Violation[] {
  const facts = dayFacts(money, hospitalId);
  const written = new Map<string, number>();
  const add = (day: string, { kind, method, amountFen }: MoneyFact): void => {
    const key = `${kind} ${method === 'cash' ? 'cash' : day}`;
    written.set(key, (written.get(key) ?? 0) + amountFen);
  };
  for (const row of money.prepare(DAYS).all()) {
    const day = text(row, 'day');
    for (let after = ''; ;) {
      const slice = facts.payments({ day, after, limit: 7 });
      for (const fact of slice) add(day, fact);
      after = slice.at(-1)?.paymentNo ?? '';
      if (slice.length < 7) break;
    }
    for (const fact of facts.refunds({ day })) add(day, fact);
  }
  const posted = new Map(money.prepare(LEDGER).all().map((row) => [`${text(row, 'kind')} ${text(row, 'day')}`, number(row, 'fen')]));
  const differences = [...new Set([...written.keys(), ...posted.keys()])].filter((key) => (written.get(key) ?? 0) !== (posted.get(key) ?? 0));
  const unnumbered = money.prepare('SELECT o.trade_no FROM orders o LEFT JOIN order_change c ON c.trade_no = o.trade_no WHERE c.seq IS NULL').all();
  return [
    ...differences.map((key): Violation => ({ rule: 'statement files', subject: key, detail: `${String(written.get(key) ?? 0)} fen would be written, ${String(posted.get(key) ?? 0)} are in the ledger` })),
    ...unnumbered.map((row): Violation => ({ rule: 'order data sync', subject: text(row, 'trade_no'), detail: 'the order has no change that a reader would be given' })),
  ];
}
