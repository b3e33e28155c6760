/** 门诊预交金清退: accounts of an abolished prepayment are emptied in runs that one person proposes and another approves. Amounts are integer fen. */
import { createHash } from 'node:crypto';
import { fen, subtractFen, type Fen } from '@hospay/plugin-sdk';
import type { CaseDraft, Cause, StateEvent } from './order-change.js';
import { prepaymentReturnTransitions, type PrepaymentReturnState, type PrepaymentReturnTrigger, type PrepaymentRunState } from './prepayment-states.js';

/** What goes back along one order of a top-up. `refused`: it could not be taken from that order any more. */
export type PrepaymentShare = { readonly tradeNo: string; readonly refundFen: Fen; readonly state: 'planned' | 'reserved' | 'refused' };

/** One account of a run. Its number never changes; `amountFen` is what was shown and approved. */
export type PrepaymentReturn = {
  readonly returnNo: string;
  readonly runNo: string;
  readonly patientId: string;
  readonly amountFen: Fen;
  /** Kept by the HIS for something under way; never returned by a run. */
  readonly frozenFen: Fen;
  readonly shares: readonly PrepaymentShare[];
  readonly state: PrepaymentReturnState;
  readonly hisReturnNo: string | undefined;
  readonly attempts: number;
  /** Until when a request to the HIS that has no answer may still be carried out, whatever a repeat is told. */
  readonly hisDoubtUntil: string | undefined;
  readonly lastNews: string | undefined;
};

export type PrepaymentRun = {
  readonly runNo: string;
  readonly hospitalId: string;
  readonly title: string;
  readonly state: PrepaymentRunState;
  readonly proposedBy: string;
  readonly proposedAt: string;
  /** Until when it may be approved: balances are of the moment they were shown. */
  readonly expiresAt: string;
  readonly decidedBy: string | undefined;
  readonly decidedAt: string | undefined;
  /** Patients that were asked for and are not in it, with why: no balance, no answer of the HIS, under way in another run. */
  readonly leftOut: readonly { readonly patientId: string; readonly reason: string }[];
  readonly returns: readonly PrepaymentReturn[];
};

/** A top-up that came through the platform, and what of it may still be refunded along its order. */
export type ReturnableTopUp = { readonly tradeNo: string; readonly at: string; readonly returnableFen: Fen };

/** The newest top-up first, each up to what is left of it. What remains has no order to go back along. */
export function planReturn(amountFen: Fen, topUps: readonly ReturnableTopUp[]): PrepaymentShare[] {
  const shares: PrepaymentShare[] = [];
  let left = amountFen;
  for (const { tradeNo, returnableFen } of topUps.toSorted((one, other) => (one.at < other.at ? 1 : -1))) {
    const share = fen(Math.min(left, returnableFen));
    if (share === 0) continue;
    shares.push({ tradeNo, refundFen: share, state: 'planned' });
    left = subtractFen(left, share);
  }
  return shares;
}

/** What cannot go back along an order: by bank transfer, by a person. */
export function transferFen({ amountFen, shares }: Pick<PrepaymentReturn, 'amountFen' | 'shares'>): Fen {
  return shares.reduce((left, share) => (share.state === 'refused' ? left : subtractFen(left, share.refundFen)), amountFen);
}

/** Of exactly what is shown for approval: an approver names it, so that nothing else can be approved. */
export function shownHash({ runNo, hospitalId, returns }: Pick<PrepaymentRun, 'runNo' | 'hospitalId' | 'returns'>): string {
  const shown = returns.map(({ returnNo, patientId, amountFen, shares }) => [returnNo, patientId, amountFen, ...shares.map(({ tradeNo, refundFen }) => [tradeNo, refundFen])]);
  return createHash('sha256').update(JSON.stringify([runNo, hospitalId, shown])).digest('hex');
}

/** One change of one account, decided synchronously over the locked row. */
export class PrepaymentReturnChange {
  readonly now: Date;
  readonly cause: Cause;
  /** False while its run is paused: an account that was not begun is not begun now. */
  readonly mayBegin: boolean;
  #return: PrepaymentReturn;
  readonly events: StateEvent[] = [];
  readonly cases: CaseDraft[] = [];
  readonly resolvedCases: CaseDraft['kind'][] = [];

  constructor(given: PrepaymentReturn, { cause, now, mayBegin }: { readonly cause: Cause; readonly now: Date; readonly mayBegin: boolean }) {
    this.#return = given;
    this.cause = cause;
    this.now = now;
    this.mayBegin = mayBegin;
  }
  get current(): PrepaymentReturn {
    return this.#return;
  }
  move(to: PrepaymentReturnState, by: PrepaymentReturnTrigger, set: Partial<PrepaymentReturn> = {}): PrepaymentReturn {
    const { state, returnNo } = this.#return;
    prepaymentReturnTransitions.check(state, to, by);
    this.events.push({ axis: 'prepaymentReturn', subject: returnNo, from: state, to, trigger: by, cause: this.cause });
    return this.set({ ...set, state: to });
  }
  set(set: Partial<PrepaymentReturn>): PrepaymentReturn {
    this.#return = { ...this.#return, ...set };
    return this.#return;
  }
  openCase(draft: CaseDraft): void {
    this.cases.push(draft);
  }
  resolveCase(kind: CaseDraft['kind']): void {
    this.resolvedCases.push(kind);
  }
}
