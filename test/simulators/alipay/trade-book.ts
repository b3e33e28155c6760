import { randomInt } from 'node:crypto';

import { chinaMoment, chinaText } from '../machinery/china-time.js';
import { optionalText, textOf, type GatewayRequest } from './gateway-request.js';
import { businessFailure } from './refusal.js';
import type { Currency, OrderKind, PayerBehaviour, SimulatedPaymentCode, SimulatedRefund, SimulatedTrade } from './simulated-records.js';
import type { SimulatorStore } from './simulator-store.js';
import { fenOfYuan } from '../machinery/yuan-text.js';

export type PayOptions = {
  readonly currency?: Currency;
  readonly fundChannel?: string;
  /** The payer pays although the trade is over or its time has passed: what Alipay would refuse. */
  readonly evenIfOver?: true;
};

export type TradeBookOptions = {
  readonly store: SimulatorStore;
  readonly now: () => Date;
  readonly feeRateBasisPoints: number;
  readonly openingBalanceFen: number;
  readonly onPaid: (trade: SimulatedTrade) => void;
  readonly onRefunded: (trade: SimulatedTrade, refund: SimulatedRefund) => void;
};

const DEFAULT_LIFE_MS = 3 * 3_600_000;
const CANCELLABLE_MS = 24 * 3_600_000;
const CODE_LIFE_MS = 2 * 3_600_000;

/** Codes, trades, payers and refunds of one merchant. */
export class TradeBook {
  readonly #options: TradeBookOptions;

  constructor(options: TradeBookOptions) {
    this.#options = options;
  }

  /** The trade as it stands now: past its time an unpaid one is closed. */
  find(outTradeNo: string): SimulatedTrade | undefined {
    const trade = this.#options.store.trades.get(outTradeNo);
    if (trade === undefined || this.#nowMs() < Date.parse(trade.expiresAt)) return trade;
    if (trade.state !== 'WAIT_BUYER_PAY') return trade;
    return this.#put({ ...trade, state: 'TRADE_CLOSED', endedAt: trade.expiresAt });
  }

  list(): readonly SimulatedTrade[] {
    return this.#options.store.trades.all().map(({ outTradeNo }) => this.find(outTradeNo)).filter((trade) => trade !== undefined);
  }

  refundsOf(outTradeNo: string): readonly SimulatedRefund[] {
    return this.#options.store.refunds.all().filter((refund) => refund.outTradeNo === outTradeNo);
  }

  refundedFen(outTradeNo: string): number {
    return this.refundsOf(outTradeNo).reduce((sum, { refundFen }) => sum + refundFen, 0);
  }

  get balanceFen(): number {
    const { store, openingBalanceFen } = this.#options;
    const paid = store.trades.all().filter(({ paidAt }) => paidAt !== undefined).reduce((sum, { totalFen, feeFen }) => sum + totalFen - feeFen, 0);
    return openingBalanceFen + paid - store.refunds.all().reduce((sum, { refundFen, feeReturnedFen }) => sum + refundFen - feeReturnedFen, 0);
  }

  /** Makes an order, or finds the one that is there. The same number with another amount or subject is refused. */
  order(kind: OrderKind, request: GatewayRequest): SimulatedTrade {
    const { content } = request;
    const outTradeNo = textOf(content, 'out_trade_no');
    if (!/^[0-9A-Za-z_]{1,64}$/.test(outTradeNo) && !/^[0-9A-Za-z_-]{1,64}$/.test(outTradeNo)) throw businessFailure('INVALID_PARAMETER', 'out_trade_no 不正确');
    const totalFen = fenOfYuan(content['total_amount']);
    if (totalFen === undefined) throw businessFailure('INVALID_PARAMETER', 'total_amount 不正确');
    const subject = textOf(content, 'subject', 256);
    if (/[/=&]/.test(subject)) throw businessFailure('INVALID_PARAMETER', 'subject 含有特殊字符');
    const existing = this.find(outTradeNo);
    if (existing !== undefined) {
      if (existing.state === 'DEAD' || existing.state === 'TRADE_CLOSED') throw businessFailure('TRADE_HAS_CLOSE', '交易已经关闭');
      if (existing.paidAt !== undefined) throw businessFailure('TRADE_HAS_SUCCESS', '交易已被支付');
      if (existing.totalFen !== totalFen || existing.subject !== subject || existing.kind !== kind) throw businessFailure('CONTEXT_INCONSISTENT', '交易信息被篡改');
      return existing;
    }
    const expires = optionalText(content, 'time_expire');
    const expiresAt = expires === undefined ? new Date(this.#nowMs() + DEFAULT_LIFE_MS) : chinaMoment(expires);
    if (expiresAt === undefined || expiresAt.getTime() <= this.#nowMs()) throw businessFailure('INVALID_PARAMETER', 'time_expire 不正确');
    const isCode = kind === 'precreate';
    return this.#put({
      outTradeNo,
      kind,
      tradeNo: isCode ? undefined : this.#newTradeNo(),
      totalFen,
      subject,
      body: optionalText(content, 'body', 128),
      storeId: optionalText(content, 'store_id', 32),
      operatorId: optionalText(content, 'operator_id', 28),
      terminalId: optionalText(content, 'terminal_id', 32),
      notifyUrl: request.notifyUrl,
      returnUrl: request.returnUrl,
      createdAt: this.#now(),
      expiresAt: new Date(isCode ? Math.min(expiresAt.getTime(), this.#nowMs() + CODE_LIFE_MS) : expiresAt.getTime()).toISOString(),
      state: isCode ? 'CODE' : 'WAIT_BUYER_PAY',
      qrCode: isCode ? `https://qr.alipay.com/bax${randomDigits(20)}` : undefined,
      paidAt: undefined,
      endedAt: undefined,
      currency: 'CNY',
      fundChannel: 'ALIPAYACCOUNT',
      buyerId: `2088${randomDigits(12)}`,
      feeFen: 0,
      mode: request.mode,
    });
  }

  newPaymentCode(behaviour: PayerBehaviour, currency: Currency = 'CNY'): SimulatedPaymentCode {
    const code: SimulatedPaymentCode = { code: `28${randomDigits(16)}`, behaviour, currency, usedBy: undefined };
    this.#options.store.codes.put(code.code, code);
    return code;
  }

  /** Which order a scanned code is used for; a code serves one order. */
  useCode(code: string, outTradeNo: string): SimulatedPaymentCode {
    const { codes } = this.#options.store;
    const known = codes.get(code);
    const isFree = known?.usedBy === undefined || known.usedBy === outTradeNo;
    if (!/^(2[5-9]|30)\d{14,22}$/.test(code) || known === undefined || !isFree) throw businessFailure('PAYMENT_AUTH_CODE_INVALID', '支付授权码无效');
    const used = { ...known, usedBy: outTradeNo };
    codes.put(code, used);
    return used;
  }

  /** The payer scans a code: only now Alipay has a trade. */
  scan(outTradeNo: string): SimulatedTrade {
    const trade = this.#known(outTradeNo);
    if (trade.state !== 'CODE') return trade;
    if (this.#nowMs() >= Date.parse(trade.expiresAt)) throw new Error('the code has expired');
    return this.#put({ ...trade, tradeNo: this.#newTradeNo(), state: 'WAIT_BUYER_PAY' });
  }

  /** The payer pays. @throws Error when Alipay would not let him. */
  pay(outTradeNo: string, options: PayOptions = {}): SimulatedTrade {
    const before = this.#known(outTradeNo);
    const trade = before.state === 'CODE' && options.evenIfOver === undefined ? this.scan(outTradeNo) : before;
    if (trade.paidAt !== undefined) throw new Error('the trade is paid');
    if (trade.state !== 'WAIT_BUYER_PAY' && options.evenIfOver === undefined) throw new Error(`the trade is ${trade.state}`);
    const paid = this.#put({
      ...trade,
      tradeNo: trade.tradeNo ?? this.#newTradeNo(),
      state: 'TRADE_SUCCESS',
      paidAt: this.#now(),
      endedAt: undefined,
      currency: options.currency ?? trade.currency,
      fundChannel: options.fundChannel ?? trade.fundChannel,
      feeFen: Math.round((trade.totalFen * this.#options.feeRateBasisPoints) / 10_000),
    });
    this.#options.onPaid(paid);
    return paid;
  }

  /** The time for refunds is over: TRADE_FINISHED. */
  finish(outTradeNo: string): void {
    const trade = this.#known(outTradeNo);
    if (trade.state !== 'TRADE_SUCCESS') throw new Error('only a paid trade can finish');
    this.#put({ ...trade, state: 'TRADE_FINISHED', endedAt: this.#now() });
  }

  close(outTradeNo: string): SimulatedTrade {
    const trade = this.find(outTradeNo);
    if (trade?.tradeNo === undefined) throw businessFailure('TRADE_NOT_EXIST', '交易不存在');
    if (trade.state !== 'WAIT_BUYER_PAY') throw businessFailure('TRADE_STATUS_ERROR', '交易状态不合法');
    return this.#put({ ...trade, state: 'TRADE_CLOSED', endedAt: this.#now() });
  }

  /** A number Alipay never saw is cancelled as well, and stays unusable. */
  cancel(outTradeNo: string, request: GatewayRequest): { readonly trade: SimulatedTrade; readonly action: 'close' | 'refund' | undefined } {
    const trade = this.find(outTradeNo);
    if (trade === undefined) return { trade: this.#put(deadNumber(outTradeNo, request, this.#now())), action: undefined };
    if (this.#nowMs() - Date.parse(trade.createdAt) > CANCELLABLE_MS) throw businessFailure('TRADE_CANCEL_TIME_OUT', '超过撤销时间范围');
    switch (trade.state) {
      case 'CODE':
        return { trade: this.#put({ ...trade, state: 'DEAD', endedAt: this.#now() }), action: undefined };
      case 'DEAD':
      case 'TRADE_CLOSED':
        return { trade, action: undefined };
      case 'WAIT_BUYER_PAY':
        return { trade: this.#put({ ...trade, state: 'TRADE_CLOSED', endedAt: this.#now() }), action: 'close' };
      case 'TRADE_FINISHED':
        throw businessFailure('CANCEL_NOT_ALLOWED', '不允许撤销');
      case 'TRADE_SUCCESS':
        this.#giveBack(trade, { outRequestNo: `cancel-${outTradeNo}`, refundFen: trade.totalFen - this.refundedFen(outTradeNo), reason: '撤销', origin: 'cancel' });
        return { trade: this.#known(outTradeNo), action: 'refund' };
    }
  }

  refund(asked: { readonly outTradeNo: string; readonly outRequestNo: string | undefined; readonly refundFen: number; readonly reason: string }): { readonly trade: SimulatedTrade; readonly fundChange: 'Y' | 'N'; readonly refund: SimulatedRefund } {
    const { outTradeNo, refundFen, reason } = asked;
    const outRequestNo = asked.outRequestNo ?? outTradeNo;
    const trade = this.find(outTradeNo);
    if (trade?.tradeNo === undefined) throw businessFailure('TRADE_NOT_EXIST', '交易不存在');
    const same = this.refundsOf(outTradeNo).find((refund) => refund.outRequestNo === outRequestNo);
    if (same !== undefined) {
      if (same.refundFen !== refundFen) throw businessFailure('DISCORDANT_REPEAT_REQUEST', '请求信息不一致');
      return { trade, fundChange: 'N', refund: same };
    }
    if (trade.state === 'TRADE_FINISHED') throw businessFailure('TRADE_HAS_FINISHED', '交易已完结');
    if (trade.paidAt === undefined || trade.state !== 'TRADE_SUCCESS') throw businessFailure('TRADE_STATUS_ERROR', '交易状态不合法');
    const left = trade.totalFen - this.refundedFen(outTradeNo);
    if (refundFen > left) throw businessFailure('REFUND_AMT_NOT_EQUAL_TOTAL', '退款金额超限');
    if (asked.outRequestNo === undefined && refundFen !== trade.totalFen) throw businessFailure('INVALID_PARAMETER', '部分退款必须传 out_request_no');
    if (refundFen > this.balanceFen) throw businessFailure('SELLER_BALANCE_NOT_ENOUGH', '卖家余额不足');
    const refund = this.#giveBack(trade, { outRequestNo, refundFen, reason, origin: 'refund' });
    return { trade: this.#known(outTradeNo), fundChange: 'Y', refund };
  }

  #giveBack(trade: SimulatedTrade, given: Pick<SimulatedRefund, 'outRequestNo' | 'refundFen' | 'reason' | 'origin'>): SimulatedRefund {
    const { store, onRefunded } = this.#options;
    const before = this.refundedFen(trade.outTradeNo);
    const isWhole = before + given.refundFen === trade.totalFen;
    const returnedSoFar = this.refundsOf(trade.outTradeNo).reduce((sum, { feeReturnedFen }) => sum + feeReturnedFen, 0);
    const feeReturnedFen = isWhole ? trade.feeFen - returnedSoFar : Math.floor((trade.feeFen * given.refundFen) / trade.totalFen);
    const refund: SimulatedRefund = { ...given, outTradeNo: trade.outTradeNo, at: this.#now(), feeReturnedFen };
    store.refunds.put(`${trade.outTradeNo}/${given.outRequestNo}`, refund);
    const after = isWhole ? this.#put({ ...trade, state: 'TRADE_CLOSED', endedAt: this.#now() }) : trade;
    onRefunded(after, refund);
    return refund;
  }

  #known(outTradeNo: string): SimulatedTrade {
    const trade = this.find(outTradeNo);
    if (trade === undefined) throw new Error(`there is no order ${outTradeNo}`);
    return trade;
  }

  #put(trade: SimulatedTrade): SimulatedTrade {
    this.#options.store.trades.put(trade.outTradeNo, trade);
    return trade;
  }

  #newTradeNo(): string {
    return `${chinaText(this.#options.now()).slice(0, 10).replaceAll('-', '')}22001${randomDigits(15)}`;
  }

  #nowMs(): number {
    return this.#options.now().getTime();
  }

  #now(): string {
    return this.#options.now().toISOString();
  }
}

function deadNumber(outTradeNo: string, request: GatewayRequest, now: string): SimulatedTrade {
  return {
    outTradeNo, kind: 'precreate', tradeNo: undefined, totalFen: 0, subject: '', body: undefined, storeId: undefined, operatorId: undefined, terminalId: undefined,
    notifyUrl: undefined, createdAt: now, expiresAt: now, state: 'DEAD', qrCode: undefined, paidAt: undefined, endedAt: now, currency: 'CNY', fundChannel: '', buyerId: '', feeFen: 0, mode: request.mode,
  };
}

export function randomDigits(length: number): string {
  return Array.from({ length }, () => String(randomInt(10))).join('');
}
