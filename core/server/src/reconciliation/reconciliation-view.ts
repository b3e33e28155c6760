import type { Bilingual } from '../domain/bilingual.js';
import { heard } from '../domain/own-words.js';
import type { ClassTotals, SideTotals } from '../domain/reconciliation.js';
import type { DaySummary } from '../domain/reconciliation-store.js';
import { STANDS_AFTER_RUNS, type RunningCheck } from '../domain/running-reconciliation.js';

/** One comparison of one day for a screen. `classes` of the newest run that compared; of a settlement its sums. */
export type ReconciliationDayView = Omit<DaySummary, 'totals' | 'reason'> & { readonly reason: Bilingual } & { readonly classes: readonly ClassTotals[]; readonly settlement?: SettlementSums; /** The statement was brought by a person: the channel gave none. */ readonly upload?: StatementUploadView };
export type StatementUploadView = { readonly fileName: string; readonly by: string; readonly at: string };
export type SettlementSums = { readonly paymentFen: number; readonly refundFen: number; readonly feeFen: number; readonly netFen: number; readonly withdrawnFen: number };

export function viewDay({ totals, reason, ...summary }: DaySummary): ReconciliationDayView {
  const day = { ...summary, reason: heard(reason) };
  if (day.state === 'postponed' || day.state === 'stopped') return { ...day, classes: [] };
  if (day.comparison === 'settlement') {
    const { paymentFen, refundFen, feeFen, netFen, withdrawnFen } = totals as SettlementSums;
    return { ...day, classes: [], settlement: { paymentFen, refundFen, feeFen, netFen, withdrawnFen } };
  }
  const { classes, upload } = totals as { readonly classes: readonly { readonly class: ClassTotals['class']; readonly ours: SideTotals; readonly theirs: SideTotals }[]; readonly upload?: StatementUploadView };
  return { ...day, classes, ...(upload === undefined ? {} : { upload }) };
}

/** A provisional check for a screen. */
export type RunningCheckView = Omit<RunningCheck, 'unknown'> & { readonly unknownPayments: number; readonly unknownFen: number; readonly standing: number };

export function viewRunningCheck({ unknown, ...check }: RunningCheck): RunningCheckView {
  return { ...check, unknownPayments: unknown.payments, unknownFen: unknown.fen, standing: check.differences.filter(({ runs }) => runs >= STANDS_AFTER_RUNS).length };
}
