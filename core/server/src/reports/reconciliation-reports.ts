import type { Bilingual } from '../domain/bilingual.js';
import { COMPARISON_WORDS, DAY_STATE_WORDS } from '../domain/reconciliation-words.js';
import { needOf } from '../domain/reconciliation.js';
import { report, type Column, type Report, type Rows } from './report.js';
import type { ChannelDayRow, DifferenceRow, ReportReader, ReportRequest, SideFigures, SumRow, TillRow } from './ports.js';
import { CASE_WORDS, DIFFERENCE_WORDS, KIND_WORDS, METHOD_WORDS, REASON_WORDS, REGISTER_STATE_WORDS, SETTLED_WORDS } from './report-words.js';
import { tillColumn } from './till-column.js';
import { totalOf } from './sum-totals.js';

const NO_BANK: Bilingual = { zh: '接入银行直联前没有来源', en: 'No source before a bank is linked' };
const NOT_SUMMED: Bilingual = { zh: '渠道账单合计不分此项', en: 'Statements are not summed by it' };
const empty = (zh: string, en: string, absent: Bilingual): { zh: string; en: string; kind: 'text'; absent: Bilingual } => ({ zh, en, kind: 'text', absent });
const netOf = (side: SideFigures | undefined): number | undefined => (side === undefined ? undefined : side.paymentFen - side.refundFen);

/** A day of a channel: what should have come (应到款), what came (实到款). Where the day was not compared the kept sums say what should have. */
type ArrivalRow = { readonly day: string; readonly source: string; readonly owedFen: number; readonly arrivedFen: number | undefined; readonly state: keyof typeof DAY_STATE_WORDS };

const channelAmounts = report<ArrivalRow>({
  id: 'channel-amounts', group: 'finance', title: { zh: '渠道金额统计（关联银行账号统计）', en: 'What channels owe and what came' }, parameters: [], mostDays: { screen: 366, export: 366 },
  note: {
    zh: '应到款取平台的收款减退款；实到款取渠道账单（不含非本系统交易）。',
    en: 'Owed: payments less refunds of the platform. Arrived: the channel\'s statement without rows of other systems.',
  },
  columns: [
    { zh: '日期', en: 'Day', kind: 'day', value: ({ day }) => day },
    { zh: '交易渠道', en: 'Channel', kind: 'text', value: ({ source }) => source },
    empty('服务类型', 'Service', NOT_SUMMED), empty('所属银行', 'Bank', NO_BANK), empty('银行账号', 'Bank account', NO_BANK), empty('支付方式', 'Method', NOT_SUMMED),
    { zh: '医院应到款(元)', en: 'Owed', kind: 'fen', isTotalled: true, value: ({ owedFen }) => owedFen },
    { zh: '渠道实到款(元)', en: 'Arrived', kind: 'fen', isTotalled: true, value: ({ arrivedFen }) => arrivedFen },
    { zh: '差额(实到款-应到款)', en: 'Difference', kind: 'fen', isTotalled: true, value: ({ owedFen, arrivedFen }) => (arrivedFen === undefined ? undefined : arrivedFen - owedFen) },
    { zh: '对账结果', en: 'Result', kind: 'word', words: DAY_STATE_WORDS, value: ({ state }) => state },
  ],
  async read(reader, request, { sources }) {
    const sourceOf = (channel: string): string => sources.find(({ channels }) => channels.includes(channel))?.source ?? channel;
    const [days, sums] = await Promise.all([reader.channelDays(request), reader.sums({ from: request.from, to: request.to, by: ['day', 'channel'] })]);
    const rows = new Map<string, ArrivalRow>();
    for (const { of: { day = '', channel = '' }, paidFen, refundedFen } of sums) {
      // Only something of the HIS stands under this day.
      if (paidFen === 0 && refundedFen === 0) continue;
      const key = `${day}/${sourceOf(channel)}`;
      rows.set(key, { day, source: sourceOf(channel), owedFen: (rows.get(key)?.owedFen ?? 0) + paidFen - refundedFen, arrivedFen: undefined, state: 'none' });
    }
    for (const { day, source, state, ours, theirs } of days) {
      const key = `${day}/${source}`;
      rows.set(key, { day, source, owedFen: netOf(ours) ?? rows.get(key)?.owedFen ?? 0, arrivedFen: netOf(theirs), state });
    }
    const all = [...rows.values()].toSorted((left, right) => (left.day + left.source < right.day + right.source ? -1 : 1));
    const known = all.filter(({ arrivedFen }) => arrivedFen !== undefined);
    const sum = (some: readonly ArrivalRow[], name: 'owedFen' | 'arrivedFen'): number => some.reduce((total, row) => total + (row[name] ?? 0), 0);
    // A total of what came beside a total of what should have says nothing while a day is missing from one of them.
    return { rows: all, total: { day: '', source: '', owedFen: sum(all, 'owedFen'), arrivedFen: known.length < all.length ? undefined : sum(known, 'arrivedFen'), state: 'none' } };
  },
});

const channelFees = report<ChannelDayRow>({
  id: 'channel-fees', group: 'finance', title: { zh: '渠道手续费', en: 'Fees of channels' }, parameters: [], mostDays: { screen: 366, export: 366 },
  note: { zh: '应收手续费为账本所记，即交易账单逐笔合计；实扣手续费取资金账单，渠道不提供资金账单时留空。', en: 'Owed: what the ledger has, the fees of each row of the statement. Taken: the fund statement, where the channel has one.' },
  columns: [
    { zh: '日期', en: 'Day', kind: 'day', value: ({ day }) => day },
    { zh: '渠道', en: 'Channel', kind: 'text', value: ({ source }) => source },
    empty('商户号', 'Merchant', { zh: '一份账单可含多个商户', en: 'A statement may be of several' }),
    { zh: '交易笔数', en: 'Payments', kind: 'count', isTotalled: true, value: ({ theirs }) => theirs?.payments },
    { zh: '交易金额', en: 'Paid', kind: 'fen', isTotalled: true, value: ({ theirs }) => theirs?.paymentFen },
    { zh: '退款笔数', en: 'Refunds', kind: 'count', isTotalled: true, value: ({ theirs }) => theirs?.refunds },
    { zh: '退款金额', en: 'Refunded', kind: 'fen', isTotalled: true, value: ({ theirs }) => theirs?.refundFen },
    empty('费率', 'Rate', { zh: '账单逐笔给出手续费，不给费率', en: 'Statements tell the fee of each row and no rate' }),
    { zh: '应收手续费', en: 'Fee owed', kind: 'fen', isTotalled: true, value: ({ feeFen }) => feeFen },
    { zh: '实扣手续费', en: 'Fee taken', kind: 'fen', isTotalled: true, value: ({ settlement }) => settlement?.actualFeeFen },
    { zh: '差异', en: 'Difference', kind: 'fen', isTotalled: true, value: ({ settlement, feeFen }) => (settlement === undefined ? undefined : settlement.actualFeeFen - feeFen) },
    { zh: '结算净额', en: 'Net', kind: 'fen', isTotalled: true, value: ({ settlement }) => settlement?.netFen },
    empty('到账日期', 'Arrival', { zh: '到账以银行流水为准，平台暂无银行流水', en: 'Only the bank knows, and no bank is linked yet' }),
  ],
  async read(reader, request) {
    const rows = (await reader.channelDays(request)).filter(({ theirs }) => theirs !== undefined);
    const sum = (value: (row: ChannelDayRow) => number | undefined): number => rows.reduce((total, row) => total + (value(row) ?? 0), 0);
    return {
      rows,
      total: {
        day: '', source: '', state: 'open', ours: undefined,
        theirs: { payments: sum(({ theirs }) => theirs?.payments), paymentFen: sum(({ theirs }) => theirs?.paymentFen), refunds: sum(({ theirs }) => theirs?.refunds), refundFen: sum(({ theirs }) => theirs?.refundFen) },
        feeFen: sum(({ feeFen }) => feeFen),
        // A difference of sums says nothing while a day is missing from one of them.
        settlement: rows.length > 0 && rows.every(({ settlement }) => settlement !== undefined) ? { actualFeeFen: sum(({ settlement }) => settlement?.actualFeeFen), netFen: sum(({ settlement }) => settlement?.netFen) } : undefined,
      },
    };
  },
});

const register = report<DifferenceRow>({
  id: 'difference-register', group: 'finance', title: { zh: '差错处理单', en: 'Register of differences' }, parameters: [], mostDays: { screen: 366, export: 366 }, mark: /^\d{1,15}$/,
  note: { zh: '长款：对方比平台多；医院对账按“渠道 > HIS 为长款”。退款方向相反。', en: 'Long: they hold more than we; beside the HIS, the money is more than it booked. Of refunds the other way round.' },
  columns: [
    { zh: '账单日期', en: 'Day', kind: 'day', value: ({ day }) => day },
    { zh: '对账项', en: 'Comparison', kind: 'word', words: COMPARISON_WORDS, value: ({ comparison }) => comparison },
    { zh: '对方', en: 'With', kind: 'text', value: ({ source }) => source },
    { zh: '交易类型', en: 'Kind', kind: 'word', words: KIND_WORDS, value: ({ kind }) => kind },
    { zh: '流水号', en: 'Number', kind: 'text', value: ({ key }) => key },
    { zh: '平台订单号', en: 'Order', kind: 'text', value: ({ tradeNo }) => tradeNo },
    { zh: '平台金额', en: 'Platform', kind: 'fen', value: ({ ourFen }) => ourFen },
    { zh: '对方金额', en: 'Other side', kind: 'fen', value: ({ theirFen }) => theirFen },
    { zh: '差额', en: 'Difference', kind: 'fen', value: ({ ourFen = 0, theirFen = 0 }) => theirFen - ourFen },
    { zh: '状态', en: 'State', kind: 'word', words: REGISTER_STATE_WORDS, value: stateOf },
    { zh: '原因', en: 'Reason', kind: 'word', words: REASON_WORDS, value: reasonOf },
    { zh: '差异分类', en: 'Class', kind: 'word', words: DIFFERENCE_WORDS, value: (row) => row.class },
    { zh: '处理状态', en: 'Handling', kind: 'word', words: CASE_WORDS, value: ({ caseState, settledAt }) => (settledAt === '' ? caseState : 'closed') },
    { zh: '处理方式', en: 'How', kind: 'word', words: SETTLED_WORDS, value: ({ settledHow }) => settledHow },
    empty('是否冲正', 'Reversed', { zh: '平台不自动冲正', en: 'The platform reverses nothing by itself' }),
    { zh: '发现时间', en: 'Found', kind: 'time', value: ({ foundAt }) => foundAt },
    { zh: '处理时间', en: 'Settled', kind: 'time', value: ({ settledAt }) => settledAt },
  ],
  read: (reader, request) => reader.differences(request),
});

function stateOf(row: DifferenceRow): keyof typeof REGISTER_STATE_WORDS {
  if (row.class === 'settledByRefund' || row.settledHow === 'refunded') return 'evenAfter';
  const need = needOf(row.class);
  if (need === 'nothing' || row.settledHow === 'rerun' || row.settledHow === 'matched') return 'even';
  if (need === 'anotherLook' || row.settledHow === 'short') return 'handled';
  const moreFen = (row.theirFen ?? 0) - (row.ourFen ?? 0);
  if (moreFen === 0) return 'handled';
  // Beside the HIS it is the money that is long or short, and that is our side.
  const isMore = (moreFen > 0) === (row.comparison !== 'hospital');
  return isMore === (row.kind === 'payment') ? 'long' : 'short';
}

function reasonOf(row: DifferenceRow): keyof typeof REASON_WORDS {
  if (row.class === 'fee') return 'fee';
  if (row.class === 'bankLong' || row.class === 'bankShort') return 'arrival';
  if (row.class === 'duplicateTheirs') return 'duplicate';
  if (needOf(row.class) === 'nothing') return 'none';
  if (row.class === 'status') return 'status';
  if (row.class === 'hisExtra' || row.class === 'hisAhead') return 'hospitalOnly';
  if (row.class === 'hisMissing' || row.class === 'hisPending') return 'channelOnly';
  if (row.ourFen === undefined || row.class === 'longUnknown') return 'channelOnly';
  return row.theirFen === undefined ? 'platformOnly' : 'amount';
}

const byMonth = report<SumRow>({
  id: 'month-year', group: 'finance', title: { zh: '月报／年报', en: 'Months and years' }, parameters: [{ name: 'unit', of: ['month', 'year'] }], mostDays: { screen: 3_660, export: 3_660 },
  note: { zh: 'HIS金额：医院入账减冲销（按入账日）；渠道金额：收款；净额：收款减退款（按账单日）。', en: 'HIS: booked less reversed, by HIS day. Channel: paid. Net: paid less refunded, by bill day.' },
  columns: [
    { zh: '月份', en: 'Month', kind: 'text', value: ({ of }) => of.month },
    { zh: '支付方式', en: 'Method', kind: 'word', words: METHOD_WORDS, value: ({ of }) => of.method },
    { zh: 'HIS金额', en: 'HIS', kind: 'fen', isTotalled: true, value: ({ bookedFen, reversedFen }) => bookedFen - reversedFen },
    { zh: '渠道金额', en: 'Channel', kind: 'fen', isTotalled: true, value: ({ paidFen }) => paidFen },
    { zh: '净额', en: 'Net', kind: 'fen', isTotalled: true, value: ({ paidFen, refundedFen }) => paidFen - refundedFen },
  ],
  read: monthsOrYears,
});

async function monthsOrYears(reader: ReportReader, { from, to, unit }: ReportRequest): Promise<Rows<SumRow>> {
  const months = await reader.sums({ from, to, by: ['month', 'method'] });
  if (unit !== 'year') return { rows: months, total: totalOf(months) };
  const years = Map.groupBy(months, ({ of: { month = '', method = '' } }) => `${month.slice(0, 4)}/${method}`);
  const rows = [...years].map(([key, own]): SumRow => ({ ...totalOf(own), of: { month: key.slice(0, 4), method: key.slice(5) } }));
  return { rows: rows.toSorted((left, right) => (`${left.of.month ?? ''}${left.of.method ?? ''}` < `${right.of.month ?? ''}${right.of.method ?? ''}` ? -1 : 1)), total: totalOf(rows) };
}

const fenColumn = (zh: string, en: string, value: (row: TillRow) => number): Column<TillRow> => ({ zh, en, kind: 'fen', isTotalled: true, value });
const countColumn = (zh: string, en: string, value: (row: TillRow) => number): Column<TillRow> => ({ zh, en, kind: 'count', isTotalled: true, value });
const tills = report<TillRow>({
  id: 'till-differences', group: 'management', title: { zh: '收费员长短款', en: 'Long and short by till' }, parameters: [], mostDays: { screen: 366, export: 366 },
  note: { zh: '按交班日。以最后一次清点为准。缴款日报见“交班日结”。', en: 'By the day of the close; the last count stands. The cashier\'s daily report is among the shifts.' },
  columns: [
    tillColumn(({ tillNo }: TillRow) => tillNo), countColumn('班次', 'Shifts', ({ shifts }) => shifts), fenColumn('应有', 'Expected', ({ expectedFen }) => expectedFen), fenColumn('清点', 'Counted', ({ countedFen }) => countedFen),
    countColumn('长款次数', 'Times long', ({ longCount }) => longCount), fenColumn('长款', 'Long', ({ longFen }) => longFen), countColumn('短款次数', 'Times short', ({ shortCount }) => shortCount), fenColumn('短款', 'Short', ({ shortFen }) => shortFen),
    fenColumn('长短相抵', 'Net', ({ longFen, shortFen }) => longFen - shortFen),
  ],
  async read(reader, request) {
    const rows = await reader.tills(request);
    const sum = (name: Exclude<keyof TillRow, 'tillNo'>): number => rows.reduce((total, row) => total + row[name], 0);
    return {
      rows,
      total: { tillNo: '', shifts: sum('shifts'), expectedFen: sum('expectedFen'), countedFen: sum('countedFen'), longCount: sum('longCount'), longFen: sum('longFen'), shortCount: sum('shortCount'), shortFen: sum('shortFen') },
    };
  },
});

export const RECONCILIATION_REPORTS: readonly Report[] = [channelAmounts, register, channelFees, byMonth];
export const TILL_REPORTS: readonly Report[] = [tills];
