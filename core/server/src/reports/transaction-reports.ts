import type { Bilingual } from '../domain/bilingual.js';
import { report, type Column, type Declaration, type Report } from './report.js';
import type { ReportNames, TransactionRow } from './ports.js';
import { BUSINESS_WORDS, CONFIRMATION_WORDS, DIFFERENCE_WORDS, KIND_WORDS, METHOD_WORDS, OWNER_WORDS } from './report-words.js';

type Of<Name extends string> = Readonly<Record<Name, Column<TransactionRow>>>;
const PAYER: Bilingual = { zh: '付款账号留在渠道，平台不保存', en: 'The payer\'s account stays with the channel' };
const numberOf = ({ kind, paymentNo, refundNo }: TransactionRow): string => (kind === 'payment' ? paymentNo : refundNo);
/** Refunds stand below zero where money is summed. */
const signed = ({ kind }: TransactionRow, fen: number | undefined): number | undefined => (fen === undefined || kind === 'payment' ? fen : -fen);
const result = (row: TransactionRow): string => (row.comparedAt === '' ? 'notCompared' : row.difference === '' ? 'ok' : row.difference);

/** 通用列: the same thing under the heads the forms have for it. */
const column = {
  day: { zh: '账单日期', en: 'Bill day', kind: 'day', value: ({ day }) => day },
  hospital: { zh: '机构名称', en: 'Hospital', kind: 'text', value: (_row, names) => names.hospital },
  kind: { zh: '交易类型', en: 'Kind', kind: 'word', words: KIND_WORDS, value: ({ kind }) => kind },
  business: { zh: '业务类型', en: 'Business', kind: 'word', words: BUSINESS_WORDS, value: ({ business }) => business },
  patient: { zh: '客户名称', en: 'Patient', kind: 'text', value: ({ patientLabel }) => patientLabel },
  patientId: { zh: '客户标识', en: 'Patient id', kind: 'text', value: ({ patientId }) => patientId },
  serial: { zh: '平台流水号', en: 'Platform number', kind: 'text', value: numberOf },
  channelFen: { zh: '支付金额(渠道)', en: 'Amount (channel)', kind: 'fen', isTotalled: true, value: (row) => signed(row, row.channelFen) },
  method: { zh: '支付类型', en: 'Method', kind: 'word', words: METHOD_WORDS, value: ({ method }) => method },
  hisFen: { zh: 'his支付金额', en: 'Amount (HIS)', kind: 'fen', isTotalled: true, value: (row) => signed(row, row.hisFen) },
  device: { zh: '设备编码', en: 'Device', kind: 'text', value: ({ ownerKind, ownerId }) => (ownerKind === 'terminal' ? ownerId : '') },
  platformFen: { zh: '平台金额', en: 'Amount (platform)', kind: 'fen', isTotalled: true, value: (row) => signed(row, row.amountFen) },
  payTerminal: { zh: '支付终端号', en: 'Card terminal', kind: 'text', absent: { zh: '刷卡终端号由渠道插件掌握', en: 'Known to the channel\'s plugin' } },
  account: { zh: '支付账号', en: 'Payer', kind: 'text', absent: PAYER },
  state: { zh: '订单状态', en: 'Order state', kind: 'word', words: CONFIRMATION_WORDS, value: ({ confirmation }) => confirmation },
  comparedAt: { zh: '对账时间', en: 'Compared at', kind: 'time', value: ({ comparedAt }) => comparedAt },
  remark: { zh: '备注', en: 'Remark', kind: 'word', words: DIFFERENCE_WORDS, value: ({ difference }) => difference },
} as const satisfies Of<string>;

const byBillDay: Declaration<TransactionRow> = {
  ...paged('three-way-by-bill', { zh: '对账明细（账单）', en: 'Reconciliation rows, by bill' }),
  note: { zh: '退款为负数。渠道金额在该日对账后才有。', en: 'Refunds are negative. The channel\'s amount is there once the day was compared.' },
  columns: [
    column.day, column.hospital, column.kind, column.business, column.patient, column.patientId, column.serial, column.channelFen, column.method, column.hisFen, column.device, column.platformFen, column.payTerminal, column.account, column.state,
    column.comparedAt, column.remark,
  ],
};

const byTrade: Declaration<TransactionRow> = {
  ...paged('three-way-by-trade', { zh: '对账明细（交易）', en: 'Reconciliation rows, by trade' }),
  note: { zh: '退款为负数。差额 = 渠道金额 − HIS金额。', en: 'Refunds are negative. Difference: the channel\'s amount less that of the HIS.' },
  columns: [
    { zh: '交易时间', en: 'Time', kind: 'time', value: ({ at }) => at },
    { ...column.business, zh: '服务类型', en: 'Service' },
    { zh: '订单号', en: 'Order', kind: 'text', value: ({ tradeNo }) => tradeNo },
    { ...column.patient, zh: '患者' },
    { zh: '病历号', en: 'Record number', kind: 'text', value: ({ patientId }) => patientId },
    { zh: 'HIS流水', en: 'HIS receipt', kind: 'text', value: ({ receiptNo }) => receiptNo },
    { zh: '渠道流水', en: 'Channel number', kind: 'text', value: ({ channelTradeNo }) => channelTradeNo },
    { ...column.platformFen, zh: '应收/应退', en: 'Owed' },
    { ...column.hisFen, zh: 'HIS金额' },
    { ...column.method, zh: '支付方式' },
    { ...column.platformFen, zh: '实收/实退', en: 'Received' },
    { ...column.channelFen, zh: '渠道金额' },
    { zh: '差额', en: 'Difference', kind: 'fen', isTotalled: true, value: (row) => (row.channelFen === undefined ? undefined : signed(row, row.channelFen - (row.hisFen ?? 0))) },
    { zh: '对账结果', en: 'Result', kind: 'word', words: DIFFERENCE_WORDS, value: result },
    column.comparedAt,
  ],
};

const ofChannels: Declaration<TransactionRow> = {
  ...paged('channel-transactions', { zh: '渠道交易明细', en: 'Transactions of channels' }),
  columns: [
    column.hospital, column.method, column.day, { zh: '渠道名称', en: 'Channel', kind: 'text', value: ({ channel }) => channel }, { ...column.serial, zh: '支付流水号', en: 'Payment number' }, column.state,
    { ...column.platformFen, zh: '金额(元)', en: 'Amount' }, { zh: '商户流水号', en: 'Channel number', kind: 'text', value: ({ channelTradeNo }) => channelTradeNo },
  ],
};

const ofPlatform: Declaration<TransactionRow> = {
  ...paged('platform-transactions', { zh: '平台交易明细', en: 'Transactions of the platform' }),
  columns: [
    column.day, { ...column.hospital, zh: '机构' }, column.state, column.kind, column.business, column.method, { zh: '支付来源', en: 'Source', kind: 'word', words: OWNER_WORDS, value: ({ ownerKind }) => ownerKind },
    { ...column.payTerminal, zh: '终端号' }, column.device, column.patient, column.account, { ...column.serial, zh: '支付流水号', en: 'Payment number' }, { ...column.platformFen, zh: '金额', en: 'Amount' },
  ],
};

const ofCash: Declaration<TransactionRow> = {
  ...paged('cash-rows', { zh: '现金对账', en: 'Cash beside the HIS' }, 'cash'),
  columns: [
    column.day,
    { zh: '账平标记', en: 'Even', kind: 'word', words: { even: { zh: '账平', en: 'Even' }, differs: { zh: '不平', en: 'Differs' } }, value: (row) => ((row.hisFen ?? 0) === row.amountFen ? 'even' : 'differs') },
    { ...column.hospital, zh: '机构' }, { ...column.serial, zh: '支付流水号', en: 'Payment number' }, column.method, { ...column.patient, zh: '患者名称' }, { ...column.hisFen, zh: 'his金额' }, column.platformFen,
  ],
};

const ofMerchant: Declaration<TransactionRow> = {
  ...paged('merchant-transactions', { zh: '商户交易明细', en: 'Transactions of a merchant' }), parameters: [], isOfMerchant: true,
  note: { zh: '退款为负数。渠道金额在该日对账后才有。', en: 'Refunds are negative. The channel\'s amount is there once the day was compared.' },
  columns: [
    column.day, { zh: '交易时间', en: 'Time', kind: 'time', value: ({ at }) => at }, column.kind, column.business, column.method, { zh: '渠道名称', en: 'Channel', kind: 'text', value: ({ channel }) => channel },
    { zh: '订单号', en: 'Order', kind: 'text', value: ({ tradeNo }) => tradeNo }, column.serial, { zh: '渠道流水', en: 'Channel number', kind: 'text', value: ({ channelTradeNo }) => channelTradeNo }, { ...column.patient, zh: '患者' },
    { ...column.platformFen, zh: '金额', en: 'Amount' }, column.channelFen, { zh: '对账结果', en: 'Result', kind: 'word', words: DIFFERENCE_WORDS, value: result },
  ],
};

/** Rows of payments and refunds, with a row of totals of what is shown. `method`: of that one alone. */
function paged(id: string, title: Bilingual, method?: string): Omit<Declaration<TransactionRow>, 'columns'> {
  return {
    id, title, group: 'finance', parameters: method === undefined ? [{ name: 'channel' }, { name: 'method' }] : [], mostDays: { screen: 366, export: 366 }, mark: /^\d{4}-\d\d-\d\d\/(payment|refund)\/[0-9A-Za-z]{0,40}$/,
    read: (reader, request, names: ReportNames) => reader.transactions({ ...request, method: method ?? request.method, sources: names.sources }),
  };
}

export const TRANSACTION_REPORTS: readonly Report[] = [byBillDay, byTrade, ofChannels, ofPlatform, ofCash, ofMerchant].map(report);
