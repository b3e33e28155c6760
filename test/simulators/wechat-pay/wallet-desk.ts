import type { IncomingMessage, ServerResponse } from 'node:http';

import type { OrderBook, PayOutcome } from './order-book.js';
import type { PayerBehaviour, SimulatedOrder, TradeState } from './simulated-records.js';
import { PAYER_BEHAVIOURS, walletCodePage, walletListPage, walletMessagePage, walletPayPage } from './wallet-pages.js';

export type WalletDeskOptions = {
  readonly orders: OrderBook;
  readonly merchantName: string;
  readonly pay: (outTradeNo: string) => PayOutcome;
  readonly newPaymentCode: (behaviour: PayerBehaviour, bankType: string | undefined) => string;
};

const REFUSAL_TEXT = {
  noSuchOrder: '二维码已失效，请重新扫码',
  closed: '订单已关闭',
  alreadyPaid: '订单已支付，请勿重复支付',
  codeExpired: '二维码已过期，请重新扫码',
} as const;

/**
 * The payer's side for people, browser tests and scripts: the simulated wallet pages under `/wallet` and the JSON test API under
 * `/simulator`. Neither is signed: they are no part of WeChat Pay's API.
 */
export class WalletDesk {
  readonly #options: WalletDeskOptions;

  constructor(options: WalletDeskOptions) {
    this.#options = options;
  }

  handle(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const url = URL.parse(request.url ?? '/', 'http://localhost') ?? new URL('http://localhost/');
    const { orders } = this.#options;
    const [, toPay] = /^\/simulator\/orders\/([^/]+)\/pay$/.exec(url.pathname) ?? [];
    if (request.method === 'GET' && url.pathname === '/wallet') {
      sendHtml(response, 200, walletListPage(orders.list().filter(({ state }) => isPayable(state))));
    } else if (request.method === 'GET' && url.pathname === '/wallet/pay') {
      this.#showOrder(response, codeIn(url.searchParams));
    } else if (request.method === 'POST' && url.pathname === '/wallet/pay') {
      this.#choose(response, new URLSearchParams(body.toString('utf8')));
    } else if (request.method === 'POST' && url.pathname === '/wallet/code') {
      sendHtml(response, 200, walletCodePage(this.#newCode(body)));
    } else if (request.method === 'POST' && url.pathname === '/simulator/codes') {
      sendJson(response, 200, { code: this.#newCode(body) });
    } else if (request.method === 'GET' && url.pathname === '/simulator/orders') {
      sendJson(response, 200, orders.list());
    } else if (request.method === 'POST' && toPay !== undefined) {
      const outcome = this.#options.pay(toPay);
      if (outcome.kind === 'paid') sendJson(response, 200, { transactionId: outcome.payment.transactionId });
      else sendJson(response, 409, { reason: outcome.reason });
    } else {
      sendHtml(response, 404, walletMessagePage({ tone: 'bad', title: '页面不存在', text: url.pathname }));
    }
  }

  /** A payment code whose payer behaves as the form says. */
  #newCode(body: Buffer): string {
    const form = new URLSearchParams(body.toString('utf8'));
    const behaviour = PAYER_BEHAVIOURS.find((known) => known === form.get('behaviour')) ?? 'paysAtOnce';
    return this.#options.newPaymentCode(behaviour, form.get('bankType') ?? undefined);
  }

  #showOrder(response: ServerResponse, code: string): void {
    const order = this.#options.orders.findByCode(code);
    if (order === undefined) sendHtml(response, 404, refusalPage('noSuchOrder'));
    else if (isPayable(order.state)) sendHtml(response, 200, walletPayPage(order, this.#options.merchantName));
    else sendHtml(response, 200, refusalPage(order.payments.length > 0 ? 'alreadyPaid' : 'closed'));
  }

  #choose(response: ServerResponse, form: URLSearchParams): void {
    const order = this.#options.orders.findByCode(codeIn(form));
    if (order === undefined) {
      sendHtml(response, 404, refusalPage('noSuchOrder'));
    } else if (form.get('choice') === 'pay') {
      this.#pay(response, order);
    } else {
      sendHtml(response, 200, walletMessagePage({ tone: 'quiet', title: '已取消', text: '没有扣款，可以重新扫码支付' }));
    }
  }

  #pay(response: ServerResponse, order: SimulatedOrder): void {
    const outcome = this.#options.pay(order.outTradeNo);
    if (outcome.kind === 'refused') {
      sendHtml(response, 409, refusalPage(outcome.reason));
      return;
    }
    const { transactionId } = outcome.payment;
    sendHtml(response, 200, walletMessagePage({ tone: 'good', title: '支付成功', text: `交易单号 ${transactionId}` }));
  }
}

/** Waiting for the payer, whether he scans or types his password. */
function isPayable(state: TradeState): boolean {
  return state === 'NOTPAY' || state === 'USERPAYING';
}

/** The bare code, also when the whole QR text was handed over. */
function codeIn(parameters: URLSearchParams): string {
  return (parameters.get('pr') ?? '').replace(/^weixin:\/\/wxpay\/bizpayurl\?pr=/, '');
}

function refusalPage(reason: keyof typeof REFUSAL_TEXT): string {
  return walletMessagePage({ tone: 'bad', title: '无法支付', text: REFUSAL_TEXT[reason] });
}

function sendHtml(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(html);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(value));
}
