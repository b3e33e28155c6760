import type { ReconciliationStore } from '@hospay/server/domain/reconciliation-store.js';

/** Bugs a reconciliation may have; the month must fail with each of them. */
export const RECONCILIATION_PLANTS = {
  duplicatesOverlooked: 'a row that stands twice in a statement is taken for one',
  caseForgotten: 'money without an order is written down and nobody is called',
  feesForgotten: 'what the channel keeps is not booked',
  refundedLongStays: 'a 长款 that went back is not seen to have gone back',
  otherDayStays: 'money in the statement of another day stays under ours',
} as const;
export type ReconciliationPlant = keyof typeof RECONCILIATION_PLANTS;

export function withPlant(store: ReconciliationStore, plant: ReconciliationPlant): ReconciliationStore {
  const without = (found: Parameters<ReconciliationStore['complete']>[0]['found'], name: string) => found.filter(({ difference }) => difference.class !== name);
  return {
    ...store,
    complete(run) {
      switch (plant) {
        case 'duplicatesOverlooked':
          return store.complete({ ...run, found: without(run.found, 'duplicateTheirs') });
        case 'caseForgotten':
          return store.complete({ ...run, found: run.found.map((one) => (one.difference.class === 'longNoOrder' ? { ...one, case: undefined } : one)) });
        case 'feesForgotten':
          return store.complete({ ...run, ...(run.books?.kind === 'channel' ? { books: { ...run.books, feeFen: 0 } } : {}) });
        case 'refundedLongStays':
          return store.complete({ ...run, found: without(run.found, 'settledByRefund') });
        case 'otherDayStays':
          return store.complete({ ...run, found: without(run.found, 'matchedAcrossDays') });
      }
    },
  };
}
