import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesOfDay, movesOf, shareOut, type DayTurnover } from './settlement-batch.js';

const terminal = (id: string) => ({ kind: 'terminal', id }) as const;
const campusOf = ({ id }: { readonly id: string }) => (id.startsWith('e') ? 'east' : 'main');
const DAY: DayTurnover = {
  source: 'wechat', day: '2026-11-20', account: 'icbc-main', feeFen: 100,
  parts: [{ owner: terminal('e1'), grossFen: 10_000, refundFen: 500, payments: 2, refunds: 1 }, { owner: terminal('e2'), grossFen: 1_000, refundFen: 0, payments: 1, refunds: 0 }, { owner: terminal('m1'), grossFen: 22_000, refundFen: 22_500, payments: 3, refunds: 2 }],
};

test('the fee goes by turnover, all of it: what rounding leaves goes to the largest remainders', () => {
  assert.deepEqual([shareOut(100, [11_000, 22_000]), shareOut(10, [1, 1, 1]), shareOut(-10, [1, 1, 1]), shareOut(7, [0, 0]), shareOut(0, [5, 5])], [[33, 67], [4, 3, 3], [-4, -3, -3], [7, 0], [0, 0]]);
});

test('a day is told by campus, and what belongs to a campus that keeps its money elsewhere is moved there, or back', () => {
  const lines = linesOfDay(DAY, campusOf);
  assert.deepEqual(lines.map(({ campus, grossFen, refundFen, feeFen, payments }) => [campus, grossFen, refundFen, feeFen, payments]), [['east', 11_000, 500, 33, 3], ['main', 22_000, 22_500, 67, 3]]);
  assert.deepEqual(movesOf(lines, (campus) => (campus === 'east' ? 'ccb-east' : undefined)), [{ fromAccount: 'icbc-main', toAccount: 'ccb-east', amountFen: 10_467 }]);
  assert.deepEqual(movesOf(lines, (campus) => (campus === 'main' ? 'boc-main' : 'icbc-main')), [{ fromAccount: 'boc-main', toAccount: 'icbc-main', amountFen: 567 }], 'more went back than was taken');
  const both = [...lines, { ...lines[0], account: 'ccb-east', campus: 'main', grossFen: 467, refundFen: 0, feeFen: 0 } as (typeof lines)[number]];
  assert.deepEqual(movesOf(both, (campus) => (campus === 'east' ? 'ccb-east' : 'icbc-main')), [{ fromAccount: 'icbc-main', toAccount: 'ccb-east', amountFen: 10_000 }], 'two directions are one move');
});
