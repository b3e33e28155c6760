import type { DatabaseSync } from 'node:sqlite';
import type { Violation } from '../../../domain/invariants.js';
import { APPROVAL_TENANT } from './sqlite-refund-approval-store.js';
import { number, text } from './rows.js';
import { Statements } from './statements.js';

/** 退款审批: what was approved was refunded once, for exactly its amount; what was not approved was not. Reads only; runs nightly with the ledger, and in every simulation. */
export function verifyRefundApprovals(database: DatabaseSync): Violation[] {
  const sql = new Statements(database);
  const problem = (subject: string, detail: string): Violation => ({ rule: 'refund approval', subject, detail });
  const approvals = sql.all('SELECT approval_no, trade_no, refund_fen, state FROM refund_approval ORDER BY seq').flatMap((row): Violation[] => {
    const approvalNo = text(row, 'approval_no');
    const made = sql.get('SELECT r.trade_no, (SELECT sum(o.refund_fen) FROM refund o WHERE o.trade_no = r.trade_no AND o.requested_at = r.requested_at AND o.requested_by = r.requested_by AND o.cause = r.cause) AS fen FROM idempotency i JOIN refund r ON r.refund_no = i.subject WHERE i.tenant = ? AND i.key = ?', APPROVAL_TENANT, approvalNo);
    if (text(row, 'state') !== 'approved') return made === undefined ? [] : [problem(approvalNo, `it is ${text(row, 'state')}, and was refunded`)];
    if (made === undefined) return [problem(approvalNo, 'it was approved, and nothing was refunded')];
    const isExact = text(made, 'trade_no') === text(row, 'trade_no') && number(made, 'fen') === number(row, 'refund_fen');
    return isExact ? [] : [problem(approvalNo, `${String(number(row, 'refund_fen'))} fen were approved, ${String(number(made, 'fen'))} refunded`)];
  });
  const unasked = sql.all('SELECT i.key FROM idempotency i WHERE i.tenant = ? AND NOT EXISTS (SELECT 1 FROM refund_approval r WHERE r.approval_no = i.key)', APPROVAL_TENANT).map((row) => problem(text(row, 'key'), 'a refund stands under an approval that does not exist'));
  return [...approvals, ...unasked];
}
