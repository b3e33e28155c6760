import type { ChargeOutcome, ChargeRequest, CloseOutcome, InsuranceOrder, InsurancePayer, InsuranceRefundNoticeOutcome, PaymentCodeOutcome, PaymentMethod, PaymentNews, RefundNews, RefundOutcome, RefundReference, RefundRequest } from '@hospay/plugin-sdk';
import type { CardIssuer } from './card-issuer.js';
import type { StandSurroundings } from './channel-stand.js';
import type { ChannelTruth, TakenPayment } from './channel-truth.js';
import type { MobileInsuranceWorld } from './mobile-insurance-world.js';
import { WalletMixedOrders, type MixedState, type Placed } from './wallet-mixed-orders.js';
import { WalletNotices } from './wallet-notices.js';
import { newOrder, paidNews, type WalletOrder, type WalletProfile } from './wallet-order.js';
import { WalletRefunds } from './wallet-refunds.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Answer to an undo. `done`: the number is dead, and what raced it went back. `again`: it asks to be called once more (recall, retry_flag). */
export type UndoReply = { readonly kind: 'done' } | { readonly kind: 'again' } | { readonly kind: 'notFound' } | { readonly kind: 'unknown'; readonly reason: string };

/** A wallet (WeChat Pay, Alipay, UnionPay): makes orders, takes the patient's money, answers questions, closes or undoes, refunds, and sends notices nobody should rely on. */
export class WalletWorld implements ChannelTruth {
  readonly profile: WalletProfile;
  readonly orders = new Map<string, WalletOrder>();
  readonly notices: WalletNotices;
  readonly refunds: WalletRefunds;
  readonly mixed: WalletMixedOrders;
  /** Called whenever money moved here. */
  onMoved: (tradeNo: string) => void = () => {};
  downUntil = 0;
  /** Whose tokens it charges. */
  issuer: CardIssuer | undefined;
  readonly #around: StandSurroundings;
  /** An undo of a number it has no order for bars the number; otherwise an order that arrives later may still be paid. */
  readonly #barsUnknownNumbers: boolean;
  #serial = 0;

  constructor(profile: WalletProfile, around: StandSurroundings, centre: MobileInsuranceWorld) {
    this.profile = profile;
    this.#around = around;
    this.#barsUnknownNumbers = profile.ordersShownCodes === 'whenScanned' || around.weather.chance(0.5);
    this.notices = new WalletNotices(profile, around);
    this.refunds = new WalletRefunds(around, this.notices, (tradeNo) => { this.onMoved(tradeNo); });
    this.mixed = new WalletMixedOrders({
      around, centre,
      onPaid: (cash) => { this.notices.announcePayment(cash); },
      onReturned: (cash) => {
        cash.state = 'undone';
        cash.paidFen = 0;
        this.onMoved(cash.tradeNo);
      },
    });
  }

  find(paymentNo: string): TakenPayment | undefined {
    return this.orders.get(paymentNo);
  }
  paymentNos(): Iterable<string> {
    return this.orders.keys();
  }
  get isDown(): boolean {
    return this.#around.time.now < this.downUntil;
  }

  charge(request: ChargeRequest): ChargeOutcome {
    return this.#troubled(() => this.#charge(request));
  }

  #charge(request: ChargeRequest): ChargeOutcome {
    const { time, faults, history } = this.#around;
    const known = this.orders.get(request.tradeNo);
    if (known !== undefined) return this.#repeatedCharge(known);
    if (time.now > Date.parse(request.expiresAt)) return { kind: 'declined', code: 'TIME_EXPIRE', message: 'the order has expired' };
    if (faults.strikes('charge declined')) return { kind: 'declined', code: 'PARAM_ERROR', message: 'refused for good' };
    const isScanned = request.method === 'paymentCode';
    if (request.method === 'quickPay' && this.issuer?.isLive(request.agreementToken) !== true) return { kind: 'declined', code: 'AGREEMENT_ENDED', message: 'no agreement' };
    const order = this.#keep(request, isScanned || this.profile.ordersShownCodes === 'whenCharged' ? 'notPaid' : 'shown');
    history.mark('order created at the channel');
    this.notices.announceOrder(order);
    if (isScanned) return this.#scanCode(order);
    if (request.method === 'quickPay') return this.#chargeCard(order);
    return { kind: 'pending', present: shown(order) };
  }

  /** A page or an app order was handed out; nothing has reached the wallet yet. */
  handOut(request: ChargeRequest): void {
    if (!this.orders.has(request.tradeNo)) this.#keep(request, 'shown');
  }

  #keep(request: ChargeRequest, state: 'shown' | 'notPaid'): WalletOrder {
    const { faults, weather } = this.#around;
    // Nobody tells a wallet when a scanned code stops being waited for.
    const expiresAt = Date.parse(request.expiresAt) + (request.method === 'paymentCode' ? weather.between(0, 4) * MINUTE : 0);
    const order = newOrder(request, { state, expiresAt, notifies: request.notifyUrl !== undefined && !faults.strikes('notice never sent'), closesItself: faults.strikes('channel closes by itself') });
    this.orders.set(order.tradeNo, order);
    return order;
  }

  #repeatedCharge(order: WalletOrder): ChargeOutcome {
    this.#around.history.mark('the same number charged again');
    switch (order.state) {
      case 'paid':
        return this.#around.time.now < order.visibleAt ? { kind: 'unknown', reason: 'in doubt' } : paidNews(order, this.profile.merchantNo);
      case 'shown':
      case 'notPaid':
        return { kind: 'pending', present: shown(order) };
      case 'closed':
      case 'undone':
        this.#around.history.mark('a number that was closed or undone arrived');
        return { kind: 'declined', code: 'ORDER_CLOSED', message: 'this number is closed' };
      case 'declined':
        return { kind: 'declined', code: 'ORDER_CLOSED', message: 'this number is closed' };
    }
  }

  /** 付款码: the money moves at once, or after the patient typed a password, or long after everybody stopped waiting, or never. */
  #scanCode(order: WalletOrder): ChargeOutcome {
    const { time, weather, faults } = this.#around;
    const typePassword = (delayMs: number) => {
      time.after(delayMs, `the patient looks at the password field for ${order.tradeNo}`, () => {
        if (faults.strikes('patient refuses the password') && order.state === 'notPaid') order.state = 'declined';
        else this.pay(order.tradeNo);
      });
    };
    const fate = weather.nextInt(10);
    if (fate < 5) {
      this.pay(order.tradeNo);
      const isInDoubt = time.now < order.visibleAt || faults.strikes('code scanned, answer in doubt');
      return isInDoubt ? { kind: 'unknown', reason: 'SYSTEM_ERROR' } : paidNews(order, this.profile.merchantNo);
    }
    if (fate < 8) {
      const isSlow = faults.strikes('password typed late');
      typePassword(isSlow ? weather.between(45, 280) * SECOND : weather.between(3, 25) * SECOND);
      return { kind: 'pending', present: { kind: 'none' } };
    }
    if (fate < 9) {
      order.state = 'declined';
      return { kind: 'declined', code: 'NOT_ENOUGH', message: 'the balance does not suffice' };
    }
    return { kind: 'pending', present: { kind: 'none' } };
  }

  /** 快捷支付: the bank takes the money at once, wants a code first, or refuses. */
  #chargeCard(order: WalletOrder): ChargeOutcome {
    const fate = this.#around.weather.nextInt(10);
    if (fate < 4) {
      this.pay(order.tradeNo);
      return order.state === 'paid' && this.#around.time.now >= order.visibleAt ? paidNews(order, this.profile.merchantNo) : { kind: 'unknown', reason: 'in doubt' };
    }
    if (fate < 9) return { kind: 'pending', present: shown(order) };
    order.state = 'declined';
    return { kind: 'declined', code: 'BALANCE_SHORT', message: 'the balance does not suffice' };
  }

  /** The card-holder's code, `0000` when he mistyped it. */
  enterCode(tradeNo: string, code: string): PaymentCodeOutcome {
    return this.#troubled<PaymentCodeOutcome>(() => {
      const order = this.orders.get(tradeNo);
      if (order?.state === 'paid') return { kind: 'taken' };
      if (order?.state !== 'notPaid' || this.#around.time.now > order.expiresAt) return { kind: 'codeExpired' };
      if (code === '0000') return { kind: 'codeWrong' };
      return this.pay(tradeNo) ? { kind: 'taken' } : { kind: 'unknown', reason: 'in doubt' };
    });
  }

  /** The patient pays. Refused when closed, expired or already paid. */
  pay(tradeNo: string): boolean {
    const { time, weather } = this.#around;
    const order = this.orders.get(tradeNo);
    if (order === undefined || !this.#mayBeConfirmed(order) || time.now > order.expiresAt || (this.isDown && weather.chance(0.5))) return false;
    return this.#take(order);
  }

  /** The cash part of a mixed order is called up together with the rest or not at all. */
  #mayBeConfirmed({ isMixed, tradeNo }: WalletOrder): boolean {
    return !isMixed || this.mixed.stateOf(tradeNo).kind !== 'notFound';
  }

  #take(order: WalletOrder): boolean {
    const { time, weather, faults, history } = this.#around;
    if (order.state !== 'notPaid' && order.state !== 'shown') return false;
    order.state = 'paid';
    order.paidFen = order.amountFen;
    // No coupon alters what the centre has priced.
    if (!order.isMixed && faults.strikes('amount altered')) order.paidFen = Math.max(1, order.amountFen - weather.pick(1, 100));
    order.paidAt = time.now;
    order.channelTradeNo = `42000${String((this.#serial += 1)).padStart(8, '0')}`;
    order.visibleAt = faults.strikes('success reported late') ? time.now + weather.between(5, 240) * SECOND : time.now;
    history.mark('patient paid');
    history.mark(`patient paid by ${order.method}`);
    this.onMoved(order.tradeNo);
    if (order.isMixed) this.mixed.follow(order);
    else this.notices.announcePayment(order);
    return true;
  }

  query(tradeNo: string): PaymentNews {
    const trouble = this.#troubleBefore();
    if (trouble !== undefined) return trouble;
    const { time } = this.#around;
    const order = this.orders.get(tradeNo);
    if (order === undefined || order.state === 'shown') return { kind: 'notFound' };
    if (order.closesItself && order.state === 'notPaid' && time.now > order.expiresAt) {
      order.state = 'closed';
      if (this.#mayBeConfirmed(order) && this.#around.faults.strikes('paid after close')) this.#landAfterClose(order);
    }
    switch (order.state) {
      case 'paid':
        return time.now < order.visibleAt ? { kind: 'pending' } : paidNews(order, this.profile.merchantNo);
      case 'notPaid':
        return { kind: 'pending' };
      case 'closed':
      case 'undone':
        return { kind: 'closed' };
      case 'declined':
        return { kind: 'declined', code: 'PAYERROR', message: 'this attempt failed' };
    }
  }

  close(tradeNo: string): CloseOutcome {
    const trouble = this.#troubleBefore();
    if (trouble !== undefined) return trouble;
    const order = this.orders.get(tradeNo);
    if (order === undefined || order.state === 'shown') return { kind: 'notFound' };
    if (order.state === 'paid') {
      this.#around.history.mark('close refused: already paid');
      return { kind: 'alreadyPaid' };
    }
    const wasOpen = order.state === 'notPaid';
    if (order.state !== 'undone') order.state = 'closed';
    if (wasOpen && this.#mayBeConfirmed(order) && this.#around.faults.strikes('paid after close')) this.#landAfterClose(order);
    return this.#troubleAfter() ?? { kind: 'closed' };
  }

  /** The patient's bank was already moving the money when the close was answered. */
  #landAfterClose(order: WalletOrder): void {
    const { time, weather, history } = this.#around;
    const latestMs = order.expiresAt + 280 * SECOND - time.now;
    if (latestMs < SECOND) return;
    time.after(Math.min(latestMs, weather.between(1, 280) * SECOND), `a payment of ${order.tradeNo} lands after its close`, () => {
      if (order.state !== 'closed') return;
      order.state = 'notPaid';
      if (this.#take(order)) history.mark('paid after close');
      else order.state = 'closed';
    });
  }

  /** 撤销 / 冲正: unpaid becomes unpayable, paid goes back to the patient. */
  undo(tradeNo: string): UndoReply {
    const { faults, history, time } = this.#around;
    const trouble = this.#troubleBefore();
    if (trouble !== undefined) return trouble;
    const order = this.orders.get(tradeNo);
    if (order === undefined && !this.#barsUnknownNumbers) return { kind: 'notFound' };
    if (faults.strikes('undo asks to be called again')) return { kind: 'again' };
    if (order === undefined) {
      this.orders.set(tradeNo, newOrder({ tradeNo, amountFen: 1, method: 'paymentCode' }, { state: 'undone', expiresAt: time.now, notifies: false, closesItself: false }));
      history.mark('a number the channel has never seen was undone');
    } else if (order.state === 'paid') {
      // What is being refunded cannot be undone as well.
      if (order.refunds.size > 0) return { kind: 'unknown', reason: 'TRADE_STATUS_ERROR' };
      order.state = 'undone';
      order.paidFen = 0;
      history.mark('a payment that raced its undo went back');
      this.onMoved(tradeNo);
    } else if (order.state !== 'closed') {
      order.state = 'undone';
      history.mark('an unpaid number was undone');
    }
    return this.#troubleAfter() ?? { kind: 'done' };
  }

  /** The second order of a mixed payment, beside the cash order of the same number. */
  placeMixed(tradeNo: string, insured: InsuranceOrder, payer: InsurancePayer): Placed {
    return this.#troubled(() => this.mixed.place(this.orders.get(tradeNo), insured, payer));
  }
  queryMixed(tradeNo: string): MixedState {
    return this.#troubleBefore() ?? this.mixed.stateOf(tradeNo);
  }
  tellInsuranceRefund(tradeNo: string, refundNo: string): InsuranceRefundNoticeOutcome {
    return this.#troubled(() => this.mixed.tell(this.orders.get(tradeNo), refundNo));
  }

  refund(request: RefundRequest): RefundOutcome {
    const { tradeNo } = request.payment;
    const order = this.orders.get(tradeNo);
    // A mixed order that was not paid whole gives its cash back by itself.
    const isOpenMixed = order?.isMixed === true && this.mixed.stateOf(tradeNo).kind !== 'paid';
    return this.#troubled(() => this.refunds.refund(isOpenMixed ? undefined : order, request));
  }

  queryRefund(request: RefundReference): RefundNews {
    return this.#troubleBefore() ?? this.refunds.query(this.orders.get(request.payment.tradeNo), request.refundNo);
  }

  /** What anything asked of this gateway may meet instead of an answer. */
  troubled<Reply>(work: () => Reply): Reply | { readonly kind: 'unknown'; readonly reason: string } {
    return this.#troubled(work);
  }

  #troubled<Reply>(work: () => Reply): Reply | { readonly kind: 'unknown'; readonly reason: string } {
    const trouble = this.#troubleBefore();
    if (trouble !== undefined) return trouble;
    const reply = work();
    return this.#troubleAfter() ?? reply;
  }
  #troubleBefore(): { readonly kind: 'unknown'; readonly reason: string } | undefined {
    if (this.isDown) return { kind: 'unknown', reason: '502 bad gateway' };
    return this.#around.faults.strikes('channel error before doing') ? { kind: 'unknown', reason: 'SYSTEM_ERROR' } : undefined;
  }
  #troubleAfter(): { readonly kind: 'unknown'; readonly reason: string } | undefined {
    return this.#around.faults.strikes('channel error after doing') ? { kind: 'unknown', reason: 'SYSTEM_ERROR' } : undefined;
  }
}

/** With what the patient goes to the wallet. */
function shown({ method, tradeNo }: { readonly method: PaymentMethod; readonly tradeNo: string }): Extract<ChargeOutcome, { kind: 'pending' }>['present'] {
  switch (method) {
    case 'paymentCode':
      return { kind: 'none' };
    case 'miniProgram':
      return { kind: 'invoke', parameters: { package: tradeNo } };
    case 'quickPay':
      return { kind: 'smsCode' };
    default:
      return { kind: 'qr', content: `wallet://${tradeNo}` };
  }
}
