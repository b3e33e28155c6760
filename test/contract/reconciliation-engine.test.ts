/** The pure core of reconciliation under any input: nothing is lost, nothing counted twice, and order does not matter. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { ClassTotals, Comparison, ReconciliationRow, SideTotals } from '@hospay/server/domain/reconciliation.js';
import { compareChannelDay } from '@hospay/server/reconciliation/compare-channel-day.js';
import { compareHospitalDay } from '@hospay/server/reconciliation/compare-hospital-day.js';
import { holdRows } from '@hospay/server/reconciliation/held-rows.js';

const DAY = '2026-11-20';
const TIMES = ['2026-11-18T12:00:00+08:00', '2026-11-19T23:55:00+08:00', '2026-11-20T00:05:00+08:00', '2026-11-20T12:00:00+08:00', '2026-11-20T23:59:59+08:00', '2026-11-21T00:10:00+08:00'];
const row: fc.Arbitrary<ReconciliationRow> = fc
  .record({ number: fc.nat(25), kind: fc.constantFrom('payment' as const, 'refund' as const), fen: fc.integer({ min: 0, max: 5 }), state: fc.constantFrom('done' as const, 'open' as const, 'failed' as const), at: fc.constantFrom(...TIMES), foreign: fc.boolean() })
  .map(({ number, kind, fen, state, at, foreign }) => {
    const paymentKey = `${foreign ? 'SHOP' : 'OWN'}${String(number)}`;
    return { key: kind === 'refund' ? `${paymentKey}R` : paymentKey, paymentKey, kind, fen, state, at };
  });
const ours = fc.uniqueArray(row, { selector: ({ kind, key }) => `${kind}${key}`, maxLength: 40 });
const theirs = fc.array(row, { maxLength: 60 });
const isOwnNumber = (key: string): boolean => key.startsWith('OWN');
const given = fc.record({ ours, theirs, judged: fc.array(fc.nat(25).map((n) => `OWN${String(n)}`)), longs: fc.array(fc.tuple(fc.nat(25).map((n) => `OWN${String(n)}`), fc.integer({ min: 1, max: 5 }))) });

const run = (input: { readonly ours: ReconciliationRow[]; readonly theirs: ReconciliationRow[]; readonly judged: string[]; readonly longs: [string, number][] }): Comparison[] => [
  compareChannelDay({ day: DAY, ours: input.ours, theirs: holdRows(input.theirs), judgedElsewhere: new Set(input.judged), earlierLongs: new Map(input.longs), isOwnNumber }),
  compareHospitalDay({ day: DAY, ours: input.ours, theirs: holdRows(input.theirs), isOwnNumber }),
];
const sum = (rows: readonly ReconciliationRow[]): SideTotals => ({
  payments: rows.filter(({ kind }) => kind === 'payment').length, paymentFen: rows.reduce((total, { kind, fen }) => (kind === 'payment' ? total + fen : total), 0),
  refunds: rows.filter(({ kind }) => kind === 'refund').length, refundFen: rows.reduce((total, { kind, fen }) => (kind === 'refund' ? total + fen : total), 0),
});
const sumOf = (classes: readonly ClassTotals[], side: 'ours' | 'theirs'): SideTotals =>
  classes.reduce((total, { [side]: part }) => ({ payments: total.payments + part.payments, paymentFen: total.paymentFen + part.paymentFen, refunds: total.refunds + part.refunds, refundFen: total.refundFen + part.refundFen }), sum([]));

test('whatever the two sides hold, the classes sum to both of them, to the fen', () => {
  fc.assert(fc.property(given, (input) => {
    for (const { classes } of run(input)) {
      assert.deepEqual(sumOf(classes, 'ours'), sum(input.ours));
      assert.deepEqual(sumOf(classes, 'theirs'), sum(input.theirs));
    }
  }), { numRuns: 2_000, seed: 20_261_120 });
});

test('no row of either side is judged twice', () => {
  fc.assert(fc.property(given, (input) => {
    for (const { differences } of run(input)) {
      for (const rows of [differences.flatMap((difference) => difference.ours ?? []), differences.flatMap((difference) => difference.theirs ?? [])]) assert.equal(new Set(rows).size, rows.length);
    }
  }), { numRuns: 1_000, seed: 20_261_121 });
});

test('the same input gives the same answer, and the order of our own rows changes nothing', () => {
  fc.assert(fc.property(given, (input) => {
    const told = (comparisons: readonly Comparison[]): unknown => comparisons.map(({ differences, classes }) => [differences.map((difference) => JSON.stringify(difference)).toSorted(), classes.map((of) => JSON.stringify(of)).toSorted()]);
    assert.deepEqual(told(run(input)), told(run(input)));
    assert.deepEqual(told(run({ ...input, ours: input.ours.toReversed() })), told(run(input)));
  }), { numRuns: 500, seed: 20_261_122 });
});

test('numbers that count up, and many of them, find each other', () => {
  const many = Array.from({ length: 20_000 }, (_, index): ReconciliationRow => ({ key: `OWN${String(index)}`, paymentKey: `OWN${String(index)}`, kind: 'payment', fen: index, state: 'done', at: `${DAY}T12:00:00+08:00` }));
  const comparison = compareChannelDay({ day: DAY, ours: many, theirs: holdRows(many.toReversed()), judgedElsewhere: new Set(), earlierLongs: new Map(), isOwnNumber });
  assert.deepEqual([comparison.differences.length, comparison.classes.length, comparison.classes[0]?.theirs.payments], [0, 1, 20_000]);
});
