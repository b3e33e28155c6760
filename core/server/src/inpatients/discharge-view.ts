import { remainderOf, type Discharge } from '../domain/discharge.js';
import type { DischargeState } from '../domain/discharge-states.js';

/** A discharge settlement as its owner sees it. `transferFen`: what cannot go back along an order and is paid by bank transfer. Amounts in fen. */
export type DischargeView = {
  readonly settlementNo: string;
  readonly state: DischargeState;
  readonly inpatientNo: string;
  readonly visitId: string;
  readonly patientLabel: string;
  readonly requestedAt: string;
  readonly refundFen: number;
  readonly returns: readonly { readonly tradeNo: string; readonly refundFen: number }[];
  readonly transferFen?: number;
  readonly hisSettlementNo?: string;
  readonly receiptNo?: string;
  readonly reason?: string;
};

export function viewDischarge(discharge: Discharge): DischargeView {
  const { settlementNo, state, inpatientNo, visitId, patientLabel, requestedAt, refundFen, shares, hisSettlementNo, receiptNo, lastNews } = discharge;
  return {
    settlementNo, state, inpatientNo, visitId, patientLabel, requestedAt, refundFen,
    returns: shares.filter((share) => share.state !== 'refused').map((share) => ({ tradeNo: share.tradeNo, refundFen: share.refundFen })),
    ...(state === 'returned' ? { transferFen: remainderOf(discharge) } : {}),
    ...(hisSettlementNo === undefined ? {} : { hisSettlementNo }),
    ...(receiptNo === undefined ? {} : { receiptNo }),
    ...(state === 'rejected' && lastNews !== undefined ? { reason: lastNews } : {}),
  };
}
