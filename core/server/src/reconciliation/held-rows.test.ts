import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReconciliationRow } from '../domain/reconciliation.js';
import { closeComparison } from './control-totals.js';
import { fingerprint, holdRows } from './held-rows.js';

const payment = (key: string, set: Partial<ReconciliationRow> = {}): ReconciliationRow => ({ key, paymentKey: key, kind: 'payment', fen: 1, state: 'done', at: '2026-11-20T10:00:00+08:00', ...set });

/** Two numbers with one fingerprint: among a few hundred thousand there are some. */
function twins(): readonly [string, string] {
  const seen = new Map<number, string>();
  for (let index = 0; index < 1_000_000; index += 1) {
    const key = `H2026112010000${String(index)}P01`;
    const print = fingerprint({ kind: 'payment', key });
    const other = seen.get(print);
    if (other !== undefined) return [other, key];
    seen.set(print, key);
  }
  return assert.fail('no two numbers share a fingerprint');
}

test('a row comes out as it went in, whatever its texts are made of', () => {
  const rows = [
    payment('A'), payment('R1', { kind: 'refund', paymentKey: 'A', fen: Number.MAX_SAFE_INTEGER, state: 'open' }), payment('号', { paymentKey: 'é', state: 'failed', at: '' }),
    payment('', { isUnnamed: true }), payment('\ud800', { paymentKey: '\ud801', tradeNo: 'H1' }), payment('a\u0000b', { tradeNo: '' }), payment('x'.repeat(100_000)), payment('😀', { fen: -5 }),
  ];
  const held = holdRows(rows);
  assert.deepEqual(rows.map((_, index) => held.at(index)), rows);
  assert.deepEqual(rows.map((row) => held.find(row)), rows.map((_, index) => index), 'each is found under its own number');
  assert.deepEqual(held.sums(), { payments: 7, paymentFen: 1, refunds: 1, refundFen: Number.MAX_SAFE_INTEGER });
  assert.throws(() => held.at(rows.length), /no row/);
});

test('two numbers with one fingerprint never meet, and a payment never meets a refund of the same number', () => {
  const [one, other] = twins();
  assert.equal(holdRows([payment(other)]).find(payment(one)), -1);
  const both = holdRows([payment(other), payment(one)]);
  assert.deepEqual([both.find(payment(one)), both.find(payment(other)), both.isRepeat(1)], [1, 0, false]);
  assert.equal(holdRows([payment(one, { kind: 'refund' })]).find(payment(one)), -1);
});

test('the first row of a number is found, the next are repeats; a row that is renamed is found by its new number only', () => {
  const held = holdRows([payment('A'), payment('A', { kind: 'refund' }), payment('A', { fen: 2 }), payment('B', { kind: 'refund' })]);
  assert.deepEqual([0, 1, 2, 3].map((index) => held.isRepeat(index)), [false, false, true, false]);
  held.rename(1, 'B');
  assert.deepEqual([held.find(payment('A', { kind: 'refund' })), held.find(payment('B', { kind: 'refund' })), held.isRepeat(1), held.isRepeat(3)], [-1, 1, false, true]);
  assert.deepEqual(held.at(1), payment('B', { kind: 'refund', paymentKey: 'A' }));
  held.add(payment('C'));
  assert.equal(held.find(payment('C')), 4, 'also what is added after it was searched');
});

test('more text than any day has is refused: what lies outside the heap has no other limit', () => {
  const held = holdRows([], { mostTextBytes: 60 });
  held.add(payment('A'));
  assert.throws(() => { held.add(payment('B'.repeat(60))); }, /more than any day/);
});

test('a comparison in which a row of either side stands in no class, or in two, or with another amount, is not given out', () => {
  const row = payment('A');
  const one = { payments: 1, paymentFen: 1, refunds: 0, refundFen: 0 };
  const none = { payments: 0, paymentFen: 0, refunds: 0, refundFen: 0 };
  const close = (set: Partial<Parameters<typeof closeComparison>[0]>) => closeComparison({ ours: one, theirs: one, equal: { ours: one, theirs: one }, differences: [], ...set });
  assert.equal(close({}).classes.length, 1);
  assert.throws(() => close({ equal: { ours: none, theirs: none } }), /does not close: our side, payments/);
  assert.throws(() => close({ differences: [{ class: 'longNoOrder', theirs: row }] }), /does not close: their side, payments/);
  assert.throws(() => close({ equal: { ours: one, theirs: { ...one, paymentFen: 2 } } }), /does not close: their side, paymentFen/);
});
