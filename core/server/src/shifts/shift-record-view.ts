import { handedFen, standingCountFen, standingHandOver, type CashAct, type Denomination, type Shift, type ShiftFigures, type ShiftRecord } from '../domain/shift.js';
import type { RunningShift } from './ports.js';

/** The figures without what only the ledger needs. */
export type ShiftFiguresView = Omit<ShiftFigures, 'tillCash'>;
export type CashActView = { readonly actNo: string; readonly kind: CashAct['kind']; readonly shiftNo?: string; readonly slipNo?: string; readonly amountFen: number; readonly denominations?: readonly Denomination[]; readonly reason?: string; readonly reverses?: string; readonly by: string; readonly at: string };
/** A closed shift as people are shown it: with what became of its count and its cash. */
export type ShiftRecordView = Pick<Shift, 'shiftNo' | 'tillNo' | 'ordinal' | 'openedAt' | 'closedAt' | 'closedBy' | 'denominations' | 'countedFen' | 'hash'> & {
  readonly operatorId?: string;
  readonly figures: ShiftFiguresView;
  readonly standingCountFen: number;
  readonly differenceFen: number;
  readonly handedFen: number;
  readonly takenOverBy?: string;
  readonly acts: readonly CashActView[];
};
export type RunningShiftView = Pick<RunningShift, 'tillNo' | 'ordinal' | 'openedAt' | 'unclearOpenings'> & { readonly figures: ShiftFiguresView };

export function viewShift(record: ShiftRecord): ShiftRecordView {
  const { shiftNo, tillNo, ordinal, openedAt, closedAt, closedBy, operatorId, figures, denominations, countedFen, hash } = record.shift;
  const standing = standingCountFen(record);
  const handOver = standingHandOver(record);
  return {
    shiftNo, tillNo, ordinal, openedAt, closedAt, closedBy, ...(operatorId === undefined ? {} : { operatorId }), figures: viewFigures(figures), denominations, countedFen, hash,
    standingCountFen: standing, differenceFen: standing - figures.expectedFen, handedFen: handedFen(standing, figures), ...(handOver === undefined ? {} : { takenOverBy: handOver.by }), acts: record.acts.map(viewCashAct),
  };
}

export function viewRunningShift({ tillNo, ordinal, openedAt, figures, unclearOpenings }: RunningShift): RunningShiftView {
  return { tillNo, ordinal, openedAt, figures: viewFigures(figures), unclearOpenings };
}

export function viewCashAct({ actNo, kind, shiftNo, slipNo, amountFen, denominations, reason, reverses, by, at }: CashAct): CashActView {
  return {
    actNo, kind, amountFen, by, at, ...(shiftNo === undefined ? {} : { shiftNo }), ...(slipNo === undefined ? {} : { slipNo }), ...(denominations === undefined ? {} : { denominations }),
    ...(reason === undefined ? {} : { reason }), ...(reverses === undefined ? {} : { reverses }),
  };
}

function viewFigures({ tillCash: _tillCash, ...figures }: ShiftFigures): ShiftFiguresView {
  return figures;
}
