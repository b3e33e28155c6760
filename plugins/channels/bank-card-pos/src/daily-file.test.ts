import assert from 'node:assert/strict';
import { test } from 'node:test';

import iconv from 'iconv-lite';

import { readDailyFile, statementOf } from './daily-file.js';
import type { StatementSettings } from './statement-settings.js';

const csv: StatementSettings = {
  source: { from: 'settlement' },
  layout: { kind: 'csv' },
  headerLines: 1,
  columns: { kind: { column: 1 }, terminalNo: { column: 2 }, voucherNo: { column: 3 }, referenceNo: { column: 4 }, date: { column: 5 }, time: { column: 6 }, amount: { column: 7 }, fee: { column: 8 }, fundingSource: { column: 9 } },
  amountUnit: 'yuan',
  kinds: { payment: ['消费'], refund: ['退货'], ignore: ['余额查询'] },
  totals: { startsWith: '合计', lines: { column: 2 }, paymentAmount: { column: 3 }, refundAmount: { column: 4 } },
};
const HEADER = '类型,终端,凭证,参考号,日期,时间,金额,手续费,发卡行';
const PAY = '消费,10000001,000003,="000100000003",2026-03-02,10:00:00,"1,012.34",-0.12345,"某银行,""总行"""';
const REFUND = '退货,10000001,000004,000100000004,20260302,100100,-2.00,,某银行';
const BALANCE = '余额查询,10000001,000005,1,20260302,100200,0.00,,';
const fileOf = (...rows: string[]): Buffer => iconv.encode([HEADER, ...rows].join('\r\n'), 'gbk');
const problem = (raw: Uint8Array, settings: StatementSettings = csv): string => {
  const read = readDailyFile(raw, settings);
  return 'kind' in read ? read.message : 'readable';
};

test('a CSV in GBK with quoted commas, spreadsheet quotes and thousands separators is read to the fen', () => {
  const rows = readDailyFile(fileOf(PAY, REFUND, BALANCE, '合计,3,1012.34,2.00'), csv);
  assert.ok(!('kind' in rows));
  assert.deepEqual(rows[0], {
    kind: 'payment', amountFen: 101_234, feeMilliFen: -12_345, date: '20260302', at: '2026-03-02T10:00:00+08:00', word: '消费',
    terminalNo: '10000001', batchNo: undefined, voucherNo: '000003', referenceNo: '000100000003', tradeNo: undefined, fundingSource: '某银行,"总行"',
  });
  assert.deepEqual([rows[1]?.kind, rows[1]?.amountFen, rows.length], ['refund', 200, 2]);
});

test('UTF-8 with a byte order mark is read where the settings say so', () => {
  const { totals: _totals, ...open } = csv;
  const rows = readDailyFile(Buffer.from(`\uFEFF${[HEADER, REFUND].join('\n')}\n`, 'utf8'), { ...open, encoding: 'utf8' });
  assert.ok(!('kind' in rows) && rows.length === 1);
});

for (const [title, rows, expected] of [
  ['a missing row', [PAY, '合计,2,1012.34,2.00'], /counts 2 rows, the file has 1/],
  ['a wrong total of payments', [PAY, REFUND, '合计,2,1012.35,2.00'], /101235 fen of payments/],
  ['a wrong total of refunds', [PAY, REFUND, '合计,2,1012.34,2.01'], /201 fen of refunds/],
  ['no totals row', [PAY], /0 totals rows/],
  ['a kind nobody listed', [PAY.replace('消费', '预授权'), '合计,1,1012.34,0'], /预授权/],
  ['three decimals', [PAY.replace('1,012.34', '1012.345'), '合计,1,1012.34,0'], /no amount/],
  ['a payment below zero', [PAY.replace('1,012.34', '-1.00'), '合计,1,1.00,0'], /payment of -100 fen/],
  ['the 31st of February', [PAY.replace('2026-03-02', '2026-02-31'), '合计,1,1012.34,0'], /no time/],
  ['a row cut off', ['消费,10000001,000003', '合计,1,0,0'], /no column/],
  ['a quoted cell without an end', ['消费,10000001,000003,1,20260302,100000,"1.00'], /cut off/],
] as const) {
  test(`${title} makes the whole file malformed`, () => {
    assert.match(problem(fileOf(...rows)), expected);
  });
}

const fixed: StatementSettings = {
  ...csv,
  layout: { kind: 'fixedWidth', recordBytes: 62 },
  headerLines: 0,
  columns: {
    kind: { firstByte: 1, bytes: 4 }, terminalNo: { firstByte: 5, bytes: 8 }, batchNo: { firstByte: 13, bytes: 6 }, voucherNo: { firstByte: 19, bytes: 6 },
    referenceNo: { firstByte: 25, bytes: 12 }, date: { firstByte: 37, bytes: 8 }, time: { firstByte: 45, bytes: 6 }, amount: { firstByte: 51, bytes: 12 },
  },
  amountUnit: 'fen',
};
const { totals: _none, ...fixedWithoutTotals } = fixed;
const FIXED_ROW = `消费1000000100000100000300010000000320260302100000000000001234`;

test('fixed width is cut by bytes, also after Chinese characters, with either line end', () => {
  for (const end of ['\r\n', '\n']) {
    const rows = readDailyFile(iconv.encode(`${FIXED_ROW}${end}${FIXED_ROW}${end}`, 'gbk'), fixedWithoutTotals);
    assert.ok(!('kind' in rows));
    assert.deepEqual(rows.map(({ amountFen, batchNo, voucherNo }) => [amountFen, batchNo, voucherNo]), [[1_234, '000001', '000003'], [1_234, '000001', '000003']]);
  }
});

test('a fixed-width row of another length makes the file malformed', () => {
  assert.match(problem(iconv.encode(`${FIXED_ROW}9\r\n`, 'gbk'), fixedWithoutTotals), /63 bytes long, not 62/);
});

test('a row whose slip nobody here knows keeps a name of its own; a file without rows is an empty day', async () => {
  const statement = await statementOf([iconv.encode(`${FIXED_ROW}\r\n`, 'gbk')], fixedWithoutTotals, () => Promise.resolve(undefined));
  assert.equal(statement.kind === 'ok' && statement.lines[0]?.tradeNo, 'POS-10000001-000001-000003-000100000003');
  assert.equal((await statementOf([fileOf('合计,0,0.00,0.00')], csv, () => Promise.resolve(undefined))).kind, 'empty');
});
