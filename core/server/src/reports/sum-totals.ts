import type { SumFigures, SumRow } from './ports.js';

export const NO_FIGURES: SumFigures = { paidCount: 0, paidFen: 0, refundedCount: 0, refundedFen: 0, bookedCount: 0, bookedFen: 0, reversedCount: 0, reversedFen: 0, fundFen: 0, accountFen: 0 };

/** All rows in one, of nothing in particular. */
export function totalOf(rows: readonly SumRow[]): SumRow {
  const sum = (name: keyof SumFigures): number => rows.reduce((total, row) => total + row[name], 0);
  return {
    of: {}, paidCount: sum('paidCount'), paidFen: sum('paidFen'), refundedCount: sum('refundedCount'), refundedFen: sum('refundedFen'), bookedCount: sum('bookedCount'), bookedFen: sum('bookedFen'), reversedCount: sum('reversedCount'),
    reversedFen: sum('reversedFen'), fundFen: sum('fundFen'), accountFen: sum('accountFen'),
  };
}
