import type { ClassTotals, Comparison, Difference, ReconciliationRow, SideTotals } from '../domain/reconciliation.js';

type Mutable = { -readonly [name in keyof SideTotals]: number };
export const noRows = (): Mutable => ({ payments: 0, paymentFen: 0, refunds: 0, refundFen: 0 });

export function addRow(totals: Mutable, { kind, fen }: Pick<ReconciliationRow, 'kind' | 'fen'>): void {
  if (kind === 'payment') {
    totals.payments += 1;
    totals.paymentFen += fen;
  } else {
    totals.refunds += 1;
    totals.refundFen += fen;
  }
}

/** `ours`, `theirs`: of all rows there are. `equal`: of the pairs that are. */
type Parts = { readonly ours: SideTotals; readonly theirs: SideTotals; readonly equal: Pick<ClassTotals, 'ours' | 'theirs'>; readonly differences: readonly Difference[] };

/**
 * A comparison with its control totals: every row of either side stands in exactly one class, and the classes sum to the sides, to the fen.
 * @throws Error when they do not: nothing of such a comparison may be used.
 */
export function closeComparison({ ours, theirs, equal, differences }: Parts): Comparison {
  const classes = new Map<ClassTotals['class'], { ours: Mutable; theirs: Mutable }>();
  if (Object.values(equal).some(({ payments, refunds }) => payments + refunds > 0)) classes.set('ok', { ours: { ...equal.ours }, theirs: { ...equal.theirs } });
  for (const { class: name, ours: own, theirs: told } of differences) {
    const totals = classes.get(name) ?? { ours: noRows(), theirs: noRows() };
    classes.set(name, totals);
    if (own !== undefined) addRow(totals.ours, own);
    if (told !== undefined) addRow(totals.theirs, told);
  }
  const listed = [...classes].map(([name, totals]) => ({ class: name, ...totals }));
  mustClose('our side', ours, listed.map((of) => of.ours));
  mustClose('their side', theirs, listed.map((of) => of.theirs));
  return { differences, classes: listed, ours, theirs };
}

function mustClose(side: string, whole: SideTotals, parts: readonly SideTotals[]): void {
  for (const name of ['payments', 'paymentFen', 'refunds', 'refundFen'] as const) {
    const sum = parts.reduce((total, part) => total + part[name], 0);
    if (sum !== whole[name]) throw new Error(`reconciliation does not close: ${side}, ${name}: the classes give ${String(sum)}, the rows ${String(whole[name])}`);
  }
}
