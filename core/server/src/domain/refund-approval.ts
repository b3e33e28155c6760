/**
 * 退款审批: a refund above what its asker may send back alone is proposed by him and approved by one or two others, who see exactly what is sent. The last approval and the reservation of the money are one transaction.
 */
import { createHash } from 'node:crypto';
import type { ErrorCode } from './errors.js';

/** A refund of which any rule matches needs as many approvals as the strictest of them says. A rule matches when all it names does. */
export type RefundApprovalRule = {
  /** Of one order, with what was sent back of it before, integer fen. */
  readonly fromFen?: number | undefined;
  /** After it was paid. */
  readonly olderThanDays?: number | undefined;
  /** The order was paid through one of them. */
  readonly channels?: readonly string[] | undefined;
  /** Who asks has no role but these. */
  readonly roles?: readonly string[] | undefined;
  readonly levels: 1 | 2;
};
export type ApprovalLevels = 0 | 1 | 2;

export type AskedRefund = { readonly totalFen: number; readonly paidAt: string; readonly channels: readonly string[]; readonly roles: readonly string[]; readonly now: Date };

const DAY_MS = 24 * 60 * 60 * 1000;

export function approvalLevels(rules: readonly RefundApprovalRule[], { totalFen, paidAt, channels, roles, now }: AskedRefund): ApprovalLevels {
  const matches = (rule: RefundApprovalRule): boolean =>
    totalFen >= (rule.fromFen ?? 0)
    && now.getTime() - Date.parse(paidAt) >= (rule.olderThanDays ?? 0) * DAY_MS
    && (rule.channels === undefined || channels.some((channel) => rule.channels?.includes(channel)))
    && (rule.roles === undefined || roles.every((role) => rule.roles?.includes(role)));
  return rules.reduce<ApprovalLevels>((most, rule) => (matches(rule) && rule.levels > most ? rule.levels : most), 0);
}

export const REFUND_APPROVAL_STATES = ['proposed', 'firstApproved', 'approved', 'rejected', 'expired'] as const;
export type RefundApprovalState = (typeof REFUND_APPROVAL_STATES)[number];

export type RefundApproval = {
  readonly approvalNo: string;
  readonly tradeNo: string;
  readonly refundFen: number;
  readonly reason: string;
  /** Who hands the notes out at a window; absent: as the payment came. */
  readonly operatorId: string | undefined;
  readonly levels: 1 | 2;
  readonly state: RefundApprovalState;
  /** Of what is shown: an approval is bound to it. */
  readonly hash: string;
  readonly proposedBy: string;
  readonly proposedAt: string;
  readonly expiresAt: string;
  readonly firstApprovedBy: string | undefined;
  readonly decidedBy: string | undefined;
  readonly decidedAt: string | undefined;
  /** Once it was approved: the first refund it became. */
  readonly refundNo: string | undefined;
};

export type RefundProposal = Pick<RefundApproval, 'tradeNo' | 'refundFen' | 'reason' | 'operatorId' | 'levels' | 'proposedBy'>;

export function hashOfApproval(approvalNo: string, { tradeNo, refundFen, reason, operatorId, levels, proposedBy }: RefundProposal): string {
  return createHash('sha256').update(JSON.stringify([approvalNo, tradeNo, refundFen, reason, operatorId ?? null, levels, proposedBy])).digest('hex');
}

/** Why this person may not approve it now; undefined: he may. */
export function whyNotApprove(approval: RefundApproval, { hash, by, now }: { readonly hash: string; readonly by: string; readonly now: Date }): ErrorCode | undefined {
  if (approval.state !== 'proposed' && approval.state !== 'firstApproved') return 'CONFLICT';
  if (approval.hash !== hash || Date.parse(approval.expiresAt) <= now.getTime()) return 'APPROVAL_OVER';
  return [approval.proposedBy, approval.firstApprovedBy].includes(by) ? 'SECOND_PERSON_NEEDED' : undefined;
}
/** Whether the next approval is the last one. */
export function isLastApproval({ levels, state }: Pick<RefundApproval, 'levels' | 'state'>): boolean {
  return levels === 1 || state === 'firstApproved';
}

export type RefundApprovalStore = {
  /** One open proposal of an order at a time. The same key is the same proposal. */
  propose(request: { readonly proposal: RefundProposal; readonly key: string; readonly expiresAt: Date; readonly now: Date }): Promise<{ readonly kind: 'proposed'; readonly approval: RefundApproval } | { readonly kind: 'waits'; readonly approvalNo: string } | { readonly kind: 'keyReused' }>;
  find(approvalNo: string): Promise<RefundApproval | undefined>;
  /** Open ones first, the newest first among each. */
  list(limit: number): Promise<readonly RefundApproval[]>;
  /** The first of two approvals, or a rejection. */
  decide(request: { readonly approvalNo: string; readonly hash: string; readonly isApproved: boolean; readonly reason: string; readonly by: string; readonly now: Date }): Promise<ErrorCode | undefined>;
  /** The last approval, inside the transaction that reserves the money; what it answers refuses both. */
  approveInside(request: { readonly approvalNo: string; readonly hash: string; readonly reason: string; readonly by: string; readonly now: Date }): ErrorCode | undefined;
};
