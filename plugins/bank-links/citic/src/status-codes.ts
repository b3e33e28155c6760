/** Words of the bank's manual (V5.0, 状态码). Everything that stands neither here nor among the settings' lists is an error whose meaning nobody knows: `unknown`. */

/** The bank has the instruction; whether it paid is for DLCIDSTT to say. AAAAAAA done, AAAAAAC scheduled, AAAAAAE submitted, CCCCCCC in work. */
const TAKEN: readonly string[] = ['AAAAAAA', 'AAAAAAC', 'AAAAAAE', 'CCCCCCC'];
/** Entered, and somebody must approve it in the bank's own system. */
export const AWAITS_APPROVAL = 'AAAAAAB';
/** A question that was answered. */
export const ANSWERED = 'AAAAAAA';

export type InstructionMeaning = 'taken' | 'awaitsApproval' | 'refused' | 'unknown';

export function meaningOf(status: string, refusedCodes: readonly string[]): InstructionMeaning {
  if (status === AWAITS_APPROVAL) return 'awaitsApproval';
  if (TAKEN.includes(status)) return 'taken';
  return refusedCodes.includes(status) ? 'refused' : 'unknown';
}

/** `stt` of DLCIDSTT: 0 paid, 1 failed, 2 unknown, 3 refused in approval, 4 cancelled by the user. */
export type TransferState = 'paid' | 'failed' | 'open' | 'unreadable';

export function stateOf(stt: string | undefined): TransferState {
  switch (stt) {
    case '0':
      return 'paid';
    case '1':
    case '3':
    case '4':
      return 'failed';
    case '2':
      return 'open';
    default:
      return 'unreadable';
  }
}
