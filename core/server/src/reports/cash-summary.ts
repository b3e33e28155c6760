import { report, type Report } from './report.js';
import type { SumFigures, SumRow } from './ports.js';
import { TERMINAL_WORDS } from './report-words.js';
import { totalOf } from './sum-totals.js';

type CashRow = SumFigures & { readonly where: string; readonly part: 'all' | 'outpatient' | 'inpatient' };
const PARTS = { all: { zh: '总计', en: 'All' }, outpatient: { zh: '门诊', en: 'Outpatient' }, inpatient: { zh: '住院', en: 'Inpatient' } } as const;
const INPATIENT = ['deposit', 'discharge'];
const netOf = ({ paidFen, refundedFen }: SumFigures): number => paidFen - refundedFen;
const hisFenOf = ({ bookedFen, reversedFen }: SumFigures): number => bookedFen - reversedFen;
const hisCountOf = ({ bookedCount, reversedCount }: SumFigures): number => bookedCount - reversedCount;

/** 现金对账's tiles: kiosks and windows, each with its outpatients and inpatients. */
export const CASH_SUMMARY: Report = report<CashRow>({
  id: 'cash-summary', group: 'finance', title: { zh: '现金对账汇总', en: 'Cash beside the HIS, summed' }, parameters: [], mostDays: { screen: 3_660, export: 3_660 },
  note: { zh: '差额 = 实收总金额 − HIS总额；差异笔数为两边净笔数之差。合计行只加总“总计”。', en: 'Difference: received less the HIS; of counts likewise. The totals sum the rows "all".' },
  columns: [
    { zh: '设备类别', en: 'Where', kind: 'word', words: TERMINAL_WORDS, value: ({ where }) => where },
    { zh: '范围', en: 'Part', kind: 'word', words: PARTS, value: ({ part }) => part },
    { zh: '实收总金额', en: 'Received', kind: 'fen', isTotalled: true, value: netOf },
    { zh: '支付笔数', en: 'Payments', kind: 'count', isTotalled: true, value: ({ paidCount }) => paidCount },
    { zh: '退款笔数', en: 'Refunds', kind: 'count', isTotalled: true, value: ({ refundedCount }) => refundedCount },
    { zh: 'HIS总额', en: 'HIS', kind: 'fen', isTotalled: true, value: hisFenOf },
    { zh: 'HIS笔数', en: 'HIS bookings', kind: 'count', isTotalled: true, value: hisCountOf },
    { zh: '差额', en: 'Difference', kind: 'fen', isTotalled: true, value: (row) => netOf(row) - hisFenOf(row) },
    { zh: '差异笔数', en: 'Rows apart', kind: 'count', isTotalled: true, value: (row) => Math.abs(row.paidCount - row.refundedCount - hisCountOf(row)) },
  ],
  async read(reader, { from, to }, names) {
    const sums = await reader.sums({ from, to, by: ['ownerKind', 'ownerId', 'business'], method: 'cash' });
    const whereOf = ({ of: { ownerKind = '', ownerId = '' } }: SumRow): string => (ownerKind === 'terminal' ? (names.terminal(ownerId)?.kind ?? 'other') : 'application');
    const rows = [...Map.groupBy(sums, whereOf)].toSorted(([left], [right]) => (left < right ? -1 : 1)).flatMap(([where, own]): CashRow[] => {
      const isInpatient = ({ of: { business = '' } }: SumRow): boolean => INPATIENT.includes(business);
      return [{ ...totalOf(own), where, part: 'all' }, { ...totalOf(own.filter((row) => !isInpatient(row))), where, part: 'outpatient' }, { ...totalOf(own.filter(isInpatient)), where, part: 'inpatient' }];
    });
    return { rows, total: { ...totalOf(sums), where: '', part: 'all' } };
  },
});
