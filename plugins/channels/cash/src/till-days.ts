import type { TillDay } from '@hospay/plugin-sdk';

import type { Entry } from './till-book.js';

/** The totals of each till on one day, in the order of the till numbers. */
export function tillDays(day: string, entries: readonly Entry[]): TillDay[] {
  const tillNos = [...new Set(entries.map(({ tillNo }) => tillNo))].sort();
  return tillNos.map((tillNo) => tillDay(day, tillNo, entries));
}

/** One till's totals; all zero for a till without entries. */
export function tillDay(day: string, tillNo: string, entries: readonly Entry[]): TillDay {
  const sum = (kind: Entry['kind']): { count: number; amountFen: number } => {
    const own = entries.filter((entry) => entry.tillNo === tillNo && entry.kind === kind);
    return { count: own.length, amountFen: own.reduce((total, { amountFen }) => total + amountFen, 0) };
  };
  const [openings, takenIn, paidOut] = [sum('opening'), sum('charge'), sum('refund')];
  return { tillNo, day, openings, takenIn, paidOut, balanceFen: openings.amountFen + takenIn.amountFen - paidOut.amountFen };
}
