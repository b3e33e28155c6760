import type {
  ChargeOutcome, ChargeRequest, CloseOutcome, Notification, NotificationAnswer, PaymentNews, RawNotification, RefundNews, RefundOutcome, RefundReference, RefundRequest,
} from '@hospay/plugin-sdk';
import type { Faults } from './faults.js';
import type { History } from './history.js';
import type { SeededRandom } from './random.js';
import type { VirtualTime } from './virtual-time.js';

export const MERCHANT_NO = '1900000001';
export const CHANNEL_ID = 'wechat-main';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The channel's own truth about one number. */
export type ChannelOrder = {
  readonly tradeNo: string;
  readonly amountFen: number;
  readonly method: ChargeRequest['method'];
  readonly expiresAt: number;
  readonly notifies: boolean;
  /** Some channels close an unpaid order themselves when it expires, others leave it unpaid for ever. */
  readonly closesItself: boolean;
  state: 'notPaid' | 'paid' | 'closed' | 'declined';
  /** What the patient's account was charged; differs from `amountFen` when a coupon altered it. */
  paidFen: number;
  channelTradeNo: string;
  paidAt: number;
  /** Before this the channel does not say yet that it has the money. */
  visibleAt: number;
  readonly refunds: Map<string, ChannelRefund>;
};
export type ChannelRefund = { readonly refundNo: string; readonly refundFen: number; readonly notifies: boolean; state: 'processing' | 'abnormal' | 'succeeded' | 'closed'; channelRefundNo: string; refundedAt: number };

/** Gaps between deliveries of one notification, shortened after an hour: 15 s, 15 s, 30 s, 3 min, 10 min, 20 min, 30 min, then hourly. */
const NOTICE_GAPS_MS = [15 * SECOND, 15 * SECOND, 30 * SECOND, 3 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE, 30 * MINUTE, 30 * MINUTE, 60 * MINUTE, 180 * MINUTE];

export type NoticePost = (raw: RawNotification) => Promise<NotificationAnswer | undefined>;

/** A payment channel: creates, takes the patient's money, answers questions, closes, refunds, and sends notices nobody should rely on. */
export class ChannelWorld {
  readonly orders = new Map<string, ChannelOrder>();
  readonly #time: VirtualTime;
  readonly #random: SeededRandom;
  readonly #faults: Faults;
  readonly #history: History;
  readonly #notices = new Map<string, Notification>();
  /** Set by the world: where notices go. */
  post: NoticePost = () => Promise.resolve(undefined);
  /** Called whenever money moved here. */
  onMoved: (tradeNo: string) => void = () => {};
  downUntil = 0;
  balanceShortUntil = 0;
  #serial = 0;

  constructor(time: VirtualTime, random: SeededRandom, faults: Faults, history: History) {
    this.#time = time;
    this.#random = random;
    this.#faults = faults;
    this.#history = history;
  }

  get isDown(): boolean {
    return this.#time.now < this.downUntil;
  }

  charge(request: ChargeRequest): ChargeOutcome {
    const trouble = this.#troubleBefore();
    if (trouble !== undefined) return trouble;
    const outcome = this.#charge(request);
    return this.#troubleAfter() ?? outcome;
  }

  #charge(request: ChargeRequest): ChargeOutcome {
    const known = this.orders.get(request.tradeNo);
    if (known !== undefined) return this.#repeatedCharge(known);
    if (this.#time.now > Date.parse(request.expiresAt)) return { kind: 'declined', code: 'TIME_EXPIRE', message: 'the order has expired' };
    if (this.#faults.strikes('charge declined')) return { kind: 'declined', code: 'PARAM_ERROR', message: 'refused for good' };
    const order: ChannelOrder = {
      tradeNo: request.tradeNo,
      amountFen: request.amountFen,
      method: request.method,
      expiresAt: Date.parse(request.expiresAt),
      notifies: request.notifyUrl !== undefined && !this.#faults.strikes('notice never sent'),
      closesItself: this.#faults.strikes('channel closes by itself'),
      state: 'notPaid',
      paidFen: 0,
      channelTradeNo: '',
      paidAt: 0,
      visibleAt: 0,
      refunds: new Map(),
    };
    this.orders.set(request.tradeNo, order);
    this.#history.mark('order created at the channel');
    if (this.#faults.strikes('notice of another merchant')) this.#notifyOfStranger(order);
    if (this.#faults.strikes('notice of an unknown order')) this.#notify({ kind: 'payment', eventId: this.#eventId(), tradeNo: `X${order.tradeNo}`, news: { kind: 'pending' } }, 'of an unknown order', SECOND);
    if (request.method === 'paymentCode') return this.#scanCode(order);
    if (this.#faults.strikes('notice forged')) this.#forge(order);
    return { kind: 'pending', present: { kind: 'qr', content: `weixin://${request.tradeNo}` } };
  }

  #repeatedCharge(order: ChannelOrder): ChargeOutcome {
    this.#history.mark('the same number charged again');
    switch (order.state) {
      case 'paid':
        return this.#time.now < order.visibleAt ? { kind: 'unknown', reason: 'in doubt' } : this.#success(order);
      case 'notPaid':
        return { kind: 'pending', present: order.method === 'paymentCode' ? { kind: 'none' } : { kind: 'qr', content: `weixin://${order.tradeNo}` } };
      case 'closed':
      case 'declined':
        return { kind: 'declined', code: 'ORDER_CLOSED', message: 'this number is closed' };
    }
  }

  /** 付款码: the money moves at once, or after the patient typed a password, or never. */
  #scanCode(order: ChannelOrder): ChargeOutcome {
    const fate = this.#random.nextInt(10);
    if (fate < 6) {
      this.pay(order.tradeNo);
      const isInDoubt = this.#time.now < order.visibleAt || this.#faults.strikes('code scanned, answer in doubt');
      return isInDoubt ? { kind: 'unknown', reason: 'SYSTEM_ERROR' } : this.#success(order);
    }
    if (fate < 8) {
      this.#time.after(this.#random.between(3, 25) * SECOND, `the patient looks at the password field for ${order.tradeNo}`, () => {
        if (this.#faults.strikes('patient refuses the password') && order.state === 'notPaid') order.state = 'declined';
        else this.pay(order.tradeNo);
      });
      return { kind: 'pending', present: { kind: 'none' } };
    }
    if (fate < 9) {
      order.state = 'declined';
      return { kind: 'declined', code: 'NOT_ENOUGH', message: 'the balance does not suffice' };
    }
    return { kind: 'pending', present: { kind: 'none' } };
  }

  /** The patient pays. Refused when closed, expired or already paid. */
  pay(tradeNo: string): boolean {
    const order = this.orders.get(tradeNo);
    if (order === undefined || this.#time.now > order.expiresAt || (this.isDown && this.#random.chance(0.5))) return false;
    return this.#take(order);
  }

  #take(order: ChannelOrder): boolean {
    if (order.state !== 'notPaid') return false;
    const { tradeNo } = order;
    order.state = 'paid';
    order.paidFen = order.amountFen;
    if (this.#faults.strikes('amount altered')) order.paidFen = Math.max(1, order.amountFen - this.#random.pick(1, 100));
    order.paidAt = this.#time.now;
    order.channelTradeNo = `42000${String((this.#serial += 1)).padStart(8, '0')}`;
    order.visibleAt = this.#faults.strikes('success reported late') ? this.#time.now + this.#random.between(5, 240) * SECOND : this.#time.now;
    this.#history.mark('patient paid');
    this.onMoved(tradeNo);
    if (order.notifies) this.#announcePayment(order);
    if (this.#faults.strikes('notice with another amount')) this.#notify({ kind: 'payment', eventId: this.#eventId(), tradeNo, news: { ...this.#success(order), amountFen: order.amountFen + 1 } }, 'with another amount', SECOND);
    return true;
  }

  query(tradeNo: string): PaymentNews {
    const trouble = this.#troubleBefore();
    if (trouble !== undefined) return trouble;
    const order = this.orders.get(tradeNo);
    if (order === undefined) return { kind: 'notFound' };
    if (order.closesItself && order.state === 'notPaid' && this.#time.now > order.expiresAt) order.state = 'closed';
    switch (order.state) {
      case 'paid':
        return this.#time.now < order.visibleAt ? { kind: 'pending' } : this.#success(order);
      case 'notPaid':
        return { kind: 'pending' };
      case 'closed':
        return { kind: 'closed' };
      case 'declined':
        return { kind: 'declined', code: 'PAYERROR', message: 'this attempt failed' };
    }
  }

  close(tradeNo: string): CloseOutcome {
    const trouble = this.#troubleBefore();
    if (trouble !== undefined) return trouble;
    const order = this.orders.get(tradeNo);
    if (order === undefined) return { kind: 'notFound' };
    if (order.state === 'paid') {
      this.#history.mark('close refused: already paid');
      return { kind: 'alreadyPaid' };
    }
    const wasOpen = order.state === 'notPaid';
    order.state = 'closed';
    if (wasOpen && this.#faults.strikes('paid after close')) this.#landAfterClose(order);
    return this.#troubleAfter() ?? { kind: 'closed' };
  }

  /** The patient's bank was already moving the money when the close was answered. */
  #landAfterClose(order: ChannelOrder): void {
    const latestMs = order.expiresAt + 280 * SECOND - this.#time.now;
    if (latestMs < SECOND) return;
    this.#time.after(Math.min(latestMs, this.#random.between(1, 280) * SECOND), `a payment of ${order.tradeNo} lands after its close`, () => {
      if (order.state !== 'closed') return;
      order.state = 'notPaid';
      if (this.#take(order)) this.#history.mark('paid after close');
      else order.state = 'closed';
    });
  }

  refund(request: RefundRequest): RefundOutcome {
    const trouble = this.#troubleBefore();
    if (trouble !== undefined) return trouble;
    const outcome = this.#refund(request);
    return this.#troubleAfter() ?? outcome;
  }

  #refund(request: RefundRequest): RefundOutcome {
    const order = this.orders.get(request.payment.tradeNo);
    if (order === undefined || order.state !== 'paid') return { kind: 'declined', code: 'RESOURCE_NOT_EXISTS', message: 'no such paid order' };
    const known = order.refunds.get(request.refundNo);
    if (known !== undefined) return this.#repeatedRefund(order, known);
    if (this.#time.now < this.balanceShortUntil) return { kind: 'declined', code: 'NOT_ENOUGH', message: 'the merchant balance does not suffice' };
    if (liveRefundFen(order) + request.refundFen > order.paidFen) return { kind: 'declined', code: 'INVALID_REQUEST', message: 'more than was paid' };
    const refund: ChannelRefund = { refundNo: request.refundNo, refundFen: request.refundFen, notifies: order.notifies, state: 'processing', channelRefundNo: `50300${String((this.#serial += 1)).padStart(8, '0')}`, refundedAt: 0 };
    order.refunds.set(refund.refundNo, refund);
    this.#history.mark('refund created at the channel');
    this.onMoved(order.tradeNo);
    if (this.#faults.strikes('notice of another merchant')) {
      const news: RefundNews = { kind: 'succeeded', refundNo: refund.refundNo, tradeNo: order.tradeNo, refundFen: refund.refundFen, channelRefundNo: 'OTHER', refundedAt: this.#iso(this.#time.now) };
      this.#notify({ kind: 'refund', eventId: this.#eventId(), refundNo: refund.refundNo, tradeNo: order.tradeNo, merchantNo: '1999999999', news }, 'refund of another merchant', SECOND);
    }
    if (this.#faults.strikes('refund done at once')) {
      this.#finishRefund(order, refund);
      return this.#repeatedRefund(order, refund);
    }
    const delayMs = this.#faults.strikes('refund late or slow') ? this.#random.between(2 * MINUTE, 150 * MINUTE) : this.#random.between(0, 20 * SECOND);
    this.#time.after(delayMs, `the channel finishes refund ${refund.refundNo}`, () => { this.#finishRefund(order, refund); });
    return { kind: 'processing', channelRefundNo: refund.channelRefundNo };
  }

  #repeatedRefund(order: ChannelOrder, refund: ChannelRefund): RefundOutcome {
    this.#history.mark('the same refund number sent again');
    switch (refund.state) {
      case 'succeeded':
        return refundSuccess(order, refund);
      case 'processing':
      case 'abnormal':
        return { kind: 'processing', channelRefundNo: refund.channelRefundNo };
      case 'closed':
        return { kind: 'unknown', reason: 'ask for the state of this refund' };
    }
  }

  #finishRefund(order: ChannelOrder, refund: ChannelRefund): void {
    if (refund.state === 'succeeded' || refund.state === 'closed') return;
    if (refund.state === 'processing' && this.#faults.strikes('refund abnormal')) {
      refund.state = 'abnormal';
      this.#time.after(this.#random.between(10 * MINUTE, 180 * MINUTE), `a person unblocks refund ${refund.refundNo}`, () => { this.#finishRefund(order, refund); });
    } else if (this.#faults.strikes('refund closed by the channel')) {
      refund.state = 'closed';
    } else {
      refund.state = 'succeeded';
      refund.refundedAt = this.#time.now;
    }
    this.#history.mark(`refund ${refund.state} at the channel`);
    this.onMoved(order.tradeNo);
    if (!refund.notifies) return;
    const news = refundNews(order, refund);
    if (news.kind === 'processing') return;
    this.#notify({ kind: 'refund', eventId: this.#eventId(), refundNo: refund.refundNo, tradeNo: order.tradeNo, merchantNo: MERCHANT_NO, news }, 'refund', SECOND);
  }

  queryRefund(request: RefundReference): RefundNews {
    const trouble = this.#troubleBefore();
    if (trouble !== undefined) return trouble;
    const order = this.orders.get(request.payment.tradeNo);
    const refund = order?.refunds.get(request.refundNo);
    return order === undefined || refund === undefined ? { kind: 'notFound' } : refundNews(order, refund);
  }

  /** What the plugin does with a notice: verify, then read. */
  read(raw: RawNotification): Notification {
    if (raw.headers['signature'] !== 'genuine') return { kind: 'refused', reason: 'the signature does not verify' };
    return this.content(raw);
  }
  /** The content without a look at the signature. */
  content(raw: RawNotification): Notification {
    return this.#notices.get(raw.query) ?? { kind: 'refused', reason: 'not a notification' };
  }

  #announcePayment(order: ChannelOrder): void {
    const delayMs = order.visibleAt - order.paidAt + this.#random.between(100, 3000);
    const notice: Notification = { kind: 'payment', eventId: this.#eventId(), tradeNo: order.tradeNo, news: this.#success(order) };
    this.#notify(notice, 'paid', delayMs);
    if (this.#faults.strikes('notice under a second event number')) this.#notify({ ...notice, eventId: this.#eventId() }, 'paid, again', delayMs + 700);
    if (this.#faults.strikes('stale notice after success')) {
      const news: PaymentNews = this.#random.pick<PaymentNews>({ kind: 'pending' }, { kind: 'closed' }, { kind: 'declined', code: 'USERPAYING', message: 'an earlier try' });
      this.#notify({ kind: 'payment', eventId: this.#eventId(), tradeNo: order.tradeNo, news }, 'stale', delayMs + 5 * SECOND);
    }
  }

  /** Another merchant of the same service provider has used the same number, and was paid. */
  #notifyOfStranger(order: ChannelOrder): void {
    const news: PaymentNews = { kind: 'succeeded', tradeNo: order.tradeNo, merchantNo: '1999999999', amountFen: order.amountFen, channelTradeNo: 'OTHER', paidAt: this.#iso(this.#time.now) };
    this.#notify({ kind: 'payment', eventId: this.#eventId(), tradeNo: order.tradeNo, news }, 'of another merchant', this.#random.between(1, 60) * SECOND);
  }

  /** A stranger says the order was paid. */
  #forge(order: ChannelOrder): void {
    const news: PaymentNews = { kind: 'succeeded', tradeNo: order.tradeNo, merchantNo: MERCHANT_NO, amountFen: order.amountFen, channelTradeNo: 'FORGED', paidAt: this.#iso(this.#time.now) };
    this.#notify({ kind: 'payment', eventId: this.#eventId(), tradeNo: order.tradeNo, news }, 'forged', 2 * SECOND, 'forged');
  }

  #notify(notice: Notification, what: string, delayMs: number, signature: 'genuine' | 'forged' = 'genuine'): void {
    if (notice.kind === 'refused') return;
    this.#notices.set(notice.eventId, notice);
    const lateMs = this.#faults.strikes('notice late') ? this.#random.between(MINUTE, 40 * MINUTE) : 0;
    this.#deliver(notice.eventId, what, signature, 0, delayMs + lateMs);
    if (this.#faults.strikes('notice duplicated')) this.#deliver(notice.eventId, `${what}, duplicated`, signature, NOTICE_GAPS_MS.length, delayMs + lateMs + this.#random.between(0, 2000));
  }

  #deliver(eventId: string, what: string, signature: string, attempt: number, delayMs: number): void {
    this.#time.after(delayMs, `notice ${eventId} (${what})`, () => {
      const tryAgain = () => {
        const gapMs = NOTICE_GAPS_MS[attempt];
        if (gapMs !== undefined && signature === 'genuine') this.#deliver(eventId, what, signature, attempt + 1, gapMs);
      };
      if (this.#faults.strikes('notice lost')) {
        tryAgain();
        return;
      }
      const raw: RawNotification = { headers: { signature }, query: eventId, body: new Uint8Array(), receivedAt: this.#iso(this.#time.now) };
      void this.post(raw).then((answer) => {
        if (answer === undefined || answer.status >= 300) tryAgain();
      });
    });
  }

  #success(order: ChannelOrder): Extract<PaymentNews, { kind: 'succeeded' }> {
    return { kind: 'succeeded', tradeNo: order.tradeNo, merchantNo: MERCHANT_NO, amountFen: order.paidFen, channelTradeNo: order.channelTradeNo, paidAt: this.#iso(order.paidAt) };
  }

  #troubleBefore(): { readonly kind: 'unknown'; readonly reason: string } | undefined {
    if (this.isDown) return { kind: 'unknown', reason: '502 bad gateway' };
    return this.#faults.strikes('channel error before doing') ? { kind: 'unknown', reason: 'SYSTEM_ERROR' } : undefined;
  }
  #troubleAfter(): { readonly kind: 'unknown'; readonly reason: string } | undefined {
    return this.#faults.strikes('channel error after doing') ? { kind: 'unknown', reason: 'SYSTEM_ERROR' } : undefined;
  }

  #eventId(): string {
    return `EV${String((this.#serial += 1))}`;
  }
  #iso(at: number): string {
    return new Date(at).toISOString();
  }
}

/** What of a paid order is refunded or being refunded at the channel. */
export function liveRefundFen(order: ChannelOrder): number {
  let live = 0;
  for (const refund of order.refunds.values()) if (refund.state !== 'closed') live += refund.refundFen;
  return live;
}

function refundNews(order: ChannelOrder, refund: ChannelRefund): RefundNews {
  switch (refund.state) {
    case 'succeeded':
      return refundSuccess(order, refund);
    case 'processing':
      return { kind: 'processing', channelRefundNo: refund.channelRefundNo };
    case 'abnormal':
      return { kind: 'abnormal', message: 'the card is closed' };
    case 'closed':
      return { kind: 'closed' };
  }
}

function refundSuccess(order: ChannelOrder, refund: ChannelRefund): Extract<RefundNews, { kind: 'succeeded' }> {
  return { kind: 'succeeded', refundNo: refund.refundNo, tradeNo: order.tradeNo, refundFen: refund.refundFen, channelRefundNo: refund.channelRefundNo, refundedAt: new Date(refund.refundedAt).toISOString() };
}
