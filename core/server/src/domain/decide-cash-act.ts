import { handedFen, standingCountFen, standingHandOver, sumOfDenominations, type CashAct, type ShiftRecord } from './shift.js';
import type { CashActRequest, CashActResult } from './shift-store.js';

/** What the decision may look at, all under lock. */
export type CashFacts = {
  readonly record: ShiftRecord | undefined;
  /** The act that is to be reversed, and whether it was already. */
  readonly target: { readonly act: CashAct; readonly isReversed: boolean } | undefined;
  readonly vaultFen: number;
  readonly inTransitFen: (slipNo: string) => number;
  readonly isSlipUsed: (slipNo: string) => boolean;
};

type Refusal = Exclude<CashActResult, { kind: 'done' | 'replayed' | 'keyReused' }>;

/** Whether counted cash may be moved as asked, and the act that is then written. Pure. */
export function decideCashAct(request: CashActRequest, facts: CashFacts, hospitalId: string): { readonly kind: 'act'; readonly act: CashAct } | Refusal {
  const act = (set: Partial<CashAct> & Pick<CashAct, 'amountFen'>) => ({
    kind: 'act' as const,
    act: { actNo: request.actNo, kind: request.kind, hospitalId, shiftNo: undefined, slipNo: undefined, denominations: undefined, reason: undefined, reverses: undefined, by: request.by, at: request.now.toISOString(), ...set },
  });
  switch (request.kind) {
    case 'handOver': {
      if (facts.record === undefined) return { kind: 'notFound' };
      const { shift } = facts.record;
      if (standingHandOver(facts.record) !== undefined) return { kind: 'conflict', why: { zh: `班次 ${shift.shiftNo} 的现金已被接收`, en: `${shift.shiftNo} was taken over already` } };
      if (isSamePerson(facts.record, request)) return { kind: 'samePerson' };
      const amountFen = handedFen(standingCountFen(facts.record), shift.figures);
      if (request.amountFen !== amountFen) return { kind: 'amountDiffers', amountFen };
      return facts.vaultFen + amountFen < 0 ? { kind: 'cashNotThere', amountFen: facts.vaultFen } : act({ shiftNo: shift.shiftNo, amountFen });
    }
    case 'recount': {
      if (facts.record === undefined) return { kind: 'notFound' };
      if (isSamePerson(facts.record, request)) return { kind: 'samePerson' };
      if (standingHandOver(facts.record) !== undefined) return { kind: 'conflict', why: { zh: '现金已被接收：请先冲销接收，再重新清点', en: 'taken over already: reverse that first' } };
      return act({ shiftNo: request.shiftNo, amountFen: sumOfDenominations(request.denominations), denominations: request.denominations, reason: request.reason });
    }
    case 'deposit':
      if (facts.isSlipUsed(request.slipNo)) return { kind: 'conflict', why: { zh: `现金缴款单 ${request.slipNo} 已使用过`, en: `slip ${request.slipNo} was used already` } };
      return request.amountFen > facts.vaultFen ? { kind: 'cashNotThere', amountFen: facts.vaultFen } : act({ slipNo: request.slipNo, amountFen: request.amountFen });
    case 'reversal': {
      if (facts.target === undefined) return { kind: 'notFound' };
      const { kind, amountFen, shiftNo, slipNo, actNo } = facts.target.act;
      if (facts.target.isReversed) return { kind: 'conflict', why: { zh: `${actNo} 已冲销过`, en: `${actNo} was reversed already` } };
      if (kind !== 'handOver' && kind !== 'deposit') return { kind: 'conflict', why: { zh: '重新清点不能冲销：请再次清点更正', en: `a ${kind} is corrected by a new one` } };
      const thereFen = kind === 'handOver' ? facts.vaultFen : facts.inTransitFen(slipNo ?? '');
      return thereFen < amountFen ? { kind: 'cashNotThere', amountFen: thereFen } : act({ shiftNo, slipNo, amountFen, reason: request.reason, reverses: actNo });
    }
  }
}

/** Who counted a till neither takes its cash over nor counts it anew: by his login, or by the staff number his till carries. */
function isSamePerson({ shift }: ShiftRecord, { by, operatorId }: CashActRequest): boolean {
  return shift.closedBy === by || (shift.operatorId !== undefined && shift.operatorId === operatorId);
}
