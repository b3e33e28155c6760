/**
 * What must be true of every order at every moment (core/docs/architecture.md, invariants I1–I17), as pure functions over rows. The simulation
 * asks after every event, the nightly check asks about every order. A violation is a bug or a damaged file, never a customer's mistake.
 */
import { beijingDay } from '@hospay/plugin-sdk';
import type { AccountName } from './ledger.js';
import type { CaseKind, Cause, JobKind } from './order-change.js';
import type { OrderAggregate, Payment, Refund } from './order.js';
import type { PaymentPolicy } from './payment-policy.js';
import { isPaymentEnded } from './payment-states.js';
import { billDayOfRefund, hisPayable, patientPayable, refundClearing, moneyKey, whereMoneyIs, whereRefundComesFrom } from './postings.js';
import { holdsMoney, isRefundEnded } from './refund-states.js';
import { refundableFen } from './reserve-refund.js';

export type Violation = { readonly rule: string; readonly subject: string; readonly detail: string };

/** One row of the materialised clearing balances. */
export type ClearBalance = { readonly account: AccountName; readonly clearKey: string; readonly netFen: number; readonly pendingFen: number };

/** One row of the order's history, oldest first. */
export type PastEvent = {
  readonly axis: 'payment' | 'confirmation' | 'refund' | 'presettlement';
  readonly subject: string;
  readonly from: string | undefined;
  readonly to: string;
  readonly cause: Cause;
};

/** I5, I6, I7: the rows of one order agree with each other. */
export function checkOrder({ order, payments, refunds }: OrderAggregate): Violation[] {
  const found = new Findings();
  const paid = payments.filter((payment) => payment.state === 'succeeded');
  const paidFen = sum(paid, (payment) => payment.amountFen);
  found.unless(new Set(paid.map((payment) => payment.leg)).size === paid.length, 'I5', order.tradeNo, 'a tender leg succeeded twice');
  const sentBack = new Set(refunds.filter(({ cause }) => cause === 'latePayment' || cause === 'tenderAbandoned').map(({ paymentNo }) => paymentNo));
  const servedFen = sum(paid.filter(({ paymentNo }) => !sentBack.has(paymentNo)), (payment) => payment.amountFen);
  found.unless(order.confirmation === 'none' || servedFen === order.amountFen, 'I5', order.tradeNo, `the hospital is told of ${String(order.amountFen)} fen, ${String(servedFen)} were paid`);
  const servedInsuredFen = sum(paid.filter(({ paymentNo, method }) => method === 'medicalInsurance' && !sentBack.has(paymentNo)), (payment) => payment.amountFen);
  if (order.presettlementNo !== undefined) found.unless(order.confirmation === 'none' || servedInsuredFen === order.fundFen + order.personalAccountFen, 'I5', order.tradeNo, `the hospital is told of ${String(order.fundFen + order.personalAccountFen)} insured fen, ${String(servedInsuredFen)} were settled`);
  for (const payment of paid) {
    found.unless(payment.channelTradeNo !== undefined && payment.paidAt !== undefined && payment.billDay !== undefined, 'I12', payment.paymentNo, 'succeeded without the channel number, time or bill day');
  }
  for (const { paymentNo, method, amountFen, insuranceSplit } of paid) {
    if (method === 'medicalInsurance') found.unless(insuranceSplit !== undefined && insuranceSplit.fundFen + insuranceSplit.accountFen === amountFen, 'I5', paymentNo, 'fund and account do not make the insured payment');
  }
  for (const { paymentNo, method, amountFen, settledBy } of payments) {
    const wallet = payments.find((payment) => payment.paymentNo === settledBy);
    if (settledBy !== undefined) found.unless(method === 'medicalInsurance' && wallet?.insuranceOrder !== undefined && amountFen + wallet.amountFen === order.amountFen, 'I5', paymentNo, 'not the insured part of what its wallet payment completes');
  }
  const askedFen = sum(payments.filter(({ state }) => !isPaymentEnded(state) && state !== 'closing'), (payment) => payment.amountFen);
  const keptFen = sum(payments, (payment) => refundableFen({ refunds }, payment));
  found.unless(askedFen === 0 || keptFen + askedFen <= order.amountFen, 'I5', order.tradeNo, `${String(keptFen)} fen are paid and ${String(askedFen)} more asked for, of ${String(order.amountFen)}`);
  for (const payment of payments) {
    const held = sum(refunds.filter((refund) => refund.paymentNo === payment.paymentNo && holdsMoney(refund.state)), (refund) => refund.refundFen);
    const limit = payment.state === 'succeeded' ? payment.amountFen : 0;
    const isWhole = payment.refundsWholeOnly !== true || held === 0 || held === payment.amountFen;
    found.unless(isWhole, 'I6', payment.paymentNo, `refunds of ${String(held)} fen on a payment that is undone only whole`);
    found.unless(held <= limit, 'I6', payment.paymentNo, `refunds of ${String(held)} fen on ${String(limit)} fen paid`);
  }
  const mayStillReturnFen = paidFen - sum(refunds.filter((refund) => holdsMoney(refund.state)), (refund) => refund.refundFen);
  if (order.confirmation === 'none' && order.tenderUntil !== undefined) {
    found.unless(mayStillReturnFen < order.amountFen, 'I5', order.tradeNo, 'the whole amount is paid, and the hospital is not told');
  } else if (paid.length > 0 && (order.confirmation === 'none' || order.confirmation === 'rejected')) {
    found.unless(mayStillReturnFen === 0, 'I7', order.tradeNo, `${String(mayStillReturnFen)} fen are neither known to the hospital nor on their way back`);
  }
  const isBooked = order.confirmation === 'confirmed' || order.confirmation === 'reversing' || order.confirmation === 'reversed';
  found.unless(!isBooked || (order.settlementNo !== undefined && order.hisDay !== undefined), 'I12', order.tradeNo, 'confirmed without the settlement number or day of the HIS');
  if (order.confirmation === 'reversed') found.unless(mayStillReturnFen === 0, 'I7', order.tradeNo, 'reversed at the HIS, and not wholly refunded');
  for (const refund of refunds) checkRefund(found, order.hisDay !== undefined, refund, refunds);
  return found.violations;
}

/** I2, I3, I7, I8: what the order's own clearing keys must hold, exactly. Compare with the rows of `clear_balance` for these keys. */
export function checkOrderLedger(aggregate: OrderAggregate, actual: readonly ClearBalance[]): Violation[] {
  const own = (balance: ClearBalance) => balance.account.startsWith('2001/') || balance.account.startsWith('2011/');
  return compareBalances(expectedClearBalances(aggregate).filter(own), actual.filter(own));
}

/** The whole clearing table against all orders together, and what else was posted `beside` them: this covers the keys orders share (bill days, HIS days, tills). */
export function checkWholeLedger(aggregates: readonly OrderAggregate[], actual: readonly ClearBalance[], beside: readonly ClearBalance[] = []): Violation[] {
  return compareBalances([...aggregates.flatMap(expectedClearBalances), ...beside], actual);
}

/** I12, I13: each row's state is the last event's, and each end has the fact that justified it. */
export function checkHistory(aggregate: OrderAggregate, events: readonly PastEvent[], isFact: (sourceId: string) => boolean): Violation[] {
  const found = new Findings();
  const last = new Map<string, string>();
  for (const event of events) {
    const key = `${event.axis} ${event.subject}`;
    found.unless(event.from === undefined || event.from === (last.get(key) ?? event.from), 'I13', event.subject, `${event.axis} moved from ${event.from ?? ''}, but was ${last.get(key) ?? ''}`);
    last.set(key, event.to);
    const needed = FACTS_OF_ENDS[`${event.axis} ${event.to}`];
    if (needed === undefined) continue;
    found.unless(needed.includes(event.cause.kind), 'I12', event.subject, `${event.axis} became ${event.to} because of ${event.cause.kind}`);
    found.unless(isFact(event.cause.id), 'I12', event.subject, `${event.axis} became ${event.to}; its cause ${event.cause.id} is not among the facts`);
  }
  const agree = (axis: string, subject: string, state: string) => {
    found.unless((last.get(`${axis} ${subject}`) ?? 'none') === state, 'I13', subject, `${axis} is ${state}, its last event says ${last.get(`${axis} ${subject}`) ?? 'none'}`);
  };
  agree('confirmation', aggregate.order.tradeNo, aggregate.order.confirmation);
  for (const payment of aggregate.payments) agree('payment', payment.paymentNo, payment.state);
  for (const refund of aggregate.refunds) agree('refund', refund.refundNo, refund.state);
  return found.violations;
}

/** I17, first half: whatever has not ended has a live job that will go on with it. */
export function checkJobs({ order, payments, refunds }: OrderAggregate, hasJob: (kind: JobKind, subject: string) => boolean): Violation[] {
  const found = new Findings();
  const needs = (isOpen: boolean, kind: JobKind, subject: string, state: string) => {
    found.unless(!isOpen || hasJob(kind, subject), 'I17', subject, `${state}, and no ${kind} job will go on with it`);
  };
  needs(isConfirmationOpen(order.confirmation), 'confirmOrder', order.tradeNo, order.confirmation);
  const mayBeComplete = payments.some((payment) => !isPaymentEnded(payment.state)) || hasJob('advanceTender', order.tradeNo);
  const keptFen = sum(payments, (payment) => refundableFen({ refunds }, payment));
  found.unless(order.confirmation !== 'none' || keptFen === 0 || mayBeComplete, 'I17', order.tradeNo, `${String(keptFen)} fen of a mixed tender are kept, and nothing will complete or return them`);
  for (const payment of payments) needs(!isPaymentEnded(payment.state), 'advancePayment', payment.paymentNo, payment.state);
  for (const refund of refunds) needs(!isRefundEnded(refund.state), 'advanceRefund', refund.refundNo, refund.state);
  if (order.confirmation === 'reversing') {
    found.unless(refunds.some((refund) => refund.needsHisApproval && !isRefundEnded(refund.state)), 'I17', order.tradeNo, 'reversing, and no refund is asking the HIS');
  }
  return found.violations;
}

/** I17, second half: nothing stays open past its limit without an open case. `graceMs` covers the gap between two attempts. */
export function checkLateness(
  { order, payments, refunds }: OrderAggregate,
  given: { readonly now: Date; readonly policy: PaymentPolicy; readonly graceMs: number; readonly hasCase: (kinds: readonly CaseKind[], subject: string) => boolean },
): Violation[] {
  const found = new Findings();
  const isPast = (since: string | undefined, limitMs: number) => since !== undefined && given.now.getTime() > Date.parse(since) + limitMs + given.graceMs;
  for (const payment of payments) {
    if (!isPaymentEnded(payment.state) && isPast(payment.expiresAt, given.policy.unknownEscalationMs)) {
      found.unless(given.hasCase(['paymentUnknown', 'amountMismatch', 'merchantMismatch', 'insuranceSplit'], payment.paymentNo), 'I17', payment.paymentNo, `${payment.state} long after its expiry, and no case is open`);
    }
  }
  if (isConfirmationOpen(order.confirmation) && isPast(order.paidAt, given.policy.confirmEscalationMs)) {
    found.unless(given.hasCase(['confirmationUnknown', 'confirmationAmount'], order.tradeNo), 'I17', order.tradeNo, 'paid, not confirmed for too long, and no case is open');
  }
  for (const refund of refunds) {
    if (!isRefundEnded(refund.state) && isPast(refund.requestedAt, given.policy.refundEscalationMs)) {
      found.unless(given.hasCase(['refundLate', 'refundAbnormal'], refund.refundNo), 'I17', refund.refundNo, `${refund.state} for too long, and no case is open`);
    }
  }
  return found.violations;
}

/** What the clearing keys must hold because of this order: money in, told to the HIS, on its way back. Zero lines are left out by the comparison. */
export function expectedClearBalances({ order, payments, refunds }: OrderAggregate): ClearBalance[] {
  const lines: ClearBalance[] = [];
  const add = (account: AccountName, clearKey: string, netFen: number, pendingFen = 0) => lines.push({ account, clearKey, netFen, pendingFen });
  for (const payment of payments) {
    if (payment.state !== 'succeeded') continue;
    for (const { account, amountFen } of whereMoneyIs(payment)) add(account, moneyKey(payment, payment.tillNo, payment.billDay ?? ''), amountFen);
    add(patientPayable(order), order.tradeNo, payment.amountFen);
  }
  if (order.hisDay !== undefined) {
    add(patientPayable(order), order.tradeNo, -order.amountFen);
    add(hisPayable(order), order.hisDay, order.amountFen);
  }
  for (const refund of refunds) {
    const payment = payments.find((candidate) => candidate.paymentNo === refund.paymentNo);
    if (payment !== undefined && holdsMoney(refund.state)) addRefund(add, order, payment, refund);
  }
  return lines;
}

type Add = (account: AccountName, clearKey: string, netFen: number, pendingFen?: number) => void;

function addRefund(add: Add, order: OrderAggregate['order'], payment: Payment, refund: Refund): void {
  const liability = refund.reservedFrom === '2001' ? patientPayable(order) : hisPayable(order);
  const requestedDay = beijingDay(new Date(refund.requestedAt));
  if (!refund.isPosted) {
    add(liability, refund.reservedFrom === '2001' ? order.tradeNo : requestedDay, 0, -refund.refundFen);
    add(refundClearing(payment), refund.refundNo, 0, refund.refundFen);
    return;
  }
  add(liability, refund.reservedFrom === '2001' ? order.tradeNo : (refund.hisReversedDay ?? requestedDay), -refund.refundFen);
  const bankDay = billDayOfRefund(payment, refund);
  if (refund.state === 'succeeded') for (const { account, amountFen } of whereRefundComesFrom(payment, refund)) add(account, moneyKey(payment, refund.tillNo, bankDay), -amountFen);
  else add(refundClearing(payment), refund.refundNo, refund.refundFen);
}

function checkRefund(found: Findings, wasBooked: boolean, refund: Refund, refunds: readonly Refund[]): void {
  const { refundNo, state } = refund;
  if (refund.needsHisApproval) found.unless(wasBooked, 'I14', refundNo, 'asks the HIS to reverse what it never booked');
  if (refund.cause === 'latePayment') found.unless(!refund.needsHisApproval, 'I14', refundNo, 'a late payment never was part of the booking, and the HIS is asked to reverse it');
  const isPastHis = state !== 'reserved' && state !== 'approving' && state !== 'rejected';
  if (refund.reservedFrom === '2002' && isPastHis) found.unless(refund.hisRefundNo !== undefined, 'I14', refundNo, 'went to the channel before the HIS reversed its booking');
  if (state === 'succeeded') found.unless(refund.isPosted && refund.refundedAt !== undefined && refund.channelRefundNo !== undefined, 'I12', refundNo, 'succeeded without the channel number, the time or its posting');
  if (state === 'closed') found.unless(refunds.some((other) => other.replaces === refundNo), 'I7', refundNo, 'given up by the channel, and no successor was made');
}

function compareBalances(expected: readonly ClearBalance[], actual: readonly ClearBalance[]): Violation[] {
  const found = new Findings();
  const left = total(expected);
  const right = total(actual);
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const want = left.get(key) ?? { netFen: 0, pendingFen: 0 };
    const have = right.get(key) ?? { netFen: 0, pendingFen: 0 };
    found.unless(
      want.netFen === have.netFen && want.pendingFen === have.pendingFen,
      'I3', key, `the orders say ${String(want.netFen)} (+${String(want.pendingFen)} pending) fen, the ledger ${String(have.netFen)} (+${String(have.pendingFen)})`,
    );
  }
  return found.violations;
}

function total(balances: readonly ClearBalance[]): Map<string, { netFen: number; pendingFen: number }> {
  const totals = new Map<string, { netFen: number; pendingFen: number }>();
  for (const { account, clearKey, netFen, pendingFen } of balances) {
    const key = `${account}[${clearKey}]`;
    const before = totals.get(key) ?? { netFen: 0, pendingFen: 0 };
    totals.set(key, { netFen: before.netFen + netFen, pendingFen: before.pendingFen + pendingFen });
  }
  return totals;
}

function isConfirmationOpen(state: OrderAggregate['order']['confirmation']): boolean {
  return state === 'toConfirm' || state === 'confirming' || state === 'unknown';
}

const CHANNEL_FACTS: readonly Cause['kind'][] = ['answer', 'notification', 'query', 'statement'];
const HIS_FACTS: readonly Cause['kind'][] = ['hisAnswer', 'hisQuery'];
const FACTS_OF_ENDS: Readonly<Record<string, readonly Cause['kind'][]>> = {
  'payment succeeded': CHANNEL_FACTS,
  'payment closed': CHANNEL_FACTS,
  'payment failed': CHANNEL_FACTS,
  'confirmation confirmed': HIS_FACTS,
  'confirmation rejected': ['hisAnswer'],
  'confirmation reversed': [...HIS_FACTS, 'request'],
  'refund succeeded': CHANNEL_FACTS,
  'refund closed': CHANNEL_FACTS,
  'refund rejected': ['hisAnswer'],
};

class Findings {
  readonly violations: Violation[] = [];
  unless(isTrue: boolean, rule: string, subject: string, detail: string): void {
    if (!isTrue) this.violations.push({ rule, subject, detail });
  }
}

function sum<Item>(items: readonly Item[], amount: (item: Item) => number): number {
  return items.reduce((before, item) => before + amount(item), 0);
}
