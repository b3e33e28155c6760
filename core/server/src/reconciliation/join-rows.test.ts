import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReconciliationRow } from '../domain/reconciliation.js';
import { closeComparison } from './control-totals.js';
import { fingerprint, joinRows } from './join-rows.js';

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

test('two numbers with one fingerprint never meet, and a payment never meets a refund of the same number', () => {
  const [one, other] = twins();
  assert.deepEqual([...joinRows([payment(one)], [payment(other)]).ourIndex], [-1]);
  assert.deepEqual([...joinRows([payment(one), payment(other)], [payment(other), payment(one)]).ourIndex], [1, 0]);
  assert.deepEqual([...joinRows([payment(one)], [payment(one, { kind: 'refund' })]).ourIndex], [-1]);
});

test('a comparison in which a row of either side stands in no class, or in two, or with another amount, is not given out', () => {
  const [ours, theirs] = [payment('A'), payment('A')];
  const close = (set: Partial<Parameters<typeof closeComparison>[0]>) => closeComparison({ ours: [ours], theirs: [theirs], equal: [[ours, theirs]], differences: [], ...set });
  assert.equal(close({}).classes.length, 1);
  assert.throws(() => close({ equal: [] }), /does not close: our side, payments/);
  assert.throws(() => close({ differences: [{ class: 'longNoOrder', theirs }] }), /does not close: their side, payments/);
  assert.throws(() => close({ equal: [[ours, { ...theirs, fen: 2 }]] }), /does not close: their side, paymentFen/);
});
