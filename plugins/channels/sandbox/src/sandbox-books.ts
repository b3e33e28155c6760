import type { ChargeRequest, PaymentNews, RefundNews, RefundRequest } from '@hospay/plugin-sdk';

import type { ScriptedEnd } from './settings.js';

export type SandboxOrder = {
  readonly request: ChargeRequest;
  readonly channelTradeNo: string;
  readonly end: ScriptedEnd | undefined;
  /** When the scripted payer pays; absent when nobody does. */
  readonly paysAt: Date | undefined;
  readonly state: 'open' | 'paid' | 'closed';
  readonly paidAt: Date | undefined;
};

export type SandboxRefund = {
  readonly request: RefundRequest;
  readonly channelRefundNo: string;
  readonly state: 'processing' | 'succeeded' | 'closed' | 'abnormal';
  readonly createdAt: Date;
  readonly settledAt: Date | undefined;
};

/** Training days are short; a sandbox that is never restarted must still not eat the machine. */
export const LARGEST_BOOK = 50_000;

/** The sandbox's own books, in memory: orders and refunds by number. Time passes only through `now`. */
export class SandboxBooks {
  readonly #now: () => Date;
  readonly #orders = new Map<string, SandboxOrder>();
  readonly #refunds = new Map<string, SandboxRefund>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  get full(): boolean {
    return this.#orders.size >= LARGEST_BOOK;
  }

  open(order: Pick<SandboxOrder, 'request' | 'end' | 'paysAt'>): void {
    const channelTradeNo = `SBX${String(this.#orders.size + 1).padStart(10, '0')}`;
    this.#orders.set(order.request.tradeNo, { ...order, channelTradeNo, state: 'open', paidAt: undefined });
  }

  /** The order as it stands now: a payment that is due has happened, an expired order is closed. */
  order(tradeNo: string): SandboxOrder | undefined {
    const order = this.#orders.get(tradeNo);
    if (order?.state !== 'open') return order;
    const expiresAt = new Date(order.request.expiresAt);
    const { paysAt } = order;
    if (paysAt !== undefined && paysAt <= this.#now() && paysAt <= expiresAt) return this.#replace({ ...order, state: 'paid', paidAt: paysAt });
    return expiresAt < this.#now() ? this.#replace({ ...order, state: 'closed' }) : order;
  }

  pay(tradeNo: string): void {
    const order = this.order(tradeNo);
    if (order?.state === 'open') this.#replace({ ...order, state: 'paid', paidAt: this.#now() });
  }

  close(tradeNo: string): void {
    const order = this.order(tradeNo);
    if (order?.state === 'open') this.#replace({ ...order, state: 'closed' });
  }

  orders(): SandboxOrder[] {
    return [...this.#orders.keys()].flatMap((tradeNo) => this.order(tradeNo) ?? []);
  }

  addRefund(request: RefundRequest, state: 'processing' | 'succeeded'): SandboxRefund {
    const at = this.#now();
    const channelRefundNo = `SBR${String(this.#refunds.size + 1).padStart(10, '0')}`;
    const refund: SandboxRefund = { request, channelRefundNo, state, createdAt: at, settledAt: state === 'succeeded' ? at : undefined };
    this.#refunds.set(request.refundNo, refund);
    return refund;
  }

  settleRefund(refundNo: string, state: SandboxRefund['state']): void {
    const refund = this.#refunds.get(refundNo);
    if (refund !== undefined) this.#refunds.set(refundNo, { ...refund, state, settledAt: this.#now() });
  }

  refund(refundNo: string): SandboxRefund | undefined {
    return this.#refunds.get(refundNo);
  }

  refunds(): SandboxRefund[] {
    return [...this.#refunds.values()];
  }

  /** What may still go back: paid minus every refund that is not given up. */
  refundableFen(tradeNo: string): number {
    const order = this.order(tradeNo);
    if (order?.state !== 'paid') return 0;
    const taken = this.refunds().filter(({ request, state }) => request.payment.tradeNo === tradeNo && state !== 'closed');
    return taken.reduce((left, { request }) => left - request.refundFen, order.request.amountFen);
  }

  #replace(order: SandboxOrder): SandboxOrder {
    this.#orders.set(order.request.tradeNo, order);
    return order;
  }
}

export function newsOfOrder(order: SandboxOrder | undefined, merchantNo: string): PaymentNews {
  if (order === undefined) return { kind: 'notFound' };
  if (order.state === 'closed') return { kind: 'closed' };
  if (order.state === 'open' || order.paidAt === undefined) return { kind: 'pending' };
  return {
    kind: 'succeeded',
    tradeNo: order.request.tradeNo,
    merchantNo,
    amountFen: order.request.amountFen,
    channelTradeNo: order.channelTradeNo,
    paidAt: order.paidAt.toISOString(),
    fundingSource: 'SANDBOX',
  };
}

export function newsOfRefund(refund: SandboxRefund | undefined): RefundNews {
  if (refund === undefined) return { kind: 'notFound' };
  if (refund.state === 'closed') return { kind: 'closed' };
  if (refund.state === 'abnormal') return { kind: 'abnormal', message: '演练：退款异常 / sandbox: the way back is blocked' };
  if (refund.state === 'processing' || refund.settledAt === undefined) return { kind: 'processing', channelRefundNo: refund.channelRefundNo };
  return {
    kind: 'succeeded',
    refundNo: refund.request.refundNo,
    tradeNo: refund.request.payment.tradeNo,
    refundFen: refund.request.refundFen,
    channelRefundNo: refund.channelRefundNo,
    refundedAt: refund.settledAt.toISOString(),
  };
}
