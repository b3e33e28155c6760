import { beijingDay, daysBefore } from '@hospay/plugin-sdk';
import type { Clock } from '../domain/time.js';
import type { ReportReader } from './ports.js';

const NEW_DAYS = 3;
const OLD_DAYS = 365;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Holds the kept sums of the last days, and every night of one day more of the last year, against the orders' own rows. Sums that differ by a fen are thrown away and
 * reckoned anew from the journal, and somebody is told. @returns what was found, for the task list. @throws Error when a day differed
 */
export async function checkSums({ reader, clock }: { readonly reader: ReportReader; readonly clock: Clock }): Promise<string> {
  const today = beijingDay(clock.now());
  const turn = Math.floor(clock.now().getTime() / DAY_MS) % OLD_DAYS;
  const days = [...Array.from({ length: NEW_DAYS }, (_, index) => daysBefore(today, index + 1)), daysBefore(today, NEW_DAYS + 1 + turn)];
  const differences: string[] = [];
  for (const day of days) {
    const { behind, differences: found } = await reader.checkDay({ day });
    if (behind > 0) return `${String(behind)} journals are not in the sums yet; nothing was compared`;
    differences.push(...found.map((difference) => `${day}: ${difference}`));
  }
  if (differences.length === 0) return `${days.join(', ')}: every sum is that of the orders`;
  await reader.rebuild({});
  throw new Error(`sums of reports differed and are reckoned anew: ${differences.slice(0, 5).join('; ')}`);
}
