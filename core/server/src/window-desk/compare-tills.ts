import { beijingDay } from '@hospay/plugin-sdk';
import type { WindowDeskPorts } from './ports.js';
import { readTillDays } from './read-till-days.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The day before, after it is over: every till book beside the ledger, whether or not anybody looks at the page. @throws when one differs or does not answer. */
export async function compareTills(ports: WindowDeskPorts): Promise<string> {
  const day = beijingDay(new Date(ports.clock.now().getTime() - DAY_MS));
  const { tills, comparisons, unclearOpenings } = await readTillDays(ports, { day });
  const wrong = comparisons.filter(({ state }) => state !== 'same').map(({ channel, state, differenceFen }) => `${channel}: ${state}${differenceFen === undefined ? '' : `, ${String(differenceFen)} fen`}`);
  const unclear = unclearOpenings.map(({ tillNo, openingNo }) => `${tillNo}: opening ${openingNo} has no certain end`);
  const summary = `${day}: ${String(tills.length)} tills, ${String(comparisons.length)} channels`;
  if (wrong.length + unclear.length > 0) throw new Error(`${summary}; ${[...wrong, ...unclear].join('; ')}`);
  return `${summary}, equal to the ledger`;
}
