import { beijingDay, fen, yuanFromFen } from '@hospay/plugin-sdk';
import { BilingualError, inOneLine, type Bilingual } from '../domain/bilingual.js';
import type { CashComparisonState, WindowDeskPorts } from './ports.js';
import { readTillDays } from './read-till-days.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The day before, after it is over: every till book beside the ledger, whether or not anybody looks at the page. @throws when one differs or does not answer. */
export async function compareTills(ports: WindowDeskPorts): Promise<Bilingual> {
  const day = beijingDay(new Date(ports.clock.now().getTime() - DAY_MS));
  const { tills, comparisons, unclearOpenings } = await readTillDays(ports, { day });
  const wrong = comparisons.filter(({ state }) => state !== 'same').map(({ channel, state, differenceFen }) => {
    const [zh, en] = differenceFen === undefined ? ['', ''] : [`，相差 ${yuanFromFen(fen(differenceFen))} 元`, `, ${yuanFromFen(fen(differenceFen))} yuan`];
    return { zh: `${channel}：${STATE_WORDS[state].zh}${zh}`, en: `${channel}: ${STATE_WORDS[state].en}${en}` };
  });
  const unclear = unclearOpenings.map(({ tillNo, openingNo }) => ({ zh: `${tillNo}：开钱箱 ${openingNo} 结果不明`, en: `${tillNo}: opening ${openingNo} has no certain end` }));
  const summary = { zh: `${day}：钱箱 ${String(tills.length)} 个、渠道 ${String(comparisons.length)} 个`, en: `${day}: ${String(tills.length)} tills, ${String(comparisons.length)} channels` };
  if (wrong.length + unclear.length > 0) throw new BilingualError(inOneLine([summary, ...wrong, ...unclear]));
  return { zh: `${summary.zh}，与账本一致`, en: `${summary.en}, equal to the ledger` };
}

const STATE_WORDS = {
  same: { zh: '一致', en: 'equal' }, differs: { zh: '不符', en: 'differs' }, inFlight: { zh: '收付进行中', en: 'cash is under way' }, noBook: { zh: '钱箱账本未应答', en: 'the book did not answer' }, bookGone: { zh: '账本已过保留期', en: 'the book is not kept any more' },
} as const satisfies Record<CashComparisonState, Bilingual>;
