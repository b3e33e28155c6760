import type { StatementLine } from '@hospay/plugin-sdk';
import { billDayAt } from '../domain/bill-day.js';

/** How many rows are of each bill day. */
export function countRowsOfDays(cutOff: string | undefined): { readonly counted: ReadonlyMap<string, number>; take(line: Pick<StatementLine, 'at'>): void } {
  const counted = new Map<string, number>();
  return {
    counted,
    take({ at }) {
      const day = billDayAt(at, cutOff);
      counted.set(day, (counted.get(day) ?? 0) + 1);
    },
  };
}
