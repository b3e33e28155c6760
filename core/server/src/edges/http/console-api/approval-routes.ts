/** 退款审批: refunds that wait for others, and their decision over what is shown. */
import { Type } from 'typebox';
import { ok } from '../../../domain/errors.js';
import type { RefundApproval } from '../../../domain/refund-approval.js';
import { redactText } from '../../../domain/sensitive.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { RefundApprovalSchema } from './schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const named = (title: string) => ({ additionalProperties: false, title }) as const;
const SHOWN = 200;

const ApprovalPath = Type.Object({ approvalNo: Type.String({ pattern: '^SP\\d{8}$', description: '审批单号 / The number of the approval' }) }, { additionalProperties: false });
const RefundApprovalListSchema = Type.Object({ approvals: Type.Array(RefundApprovalSchema) }, named('RefundApprovalList'));
const ApprovalDecisionSchema = Type.Object(
  { hash: Type.String({ pattern: '^[0-9a-f]{64}$', description: '所审批内容的哈希 / The hash of what was shown' }), decision: Type.Enum(['approve', 'reject'] as const), reason: Type.String({ minLength: 2, maxLength: 200, pattern: '\\S' }) },
  named('RefundApprovalDecision'),
);

export function approvalRoutes({ refunds }: Pick<ConsoleApiPorts, 'refunds'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/refund-approvals', operationId: 'listRefundApprovals', summary: { zh: '退款审批单', en: 'Refunds that others approve, open ones first' }, access: 'read', request: {},
      answers: { 200: { zh: '审批单', en: 'The approvals', schema: RefundApprovalListSchema } }, errors: [],
      handle: async () => ok(json({ approvals: (await refunds.listApprovals({ limit: SHOWN })).map(viewApproval) })),
    }),
    own.route({
      method: 'POST', path: '/refund-approvals/{approvalNo}/decisions', operationId: 'decideRefundApproval', summary: { zh: '审批退款（须由他人）', en: 'Approve or reject a refund; never one’s own proposal. The last approval makes the refund' }, access: 'refund',
      request: { params: ApprovalPath, body: ApprovalDecisionSchema }, answers: { 200: { zh: '审批单', en: 'The approval', schema: RefundApprovalSchema } },
      errors: ['NO_SUCH_ITEM', 'SECOND_PERSON_NEEDED', 'APPROVAL_OVER', 'CONFLICT', 'ORDER_NOT_FOUND', 'NOT_REFUNDABLE', 'REFUND_EXCEEDS_PAYMENT', 'REFUND_NOT_SUPPORTED', 'REFUND_WHOLE_ONLY', 'INVOICE_ON_PAPER', 'IDEMPOTENCY_KEY_REUSED'],
      async handle({ params, body: { hash, decision, reason } }, { login }) {
        const decided = await refunds.decideApproval({ ...params, hash, isApproved: decision === 'approve', reason, by: login });
        return decided.kind === 'ok' ? ok(json(viewApproval(decided.value))) : decided;
      },
    }),
  ];
}

/** A reason is in somebody's own words: what looks like a number of a person is not shown. */
export function viewApproval(approval: RefundApproval): RefundApproval {
  return { ...approval, reason: redactText(approval.reason) };
}
