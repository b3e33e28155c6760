import type { DayRow } from './day-book.js';
import type { CompleteSettings } from './settings.js';

/** What 3201 sums: one insurance of a book. */
export type Totals = { readonly insuranceType: string; readonly rows: readonly DayRow[] };

/** What 3202 compares row by row: it knows no insurance, so that all of them have to be in one upload. */
export type Book = {
  readonly clearingType: string;
  readonly clearingOffice: string;
  /** Where the province wants refunds apart. */
  readonly side: 'payment' | 'refund' | undefined;
  readonly totals: readonly Totals[];
};

type Named = { readonly insuranceType: string; readonly clearingType: string; readonly clearingOffice: string };

/** The books of a day: those our rows belong to, and those that are configured, so that a settlement only the centre has is seen where we have none. */
export function booksOf(rows: readonly DayRow[], { refundsInTotals, reconciliationGroups }: Pick<CompleteSettings, 'refundsInTotals' | 'reconciliationGroups'>): readonly Book[] {
  const books = new Map<string, { readonly book: Omit<Book, 'totals'>; readonly totals: Map<string, DayRow[]> }>();
  const totalsOf = ({ insuranceType, clearingType, clearingOffice }: Named, side: Book['side']): DayRow[] => {
    const key = [clearingType, clearingOffice, side].join('/');
    const { totals } = books.get(key) ?? books.set(key, { book: { clearingType, clearingOffice, side }, totals: new Map() }).get(key) ?? { totals: new Map<string, DayRow[]>() };
    const found = totals.get(insuranceType) ?? [];
    totals.set(insuranceType, found);
    return found;
  };
  for (const row of rows) totalsOf(row.settlement, refundsInTotals === 'net' ? undefined : row.isRefund ? 'refund' : 'payment').push(row);
  for (const group of reconciliationGroups) for (const side of refundsInTotals === 'net' ? [undefined] : (['payment', 'refund'] as const)) totalsOf(group, side);
  return [...books.values()].map(({ book, totals }) => ({ ...book, totals: [...totals].map(([insuranceType, grouped]) => ({ insuranceType, rows: grouped })) }));
}
