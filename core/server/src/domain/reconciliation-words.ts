/** What the parts and states of a day of reconciliation are called. */
import type { Bilingual } from './bilingual.js';
import type { ComparisonKind, DayState } from './reconciliation.js';

export const DAY_STATE_WORDS = {
  postponed: { zh: '账单未出，顺延', en: 'Not ready' }, stopped: { zh: '停止', en: 'Stopped' }, open: { zh: '待核实', en: 'Open' }, explained: { zh: '已说明', en: 'Explained' }, balanced: { zh: '账平', en: 'Balanced' }, none: { zh: '未对账', en: 'Not compared' },
} as const satisfies Record<DayState | 'none', Bilingual>;
export const COMPARISON_WORDS = { channel: { zh: '渠道账单', en: 'Channel statement' }, hospital: { zh: '医院日账单', en: 'HIS day list' }, settlement: { zh: '资金账单', en: 'Fund statement' } } as const satisfies Record<ComparisonKind, Bilingual>;
