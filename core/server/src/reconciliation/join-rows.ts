import type { Difference, ReconciliationRow, SideTotals } from '../domain/reconciliation.js';
import { addRow, noRows } from './control-totals.js';
import type { HeldRows } from './held-rows.js';

/** What becomes of a row of ours. `met`: with the row of theirs that has its kind and key. */
type Judging = { met(ours: ReconciliationRow, index: number): void; alone(ours: ReconciliationRow): void };

/**
 * Joins two sides by kind and key: theirs are held, ours pass by once and are held nowhere.
 * @throws Error when our own side repeats a key: the numbers of payments and refunds are unique for ever.
 */
export function joinRows(ours: Iterable<ReconciliationRow>, theirs: HeldRows, { met, alone }: Judging): { readonly ours: SideTotals; readonly isTaken: (index: number) => boolean } {
  const taken = new Uint8Array(theirs.length);
  const strays = new Set<string>();
  const sums = noRows();
  for (const row of ours) {
    addRow(sums, row);
    const index = theirs.find(row);
    const stray = `${row.kind} ${row.key}`;
    if (index === -1 ? strays.has(stray) : taken[index] === 1) throw new Error(`our own side has ${stray} twice`);
    if (index === -1) {
      strays.add(stray);
      alone(row);
    } else {
      taken[index] = 1;
      met(row, index);
    }
  }
  return { ours: sums, isTaken: (index) => taken[index] === 1 };
}

/** What a comparison found, in the order in which the other side tells it; what it names again, and what stands alone there, apart. */
export function sortTheirs(theirs: HeldRows, isTaken: (index: number) => boolean, found: ReadonlyMap<number, Difference>): { readonly differences: Difference[]; readonly alone: readonly ReconciliationRow[] } {
  const differences: Difference[] = [];
  const alone: ReconciliationRow[] = [];
  for (let index = 0; index < theirs.length; index += 1) {
    if (theirs.isRepeat(index)) differences.push({ class: 'duplicateTheirs', theirs: theirs.at(index) });
    else if (!isTaken(index)) alone.push(theirs.at(index));
    else {
      const difference = found.get(index);
      if (difference !== undefined) differences.push(difference);
    }
  }
  return { differences, alone };
}
