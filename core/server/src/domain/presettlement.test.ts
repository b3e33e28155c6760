import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fen } from '@hospay/plugin-sdk';
import type { Order, Payment, Presettlement } from './order.js';
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
