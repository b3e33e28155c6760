import type { Journal } from '../api/console-api';

/** What a journal is about: its final debits. One that only reserves or releases has none: then what it reserves or releases. */
export function amountOfJournal({ entries }: Pick<Journal, 'entries'>): number {
  const debits = (phase: Journal['entries'][number]['phase']) => entries.filter((entry) => entry.side === 'debit' && entry.phase === phase).reduce((sum, { amountFen }) => sum + amountFen, 0);
  return debits('final') || debits('pending') || debits('voided');
}
