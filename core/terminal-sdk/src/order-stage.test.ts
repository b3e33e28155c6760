import assert from 'node:assert/strict';
import test from 'node:test';
import { stageOf, yuanText } from './order-stage.js';
import type { Order } from './protocol.js';

const NOW = new Date('2026-11-20T02:00:00Z');
type Payment = Order['payments'][number];
const order = (payment: Partial<Payment>, set: Partial<Order> = {}): Order => ({
  tradeNo: 'H1', version: 1, description: '门诊缴费', patientLabel: '张*三', billNos: ['B1'], totalFen: 100, fundFen: 0, personalAccountFen: 0, amountFen: 100, createdAt: '2026-11-20T01:58:00Z',
  payments: [{ paymentNo: 'H1P01', channel: 'wechat', method: 'nativeQr', amountFen: 100, state: 'paying', expiresAt: '2026-11-20T02:03:00Z', refundableFen: 0, presentation: { kind: 'qr', content: 'weixin://x' }, ...payment }],
  confirmation: { state: 'none' }, refunds: [], ...set,
});
const refund = (state: Order['refunds'][number]['state']) => ({ refundNo: 'R1', paymentNo: 'H1P01', refundFen: 100, state, cause: 'hisRejected', reason: '', requestedAt: '' });

test('a code is shown only while it may be paid; after its end the result is being confirmed, not failed', () => {
  assert.equal(stageOf(order({}), NOW), 'scan');
  assert.equal(stageOf(order({ state: 'submitted' }), NOW), 'starting');
  assert.equal(stageOf(order({ expiresAt: '2026-11-20T01:59:59Z' }), NOW), 'confirming');
  for (const state of ['unknown', 'closing'] as const) assert.equal(stageOf(order({ state }), NOW), 'confirming');
  for (const state of ['closed', 'failed'] as const) assert.equal(stageOf(order({ state }), NOW), 'ended');
});

test('a payment in the patient\'s own phone is told as that while it may be paid, and as being confirmed after', () => {
  for (const method of ['jsapi', 'h5', 'webPage', 'app', 'miniProgram']) {
    assert.equal(stageOf(order({ method, presentation: { kind: 'redirect', url: 'https://wallet.example' } }), NOW), 'onPhone');
    assert.equal(stageOf(order({ method, expiresAt: '2026-11-20T01:59:59Z' }), NOW), 'confirming');
  }
  assert.equal(stageOf(order({ method: 'paymentCode', presentation: { kind: 'none' } }), NOW), 'confirming');
});

test('money that moved is never shown as an unpaid end, whatever the hospital says', () => {
  for (const state of ['none', 'toConfirm', 'confirming', 'unknown'] as const) assert.equal(stageOf(order({ state: 'succeeded' }, { confirmation: { state } }), NOW), 'paid');
  assert.equal(stageOf(order({ state: 'succeeded' }, { confirmation: { state: 'confirmed' } }), NOW), 'done');
  assert.equal(stageOf(order({ state: 'succeeded' }, { confirmation: { state: 'rejected' } }), NOW), 'refunding');
});

test('refunds: on the way, back, blocked; one that was given up counts for nothing', () => {
  const rejected = { confirmation: { state: 'rejected' as const } };
  assert.equal(stageOf(order({ state: 'succeeded' }, { ...rejected, refunds: [refund('processing')] }), NOW), 'refunding');
  assert.equal(stageOf(order({ state: 'succeeded' }, { ...rejected, refunds: [refund('succeeded')] }), NOW), 'refunded');
  assert.equal(stageOf(order({ state: 'succeeded' }, { ...rejected, refunds: [refund('abnormal')] }), NOW), 'refundBlocked');
  assert.equal(stageOf(order({ state: 'succeeded' }, { confirmation: { state: 'confirmed' }, refunds: [refund('rejected')] }), NOW), 'done');
});

test('an order that was paid in part and is ending unfinished goes back, and is back when what was paid is', () => {
  const tender = { paidFen: 40, until: '', isEnding: true };
  const part = (set: Partial<Order>) => order({ amountFen: 40, state: 'succeeded' }, { tender, ...set });
  const back = (state: Order['refunds'][number]['state']) => ({ ...refund(state), refundFen: 40 });
  assert.equal(stageOf(part({}), NOW), 'refunding', 'the refund has not begun');
  assert.equal(stageOf(part({ refunds: [back('processing')] }), NOW), 'refunding');
  assert.equal(stageOf(part({ refunds: [back('succeeded')] }), NOW), 'refunded');
  assert.equal(stageOf(part({ tender: { ...tender, isEnding: false } }), NOW), 'paid');
});

test('amounts are written exactly', () => {
  assert.deepEqual([0, 5, 1234, 100000, -5].map(yuanText), ['0.00', '0.05', '12.34', '1000.00', '-0.05']);
});
