import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Comparison, ReconciliationRow } from '../domain/reconciliation.js';
import { compareHospitalDay } from './compare-hospital-day.js';
import { holdRows } from './held-rows.js';
import { isOwnTradeNo } from './read-rows.js';

const DAY = '2026-11-20';
const tradeNo = (n: number): string => `H20261120100000ABCDEF${String(n).padStart(3, '0')}`;
const order = (n: number, fen: number, set: Partial<ReconciliationRow> = {}): ReconciliationRow => ({ key: tradeNo(n), paymentKey: tradeNo(n), kind: 'payment', fen, state: 'done', at: `${DAY}T10:00:00+08:00`, ...set });
const reversal = (n: number, fen: number, set: Partial<ReconciliationRow> = {}): ReconciliationRow => ({ ...order(n, fen), key: `${tradeNo(n)}R01`, kind: 'refund', ...set });
const compare = (ours: readonly ReconciliationRow[], theirs: readonly ReconciliationRow[]): Comparison => compareHospitalDay({ day: DAY, ours, theirs: holdRows(theirs), isOwnNumber: isOwnTradeNo });
const classesOf = ({ differences }: Comparison): string[] => differences.map((difference) => difference.class);

test('failure mode 2: what the HIS has booked for an order without money, or under a number no order has, is 医院单边账', () => {
  assert.deepEqual(classesOf(compare([order(1, 500, { state: 'failed' })], [order(1, 500), order(2, 700)])), ['hisExtra', 'hisExtra']);
});

test('the HIS has booked what we still ask about: it is asked again, not corrected', () => {
  assert.deepEqual(classesOf(compare([order(1, 500, { state: 'open' })], [order(1, 500)])), ['hisAhead']);
  assert.deepEqual(classesOf(compare([reversal(1, 500, { state: 'open' })], [reversal(1, 500)])), ['hisAhead']);
});

test('confirmed and not in the list, paid and not yet told, and money that went back while the HIS held nothing are three things', () => {
  assert.deepEqual(classesOf(compare([order(1, 500), order(2, 600, { state: 'open' }), order(3, 700, { state: 'failed' })], [])), ['hisMissing', 'hisPending', 'netZero']);
});

test('another amount is a difference; the same under the neighbouring day is matched across days; nothing to pay is compared by its count', () => {
  assert.deepEqual(classesOf(compare([order(1, 500)], [order(1, 501)])), ['hisAmount']);
  assert.deepEqual(classesOf(compare([order(1, 500)], [order(1, 500, { at: '2026-11-21T00:00:10+08:00' })])), ['matchedAcrossDays']);
  assert.deepEqual(classesOf(compare([order(1, 0)], [order(1, 0)])), []);
  assert.deepEqual(classesOf(compare([order(1, 0)], [])), ['hisMissing']);
});

test('rows of the days around that were only fetched to look are no business of this day; the HIS’s own window is 非本系统', () => {
  assert.deepEqual(classesOf(compare([], [order(9, 500, { at: '2026-11-21T08:00:00+08:00' })])), ['notThisDay']);
  assert.deepEqual(classesOf(compare([], [order(9, 500, { key: 'WINDOW7', paymentKey: 'WINDOW7' })])), ['foreign']);
});

test('booked and reversed in the HIS under a number we do not know is net zero', () => {
  assert.deepEqual(classesOf(compare([], [order(4, 500), reversal(4, 500)])), ['netZero', 'netZero']);
});
