import type { DatabaseSync } from 'node:sqlite';
import { checkHistory, checkJobs, checkOrder, checkOrderLedger, type ClearBalance, type PastEvent, type Violation } from '../../../domain/invariants.js';
import type { AccountName } from '../../../domain/ledger.js';
import type { Cause } from '../../../domain/order-change.js';
import type { OrderAggregate } from '../../../domain/order.js';
import { number, optionalText, orderFromRow, paymentFromRow, refundFromRow, text } from './rows.js';
import { Statements } from './statements.js';

export type OrderVerification = { readonly orders: number; readonly violations: readonly Violation[] };

const MOST_VIOLATIONS = 100;

/** Every order against its invariants: its rows agree with each other, with the ledger and with its history, and what has not ended has its job. Reads only. */
export function verifyOrders(database: DatabaseSync): OrderVerification {
  const sql = new Statements(database);
  const open = openBalances(sql);
  const hasJob = (kind: string, subject: string): boolean => sql.get('SELECT 1 FROM job WHERE kind = ? AND subject = ?', kind, subject) !== undefined;
  const violations: Violation[] = [];
  let orders = 0;
  for (const row of database.prepare('SELECT * FROM orders ORDER BY trade_no').iterate()) {
    const order = orderFromRow(row);
    const { tradeNo } = order;
    const holdsBills = sql.get('SELECT 1 FROM bill_claim WHERE trade_no = ? LIMIT 1', tradeNo) !== undefined;
    const aggregate: OrderAggregate = {
      order, holdsBills, billsFree: holdsBills, presettlement: undefined,
      payments: sql.all('SELECT * FROM payment WHERE trade_no = ? ORDER BY leg', tradeNo).map(paymentFromRow), refunds: sql.all('SELECT * FROM refund WHERE trade_no = ? ORDER BY refund_no', tradeNo).map(refundFromRow),
    };
    const facts = new Set(sql.all('SELECT source_id FROM fact WHERE trade_no = ?', tradeNo).map((fact) => text(fact, 'source_id')));
    const isFact = (id: string): boolean => facts.has(id) || sql.get('SELECT 1 FROM fact WHERE source_id = ?', id) !== undefined;
    const actual = [tradeNo, ...aggregate.refunds.map(({ refundNo }) => refundNo)].flatMap((key) => open.get(key) ?? []);
    violations.push(...checkOrder(aggregate), ...checkOrderLedger(aggregate, actual), ...checkHistory(aggregate, eventsOf(sql, tradeNo), isFact), ...checkJobs(aggregate, hasJob));
    if (violations.length > MOST_VIOLATIONS) break;
    orders += 1;
  }
  return { orders, violations };
}

/** Clearing keys of orders and refunds that are not at zero, read once: there are few, and many orders. */
function openBalances(sql: Statements): ReadonlyMap<string, readonly ClearBalance[]> {
  const open = new Map<string, ClearBalance[]>();
  for (const row of sql.all("SELECT a.name AS account, c.* FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.name LIKE '2001/%' OR a.name LIKE '2011/%'")) {
    const balance = { account: text(row, 'account') as AccountName, clearKey: text(row, 'clear_key'), netFen: number(row, 'net_fen'), pendingFen: number(row, 'pending_fen') };
    open.set(balance.clearKey, [...(open.get(balance.clearKey) ?? []), balance]);
  }
  return open;
}

function eventsOf(sql: Statements, tradeNo: string): PastEvent[] {
  return sql.all('SELECT * FROM state_event WHERE trade_no = ? ORDER BY id', tradeNo).map((row) => ({
    axis: text(row, 'axis') as PastEvent['axis'], subject: text(row, 'subject'), from: optionalText(row, 'from_state'), to: text(row, 'to_state'), cause: { kind: text(row, 'cause_kind') as Cause['kind'], id: text(row, 'cause_id') },
  }));
}
