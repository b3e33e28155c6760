import { beijingDay, daysBefore } from '@hospay/plugin-sdk';
import { BilingualError, type Bilingual } from '../domain/bilingual.js';
import type { Clock } from '../domain/time.js';
import type { ReportReader } from './ports.js';

const NEW_DAYS = 3;
const OLD_DAYS = 365;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Holds the kept sums of the last days, and every night of one day more of the last year, against the orders' own rows. Sums that differ by a fen are thrown away and
 * reckoned anew from the journal, and somebody is told. @returns what was found, for the task list. @throws Error when a day differed
 */
export async function checkSums({ reader, clock }: { readonly reader: ReportReader; readonly clock: Clock }): Promise<Bilingual> {
  const today = beijingDay(clock.now());
  const turn = Math.floor(clock.now().getTime() / DAY_MS) % OLD_DAYS;
  const days = [...Array.from({ length: NEW_DAYS }, (_, index) => daysBefore(today, index + 1)), daysBefore(today, NEW_DAYS + 1 + turn)];
  const differences: string[] = [];
  for (const day of days) {
    const { behind, differences: found } = await reader.checkDay({ day });
    if (behind > 0) return { zh: `尚有 ${String(behind)} 张凭证未汇总，本次未核对`, en: `${String(behind)} journals are not in the sums yet; nothing was compared` };
    differences.push(...found.map((difference) => `${day}: ${difference}`));
  }
  if (differences.length === 0) return { zh: `${days.join('、')}：汇总与订单一致`, en: `${days.join(', ')}: every sum is that of the orders` };
  await reader.rebuild({});
  const found = differences.slice(0, 5).join('; ');
  throw new BilingualError({ zh: `报表汇总与订单不一致，已重新汇总：${found}`, en: `sums of reports differed and are reckoned anew: ${found}` });
}
