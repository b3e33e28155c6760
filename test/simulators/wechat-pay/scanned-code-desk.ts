import type { OrderBook } from './order-book.js';
import type { PaymentCodes } from './payment-codes.js';
import type { SimulatedOrder } from './simulated-records.js';

/** An order for a scanned code, whichever interface it came through. */
export type ScannedOrder = Pick<SimulatedOrder, 'appId' | 'partner' | 'outTradeNo' | 'description' | 'attach' | 'deviceId' | 'totalFen' | 'timeExpire' | 'parameters' | 'signingMode'> & { readonly authCode: string };

/** Refusals by the names of API v2; v3 has its own for the same. */
export type ScannedRefusal = 'ORDERPAID' | 'ORDERCLOSED' | 'ORDERREVERSED' | 'OUT_TRADE_NO_USED' | 'AUTHCODEEXPIRE' | 'AUTH_CODE_INVALID' | 'NOTENOUGH' | 'TRADE_ERROR';
export type ScannedOutcome = { readonly kind: 'paid'; readonly order: SimulatedOrder } | { readonly kind: 'paying'; readonly order: SimulatedOrder } | { readonly kind: 'refused'; readonly code: ScannedRefusal };
export type ReverseOutcome = 'done' | 'noSuchOrder' | 'tooOld' | 'tooEarly' | 'refunded';

const REVERSIBLE_MS = 7 * 86_400_000;

export type ScannedCodeDeskOptions = {
  readonly orders: OrderBook;
  readonly codes: PaymentCodes;
  readonly now: () => Date;
  /** WeChat Pay asks merchants to wait this long between charge and reverse. */
  readonly reverseWaitMs: number;
};

/** Scanned codes: the charge that is a payment at once or waits for the payer's password, and the reverse. Each call is atomic. */
export class ScannedCodeDesk {
  readonly #options: ScannedCodeDeskOptions;

  constructor(options: ScannedCodeDeskOptions) {
    this.#options = options;
  }

  charge(wanted: ScannedOrder): ScannedOutcome {
    const { orders, codes } = this.#options;
    const earlier = orders.find(wanted.outTradeNo);
    if (earlier !== undefined) return repeated(earlier, wanted);
    const { authCode, ...order } = wanted;
    const code = codes.use(authCode, wanted.outTradeNo);
    if (code === 'expired') return { kind: 'refused', code: 'AUTHCODEEXPIRE' };
    if (code === 'invalid') return { kind: 'refused', code: 'AUTH_CODE_INVALID' };
    const placed = orders.placeScanned(order, code);
    switch (code.behaviour) {
      case 'paysAtOnce': {
        const paid = orders.pay(wanted.outTradeNo, {});
        if (paid.kind === 'refused') throw new Error(`a new order cannot be ${paid.reason}`);
        return { kind: 'paid', order: paid.order };
      }
      case 'asksPassword':
        return { kind: 'paying', order: placed };
      case 'balanceNotEnough':
        orders.failScanned(wanted.outTradeNo);
        return { kind: 'refused', code: 'NOTENOUGH' };
      case 'payFails':
        orders.failScanned(wanted.outTradeNo);
        return { kind: 'refused', code: 'TRADE_ERROR' };
    }
  }

  /** The payer gives up or fails: the order stays, its code is spent. */
  fail(outTradeNo: string): void {
    this.#options.orders.failScanned(outTradeNo);
  }

  /** Unpaid becomes unpayable; paid goes back to the payer. Repeating it is harmless. */
  reverse(outTradeNo: string, isTheirs: (order: SimulatedOrder) => boolean): ReverseOutcome {
    const { orders, now, reverseWaitMs } = this.#options;
    const order = orders.find(outTradeNo);
    if (order === undefined || !isTheirs(order)) return 'noSuchOrder';
    if (order.state === 'REVOKED' || order.state === 'CLOSED') return 'done';
    if (order.state === 'REFUND') return 'refunded';
    const age = now().getTime() - Date.parse(order.createdAt);
    if (age > REVERSIBLE_MS) return 'tooOld';
    if (age < reverseWaitMs) return 'tooEarly';
    orders.revoke(outTradeNo);
    return 'done';
  }
}

/** The same number again: the same order, or a refusal. A spent code cannot be tried twice. */
function repeated(earlier: SimulatedOrder, wanted: ScannedOrder): ScannedOutcome {
  if (earlier.parameters !== wanted.parameters) return { kind: 'refused', code: 'OUT_TRADE_NO_USED' };
  switch (earlier.state) {
    case 'USERPAYING':
      return { kind: 'paying', order: earlier };
    case 'REVOKED':
      return { kind: 'refused', code: 'ORDERREVERSED' };
    case 'CLOSED':
      return { kind: 'refused', code: 'ORDERCLOSED' };
    case 'SUCCESS':
    case 'REFUND':
      return { kind: 'refused', code: 'ORDERPAID' };
    case 'NOTPAY':
    case 'PAYERROR':
      return { kind: 'refused', code: 'AUTH_CODE_INVALID' };
  }
}
