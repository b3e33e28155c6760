import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatementLine } from '@hospay/plugin-sdk';
import type { ReconciliationRow } from '../domain/reconciliation.js';
import type { DayReads } from './ports.js';
import { compareStatementDay, openStatedDay } from './statement-day.js';

const DAY = '2026-11-20';
const AT = `${DAY}T10:00:00+08:00`;
const paymentNo = (n: number): string => `H20261120100000ABCDEF${String(n).padStart(3, '0')}P01`;
const payment = (n: number, at = AT): ReconciliationRow => ({ key: paymentNo(n), paymentKey: paymentNo(n), kind: 'payment', tradeNo: 'H', fen: 100, state: 'done', at });
const line = (n: number, set: Partial<StatementLine> = {}): StatementLine => ({ kind: 'payment', tradeNo: paymentNo(n), channelTradeNo: 'C', amountFen: 100, feeMilliFen: 0, status: 'SUCCESS', at: AT, ...set });

function compare(lines: readonly StatementLine[], { ofDay, others = [], parked = [] }: { readonly ofDay: readonly ReconciliationRow[]; readonly others?: readonly ReconciliationRow[]; readonly parked?: readonly string[] }) {
  const asked: string[] = [];
  const reads: Pick<DayReads, 'listChannelRows' | 'findChannelRows' | 'parkedKeys' | 'keysJudgedElsewhere' | 'earlierLongs'> = {
    listChannelRows: () => [ofDay], parkedKeys: () => [...parked], keysJudgedElsewhere: () => new Set(), earlierLongs: () => new Map(),
    findChannelRows({ keys }) {
      asked.push(...keys);
      return [...ofDay, ...others].filter(({ key }) => keys.includes(key));
    },
  };
  const day = openStatedDay(undefined);
  for (const one of lines) day.take(one);
  const stated = day.close({ lines: lines.length, paymentFen: lines.reduce((sum, { kind, amountFen }) => (kind === 'payment' ? sum + amountFen : sum), 0), refundFen: lines.reduce((sum, { kind, amountFen }) => (kind === 'refund' ? sum + amountFen : sum), 0) });
  assert.equal(stated.kind, 'stated');
  const found = stated.kind === 'stated' ? compareStatementDay(reads as DayReads, { of: { comparison: 'channel', source: 'c', day: DAY }, source: { channels: ['c'] } }, stated) : stated;
  return { asked, classes: found.kind === 'compared' ? found.comparison.differences.map(({ class: name }) => name) : [] };
}

test('only numbers that no row of the day has are asked for, each once: what waits, and what the statement names', () => {
  const { asked, classes } = compare([line(1), line(2), line(2), line(3)], { ofDay: [payment(1)], others: [payment(2, '2026-11-19T23:59:59+08:00'), payment(4, '2026-11-18T10:00:00+08:00')], parked: [paymentNo(4), paymentNo(1)] });
  assert.deepEqual(asked, [paymentNo(4), paymentNo(2), paymentNo(3)]);
  assert.deepEqual(classes, ['matchedAcrossDays', 'duplicateTheirs', 'longNoOrder', 'short']);
});

test('a refund that a channel names by the number of its payment does not bring the payment in a second time', () => {
  const { asked, classes } = compare([line(1), line(1, { kind: 'refund', refundNo: paymentNo(1) })], { ofDay: [payment(1)] });
  assert.deepEqual([asked, classes], [[], ['refundTheirsOnly']]);
});
