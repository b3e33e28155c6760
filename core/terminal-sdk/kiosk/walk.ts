/** One patient's walk through the kiosk: which screen is up, and what each touch does. Drawing is elsewhere; what is particular to registration and inpatients too. */
import { stageAtCounter, stageOf, takesMore, type Bill, type CallResult, type Order, type OrderStage, type PayResult, type Patient, type ReplyOf, type TerminalClient } from '../src/index.js';
import { listCheckIns, listReports, showQueue } from './asking.js';
import { payRest, takeVoucher } from './insuring.js';
import { listDepartments } from './registering.js';
import { isOfStay, isSettlementEnded, type CodeScreen, type Errand, type IdentityType, type QuoteScreen, type Screen, type SlotsScreen, type Subject, type Trouble } from './screen.js';
import { balanceOf, findStays, follow, followLater } from './staying.js';

const CODE_ASK_EVERY_MS = 4_000;
/** An order older than this is no longer the business of whoever stands here now. */
const RESTORE_WITHIN_MS = 30 * 60_000;
const ASK_EVERY_MS: Readonly<Partial<Record<OrderStage, number>>> = { starting: 2_000, scan: 5_000, onPhone: 5_000, confirming: 4_000, paid: 8_000, refunding: 15_000 };
/** Nobody touches the screen: the next person must not see this one's business. */
const IDLE_MS = 120_000;
const IDLE_AT_END_MS = 60_000;
/** Screens that are left alone however long nobody touches them: their own end comes. An order says for itself. */
const STAYS_UP: ReadonlySet<Screen['kind']> = new Set(['welcome', 'creating', 'code', 'order']);
/** Errands of a patient that are not bills. */
const OF_PATIENT: Readonly<Partial<Record<Errand, (visit: Walk, patient: Patient) => Promise<void>>>> = { registration: listDepartments, checkIn: listCheckIns, queue: showQueue, reports: listReports };
const NOTHING_KNOWN: Subject = { bills: [], about: undefined };

/** Numbers of settlements (出院结算) somebody has seen the end of here; kept over a power cut. */
export type Seen = { has(settlementNo: string): boolean; add(settlementNo: string): unknown };

export class Walk {
  readonly client: TerminalClient;
  readonly #changed: () => void;
  #screen: Screen = { kind: 'welcome' };
  #trouble: Trouble | undefined;
  #isBusy = false;
  #visit = 0;
  #lastTouchAt = Date.now();
  #nextQuestionAt = 0;
  #isAsking = false;
  #askedAt = 0;
  #closedAfterExpiry = '';
  #errand: Errand = 'bills';
  /** What the orders are for that this page has begun. */
  readonly #subjects = new Map<string, Subject>();
  /** A place that is held for the patient and not paid (占号). */
  #held: { readonly quote: QuoteScreen; readonly slots: SlotsScreen } | undefined;
  /** What is paid now: while its price is good, an unpaid end leads back to it. */
  #lastQuote: QuoteScreen | undefined;
  readonly #balances = new Map<string, number | undefined>();
  /** The code this visit shows, also while its order is on the screen: an unpaid end leads back to it. */
  #code: CodeScreen | undefined;
  readonly #isAggregated: boolean;
  readonly #seen: Seen;
  #idleMs = IDLE_MS;
  #isTaking = false;
  readonly #restAsked = new Set<string>();
  session: ReplyOf<'session.resume'> | undefined;

  constructor(client: TerminalClient, { aggregatedCode = false, seen = new Set() }: { readonly aggregatedCode?: boolean; readonly seen?: Seen }, changed: () => void) {
    this.client = client;
    this.#isAggregated = aggregatedCode;
    this.#seen = seen;
    this.#changed = changed;
  }

  /** As the terminal's configuration wants it. */
  setIdle(ms: number): void {
    this.#idleMs = ms;
  }

  get screen(): Screen {
    return this.#screen;
  }
  get trouble(): Trouble | undefined {
    return this.#trouble;
  }
  get isBusy(): boolean {
    return this.#isBusy;
  }
  /** The order on the screen. */
  get order(): Order | undefined {
    return this.#screen.kind === 'order' ? this.client.order(this.#screen.tradeNo) : undefined;
  }
  /** `takesMore`: paid in part, and the next payment has not begun. */
  get stage(): OrderStage | 'takesMore' | undefined {
    const { order } = this;
    const stage = order === undefined ? undefined : stageAtCounter(order, this.client.coreTime);
    // A code that is shown on the patient's phone is not the kiosk's to show.
    return stage === 'scan' && this.#code !== undefined ? 'onPhone' : stage;
  }
  /** Until the code on the screen, or the held place, ends. */
  get secondsLeft(): number {
    const screen = this.#screen;
    return screen.kind === 'code' ? this.#secondsUntil(screen.expiresAt) : screen.kind === 'quote' ? this.#secondsUntil(screen.quote.validUntil) : 0;
  }
  get errand(): Errand {
    const { business } = this.order ?? {};
    return business === undefined || this.#screen.kind !== 'order' ? this.#errand : business === 'bill' ? 'bills' : business;
  }
  /** What the order on the screen is for, as far as this page has seen it. */
  get subject(): Subject {
    return (this.order === undefined ? undefined : this.#subjects.get(this.order.tradeNo)) ?? NOTHING_KNOWN;
  }
  get orderBills(): readonly Bill[] {
    return this.subject.bills;
  }
  /** What the stay holds after the deposit on the screen, fen; undefined until the HIS has said it. */
  get balanceFen(): number | undefined {
    return this.order === undefined ? undefined : this.#balances.get(this.order.tradeNo);
  }
  /** The order on the screen ended unpaid, and its price is still good. */
  get mayPayAgain(): boolean {
    return this.stage === 'ended' && this.#lastQuote !== undefined && this.#secondsUntil(this.#lastQuote.quote.validUntil) > 0;
  }

  touched(): void {
    this.#lastTouchAt = Date.now();
  }

  home(): void {
    const held = this.#mayGiveBack ? this.#held : undefined;
    if (this.#screen.kind === 'settlement' && isSettlementEnded(this.#screen)) this.#seen.add(this.#screen.settlement?.settlementNo ?? '');
    this.#visit += 1;
    this.#isBusy = false;
    this.#code = undefined;
    this.#held = undefined;
    this.#lastQuote = undefined;
    this.#errand = 'bills';
    this.show({ kind: 'welcome' });
    // Whoever walks away from a held place leaves it to the next; without an answer the HIS frees it at its time.
    if (held !== undefined) void this.client.call('registration.cancel', { quoteId: held.quote.quote.quoteId });
  }
  begin(errand: Errand): void {
    this.#errand = errand;
    if (errand === 'prices') return this.show({ kind: 'prices', priceKind: 'drug', initials: '', prices: undefined });
    this.show({ kind: 'identify' });
  }
  chooseCard(cardType: IdentityType): void {
    this.show({ kind: 'card', cardType });
  }
  /** A card reader or scanner behind the hardware bridge. */
  async scanned(text: string): Promise<void> {
    const { kind } = this.#screen;
    if (kind === 'welcome' || kind === 'identify') await this.identify(this.#isOfStay ? 'inpatientNo' : 'visitCard', text);
    else if (kind === 'card') await this.identify(this.#screen.cardType, text);
    else if (kind === 'voucher') await takeVoucher(this, this.#screen, text);
  }

  async identify(cardType: IdentityType, typed: string): Promise<void> {
    const cardNo = typed.trim();
    if (this.#isOfStay || cardType === 'inpatientNo') return findStays(this, cardType, cardNo);
    const found = await this.ask(() => this.client.call('patient.find', { cardType, cardNo }));
    if (found === undefined) return;
    const [only, ...others] = found.patients;
    if (only !== undefined && others.length === 0) await this.choosePatient(only);
    else this.show({ kind: 'patients', patients: found.patients });
  }
  async choosePatient(patient: Patient): Promise<void> {
    const go = OF_PATIENT[this.#errand];
    if (go !== undefined) return go(this, patient);
    const listed = await this.ask(() => this.client.call('bill.list', { patientId: patient.patientId }));
    if (listed !== undefined) this.show({ kind: 'bills', patient, bills: listed.bills, chosen: new Set(listed.bills.map(({ billNo }) => billNo)) });
  }
  toggleBill(billNo: string): void {
    if (this.#screen.kind !== 'bills') return;
    const chosen = new Set(this.#screen.chosen);
    if (!chosen.delete(billNo)) chosen.add(billNo);
    this.show({ ...this.#screen, chosen });
  }
  async quote(): Promise<void> {
    if (this.#screen.kind !== 'bills') return;
    const { patient, bills, chosen } = this.#screen;
    const quoted = await this.ask(() => this.client.call('bill.quote', { patientId: patient.patientId, billNos: [...chosen] }));
    if (quoted !== undefined) this.show({ kind: 'quote', name: patient.name, patient, bills: bills.filter(({ billNo }) => chosen.has(billNo)), quote: quoted, about: undefined });
  }
  /** From the price to what was priced. */
  async backFromQuote(): Promise<void> {
    if (this.#screen.kind !== 'quote') return;
    const { about, patient } = this.#screen;
    if (about?.errand === 'deposit') return this.show({ kind: 'amount', stay: about.stay });
    if (about?.errand === 'discharge') return this.show(about.priced);
    if (about?.errand === 'registration') return this.giveBack();
    if (patient !== undefined) await this.choosePatient(patient);
  }

  /** A place is held: it is paid before its time ends, or goes back. */
  hold(slots: SlotsScreen, quote: QuoteScreen): void {
    this.#held = { quote, slots };
    this.show(quote);
  }
  /** The patient does not want the place (取消预约). Without an answer it is freed at its time by itself. */
  async giveBack(): Promise<void> {
    const held = this.#held;
    if (held === undefined || !this.#mayGiveBack) return;
    const given = await this.ask(() => this.client.call('registration.cancel', { quoteId: held.quote.quote.quoteId }));
    if (given === undefined && this.#trouble?.kind === 'noAnswer') return this.show(this.#screen, { kind: 'keepsItself' });
    this.#held = undefined;
    if (given !== undefined) this.show({ kind: 'givenBack' });
    else this.show({ kind: 'holdEnded', slots: held.slots });
  }
  /** Never while a payment for it may still come in. */
  get #mayGiveBack(): boolean {
    const { kind } = this.#screen;
    return kind === 'quote' || kind === 'notTaken' || (kind === 'order' && this.stage === 'ended');
  }
  /** A place is kept for whoever stands here. */
  get isHeld(): boolean {
    return this.#held !== undefined;
  }
  payAgain(): void {
    if (this.mayPayAgain && this.#lastQuote !== undefined) this.show(this.#lastQuote);
  }

  async pay(): Promise<void> {
    if (this.#screen.kind !== 'quote' || this.#isBusy) return;
    const before = this.#screen;
    const { quote } = before;
    this.#lastQuote = before;
    // A code for nothing would be scanned by nobody.
    if (this.#isAggregated && quote.selfPayFen > 0) return this.#showCode(before);
    await this.take(() => this.client.pay({ quoteId: quote.quoteId, amountFen: quote.selfPayFen, method: 'nativeQr' }), before);
  }
  async take(payment: () => Promise<PayResult>, before: Screen): Promise<void> {
    if (this.#isTaking) return;
    this.#isTaking = true;
    this.show({ kind: 'creating' });
    let result: PayResult;
    try {
      result = await payment();
    } catch {
      // The key could not be written down, so nothing was sent.
      return this.show(before, { kind: 'noAnswer' });
    } finally {
      this.#isTaking = false;
    }
    if (result.kind === 'order' && before.kind === 'quote') this.#remember(result.order, before);
    this.showResult(result, before);
    this.#payRestOnce();
  }
  /** 先自费后医保. */
  get ownFirst(): boolean {
    return this.session?.configuration.insuranceOrder === 'selfPayFirst';
  }
  /** This price may be paid with the medical insurance here: bills, as they were priced. */
  get mayInsure(): boolean {
    return this.#screen.kind === 'quote' && this.#screen.about === undefined && this.#screen.quote.totalFen > 0 && (this.session?.configuration.methods.includes('medicalInsurance') ?? false);
  }
  insure(): void {
    if (this.#screen.kind === 'quote' && this.mayInsure) this.show({ kind: 'voucher', before: this.#screen });
  }
  /** The next payment of an order begins by itself, once for each amount that is left. */
  #payRestOnce(): void {
    const { order } = this;
    if (order === undefined || !takesMore(order) || this.#isTaking) return;
    const turn = `${order.tradeNo} ${String(order.tender?.paidFen ?? 0)}`;
    if (this.#restAsked.has(turn)) return;
    this.#restAsked.add(turn);
    void payRest(this, order);
  }
  #remember({ tradeNo }: Order, { bills, about }: QuoteScreen): void {
    this.#subjects.set(tradeNo, { bills, about });
    if (this.#subjects.size > 20) this.#subjects.delete([...this.#subjects.keys()][0] ?? '');
  }
  /** The payment is made by the patient's phone, so there is nothing to write down here: an answer that is lost costs another touch. */
  async #showCode(before: QuoteScreen): Promise<void> {
    const issued = await this.ask(() => this.client.call('checkout.issue', { quoteId: before.quote.quoteId }));
    if (issued === undefined) return this.#endHoldIfOver();
    this.#code = { kind: 'code', ...issued, before };
    this.show(this.#code);
  }
  /** A phone has begun to pay: its order takes the place of the code. */
  #adopt(order: Order, code: CodeScreen): void {
    this.#remember(order, code.before);
    this.show({ kind: 'order', tradeNo: order.tradeNo, isRestored: false });
  }
  /** The end of a payment, also of one that a power cut had interrupted. */
  showResult(result: PayResult, before: Screen = { kind: 'welcome' }): void {
    switch (result.kind) {
      case 'order':
        return this.show({ kind: 'order', tradeNo: result.order.tradeNo, isRestored: false });
      case 'notTaken':
        return this.show({ kind: 'notTaken' });
      case 'refused':
        this.show(before, { kind: 'refused', error: result.error });
        return this.#endHoldIfOver();
      case 'offline':
        return this.show(before, { kind: 'noAnswer' });
      case 'busy':
      case 'unsettled':
        return this.show({ kind: 'creating' });
    }
  }

  async cancel(): Promise<void> {
    const { order } = this;
    const code = this.#code;
    if (code !== undefined) {
      // With the code its unpaid payment ends too. One that was paid in the last second stays on the screen.
      const revoked = await this.ask(() => this.client.call('checkout.revoke', { checkoutNo: code.checkoutNo }));
      if (revoked === undefined) return;
      this.#code = undefined;
      const last = revoked.order;
      if (last === undefined || stageOf(last, this.client.coreTime) === 'ended') return this.#held === undefined ? this.home() : this.show(this.#held.quote);
      await this.client.call('payment.query', { tradeNo: last.tradeNo });
      return this.#adopt(last, code);
    }
    if (order === undefined) return;
    const cancelled = await this.ask(() => this.client.call('payment.cancel', { tradeNo: order.tradeNo }));
    // Whether it was cancelled or paid in the last second: the order says which.
    if (cancelled !== undefined) this.#changed();
  }
  noAnswer(): void {
    this.#trouble = { kind: 'noAnswer' };
    this.#changed();
  }
  async receiptPrinted(): Promise<void> {
    const { order } = this;
    if (order === undefined) return;
    await this.client.call('receipt.printed', { tradeNo: order.tradeNo });
    this.#changed();
  }

  /** After a power cut: the newest order, or settlement of a stay, this terminal still has something to show of. */
  resumed(session: ReplyOf<'session.resume'>): void {
    this.session = session;
    if (this.#screen.kind === 'welcome' && !this.#isBusy) {
      const now = this.client.coreTime.getTime();
      const recent = session.openOrders.find((order) => now - Date.parse(order.createdAt) < RESTORE_WITHIN_MS && stageOf(order, this.client.coreTime) !== 'ended');
      const settlement = session.recentDischarges.find(({ settlementNo }) => !this.#seen.has(settlementNo));
      if (recent !== undefined && recent.createdAt > (settlement?.requestedAt ?? '')) return this.show({ kind: 'order', tradeNo: recent.tradeNo, isRestored: true });
      if (settlement !== undefined) return this.show({ kind: 'settlement', before: undefined, key: settlement.settlementNo, settlement });
    }
    this.#changed();
  }
  uncertain(isUncertain: boolean): void {
    if (isUncertain && this.#screen.kind === 'welcome') this.show({ kind: 'creating' });
    else this.#changed();
  }

  /** What is not held any more cannot be paid: the patient chooses again. */
  #endHoldIfOver(): void {
    const held = this.#held;
    const isRefused = this.#trouble?.kind === 'refused' && this.#trouble.error.code === 'QUOTE_EXPIRED';
    if (held === undefined || this.#screen.kind !== 'quote' || (this.secondsLeft > 0 && !isRefused)) return;
    this.#held = undefined;
    this.#lastQuote = undefined;
    this.show({ kind: 'holdEnded', slots: held.slots });
  }

  /** Called every second: asks about the order on the screen, and clears a screen nobody looks at. */
  tick(): void {
    if (!this.#isBusy) this.#endHoldIfOver();
    const { stage, order } = this;
    const now = Date.now();
    const idleMs = now - this.#lastTouchAt;
    const { kind } = this.#screen;
    const isAtEnd = kind === 'notTaken' || kind === 'givenBack' || kind === 'holdEnded' || kind === 'checkedIn' || (kind === 'settlement' && isSettlementEnded(this.#screen)) || stage === 'done' || stage === 'ended' || stage === 'refunded' || stage === 'refundBlocked';
    const mayLeave = isAtEnd || !STAYS_UP.has(kind) || stage === 'confirming' || stage === 'refunding' || stage === 'paid' || stage === 'takesMore';
    if (mayLeave && !this.#isBusy && idleMs > (isAtEnd ? IDLE_AT_END_MS : this.#idleMs)) return this.home();
    if (this.#screen.kind === 'code') return this.#followCode(this.#screen, now);
    if (!this.#isAsking && followLater(this, now - this.#askedAt)) {
      this.#askedAt = now;
      this.#isAsking = true;
      void follow(this).finally(() => { this.#isAsking = false; });
    }
    const everyMs = stage === undefined || stage === 'takesMore' ? undefined : ASK_EVERY_MS[stage];
    if (everyMs === undefined || order === undefined || this.#isAsking || now < this.#nextQuestionAt) return;
    this.#nextQuestionAt = now + everyMs;
    this.#isAsking = true;
    // The code's time is over: the core asks the channel once more and closes there, so that the patient need not wait for a timer.
    // Of an order that was paid in part that would send back what is paid: there the code alone ends.
    const isExpired = stage === 'confirming' && order.tender === undefined && order.payments.some(({ state }) => state === 'paying') && this.#closedAfterExpiry !== order.tradeNo;
    if (isExpired) this.#closedAfterExpiry = order.tradeNo;
    void this.client.call(isExpired ? 'payment.cancel' : 'payment.query', { tradeNo: order.tradeNo }).finally(() => {
      this.#isAsking = false;
    });
  }

  /** The core announces the order of the code; for the announcement that was missed it is asked now and then. */
  #followCode(code: CodeScreen, now: number): void {
    if (this.secondsLeft === 0 && !this.#isBusy) return this.home();
    if (this.#isAsking || now < this.#nextQuestionAt) return;
    this.#nextQuestionAt = now + CODE_ASK_EVERY_MS;
    this.#isAsking = true;
    void this.client.call('checkout.query', { checkoutNo: code.checkoutNo }).then((result) => {
      const order = result.kind === 'ok' ? result.value.order : undefined;
      if (this.#screen !== code || order === undefined || stageOf(order, this.client.coreTime) === 'ended') return undefined;
      return this.client.call('payment.query', { tradeNo: order.tradeNo }).then(() => { if (this.#screen === code) this.#adopt(order, code); });
    }).finally(() => {
      this.#isAsking = false;
    });
  }

  /** An order changed: drawn when it is the one on the screen. */
  orderChanged(order: Order): void {
    const code = this.#code;
    const isEnded = stageOf(order, this.client.coreTime) === 'ended';
    if (code !== undefined && this.#screen.kind === 'code' && !isEnded && isOfCode(order, code)) return this.#adopt(order, code);
    if (this.#screen.kind === 'order' && this.#screen.tradeNo === order.tradeNo) {
      // Ended unpaid on the phone: the code is still good for another wallet.
      if (code !== undefined && isEnded) return this.show(code);
      if (this.stage === 'done') this.#learnDone(order);
      this.touched();
      this.#changed();
      this.#payRestOnce();
    }
  }

  /** Paid and booked: nothing is held any more, and a deposit's balance is worth a question. */
  #learnDone({ tradeNo }: Order): void {
    this.#held = undefined;
    const { about } = this.subject;
    if (about?.errand !== 'deposit' || this.#balances.has(tradeNo)) return;
    this.#balances.set(tradeNo, undefined);
    void balanceOf(this, about.stay).then((balanceFen) => {
      this.#balances.set(tradeNo, balanceFen);
      this.#changed();
    });
  }

  get #isOfStay(): boolean {
    return isOfStay(this.#errand);
  }
  #secondsUntil(time: string): number {
    return Math.max(0, Math.ceil((Date.parse(time) - this.client.coreTime.getTime()) / 1_000));
  }

  async ask<Value>(question: () => Promise<CallResult<Value>>): Promise<Value | undefined> {
    if (this.#isBusy) return undefined;
    const visit = this.#visit;
    this.#isBusy = true;
    this.#trouble = undefined;
    this.#changed();
    const result = await question();
    // The patient has gone back to the start: the answer is nobody's.
    if (visit !== this.#visit) return undefined;
    this.#isBusy = false;
    this.#trouble = result.kind === 'ok' ? undefined : result.kind === 'refused' ? { kind: 'refused', error: result.error } : { kind: 'noAnswer' };
    this.#changed();
    return result.kind === 'ok' ? result.value : undefined;
  }

  show(screen: Screen, trouble?: Trouble): void {
    this.#screen = screen;
    this.#trouble = trouble;
    this.#nextQuestionAt = Date.now() + 2_000;
    this.touched();
    this.#changed();
  }
}

/** The code's quote is this terminal's own, and its bills have one live order whoever pays. */
function isOfCode(order: Order, { before: { quote } }: CodeScreen): boolean {
  return order.billNos.join() === quote.billNos.join();
}
