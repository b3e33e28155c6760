import type { RefundNews, RefundOutcome, RefundRequest } from '@hospay/plugin-sdk';
import type { StandSurroundings } from './channel-stand.js';
import { liveRefundFen } from './channel-truth.js';
import type { WalletNotices } from './wallet-notices.js';
import { iso, type WalletOrder, type WalletRefund } from './wallet-order.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Refunds at a wallet: at once, slow, blocked until a person acts, given up, or refused while the merchant's balance is short. */
export class WalletRefunds {
  readonly #around: StandSurroundings;
  readonly #notices: WalletNotices;
  readonly #onMoved: (tradeNo: string) => void;
  balanceShortUntil = 0;
  #serial = 0;

  constructor(around: StandSurroundings, notices: WalletNotices, onMoved: (tradeNo: string) => void) {
    this.#around = around;
    this.#notices = notices;
    this.#onMoved = onMoved;
  }

  refund(order: WalletOrder | undefined, request: RefundRequest): RefundOutcome {
    const { time, weather, faults, history } = this.#around;
    if (order?.state !== 'paid') return { kind: 'declined', code: 'RESOURCE_NOT_EXISTS', message: 'no such paid order' };
    const known = order.refunds.get(request.refundNo);
    if (known !== undefined) return this.#repeated(order, known);
    if (time.now < this.balanceShortUntil) return { kind: 'declined', code: 'NOT_ENOUGH', message: 'the merchant balance does not suffice' };
    if (liveRefundFen(order) + request.refundFen > order.paidFen) return { kind: 'declined', code: 'INVALID_REQUEST', message: 'more than was paid' };
    const refund: WalletRefund = { refundNo: request.refundNo, refundFen: request.refundFen, notifies: order.notifies, state: 'processing', channelRefundNo: `50300${String((this.#serial += 1)).padStart(8, '0')}`, refundedAt: 0 };
    order.refunds.set(refund.refundNo, refund);
    history.mark('refund created at the channel');
    this.#onMoved(order.tradeNo);
    this.#notices.refundOfStranger(order, refund);
    if (faults.strikes('refund done at once')) {
      this.#finish(order, refund);
      return this.#repeated(order, refund);
    }
    const delayMs = faults.strikes('refund late or slow') ? weather.between(2 * MINUTE, 150 * MINUTE) : weather.between(0, 20 * SECOND);
    time.after(delayMs, `the channel finishes refund ${refund.refundNo}`, () => { this.#finish(order, refund); });
    return { kind: 'processing', channelRefundNo: refund.channelRefundNo };
  }

  query(order: WalletOrder | undefined, refundNo: string): RefundNews {
    const refund = order?.refunds.get(refundNo);
    return order === undefined || refund === undefined ? { kind: 'notFound' } : refundNews(order, refund);
  }

  #repeated(order: WalletOrder, refund: WalletRefund): RefundOutcome {
    this.#around.history.mark('the same refund number sent again');
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

  #finish(order: WalletOrder, refund: WalletRefund): void {
    const { time, weather, faults, history } = this.#around;
    if (refund.state === 'succeeded' || refund.state === 'closed') return;
    if (refund.state === 'processing' && faults.strikes('refund abnormal')) {
      refund.state = 'abnormal';
      time.after(weather.between(10 * MINUTE, 180 * MINUTE), `a person unblocks refund ${refund.refundNo}`, () => { this.#finish(order, refund); });
    } else if (faults.strikes('refund closed by the channel')) {
      refund.state = 'closed';
    } else {
      refund.state = 'succeeded';
      refund.refundedAt = time.now;
    }
    history.mark(`refund ${refund.state} at the channel`);
    this.#onMoved(order.tradeNo);
    this.#notices.announceRefund(order, refund, refundNews(order, refund));
  }
}

function refundNews(order: WalletOrder, refund: WalletRefund): RefundNews {
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

function refundSuccess(order: WalletOrder, refund: WalletRefund): Extract<RefundNews, { kind: 'succeeded' }> {
  return { kind: 'succeeded', refundNo: refund.refundNo, tradeNo: order.tradeNo, refundFen: refund.refundFen, channelRefundNo: refund.channelRefundNo, refundedAt: iso(refund.refundedAt) };
}
