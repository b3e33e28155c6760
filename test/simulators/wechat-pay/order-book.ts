import { alreadyPaid, ApiRefusal, orderDoesNotExist, parameterRefusal, PRECISE_CODE } from './api-refusal.js';
import { chinaDay, chinaRfc3339 } from './china-time.js';
import type { MerchantAccounts } from './merchant-account.js';
import type { MerchantCredentials } from './merchant-credentials.js';
import { describeParties, describePayer, isOfMode, type ApiMode } from './order-parties.js';
import { readOrder, type OrderRequest, type WantedOrder } from './order-request.js';
import { randomDigits, randomText } from './random-text.js';
import type { SimulatedOrder, SimulatedPayment, SimulatedPaymentCode, TradeType } from './simulated-records.js';
import type { RecordTable } from './simulator-store.js';

const CODE_LIFE_MS = 2 * 3_600_000;
const H5_LIFE_MS = 5 * 60_000;
const UNPAID_ORDER_LIFE_MS = 7 * 86_400_000;

/** How a payer pays in a test. */
export type PayOptions = {
  /** The payer pays another amount than the order's: a fault of the channel, for tests of the merchant. */
  readonly amountFen?: number;
  /** What the payer pays from, in WeChat Pay's word. */
  readonly bankType?: string;
  /** The payment wins against a close that was already answered: late success. */
  readonly evenIfClosed?: boolean;
  /** A second payment of a paid order, with its own transaction id. */
  readonly again?: boolean;
};

export type PayOutcome =
  | { readonly kind: 'paid'; readonly order: SimulatedOrder; readonly payment: SimulatedPayment }
  | { readonly kind: 'refused'; readonly reason: 'noSuchOrder' | 'closed' | 'alreadyPaid' | 'codeExpired' };

export type OrderBookOptions = {
  readonly orders: RecordTable<SimulatedOrder>;
  readonly credentials: MerchantCredentials;
  readonly accounts: MerchantAccounts;
  readonly now: () => Date;
  readonly shortestExpiryMs: number;
  readonly payableAfterExpiry: boolean;
  readonly closeOfUnknownOrder: 'notFound' | 'accepted';
};

/**
 * The orders at WeChat Pay and their state machine: NOTPAY → SUCCESS → REFUND, NOTPAY → CLOSED. Every method is synchronous, so
 * each call is atomic. Time rules are applied when an order is looked at.
 */
export class OrderBook {
  readonly #options: OrderBookOptions;
  readonly #orderOfTransaction = new Map<string, string>();
  readonly #orderOfCode = new Map<string, string>();
  /** Numbers that were closed before any order was placed under them; only when `closeOfUnknownOrder` is `accepted`. */
  readonly #closedBeforePlaced = new Set<string>();

  constructor(options: OrderBookOptions) {
    this.#options = options;
    for (const order of options.orders.all()) this.#index(order);
  }

  /** Places an order, or repeats one: equal parameters give a new code, other parameters are refused. */
  place(request: OrderRequest): SimulatedOrder {
    const at = this.#options.now();
    const wanted = readOrder(request, this.#options.credentials);
    const earlier = this.find(wanted.outTradeNo);
    if (this.#closedBeforePlaced.has(wanted.outTradeNo)) throw otherParameters();
    if (earlier !== undefined) {
      if (earlier.parameters !== wanted.parameters) throw otherParameters();
      if (earlier.payments.length > 0) throw alreadyPaid();
      if (earlier.state === 'CLOSED') throw new ApiRefusal({ status: 400, code: 'ORDER_CLOSED', message: '订单已关闭' });
      this.#orderOfCode.delete(earlier.code);
      return this.#put({ ...earlier, ...newCode(wanted.tradeType, at) });
    }
    this.#refuseEarlyExpiry(wanted.timeExpire);
    return this.#put({ ...wanted, ...newCode(wanted.tradeType, at), createdAt: at.toISOString(), state: 'NOTPAY', payments: [] });
  }

  /** Places the order of a scanned code; the payer is about to pay it. */
  placeScanned(order: Omit<WantedOrder, 'tradeType' | 'notifyUrl' | 'openId'>, code: SimulatedPaymentCode): SimulatedOrder {
    const now = this.#options.now();
    const codeExpiresAt = new Date(now.getTime() + UNPAID_ORDER_LIFE_MS).toISOString();
    const fixed = { tradeType: 'MICROPAY', notifyUrl: '', openId: undefined, code: code.code, codeExpiresAt, bankType: code.bankType } as const;
    return this.#put({ ...order, ...fixed, createdAt: now.toISOString(), state: 'USERPAYING', payments: [] });
  }

  /** The payer of a scanned code failed or gave up: nobody is paying any more. */
  failScanned(outTradeNo: string): void {
    const order = this.find(outTradeNo);
    if (order?.state !== 'USERPAYING') throw new Error(`order ${outTradeNo} does not wait for its payer`);
    this.#put({ ...order, state: 'PAYERROR' });
  }

  /** Reverses the order of a scanned code, or gives back the cash part of a mixed payment that failed (REFUND): what was paid goes back. */
  revoke(outTradeNo: string, state: 'REVOKED' | 'REFUND' = 'REVOKED'): void {
    const order = this.find(outTradeNo);
    if (order === undefined) throw new Error(`no order ${outTradeNo} in the simulator`);
    const returnedAt = this.#options.now().toISOString();
    const account = this.#options.accounts.of(order.partner?.subMerchantId);
    for (const { paidFen, feeFen } of order.payments) account.add(feeFen - paidFen);
    this.#put({ ...order, state, payments: order.payments.map((payment) => ({ ...payment, returnedAt })) });
  }

  /** Closes an unpaid order; closing a closed one again is fine. */
  close(outTradeNo: string, mode: ApiMode): void {
    const found = this.find(outTradeNo);
    const order = found !== undefined && isOfMode(found, mode) ? found : undefined;
    if (order === undefined) {
      if (this.#options.closeOfUnknownOrder === 'notFound') throw orderDoesNotExist();
      this.#closedBeforePlaced.add(outTradeNo);
      return;
    }
    if (order.tradeType === 'MICROPAY') throw reverseInstead();
    if (order.payments.length > 0) throw alreadyPaid();
    if (order.state !== 'CLOSED') this.#put({ ...order, state: 'CLOSED' });
  }

  /** The payer's side: money moves, or the wallet says why not. */
  pay(outTradeNo: string, options: PayOptions): PayOutcome {
    const order = this.find(outTradeNo);
    if (order === undefined) return { kind: 'refused', reason: 'noSuchOrder' };
    if (order.payments.length > 0 && options.again !== true) return { kind: 'refused', reason: 'alreadyPaid' };
    const evenIfClosed = options.evenIfClosed === true || this.#options.payableAfterExpiry;
    const isOver = order.state === 'CLOSED' || order.state === 'REVOKED' || order.state === 'PAYERROR';
    if (isOver && !evenIfClosed) return { kind: 'refused', reason: 'closed' };
    const now = this.#options.now();
    if (Date.parse(order.codeExpiresAt) <= now.getTime() && !evenIfClosed) return { kind: 'refused', reason: 'codeExpired' };
    const paidFen = options.amountFen ?? order.totalFen;
    const account = this.#options.accounts.of(order.partner?.subMerchantId);
    const feeFen = account.feeOf(paidFen);
    const payment: SimulatedPayment = {
      transactionId: `4200001234${chinaDay(now).replaceAll('-', '')}${randomDigits(10)}`,
      paidFen,
      feeFen,
      paidAt: now.toISOString(),
      payerOpenId: order.openId ?? `oSimulated${randomText(18)}`,
      bankType: options.bankType ?? order.bankType ?? 'OTHERS',
    };
    account.add(paidFen - feeFen);
    const state = order.state === 'REFUND' ? 'REFUND' : 'SUCCESS';
    return { kind: 'paid', payment, order: this.#put({ ...order, state, payments: [...order.payments, payment] }) };
  }

  /** Any accepted refund turns the order's state to REFUND for good. */
  markRefunded(outTradeNo: string): void {
    const order = this.find(outTradeNo);
    if (order !== undefined && order.state !== 'REFUND') this.#put({ ...order, state: 'REFUND' });
  }

  find(outTradeNo: string): SimulatedOrder | undefined {
    const order = this.#options.orders.get(outTradeNo);
    return order === undefined ? undefined : this.#closedIfExpired(order);
  }

  findByTransaction(transactionId: string): SimulatedOrder | undefined {
    const outTradeNo = this.#orderOfTransaction.get(transactionId);
    return outTradeNo === undefined ? undefined : this.find(outTradeNo);
  }

  /** The order a code opens; a code that was replaced opens nothing. */
  findByCode(code: string): SimulatedOrder | undefined {
    const outTradeNo = this.#orderOfCode.get(code);
    return outTradeNo === undefined ? undefined : this.find(outTradeNo);
  }

  list(): readonly SimulatedOrder[] {
    return [...this.#options.orders.all()].map((order) => this.#closedIfExpired(order));
  }

  /** The body of a query answer and the plaintext of a payment notification. */
  describe(order: SimulatedOrder, payment?: SimulatedPayment): Record<string, unknown> {
    const ids = { ...describeParties(order, this.#options.credentials), out_trade_no: order.outTradeNo };
    const attach = order.attach === undefined ? {} : { attach: order.attach };
    const scene = order.deviceId === undefined ? {} : { scene_info: { device_id: order.deviceId } };
    if (payment === undefined) {
      const amount = { total: order.totalFen, currency: 'CNY', payer_currency: 'CNY' };
      return { ...ids, ...attach, ...scene, amount, promotion_detail: [], ...stateOf(order) };
    }
    return {
      ...ids,
      ...attach,
      ...scene,
      transaction_id: payment.transactionId,
      trade_type: order.tradeType,
      ...stateOf(order),
      bank_type: payment.bankType,
      success_time: chinaRfc3339(new Date(payment.paidAt)),
      payer: describePayer(order, payment.payerOpenId),
      amount: { total: payment.paidFen, payer_total: payment.paidFen, currency: 'CNY', payer_currency: 'CNY' },
      promotion_detail: [],
    };
  }

  #refuseEarlyExpiry(timeExpire: string | undefined): void {
    const earliest = this.#options.now().getTime() + this.#options.shortestExpiryMs;
    if (timeExpire === undefined || Date.parse(timeExpire) >= earliest) return;
    throw parameterRefusal('time_expire 必须晚于当前时间 1 分钟以上', { field: '/time_expire', value: timeExpire, location: 'body' });
  }

  #closedIfExpired(order: SimulatedOrder): SimulatedOrder {
    if (order.state !== 'NOTPAY' && order.state !== 'USERPAYING') return order;
    const endsAt =
      order.timeExpire === undefined ? Date.parse(order.createdAt) + UNPAID_ORDER_LIFE_MS : Date.parse(order.timeExpire);
    return this.#options.now().getTime() < endsAt ? order : this.#put({ ...order, state: 'CLOSED' });
  }

  #put(order: SimulatedOrder): SimulatedOrder {
    this.#options.orders.put(order.outTradeNo, order);
    this.#index(order);
    return order;
  }

  #index(order: SimulatedOrder): void {
    this.#orderOfCode.set(order.code, order.outTradeNo);
    for (const payment of order.payments) this.#orderOfTransaction.set(payment.transactionId, order.outTradeNo);
  }
}

function otherParameters(): ApiRefusal {
  const message = '请求重入时，参数与首次请求时不一致';
  return new ApiRefusal({ status: 400, code: 'INVALID_REQUEST', message, preciseCode: PRECISE_CODE.otherParameters });
}

function reverseInstead(): ApiRefusal {
  return new ApiRefusal({ status: 400, code: 'INVALID_REQUEST', message: '付款码支付的订单请使用撤销接口', preciseCode: PRECISE_CODE.reverseInstead });
}

/** The state and its description, as WeChat Pay words them. */
function stateOf(order: SimulatedOrder): { trade_state: string; trade_state_desc: string } {
  const words = { NOTPAY: '订单未支付', SUCCESS: '支付成功', REFUND: '订单发生过退款，退款详情请查询退款单', CLOSED: '订单已关闭', USERPAYING: '用户支付中，需要输入密码', REVOKED: '订单已撤销', PAYERROR: '支付失败' } as const;
  return { trade_state: order.state, trade_state_desc: words[order.state] };
}

function newCode(tradeType: TradeType, now: Date): { code: string; codeExpiresAt: string } {
  const code = tradeType === 'NATIVE' ? `${randomText(7)}zz` : `wx${randomDigits(14)}${randomText(18)}0000`;
  return { code, codeExpiresAt: new Date(now.getTime() + (tradeType === 'MWEB' ? H5_LIFE_MS : CODE_LIFE_MS)).toISOString() };
}
