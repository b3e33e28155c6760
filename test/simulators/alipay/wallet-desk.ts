import type { IncomingMessage, ServerResponse } from 'node:http';

import type { PayerBehaviour, SimulatedTrade } from './simulated-records.js';
import type { TradeBook } from './trade-book.js';
import { yuanText } from './yuan-text.js';

const BEHAVIOURS: readonly (readonly [PayerBehaviour, string])[] = [['paysAtOnce', '免密支付'], ['asksPassword', '需输入密码'], ['balanceNotEnough', '余额不足'], ['payFails', '支付失败']];

/**
 * The payer's side for people, browser tests and scripts: the wallet under `/wallet` and a JSON side under `/simulator`. Neither is signed: they are no part of
 * Alipay's API.
 */
export class WalletDesk {
  readonly #book: TradeBook;

  constructor(book: TradeBook) {
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
    else if (route === 'POST /wallet/code') html(response, 200, this.#codePage(form.get('behaviour') ?? ''));
    else if (route === 'GET /simulator/orders') json(response, 200, this.#book.list());
    else if (route === 'POST /simulator/codes') json(response, 200, this.#book.newPaymentCode(behaviourOf(form.get('behaviour')), form.get('currency') === 'DC' ? 'DC' : 'CNY'));
    else html(response, 404, '<h1>页面不存在</h1>');
  }

  /** The page of an order that a browser opened. */
  orderPage(response: ServerResponse, trade: SimulatedTrade): void {
    html(response, 200, trade.state === 'WAIT_BUYER_PAY' ? payForm(trade) : `<h1>${trade.state}</h1>`);
  }

  refusalPage(response: ServerResponse, message: string): void {
    html(response, 400, `<h1>订单信息无法识别</h1><p class="refusal">${escaped(message)}</p>`);
  }

  #pay(response: ServerResponse, form: URLSearchParams): void {
    try {
      // A terminal's screen shows only the code.
      const wanted = form.get('order') ?? '';
      const outTradeNo = this.#book.list().find(({ qrCode }) => qrCode !== undefined && qrCode === wanted)?.outTradeNo ?? wanted;
      const trade = this.#book.pay(outTradeNo, form.get('with') === 'DC' ? { currency: 'DC', fundChannel: 'DCEP' } : {});
      html(response, 200, `<h1 class="paid">支付成功</h1><p>¥${yuanText(trade.totalFen)} ${escaped(trade.subject)}</p><p>${trade.tradeNo ?? ''}</p><a href="/wallet">返回</a>`);
    } catch (error) {
      html(response, 409, `<h1 class="refused">无法支付</h1><p>${escaped(error instanceof Error ? error.message : '')}</p><a href="/wallet">返回</a>`);
    }
  }

  #payForScripts(response: ServerResponse, outTradeNo: string, form: URLSearchParams): void {
    try {
      const { tradeNo } = this.#book.pay(outTradeNo, form.get('currency') === 'DC' ? { currency: 'DC', fundChannel: 'DCEP' } : {});
      json(response, 200, { tradeNo });
    } catch (error) {
      json(response, 409, { reason: error instanceof Error ? error.message : '' });
    }
  }

  #listPage(): string {
    const open = this.#book.list().filter(({ state }) => state === 'CODE' || state === 'WAIT_BUYER_PAY');
    const codes = BEHAVIOURS.map(([behaviour, label]) => `<button name="behaviour" value="${behaviour}">${label}</button>`).join('');
    return `<h1>模拟支付宝钱包</h1>${open.map(payForm).join('') || '<p>没有待支付的订单</p>'}<form class="scan" method="post" action="/wallet/pay"><input name="order" placeholder="二维码内容"><button>扫一扫付款</button></form><h2>付款码</h2><form method="post" action="/wallet/code">${codes}</form>`;
  }

  #codePage(behaviour: string): string {
    const { code } = this.#book.newPaymentCode(behaviourOf(behaviour));
    return `<h1>付款码</h1><p class="code">${code}</p><a href="/wallet">返回</a>`;
  }
}

function behaviourOf(text: string | null): PayerBehaviour {
  return BEHAVIOURS.find(([behaviour]) => behaviour === text)?.[0] ?? 'paysAtOnce';
}

function payForm(trade: SimulatedTrade): string {
  return `<form class="order" method="post" action="/wallet/pay"><p>${escaped(trade.subject)}</p><p class="amount">¥${yuanText(trade.totalFen)}</p><input type="hidden" name="order" value="${escaped(trade.outTradeNo)}"><button name="with" value="CNY">确认付款</button><button name="with" value="DC">用数字人民币付款</button></form>`;
}

function html(response: ServerResponse, status: number, content: string): void {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(`<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>模拟支付宝</title><style>
body{font:16px/1.5 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:1rem auto;max-width:28rem;background:#eef3fb}h1{font-size:1.3rem}form{background:#fff;border-radius:12px;padding:1rem;margin:0 0 1rem}
.amount,.code{font-size:1.8rem;font-weight:600;letter-spacing:.04em}button{font:inherit;padding:.6rem 1rem;margin:.2rem;border:0;border-radius:8px;background:#1677ff;color:#fff}input{font:inherit;padding:.5rem;width:60%}
</style></head><body>${content}</body></html>`);
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.codePointAt(0))};`);
}
