import { ok, refused, type Outcome } from '../domain/errors.js';
import type { OrderChange } from '../domain/order-change.js';
import { approvalLevels, isLastApproval, type ApprovalLevels, type RefundApproval, type RefundApprovalRule } from '../domain/refund-approval.js';
import { holdsMoney } from '../domain/refund-states.js';
import { DECIDED_BEFORE } from '../domain/refusal-words.js';
import type { RefundAsked, RefundDesk, RefundDeskPorts } from './ports.js';

/** Refunds as finance asks for them: at once within its own power, else proposed and approved. */
export function createRefundDesk(ports: RefundDeskPorts): RefundDesk {
  const { approvals, audit, clock } = ports;
  const find = async (approvalNo: string): Promise<Outcome<RefundApproval>> => {
    const found = await approvals.find(approvalNo);
    return found === undefined ? refused('NO_SUCH_ITEM', approvalNo) : ok(found);
  };
  return {
    async requestRefund(asked) {
      const needed: { levels: ApprovalLevels; refundFen: number } = { levels: 0, refundFen: 0 };
      const accepted = await ports.requestRefund({
        ...asked, requestedBy: `user/${asked.by}`,
        mayRefund: (change, refundFen) => {
          Object.assign(needed, { levels: levelsNeeded(ports.rules, change, { refundFen, roles: asked.roles, now: clock.now() }), refundFen });
          return needed.levels === 0 ? undefined : 'APPROVAL_NEEDED';
        },
      });
      if (accepted.kind === 'ok') {
        const { refundNo, refundFen } = accepted.value.refund;
        await audit.record({ who: asked.by, what: 'refund.request', object: `order ${asked.tradeNo}`, after: { refundNo, refundFen }, reason: asked.reason });
        return ok({ refund: accepted.value.refund });
      }
      return accepted.code === 'APPROVAL_NEEDED' && needed.levels !== 0 ? propose(ports, asked, { levels: needed.levels, refundFen: needed.refundFen }) : accepted;
    },
    listApprovals: ({ limit }) => approvals.list(limit),
    async decideApproval({ approvalNo, hash, isApproved, reason, by }) {
      const found = await find(approvalNo);
      if (found.kind === 'refused') return found;
      const { tradeNo, refundFen, operatorId, proposedBy, state, decidedBy } = found.value;
      // The same decision by the same person again is the same answer.
      if (state === (isApproved ? 'approved' : 'rejected') && decidedBy === by) return found;
      if (state !== 'proposed' && state !== 'firstApproved') return refused('CONFLICT', DECIDED_BEFORE);
      const now = clock.now();
      if (isApproved && isLastApproval(found.value)) {
        const made = await ports.requestRefund({
          tradeNo, refundFen, reason: found.value.reason, requestedBy: `user/${proposedBy}`, ...(operatorId === undefined ? {} : { operatorId }), idempotency: { tenant: 'approval', key: approvalNo, requestHash: found.value.hash },
          mayRefund: () => approvals.approveInside({ approvalNo, hash, reason, by, now }),
        });
        if (made.kind === 'refused') return made;
        // Somebody else was faster: his refund was told again, and he approved it.
        const approved = await find(approvalNo);
        if (approved.kind === 'ok' && approved.value.decidedBy !== by) return refused('CONFLICT', DECIDED_BEFORE);
      } else {
        const refusal = await approvals.decide({ approvalNo, hash, isApproved, reason, by, now });
        if (refusal !== undefined) return refused(refusal);
      }
      await audit.record({ who: by, what: isApproved ? 'refund.approve' : 'refund.reject', object: `refund approval ${approvalNo}`, after: { tradeNo, refundFen, hash }, reason });
      return find(approvalNo);
    },
  };
}

async function propose(ports: RefundDeskPorts, { tradeNo, reason, operatorId, by, idempotency }: RefundAsked, { levels, refundFen }: { readonly levels: 1 | 2; readonly refundFen: number }): ReturnType<RefundDesk['requestRefund']> {
  const now = ports.clock.now();
  const proposed = await ports.approvals.propose({ proposal: { tradeNo, refundFen, reason, operatorId, levels, proposedBy: by }, key: `${idempotency.tenant}/${idempotency.key}`, expiresAt: new Date(now.getTime() + ports.expiresAfterMs), now });
  if (proposed.kind === 'keyReused') return refused('IDEMPOTENCY_KEY_REUSED');
  if (proposed.kind === 'waits') return refused('CONFLICT', { zh: `退款审批单 ${proposed.approvalNo} 尚待审批，请先处理`, en: `${proposed.approvalNo} waits for approval` });
  await ports.audit.record({ who: by, what: 'refund.propose', object: `refund approval ${proposed.approval.approvalNo}`, after: { tradeNo, refundFen, levels }, reason });
  return ok({ approval: proposed.approval });
}

/** With what was sent back of the order before: a refund in parts is not a way around. */
export function levelsNeeded(rules: readonly RefundApprovalRule[], { order, payments, refunds }: OrderChange, { refundFen, roles, now }: { readonly refundFen: number; readonly roles: readonly string[]; readonly now: Date }): ApprovalLevels {
  const before = refunds.filter(({ cause, state }) => cause === 'requested' && holdsMoney(state)).reduce((sum, refund) => sum + refund.refundFen, 0);
  return approvalLevels(rules, { totalFen: before + refundFen, paidAt: order.paidAt ?? order.createdAt, channels: payments.filter(({ state }) => state === 'succeeded').map(({ channel }) => channel), roles, now });
}
