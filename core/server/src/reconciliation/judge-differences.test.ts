import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Comparison, Difference, ReconciliationRow } from '../domain/reconciliation.js';
import { judgeDifferences, REPAIR_LIMITS } from './judge-differences.js';

const OF = { comparison: 'channel', source: 'wechat', day: '2026-11-20' } as const;
const NOW = new Date('2026-11-21T02:00:00Z');
const row = (key: string, fen: number, set: Partial<ReconciliationRow> = {}): ReconciliationRow => ({ key, paymentKey: key, kind: 'payment', fen, state: 'done', at: '2026-11-20T02:00:00Z', tradeNo: `T${key}`, ...set });
const long = (n: number, fen: number): Difference => ({ class: 'longUnknown', ours: row(String(n), fen, { state: 'open' }), theirs: row(String(n), fen) });
const of = (differences: readonly Difference[], theirRows: number): Comparison => ({
  differences, classes: [], ours: { payments: 0, paymentFen: 0, refunds: 0, refundFen: 0 }, theirs: { payments: theirRows, paymentFen: 0, refunds: 0, refundFen: 0 },
});

test('what we do not know yet is asked again through the job that always asks; nothing else is woken', () => {
  const status: Difference = { class: 'status', ours: row('R1', 5, { kind: 'refund', state: 'open' }), theirs: row('R1', 5, { kind: 'refund' }) };
  const ended: Difference = { class: 'status', ours: row('R2', 5, { kind: 'refund' }), theirs: row('R2', 5, { kind: 'refund', state: 'failed' }) };
  const extra: Difference = { class: 'hisExtra', ours: row('T9', 5, { state: 'failed' }), theirs: row('T9', 5) };
  const ahead: Difference = { class: 'hisAhead', ours: row('T8', 5, { state: 'open', tradeNo: 'T8' }), theirs: row('T8', 5) };
  const { wake, found } = judgeDifferences(OF, of([long(1, 5), status, ended, extra, ahead], 5), NOW);
  assert.deepEqual(wake.map(({ kind, subject }) => [kind, subject]), [['advancePayment', '1'], ['advanceRefund', 'R1'], ['confirmOrder', 'T8']]);
  assert.deepEqual(found.map((one) => [one.difference.class, one.case?.kind, one.case?.severity]), [
    ['longUnknown', undefined, undefined], ['status', undefined, undefined], ['status', 'statementStatus', 1], ['hisExtra', 'hisWithoutMoney', 1], ['hisAhead', undefined, undefined],
  ]);
});

test('beyond the limits of rows, of fen or of the day’s share nothing is asked at all and a person is called', () => {
  const many = (rows: number, fen: number): Difference[] => Array.from({ length: rows }, (_, index) => long(index, fen));
  const stops = (differences: readonly Difference[], theirRows: number): boolean => {
    const { wake, cases } = judgeDifferences(OF, of(differences, theirRows), NOW);
    assert.equal(wake.length === 0, cases.length === 1);
    return cases[0]?.kind === 'repairsStopped';
  };
  assert.equal(stops(many(REPAIR_LIMITS.rows, 1), 100_000), false);
  assert.equal(stops(many(REPAIR_LIMITS.rows + 1, 1), 100_000), true);
  assert.equal(stops([long(1, REPAIR_LIMITS.fen)], 10), false);
  assert.equal(stops([long(1, REPAIR_LIMITS.fen + 1)], 10), true);
  assert.equal(stops(many(10, 1), 20), false, 'a small hospital: a few rows are always a large share');
  assert.equal(stops(many(11, 1), 1_000), true);
});
