import { fen, subtractFen, ZERO_FEN, type Fen } from '@hospay/plugin-sdk';
import type { CaseDraft, Cause, JobKind, JobRequest, StateEvent } from './order-change.js';
import type { Owner } from './order.js';
import { dischargeTransitions, type DischargeState, type DischargeTrigger } from './discharge-states.js';

/** What goes back to one order of a deposit. `refused`: it could not be taken from that order any more. */
export type DischargeShare = { readonly tradeNo: string; readonly refundFen: Fen; readonly state: 'planned' | 'reserved' | 'refused' };

/** One settlement of a stay with nothing to collect. Written before the HIS is called; its number never changes. */
export type Discharge = {
  readonly settlementNo: string;
  readonly hospitalId: string;
  readonly owner: Owner;
  readonly quoteId: string;
  readonly hisQuoteNo: string;
  readonly inpatientNo: string;
  readonly visitId: string;
  readonly patientLabel: string;
  /** Who settles it at a window: what was paid in cash leaves his till. Absent: nobody, at a kiosk or in an app. */
  readonly operatorId: string | undefined;
  /** What the HIS owes the patient of his deposits. */
  readonly refundFen: Fen;
  readonly state: DischargeState;
  readonly hisSettlementNo: string | undefined;
  readonly receiptNo: string | undefined;
  readonly shares: readonly DischargeShare[];
  readonly requestedAt: string;
  readonly settledAt: string | undefined;
  readonly attempts: number;
  /** Until when a request to the HIS that has no answer may still be carried out, whatever a repeat is told. */
  readonly hisDoubtUntil?: string | undefined;
  readonly lastNews: string | undefined;
};

/** A deposit of the stay as the HIS lists it, and what of it may still be refunded along its order. */
export type ReturnableDeposit = { readonly tradeNo: string; readonly at: string; readonly returnableFen: Fen };

/** 退款顺序: the newest deposit first, each up to what is left of it. What remains has no order to go back along. */
export function planShares(refundFen: Fen, deposits: readonly ReturnableDeposit[]): DischargeShare[] {
  const shares: DischargeShare[] = [];
  let left = refundFen;
  for (const { tradeNo, returnableFen } of deposits.toSorted((one, other) => (one.at < other.at ? 1 : -1))) {
    const share = fen(Math.min(left, returnableFen));
    if (share === 0) continue;
    shares.push({ tradeNo, refundFen: share, state: 'planned' });
    left = subtractFen(left, share);
  }
  return shares;
}

/** What cannot go back the way it came (cash at another window, an order refunded meanwhile): a bank transfer, by a person. */
export function remainderOf({ refundFen, shares }: Pick<Discharge, 'refundFen' | 'shares'>): Fen {
  return shares.reduce((left, share) => (share.state === 'refused' ? left : subtractFen(left, share.refundFen)), refundFen);
}

export function isWhole({ refundFen, shares }: Pick<Discharge, 'refundFen' | 'shares'>): boolean {
  return shares.reduce((sum, share) => sum + share.refundFen, 0) <= refundFen && refundFen >= ZERO_FEN;
}

/** One change of one discharge, decided synchronously over the locked row. */
export class DischargeChange {
  readonly now: Date;
  readonly cause: Cause;
  #discharge: Discharge;
  readonly events: StateEvent[] = [];
  readonly jobs: JobRequest[] = [];
  readonly cases: CaseDraft[] = [];
  readonly resolvedCases: { readonly kind: CaseDraft['kind']; readonly subject: string }[] = [];

  constructor(discharge: Discharge, cause: Cause, now: Date) {
    this.#discharge = discharge;
    this.cause = cause;
    this.now = now;
  }

  get discharge(): Discharge {
    return this.#discharge;
  }
  /** @throws ForbiddenTransition */
  move(to: DischargeState, by: DischargeTrigger, set: Partial<Discharge> = {}): Discharge {
    const { settlementNo, state } = this.#discharge;
    dischargeTransitions.check(state, to, by);
    this.events.push({ axis: 'discharge', subject: settlementNo, from: state, to, trigger: by, cause: this.cause });
    return this.set({ ...set, state: to });
  }
  set(set: Partial<Discharge>): Discharge {
    this.#discharge = { ...this.#discharge, ...set };
    return this.#discharge;
  }
  schedule(kind: JobKind, dueAt: Date = this.now): void {
    this.jobs.push({ kind, subject: this.#discharge.settlementNo, dueAt });
  }
  openCase(draft: CaseDraft): void {
    this.cases.push(draft);
  }
  resolveCase(kind: CaseDraft['kind']): void {
    this.resolvedCases.push({ kind, subject: this.#discharge.settlementNo });
  }
}
