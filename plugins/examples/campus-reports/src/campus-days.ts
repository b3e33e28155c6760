import type { FigureRow, OperatingReport, ReportCell, ReportColumn } from '@hospay/plugin-sdk';

import type { Settings } from './settings.js';

type CampusDay = { readonly row: FigureRow; readonly ofDayFen: number };
type Shown = ReportColumn & { readonly cell: (day: CampusDay) => ReportCell };

const netOf = ({ paidFen, refundedFen }: FigureRow): number => paidFen - refundedFen;
const COLUMNS: readonly Shown[] = [
  { zh: '日期', en: 'Day', kind: 'day', cell: ({ row: { of } }) => of.day ?? '' },
  { zh: '院区', en: 'Campus', kind: 'campus', cell: ({ row: { of } }) => of.campus ?? '' },
  { zh: '收款笔数', en: 'Payments', kind: 'count', isTotalled: true, cell: ({ row }) => row.paidCount },
  { zh: '收款金额', en: 'Paid', kind: 'fen', isTotalled: true, cell: ({ row }) => row.paidFen },
  { zh: '退款金额', en: 'Refunded', kind: 'fen', isTotalled: true, cell: ({ row }) => row.refundedFen },
  { zh: '净额', en: 'Net', kind: 'fen', isTotalled: true, cell: ({ row }) => netOf(row) },
  // A ratio is hundredths of a percent, in whole numbers; a day on which nothing came in has none.
  { zh: '占当日收款', en: 'Share of the day', kind: 'percent', cell: ({ row, ofDayFen }) => (ofDayFen === 0 ? null : Math.round((row.paidFen * 10_000) / ofDayFen)) },
];

/** 院区收款日报: what each campus took, day by day. */
export const CAMPUS_DAYS = ({ showsNetOnly }: Settings): OperatingReport => {
  const shown = COLUMNS.filter(({ en }) => !showsNetOnly || (en !== 'Paid' && en !== 'Refunded'));
  return {
    title: { zh: '院区收款日报', en: 'Campuses by day' },
    note: { zh: '按账单日；终端所属院区按现在的登记。', en: 'By bill day; a terminal belongs to the campus it is registered for now.' },
    parameters: [{ name: 'channel' }, { name: 'method' }],
    mostDays: 366,
    columns: shown.map(({ cell: _cell, ...column }) => column),
    async read({ from, to, channel, method }, reader) {
      const rows = await reader.sums({ from, to, by: ['day', 'campus'], ...(channel === undefined ? {} : { channel }), ...(method === undefined ? {} : { method }) });
      const days = Map.groupBy(rows, ({ of }) => of.day ?? '');
      const sorted = rows.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
      return { kind: 'rows', rows: sorted.map((row) => shown.map(({ cell }) => cell({ row, ofDayFen: (days.get(row.of.day ?? '') ?? []).reduce((sum, { paidFen }) => sum + paidFen, 0) }))) };
    },
  };
};

function keyOf({ of: { day = '', campus = '' } }: FigureRow): string {
  return `${day}/${campus}`;
}
