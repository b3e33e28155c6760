import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Intent } from './intent.js';
import { matchLastSlip } from './match-last-slip.js';
import type { Slip } from './slip.js';

const intent: Intent = { kind: 'pay', number: 'T1', tradeNo: 'T1', terminalId: 'w1', amountFen: 1_234, startedAt: '2026-03-02T02:00:00Z', turn: 7, after: { batchNo: '000002', voucherNo: '000009' }, state: 'lost' };
const slip: Slip = { merchantNo: 'M', terminalNo: '10000001', batchNo: '000002', voucherNo: '000010', referenceNo: '1', amountFen: 1_234, at: '2026-03-02T10:01:00+08:00', bankId: '' };
const facts = { intent, slip, terminalTurn: 7, exchangeTimeoutMs: 120_000, clockToleranceMs: 600_000 };

const CASES = [
  ['the next voucher, our amount, our time, nothing in between', {}, 'ours'],
  ['a first voucher of the next batch', { slip: { ...slip, batchNo: '000003', voucherNo: '000001' } }, 'ours'],
  ['a terminal that had no slip before', { intent: { ...intent, after: { batchNo: '', voucherNo: '' } } }, 'ours'],
  ['another exchange was started since', { terminalTurn: 8 }, 'notProven'],
  ['the same voucher as before', { slip: { ...slip, voucherNo: '000009' } }, 'notProven'],
  ['an older voucher', { slip: { ...slip, voucherNo: '000008' } }, 'notProven'],
  ['an older batch', { slip: { ...slip, batchNo: '000001', voucherNo: '000099' } }, 'notProven'],
  ['a voucher count that began anew', { intent: { ...intent, after: { batchNo: '000002', voucherNo: '999999' } }, slip: { ...slip, voucherNo: '000001' } }, 'notProven'],
  ['another amount', { slip: { ...slip, amountFen: 1_235 } }, 'notProven'],
  ['another day', { slip: { ...slip, at: '2026-03-03T10:01:00+08:00' } }, 'notProven'],
  ['before the charge began', { slip: { ...slip, at: '2026-03-02T09:49:59+08:00' } }, 'notProven'],
  ['after the exchange was over', { slip: { ...slip, at: '2026-03-02T10:12:01+08:00' } }, 'notProven'],
] as const;

for (const [title, change, expected] of CASES) {
  test(`the last slip: ${title}: ${expected}`, () => {
    assert.equal(matchLastSlip({ ...facts, ...change }).kind, expected);
  });
}

test('an exchange before which no slip was known is never proven by one', () => {
  const { after: _after, ...before } = intent;
  assert.equal(matchLastSlip({ ...facts, intent: before }).kind, 'notProven');
});
