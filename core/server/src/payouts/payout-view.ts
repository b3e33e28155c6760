import type { Bilingual } from '../domain/bilingual.js';
import { heard } from '../domain/own-words.js';
import { mayGiveUp } from '../domain/payout-absence.js';
import type { PayoutState } from '../domain/payout-states.js';
import { payoutHash, type Payout, type PayoutKind, type PayoutPolicy } from '../domain/payout.js';

/** A payout as finance sees it; amounts integer fen, the payee masked. `hash` names exactly this content, the whole account among it. */
export type PayoutView = {
  readonly payoutNo: string;
  readonly kind: PayoutKind;
  readonly subject: string;
  readonly amountFen: number;
  readonly fromAccount: string;
  readonly payeeLabel: string;
  readonly payeeTail: string;
  readonly payeeBank: string;
  readonly purpose: string;
  readonly state: PayoutState;
  readonly hash: string;
  readonly needsSecond: boolean;
  readonly proposedBy: string;
  readonly proposedAt: string;
  readonly expiresAt: string;
  readonly firstApprovedBy?: string;
  readonly decidedBy?: string;
  readonly decidedAt?: string;
  readonly submittedAt?: string;
  readonly paidAt?: string;
  readonly returnedAt?: string;
  readonly bankTransferNo?: string;
  readonly feeFen: number;
  readonly awaitsBankApproval: boolean;
  /** The bank says it never had it, and its day is over: a person may give it up, once the statements are read too. */
  readonly mayBeGivenUp: boolean;
  readonly news?: Bilingual;
};

export function viewPayout(payout: Payout, policy: Pick<PayoutPolicy, 'absentFinalDays'>): PayoutView {
  const { payoutNo, kind, subject, amountFen, fromAccount, payee, purpose, state, needsSecond, proposedBy, proposedAt, expiresAt, feeFen, awaitsBankApproval } = payout;
  const optional = { firstApprovedBy: payout.firstApprovedBy, decidedBy: payout.decidedBy, decidedAt: payout.decidedAt, submittedAt: payout.submittedAt, paidAt: payout.paidAt, returnedAt: payout.returnedAt, bankTransferNo: payout.bankTransferNo, news: payout.lastNews === undefined ? undefined : heard(payout.lastNews) };
  return {
    payoutNo, kind, subject, amountFen, fromAccount, payeeLabel: payee.label, payeeTail: payee.tail, payeeBank: payee.bankName, purpose, state, hash: payoutHash(payout), needsSecond, proposedBy, proposedAt, expiresAt, feeFen, awaitsBankApproval,
    mayBeGivenUp: mayGiveUp(payout, policy), ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
}
