import type { Bilingual } from '../domain/bilingual.js';
import { mask } from '../domain/mask.js';
import { heard } from '../domain/own-words.js';
import { redactText } from '../domain/sensitive.js';
import type { PrepaymentReturnState, PrepaymentRunState } from '../domain/prepayment-states.js';
import { shownHash, transferFen, type PrepaymentRun } from '../domain/prepayment.js';

/** A run as finance sees it; all amounts integer fen, patient numbers masked. `hash` names exactly these accounts and amounts. */
export type PrepaymentRunView = {
  readonly runNo: string;
  readonly title: string;
  readonly state: PrepaymentRunState;
  readonly hash: string;
  readonly proposedBy: string;
  readonly proposedAt: string;
  readonly expiresAt: string;
  readonly decidedBy?: string;
  readonly decidedAt?: string;
  readonly totalFen: number;
  readonly alongOrdersFen: number;
  readonly transferFen: number;
  readonly leftOut: readonly { readonly patientId: string; readonly reason: string }[];
  readonly returns: readonly {
    readonly returnNo: string;
    readonly patientId: string;
    readonly amountFen: number;
    readonly frozenFen: number;
    readonly transferFen: number;
    readonly state: PrepaymentReturnState;
    readonly shares: readonly { readonly tradeNo: string; readonly refundFen: number; readonly state: string }[];
    readonly hisReturnNo?: string;
    readonly news?: Bilingual;
  }[];
};

export function viewRun(run: PrepaymentRun): PrepaymentRunView {
  const { runNo, title, state, proposedBy, proposedAt, expiresAt, decidedBy, decidedAt, leftOut } = run;
  const totalFen = run.returns.reduce((sum, { amountFen }) => sum + amountFen, 0);
  const toTransferFen = run.returns.reduce((sum, one) => sum + transferFen(one), 0);
  return {
    runNo, title, state, hash: shownHash(run), proposedBy, proposedAt, expiresAt, ...(decidedBy === undefined ? {} : { decidedBy }), ...(decidedAt === undefined ? {} : { decidedAt }),
    totalFen, alongOrdersFen: totalFen - toTransferFen, transferFen: toTransferFen, leftOut: leftOut.map(({ patientId, reason }) => ({ patientId: mask('patientNumber', patientId), reason })),
    returns: run.returns.map((one) => ({
      returnNo: one.returnNo, patientId: mask('patientNumber', one.patientId), amountFen: one.amountFen, frozenFen: one.frozenFen, transferFen: transferFen(one), state: one.state, shares: one.shares,
      ...(one.hisReturnNo === undefined ? {} : { hisReturnNo: one.hisReturnNo }), ...(one.lastNews === undefined ? {} : { news: heard(redactText(one.lastNews)) }),
    })),
  };
}
