import { ApiRefusal, invalidRequest, parameterRefusal, resourceDoesNotExist } from './api-refusal.js';
import { chinaDay, chinaRfc3339 } from './china-time.js';
import type { FaultRules } from './fault-rules.js';
import { readBody, type FieldReader } from './field-reader.js';
import type { MerchantAccounts } from './merchant-account.js';
import type { MerchantCredentials } from './merchant-credentials.js';
import type { OrderBook } from './order-book.js';
import type { SigningMode } from './platform-signature.js';
import { randomDigits } from './random-text.js';
import type { SettledRefundStatus, SimulatedOrder, SimulatedPayment, SimulatedRefund } from './simulated-records.js';
import type { RecordTable } from './simulator-store.js';

const REFUND_WINDOW_MS = 365 * 86_400_000;
const MOST_REFUNDS_OF_A_PAYMENT = 50;

export type RefundBookOptions = {
  readonly refunds: RecordTable<SimulatedRefund>;
  readonly orders: OrderBook;
  readonly accounts: MerchantAccounts;
  readonly credentials: MerchantCredentials;
  readonly faults: FaultRules;
  readonly now: () => Date;
  /** Called after a refund left PROCESSING. */
  readonly onSettled: (refund: SimulatedRefund) => void;
};

/** The refunds at WeChat Pay: PROCESSING → SUCCESS | ABNORMAL | CLOSED. Every method is synchronous, so each call is atomic. */
export class RefundBook {
  readonly #options: RefundBookOptions;
  readonly #processing = new Set<string>();
  readonly #numbersOfTransaction = new Map<string, string[]>();

  constructor(options: RefundBookOptions) {
    this.#options = options;
    for (const refund of options.refunds.all()) this.#index(refund);
  }

  /** Accepts a refund, or repeats one: equal parameters give the refund as it is now, other parameters are refused. */
  request(request: { body: string; signingMode: SigningMode }): SimulatedRefund {
    const wanted = readRefund(readBody(request.body), this.#options.credentials);
    const { order, payment } = this.#paymentToRefund(wanted);
    const earlier = this.find(wanted.outRefundNo);
    if (earlier !== undefined) {
      const same =
        earlier.transactionId === payment.transactionId &&
        earlier.refundFen === wanted.refundFen &&
        earlier.totalFen === wanted.totalFen;
      if (!same) throw invalidRequest('订单金额或退款金额与之前请求不一致，请核实后再试');
      return earlier;
    }
    this.#refuseAgainstRules(wanted, payment);
    return this.#accept({ wanted, order, payment, signingMode: request.signingMode });
  }

  find(outRefundNo: string): SimulatedRefund | undefined {
    this.settleDue();
    return this.#options.refunds.get(outRefundNo);
  }

  list(): readonly SimulatedRefund[] {
    this.settleDue();
    return [...this.#options.refunds.all()];
  }

  /** Moves every refund whose time has come. */
  settleDue(): void {
    const now = this.#options.now().getTime();
    for (const outRefundNo of this.#processing) {
      const settles = this.#options.refunds.get(outRefundNo)?.settles;
      if (settles !== undefined && Date.parse(settles.at) <= now) this.settle(outRefundNo, settles.to);
    }
  }

  /** Decides a refund now. */
  settle(outRefundNo: string, status: SettledRefundStatus): void {
    const refund = this.#options.refunds.get(outRefundNo);
    if (refund === undefined) throw new Error(`no refund ${outRefundNo} in the simulator`);
    if (refund.status === 'SUCCESS' || refund.status === 'CLOSED') throw new Error(`refund ${outRefundNo} is already ${refund.status}`);
    const settled: SimulatedRefund = { ...refund, status, settledAt: this.#options.now().toISOString() };
    // A closed refund never left the merchant: the money is back in the account, and the commission is owed again.
    if (status === 'CLOSED') this.#options.accounts.of(refund.subMerchantId).add(refund.refundFen - refund.feeReturnedFen);
    this.#processing.delete(outRefundNo);
    this.#options.refunds.put(outRefundNo, settled);
    this.#options.onSettled(settled);
  }

  /** The earliest time a refund will move by itself. */
  nextSettlement(): Date | undefined {
    let earliest: number | undefined;
    for (const outRefundNo of this.#processing) {
      const at = this.#options.refunds.get(outRefundNo)?.settles?.at;
      if (at !== undefined && (earliest === undefined || Date.parse(at) < earliest)) earliest = Date.parse(at);
    }
    return earliest === undefined ? undefined : new Date(earliest);
  }

  #paymentToRefund(wanted: WantedRefund): { order: SimulatedOrder; payment: SimulatedPayment } {
    const { orders } = this.#options;
    const order =
      wanted.transactionId === undefined ? orders.find(wanted.outTradeNo ?? '') : orders.findByTransaction(wanted.transactionId);
    if (order === undefined || order.partner?.subMerchantId !== wanted.subMerchantId) throw resourceDoesNotExist('订单不存在');
    if (wanted.transactionId !== undefined && wanted.outTradeNo !== undefined && wanted.outTradeNo !== order.outTradeNo) {
      throw invalidRequest('微信支付订单号与商户订单号不一致');
    }
    const payment =
      wanted.transactionId === undefined
        ? order.payments[0]
        : order.payments.find(({ transactionId }) => transactionId === wanted.transactionId);
    if (payment === undefined) throw invalidRequest('订单未支付，不能退款');
    return { order, payment };
  }

  #refuseAgainstRules(wanted: WantedRefund, payment: SimulatedPayment): void {
    const { now, accounts } = this.#options;
    const account = accounts.of(wanted.subMerchantId);
    if (wanted.totalFen !== payment.paidFen) throw invalidRequest('订单金额与实际支付金额不一致，请核实后再试');
    if (now().getTime() - Date.parse(payment.paidAt) > REFUND_WINDOW_MS) throw invalidRequest('订单已超过可退款的最大期限');
    const others = this.#refundsOf(payment);
    if (others.length >= MOST_REFUNDS_OF_A_PAYMENT) throw invalidRequest('部分退款次数已超过最大限制 50 次');
    const already = sum(others.filter(({ status }) => status !== 'CLOSED').map(({ refundFen }) => refundFen));
    if (already + wanted.refundFen > payment.paidFen) throw invalidRequest('申请退款金额超过订单可退金额');
    if (account.balanceFen < wanted.refundFen) {
      throw new ApiRefusal({ status: 403, code: 'NOT_ENOUGH', message: '基本账户余额不足，请充值后重新发起' });
    }
  }

  #accept(accepted: {
    wanted: WantedRefund;
    order: SimulatedOrder;
    payment: SimulatedPayment;
    signingMode: SigningMode;
  }): SimulatedRefund {
    const { wanted, order, payment } = accepted;
    const now = this.#options.now();
    const feeReturnedFen = this.#feeReturned(payment, wanted.refundFen);
    const refund: SimulatedRefund = {
      subMerchantId: wanted.subMerchantId,
      outRefundNo: wanted.outRefundNo,
      refundId: `50300${randomDigits(6)}${chinaDay(now).replaceAll('-', '')}${randomDigits(10)}`,
      outTradeNo: order.outTradeNo,
      transactionId: payment.transactionId,
      refundFen: wanted.refundFen,
      totalFen: wanted.totalFen,
      feeReturnedFen,
      reason: wanted.reason,
      notifyUrl: wanted.notifyUrl,
      createdAt: now.toISOString(),
      status: 'PROCESSING',
      settles: this.#settlement(order.outTradeNo, wanted.outRefundNo, now),
      settledAt: undefined,
      signingMode: accepted.signingMode,
    };
    this.#options.accounts.of(refund.subMerchantId).add(feeReturnedFen - wanted.refundFen);
    this.#options.refunds.put(refund.outRefundNo, refund);
    this.#index(refund);
    this.#options.orders.markRefunded(order.outTradeNo);
    return refund;
  }

  #settlement(outTradeNo: string, outRefundNo: string, now: Date): SimulatedRefund['settles'] {
    const fault = this.#options.faults.take('refundOutcome', { outTradeNo, outRefundNo });
    if (fault === undefined) return { at: now.toISOString(), to: 'SUCCESS' };
    if (fault.kind === 'stayProcessing') return undefined;
    return { at: new Date(now.getTime() + fault.afterMs).toISOString(), to: fault.status };
  }

  /** Commission goes back in proportion, reckoned on the running total so that a full refund gives back exactly all of it. */
  #feeReturned(payment: SimulatedPayment, refundFen: number): number {
    const others = this.#refundsOf(payment).filter(({ status }) => status !== 'CLOSED');
    const refundedFen = sum(others.map((other) => other.refundFen)) + refundFen;
    const dueFen = Math.floor((payment.feeFen * refundedFen) / payment.paidFen);
    return Math.max(0, dueFen - sum(others.map((other) => other.feeReturnedFen)));
  }

  #refundsOf(payment: SimulatedPayment): readonly SimulatedRefund[] {
    const numbers = this.#numbersOfTransaction.get(payment.transactionId) ?? [];
    return numbers.flatMap((outRefundNo) => this.#options.refunds.get(outRefundNo) ?? []);
  }

  #index(refund: SimulatedRefund): void {
    if (refund.status === 'PROCESSING') this.#processing.add(refund.outRefundNo);
    const numbers = this.#numbersOfTransaction.get(refund.transactionId) ?? [];
    this.#numbersOfTransaction.set(refund.transactionId, [...numbers, refund.outRefundNo]);
  }
}

/** The answer to a refund request and to a refund query. */
export function describeRefund(refund: SimulatedRefund): Record<string, unknown> {
  return {
    refund_id: refund.refundId,
    out_refund_no: refund.outRefundNo,
    transaction_id: refund.transactionId,
    out_trade_no: refund.outTradeNo,
    channel: 'ORIGINAL',
    user_received_account: '支付用户零钱',
    ...successTime(refund),
    create_time: chinaRfc3339(new Date(refund.createdAt)),
    status: refund.status,
    funds_account: 'AVAILABLE',
    amount: {
      total: refund.totalFen,
      refund: refund.refundFen,
      payer_total: refund.totalFen,
      payer_refund: refund.refundFen,
      settlement_refund: refund.refundFen,
      settlement_total: refund.totalFen,
      discount_refund: 0,
      currency: 'CNY',
      refund_fee: 0,
      from: [],
    },
    promotion_detail: [],
  };
}

/** The plaintext of a refund notification. */
export function describeRefundNotification(refund: SimulatedRefund, merchantId: string): Record<string, unknown> {
  return {
    ...(refund.subMerchantId === undefined ? { mchid: merchantId } : { sp_mchid: merchantId, sub_mchid: refund.subMerchantId }),
    transaction_id: refund.transactionId,
    out_trade_no: refund.outTradeNo,
    refund_id: refund.refundId,
    out_refund_no: refund.outRefundNo,
    refund_status: refund.status,
    ...successTime(refund),
    user_received_account: '支付用户零钱',
    amount: {
      total: refund.totalFen,
      refund: refund.refundFen,
      payer_total: refund.totalFen,
      payer_refund: refund.refundFen,
    },
  };
}

type WantedRefund = {
  readonly subMerchantId: string | undefined;
  readonly transactionId: string | undefined;
  readonly outTradeNo: string | undefined;
  readonly outRefundNo: string;
  readonly refundFen: number;
  readonly totalFen: number;
  readonly reason: string | undefined;
  readonly notifyUrl: string | undefined;
};

function readRefund(body: FieldReader, { subMerchant }: MerchantCredentials): WantedRefund {
  const subMerchantId = body.optionalText('sub_mchid', { max: 32 });
  if (subMerchantId !== undefined && subMerchantId !== subMerchant.merchantId) {
    throw parameterRefusal('子商户号与服务商没有受理关系', { field: '/sub_mchid', value: subMerchantId, location: 'body' });
  }
  const transactionId = body.optionalText('transaction_id', { min: 1, max: 32 });
  const outTradeNo = body.optionalText('out_trade_no', { min: 6, max: 32 });
  if (transactionId === undefined && outTradeNo === undefined) {
    throw parameterRefusal('微信支付订单号与商户订单号必填其一', { field: '/out_trade_no', issue: 'one of two is required', location: 'body' });
  }
  body.optionalText('funds_account', { max: 32, pattern: /^(AVAILABLE|UNSETTLED)$/ });
  const amount = body.object('amount');
  amount.text('currency', { max: 16, pattern: /^CNY$/ });
  const refundFen = amount.integer('refund', { min: 1 });
  const from = amount.optionalObjects('from')?.map((part) => {
    part.text('account', { max: 32, pattern: /^(AVAILABLE|UNAVAILABLE)$/ });
    return part.integer('amount', { min: 1 });
  });
  if (from !== undefined && from.length > 0 && sum(from) !== refundFen) {
    throw parameterRefusal('出资金额之和与退款金额不一致', { field: '/amount/from', issue: 'sum differs from refund', location: 'body' });
  }
  return {
    subMerchantId,
    transactionId,
    outTradeNo,
    outRefundNo: body.text('out_refund_no', { max: 64, pattern: /^[0-9A-Za-z_\-|*@]+$/ }),
    refundFen,
    totalFen: amount.integer('total', { min: 1 }),
    reason: body.optionalText('reason', { max: 80 }),
    notifyUrl: body.optionalText('notify_url', { max: 256, pattern: /^https?:\/\/[^?#\s]+$/ }),
  };
}

function successTime(refund: SimulatedRefund): { success_time?: string } {
  if (refund.status !== 'SUCCESS' || refund.settledAt === undefined) return {};
  return { success_time: chinaRfc3339(new Date(refund.settledAt)) };
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
