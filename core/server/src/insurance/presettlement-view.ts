import type { Presettlement } from '../domain/order.js';
import { insuredFen } from '../domain/presettlement.js';
import type { PresettlementState } from '../domain/presettlement-states.js';

/** A pre-settlement as its owner sees it. The split is there once the centre has priced it. */
export type PresettlementView = {
  readonly presettlementNo: string;
  readonly quoteId: string;
  readonly state: PresettlementState;
  /** Fund + personal account + cash. */
  readonly totalFen: number;
  readonly split?: { readonly fundFen: number; readonly accountFen: number; readonly cashFen: number; /** Fund and account together: what the insured payment must take. */ readonly insuredFen: number };
  /** Until when it may be paid with. */
  readonly expiresAt: string;
  /** The order that has taken it. */
  readonly tradeNo?: string;
};

export function viewPresettlement({ presettlementNo, quoteId, state, totalFen, split, expiresAt, tradeNo }: Presettlement): PresettlementView {
  return {
    presettlementNo,
    quoteId,
    state,
    totalFen,
    ...(split === undefined ? {} : { split: { fundFen: split.fundFen, accountFen: split.accountFen, cashFen: split.cashFen, insuredFen: insuredFen(split) } }),
    expiresAt,
    ...(tradeNo === undefined ? {} : { tradeNo }),
  };
}

/** An insured person as a terminal or application may see him. The person number is the centre's own: pre-settling needs it. */
export type InsuredPersonView = {
  readonly personNo: string;
  /** Masked: 张*三. */
  readonly name: string;
  readonly insurances: readonly { readonly type: string; readonly place: string; readonly accountBalanceFen?: number; readonly isActive: boolean }[];
};
