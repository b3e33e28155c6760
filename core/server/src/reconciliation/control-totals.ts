import type { ClassTotals, Comparison, Difference, ReconciliationRow, SideTotals } from '../domain/reconciliation.js';

type Mutable = { -readonly [name in keyof SideTotals]: number };
const nothing = (): Mutable => ({ payments: 0, paymentFen: 0, refunds: 0, refundFen: 0 });

function add(totals: Mutable, row: ReconciliationRow): void {
  if (row.kind === 'payment') {
    totals.payments += 1;
    totals.paymentFen += row.fen;
  } else {
    totals.refunds += 1;
    totals.refundFen += row.fen;
  }
}

type Parts = { readonly ours: readonly ReconciliationRow[]; readonly theirs: readonly ReconciliationRow[]; readonly equal: readonly (readonly [ReconciliationRow, ReconciliationRow])[]; readonly differences: readonly Difference[] };

/**
 * A comparison with its control totals: every row of either side stands in exactly one class, and the classes sum to the sides, to the fen.
 * @throws Error when they do not: nothing of such a comparison may be used.
 */
export function closeComparison(parts: Parts): Comparison {
  const classes = new Map<ClassTotals['class'], { ours: Mutable; theirs: Mutable }>();
  const count = (name: ClassTotals['class'], ours: ReconciliationRow | undefined, theirs: ReconciliationRow | undefined): void => {
    const totals = classes.get(name) ?? { ours: nothing(), theirs: nothing() };
    classes.set(name, totals);
    if (ours !== undefined) add(totals.ours, ours);
    if (theirs !== undefined) add(totals.theirs, theirs);
  };
  for (const [ours, theirs] of parts.equal) count('ok', ours, theirs);
  for (const difference of parts.differences) count(difference.class, difference.ours, difference.theirs);
  const listed = [...classes].map(([name, totals]) => ({ class: name, ...totals }));
  const [ours, theirs] = [nothing(), nothing()];
  for (const [totals, rows] of [[ours, parts.ours], [theirs, parts.theirs]] as const) {
    for (const row of rows) add(totals, row);
  }
  mustClose('our side', ours, listed.map((of) => of.ours));
  mustClose('their side', theirs, listed.map((of) => of.theirs));
  return { differences: parts.differences, classes: listed, ours, theirs };
}

function mustClose(side: string, whole: SideTotals, parts: readonly SideTotals[]): void {
  for (const name of ['payments', 'paymentFen', 'refunds', 'refundFen'] as const) {
    const sum = parts.reduce((total, part) => total + part[name], 0);
    if (sum !== whole[name]) throw new Error(`reconciliation does not close: ${side}, ${name}: the classes give ${String(sum)}, the rows ${String(whole[name])}`);
  }
}
