import type { DatabaseSync } from 'node:sqlite';
import type { Violation } from '@hospay/server/domain/invariants.js';
import { number, text } from '@hospay/server/edges/database/money/rows.js';
import { checkDay } from '@hospay/server/edges/database/reports/check-day.js';
import { sumFeeder } from '@hospay/server/edges/database/reports/feed-sums.js';
import { querySums } from '@hospay/server/edges/database/reports/query-sums.js';
import { openSums } from '@hospay/server/edges/database/reports/sum-tables.js';

const DAYS = `
  SELECT bill_day AS day FROM payment WHERE bill_day IS NOT NULL UNION SELECT his_day FROM orders WHERE his_day IS NOT NULL UNION SELECT his_reversed_day FROM refund WHERE his_reversed_day IS NOT NULL
  UNION SELECT date(refunded_at, '+8 hours') FROM refund WHERE refunded_at IS NOT NULL UNION SELECT date(submitted_at, '+8 hours') FROM refund WHERE submitted_at IS NOT NULL UNION SELECT date(requested_at, '+8 hours') FROM refund`;
/** What the HIS is owed by the ledger: booked less reversed, over all days. */
const OWED = "SELECT coalesce(sum(b.credit_final - b.debit_final), 0) AS fen FROM balance b JOIN account a ON a.id = b.account_id WHERE a.code = '2002'";

/** The sums of reports (报表), fed from the journal of this history: each day is that of the orders to the fen, and all of them together what the ledger owes the HIS. */
export function checkReportSums(money: DatabaseSync): Violation[] {
  const sums = openSums(':memory:');
  try {
    const feeder = sumFeeder(money, sums);
    while (feeder.feed(50) === 50);
    const differences = money.prepare(DAYS).all().flatMap((row) => checkDay(money, sums, text(row, 'day')).differences.map((detail): Violation => ({ rule: 'sums of reports', subject: text(row, 'day'), detail })));
    const [all] = querySums(sums, { from: '2000-01-01', to: '2999-12-31', by: [] });
    const owed = money.prepare(OWED).get();
    const owedFen = owed === undefined ? 0 : number(owed, 'fen');
    const keptFen = (all?.bookedFen ?? 0) - (all?.reversedFen ?? 0);
    return keptFen === owedFen ? differences : [...differences, { rule: 'sums of reports', subject: '2002', detail: `${String(keptFen)} fen booked less reversed, ${String(owedFen)} in the ledger` }];
  } finally {
    sums.close();
  }
}
