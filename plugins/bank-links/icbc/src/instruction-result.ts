/** `Result` of PAYENT and QPAYENT. What stands in none of the lists is something nobody here knows. */
export type ResultMeaning = 'inWork' | 'awaitsApproval' | 'paid' | 'failed' | 'unknown';

/** 0 submitted, 1 authorised, 4 awaits the bank's answer, 5 pending at its host, 9 in work, 10 scheduled. */
const IN_WORK: readonly string[] = ['0', '1', '4', '5', '9', '10'];
/** 2 awaits authorisation, 3 a second one: by the hospital's own people, in the bank's system. */
const AWAITS_APPROVAL: readonly string[] = ['2', '3'];
/** 6 refused by the bank, 8 refused in authorisation, 11 its schedule was cancelled. */
const FAILED: readonly string[] = ['6', '8', '11'];
const PAID = '7';

export function meaningOf(result: string | undefined): ResultMeaning {
  if (result === undefined) return 'unknown';
  if (result === PAID) return 'paid';
  if (IN_WORK.includes(result)) return 'inWork';
  if (AWAITS_APPROVAL.includes(result)) return 'awaitsApproval';
  return FAILED.includes(result) ? 'failed' : 'unknown';
}
