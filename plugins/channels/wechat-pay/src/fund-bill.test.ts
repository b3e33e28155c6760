import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { FundStatementLine } from '@hospay/plugin-sdk';

import { readFundBill as readWith } from './fund-bill.js';

function readFundBill(raw: Uint8Array) {
  const lines: FundStatementLine[] = [];
  const read = readWith(raw, (line) => { lines.push(line); });
  return read.kind === 'ok' ? { ...read, lines } : read;
}

const HEADER = '记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号';
const SUMMARY_HEADER = '资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额';
const ROWS = [
  '2026-03-02 09:15:07,4200000001,1000000001,交易,交易,收入,12.34,112.34,system,,T000001',
  '2026-03-02 09:15:07,4200000001,1000000002,交易手续费,扣除交易手续费,支出,0.07,112.27,system,,T000001',
  '2026-03-02 10:00:00,5030000001,1000000003,退款,退款,支出,2.34,109.93,system,门诊,第1次,R000001',
  '2026-03-02 10:00:00,5030000001,1000000004,退款手续费,退还交易手续费,收入,0.01,109.94,system,,R000001',
  '2026-03-02 23:00:00,7000000001,1000000005,提现,提现,支出,100.00,9.94,张三,,',
  '2026-03-02 23:30:00,7000000002,1000000006,充值,充值,收入,1.00,10.94,system,,',
];
const SUMMARY = '6,3,13.35,3,102.41';

function bill(parts: { readonly header?: string; readonly rows?: readonly string[]; readonly summary?: string } = {}): Uint8Array {
  // A comma in a remark is no separator: the separator is comma and back-tick.
  const ticked = (row: string): string => `\`${row.replaceAll(',', ',`').replace('`门诊,`第1次', '`门诊,第1次')}`;
  return Buffer.from(`\uFEFF${[parts.header ?? HEADER, ...(parts.rows ?? ROWS).map(ticked), SUMMARY_HEADER, ticked(parts.summary ?? SUMMARY)].join('\r\n')}\r\n`);
}

test('every movement is read with its numbers, its direction, what it is for and the balance after it', () => {
  const read = readFundBill(bill());
  assert.ok(read.kind === 'ok', JSON.stringify(read));
  assert.deepEqual(read.lines.map(({ fundFlowNo, direction, kind, kindWord, amountFen, balanceFen }) => [fundFlowNo, direction, kind, kindWord, amountFen, balanceFen]), [
    ['1000000001', 'in', 'payment', '交易', 1_234, 11_234],
    ['1000000002', 'out', 'fee', '扣除交易手续费', 7, 11_227],
    ['1000000003', 'out', 'refund', '退款', 234, 10_993],
    ['1000000004', 'in', 'feeReturned', '退还交易手续费', 1, 10_994],
    ['1000000005', 'out', 'withdrawal', '提现', 10_000, 994],
    ['1000000006', 'in', 'other', '充值', 100, 1_094],
  ]);
  assert.deepEqual(read.lines[2], { fundFlowNo: '1000000003', businessNo: '5030000001', voucherNo: 'R000001', direction: 'out', kind: 'refund', kindWord: '退款', amountFen: 234, balanceFen: 10_993, at: '2026-03-02T10:00:00+08:00' });
  assert.deepEqual(read.totals, { lines: 6, inLines: 3, inFen: 1_335, outLines: 3, outFen: 10_241 });
  assert.ok(!JSON.stringify(read).includes('张三'), 'who asked for a withdrawal is nobody’s business here');
});

test('brackets of both widths occur in the header', () => {
  assert.deepEqual(readFundBill(bill({ header: HEADER.replaceAll('(', '（').replaceAll(')', '）') })), readFundBill(bill()));
});

test('each figure of the summary must equal its rows', () => {
  for (const summary of ['7,3,13.35,3,102.41', '6,2,13.35,3,102.41', '6,3,13.36,3,102.41', '6,3,13.35,4,102.41', '6,3,13.35,3,102.40']) {
    assert.equal(readFundBill(bill({ summary })).kind, 'malformed', summary);
  }
  assert.equal(readFundBill(bill({ rows: ROWS.slice(1) })).kind, 'malformed');
});

test('a row without its number, time or amount, or with another direction, makes the file malformed as a whole', () => {
  const [first = '', ...rest] = ROWS;
  for (const [name, wrong] of [['收入', '冻结'], ['12.34', '-12.34'], ['12.34', '0.00'], ['112.34', '1,123'], ['1000000001', ''], ['2026-03-02 09:15:07', '昨天']] as const) {
    assert.equal(readFundBill(bill({ rows: [first.replace(name, wrong), ...rest] })).kind, 'malformed', wrong);
  }
  assert.equal(readFundBill(bill({ header: HEADER.replace('资金流水单号', '流水号') })).kind, 'malformed');
  assert.equal(readFundBill(Buffer.from([0xff, 0xfe])).kind, 'malformed');
});

test('the words of one direction mean nothing in the other', () => {
  const rows = ['2026-03-02 09:15:07,1,2,交易,交易,支出,1.00,0.00,system,,', '2026-03-02 09:15:07,1,3,退款,退款,收入,1.00,1.00,system,,', '2026-03-02 09:15:07,1,4,提现退票,提现,收入,1.00,2.00,system,,'];
  const read = readFundBill(bill({ rows, summary: '3,2,2.00,1,1.00' }));
  assert.deepEqual(read.kind === 'ok' && read.lines.map(({ kind }) => kind), ['other', 'other', 'other']);
});
