/** What a cashier or doctor is at: which view is up, what the one input means there, and what each key does. Drawing is elsewhere. */
import { isInsuranceDue, ownLeftFen, readScan, readYuan, stageAtCounter, stageOf, takesMore, yuanText, type CallResult, type CardType, type InsuranceVoucher, type Operator, type Order, type PayResult, type Patient, type Quote, type ReplyOf, type Scan, type TerminalClient, type TerminalError, type Bill } from '../src/index.js';

export type Row = { readonly label: string; readonly detail?: string; readonly amountFen?: number; readonly isChosen?: boolean; pick(): unknown };
export type View =
  | { readonly kind: 'start' }
  | { readonly kind: 'choose'; readonly title: string; readonly rows: readonly Row[] }
  /** The input is asked for something that is no scan. */
  | { readonly kind: 'ask'; readonly title: string; readonly hint: string; take(typed: string): unknown }
  | { readonly kind: 'bills'; readonly patient: Patient; readonly bills: readonly Bill[]; readonly chosen: ReadonlySet<string> }
  | { readonly kind: 'quote'; readonly title: string; readonly who: string; readonly quote: Quote; readonly again: (() => unknown) | undefined; /** 先自费后医保: what was pre-settled; integer fen. */ readonly insured?: { readonly presettlementNo: string; readonly totalFen: number; readonly ownFen: number } }
  | { readonly kind: 'code'; readonly checkoutNo: string; readonly url: string; readonly amountFen: number; readonly billNos: readonly string[] }
  /** An order of this window. */
  | { readonly kind: 'order'; readonly tradeNo: string; readonly isRestored: boolean }
  /** Any order of the hospital, as the search found it. */
  | { readonly kind: 'found'; readonly order: Order }
  | { readonly kind: 'facts'; readonly title: string; readonly lines: readonly (readonly [string, string])[] };
export type Trouble = { readonly kind: 'refused'; readonly error: TerminalError } | { readonly kind: 'noAnswer' } | { readonly kind: 'hint'; readonly text: string };

const RESTORE_WITHIN_MS = 60 * 60_000;
const TOUCH_EVERY_MS = 60_000;
const ASK_EVERY_MS = 2_500;

/** `insure`: what a voucher starts while a quote is up. `channels`: which channel instance takes a wallet's payment codes; absent: the core's routing chooses. */
export type DeskOptions = { /** A number of the platform was scanned. */ search(desk: Desk, typed: string): Promise<void>; insure(desk: Desk, view: Extract<View, { kind: 'quote' }>, voucher: InsuranceVoucher): Promise<void>; readonly checkoutOrigin?: string; readonly channels?: Readonly<Record<string, string>> };

export class Desk {
  readonly client: TerminalClient;
  readonly #changed: () => void;
  readonly #options: DeskOptions;
  view: View = { kind: 'start' };
  trouble: Trouble | undefined;
  isBusy = false;
  operator: Operator | undefined;
  session: ReplyOf<'session.resume'> | undefined;
  /** What the next payment takes; absent: all that is left. */
  tenderFen: number | undefined;
  /** Handed over and given back in notes, of the last cash payment. */
  change: { readonly tenderedFen: number; readonly changeFen: number } | undefined;
  #isTaking = false;
  #waiting: string | undefined;
  #lastKeyAt = Date.now();
  #touchedAt = 0;
  #askedAt = 0;
  /** Orders whose insurance this window has begun to settle. */
  readonly #insuranceAsked = new Set<string>();
  readonly #formKeys = new Map<string, string>();

  constructor(client: TerminalClient, options: DeskOptions, changed: () => void) {
    this.client = client;
    this.#options = options;
    this.#changed = changed;
  }

  get isDoctor(): boolean {
    return this.session?.configuration.kind === 'doctorStation';
  }
  get order(): Order | undefined {
    if (this.view.kind === 'found') return this.view.order;
    return this.view.kind === 'order' ? this.client.order(this.view.tradeNo) : undefined;
  }
  get stage(): ReturnType<typeof stageAtCounter> | undefined {
    return this.order === undefined ? undefined : stageAtCounter(this.order, this.client.coreTime);
  }
  get hasReceipt(): boolean {
    return this.order !== undefined && (this.order.confirmation.state === 'confirmed' || this.order.confirmation.receiptNo !== undefined);
  }
  /** What the customer still owes in this view; undefined where nothing is being taken. */
  get dueFen(): number | undefined {
    if (this.view.kind === 'quote') return this.view.insured?.ownFen ?? this.view.quote.selfPayFen;
    return this.view.kind === 'order' && this.order !== undefined && takesMore(this.order) ? ownLeftFen(this.order) : undefined;
  }

  async signIn(operatorNo: string, password: string): Promise<void> {
    const signedIn = await this.#ask(() => this.client.signIn({ operatorNo, password }));
    if (signedIn === undefined) return;
    this.operator = signedIn;
    this.#lastKeyAt = this.#touchedAt = Date.now();
    this.#changed();
  }
  /** The view stays, and so does a payment that is open: whoever signs in next goes on with it. */
  lock(): void {
    if (this.operator === undefined) return;
    this.operator = undefined;
    this.trouble = undefined;
    this.#changed();
    void this.client.call('operator.signOut', {});
  }

  /** Somebody is there. */
  touched(): void {
    const now = Date.now();
    this.#lastKeyAt = now;
    if (this.operator === undefined || now - this.#touchedAt < TOUCH_EVERY_MS) return;
    this.#touchedAt = now;
    void this.client.call('operator.current', { by: 'person' }).then((answer) => {
      if (answer.kind === 'ok' && answer.value.operator === undefined) this.lock();
    });
  }

  home(): void {
    this.tenderFen = undefined;
    this.change = undefined;
    this.show({ kind: 'start' });
  }

  /** The one input: a row's number, an amount, or whatever a scanner reads. */
  enter(typed: string): unknown {
    const text = typed.trim();
    if (this.isBusy) {
      // What comes while an answer is awaited is not lost, but an Enter too many agrees to nothing; while money is being taken nothing else may begin.
      const isHarmless = text !== '' || this.view.kind === 'order' || this.view.kind === 'found' || this.view.kind === 'facts';
      if (!this.#isTaking && isHarmless) this.#waiting = text;
      return undefined;
    }
    if (text === '') return this.proceed();
    if (this.view.kind === 'ask') return this.view.take(text);
    const row = /^\d{1,2}$/.test(text) ? this.rows[Number(text) - 1] : undefined;
    if (row !== undefined) return row.pick();
    const amountFen = this.dueFen === undefined ? undefined : readYuan(text);
    if (amountFen !== undefined) return this.#setTender(amountFen);
    return this.#scanned(readScan(text, this.#options));
  }

  get rows(): readonly Row[] {
    if (this.view.kind === 'choose') return this.view.rows;
    if (this.view.kind !== 'bills') return [];
    const { bills, chosen } = this.view;
    return bills.map((bill) => ({ label: bill.billType, detail: [bill.departmentName, bill.doctorName].filter((part) => part !== '').join(' · '), amountFen: bill.amountFen, isChosen: chosen.has(bill.billNo), pick: () => this.#toggle(bill.billNo) }));
  }

  /** Enter on the empty input. */
  proceed(): unknown {
    if (this.view.kind === 'bills') return this.#quoteBills();
    if (this.view.kind === 'order' && this.order !== undefined && isInsuranceDue(this.order)) return this.#settleInsurance(this.order);
    if (this.view.kind === 'quote' && this.view.insured === undefined && this.view.quote.selfPayFen === 0) return this.#pay({ method: 'nativeQr' }, 0);
    if (this.stage === 'done' || this.stage === 'refunded' || this.stage === 'ended' || this.view.kind === 'facts') return this.home();
    return undefined;
  }

  /** 现金: what was typed is what lies on the counter. Less than is due is a part of it, more is change. */
  cash(typed: string): unknown {
    const { dueFen } = this;
    if (dueFen === undefined || dueFen === 0 || this.isDoctor) return undefined;
    const wantedFen = Math.min(this.tenderFen ?? dueFen, dueFen);
    const givenFen = typed.trim() === '' ? wantedFen : readYuan(typed);
    if (givenFen === undefined || givenFen === 0) return this.hint('请输入实收金额，例如 100 或 12.50');
    const takenFen = Math.min(givenFen, wantedFen);
    this.change = { tenderedFen: givenFen, changeFen: givenFen - takenFen };
    return this.#pay({ method: 'cash', tenderedFen: givenFen }, takenFen);
  }
  bankCard(): unknown {
    return this.dueFen === undefined || this.dueFen === 0 || this.isDoctor ? undefined : this.#pay({ method: 'bankCard' }, this.tenderFen ?? this.dueFen);
  }
  /** 聚合码 on the customer's display. */
  async showCode(): Promise<void> {
    const { view } = this;
    if (view.kind !== 'quote' || view.quote.selfPayFen === 0) return;
    const issued = await this.#ask(() => this.client.call('checkout.issue', { quoteId: view.quote.quoteId }));
    if (issued !== undefined) this.show({ kind: 'code', ...issued, amountFen: view.quote.selfPayFen, billNos: view.quote.billNos });
  }

  async findPatient(cardType: CardType, cardNo: string): Promise<void> {
    const found = await this.#ask(() => this.client.call('patient.find', { cardType, cardNo }));
    if (found === undefined) {
      const isUnknown = this.trouble?.kind === 'refused' && this.trouble.error.code === 'PATIENT_NOT_FOUND';
      return isUnknown && cardType === 'visitCard' ? this.#byGuideSheet(cardNo) : undefined;
    }
    const [only, ...others] = found.patients;
    if (only === undefined) return this.hint('未找到患者档案');
    if (others.length === 0) return this.#openPatient(only);
    this.show({ kind: 'choose', title: '该卡有多份档案，请选择', rows: found.patients.map((patient) => ({ label: patient.name, detail: patient.cardNo ?? patient.patientId, pick: () => this.#openPatient(patient) })) });
  }
  /** 导诊单: the code the HIS printed leads to the patient. Whose name it is only the visit's own number says. */
  async #byGuideSheet(code: string): Promise<void> {
    const { trouble } = this;
    if (!this.offers('resolveGuideCode')) return this.show(this.view, trouble);
    const visit = await this.#ask(() => this.client.call('guide.resolve', { code }));
    if (visit === undefined) return this.trouble?.kind === 'refused' ? this.hint('未找到患者档案，也不是有效的导诊单') : undefined;
    const { patientId, visitNo } = visit;
    const found = await this.client.call('patient.find', { cardType: 'outpatientNo', cardNo: visitNo });
    const patient = found.kind === 'ok' ? found.value.patients.find((one) => one.patientId === patientId) : undefined;
    await this.#openPatient(patient ?? { patientId, name: `导诊单 ${visitNo}`, sex: 'unknown' });
  }
  /** The hospital has this function, or has not said what it has. */
  offers(name: string): boolean {
    return this.session?.configuration.functions?.includes(name) ?? true;
  }
  async #openPatient(patient: Patient): Promise<void> {
    const listed = await this.#ask(() => this.client.call('bill.list', { patientId: patient.patientId }));
    if (listed === undefined) return;
    this.tenderFen = this.change = undefined;
    this.show({ kind: 'bills', patient, bills: listed.bills, chosen: new Set(listed.bills.map(({ billNo }) => billNo)) });
  }
  #toggle(billNo: string): void {
    if (this.view.kind !== 'bills') return;
    const chosen = new Set(this.view.chosen);
    if (!chosen.delete(billNo)) chosen.add(billNo);
    this.show({ ...this.view, chosen });
  }
  async #quoteBills(): Promise<void> {
    if (this.view.kind !== 'bills' || this.view.chosen.size === 0) return;
    const { patient, chosen } = this.view;
    const quote = await this.#ask(() => this.client.call('bill.quote', { patientId: patient.patientId, billNos: [...chosen] }));
    if (quote !== undefined) this.showQuote({ kind: 'quote', title: '门诊缴费', who: patient.name, quote, again: () => this.#openPatient(patient) });
  }
  showQuote(view: Extract<View, { kind: 'quote' }>): void {
    this.tenderFen = this.change = undefined;
    this.show(view);
  }

  #scanned(scan: Scan): unknown {
    switch (scan.kind) {
      case 'paymentCode':
        if (this.dueFen === undefined || this.dueFen === 0) return this.hint('这是付款码：请先找到患者并核对金额，再扫付款码');
        return this.#pay({ method: 'paymentCode', authCode: scan.text, ...this.#channelOf(scan.wallet) }, this.tenderFen ?? this.dueFen);
      case 'visitCard':
        return this.findPatient('visitCard', scan.text);
      case 'idCard':
        return this.view.kind === 'quote' ? this.#options.insure(this, this.view, { kind: 'idCard', number: scan.text }) : this.findPatient('idCard', scan.text);
      case 'tradeNo':
        return this.isDoctor ? this.hint('医生站不查询他处订单') : this.#options.search(this, scan.text);
      case 'insuranceVoucher':
        return this.view.kind === 'quote' ? this.#options.insure(this, this.view, { kind: 'electronicVoucher', number: scan.text }) : this.findPatient('insuranceCard', scan.text);
      case 'checkout':
        return this.hint('这是本院的聚合码：请患者用手机扫描付款');
      case 'ambiguous':
        return this.#askWhich(scan.candidates);
      case 'unreadable':
        return /^[!-~]{1,64}$/.test(scan.text) && this.offers('resolveGuideCode') ? this.#byGuideSheet(scan.text) : this.hint('无法识别，请重新扫描或输入卡号');
    }
  }

  #askWhich(candidates: readonly Scan[]): void {
    const back = this.view;
    const pick = (candidate: Scan) => () => {
      this.show(back);
      return this.#scanned(candidate);
    };
    this.show({ kind: 'choose', title: '这个号码有两种可能，请选择', rows: candidates.map((candidate) => ({ label: NAMES[candidate.kind] ?? candidate.kind, pick: pick(candidate) })) });
  }

  /** One key for one wish for a number: after silence the same again, after an answer another. A page that lost its memory asks anew, and is told that the receipt has a number. */
  formKey(tradeNo: string): string {
    const key = this.#formKeys.get(tradeNo) ?? `form-${crypto.getRandomValues(new Uint32Array(2)).join('-')}`;
    this.#formKeys.set(tradeNo, key);
    return key;
  }
  formAnswered(tradeNo: string): void {
    this.#formKeys.delete(tradeNo);
  }

  /** The receipt is on its way to the printer: marked the first time, written down as 补打 after that. */
  async printed(): Promise<boolean> {
    const { order, view } = this;
    if (order === undefined || !this.hasReceipt) return false;
    const isFirst = view.kind === 'order' && order.confirmation.receiptPrintedAt === undefined;
    if (isFirst) return (await this.#ask(() => this.client.call('receipt.printed', { tradeNo: order.tradeNo }))) !== undefined;
    if (this.isDoctor) return true;
    return (await this.#ask(() => this.client.call('receipt.reprint', { tradeNo: order.tradeNo }))) !== undefined;
  }

  async #pay(how: { readonly method: 'cash' | 'bankCard' | 'paymentCode' | 'nativeQr'; readonly authCode?: string; readonly tenderedFen?: number; readonly channel?: string }, takenFen: number): Promise<void> {
    const { view, order } = this;
    if (view.kind === 'quote') {
      const { quote: { quoteId, selfPayFen }, insured } = view;
      const whole = insured === undefined ? { amountFen: selfPayFen } : { amountFen: insured.totalFen, presettlementNo: insured.presettlementNo };
      await this.take(() => this.client.pay({ quoteId, ...whole, ...how, ...(takenFen < (insured?.ownFen ?? selfPayFen) ? { tenderFen: takenFen } : {}) }), view);
    } else if (order !== undefined) {
      await this.take(() => this.client.addPayment({ tradeNo: order.tradeNo, ...how, ...(takenFen < ownLeftFen(order) ? { tenderFen: takenFen } : {}) }), view);
    }
  }
  /** By itself when the customer's own part is in, and again on Enter when it had no effect. */
  async #settleInsurance({ tradeNo, presettlementNo = '' }: Order): Promise<void> {
    this.#insuranceAsked.add(tradeNo);
    await this.take(() => this.client.addPayment({ tradeNo, method: 'medicalInsurance', presettlementNo }), this.view);
  }
  #settleWhenDue(): void {
    const { order, view } = this;
    if (view.kind === 'order' && order !== undefined && !this.isBusy && this.operator !== undefined && isInsuranceDue(order) && !this.#insuranceAsked.has(order.tradeNo)) void this.#settleInsurance(order);
  }
  /** One payment at a time: nothing else is started until its answer, or the certainty that there is none, is here. */
  async take(payment: () => Promise<PayResult>, view: View): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = this.#isTaking = true;
    this.trouble = undefined;
    this.#changed();
    let result: PayResult;
    try {
      result = await payment();
    } catch {
      // The key could not be written down, so nothing was sent.
      return this.show(view, { kind: 'noAnswer' });
    } finally {
      this.isBusy = this.#isTaking = false;
      this.tenderFen = undefined;
    }
    this.showResult(result, view);
  }
  /** The end of a payment, also of one that a power cut had interrupted. */
  showResult(result: PayResult, before: View = this.view): void {
    if (result.kind === 'order') {
      this.show({ kind: 'order', tradeNo: result.order.tradeNo, isRestored: false });
      return this.#settleWhenDue();
    }
    if (result.kind === 'refused') {
      if (result.error.code === 'OPERATOR_NOT_SIGNED_IN') this.lock();
      return this.show(before, { kind: 'refused', error: result.error });
    }
    this.show(before, result.kind === 'notTaken' ? { kind: 'hint', text: '没有收款：上一笔没有到达平台，可以重新收' } : result.kind === 'busy' ? { kind: 'hint', text: '上一笔支付结果确认中，请勿重复收款' } : { kind: 'noAnswer' });
  }

  /** After a power cut: what this window has not finished. */
  resumed(session: ReplyOf<'session.resume'>): void {
    this.session = session;
    const now = this.client.coreTime.getTime();
    const open = session.openOrders.find((order) => now - Date.parse(order.createdAt) < RESTORE_WITHIN_MS && stageAtCounter(order, this.client.coreTime) !== 'ended');
    if (this.view.kind === 'start' && open !== undefined) this.show({ kind: 'order', tradeNo: open.tradeNo, isRestored: true });
    else this.#changed();
  }
  orderChanged(order: Order): void {
    if (this.view.kind === 'code' && this.view.billNos.join() === order.billNos.join() && stageOf(order, this.client.coreTime) !== 'ended') return this.show({ kind: 'order', tradeNo: order.tradeNo, isRestored: false });
    if (this.view.kind === 'found' && this.view.order.tradeNo === order.tradeNo && this.view.order.version < order.version) this.view = { kind: 'found', order };
    this.#changed();
    this.#settleWhenDue();
  }

  /** Called every second. */
  tick(): void {
    const now = Date.now();
    if (this.operator !== undefined && now - this.#lastKeyAt >= this.operator.idleSeconds * 1_000) return this.lock();
    if (now - this.#askedAt < ASK_EVERY_MS) return;
    this.#askedAt = now;
    const { view, order, stage } = this;
    const isMoving = stage !== undefined && stage !== 'takesMore' && stage !== 'ended' && stage !== 'refunded' && stage !== 'refundBlocked' && (stage !== 'done' || (order?.refunds.some(({ state }) => state !== 'succeeded' && state !== 'closed' && state !== 'rejected') ?? false));
    if (view.kind === 'order' && isMoving) void this.client.call('payment.query', { tradeNo: view.tradeNo });
    if (view.kind === 'found' && isMoving && this.operator !== undefined) void this.client.call('order.show', { tradeNo: view.order.tradeNo }).then((answer) => { if (answer.kind === 'ok') this.orderChanged(answer.value); });
    if (view.kind === 'code') void this.client.call('checkout.query', { checkoutNo: view.checkoutNo }).then((answer) => { if (answer.kind === 'ok' && answer.value.order !== undefined) this.orderChanged(answer.value.order); });
  }

  show(view: View, trouble?: Trouble): void {
    this.view = view;
    this.trouble = trouble;
    this.#changed();
  }
  hint(text: string): void {
    this.trouble = { kind: 'hint', text };
    this.#changed();
  }
  #channelOf(wallet: string): { readonly channel?: string } {
    const channel = this.#options.channels?.[wallet];
    return channel === undefined ? {} : { channel };
  }
  #setTender(amountFen: number): void {
    if (amountFen === 0 || amountFen > (this.dueFen ?? 0)) return this.hint(`本次收款须在 0.01 与 ${yuanText(this.dueFen ?? 0)} 之间；收现金请按 F6`);
    this.tenderFen = amountFen;
    this.show(this.view);
  }

  /** Asks the core; what it refuses is shown until the next key. */
  ask<Value>(question: () => Promise<CallResult<Value>>): Promise<Value | undefined> {
    return this.#ask(question);
  }
  async #ask<Value>(question: () => Promise<CallResult<Value>>): Promise<Value | undefined> {
    if (this.isBusy) return undefined;
    this.isBusy = true;
    this.trouble = undefined;
    this.#changed();
    const result = await question();
    this.isBusy = false;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    // After whoever asked has shown the answer.
    if (waiting !== undefined) setTimeout(() => void this.enter(waiting), 0);
    if (result.kind === 'refused') this.trouble = { kind: 'refused', error: result.error };
    if (result.kind === 'noAnswer') this.trouble = { kind: 'noAnswer' };
    if (result.kind === 'refused' && result.error.code === 'OPERATOR_NOT_SIGNED_IN') this.operator = undefined;
    this.#changed();
    return result.kind === 'ok' ? result.value : undefined;
  }
}

const NAMES: Readonly<Record<string, string>> = { paymentCode: '微信付款码', idCard: '身份证号' };
export function beijing(time: string): string {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? time : at.toLocaleString('zh-CN', { timeZone: 'Asia/Shanghai', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hour12: false });
}
