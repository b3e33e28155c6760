/** Compares what the platform wrote with the truth of channel and HIS: after every event for the orders it touched, and in full at the end. */
import type { ConfirmRequest } from '@hospay/plugin-sdk';
import { readBilingual } from '@hospay/server/domain/bilingual.js';
import { checkHistory, checkJobs, checkLateness, checkOrder, checkOrderLedger, checkWholeLedger, type ClearBalance, type PastEvent, type Violation } from '@hospay/server/domain/invariants.js';
import type { AccountName } from '@hospay/server/domain/ledger.js';
import { keptFen } from '@hospay/server/domain/mixed-tender.js';
import type { CaseKind, Cause } from '@hospay/server/domain/order-change.js';
import type { OrderAggregate, Payment, Refund } from '@hospay/server/domain/order.js';
import { isPaymentEnded } from '@hospay/server/domain/payment-states.js';
import { expectedShiftBalances } from '@hospay/server/domain/shift-invariants.js';
import { SELF_TEST_OWNER } from '@hospay/server/domain/self-test.js';
import { isRefundEnded } from '@hospay/server/domain/refund-states.js';
import { number, optionalText, text } from '@hospay/server/edges/database/money/rows.js';
import { Statements } from '@hospay/server/edges/database/money/statements.js';
import { readShiftRows } from '@hospay/server/edges/database/money/verify-shifts.js';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { viewOrder, type OrderView } from '@hospay/server/payments/order-view.js';
import { checkChannelLedger } from './channel-ledger.js';
import { CardLedger } from './card-ledger.js';
import type { BackPayment } from './channels/channel-truth.js';
import type { History } from './history.js';
import { checkJoined, checkJoinedEnd } from './joined-ledger.js';
import { DischargeLedger } from './discharge-ledger.js';
import { HOSPITAL_ID } from './hospital-world.js';
import { PayoutLedger } from './payout-ledger.js';
import { PrepaymentLedger } from './prepayment-ledger.js';
import { OrderCopy } from './order-copy.js';
import { checkReportSums } from './report-ledger.js';
import { checkStatements } from './statement-ledger.js';
import { NoticeLedger } from './notice-ledger.js';
import { InsuranceLedger } from './insurance-ledger.js';
import { checkSelfTest } from './testing-channels.js';
import { isLeftToPerson } from './left-to-person.js';
import type { WorldView } from './world-view.js';

const MINUTE = 60_000;

export class Auditor {
  readonly #world: WorldView;
  readonly #sql: Statements;
  readonly #insurance: InsuranceLedger;
  readonly #discharges: DischargeLedger;
  readonly #payouts: PayoutLedger;
  readonly #cards: CardLedger;
  readonly #prepayments: PrepaymentLedger;
  readonly #notices: NoticeLedger;
  readonly #copy = new OrderCopy();
  readonly #touched = new Set<string>();
  readonly #versions = new Map<string, number>();
  readonly #liveOnBill = new Map<string, Set<string>>();

  constructor(world: WorldView) {
    this.#world = world;
    this.#sql = new Statements(world.store.database);
    this.#insurance = new InsuranceLedger(world);
    this.#discharges = new DischargeLedger(world.store, world.hospital);
    this.#payouts = new PayoutLedger(world.store, world.bank);
    this.#cards = new CardLedger(world);
    this.#prepayments = new PrepaymentLedger(world.store, world.hospital.accounts);
    this.#notices = new NoticeLedger(world.store);
  }

  touch(tradeNo: string): void {
    this.#touched.add(tradeNo);
  }
  get hasWork(): boolean {
    return this.#touched.size > 0;
  }

  /** The cheap half, after an event: every order it touched. */
  async checkTouched(): Promise<Violation[]> {
    const violations: Violation[] = [];
    for (const tradeNo of this.#touched) {
      const aggregate = await this.#world.store.findOrder(tradeNo);
      if (aggregate !== undefined) violations.push(...this.#checkOne(aggregate));
      violations.push(...this.#checkMoneyOnce(tradeNo, aggregate));
      if (aggregate !== undefined) violations.push(...this.#checkClaims(aggregate), ...checkJoined(this.#world, aggregate));
    }
    this.#touched.clear();
    this.#copy.read(this.#world.store.orderChangesOf(HOSPITAL_ID));
    violations.push(...this.#insurance.checkJobs());
    if (this.#world.hasFinanceOffice) violations.push(...this.#payouts.check(), ...this.#payouts.checkJobs());
    if (this.#world.hasBoundCards) violations.push(...this.#cards.check());
    return violations;
  }

  #checkOne(aggregate: OrderAggregate): Violation[] {
    const { order } = aggregate;
    const violations = [...checkOrder(aggregate), ...checkSelfTest(aggregate), ...checkOrderLedger(aggregate, this.#clearBalancesOf(aggregate)), ...checkJobs(aggregate, this.#hasJob)];
    const seen = this.#versions.get(order.tradeNo) ?? 0;
    if (order.version < seen) violations.push({ rule: 'acknowledged is kept', subject: order.tradeNo, detail: `was version ${String(seen)}, is ${String(order.version)}` });
    this.#versions.set(order.tradeNo, order.version);
    for (const billNo of order.billNos) {
      const live = this.#liveOnBill.get(billNo) ?? new Set<string>();
      this.#liveOnBill.set(billNo, live);
      if (isLive(aggregate)) live.add(order.tradeNo);
      else live.delete(order.tradeNo);
      if (live.size > 1) violations.push({ rule: 'one live order per bill', subject: billNo, detail: [...live].join(' and ') });
    }
    return violations;
  }

  /** What must hold in the world at every instant, whatever the platform's rows say. */
  #checkMoneyOnce(tradeNo: string, aggregate: OrderAggregate | undefined): Violation[] {
    const { channels, hospital } = this.#world;
    const violations: Violation[] = [];
    const wrong = (rule: string, subject: string, detail: string) => violations.push({ rule, subject, detail });
    let paidFen = 0;
    let returnedFen = 0;
    for (const { channelId, paymentNo, taken, returnedFen: backFen } of channels.takenOf(tradeNo)) {
      paidFen += taken.paidFen;
      returnedFen += backFen;
      if (backFen > taken.paidFen) wrong('refunds never exceed the payment', paymentNo, `${String(backFen)} of ${String(taken.paidFen)} fen`);
      const known = aggregate?.payments.find((payment) => payment.paymentNo === paymentNo);
      if (known === undefined) wrong('intent before the call', paymentNo, `${channelId} has a payment the platform does not know`);
      else if (known.channel !== channelId) wrong('a payment stays with its channel', paymentNo, `is of ${known.channel}, and ${channelId} knows its number`);
      for (const refundNo of taken.refunds.keys()) {
        if (!(aggregate?.refunds.some((refund) => refund.refundNo === refundNo) ?? false)) wrong('intent before the call', refundNo, `${channelId} has a refund the platform does not know`);
      }
    }
    const bookedFen = hospital.bookedFen(tradeNo);
    if (hospital.timesBooked(tradeNo) > 1) violations.push({ rule: 'I14', subject: tradeNo, detail: `booked ${String(hospital.timesBooked(tradeNo))} times in the HIS` });
    for (const { told } of hospital.settlements) {
      if (told.tradeNo === tradeNo && aggregate !== undefined) violations.push(...checkBusiness(aggregate.order, told));
    }
    if (bookedFen > 0 && paidFen === 0) violations.push({ rule: 'served only when paid', subject: tradeNo, detail: `booked ${String(bookedFen)} fen, nothing was paid` });
    if (bookedFen > 0 && bookedFen + returnedFen > paidFen && !this.#bookedOtherAmount(tradeNo, aggregate)) {
      violations.push({ rule: 'I7', subject: tradeNo, detail: `served ${String(bookedFen)} and refunded ${String(returnedFen)} of ${String(paidFen)} fen` });
    }
    return violations;
  }

  /** What the platform says has happened, has happened: it may know later than the world, never sooner. */
  #checkClaims({ order, payments, refunds }: OrderAggregate): Violation[] {
    const { channels, hospital } = this.#world;
    const violations: Violation[] = [];
    const claim = (isTrue: boolean, subject: string, detail: string) => {
      if (!isTrue) violations.push({ rule: 'says only what happened', subject, detail });
    };
    for (const payment of payments) {
      if (payment.state !== 'succeeded') continue;
      const paidFen = channels.taken(payment.channel, payment.paymentNo)?.paidFen ?? 0;
      claim(paidFen === payment.amountFen, payment.paymentNo, `says ${String(payment.amountFen)} fen were paid; the channel has ${String(paidFen)}`);
    }
    for (const { paymentNo, channel, insuranceSplit } of payments) {
      if (insuranceSplit === undefined) continue;
      const { fundFen = 0, accountFen = 0 } = channels.centre(channel)?.settledSplit(paymentNo) ?? {};
      claim(insuranceSplit.fundFen === fundFen && insuranceSplit.accountFen === accountFen, paymentNo, `says ${JSON.stringify(insuranceSplit)}; the centre ${String(fundFen)} of the fund and ${String(accountFen)} of the account`);
    }
    for (const refund of refunds) {
      const back = this.#backOf(payments, refund);
      if (refund.state === 'succeeded') claim(back?.state === 'succeeded', refund.refundNo, `says the money is back; at the channel the refund is ${back?.state ?? 'unknown'}`);
      if (refund.state === 'closed') claim(back?.state === 'closed', refund.refundNo, `says the channel gave it up; there it is ${back?.state ?? 'unknown'}`);
      if (refund.hisRefundNo !== undefined && refund.replaces === undefined) claim(hospital.reversed(refund.hisRefundNo, order.tradeNo) || hospital.ownRefunds.has(refund.hisRefundNo), refund.refundNo, 'says the HIS reversed its booking; it did not');
    }
    if (order.confirmation === 'confirmed') claim(hospital.timesBooked(order.tradeNo) > 0 || hospital.lost.has(order.tradeNo), order.tradeNo, 'says the hospital has booked it; it has not');
    return violations;
  }

  /** What the HIS reversed and was told of goes back once and whole; what was refused does not. */
  #checkOwnRefunds({ order: { tradeNo }, refunds }: OrderAggregate): Violation[] {
    return [...this.#world.hospital.ownRefunds].filter(([, own]) => own.tradeNo === tradeNo).flatMap(([hisRefundNo, { state, refundFen }]) => {
      const takenFen = refunds.reduce((sum, refund) => (refund.hisRefundNo === hisRefundNo && refund.replaces === undefined ? sum + refund.refundFen : sum), 0);
      const expectedFen = state === 'rolledBack' ? 0 : refundFen;
      return takenFen === expectedFen ? [] : [{ rule: 'a refund of the HIS goes back once', subject: hisRefundNo, detail: `${state} for ${String(refundFen)} fen at the HIS, ${String(takenFen)} fen go back` }];
    });
  }

  /** The full half, in the healed and quiet world. */
  async checkAll(): Promise<Violation[]> {
    const violations: Violation[] = verifyLedger(this.#world.store.database).problems.map((detail) => ({ rule: 'ledger', subject: 'ledger', detail }));
    violations.push(...checkReportSums(this.#world.store.database), ...checkStatements(this.#world.store.database, HOSPITAL_ID));
    const aggregates: OrderAggregate[] = [];
    for (const tradeNo of this.orderNumbers()) {
      const aggregate = await this.#world.store.findOrder(tradeNo);
      if (aggregate === undefined) continue;
      violations.push(...this.#checkOwnRefunds(aggregate));
      aggregates.push(aggregate);
      violations.push(
        ...this.#checkOne(aggregate),
        ...checkHistory(aggregate, this.#eventsOf(tradeNo), this.#isFact),
        ...this.#checkLate(aggregate),
        ...this.#checkMoneyOnce(tradeNo, aggregate),
        ...this.#checkEnd(aggregate),
      );
    }
    violations.push(...this.#copy.check(this.#world.store.orderChangesOf(HOSPITAL_ID), aggregates.map(({ order }) => order)));
    const shifts = readShiftRows(this.#world.store.database);
    violations.push(...checkWholeLedger(aggregates, this.#allClearBalances(), [...expectedShiftBalances(shifts.records, shifts.deposits), ...this.#payouts.balances()]));
    const known = new Set(aggregates.flatMap(({ payments }) => payments.map(({ paymentNo }) => paymentNo)));
    for (const { paymentNo, taken } of this.#world.channels.takenOf('')) {
      if (taken.paidFen > 0 && !known.has(paymentNo)) violations.push({ rule: 'no money without an order', subject: paymentNo, detail: `${String(taken.paidFen)} fen are at the channel` });
    }
    const waitsForPerson = (aggregate: OrderAggregate) => this.#waitsForPerson(aggregate);
    violations.push(...this.#checkWords(), ...checkChannelLedger(this.#world, aggregates, waitsForPerson), ...this.#insurance.checkJobs(), ...this.#insurance.checkEnd(aggregates, waitsForPerson), ...this.#discharges.checkJobs(), ...this.#discharges.checkEnd(), ...this.#prepayments.checkJobs(), ...this.#prepayments.checkEnd(), ...this.#notices.checkJobs(), ...this.#notices.checkEnd(), ...this.#payouts.checkJobs(), ...this.#payouts.checkEnd(this.#world.hasFinanceOffice), ...this.#cards.checkEnd());
    const isInvoiced = ({ order }: OrderAggregate): boolean => this.#world.policy.invoicedBusinesses.some((business) => business === (order.business ?? 'bill'));
    violations.push(...this.#world.hospital.billLocks.checkEnd(aggregates.filter((aggregate) => !waitsForPerson(aggregate))));
    violations.push(...this.#world.hospital.invoices.checkEnd(aggregates.filter((aggregate) => !waitsForPerson(aggregate)), isInvoiced, (tradeNo) => this.#world.hospital.invoiceableFen(tradeNo)));
    return violations;
  }

  /** In the healed world nothing may be late without a case, and nothing paid may wait for hours for a HIS that answers, whatever clock it was begun under. */
  async checkLate(healthyForMs: number): Promise<Violation[]> {
    const violations: Violation[] = [];
    for (const row of this.#sql.all('SELECT DISTINCT trade_no FROM job')) {
      const aggregate = await this.#world.store.findOrder(text(row, 'trade_no'));
      if (aggregate === undefined) continue;
      violations.push(...this.#checkLate(aggregate));
      const { confirmation, tradeNo } = aggregate.order;
      const waitsForHis = confirmation === 'toConfirm' || confirmation === 'confirming' || confirmation === 'unknown';
      if (waitsForHis && healthyForMs > 120 * MINUTE && !this.#waitsForPerson(aggregate)) violations.push({ rule: 'progress', subject: tradeNo, detail: `paid, and ${confirmation} although the HIS has answered for two hours` });
      for (const refund of aggregate.refunds) {
        const atChannel = this.#backOf(aggregate.payments, refund)?.state;
        // A till that is short waits for tomorrow's change money.
        const isAtTill = aggregate.payments.some(({ paymentNo, method }) => paymentNo === refund.paymentNo && method === 'cash');
        const isUndecided = atChannel === 'processing' || atChannel === 'abnormal' || isAtTill || this.#isForPerson(aggregate, refund) || this.#waitsForPerson(aggregate);
        if (!isRefundEnded(refund.state) && !isUndecided && healthyForMs - this.#world.clockAheadMs > 540 * MINUTE) violations.push({ rule: 'progress', subject: refund.refundNo, detail: `${refund.state} for nine hours; at the channel ${atChannel ?? 'not there'}` });
      }
    }
    for (const { presettlementNo, state, tradeNo } of this.#insurance.open()) {
      if (healthyForMs - this.#world.clockAheadMs <= 540 * MINUTE || (await this.#isOfWaiting(tradeNo))) continue;
      violations.push({ rule: 'progress', subject: presettlementNo, detail: `${state} for nine hours` });
    }
    return violations;
  }

  /** Its order waits for a person: so does it. */
  async #isOfWaiting(tradeNo: string | undefined): Promise<boolean> {
    const aggregate = tradeNo === undefined ? undefined : await this.#world.store.findOrder(tradeNo);
    return aggregate !== undefined && this.#waitsForPerson(aggregate);
  }

  #checkLate(aggregate: OrderAggregate): Violation[] {
    return checkLateness(aggregate, { now: this.#world.platformNow(), policy: this.#world.policy, graceMs: 45 * MINUTE, hasCase: this.#hasCase });
  }

  /** Whether nothing more will happen by itself: all ended, or left to a person with an open case. */
  async isSettled(): Promise<boolean> {
    for (const row of this.#sql.all('SELECT DISTINCT trade_no FROM job')) {
      const aggregate = await this.#world.store.findOrder(text(row, 'trade_no'));
      if (aggregate !== undefined && !this.#waitsForPerson(aggregate)) return false;
    }
    if (!this.#payouts.isAtRest(this.#world.hasFinanceOffice) || !this.#cards.isAtRest()) return false;
    if (this.#discharges.open().length > 0 || this.#prepayments.open().length > 0) return false;
    for (const { tradeNo } of this.#insurance.open()) if (!(await this.#isOfWaiting(tradeNo))) return false;
    for (const tradeNo of this.orderNumbers()) {
      const aggregate = await this.#world.store.findOrder(tradeNo);
      if (aggregate !== undefined && !this.#isAtRest(aggregate)) return false;
    }
    return true;
  }

  #isAtRest(aggregate: OrderAggregate): boolean {
    if (this.#waitsForPerson(aggregate)) return true;
    const { confirmation } = aggregate.order;
    return (
      aggregate.payments.every((payment) => isPaymentEnded(payment.state)) &&
      aggregate.refunds.every((refund) => isRefundEnded(refund.state)) &&
      (confirmation === 'none' || confirmation === 'confirmed' || confirmation === 'rejected' || confirmation === 'reversed')
    );
  }

  /** The channel has no question that would decide this refund; the case comes when it is a day old. */
  #isForPerson({ payments }: OrderAggregate, { paymentNo, refundNo }: Refund): boolean {
    const payment = payments.find((candidate) => candidate.paymentNo === paymentNo);
    return payment !== undefined && (this.#world.channels.stand(payment.channel)?.truth.leftToPerson?.(refundNo) ?? false);
  }

  #backOf(payments: readonly Payment[], refund: Refund): BackPayment | undefined {
    const payment = payments.find(({ paymentNo }) => paymentNo === refund.paymentNo);
    return payment === undefined ? undefined : this.#world.channels.taken(payment.channel, payment.paymentNo)?.refunds.get(refund.refundNo);
  }

  /** Cases no machine may decide: the channel took, or the HIS booked, another amount; or a channel has no question that would decide. */
  #waitsForPerson(aggregate: OrderAggregate): boolean {
    const { tradeNo } = aggregate.order;
    const isAltered = aggregate.payments.some((payment) => {
      const order = this.#world.channels.taken(payment.channel, payment.paymentNo);
      return payment.method !== 'medicalInsurance' && order !== undefined && order.paidFen > 0 && order.paidFen !== payment.amountFen && this.#hasCase(['amountMismatch'], payment.paymentNo);
    });
    const isLost = this.#world.hospital.lost.has(tradeNo) && this.#hasCase(['bookingLost'], tradeNo);
    return isLost || isAltered || isLeftToPerson(this.#world.channels, aggregate, this.#hasCase) || (this.#bookedOtherAmount(tradeNo, aggregate) && this.#hasCase(['confirmationAmount'], tradeNo));
  }

  #bookedOtherAmount(tradeNo: string, aggregate: OrderAggregate | undefined): boolean {
    return this.#world.hospital.settlements.some((settlement) => settlement.tradeNo === tradeNo && settlement.amountFen !== aggregate?.order.amountFen);
  }

  /** Whoever opened a case said in Chinese what happened. */
  #checkWords(): Violation[] {
    const cases = this.#sql.all('SELECT kind, subject, detail FROM discrepancy_case').map((row) => ({ subject: `${text(row, 'kind')} ${text(row, 'subject')}`, ...readBilingual(text(row, 'detail')) }));
    return cases.filter(({ zh }) => !/\p{Script=Han}/u.test(zh)).map(({ subject, zh }) => ({ rule: 'a case is told in both languages', subject, detail: zh }));
  }

  /** The promise: every fen is known to the hospital or back with the patient. */
  #checkEnd(aggregate: OrderAggregate): Violation[] {
    const { order } = aggregate;
    const violations: Violation[] = [];
    const wrong = (detail: string) => violations.push({ rule: 'known to the hospital or on its way back', subject: order.tradeNo, detail });
    if (this.#waitsForPerson(aggregate)) return violations;
    if (!this.#isAtRest(aggregate)) wrong(`days later: payment ${aggregate.payments.map(({ state }) => state).join()}, confirmation ${order.confirmation}, refunds ${aggregate.refunds.map(({ state }) => state).join()}`);
    let leftFen = 0;
    for (const payment of aggregate.payments) {
      const truth = this.#world.channels.taken(payment.channel, payment.paymentNo);
      const paidFen = truth?.paidFen ?? 0;
      if ((payment.state === 'succeeded') !== (paidFen === payment.amountFen)) wrong(`payment is ${payment.state}; the channel has ${String(paidFen)} of ${String(payment.amountFen)} fen`);
      leftFen += paidFen;
      for (const refund of aggregate.refunds) {
        if (refund.paymentNo !== payment.paymentNo) continue;
        const back = truth?.refunds.get(refund.refundNo);
        if ((refund.state === 'succeeded') !== (back?.state === 'succeeded')) wrong(`refund ${refund.refundNo} is ${refund.state}; at the channel ${back?.state ?? 'unknown'}`);
        if (back?.state === 'succeeded') leftFen -= back.refundFen;
      }
    }
    violations.push(...checkJoinedEnd(this.#world, aggregate));
    const bookedFen = this.#world.hospital.bookedFen(order.tradeNo);
    if (leftFen !== bookedFen) wrong(`the channel keeps ${String(leftFen)} fen, the hospital booked ${String(bookedFen)} fen`);
    const told = this.#world.application.heard.get(order.tradeNo);
    if (order.owner.kind === 'application' && order.owner.id !== SELF_TEST_OWNER.id && aggregate.payments.some((payment) => payment.state === 'succeeded')) {
      const final = facesOf(viewOrder(aggregate));
      if (told === undefined || facesOf(told) !== final) violations.push({ rule: 'the owner knows the newest state', subject: order.tradeNo, detail: `is ${final}; was told ${told === undefined ? 'nothing' : facesOf(told)}` });
    }
    return violations;
  }

  orderNumbers(): string[] {
    return this.#sql.all('SELECT trade_no FROM orders ORDER BY trade_no').map((row) => text(row, 'trade_no'));
  }
  /** Every transition and every case the seed met, for the "sometimes" list. */
  markMeetings(history: History): void {
    for (const row of this.#sql.all('SELECT axis, from_state, to_state, trigger FROM state_event')) {
      history.mark(`${text(row, 'axis')}: ${optionalText(row, 'from_state') ?? '–'} → ${text(row, 'to_state')} by ${text(row, 'trigger')}`);
    }
    const byMethod = 'SELECT p.method, s.from_state, s.to_state, s.trigger FROM state_event s JOIN payment p ON p.payment_no = s.subject WHERE s.axis = ? AND s.from_state IS NOT NULL';
    for (const row of this.#sql.all(byMethod, 'payment')) history.mark(`${text(row, 'method')}: ${text(row, 'from_state')} → ${text(row, 'to_state')} by ${text(row, 'trigger')}`);
    const backByMethod = 'SELECT p.method, s.from_state, s.to_state FROM state_event s JOIN refund r ON r.refund_no = s.subject JOIN payment p ON p.payment_no = r.payment_no WHERE s.axis = ? AND s.from_state IS NOT NULL';
    for (const row of this.#sql.all(backByMethod, 'refund')) history.mark(`${text(row, 'method')}, refund: ${text(row, 'from_state')} → ${text(row, 'to_state')}`);
    for (const row of this.#sql.all("SELECT subject FROM state_event WHERE axis = 'presettlement' AND to_state = 'settling' GROUP BY subject HAVING count(*) > 1")) history.mark(`a second order took the pre-settlement${this.#sql.get("SELECT 1 FROM state_event s JOIN orders o ON o.trade_no = s.trade_no WHERE o.presettlement_no = ? AND s.axis = 'payment' AND s.from_state = 'closed'", text(row, 'subject')) === undefined ? '' : ' of one that had settled after all'}`);
    for (const row of this.#sql.all('SELECT kind FROM discrepancy_case')) history.mark(`case ${text(row, 'kind')}`);
  }

  readonly #hasJob = (kind: string, subject: string): boolean => this.#sql.get('SELECT 1 FROM job WHERE kind = ? AND subject = ?', kind, subject) !== undefined;
  readonly #hasCase = (kinds: readonly CaseKind[], subject: string): boolean =>
    kinds.some((kind) => this.#sql.get('SELECT 1 FROM discrepancy_case WHERE kind = ? AND subject = ? AND resolved_at IS NULL', kind, subject) !== undefined);
  readonly #isFact = (sourceId: string): boolean => this.#sql.get('SELECT 1 FROM fact WHERE source_id = ?', sourceId) !== undefined;

  #clearBalancesOf({ order, refunds }: OrderAggregate): ClearBalance[] {
    return [order.tradeNo, ...refunds.map((refund) => refund.refundNo)].flatMap((key) =>
      this.#sql.all('SELECT a.name AS account, c.* FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE c.clear_key = ?', key).map(balanceFromRow),
    );
  }
  #allClearBalances(): ClearBalance[] {
    return this.#sql.all('SELECT a.name AS account, c.* FROM clear_balance c JOIN account a ON a.id = c.account_id').map(balanceFromRow);
  }
  #eventsOf(tradeNo: string): PastEvent[] {
    return this.#sql.all('SELECT * FROM state_event WHERE trade_no = ? ORDER BY id', tradeNo).map((row) => ({
      axis: text(row, 'axis') as PastEvent['axis'],
      subject: text(row, 'subject'),
      from: optionalText(row, 'from_state'),
      to: text(row, 'to_state'),
      cause: { kind: text(row, 'cause_kind') as Cause['kind'], id: text(row, 'cause_id') },
    }));
  }
}

function balanceFromRow(row: Record<string, unknown>): ClearBalance {
  return { account: text(row, 'account') as AccountName, clearKey: text(row, 'clear_key'), netFen: number(row, 'net_fen'), pendingFen: number(row, 'pending_fen') };
}

/** The order may still be paid, or was paid and stands. */
function isLive(aggregate: OrderAggregate): boolean {
  const { order, payments } = aggregate;
  if (payments.some((payment) => !isPaymentEnded(payment.state)) || (order.tenderUntil !== undefined && keptFen(aggregate) > 0)) return true;
  return order.confirmation !== 'none' && order.confirmation !== 'rejected' && order.confirmation !== 'reversed';
}

/** The states an owner is told of. */
function facesOf(view: OrderView): string {
  return JSON.stringify([view.payments.map(({ state }) => state), view.confirmation.state, view.refunds.map(({ refundNo, state }) => [refundNo, state])]);
}

/** A deposit goes to the stay it was paid for, a registration to the slot that was held, and neither is booked as bills. */
function checkBusiness({ tradeNo, business = 'bill', subject = {} }: OrderAggregate['order'], told: ConfirmRequest): Violation[] {
  const isSame = (told.business ?? 'bill') === business && told.hisRegistrationNo === subject.hisRegistrationNo && told.inpatientNo === subject.inpatientNo && told.visitId === subject.visitId;
  return isSame ? [] : [{ rule: 'booked as what it was paid for', subject: tradeNo, detail: `paid for ${business} ${JSON.stringify(subject)}, booked as ${told.business ?? 'bill'}` }];
}
