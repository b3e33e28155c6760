import assert from 'node:assert/strict';
import test from 'node:test';
import { fen } from '@hospay/plugin-sdk';
import { checkHistory, checkJobs, checkLateness, checkOrder, checkOrderLedger, checkWholeLedger, expectedClearBalances, type PastEvent } from './invariants.js';
import type { Order, OrderAggregate, Payment, Refund } from './order.js';
import { DEFAULT_PAYMENT_POLICY } from './payment-policy.js';

const AT = '2026-03-02T02:00:00.000Z';
const TRADE_NO = 'H20260302100000ABCDEFGHJ';

const payment: Payment = {
  paymentNo: `${TRADE_NO}P01`, tradeNo: TRADE_NO, leg: 1, channel: 'wechat-main', merchantNo: '1900000001', method: 'nativeQr', amountFen: fen(1000), state: 'succeeded',
  presentation: undefined, expiresAt: '2026-03-02T02:05:00.000Z', submittedAt: AT, channelTradeNo: '4200001', paidAt: AT, fundingSource: undefined, channelNote: undefined, closeAskedAt: undefined, attempts: 1,
  billDay: '2026-03-02', lastNews: undefined,
};
const order: Order = {
  tradeNo: TRADE_NO, hospitalId: 'main', merchantId: 'm', owner: { kind: 'terminal', id: 'kiosk-1' }, quoteId: 'Q', hisQuoteNo: 'HQ', patientId: 'P', patientLabel: '张*',
  billNos: ['B1'], description: '门诊缴费', totalFen: fen(1000), fundFen: fen(0), personalAccountFen: fen(0), amountFen: fen(1000), createdAt: AT, version: 4,
  confirmation: 'confirmed', settlementNo: 'S1', receiptNo: 'R1', pickupWindow: undefined, guide: undefined, confirmedAt: AT, hisDay: '2026-03-02', confirmAttempts: 1,
  paidAt: AT, receiptPrintedAt: undefined, tenderUntil: undefined, tenderEndingAt: undefined,
};
const refund: Refund = {
  refundNo: `${TRADE_NO}R01`, tradeNo: TRADE_NO, paymentNo: payment.paymentNo, refundFen: fen(600), state: 'processing', cause: 'requested', reason: '退费', requestedBy: 'user/a',
  requestedAt: AT, needsHisApproval: true, reservedFrom: '2002', hisRefundNo: 'HR1', hisReversedDay: '2026-03-03', channelRefundNo: '503', submittedAt: AT, refundedAt: undefined,
  isPosted: true, attempts: 1, replaces: undefined, lastNews: undefined,
};
const aggregate = (change: { readonly order?: Partial<Order>; readonly payment?: Partial<Payment>; readonly refunds?: readonly Partial<Refund>[] } = {}): OrderAggregate => ({
  order: { ...order, ...change.order },
  payments: [{ ...payment, ...change.payment }],
  refunds: (change.refunds ?? []).map((one, index) => ({ ...refund, refundNo: `${TRADE_NO}R0${String(index + 1)}`, ...one })),
  holdsBills: true,
  billsFree: true,
});
const rules = (violations: readonly { readonly rule: string }[]) => violations.map(({ rule }) => rule);

test('a confirmed order with a refund on its way breaks no rule', () => {
  assert.deepEqual(checkOrder(aggregate({ refunds: [{}] })), []);
});

test('refunds in flight above what was paid are seen, and a refund that ended without money is not counted', () => {
  assert.deepEqual(rules(checkOrder(aggregate({ refunds: [{}, {}] }))), ['I6']);
  assert.deepEqual(checkOrder(aggregate({ refunds: [{}, { state: 'rejected' }] })), []);
});

test('money the hospital refused must be on its way back to the last fen', () => {
  assert.deepEqual(rules(checkOrder(aggregate({ order: { confirmation: 'rejected', settlementNo: undefined, hisDay: undefined }, refunds: [{ needsHisApproval: false, reservedFrom: '2001' }] }))), ['I7']);
});

test('a refund the channel gave up without a successor is seen', () => {
  assert.deepEqual(rules(checkOrder(aggregate({ refunds: [{ state: 'closed' }] }))), ['I7']);
});

test('a refund of a booked order that passed the HIS by is seen', () => {
  assert.deepEqual(rules(checkOrder(aggregate({ refunds: [{ hisRefundNo: undefined }] }))), ['I14']);
});

test('the hospital told of another amount than was paid is seen', () => {
  assert.ok(rules(checkOrder(aggregate({ payment: { state: 'closed' } }))).includes('I5'));
});

test('the ledger must hold exactly what the order says, per clearing key', () => {
  const given = aggregate({ refunds: [{}] });
  const right = expectedClearBalances(given);
  assert.deepEqual(checkOrderLedger(given, right), []);
  assert.deepEqual(checkWholeLedger([given], right), []);
  const wrong = right.map((line) => (line.account.startsWith('2011/') ? { ...line, netFen: 0 } : line));
  assert.deepEqual(rules(checkOrderLedger(given, wrong)), ['I3']);
  assert.deepEqual(rules(checkWholeLedger([given, given], right)), ['I3', 'I3', 'I3', 'I3']);
});

test('an open state without its job is seen', () => {
  const given = aggregate({ order: { confirmation: 'unknown' }, refunds: [{}] });
  assert.deepEqual(checkJobs(given, () => true), []);
  assert.deepEqual(rules(checkJobs(given, (kind) => kind === 'confirmOrder')), ['I17']);
  assert.deepEqual(rules(checkJobs(given, () => false)), ['I17', 'I17']);
});

test('an open state past its limit needs an open case', () => {
  const given = aggregate({ payment: { state: 'closing' }, order: { confirmation: 'none' } });
  const late = (hasCase: boolean, now: string) => checkLateness(given, { now: new Date(now), policy: DEFAULT_PAYMENT_POLICY, graceMs: 60_000, hasCase: () => hasCase });
  assert.deepEqual(rules(late(false, '2026-03-02T03:00:00.000Z')), ['I17']);
  assert.deepEqual(late(true, '2026-03-02T03:00:00.000Z'), []);
  assert.deepEqual(late(false, '2026-03-02T02:10:00.000Z'), []);
});

test('an end without a fact, or by the wrong kind of cause, is seen; so is a row that is not its last event', () => {
  const event = (axis: PastEvent['axis'], to: string, kind: PastEvent['cause']['kind'], id: string): PastEvent => ({ axis, subject: axis === 'payment' ? payment.paymentNo : TRADE_NO, from: undefined, to, cause: { kind, id } });
  const events = [event('payment', 'succeeded', 'query', 'q1'), event('confirmation', 'confirmed', 'hisAnswer', 'h1')];
  assert.deepEqual(checkHistory(aggregate(), events, () => true), []);
  assert.deepEqual(rules(checkHistory(aggregate(), events, (id) => id !== 'q1')), ['I12']);
  assert.deepEqual(rules(checkHistory(aggregate(), [event('payment', 'succeeded', 'timer', 'q1'), ...events.slice(1)], () => true)), ['I12']);
  assert.deepEqual(rules(checkHistory(aggregate(), events.slice(0, 1), () => true)), ['I13']);
});

test('an insured payment that a wallet settles stands beside the payment that completes the order, and beside no other', () => {
  const insuranceOrder = { payOrderId: 'ORD1', ownOrderNo: 'M1', fundFen: 600, accountFen: 0 };
  const insured: Payment = { ...payment, method: 'medicalInsurance', amountFen: fen(600), state: 'paying', settledBy: `${TRADE_NO}P02` };
  const wallet: Payment = { ...payment, paymentNo: `${TRADE_NO}P02`, leg: 2, method: 'miniProgram', amountFen: fen(400), state: 'paying', insuranceOrder };
  const joined = (payments: readonly Payment[]) => rules(checkOrder({ ...aggregate({ order: { confirmation: 'none', tenderUntil: AT } }), payments }));
  assert.deepEqual(joined([insured, wallet]), []);
  assert.deepEqual(joined([insured]), ['I5']);
  assert.deepEqual(joined([insured, { ...wallet, amountFen: fen(399) }]), ['I5']);
  assert.deepEqual(joined([insured, { ...wallet, insuranceOrder: undefined }]), ['I5']);
  assert.deepEqual(joined([{ ...insured, method: 'cash' }, wallet]), ['I5']);
});

test('an insured payment without its split, or undone in part, is a violation', () => {
  const insured = { method: 'medicalInsurance', refundsWholeOnly: true } as const;
  assert.deepEqual(rules(checkOrder(aggregate({ payment: { ...insured, insuranceSplit: { fundFen: fen(600), accountFen: fen(400) } } }))), []);
  assert.deepEqual(rules(checkOrder(aggregate({ payment: insured }))), ['I5']);
  assert.deepEqual(rules(checkOrder(aggregate({ payment: { ...insured, insuranceSplit: { fundFen: fen(600), accountFen: fen(399) } } }))), ['I5']);
  assert.deepEqual(rules(checkOrder(aggregate({ payment: { ...insured, insuranceSplit: { fundFen: fen(600), accountFen: fen(400) } }, refunds: [{ refundFen: fen(600) }] }))), ['I6']);
});
