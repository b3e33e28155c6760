/** What approvals (审批) of refunds need from outside, and what the console asks of them. */
import type { AuditTrail } from '../domain/audit.js';
import type { ErrorCode, Outcome } from '../domain/errors.js';
import type { IdempotencyKey } from '../domain/money-store.js';
import type { OrderChange } from '../domain/order-change.js';
import type { Refund } from '../domain/order.js';
import type { RefundApproval, RefundApprovalRule, RefundApprovalStore } from '../domain/refund-approval.js';
import type { Clock } from '../domain/time.js';

/** The refund use case with its own ports given. `mayRefund` is asked last, inside the transaction. */
export type RequestRefund = (request: {
  readonly tradeNo: string; readonly refundFen: number | undefined; readonly reason: string; readonly requestedBy: string; readonly operatorId?: string; readonly idempotency: IdempotencyKey;
  readonly mayRefund?: (change: OrderChange, refundFen: number) => ErrorCode | undefined;
}) => Promise<Outcome<{ readonly refund: Refund }>>;

export type RefundDeskPorts = {
  readonly requestRefund: RequestRefund;
  readonly approvals: RefundApprovalStore;
  readonly rules: readonly RefundApprovalRule[];
  /** How long a proposal may be approved. */
  readonly expiresAfterMs: number;
  readonly clock: Clock;
  readonly audit: AuditTrail;
};

export type RefundAsked = { readonly tradeNo: string; readonly refundFen: number | undefined; readonly reason: string; readonly operatorId?: string; readonly by: string; readonly roles: readonly string[]; readonly idempotency: IdempotencyKey };

export type RefundDesk = {
  /** Refunded at once, or proposed when the rules want others to approve. Refuses what a refund refuses, CONFLICT (another proposal of the order waits). */
  requestRefund(request: RefundAsked): Promise<Outcome<{ readonly refund?: Refund; readonly approval?: RefundApproval }>>;
  listApprovals(request: { readonly limit: number }): Promise<readonly RefundApproval[]>;
  /** The last approval reserves the money in the same transaction. Refuses NO_SUCH_ITEM, SECOND_PERSON_NEEDED, APPROVAL_OVER, CONFLICT, and what a refund refuses: then nothing is decided. */
  decideApproval(request: { readonly approvalNo: string; readonly hash: string; readonly isApproved: boolean; readonly reason: string; readonly by: string }): Promise<Outcome<RefundApproval>>;
};
