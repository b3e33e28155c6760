import type { IncomingMessage, ServerResponse } from 'node:http';

import { codeContent, escapeHtml, paidContent, payForm, refusedContent, sendWalletPage, walletContent, type WalletOrder, type WayToPay } from '../wallet-page.js';
import type { PayerBehaviour, SimulatedTransaction } from './simulated-records.js';
import type { TransactionBook } from './transaction-book.js';

const BEHAVIOURS: readonly (readonly [PayerBehaviour, string])[] = [['paysAtOnce', '免密支付'], ['asksPassword', '需输入密码'], ['balanceNotEnough', '余额不足']];
const LOOK = { name: '模拟云闪付钱包', colour: '#00706b' } as const;
const WAYS: readonly WayToPay[] = [['card', '用银行卡付款'], ['eCny', '用数字人民币付款']];

/**
 * The payer's side for people, browser tests and scripts: the cashier page of an order, the wallet under `/wallet`, and a JSON side under `/simulator`. None is
 * signed: they are no part of UnionPay's interface.
 */
export class CashierDesk {
  readonly #book: TransactionBook;

  constructor(book: TransactionBook) {
    this.#book = book;
  }

  handle(request: IncomingMessage, body: string, response: ServerResponse): void {
    const url = URL.parse(request.url ?? '/', 'http://localhost') ?? new URL('http://localhost/');
    const form = new URLSearchParams(body);
    const [, toPay] = /^\/simulator\/orders\/([^/]+)\/pay$/.exec(url.pathname) ?? [];
    const route = `${request.method ?? ''} ${url.pathname}`;
    if (toPay !== undefined && request.method === 'POST') this.#payForScripts(response, toPay, form);
    else if (route === 'GET /wallet') page(response, 200, this.#list());
    else if (route === 'POST /wallet/pay') this.#pay(response, form);
    else if (route === 'POST /wallet/code') page(response, 200, codeContent(this.#book.newPaymentCode(behaviourOf(form.get('behaviour'))).code));
    else if (route === 'GET /simulator/orders') json(response, 200, this.#book.list());
    else if (route === 'POST /simulator/codes') json(response, 200, this.#book.newPaymentCode(behaviourOf(form.get('behaviour')), form.get('with') === 'eCny'));
    else page(response, 404, '<section><h1>页面不存在</h1></section>');
  }

  /** The cashier page of an order that a browser posted. */
  orderPage(response: ServerResponse, order: SimulatedTransaction): void {
    page(response, 200, order.state === 'waiting' ? payForm(shown(order), WAYS) : `<section><h1>${order.state}</h1></section>`);
  }

  refusalPage(response: ServerResponse, message: string): void {
    page(response, 400, `<section><h1>订单无法支付</h1><p class="refusal">${escapeHtml(message)}</p></section>`);
  }

  #pay(response: ServerResponse, form: URLSearchParams): void {
    try {
      // A terminal's screen shows only the code.
      const wanted = form.get('order') ?? '';
      const orderId = this.#book.list().find(({ qrCode, tn }) => wanted !== '' && (qrCode === wanted || tn === wanted))?.orderId ?? wanted;
      const order = this.#book.pay(orderId, { isECny: form.get('with') === 'eCny' });
      page(response, 200, paidContent(shown(order), order.queryId, order.frontUrl));
    } catch (error) {
      page(response, 409, refusedContent(error instanceof Error ? error.message : ''));
    }
  }

  #payForScripts(response: ServerResponse, orderId: string, form: URLSearchParams): void {
    try {
      const { queryId } = this.#book.pay(orderId, { isECny: form.get('with') === 'eCny' });
      json(response, 200, { queryId });
    } catch (error) {
      json(response, 409, { reason: error instanceof Error ? error.message : '' });
    }
  }

  #list(): string {
    const open = this.#book.list().filter(({ txnType, state }) => txnType === '01' && state === 'waiting');
    return walletContent(open.map(shown), WAYS, { scanHint: '二维码内容或 tn', behaviours: BEHAVIOURS });
  }
}

function behaviourOf(text: string | null): PayerBehaviour {
  return BEHAVIOURS.find(([behaviour]) => behaviour === text)?.[0] ?? 'paysAtOnce';
}

function shown({ orderId, description, txnAmt }: SimulatedTransaction): WalletOrder {
  return { number: orderId, description, amountFen: txnAmt };
}

function page(response: ServerResponse, status: number, content: string): void {
  sendWalletPage(response, status, LOOK, content);
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
}
