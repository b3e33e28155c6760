import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { fen } from '@hospay/plugin-sdk';
import type { Cell, ReportAnswer, ReportValues } from '@hospay/server/reports/ports.js';
import { firstAdministrator, runReconciliationDay } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

const DAY = '2026-11-20';
let house: ConsoleHouse;
const priced = (amountFen: number, feeType: string) => ({ totalFen: fen(amountFen), selfPayFen: fen(amountFen), feeType });

before(async () => {
  house = await buildConsoleHouse();
  const administrator = await firstAdministrator(house);
  const paid = await house.payAndConfirm('A', priced(1_200, '检查费'));
  const wrong = await house.payAndConfirm('B', priced(2_300, '西药费'));
  await house.payCash('C', 4_000, '0123');
  house.hospital.confirmAnswers = [{ kind: 'rejected', code: '300303', message: '单据已关闭' }];
  const rejected = await house.payAndConfirm('REJECTED', priced(8_800, '西药费'));
  await house.refundArrives(rejected);
  const line = { kind: 'payment', channelTradeNo: '4200', feeMilliFen: 0, status: 'SUCCESS', at: `${DAY}T10:00:00+08:00` } as const;
  const own = (order: typeof paid, amountFen: number) => ({ ...line, tradeNo: order.payments[0]?.paymentNo ?? '', amountFen });
  const raw = Buffer.from('the file');
  const refund = { ...line, kind: 'refund', tradeNo: rejected.payments[0]?.paymentNo ?? '', refundNo: `${rejected.tradeNo}R01`, channelRefundNo: '5030', amountFen: 8_800 } as const;
  house.statement.answer = {
    kind: 'ok', raw, sha256: createHash('sha256').update(raw).digest('hex'), totals: { lines: 6, paymentFen: 13_006, refundFen: 8_800 },
    lines: [own(paid, 1_200), own(wrong, 2_301), own(rejected, 8_800), refund, { ...line, tradeNo: 'H20261120100000ABCDEFGHJP01', amountFen: 700 }, { ...line, tradeNo: 'SHOP1', amountFen: 5 }],
  };
  house.later(24 * 3_600);
  await administrator.call('POST', '/session', { login: 'li.admin', password: 'Correct-Horse-7' });
  await runReconciliationDay(administrator, DAY);
});
after(() => house.stop());

async function read(report: string, values: Partial<ReportValues> & { after?: string; limit?: number } = {}): Promise<ReportAnswer> {
  const answer = await house.reports.read({ report, from: DAY, to: DAY, limit: 100, ...values });
  assert.equal(answer.kind, 'ok', answer.kind === 'refused' ? `${answer.code} ${answer.detail ?? ''}` : '');
  return answer.value;
}
/** Rows with only the columns of these heads. */
async function columnsOf(report: string, heads: readonly string[], values: Partial<ReportValues> = {}): Promise<{ readonly rows: Cell[][]; readonly totals: Cell[] }> {
  const { rows, totals = [] } = await read(report, values);
  const indexes = heads.map((head) => headsOf(report).indexOf(head));
  assert.ok(!indexes.includes(-1), `${report} has ${headsOf(report).join(', ')}`);
  const pick = (row: readonly Cell[]) => indexes.map((index) => row[index] ?? null);
  return { rows: rows.map(pick), totals: pick(totals) };
}
function headsOf(report: string): readonly string[] {
  return house.reports.list().find(({ id }) => id === report)?.columns.map(({ zh }) => zh) ?? [];
}

test('the reports finance works with have the heads hospitals have for them, in their order', () => {
  const wanted: Record<string, string> = {
    'three-way-by-bill': '账单日期, 机构名称, 交易类型, 业务类型, 客户名称, 客户标识, 平台流水号, 支付金额(渠道), 支付类型, his支付金额, 设备编码, 平台金额, 支付终端号, 支付账号, 订单状态, 对账时间, 备注',
    'three-way-by-trade': '交易时间, 服务类型, 订单号, 患者, 病历号, HIS流水, 渠道流水, 应收/应退, HIS金额, 支付方式, 实收/实退, 渠道金额, 差额, 对账结果, 对账时间',
    'channel-amounts': '日期, 交易渠道, 服务类型, 所属银行, 银行账号, 支付方式, 医院应到款(元), 渠道实到款(元), 差额(实到款-应到款), 对账结果',
    'channel-transactions': '机构名称, 支付类型, 账单日期, 渠道名称, 支付流水号, 订单状态, 金额(元), 商户流水号',
    'platform-transactions': '账单日期, 机构, 订单状态, 交易类型, 业务类型, 支付类型, 支付来源, 终端号, 设备编码, 客户名称, 支付账号, 支付流水号, 金额',
    'cash-rows': '账单日期, 账平标记, 机构, 支付流水号, 支付类型, 患者名称, his金额, 平台金额',
    'month-year': '月份, 支付方式, HIS金额, 渠道金额, 净额',
    'insurance-days': '对账日, 渠道, 险种, 清算类别, 本地笔数, 本地总额, 基金, 个账, 现金, 中心结果, 差异明细, 处置',
    'channel-fees': '日期, 渠道, 商户号, 交易笔数, 交易金额, 退款笔数, 退款金额, 费率, 应收手续费, 实扣手续费, 差异, 结算净额, 到账日期',
  };
  for (const [id, heads] of Object.entries(wanted)) assert.equal(headsOf(id).join(', '), heads, id);
});

test('every report answers, each row has a cell for each column, and a column without a source is empty and says why', async () => {
  for (const { id, columns } of house.reports.list()) {
    const { rows, totals, behind } = await read(id);
    assert.equal(behind, 0);
    for (const row of [...rows, ...(totals === undefined ? [] : [totals])]) {
      assert.equal(row.length, columns.length, id);
      for (const [index, { absent }] of columns.entries()) if (absent !== undefined) assert.ok(row[index] === '' || row[index] === null, `${id}: ${columns[index]?.zh ?? ''}`);
    }
  }
});

test('three sides of a trade stand beside each other after the day was compared: what the statement has otherwise is named', async () => {
  const { rows, totals } = await columnsOf('three-way-by-trade', ['应收/应退', 'HIS金额', '渠道金额', '差额', '对账结果']);
  const sorted = rows.toSorted((left, right) => Number(left[0]) - Number(right[0]));
  assert.deepEqual(sorted, [[-8_800, null, -8_800, -8_800, 'ok'], [1_200, 1_200, 1_200, 0, 'ok'], [2_300, 2_300, 2_301, 1, 'amount'], [4_000, null, null, null, 'notCompared'], [8_800, null, 8_800, 8_800, 'ok']]);
  assert.deepEqual(totals, [7_500, 3_500, 3_501, 1, ''], 'of the rows that are shown');
});

test('what channels owe and what came: the difference is the statement less the books, a shop on the same number is none of it', async () => {
  const { rows, totals } = await columnsOf('channel-amounts', ['交易渠道', '医院应到款(元)', '渠道实到款(元)', '差额(实到款-应到款)', '对账结果']);
  assert.deepEqual(rows, [['cash-main', 4_000, null, null, 'none'], ['scripted', 3_500, 4_201, 701, 'explained']]);
  assert.deepEqual(totals, ['', 7_500, null, null, ''], 'a day without a statement leaves what came unknown');
});

test('the register of differences has the words of the form: 长款(1), 金额不一致, 渠道单边账', async () => {
  const { rows } = await columnsOf('difference-register', ['流水号', '差额', '状态', '原因', '处理状态']);
  assert.deepEqual(rows.map(([, ...rest]) => rest).toSorted((left, right) => Number(left[0]) - Number(right[0])), [[1, 'long', 'amount', 'open'], [700, 'long', 'channelOnly', 'open']]);
});

test('volume by anything sums to the same, names what it can, and knows its share', async () => {
  for (const by of ['channel', 'method', 'business', 'feeType', 'terminal', 'campus', 'operator', 'merchant'] as const) {
    const { totals } = await columnsOf('volume', ['收款笔数', '收款金额', '退款金额', '净额', '收款占比'], { by });
    assert.deepEqual(totals, [4, 16_300, 8_800, 7_500, 10_000], by);
  }
  assert.deepEqual((await columnsOf('volume', ['统计项目', '收款金额', '收款占比'], { by: 'operator' })).rows, [['kiosk-1 门诊大厅自助机', 12_300, 7_546], ['0123 王收费', 4_000, 2_454]]);
  assert.deepEqual((await columnsOf('volume', ['统计项目', '说明', '收款金额'], { by: 'terminal' })).rows, [['kiosk-1 门诊大厅自助机', 'kiosk', 16_300]]);
  assert.deepEqual((await columnsOf('volume', ['统计项目', '收款金额'], { by: 'feeType', method: 'cash' })).rows, [['unnamed', 4_000]]);
  assert.deepEqual((await columnsOf('refunds', ['统计项目', '退款笔数', '退款金额比'], { by: 'method' })).rows, [['nativeQr', 1, 7_154], ['cash', 0, 0]]);
  assert.deepEqual((await columnsOf('top-20', ['统计项目', '收款金额'], { by: 'feeType' })).rows[0], ['西药费', 11_100]);
});

test('months by method: what the HIS booked, what was paid, what is left', async () => {
  const { rows, totals } = await columnsOf('month-year', headsOf('month-year'), { from: '2026-01-01', to: '2026-12-31' });
  assert.deepEqual(rows, [['2026-11', 'cash', 0, 4_000, 4_000], ['2026-11', 'nativeQr', 3_500, 12_300, 3_500]]);
  assert.deepEqual(totals, ['', '', 3_500, 16_300, 7_500]);
  assert.deepEqual((await columnsOf('month-year', ['月份', '净额'], { from: '2026-01-01', to: '2026-12-31', unit: 'year' })).rows, [['2026', 4_000], ['2026', 3_500]]);
});

test('cash beside the HIS: each row even or not, and the sums by kiosk and window', async () => {
  assert.deepEqual((await columnsOf('cash-rows', ['账平标记', '支付类型', '患者名称', 'his金额', '平台金额'])).rows, [['differs', 'cash', '张*三', null, 4_000]]);
  assert.deepEqual((await columnsOf('cash-summary', ['设备类别', '范围', '实收总金额', 'HIS总额', '差额', '差异笔数'])).rows, [['kiosk', 'all', 4_000, 0, 4_000, 1], ['kiosk', 'outpatient', 4_000, 0, 4_000, 1], ['kiosk', 'inpatient', 0, 0, 0, 0]]);
});

test('the money of every report is the ledger’s, read straight from the journal, to the fen', async () => {
  const time = { from: '2026-11-01', to: '2026-11-21' };
  const ledger = await house.reportPorts.reader.ledger(time);
  const moved = (business: string, code: string, side: 'debitFen' | 'creditFen'): number => ledger.filter((row) => `${row.bizType}/${row.step}` === business && row.code === code).reduce((sum, row) => sum + row[side], 0);
  const [paid, refunded, booked, cash] = [moved('payment/succeeded', '2001', 'creditFen'), moved('refund/succeeded', '2011', 'debitFen'), moved('confirmation/confirmed', '2002', 'creditFen'), moved('payment/succeeded', '1001', 'debitFen')];
  assert.deepEqual([paid, refunded, booked, cash], [16_300, 8_800, 3_500, 4_000]);
  assert.equal(moved('payment/succeeded', '1121', 'debitFen') + cash, paid);
  const net = paid - refunded;
  const wanted: [string, Partial<ReportValues>, Record<string, number>][] = [
    ...(['channel', 'method', 'business', 'feeType', 'terminal', 'campus', 'operator', 'merchant'] as const).flatMap((by): [string, Partial<ReportValues>, Record<string, number>][] => [
      ['volume', { by }, { 收款金额: paid, 退款金额: refunded, 净额: net }], ['refunds', { by }, { 退款金额: refunded, 收款金额: paid }], ...(by === 'terminal' || by === 'campus' ? [['top-20', { by }, { 收款金额: paid, 净额: net }] as [string, Partial<ReportValues>, Record<string, number>]] : []),
    ]),
    ...(['day', 'week', 'month', 'year'] as const).map((unit): [string, Partial<ReportValues>, Record<string, number>] => ['growth', { unit }, { 收款金额: paid, 退款金额: refunded, 净额: net }]),
    ['hours', {}, { 收款金额: paid, 退款金额: refunded }], ['month-year', {}, { HIS金额: booked, 渠道金额: paid, 净额: net }], ['month-year', { unit: 'year' }, { HIS金额: booked, 渠道金额: paid, 净额: net }], ['channel-amounts', {}, { '医院应到款(元)': net }],
    ['three-way-by-bill', {}, { 平台金额: net, his支付金额: booked }], ['three-way-by-trade', {}, { '应收/应退': net, '实收/实退': net, HIS金额: booked }], ['channel-transactions', {}, { '金额(元)': net }], ['platform-transactions', {}, { 金额: net }],
    ['cash-rows', {}, { 平台金额: cash }],
  ];
  for (const [report, values, columns] of wanted) assert.deepEqual((await columnsOf(report, Object.keys(columns), { ...time, ...values })).totals, Object.values(columns), `${report} ${JSON.stringify(values)}`);
  const [all = assert.fail()] = (await columnsOf('cash-summary', ['实收总金额'], time)).rows;
  assert.deepEqual(all, [cash]);
  const differences = (await columnsOf('difference-register', ['差额'], time)).rows.reduce((sum, [fenOf]) => sum + Number(fenOf), 0);
  assert.equal(differences, (await columnsOf('channel-amounts', ['差额(实到款-应到款)'], time)).rows.reduce((sum, [fenOf]) => sum + Number(fenOf), 0), 'what the register lists is what the day is off by');
});

test('growth compares a period with the one before and with a year before, whole periods whatever was chosen', async () => {
  const { rows, totals } = await columnsOf('growth', ['期间', '净额', '上期净额', '环比'], { unit: 'day', from: DAY, to: '2026-11-21' });
  assert.deepEqual(rows, [[DAY, 7_500, null, null]]);
  assert.deepEqual(totals, ['', 7_500, null, null]);
  const later = await buildConsoleHouse({ startAt: '2025-11-10T01:00:00.000Z' });
  try {
    await later.payAndConfirm('Y', priced(1_000, ''));
    later.later(335 * 24 * 3_600);
    await later.payAndConfirm('M', priced(800, ''));
    later.later(31 * 24 * 3_600);
    await later.payAndConfirm('N', priced(1_500, ''));
    const answer = await later.reports.read({ report: 'growth', unit: 'month', from: '2026-11-01', to: '2026-11-30', limit: 10 });
    assert.equal(answer.kind, 'ok');
    assert.deepEqual(answer.value.rows, [['2026-11', 1, 1_500, 0, 1_500, 800, 8_750, 1_000, 5_000]]);
  } finally {
    await later.stop();
  }
});

test('rows come page by page, and what is asked wrongly is refused with what to do', async () => {
  const all = await read('platform-transactions');
  const rows: (readonly Cell[])[] = [];
  let next: string | undefined;
  do {
    const page = await read('platform-transactions', { limit: 2, ...(next === undefined ? {} : { after: next }) });
    rows.push(...page.rows);
    next = page.next;
  } while (next !== undefined);
  assert.deepEqual(rows, all.rows);
  assert.equal((await read('volume', { by: 'method', limit: 1 })).next, '1');
  const code = async (report: string, values: Partial<ReportValues> & { after?: string }) => {
    const answer = await house.reports.read({ report, from: DAY, to: DAY, limit: 10, ...values });
    return answer.kind === 'refused' ? answer.code : 'ok';
  };
  assert.equal(await code('nothing', {}), 'NO_SUCH_ITEM');
  assert.equal(await code('volume', { from: '2026-11-31' }), 'MALFORMED_REQUEST');
  assert.equal(await code('month-year', { by: 'channel' }), 'MALFORMED_REQUEST');
  assert.equal(await code('top-20', { by: 'merchant' }), 'MALFORMED_REQUEST');
  assert.equal(await code('volume', { after: '-1' }), 'MALFORMED_REQUEST');
  for (const report of ['platform-transactions', 'difference-register', 'volume']) assert.equal(await code(report, { after: '2026-11-20/payments/1' }), 'MALFORMED_REQUEST', report);
  assert.equal(await code('platform-transactions', { after: '7' }), 'MALFORMED_REQUEST', 'the mark of another report');
  assert.equal(await code('volume', { from: '2026-11-21' }), 'REPORT_TIME_TOO_LONG');
  assert.equal(await code('hours', { from: '2026-01-01' }), 'REPORT_TIME_TOO_LONG');
});
