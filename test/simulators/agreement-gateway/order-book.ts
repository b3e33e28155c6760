import type { createAgreementBook } from './agreement-book.js';
import { GatewayRefusal } from './gateway-refusal.js';

export type GatewayOrder = {
  readonly merchantNo: string; readonly orderNo: string; readonly amountFen: number; readonly token: string; readonly notifyUrl: string | undefined; readonly expiresAt: string; readonly bankName: string;
  code: string | undefined; codeIsExpired: boolean; state: 'AWAITING_CODE' | 'PAID' | 'CLOSED' | 'FAILED'; failureCode?: string; gatewayTradeNo?: string; paidAt?: string;
};
export type GatewayRefund = { readonly merchantNo: string; readonly orderNo: string; readonly refundNo: string; readonly refundFen: number; readonly gatewayRefundNo: string; readonly at: string; state: 'PROCESSING' | 'DONE' | 'CLOSED' | 'BLOCKED'; doneAt?: string };

const FEE_PER_MILLE = 6;
const holds = ({ state }: GatewayRefund): boolean => state !== 'CLOSED';

export type OrderMemory = { readonly orders: Map<string, GatewayOrder>; readonly refunds: Map<string, GatewayRefund> };
export function emptyOrderMemory(): OrderMemory {
  return { orders: new Map(), refunds: new Map() };
}

/** Orders and refunds of one merchant at the gateway. */
export function createOrderBook({ merchantNo, agreements, now, codeAboveFen, limitFen, memory: { orders, refunds } = emptyOrderMemory() }: { readonly memory?: OrderMemory; readonly merchantNo: string; readonly agreements: ReturnType<typeof createAgreementBook>; readonly now: () => Date; readonly codeAboveFen: number; readonly limitFen: number }) {
  let refundsAreHeld = false;
  let totalsAreWrong = false;
  let nextIsShort = false;
  let serial = [...orders.values()].filter(({ gatewayTradeNo }) => gatewayTradeNo !== undefined).length + refunds.size;
  const number = (prefix: string): string => `${prefix}${String((serial += 1)).padStart(10, '0')}`;
  const pay = (order: GatewayOrder): void => { Object.assign(order, { state: 'PAID', gatewayTradeNo: number('GT'), paidAt: now().toISOString() }); };
  const refundableFen = ({ orderNo, amountFen }: GatewayOrder): number => [...refunds.values()].filter((refund) => refund.orderNo === orderNo && holds(refund)).reduce((left, { refundFen }) => left - refundFen, amountFen);
  const find = (orderNo: string): GatewayOrder => {
    const order = orders.get(orderNo);
    if (order === undefined) throw new GatewayRefusal('ORDER_NOT_FOUND');
    return order;
  };
  const shown = ({ code: _code, codeIsExpired: _expired, token: _token, notifyUrl: _notifyUrl, ...order }: GatewayOrder): object => order;

  return {
    shown,
    charge({ orderNo, amountFen, token, expiresAt, notifyUrl }: Pick<GatewayOrder, 'orderNo' | 'amountFen' | 'token' | 'expiresAt' | 'notifyUrl'>): object {
      const known = orders.get(orderNo);
      if (known !== undefined) {
        if (known.amountFen !== amountFen || known.token !== token) throw new GatewayRefusal('ORDER_DIFFERS');
        return shown(known);
      }
      const { bankName } = agreements.chargeable(token);
      if (!Number.isSafeInteger(amountFen) || amountFen < 1 || amountFen > limitFen) throw new GatewayRefusal('AMOUNT_LIMIT');
      if (nextIsShort) {
        nextIsShort = false;
        throw new GatewayRefusal('BALANCE_SHORT');
      }
      const order: GatewayOrder = { merchantNo, orderNo, amountFen, token, expiresAt, notifyUrl, bankName, code: undefined, codeIsExpired: false, state: 'AWAITING_CODE' };
      orders.set(orderNo, order);
      if (amountFen > codeAboveFen) order.code = agreements.sendCode(orderNo);
      else pay(order);
      return shown(order);
    },
    enterCode(orderNo: string, code: string): object {
      const order = find(orderNo);
      if (order.state === 'PAID') return shown(order);
      if (order.state !== 'AWAITING_CODE' || order.codeIsExpired || now().getTime() >= Date.parse(order.expiresAt)) throw new GatewayRefusal('CODE_EXPIRED');
      if (order.code !== code) throw new GatewayRefusal('CODE_WRONG');
      try {
        agreements.chargeable(order.token);
        pay(order);
      } catch {
        Object.assign(order, { state: 'FAILED', failureCode: 'AGREEMENT_ENDED' });
      }
      return shown(order);
    },
    query: (orderNo: string): object => shown(find(orderNo)),
    close(orderNo: string): object {
      const order = find(orderNo);
      if (order.state === 'PAID') throw new GatewayRefusal('ORDER_PAID');
      order.state = 'CLOSED';
      return shown(order);
    },
    refund({ orderNo, refundNo, refundFen }: Pick<GatewayRefund, 'orderNo' | 'refundNo' | 'refundFen'>): object {
      const known = refunds.get(refundNo);
      if (known !== undefined) {
        if (known.refundFen !== refundFen || known.orderNo !== orderNo) throw new GatewayRefusal('REFUND_DIFFERS');
        return known;
      }
      const order = find(orderNo);
      if (order.state !== 'PAID') throw new GatewayRefusal('ORDER_NOT_PAID');
      if (refundFen < 1 || refundFen > refundableFen(order)) throw new GatewayRefusal('REFUND_EXCEEDS');
      const at = now().toISOString();
      const refund: GatewayRefund = { merchantNo, orderNo, refundNo, refundFen, gatewayRefundNo: number('GR'), at, state: refundsAreHeld ? 'PROCESSING' : 'DONE', ...(refundsAreHeld ? {} : { doneAt: at }) };
      refunds.set(refundNo, refund);
      return refund;
    },
    queryRefund(refundNo: string): object {
      const refund = refunds.get(refundNo);
      if (refund === undefined) throw new GatewayRefusal('REFUND_NOT_FOUND');
      return refund;
    },
    statement(day: string): object {
      const onDay = (at: string | undefined): boolean => at !== undefined && new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 10) === day;
      const paid = [...orders.values()].filter(({ paidAt }) => onDay(paidAt)).map(({ orderNo, amountFen, gatewayTradeNo, paidAt }) => ({ kind: 'PAY', orderNo, gatewayTradeNo, amountFen, feeMilliFen: amountFen * FEE_PER_MILLE, at: paidAt }));
      const back = [...refunds.values()].filter((refund) => onDay(refund.at) && holds(refund)).map(({ orderNo, refundNo, refundFen, gatewayRefundNo, at }) => ({ kind: 'REFUND', orderNo, refundNo, gatewayTradeNo: orders.get(orderNo)?.gatewayTradeNo, gatewayRefundNo, amountFen: refundFen, feeMilliFen: -refundFen * FEE_PER_MILLE, at }));
      if (paid.length + back.length === 0) throw new GatewayRefusal('NO_STATEMENT');
      const sum = (rows: readonly { readonly amountFen: number }[]): number => rows.reduce((total, row) => total + row.amountFen, 0);
      return { rows: [...paid, ...back], paidFen: sum(paid) + (totalsAreWrong ? 1 : 0), refundedFen: sum(back) };
    },
    orders: (): readonly GatewayOrder[] => [...orders.values()],
    refunds: (): readonly GatewayRefund[] => [...refunds.values()],
    find: (orderNo: string): GatewayOrder | undefined => orders.get(orderNo),
    findRefund: (refundNo: string): GatewayRefund | undefined => refunds.get(refundNo),
    expireCode(orderNo: string): void { const order = orders.get(orderNo); if (order !== undefined) order.codeIsExpired = true; },
    /** The next charge finds too little on the card. */
    beShortNext: (): void => { nextIsShort = true; },
    holdRefunds: (): void => { refundsAreHeld = true; },
    spoilStatement: (): void => { totalsAreWrong = true; },
    settleRefund(refundNo: string, state: 'DONE' | 'CLOSED' | 'BLOCKED'): void {
      const refund = refunds.get(refundNo);
      refundsAreHeld = false;
      if (refund !== undefined) Object.assign(refund, { state, ...(state === 'DONE' ? { doneAt: now().toISOString() } : {}) });
    },
  };
}
