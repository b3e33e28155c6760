import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fen } from '@hospay/plugin-sdk';
import type { Order, Payment, Presettlement } from './order.js';
import { checkOrder } from './invariants.js';
import { DEFAULT_PAYMENT_POLICY } from './payment-policy.js';
import { applyPaymentNews } from './payment-news.js';
import { isBusy, mayBeTaken } from './presettlement.js';
import { OrderChange } from './order-change.js';
import { reserveRefund } from './reserve-refund.js';
import { whereMoneyIs, whereRefundComesFrom } from './postings.js';

const now = new Date('2026-11-20T01:00:00Z');
const presettlement: Presettlement = {
  presettlementNo: 'M1', hospitalId: 'demo', owner: { kind: 'terminal', id: 'window-1' }, channel: 'insurance', quoteId: 'Q1', billNos: ['B1'], detailsHash: 'h', state: 'presettled', totalFen: fen(10_000),
  split: { fundFen: fen(6_000), accountFen: fen(1_500), cashFen: fen(2_500) }, visitNo: 'MD1', tradeNo: undefined, requestedAt: now.toISOString(), expiresAt: '2026-11-20T01:15:00Z', busyUntil: undefined,
  abandoningSince: undefined, lastNews: undefined,
};
const wanted = { quoteId: 'Q1', amountFen: fen(10_000) };
const tender = { channel: 'insurance', amountFen: fen(7_500) };

test('a pre-settlement is taken by an order of its quote, for its whole, with a payment of exactly the insured part through its channel, in time', () => {
  assert.equal(mayBeTaken(presettlement, wanted, tender, now), true);
  for (const state of ['requested', 'unknown', 'settling', 'settled', 'abandoning', 'abandoned'] as const) assert.equal(mayBeTaken({ ...presettlement, state }, wanted, tender, now), false, state);
  assert.equal(mayBeTaken({ ...presettlement, split: undefined }, wanted, tender, now), false);
  assert.equal(mayBeTaken(presettlement, { ...wanted, quoteId: 'Q2' }, tender, now), false);
  assert.equal(mayBeTaken(presettlement, { ...wanted, amountFen: fen(9_999) }, tender, now), false);
  assert.equal(mayBeTaken(presettlement, wanted, { ...tender, amountFen: fen(7_499) }, now), false);
  assert.equal(mayBeTaken(presettlement, wanted, { ...tender, channel: 'other' }, now), false);
  assert.equal(mayBeTaken(presettlement, wanted, tender, new Date(presettlement.expiresAt)), false);
});

test('a call is under way until its instant', () => {
  assert.equal(isBusy(presettlement, now), false);
  assert.equal(isBusy({ ...presettlement, busyUntil: '2026-11-20T01:00:01Z' }, now), true);
  assert.equal(isBusy({ ...presettlement, busyUntil: now.toISOString() }, now), false);
});

const paid = (set: Partial<Payment>): Payment => ({
  paymentNo: 'H1P01', tradeNo: 'H1', leg: 1, channel: 'insurance', merchantNo: 'H4499', method: 'medicalInsurance', amountFen: fen(7_500), state: 'succeeded', presentation: undefined, expiresAt: '', submittedAt: '', channelTradeNo: 'SL1',
  paidAt: '', fundingSource: undefined, channelNote: undefined, attempts: 1, billDay: '2026-11-20', lastNews: undefined, closeAskedAt: undefined, ...set,
});

test('fund and personal account stand apart; a part that is nothing has no line; without a split nothing is posted', () => {
  const fund = { account: '1131/insurance/H4499/fund', amountFen: 6_000 };
  assert.deepEqual(whereMoneyIs(paid({ insuranceSplit: { fundFen: fen(6_000), accountFen: fen(1_500) } })), [fund, { account: '1131/insurance/H4499/account', amountFen: 1_500 }]);
  assert.deepEqual(whereMoneyIs(paid({ amountFen: fen(6_000), insuranceSplit: { fundFen: fen(6_000), accountFen: fen(0) } })), [fund]);
  assert.throws(() => whereMoneyIs(paid({})), /without the split/);
});

test('an insured payment is undone exactly as it was posted; a part of it has no account to come from', () => {
  const payment = paid({ insuranceSplit: { fundFen: fen(6_000), accountFen: fen(1_500) } });
  assert.deepEqual(whereRefundComesFrom(payment, { refundNo: 'R1', refundFen: fen(7_500) }), whereMoneyIs(payment));
  assert.throws(() => whereRefundComesFrom(payment, { refundNo: 'R1', refundFen: fen(1_500) }), /several accounts/);
  assert.deepEqual(whereRefundComesFrom(paid({ method: 'cash', channel: 'till', merchantNo: 'CASH' }), { refundNo: 'R1', refundFen: fen(1) }), [{ account: '1001/till/CASH', amountFen: 1 }]);
});

test('a part of a payment that is undone only whole cannot be reserved, whoever asks', () => {
  const payment = paid({ refundsWholeOnly: true, insuranceSplit: { fundFen: fen(6_000), accountFen: fen(1_500) } });
  const order: Order = {
    tradeNo: 'H1', hospitalId: 'demo', merchantId: 'm', owner: presettlement.owner, quoteId: 'Q1', hisQuoteNo: 'HQ', patientId: 'P', patientLabel: '张*', billNos: ['B1'], description: '门诊缴费', totalFen: fen(7_500), fundFen: fen(6_000),
    personalAccountFen: fen(1_500), amountFen: fen(7_500), createdAt: '', version: 1, confirmation: 'rejected', settlementNo: undefined, receiptNo: undefined, pickupWindow: undefined, guide: undefined, confirmedAt: undefined, hisDay: undefined,
    confirmAttempts: 1, paidAt: '', receiptPrintedAt: undefined, tenderUntil: undefined, tenderEndingAt: undefined, presettlementNo: 'M1',
  };
  const change = new OrderChange({ order, payments: [payment], refunds: [], holdsBills: false, billsFree: true }, { kind: 'timer', id: 't' }, now);
  const draft = { paymentNo: payment.paymentNo, cause: 'hisRejected', reason: '退费', requestedBy: 'system' } as const;
  assert.throws(() => reserveRefund(change, { ...draft, refundFen: fen(7_499) }), /only be undone whole/);
  assert.equal(reserveRefund(change, { ...draft, refundFen: fen(7_500) }).state, 'reserved');
});

/** 先自费: fund and patient pay 50.00 each; the first code was closed, a second one is open. */
function halfAndHalf(): OrderChange {
  const order: Order = {
    tradeNo: 'H1', hospitalId: 'demo', merchantId: 'm', owner: presettlement.owner, quoteId: 'Q1', hisQuoteNo: 'HQ', patientId: 'P', patientLabel: '张*', billNos: ['B1'], description: '门诊缴费', totalFen: fen(10_000), fundFen: fen(5_000),
    personalAccountFen: fen(0), amountFen: fen(10_000), createdAt: now.toISOString(), version: 1, confirmation: 'none', settlementNo: undefined, receiptNo: undefined, pickupWindow: undefined, guide: undefined, confirmedAt: undefined, hisDay: undefined,
    confirmAttempts: 0, paidAt: undefined, receiptPrintedAt: undefined, tenderUntil: '2026-11-20T01:20:00Z', tenderEndingAt: undefined, presettlementNo: 'M1',
  };
  const code = (paymentNo: string, leg: number, state: Payment['state']): Payment => paid({ paymentNo, leg, state, channel: 'wechat-main', merchantNo: '190', method: 'nativeQr', amountFen: fen(5_000), expiresAt: '2026-11-20T01:05:00Z', channelTradeNo: undefined, paidAt: undefined, billDay: undefined });
  const settling: Presettlement = { ...presettlement, state: 'settling', split: { fundFen: fen(5_000), accountFen: fen(0), cashFen: fen(5_000) }, tradeNo: 'H1' };
  return new OrderChange({ order, payments: [code('H1P01', 1, 'closed'), code('H1P02', 2, 'paying')], refunds: [], holdsBills: true, billsFree: true, presettlement: settling }, { kind: 'timer', id: 't' }, now);
}
function isPaid(change: OrderChange, paymentNo: string): void {
  applyPaymentNews(change, paymentNo, { kind: 'succeeded', tradeNo: paymentNo, merchantNo: '190', channelTradeNo: `W${paymentNo}`, amountFen: fen(5_000), paidAt: now.toISOString() }, 'query', DEFAULT_PAYMENT_POLICY);
}

test('what a patient pays twice of an insured order never stands for what the insurance pays: the second goes back, and the hospital is not told', () => {
  const change = halfAndHalf();
  isPaid(change, 'H1P02');
  isPaid(change, 'H1P01');
  assert.equal(change.order.confirmation, 'none');
  assert.deepEqual(change.refunds.map(({ paymentNo, refundFen, cause }) => ({ paymentNo, refundFen, cause })), [{ paymentNo: 'H1P01', refundFen: 5_000, cause: 'latePayment' }]);
  assert.deepEqual(checkOrder(change), []);
});

test('a code that was paid after its close takes the place of the open one, which is closed before it is paid too', () => {
  const change = halfAndHalf();
  isPaid(change, 'H1P01');
  assert.equal(change.payment('H1P02').state, 'closing');
  assert.deepEqual(change.refunds, []);
});

test('an order of which the hospital is told without the insurance breaks a rule', () => {
  const { order, payments } = halfAndHalf();
  const served = payments.map((payment) => ({ ...payment, state: 'succeeded' as const, channelTradeNo: 'W', paidAt: now.toISOString(), billDay: '2026-11-20' }));
  assert.deepEqual(checkOrder({ order: { ...order, confirmation: 'toConfirm' }, payments: served, refunds: [], holdsBills: true, billsFree: true }).map(({ rule, detail }) => `${rule}: ${detail}`), ['I5: the hospital is told of 5000 insured fen, 0 were settled']);
});
