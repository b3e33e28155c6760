import { meanOf, partOf, report, type Column, type Declaration, type Report } from './report.js';
import type { ReportNames, ReportReader, ReportRequest, ReportSplit, SumDimension, SumFigures, SumRow } from './ports.js';
import { REPORT_SPLITS } from './ports.js';
import { BUSINESS_WORDS, METHOD_WORDS, NOBODY, NO_CAMPUS, TERMINAL_WORDS } from './report-words.js';
import { NO_FIGURES, totalOf } from './sum-totals.js';
import { nameOfTill } from './till-column.js';

/** What a split is called, with its figures and those of all together. */
type VolumeRow = SumFigures & { readonly label: string; readonly detail: string; readonly all: SumFigures };

const DIMENSIONS: Readonly<Record<ReportSplit, readonly SumDimension[]>> = {
  channel: ['channel'], method: ['method'], business: ['business'], feeType: ['business', 'feeType'], terminal: ['ownerKind', 'ownerId'], campus: ['ownerKind', 'ownerId'], operator: ['tillNo'], merchant: ['merchantNo'],
};
const TOP = 20;

/** The label is a code where there is a word for it, and the thing's own name where there is none. */
const LABEL: Column<VolumeRow> = { zh: '统计项目', en: 'Item', kind: 'word', words: { ...METHOD_WORDS, ...BUSINESS_WORDS, elsewhere: NO_CAMPUS, unnamed: { zh: '（未标明）', en: '(not told)' }, nobody: NOBODY }, value: ({ label }) => label };
const DETAIL: Column<VolumeRow> = { zh: '说明', en: 'Detail', kind: 'word', words: { ...TERMINAL_WORDS, ...BUSINESS_WORDS }, value: ({ detail }) => detail };
const count = (zh: string, en: string, value: (row: VolumeRow) => number): Column<VolumeRow> => ({ zh, en, kind: 'count', isTotalled: true, value });
const money = (zh: string, en: string, value: (row: VolumeRow) => number | undefined): Column<VolumeRow> => ({ zh, en, kind: 'fen', isTotalled: true, value });
const share = (zh: string, en: string, value: (row: VolumeRow) => number | undefined): Column<VolumeRow> => ({ zh, en, kind: 'percent', isTotalled: true, value });

const PAID = [count('收款笔数', 'Payments', ({ paidCount }) => paidCount), money('收款金额', 'Paid', ({ paidFen }) => paidFen)];
const REFUNDED = [count('退款笔数', 'Refunds', ({ refundedCount }) => refundedCount), money('退款金额', 'Refunded', ({ refundedFen }) => refundedFen)];
const NET = money('净额', 'Net', ({ paidFen, refundedFen }) => paidFen - refundedFen);
const OF_ALL = share('收款占比', 'Share', ({ paidFen, all }) => partOf(paidFen, all.paidFen));

const volume: Declaration<VolumeRow> = {
  id: 'volume', group: 'management', title: { zh: '业务量统计', en: 'Volume' }, parameters: [{ name: 'by', of: REPORT_SPLITS }, { name: 'channel' }, { name: 'method' }], mostDays: { screen: 3_660, export: 3_660 },
  note: { zh: '按账单日（北京时间）。科室不在收费数据中，暂不能按科室统计。', en: 'By bill day, Beijing. Bills do not name their department: there is no split by it.' },
  columns: [
    LABEL, DETAIL, ...PAID, ...REFUNDED, NET, OF_ALL, money('笔均', 'Mean', ({ paidFen, paidCount }) => meanOf(paidFen, paidCount)),
    money('其中统筹', 'Of it fund', ({ fundFen }) => fundFen), money('其中个人账户', 'Of it personal account', ({ accountFen }) => accountFen),
  ],
  read: splitBy,
};

const top: Declaration<VolumeRow> = {
  ...volume, id: 'top-20', title: { zh: '收款 TOP 20', en: 'Top 20' }, parameters: [{ name: 'by', of: ['terminal', 'operator', 'feeType', 'channel', 'campus'] }], columns: [LABEL, DETAIL, ...PAID, NET, OF_ALL],
  note: { zh: '按收款金额，合计为前 20 项之和。', en: 'By what was paid; the totals are those of the twenty.' },
  async read(reader, request, names) {
    const { rows } = await splitBy(reader, request, names);
    const first = rows.toSorted((left, right) => right.paidFen - left.paidFen || (left.label < right.label ? -1 : 1)).slice(0, TOP);
    return { rows: first, total: { ...figuresOf(first), label: '', detail: '', all: rows[0]?.all ?? NO_FIGURES } };
  },
};

const refunds: Declaration<VolumeRow> = {
  ...volume, id: 'refunds', title: { zh: '退款统计', en: 'Refunds' }, note: { zh: '退款按申请日计，与其收款可能不在同一时段。', en: 'Refunds stand under the day of their request; what they give back may be older.' },
  columns: [
    LABEL, DETAIL, ...REFUNDED, ...PAID, share('退款笔数比', 'Refunds per payment', ({ refundedCount, paidCount }) => partOf(refundedCount, paidCount)), share('退款金额比', 'Refunded of paid', ({ refundedFen, paidFen }) => partOf(refundedFen, paidFen)),
    money('医院冲销', 'Reversed by the HIS', ({ reversedFen }) => reversedFen),
  ],
};

async function splitBy(reader: ReportReader, { from, to, by = 'channel', channel, method }: ReportRequest, names: ReportNames): Promise<{ readonly rows: readonly VolumeRow[]; readonly total: VolumeRow }> {
  const sums = await reader.sums({ from, to, by: DIMENSIONS[by], channel, method });
  const all = totalOf(sums);
  const labelled = Map.groupBy(sums, (row) => JSON.stringify(labelOf(by, row, names)));
  const rows = [...labelled.values()].map((own): VolumeRow => ({ ...totalOf(own), ...labelOf(by, own[0] ?? all, names), all }));
  return { rows: rows.toSorted((left, right) => right.paidFen - left.paidFen || (left.label < right.label ? -1 : 1)), total: { ...all, label: '', detail: '', all } };
}

function labelOf(by: ReportSplit, { of: { channel = '', method = '', business = '', feeType = '', ownerKind = '', ownerId = '', tillNo = '', merchantNo = '' } }: SumRow, names: ReportNames): { readonly label: string; readonly detail: string } {
  const terminal = ownerKind === 'terminal' ? names.terminal(ownerId) : undefined;
  const plain = (text: string) => ({ label: text === '' ? 'unnamed' : text, detail: '' });
  switch (by) {
    case 'channel': return plain(channel);
    case 'method': return plain(method);
    case 'business': return plain(business);
    case 'feeType': return { ...plain(feeType), detail: business };
    case 'merchant': return plain(merchantNo);
    case 'operator': return plain(nameOfTill(tillNo, names));
    case 'terminal': return { label: terminal === undefined ? ownerId : `${ownerId} ${terminal.title}`, detail: terminal?.kind ?? (ownerKind === 'application' ? 'application' : 'other') };
    case 'campus': return { label: terminal?.campus === undefined ? 'elsewhere' : names.campus(terminal.campus), detail: '' };
  }
}

function figuresOf(rows: readonly VolumeRow[]): SumFigures {
  return totalOf(rows.map((row) => ({ ...row, of: {} })));
}

export const VOLUME_REPORTS: readonly Report[] = [volume, top, refunds].map(report);
