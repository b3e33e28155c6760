/** One patient's walk through the kiosk: which screen is up, and what each touch does. Drawing is elsewhere. */
import { stageOf, type Bill, type CallResult, type CardType, type Order, type OrderStage, type PayResult, type Patient, type Quote, type ReplyOf, type TerminalClient, type TerminalError } from '../src/index.js';

export type Screen =
  | { readonly kind: 'welcome' }
  | { readonly kind: 'card'; readonly cardType: CardType }
  | { readonly kind: 'patients'; readonly patients: readonly Patient[] }
  | { readonly kind: 'bills'; readonly patient: Patient; readonly bills: readonly Bill[]; readonly chosen: ReadonlySet<string> }
  | { readonly kind: 'quote'; readonly patient: Patient; readonly bills: readonly Bill[]; readonly quote: Quote }
  /** The create request is out, or its fate is being asked about. */
  | { readonly kind: 'creating' }
  /** One code for every wallet; nobody has begun to pay. */
  | CodeScreen
  | { readonly kind: 'order'; readonly tradeNo: string; readonly isRestored: boolean }
  | { readonly kind: 'notTaken' };

export type CodeScreen = { readonly kind: 'code'; readonly checkoutNo: string; readonly url: string; readonly expiresAt: string; readonly bills: readonly Bill[]; readonly quote: Quote };

/** What went wrong with the last touch; shown above the screen until the next touch. */
export type Trouble = { readonly kind: 'refused'; readonly error: TerminalError } | { readonly kind: 'noAnswer' };

const CODE_ASK_EVERY_MS = 4_000;
/** An order older than this is no longer the business of whoever stands here now. */
const RESTORE_WITHIN_MS = 30 * 60_000;
const ASK_EVERY_MS: Readonly<Partial<Record<OrderStage, number>>> = { starting: 2_000, scan: 5_000, onPhone: 5_000, confirming: 4_000, paid: 8_000, refunding: 15_000 };
/** Nobody touches the screen: the next person must not see this one's business. */
const IDLE_MS = 120_000;
const IDLE_AT_END_MS = 60_000;

export class Walk {
  readonly #client: TerminalClient;
  readonly #changed: () => void;
  #screen: Screen = { kind: 'welcome' };
  #trouble: Trouble | undefined;
  #isBusy = false;
  #visit = 0;
  #lastTouchAt = Date.now();
  #nextQuestionAt = 0;
  #isAsking = false;
  #closedAfterExpiry = '';
  #bills = new Map<string, readonly Bill[]>();
  /** The code this visit shows, also while its order is on the screen: an unpaid end leads back to it. */
  #code: CodeScreen | undefined;
  readonly #isAggregated: boolean;
  #idleMs = IDLE_MS;
  session: ReplyOf<'session.resume'> | undefined;

  constructor(client: TerminalClient, { aggregatedCode = false }: { readonly aggregatedCode?: boolean }, changed: () => void) {
    this.#client = client;
    this.#isAggregated = aggregatedCode;
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
    return this.#screen.kind === 'order' ? this.#client.order(this.#screen.tradeNo) : undefined;
  }
  get stage(): OrderStage | undefined {
    const { order } = this;
    const stage = order === undefined ? undefined : stageOf(order, this.#client.coreTime);
    // A code that is shown on the patient's phone is not the kiosk's to show.
    return stage === 'scan' && this.#code !== undefined ? 'onPhone' : stage;
  }
  /** Until the code on the screen ends. */
  get codeSecondsLeft(): number {
    return this.#screen.kind === 'code' ? Math.max(0, Math.ceil((Date.parse(this.#screen.expiresAt) - this.#client.coreTime.getTime()) / 1_000)) : 0;
  }
  /** The bills of the order on the screen, when this page has seen them. */
  get orderBills(): readonly Bill[] {
    return this.order === undefined ? [] : (this.#bills.get(this.order.tradeNo) ?? []);
  }

  touched(): void {
    this.#lastTouchAt = Date.now();
  }

  home(): void {
    this.#visit += 1;
    this.#isBusy = false;
    this.#code = undefined;
    this.#show({ kind: 'welcome' });
  }
  chooseCard(cardType: CardType): void {
    this.#show({ kind: 'card', cardType });
  }

  async findPatient(cardType: CardType, cardNo: string): Promise<void> {
    const found = await this.#ask(() => this.#client.call('patient.find', { cardType, cardNo: cardNo.trim() }));
    if (found === undefined) return;
    const [only, ...others] = found.patients;
    if (only !== undefined && others.length === 0) await this.choosePatient(only);
    else this.#show({ kind: 'patients', patients: found.patients });
  }
  async choosePatient(patient: Patient): Promise<void> {
    const listed = await this.#ask(() => this.#client.call('bill.list', { patientId: patient.patientId }));
    if (listed !== undefined) this.#show({ kind: 'bills', patient, bills: listed.bills, chosen: new Set(listed.bills.map(({ billNo }) => billNo)) });
  }
  toggleBill(billNo: string): void {
    if (this.#screen.kind !== 'bills') return;
    const chosen = new Set(this.#screen.chosen);
    if (!chosen.delete(billNo)) chosen.add(billNo);
    this.#show({ ...this.#screen, chosen });
  }
  async quote(): Promise<void> {
    if (this.#screen.kind !== 'bills') return;
    const { patient, bills, chosen } = this.#screen;
    const quoted = await this.#ask(() => this.#client.call('bill.quote', { patientId: patient.patientId, billNos: [...chosen] }));
    if (quoted !== undefined) this.#show({ kind: 'quote', patient, bills: bills.filter(({ billNo }) => chosen.has(billNo)), quote: quoted });
  }
  async backToBills(): Promise<void> {
    if (this.#screen.kind === 'quote') await this.choosePatient(this.#screen.patient);
  }

  async pay(): Promise<void> {
    if (this.#screen.kind !== 'quote' || this.#isBusy) return;
    const before = this.#screen;
    const { quote, bills } = before;
    // A code for nothing would be scanned by nobody.
    if (this.#isAggregated && quote.selfPayFen > 0) return this.#showCode(quote, bills);
    this.#show({ kind: 'creating' });
    let result: PayResult;
    try {
      result = await this.#client.pay({ quoteId: quote.quoteId, amountFen: quote.selfPayFen, method: 'nativeQr' });
    } catch {
      // The key could not be written down, so nothing was sent.
      return this.#show(before, { kind: 'noAnswer' });
    }
    if (result.kind === 'order') {
      this.#bills.set(result.order.tradeNo, bills);
      if (this.#bills.size > 20) this.#bills.delete([...this.#bills.keys()][0] ?? '');
    }
    this.showResult(result, before);
  }
  /** The payment is made by the patient's phone, so there is nothing to write down here: an answer that is lost costs another touch. */
  async #showCode(quote: Quote, bills: readonly Bill[]): Promise<void> {
    const issued = await this.#ask(() => this.#client.call('checkout.issue', { quoteId: quote.quoteId }));
    if (issued === undefined) return;
    this.#code = { kind: 'code', ...issued, bills, quote };
    this.#show(this.#code);
  }
  /** A phone has begun to pay: its order takes the place of the code. */
  #adopt(order: Order, code: CodeScreen): void {
    this.#bills.set(order.tradeNo, code.bills);
    this.#show({ kind: 'order', tradeNo: order.tradeNo, isRestored: false });
  }
  /** The end of a payment, also of one that a power cut had interrupted. */
  showResult(result: PayResult, before: Screen = { kind: 'welcome' }): void {
    switch (result.kind) {
      case 'order':
        return this.#show({ kind: 'order', tradeNo: result.order.tradeNo, isRestored: false });
      case 'notTaken':
        return this.#show({ kind: 'notTaken' });
      case 'refused':
        return this.#show(before, { kind: 'refused', error: result.error });
      case 'offline':
        return this.#show(before, { kind: 'noAnswer' });
      case 'busy':
      case 'unsettled':
        return this.#show({ kind: 'creating' });
    }
  }

  async cancel(): Promise<void> {
    const { order } = this;
    const code = this.#code;
    if (code !== undefined) {
      // With the code its unpaid payment ends too. One that was paid in the last second stays on the screen.
      const revoked = await this.#ask(() => this.#client.call('checkout.revoke', { checkoutNo: code.checkoutNo }));
      if (revoked === undefined) return;
      this.#code = undefined;
      const last = revoked.order;
      if (last === undefined || stageOf(last, this.#client.coreTime) === 'ended') return this.home();
      await this.#client.call('payment.query', { tradeNo: last.tradeNo });
      return this.#adopt(last, code);
    }
    if (order === undefined) return;
    const cancelled = await this.#ask(() => this.#client.call('payment.cancel', { tradeNo: order.tradeNo }));
    // Whether it was cancelled or paid in the last second: the order says which.
    if (cancelled !== undefined) this.#changed();
  }
  async receiptPrinted(): Promise<void> {
    const { order } = this;
    if (order === undefined) return;
    await this.#client.call('receipt.printed', { tradeNo: order.tradeNo });
    this.#changed();
  }

  /** After a power cut: the newest order this terminal still has something to show of. */
  resumed(session: ReplyOf<'session.resume'>): void {
    this.session = session;
    if (this.#screen.kind === 'welcome' && !this.#isBusy) {
      const now = this.#client.coreTime.getTime();
      const recent = session.openOrders.find((order) => now - Date.parse(order.createdAt) < RESTORE_WITHIN_MS && stageOf(order, this.#client.coreTime) !== 'ended');
      if (recent !== undefined) return this.#show({ kind: 'order', tradeNo: recent.tradeNo, isRestored: true });
    }
    this.#changed();
  }
  uncertain(isUncertain: boolean): void {
    if (isUncertain && this.#screen.kind === 'welcome') this.#show({ kind: 'creating' });
    else this.#changed();
  }

  /** Called every second: asks about the order on the screen, and clears a screen nobody looks at. */
  tick(): void {
    const { stage, order } = this;
    const now = Date.now();
    const idleMs = now - this.#lastTouchAt;
    const isAtEnd = this.#screen.kind === 'notTaken' || stage === 'done' || stage === 'ended' || stage === 'refunded' || stage === 'refundBlocked';
    const mayLeave = isAtEnd || this.#screen.kind === 'card' || this.#screen.kind === 'patients' || this.#screen.kind === 'bills' || this.#screen.kind === 'quote' || stage === 'confirming' || stage === 'refunding' || stage === 'paid';
    if (mayLeave && !this.#isBusy && idleMs > (isAtEnd ? IDLE_AT_END_MS : this.#idleMs)) return this.home();
    if (this.#screen.kind === 'code') return this.#followCode(this.#screen, now);
    const everyMs = stage === undefined ? undefined : ASK_EVERY_MS[stage];
    if (everyMs === undefined || order === undefined || this.#isAsking || now < this.#nextQuestionAt) return;
    this.#nextQuestionAt = now + everyMs;
    this.#isAsking = true;
    // The code's time is over: the core asks the channel once more and closes there, so that the patient need not wait for a timer.
    const isExpired = stage === 'confirming' && order.payments.some(({ state }) => state === 'paying') && this.#closedAfterExpiry !== order.tradeNo;
    if (isExpired) this.#closedAfterExpiry = order.tradeNo;
    void this.#client.call(isExpired ? 'payment.cancel' : 'payment.query', { tradeNo: order.tradeNo }).finally(() => {
      this.#isAsking = false;
    });
  }

  /** The core announces the order of the code; for the announcement that was missed it is asked now and then. */
  #followCode(code: CodeScreen, now: number): void {
    if (this.codeSecondsLeft === 0 && !this.#isBusy) return this.home();
    if (this.#isAsking || now < this.#nextQuestionAt) return;
    this.#nextQuestionAt = now + CODE_ASK_EVERY_MS;
    this.#isAsking = true;
    void this.#client.call('checkout.query', { checkoutNo: code.checkoutNo }).then((result) => {
      const order = result.kind === 'ok' ? result.value.order : undefined;
      if (this.#screen !== code || order === undefined || stageOf(order, this.#client.coreTime) === 'ended') return undefined;
      return this.#client.call('payment.query', { tradeNo: order.tradeNo }).then(() => { if (this.#screen === code) this.#adopt(order, code); });
    }).finally(() => {
      this.#isAsking = false;
    });
  }

  /** An order changed: drawn when it is the one on the screen. */
  orderChanged(order: Order): void {
    const code = this.#code;
    const isEnded = stageOf(order, this.#client.coreTime) === 'ended';
    if (code !== undefined && this.#screen.kind === 'code' && !isEnded && isOfCode(order, code)) return this.#adopt(order, code);
    if (this.#screen.kind === 'order' && this.#screen.tradeNo === order.tradeNo) {
      // Ended unpaid on the phone: the code is still good for another wallet.
      if (code !== undefined && isEnded) return this.#show(code);
      this.touched();
      this.#changed();
    }
  }

  async #ask<Value>(question: () => Promise<CallResult<Value>>): Promise<Value | undefined> {
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

  #show(screen: Screen, trouble?: Trouble): void {
    this.#screen = screen;
    this.#trouble = trouble;
    this.#nextQuestionAt = Date.now() + 2_000;
    this.touched();
    this.#changed();
  }
}

/** The code's quote is this terminal's own, and its bills have one live order whoever pays. */
function isOfCode(order: Order, { quote }: CodeScreen): boolean {
  return order.billNos.join() === quote.billNos.join();
}
