import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { StatementLine } from '@hospay/plugin-sdk';

import { readTradeBill as readWith } from './trade-bill.js';

function readTradeBill(raw: Uint8Array) {
  const lines: StatementLine[] = [];
  const read = readWith(raw, { merchants: ['1600000001'], fundingSourceOf: (bankType) => bankType.toLowerCase() }, (line) => { lines.push(line); });
  return read.kind === 'ok' ? { ...read, lines } : read;
}

const HEADER = '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注';
const SUMMARY_HEADER = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';
const PAYMENT = '2026-03-02 09:15:07,wx01,1600000001,0,,4200000001,T000001,o1,NATIVE,SUCCESS,OTHERS,CNY,12.34,0.00,0,0,0.00,0.00,,,门诊缴费,,0.07404,0.60%,12.34,0.00,'.split(',');
const REFUND = '2026-03-02 10:00:00,wx01,1600000001,0,,4200000001,T000001,o1,NATIVE,REFUND,OTHERS,CNY,0.00,0.00,5030000001,R000001,2.34,0.00,ORIGINAL,SUCCESS,门诊缴费,,-0.01404,0.60%,0.00,2.34,'.split(',');
const SUMMARY = '2,12.34,2.34,0.00,0.06000,12.34,2.34'.split(',');

function bill(parts: { header?: string; rows?: readonly (readonly string[])[]; summaryHeader?: string; summary?: readonly string[] } = {}): Uint8Array {
  const ticked = (row: readonly string[]): string => row.map((cell) => `\`${cell}`).join(',');
  const lines = [parts.header ?? HEADER, ...(parts.rows ?? [PAYMENT, REFUND]).map(ticked), parts.summaryHeader ?? SUMMARY_HEADER, ticked(parts.summary ?? SUMMARY)];
  return Buffer.from(`\uFEFF${lines.join('\r\n')}\r\n`);
}

function changed(row: readonly string[], name: string, value: string): string[] {
  return row.map((cell, index) => (index === HEADER.split(',').indexOf(name) ? value : cell));
}

test('payments and refunds are read in fen, the fee in thousandths of a fen', () => {
  const read = readTradeBill(bill());
  assert.equal(read.kind, 'ok');
  assert.deepEqual(read.kind === 'ok' && read.lines, [
    { kind: 'payment', tradeNo: 'T000001', channelTradeNo: '4200000001', feeMilliFen: 7_404, fundingSource: 'others', at: '2026-03-02T09:15:07+08:00', amountFen: 1_234, status: 'SUCCESS' },
    { kind: 'refund', tradeNo: 'T000001', channelTradeNo: '4200000001', feeMilliFen: -1_404, fundingSource: 'others', at: '2026-03-02T10:00:00+08:00', refundNo: 'R000001', channelRefundNo: '5030000001', amountFen: 234, status: 'SUCCESS' },
  ]);
  assert.deepEqual(read.kind === 'ok' && read.totals, { paymentFen: 1_234, refundFen: 234, lines: 2 });
});

test('columns are found by name, wherever they stand', () => {
  const turned = (cells: readonly string[]): string[] => cells.toReversed();
  const read = readTradeBill(
    bill({
      header: turned(HEADER.split(',')).join(','),
      rows: [turned(PAYMENT), turned(REFUND)],
      summaryHeader: turned(SUMMARY_HEADER.split(',')).join(','),
      summary: turned(SUMMARY),
    }),
  );
  assert.deepEqual(read, readTradeBill(bill()));
});

test('commas and quotes in a description do no harm', () => {
  const read = readTradeBill(bill({ rows: [changed(PAYMENT, '商品名称', '门诊,"缴费",第2次'), REFUND] }));
  assert.deepEqual(read, readTradeBill(bill()));
});

test('a renamed, missing or doubled column makes the bill malformed', () => {
  for (const header of [HEADER.replace('订单金额', '订单 金额 (元)'), HEADER.replace('申请退款金额,', ''), HEADER.replace('代金券金额', '商户订单号')]) {
    assert.equal(readTradeBill(bill({ header })).kind, 'malformed', header);
  }
});

test('each figure of the summary must equal its rows', () => {
  for (const [index, wrong] of [[0, '3'], [1, '12.35'], [2, '2.33'], [4, '0.06001'], [5, '12.33'], [6, '0.00']] as const) {
    const read = readTradeBill(bill({ summary: SUMMARY.map((cell, at) => (at === index ? wrong : cell)) }));
    assert.equal(read.kind, 'malformed', `figure ${String(index)}`);
  }
});

test('a lost, doubled or changed row makes the bill malformed', () => {
  for (const rows of [[PAYMENT], [PAYMENT, PAYMENT, REFUND], [changed(PAYMENT, '订单金额', '12.35'), REFUND]]) {
    assert.equal(readTradeBill(bill({ rows })).kind, 'malformed');
  }
});

test('a bill that another merchant has rows in is not this merchant’s', () => {
  const read = readTradeBill(bill({ rows: [PAYMENT, changed(REFUND, '商户号', '1600000002')] }));
  assert.deepEqual(read, { kind: 'malformed', message: 'a row belongs to another merchant' });
});

test('one row that cannot be read spoils the whole bill', () => {
  const spoilt = [
    changed(PAYMENT, '订单金额', '1,234.00'),
    changed(PAYMENT, '订单金额', '-12.34'),
    changed(PAYMENT, '手续费', '0.0740400'),
    changed(PAYMENT, '交易时间', '2026/03/02 09:15'),
    changed(PAYMENT, '交易状态', 'PARTLY'),
    changed(PAYMENT, '货币种类', 'USD'),
    changed(PAYMENT, '商户订单号', ''),
    [...PAYMENT, 'one cell too many'],
    PAYMENT.slice(1),
  ];
  for (const row of spoilt) assert.equal(readTradeBill(bill({ rows: [row, REFUND] })).kind, 'malformed', row.join());
});

test('other bytes are malformed, never an exception', () => {
  for (const bytes of ['', '\uFEFF', '<xml><return_code>FAIL</return_code></xml>', HEADER, `${HEADER}\r\n${SUMMARY_HEADER}`]) {
    assert.equal(readTradeBill(Buffer.from(bytes)).kind, 'malformed');
  }
  assert.equal(readTradeBill(Buffer.from([0xff, 0xfe, 0x81])).kind, 'malformed');
});

test('a day without rows is empty', () => {
  const read = readTradeBill(bill({ rows: [], summary: '0,0.00,0.00,0.00,0.00000,0.00,0.00'.split(',') }));
  assert.deepEqual(read, { kind: 'empty' });
});
