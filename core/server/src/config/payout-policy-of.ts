import type { PayoutPolicy } from '../domain/payout.js';
import type { Configuration } from './configuration-schema.js';

const ms = (seconds: number) => seconds * 1000;

/** The configured limits and times of payouts in the domain's words. */
export function payoutPolicyOf({ secondApprovalFromFen, approvalSeconds, queryRhythmSeconds, unknownEscalationSeconds, lateEscalationSeconds, absentFinalDays, returnWatchDays, statementLateDays }: Configuration['payouts']): PayoutPolicy {
  return {
    secondApprovalFromFen, approvalWithinMs: ms(approvalSeconds), queryRhythmMs: queryRhythmSeconds.map(ms), unknownEscalationMs: ms(unknownEscalationSeconds), lateEscalationMs: ms(lateEscalationSeconds), absentFinalDays, returnWatchDays, statementLateDays,
  };
}
