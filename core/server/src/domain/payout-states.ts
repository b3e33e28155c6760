/**
 * 付款: did the bank pay what the hospital told it to pay? Two persons decide, then it is sent once. What has no answer is asked about and never sent again; the bank's statement decides. A transfer that
 * was paid may come back days later (退票).
 */
import { defineTransitions } from './transitions.js';

export const PAYOUT_STATES = ['proposed', 'firstApproved', 'approved', 'rejected', 'expired', 'submitted', 'processing', 'unknown', 'succeeded', 'failed', 'returned'] as const;
export type PayoutState = (typeof PAYOUT_STATES)[number];
/** What a state is called in Chinese, for sentences. */
export const PAYOUT_STATE_WORDS = {
  proposed: '待审批', firstApproved: '待二级审批', approved: '已审批，待发送', rejected: '已退回', expired: '已过期', submitted: '已提交银行', processing: '银行处理中', unknown: '结果未知', succeeded: '已付', failed: '未付', returned: '已退票',
} as const satisfies Record<PayoutState, string>;

export const PAYOUT_TRIGGERS = ['approve', 'reject', 'send', 'answer', 'query', 'statement', 'timer', 'operator'] as const;
export type PayoutTrigger = (typeof PAYOUT_TRIGGERS)[number];

export const payoutTransitions = defineTransitions<PayoutState, PayoutTrigger>('payout', [
  { from: ['proposed'], to: 'firstApproved', by: ['approve'], why: 'above the limit: another person approved what was shown, a third one has to' },
  { from: ['proposed', 'firstApproved'], to: 'approved', by: ['approve'], why: 'as many other persons as its amount needs approved exactly what was shown' },
  { from: ['proposed', 'firstApproved', 'approved'], to: 'rejected', by: ['reject'], why: 'taken back before anything was sent' },
  { from: ['approved'], to: 'rejected', by: ['timer'], why: 'what it was for is not owed any more: nothing is sent' },
  { from: ['proposed', 'firstApproved'], to: 'expired', by: ['timer'], why: 'nobody approved it in time' },
  { from: ['approved'], to: 'submitted', by: ['send'], why: 'the intent is committed, with its reservation; then the bank is told, once' },
  { from: ['submitted'], to: 'approved', by: ['answer'], why: 'no byte can have arrived: the reservation is released, and it may be sent under the same number' },
  { from: ['submitted'], to: 'unknown', by: ['answer', 'timer'], why: 'no definite answer: asked about, never sent again' },
  { from: ['submitted'], to: 'processing', by: ['answer'], why: 'the bank has it' },
  { from: ['unknown'], to: 'processing', by: ['query'], why: 'the bank has it' },
  { from: ['processing'], to: 'unknown', by: ['query'], why: 'the bank does not know what it had taken any more' },
  { from: ['submitted', 'processing', 'unknown'], to: 'succeeded', by: ['answer', 'query', 'statement'], why: 'the bank paid it' },
  { from: ['submitted', 'processing', 'unknown'], to: 'failed', by: ['answer', 'query'], why: 'the bank will not pay it, for certain' },
  { from: ['unknown'], to: 'failed', by: ['operator'], why: 'absent at the bank after its day was closed, in no statement since: a person decided' },
  { from: ['failed'], to: 'succeeded', by: ['statement'], why: 'the statement has it after all' },
  { from: ['succeeded'], to: 'returned', by: ['query', 'statement'], why: 'it came back (退票)' },
]);

/** Nothing more is expected of it; a success may still come back, a failure still turn out to be paid. */
export function isPayoutFinal(state: PayoutState): boolean {
  return state === 'rejected' || state === 'expired' || state === 'succeeded' || state === 'failed' || state === 'returned';
}

/** It pays its debt, or may yet: no other payout of the same debt beside it. */
export function isPayoutLive(state: PayoutState): boolean {
  return !isPayoutFinal(state) || state === 'succeeded';
}

/** The bank may have it. */
export function wasSent(state: PayoutState): boolean {
  return state === 'submitted' || state === 'processing' || state === 'unknown' || state === 'succeeded' || state === 'failed' || state === 'returned';
}
