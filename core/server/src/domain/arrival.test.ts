import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entriesOfArrival, matchArrivals, type ArrivedLine, type ExpectedArrival } from './arrival.js';

const line = (bankLineNo: string, day: string, amountFen: number, set: Partial<ArrivedLine> = {}): ArrivedLine => ({ account: 'main', bankLineNo, day, at: `${day}T09:00:00+08:00`, amountFen, counterpartyLabel: '财付通', summary: '', isHung: false, ...set });
const owed = (day: string, amountFen: number): ExpectedArrival => ({ source: 'wechat', key: day, day, amountFen, places: [{ account: '1121/wechat/1900000001', clearKey: day, netFen: amountFen }], isHung: false, isFinal: true });
const FRIDAY = [owed('2026-11-20', 1_000), owed('2026-11-21', 200), owed('2026-11-22', 30)];
const told = (lines: readonly ArrivedLine[], days: readonly ExpectedArrival[]) => matchArrivals(lines, days).map((found) => [found.lines.map(({ bankLineNo }) => bankLineNo), found.days.map(({ key }) => key.slice(8))]);

test('one line brings one day, or the days of a weekend together; what came on one day in parts is one', () => {
  assert.deepEqual(told([line('A', '2026-11-23', 1_000), line('B', '2026-11-23', 230)], FRIDAY), [[['A'], ['20']], [['B'], ['21', '22']]]);
  assert.deepEqual(told([line('A', '2026-11-23', 1_230)], FRIDAY), [[['A'], ['20', '21', '22']]]);
  assert.deepEqual(told([line('A', '2026-11-23', 700), line('B', '2026-11-23', 530)], FRIDAY), [[['A', 'B'], ['20', '21', '22']]]);
});

test('a day with more refunds than payments is kept from the next one; a line never brings a day to come, and one fen less is nothing', () => {
  assert.deepEqual(told([line('A', '2026-11-24', 700)], [owed('2026-11-22', -300), owed('2026-11-23', 1_000)]), [[['A'], ['22', '23']]]);
  assert.deepEqual(told([line('A', '2026-11-19', 1_000)], FRIDAY), []);
  assert.deepEqual(told([line('A', '2026-11-23', 999)], FRIDAY), []);
});

test('of two days of one amount the older is brought first, and each once', () => {
  const days = [owed('2026-11-18', 500), owed('2026-11-19', 500)];
  assert.deepEqual(told([line('A', '2026-11-19', 500), line('B', '2026-11-20', 500), line('C', '2026-11-20', 500)], days), [[['A'], ['18']], [['B'], ['19']]]);
});

const shown = (halves: Parameters<typeof entriesOfArrival>[0]) => entriesOfArrival(halves).map(({ account, clearKey, side, amountFen }) => `${side} ${account} [${clearKey}] ${String(amountFen)}`);

test('money moves from the channel to the bank; what differs hangs as short under the last day, as long under the last line', () => {
  const [day] = FRIDAY;
  assert.ok(day);
  assert.deepEqual(shown({ source: 'wechat', lines: [line('A', '2026-11-23', 1_000)], days: [day] }), ['debit 1002/main [2026-11-23] 1000', 'credit 1121/wechat/1900000001 [2026-11-20] 1000']);
  assert.deepEqual(shown({ source: 'wechat', lines: [line('A', '2026-11-23', 980)], days: [day] }).at(-1), 'debit 1191/wechat [arrivalShort/wechat/2026-11-20] 20');
  assert.deepEqual(shown({ source: 'wechat', lines: [line('A', '2026-11-23', 1_007)], days: [day] }).at(-1), 'credit 2091/wechat [arrivalLong/main/A] 7');
  assert.deepEqual(shown({ source: 'wechat', lines: [], days: [day] }), ['credit 1121/wechat/1900000001 [2026-11-20] 1000', 'debit 1191/wechat [arrivalShort/wechat/2026-11-20] 1000']);
  assert.deepEqual(shown({ source: 'wechat', lines: [line('A', '2026-11-23', 1_000)], days: [] }), ['debit 1002/main [2026-11-23] 1000', 'credit 2091/wechat [arrivalLong/main/A] 1000']);
  assert.deepEqual(shown({ source: 'wechat', lines: [line('A', '2026-11-23', 1_000, { isHung: true })], days: [day] })[0], 'debit 2091/wechat [arrivalLong/main/A] 1000', 'the bank has it already');
  assert.deepEqual(shown({ source: 'wechat', lines: [], days: [owed('2026-11-20', -40)] }), ['debit 1121/wechat/1900000001 [2026-11-20] 40', 'credit 2091/wechat [arrivalShort/wechat/2026-11-20] 40']);
});
