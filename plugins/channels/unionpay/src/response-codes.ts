/**
 * What UnionPay's codes mean. Only 00, 03, 04, 05 and 34 are documented for everybody; the lists are from secondary sources, hence settings. Left out on
 * purpose: 01 and 02 (failed, closed: of what?), 06 and 37 (busy), 12 (a transaction exists under this number), 98 (only of files).
 */
export type Meaning = 'done' | 'unsettled' | 'missing' | 'duplicate' | 'refused' | 'unlisted';

/** 60 to 79: the card's bank refused; 30: another card is asked for. */
export const DEFAULT_CARD_REFUSAL_CODES: readonly string[] = ['30', ...Array.from({ length: 20 }, (_, index) => String(60 + index))];
export const DEFAULT_REFUSAL_CODES: readonly string[] = ['10', '11', '13', '31', '32', '33', '35', '36', '38', '39', ...DEFAULT_CARD_REFUSAL_CODES];

const UNSETTLED: readonly string[] = ['03', '04', '05'];

/** `respCode` of a request that moves money: `done` means accepted, not paid. */
export function meaningOfAnswer(code: string, refusalCodes: readonly string[] = DEFAULT_REFUSAL_CODES): Meaning {
  switch (code) {
    case '00':
      return 'done';
    case '12':
      return 'duplicate';
    case '34':
      return 'missing';
    default:
      if (UNSETTLED.includes(code)) return 'unsettled';
      return refusalCodes.includes(code) ? 'refused' : 'unlisted';
  }
}

/** `origRespCode` of a query and `respCode` of a notification: what became of the transaction. A6 is a success with a defect, left to reconciliation; 01 is a failure here. */
export function meaningOfOutcome(code: string, refusalCodes: readonly string[] = DEFAULT_REFUSAL_CODES): 'done' | 'unsettled' | 'refused' | 'unlisted' {
  if (code === '00' || code === 'A6') return 'done';
  if (UNSETTLED.includes(code)) return 'unsettled';
  return code === '01' || refusalCodes.includes(code) ? 'refused' : 'unlisted';
}
