import type { Notification, NotificationAnswer, PaymentNews, RawNotification, RefundNews } from '@hospay/plugin-sdk';
import type { StandSurroundings } from './channel-stand.js';
import { iso, paidNews, type WalletOrder, type WalletProfile, type WalletRefund } from './wallet-order.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Gaps between deliveries of one notification, shortened after an hour: 15 s, 15 s, 30 s, 3 min, 10 min, 20 min, 30 min, then hourly. */
const NOTICE_GAPS_MS = [15 * SECOND, 15 * SECOND, 30 * SECOND, 3 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE, 30 * MINUTE, 30 * MINUTE, 60 * MINUTE, 180 * MINUTE];

const STRANGER_NO = '1999999999';

export type NoticePost = (raw: RawNotification) => Promise<NotificationAnswer | undefined>;
/** `genuine` is signed by the wallet; `forged` by nobody; `returnPage` is what the patient's browser brings back from the wallet's page. */
type Signature = 'genuine' | 'forged' | 'returnPage';

/** What a wallet sends to the platform by itself: repeated, late, lost, twice, and now and then not from the wallet at all. */
export class WalletNotices {
  readonly #profile: WalletProfile;
  readonly #around: StandSurroundings;
  readonly #notices = new Map<string, Notification>();
  /** Set by the world: where notices go. */
  post: NoticePost = () => Promise.resolve(undefined);
  #serial = 0;

  constructor(profile: WalletProfile, around: StandSurroundings) {
    this.#profile = profile;
    this.#around = around;
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

  announceOrder(order: WalletOrder): void {
    const { faults } = this.#around;
    if (faults.strikes('notice of another merchant')) this.#ofStranger(order);
    if (faults.strikes('notice of an unknown order')) this.#send({ kind: 'payment', eventId: this.#eventId(), tradeNo: `X${order.tradeNo}`, news: { kind: 'pending' } }, 'of an unknown order', SECOND);
    if (order.method !== 'paymentCode' && faults.strikes('notice forged')) this.#claimPaid(order, 'forged', 2 * SECOND);
  }

  announcePayment(order: WalletOrder): void {
    const { faults, weather } = this.#around;
    if (order.notifies) {
      const delayMs = order.visibleAt - order.paidAt + weather.between(100, 3000);
      const notice: Notification = { kind: 'payment', eventId: this.#eventId(), tradeNo: order.tradeNo, news: paidNews(order, this.#profile.merchantNo) };
      this.#send(notice, 'paid', delayMs);
      if (faults.strikes('notice under a second event number')) this.#send({ ...notice, eventId: this.#eventId() }, 'paid, again', delayMs + 700);
      if (faults.strikes('stale notice after success')) {
        const news: PaymentNews = weather.pick<PaymentNews>({ kind: 'pending' }, { kind: 'closed' }, { kind: 'declined', code: 'USERPAYING', message: 'an earlier try' });
        this.#send({ kind: 'payment', eventId: this.#eventId(), tradeNo: order.tradeNo, news }, 'stale', delayMs + 5 * SECOND);
      }
    }
    if (faults.strikes('notice with another amount')) {
      const news = paidNews(order, this.#profile.merchantNo);
      this.#send({ kind: 'payment', eventId: this.#eventId(), tradeNo: order.tradeNo, news: { ...news, amountFen: order.amountFen + 1 } }, 'with another amount', SECOND);
    }
  }

  announceRefund(order: WalletOrder, refund: WalletRefund, news: RefundNews): void {
    if (!refund.notifies || news.kind === 'processing') return;
    this.#send({ kind: 'refund', eventId: this.#eventId(), refundNo: refund.refundNo, tradeNo: order.tradeNo, merchantNo: this.#profile.merchantNo, news }, 'refund', SECOND);
  }

  /** Another merchant of the same service provider refunds under the same number. */
  refundOfStranger(order: WalletOrder, refund: WalletRefund): void {
    if (!this.#around.faults.strikes('notice of another merchant')) return;
    const news: RefundNews = { kind: 'succeeded', refundNo: refund.refundNo, tradeNo: order.tradeNo, refundFen: refund.refundFen, channelRefundNo: 'OTHER', refundedAt: iso(this.#around.time.now) };
    this.#send({ kind: 'refund', eventId: this.#eventId(), refundNo: refund.refundNo, tradeNo: order.tradeNo, merchantNo: STRANGER_NO, news }, 'refund of another merchant', SECOND);
  }

  /** The browser comes back from the wallet's page and says that all is well. It proves nothing. */
  returnFromPage(order: WalletOrder): void {
    this.#around.history.mark('the return page said paid');
    this.#claimPaid(order, 'returnPage', this.#around.weather.between(1, 20) * SECOND);
  }

  /** Another merchant of the same service provider has used the same number, and was paid. */
  #ofStranger(order: WalletOrder): void {
    const { time, weather } = this.#around;
    const news: PaymentNews = { kind: 'succeeded', tradeNo: order.tradeNo, merchantNo: STRANGER_NO, amountFen: order.amountFen, channelTradeNo: 'OTHER', paidAt: iso(time.now) };
    this.#send({ kind: 'payment', eventId: this.#eventId(), tradeNo: order.tradeNo, news }, 'of another merchant', weather.between(1, 60) * SECOND);
  }

  /** Somebody who is not the wallet says the order was paid. */
  #claimPaid(order: WalletOrder, signature: Signature, delayMs: number): void {
    const news: PaymentNews = { kind: 'succeeded', tradeNo: order.tradeNo, merchantNo: this.#profile.merchantNo, amountFen: order.amountFen, channelTradeNo: signature, paidAt: iso(this.#around.time.now) };
    this.#send({ kind: 'payment', eventId: this.#eventId(), tradeNo: order.tradeNo, news }, signature, delayMs, signature);
  }

  #send(notice: Notification, what: string, delayMs: number, signature: Signature = 'genuine'): void {
    if (notice.kind === 'refused') return;
    const { faults, weather } = this.#around;
    this.#notices.set(notice.eventId, notice);
    const lateMs = faults.strikes('notice late') ? weather.between(MINUTE, 40 * MINUTE) : 0;
    this.#deliver(notice.eventId, what, signature, 0, delayMs + lateMs);
    if (faults.strikes('notice duplicated')) this.#deliver(notice.eventId, `${what}, duplicated`, signature, NOTICE_GAPS_MS.length, delayMs + lateMs + weather.between(0, 2000));
  }

  #deliver(eventId: string, what: string, signature: Signature, attempt: number, delayMs: number): void {
    const { time, faults } = this.#around;
    time.after(delayMs, `notice ${eventId} (${what})`, () => {
      const tryAgain = () => {
        const gapMs = NOTICE_GAPS_MS[attempt];
        if (gapMs !== undefined && signature === 'genuine') this.#deliver(eventId, what, signature, attempt + 1, gapMs);
      };
      if (faults.strikes('notice lost')) {
        tryAgain();
        return;
      }
      const raw: RawNotification = { headers: { signature }, query: eventId, body: new Uint8Array(), receivedAt: iso(time.now) };
      void this.post(raw).then((answer) => {
        if (answer === undefined || answer.status >= 300) tryAgain();
      });
    });
  }

  #eventId(): string {
    return `${this.#profile.id}-EV${String((this.#serial += 1))}`;
  }
}
