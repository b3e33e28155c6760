import type { IncomingMessage, ServerResponse } from 'node:http';

import type { PayerBehaviour, SimulatedTransaction } from './simulated-records.js';
import type { TransactionBook } from './transaction-book.js';

const BEHAVIOURS: readonly (readonly [PayerBehaviour, string])[] = [['paysAtOnce', '免密支付'], ['asksPassword', '需输入密码'], ['balanceNotEnough', '余额不足']];

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
    else if (route === 'GET /wallet') html(response, 200, this.#listPage());
    else if (route === 'POST /wallet/pay') this.#pay(response, form);
    else if (route === 'POST /wallet/code') html(response, 200, this.#codePage(form));
    else if (route === 'GET /simulator/orders') json(response, 200, this.#book.list());
    else if (route === 'POST /simulator/codes') json(response, 200, this.#book.newPaymentCode(behaviourOf(form.get('behaviour')), form.get('with') === 'eCny'));
    else html(response, 404, '<h1>页面不存在</h1>');
  }

  /** The cashier page of an order that a browser posted. */
  orderPage(response: ServerResponse, order: SimulatedTransaction): void {
    html(response, 200, order.state === 'waiting' ? payForm(order) : `<h1>${order.state}</h1>`);
  }

  refusalPage(response: ServerResponse, message: string): void {
    html(response, 400, `<h1>订单无法支付</h1><p class="refusal">${escaped(message)}</p>`);
  }

  #pay(response: ServerResponse, form: URLSearchParams): void {
    try {
      // A terminal's screen shows only the code.
      const wanted = form.get('order') ?? '';
      const orderId = this.#book.list().find(({ qrCode, tn }) => wanted !== '' && (qrCode === wanted || tn === wanted))?.orderId ?? wanted;
      const order = this.#book.pay(orderId, { isECny: form.get('with') === 'eCny' });
      const back = order.frontUrl === undefined ? '<a href="/wallet">返回</a>' : `<a class="back" href="${escaped(order.frontUrl)}">返回商户</a>`;
      html(response, 200, `<h1 class="paid">支付成功</h1><p>¥${yuan(order.txnAmt)} ${escaped(order.description)}</p><p>${order.queryId}</p>${back}`);
    } catch (error) {
      html(response, 409, `<h1 class="refused">无法支付</h1><p>${escaped(error instanceof Error ? error.message : '')}</p><a href="/wallet">返回</a>`);
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

  #listPage(): string {
    const open = this.#book.list().filter(({ txnType, state }) => txnType === '01' && state === 'waiting');
    const codes = BEHAVIOURS.map(([behaviour, label]) => `<button name="behaviour" value="${behaviour}">${label}</button>`).join('');
    return `<h1>模拟云闪付钱包</h1>${open.map(payForm).join('') || '<p>没有待支付的订单</p>'}<form class="scan" method="post" action="/wallet/pay"><input name="order" placeholder="二维码内容或 tn"><button>扫一扫付款</button></form><h2>付款码</h2><form method="post" action="/wallet/code">${codes}</form>`;
  }

  #codePage(form: URLSearchParams): string {
    const { code } = this.#book.newPaymentCode(behaviourOf(form.get('behaviour')));
    return `<h1>付款码</h1><p class="code">${code}</p><a href="/wallet">返回</a>`;
  }
}

function behaviourOf(text: string | null): PayerBehaviour {
  return BEHAVIOURS.find(([behaviour]) => behaviour === text)?.[0] ?? 'paysAtOnce';
}

function payForm({ orderId, description, txnAmt }: SimulatedTransaction): string {
  return `<form class="order" method="post" action="/wallet/pay"><p>${escaped(description)}</p><p class="amount">¥${yuan(txnAmt)}</p><input type="hidden" name="order" value="${escaped(orderId)}"><button name="with" value="card">用银行卡付款</button><button name="with" value="eCny">用数字人民币付款</button></form>`;
}

function yuan(fen: number): string {
  return `${String(Math.floor(fen / 100))}.${String(fen % 100).padStart(2, '0')}`;
}

function html(response: ServerResponse, status: number, content: string): void {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(`<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>模拟银联</title><style>
body{font:16px/1.5 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:1rem auto;max-width:28rem;background:#f3f5f4}h1{font-size:1.3rem}form{background:#fff;border-radius:12px;padding:1rem;margin:0 0 1rem}
.amount,.code{font-size:1.8rem;font-weight:600;letter-spacing:.04em}button{font:inherit;padding:.6rem 1rem;margin:.2rem;border:0;border-radius:8px;background:#00706b;color:#fff}input{font:inherit;padding:.5rem;width:60%}
</style></head><body>${content}</body></html>`);
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.codePointAt(0))};`);
}
