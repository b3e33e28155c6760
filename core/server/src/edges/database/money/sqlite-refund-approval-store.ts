import type { ErrorCode } from '../../../domain/errors.js';
import { hashOfApproval, isLastApproval, REFUND_APPROVAL_STATES, whyNotApprove, type RefundApproval, type RefundApprovalStore } from '../../../domain/refund-approval.js';
import type { GroupCommit } from './group-commit.js';
import { number, optionalText, text, type Row } from './rows.js';
import type { Statements } from './statements.js';

/** Where the refund an approval became is found: its number is the key it was asked under. */
export const APPROVAL_TENANT = 'approval';
const SELECT = `SELECT r.*, i.subject AS refund_no FROM refund_approval r LEFT JOIN idempotency i ON i.tenant = '${APPROVAL_TENANT}' AND i.key = r.approval_no`;
const OPEN = "r.state IN ('proposed', 'firstApproved')";

/** Refunds that others approve, in the money database: the last approval stands in the transaction of its refund. */
export class SqliteRefundApprovalStore implements RefundApprovalStore {
  readonly #commits: GroupCommit;
  readonly #sql: Statements;

  constructor({ commits, sql }: { readonly commits: GroupCommit; readonly sql: Statements }) {
    this.#commits = commits;
    this.#sql = sql;
  }

  propose({ proposal, key, expiresAt, now }: Parameters<RefundApprovalStore['propose']>[0]): ReturnType<RefundApprovalStore['propose']> {
    return this.#commits.write<Awaited<ReturnType<RefundApprovalStore['propose']>>>(() => {
      const known = this.#sql.get(`${SELECT} WHERE r.request_key = ?`, key);
      if (known !== undefined) {
        const approval = approvalFrom(known);
        return hashOfApproval(approval.approvalNo, proposal) === approval.hash ? { kind: 'proposed', approval } : { kind: 'keyReused' };
      }
      this.#sql.run("UPDATE refund_approval SET state = 'expired' WHERE trade_no = ? AND state IN ('proposed', 'firstApproved') AND expires_at <= ?", proposal.tradeNo, now.toISOString());
      const open = this.#sql.get(`${SELECT} WHERE r.trade_no = ? AND ${OPEN}`, proposal.tradeNo);
      if (open !== undefined) return { kind: 'waits', approvalNo: text(open, 'approval_no') };
      const count = this.#sql.get('SELECT count(*) AS n FROM refund_approval');
      const approvalNo = `SP${String((count === undefined ? 0 : number(count, 'n')) + 1).padStart(8, '0')}`;
      const { tradeNo, refundFen, reason, operatorId, levels, proposedBy } = proposal;
      this.#sql.insert('refund_approval', {
        approval_no: approvalNo, request_key: key, trade_no: tradeNo, refund_fen: refundFen, reason, operator_id: operatorId ?? null, levels, state: 'proposed', hash: hashOfApproval(approvalNo, proposal), proposed_by: proposedBy, proposed_at: now.toISOString(), expires_at: expiresAt.toISOString(),
      });
      return { kind: 'proposed', approval: this.#mustFind(approvalNo) };
    });
  }
  find(approvalNo: string): Promise<RefundApproval | undefined> {
    return Promise.resolve(this.#find(approvalNo));
  }
  list(limit: number): Promise<readonly RefundApproval[]> {
    return Promise.resolve(this.#sql.all(`${SELECT} ORDER BY (${OPEN}) DESC, r.seq DESC LIMIT ?`, limit).map(approvalFrom));
  }

  decide({ approvalNo, hash, isApproved, reason, by, now }: Parameters<RefundApprovalStore['decide']>[0]): Promise<ErrorCode | undefined> {
    return this.#commits.write<ErrorCode | undefined>(() => {
      const approval = this.#find(approvalNo);
      if (approval === undefined) return 'NO_SUCH_ITEM';
      if (isApproved) {
        const refusal = whyNotApprove(approval, { hash, by, now });
        if (refusal !== undefined) return refusal;
        // The last one stands beside its refund only.
        if (isLastApproval(approval)) return 'CONFLICT';
        this.#sql.update('refund_approval', { state: 'firstApproved', first_approved_by: by }, 'approval_no', approvalNo);
        return undefined;
      }
      // Taking back one's own needs nobody else.
      if (approval.state !== 'proposed' && approval.state !== 'firstApproved') return 'CONFLICT';
      if (approval.hash !== hash) return 'APPROVAL_OVER';
      this.#sql.update('refund_approval', { state: 'rejected', decided_by: by, decided_at: now.toISOString(), decision_reason: reason }, 'approval_no', approvalNo);
      return undefined;
    });
  }

  approveInside({ approvalNo, hash, reason, by, now }: Parameters<RefundApprovalStore['approveInside']>[0]): ErrorCode | undefined {
    const approval = this.#find(approvalNo);
    if (approval === undefined) return 'NO_SUCH_ITEM';
    const refusal = whyNotApprove(approval, { hash, by, now });
    if (refusal !== undefined) return refusal;
    if (!isLastApproval(approval)) return 'CONFLICT';
    this.#sql.update('refund_approval', { state: 'approved', decided_by: by, decided_at: now.toISOString(), decision_reason: reason }, 'approval_no', approvalNo);
    return undefined;
  }

  #find(approvalNo: string): RefundApproval | undefined {
    const row = this.#sql.get(`${SELECT} WHERE r.approval_no = ?`, approvalNo);
    return row === undefined ? undefined : approvalFrom(row);
  }
  #mustFind(approvalNo: string): RefundApproval {
    const approval = this.#find(approvalNo);
    if (approval === undefined) throw new Error(`${approvalNo} was written and is not there`);
    return approval;
  }
}

function approvalFrom(row: Row): RefundApproval {
  const state = REFUND_APPROVAL_STATES.find((known) => known === text(row, 'state'));
  if (state === undefined) throw new Error(`approval ${text(row, 'approval_no')} cannot be read`);
  return {
    approvalNo: text(row, 'approval_no'), tradeNo: text(row, 'trade_no'), refundFen: number(row, 'refund_fen'), reason: text(row, 'reason'), operatorId: optionalText(row, 'operator_id'), levels: number(row, 'levels') === 2 ? 2 : 1, state, hash: text(row, 'hash'),
    proposedBy: text(row, 'proposed_by'), proposedAt: text(row, 'proposed_at'), expiresAt: text(row, 'expires_at'), firstApprovedBy: optionalText(row, 'first_approved_by'), decidedBy: optionalText(row, 'decided_by'), decidedAt: optionalText(row, 'decided_at'), refundNo: optionalText(row, 'refund_no'),
  };
}
