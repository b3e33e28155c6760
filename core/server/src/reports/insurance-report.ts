import type { Bilingual } from '../domain/bilingual.js';
import { DAY_STATE_WORDS } from '../domain/reconciliation-words.js';
import { report, type Report } from './report.js';
import type { ChannelDayRow, SumRow } from './ports.js';
import { totalOf } from './sum-totals.js';

type InsuranceRow = SumRow & { readonly compared: ChannelDayRow | undefined };
const OF_CENTRE: Bilingual = { zh: '在医保结算中，平台不保存', en: 'Part of the settlement at the centre; the platform keeps none of it' };
/** 处置, as far as the platform knows it: it cancels nothing (2601) without a person. */
const HANDLED = {
  balanced: { zh: '已核对', en: 'Checked' }, explained: { zh: '已登记差错单', en: 'Cases opened' }, open: { zh: '待核实', en: 'Open' }, postponed: { zh: '待中心账单', en: 'Statement awaited' }, stopped: { zh: '账单不可用', en: 'Statement unusable' },
  none: { zh: '未对账', en: 'Not compared' },
} as const satisfies Record<keyof typeof DAY_STATE_WORDS, Bilingual>;
const netOf = ({ compared }: InsuranceRow, side: 'ours' | 'theirs'): number | undefined => {
  const figures = compared?.[side];
  return figures === undefined ? undefined : figures.paymentFen - figures.refundFen;
};
const difference = (row: InsuranceRow): number | undefined => {
  const [ours, theirs] = [netOf(row, 'ours'), netOf(row, 'theirs')];
  return ours === undefined || theirs === undefined ? undefined : theirs - ours;
};

/** 医保对账: what the platform settled with the insurance by day, beside what the centre has. */
export const INSURANCE_REPORT: Report = report<InsuranceRow>({
  id: 'insurance-days', group: 'finance', title: { zh: '医保对账', en: 'Medical insurance by day' }, parameters: [], mostDays: { screen: 366, export: 366 },
  note: { zh: '笔数为结算减撤销；总额 = 基金 + 个账，撤销已减。差异为中心减本地。', en: 'Settlements less those undone; the total is fund and personal account. Difference: the centre less the platform.' },
  columns: [
    { zh: '对账日', en: 'Day', kind: 'day', value: ({ of }) => of.day },
    { zh: '渠道', en: 'Channel', kind: 'text', value: ({ of }) => of.channel },
    { zh: '险种', en: 'Insurance', kind: 'text', absent: OF_CENTRE },
    { zh: '清算类别', en: 'Clearing class', kind: 'text', absent: OF_CENTRE },
    { zh: '本地笔数', en: 'Settlements', kind: 'count', isTotalled: true, value: ({ paidCount, refundedCount }) => paidCount - refundedCount },
    { zh: '本地总额', en: 'Total', kind: 'fen', isTotalled: true, value: ({ fundFen, accountFen }) => fundFen + accountFen },
    { zh: '基金', en: 'Fund', kind: 'fen', isTotalled: true, value: ({ fundFen }) => fundFen },
    { zh: '个账', en: 'Personal account', kind: 'fen', isTotalled: true, value: ({ accountFen }) => accountFen },
    { zh: '现金', en: 'Self-pay', kind: 'text', absent: { zh: '自费部分由其他渠道收款，见业务量统计', en: 'Paid through other channels: see the volume' } },
    { zh: '中心结果', en: 'Result', kind: 'word', words: DAY_STATE_WORDS, value: ({ compared }) => compared?.state ?? 'none' },
    { zh: '差异明细', en: 'Difference', kind: 'fen', value: difference },
    { zh: '处置', en: 'Handling', kind: 'word', words: HANDLED, value: ({ compared }) => compared?.state ?? 'none' },
  ],
  async read(reader, request, { sources }) {
    const sourceOf = (channel: string): string => sources.find(({ channels }) => channels.includes(channel))?.source ?? channel;
    const [sums, days] = await Promise.all([reader.sums({ from: request.from, to: request.to, by: ['day', 'channel'], method: 'medicalInsurance' }), reader.channelDays(request)]);
    const rows = sums.filter(({ paidCount, refundedCount }) => paidCount + refundedCount > 0)
      .map((row): InsuranceRow => ({ ...row, compared: days.find(({ day, source }) => day === row.of.day && source === sourceOf(row.of.channel ?? '')) }));
    // The totals say of no day whether it was compared: their words stay empty.
    return { rows, total: { ...totalOf(rows), compared: undefined } };
  },
});
