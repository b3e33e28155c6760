import { isForeign, type ArrivalStore } from '@hospay/server/domain/arrival.js';
import type { WorkingCalendar } from '@hospay/server/domain/working-days.js';
import type { ReconciliationStore } from '@hospay/server/domain/reconciliation-store.js';
import type { RunningStore } from '@hospay/server/domain/running-reconciliation.js';

import { CALENDAR } from './month-bank.js';

/** Bugs a reconciliation may have; the month must fail with each of them. */
export const RECONCILIATION_PLANTS = {
  duplicatesOverlooked: 'a row that stands twice in a statement is taken for one',
  caseForgotten: 'money without an order is written down and nobody is called',
  feesForgotten: 'what the channel keeps is not booked',
  refundedLongStays: 'a 长款 that went back is not seen to have gone back',
  otherDayStays: 'money in the statement of another day stays under ours',
  weekendsForgotten: 'banks are believed to settle every day of the week',
  unexpectedOverlooked: 'money that nobody expected is not on the account',
  foreignMoneyForgotten: 'what the channel pays for other systems is not expected',
  cutOffForgotten: 'the platform files the money of every channel under the days of the calendar',
  statementsCutAtMidnight: 'what is ours of a day is looked for from midnight to midnight, whenever the day of the channel ends',
  provisionalStays: 'what is known of a day before it is over is not given up for what is known after it',
  provisionalIsWritten: 'what is known of a day before it is over is written as its run',
} as const;
export type ReconciliationPlant = keyof typeof RECONCILIATION_PLANTS;

export function calendarWith(plant: ReconciliationPlant | undefined): WorkingCalendar {
  return plant === 'weekendsForgotten' ? { holidays: new Set(), workdays: { has: () => true } as unknown as ReadonlySet<string> } : CALENDAR;
}
export function arrivalsWith(store: ArrivalStore, plant: ReconciliationPlant | undefined): ArrivalStore {
  return {
    listLines: (request) => store.listLines(request),
    listArrivals: (limit) => store.listArrivals(limit),
    post: (request) => (plant === 'unexpectedOverlooked' && request.kind === 'unexpected' ? Promise.resolve({ kind: 'changed', what: '' }) : store.post(request)),
    async listExpected(request) {
      const expected = await store.listExpected(request);
      return plant === 'foreignMoneyForgotten' ? expected.map((day) => ({ ...day, amountFen: day.places.reduce((sum, place) => (isForeign(place) ? sum : sum + place.netFen), 0) })) : expected;
    },
  };
}

/** 日切 as the ledger is told it. */
export function policyCutOffsWith(plant: ReconciliationPlant | undefined, cutOffs: CutOffs): CutOffs {
  return plant === 'cutOffForgotten' ? {} : cutOffs;
}
/** 日切 as reconciliation is told it. */
export function sourceCutOffsWith(plant: ReconciliationPlant | undefined, cutOffs: CutOffs): CutOffs {
  return plant === 'statementsCutAtMidnight' ? {} : cutOffs;
}
type CutOffs = Readonly<Record<string, string>>;

export function runningWith(running: RunningStore, days: ReconciliationStore, plant: ReconciliationPlant | undefined): RunningStore {
  if (plant !== 'provisionalIsWritten') return running;
  return { ...running, saveCheck: ({ comparison, source, day, at, ours, theirs }) => days.complete({ run: { comparison, source, day, outcome: 'compared', reason: '', fileSha256: undefined, totals: { classes: [], ours, theirs }, at: new Date(at) }, found: [], cases: [], wake: [] }) };
}

export function withPlant(store: ReconciliationStore, plant: ReconciliationPlant): ReconciliationStore {
  const without = (found: Parameters<ReconciliationStore['complete']>[0]['found'], name: string) => found.filter(({ difference }) => difference.class !== name);
  return {
    ...store,
    complete(run) {
      switch (plant) {
        case 'weekendsForgotten': case 'unexpectedOverlooked': case 'foreignMoneyForgotten': case 'provisionalStays': case 'provisionalIsWritten': case 'cutOffForgotten': case 'statementsCutAtMidnight':
          return store.complete(run);
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
