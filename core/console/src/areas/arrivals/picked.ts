import type { ArrivedLine, ExpectedArrival } from '../../api/console-api';

export const idOfDay = ({ source, key }: ExpectedArrival): string => `${source} ${key}`;
export const idOfLine = ({ account, bankLineNo }: ArrivedLine): string => `${account} ${bankLineNo}`;

/** One settlement is of one source, and came to its account. */
export function isOneSource(days: readonly ExpectedArrival[], lines: readonly ArrivedLine[]): boolean {
  const [first] = days;
  return first !== undefined && days.every(({ source }) => source === first.source) && lines.every(({ account, isHung, source }) => account === first.account && (!isHung || source === first.source));
}

/** What came more than was expected. */
export function differenceFen(days: readonly ExpectedArrival[], lines: readonly ArrivedLine[]): number {
  return lines.reduce((sum, { amountFen }) => sum + amountFen, 0) - days.reduce((sum, { amountFen }) => sum + amountFen, 0);
}
