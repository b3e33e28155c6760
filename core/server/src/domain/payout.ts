/** 付款: one transfer the hospital's bank is told to make. Its number is the instruction number at the bank, for ever. Amounts are integer fen. */
import { createHash } from 'node:crypto';
import type { Fen, Payee } from '@hospay/plugin-sdk';
import { CASE_OF_TRANSFER, TRANSFER_KINDS, type TransferKind } from './hand-transfer.js';
import { assertBalanced, type Journal } from './ledger.js';
import { maskName } from './mask.js';
import type { CaseDraft, CaseKind, Cause, Fact, StateEvent } from './order-change.js';
import { isPayoutLive, payoutTransitions, type PayoutState, type PayoutTrigger } from './payout-states.js';

/** What it pays: a debt that no order can give back (by its case), or `settlement`, money moved to another account of the hospital. */
export const PAYOUT_KINDS = [...TRANSFER_KINDS, 'settlement'] as const;
export type PayoutKind = (typeof PAYOUT_KINDS)[number];

/** Who is paid, as everybody but the bank sees him. `fingerprint` is of the whole, under a key: a change of one digit shows, and nobody can try numbers against it. */
export type MaskedPayee = { readonly label: string; readonly tail: string; readonly bankName: string; readonly isPersonal: boolean; readonly fingerprint: string };

/** `pending`: reserved, the bank has not confirmed that it has it. `posted`: it stands in payout clearing. */
export type PayoutReservation = 'none' | 'pending' | 'posted';

export type Payout = {
  readonly payoutNo: string;
  readonly hospitalId: string;
  readonly kind: PayoutKind;
  /** The return, the discharge settlement, or the account of ours that is paid. */
  readonly subject: string;
  readonly amountFen: Fen;
  /** Id of the account it leaves, from the configuration. */
  readonly fromAccount: string;
  readonly payee: MaskedPayee;
  /** The whole payee, sealed: opened only to be sent. */
  readonly sealedPayee: string;
  readonly purpose: string;
  readonly needsSecond: boolean;
  readonly state: PayoutState;
  readonly proposedBy: string;
  readonly proposedAt: string;
  readonly expiresAt: string;
  readonly firstApprovedBy: string | undefined;
  readonly decidedBy: string | undefined;
  readonly decidedAt: string | undefined;
  readonly reservation: PayoutReservation;
  /** How often it was handed to the link; more than once only where no byte can have arrived before. */
  readonly attempts: number;
  /** Questions since it was sent. */
  readonly asked: number;
  readonly submittedAt: string | undefined;
  /** When the bank last said that it never had it. */
  readonly absentAt: string | undefined;
  readonly awaitsBankApproval: boolean;
  readonly bankTransferNo: string | undefined;
  readonly feeFen: Fen;
  readonly paidAt: string | undefined;
  readonly returnedAt: string | undefined;
  readonly lastNews: string | undefined;
};

export type PayoutPolicy = {
  /** From this amount on two other persons approve. */
  readonly secondApprovalFromFen: number;
  readonly approvalWithinMs: number;
  readonly queryRhythmMs: readonly number[];
  /** Sent and without a definite answer for this long: a person is called. */
  readonly unknownEscalationMs: number;
  /** Approved and not sent, or at the bank, for this long: a person is called. */
  readonly lateEscalationMs: number;
  /** So many days after its own a transfer that is absent and in no statement may be given up by a person. */
  readonly absentFinalDays: number;
  /** So many days after it was paid the bank is asked whether it came back; statements are read for ever. */
  readonly returnWatchDays: number;
  /** Closed days of which the bank gives no statement for so long call a person. */
  readonly statementLateDays: number;
};

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
export const DEFAULT_PAYOUT_POLICY: PayoutPolicy = {
  secondApprovalFromFen: 5_000_000, approvalWithinMs: 24 * HOUR, queryRhythmMs: [30 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR], unknownEscalationMs: HOUR, lateEscalationMs: 24 * HOUR, absentFinalDays: 1, returnWatchDays: 7, statementLateDays: 3,
};

export function maskPayee({ accountNo, accountName, bankName, isPersonal }: Payee, fingerprint: string): MaskedPayee {
  return { label: isPersonal ? maskName(accountName) : accountName, tail: accountNo.slice(-4), bankName: bankName ?? '', isPersonal, fingerprint };
}

/** Of exactly what is shown for approval, the payee's whole account among it: an approver names it, so that nothing else can be approved. */
export function payoutHash({ payoutNo, hospitalId, kind, subject, amountFen, fromAccount, payee, purpose, needsSecond }: Payout): string {
  const shown = [payoutNo, hospitalId, kind, subject, amountFen, fromAccount, payee.label, payee.tail, payee.bankName, payee.isPersonal, payee.fingerprint, purpose, needsSecond];
  return createHash('sha256').update(JSON.stringify(shown)).digest('hex');
}

/** The case whose debt it pays; undefined: it pays none. */
export function caseOf(kind: PayoutKind): CaseKind | undefined {
  return kind === 'settlement' ? undefined : CASE_OF_TRANSFER[kind satisfies TransferKind];
}

/** What stands beside it in the database, read under the same lock. */
export type BesidePayout = {
  /** What it pays is still owed. Of a settlement always true. */
  readonly isOwed: boolean;
  /** Another payout of the same debt pays it, or may. */
  readonly hasOther: boolean;
  /** The statement of this account and Beijing day was read. */
  readonly hasStatementOf: (day: string) => boolean;
  /** It is an open case that the account began the day with something else than it ended the statement before with. */
  readonly hasGapBefore: (day: string) => boolean;
  /** Lines that were read before: it left the account, it came back. */
  readonly hasPaidLine: boolean;
  readonly hasReturnLine: boolean;
};

/** One change of one payout, decided synchronously over the locked row. */
export class PayoutChange {
  readonly now: Date;
  readonly cause: Cause;
  readonly beside: BesidePayout;
  #payout: Payout;
  readonly events: StateEvent[] = [];
  readonly journals: Journal[] = [];
  /** Learned by this change itself, where whether it is believed was only decided in it. */
  readonly facts: Fact[] = [];
  readonly cases: CaseDraft[] = [];
  readonly resolvedCases: { readonly kind: CaseKind; readonly subject: string }[] = [];

  constructor(payout: Payout, { cause, now, beside }: { readonly cause: Cause; readonly now: Date; readonly beside: BesidePayout }) {
    this.#payout = payout;
    this.cause = cause;
    this.now = now;
    this.beside = beside;
  }
  get payout(): Payout {
    return this.#payout;
  }
  /** @throws ForbiddenTransition */
  move(to: PayoutState, by: PayoutTrigger, set: Partial<Payout> = {}): Payout {
    const { state, payoutNo } = this.#payout;
    payoutTransitions.check(state, to, by);
    this.events.push({ axis: 'payout', subject: payoutNo, from: state, to, trigger: by, cause: this.cause });
    return this.set({ ...set, state: to });
  }
  set(set: Partial<Payout>): Payout {
    this.#payout = { ...this.#payout, ...set };
    return this.#payout;
  }
  post(journal: Journal): void {
    assertBalanced(journal);
    this.journals.push(journal);
  }
  learnFact(fact: Fact): void {
    this.facts.push(fact);
  }
  openCase(draft: CaseDraft): void {
    this.cases.push(draft);
  }
  resolveCase(kind: CaseKind, subject: string = this.#payout.payoutNo): void {
    this.resolvedCases.push({ kind, subject });
  }
  /** Whether the debt has this payout, or another may have it. A late success beside another payout does not take its place. */
  get isLive(): boolean {
    return isPayoutLive(this.#payout.state) && !this.beside.hasOther;
  }
}
