import type { IncomingMessage, ServerResponse } from 'node:http';

import { codeContent, escapeHtml, paidContent, payForm, refusedContent, sendWalletPage, walletContent, type WalletOrder, type WayToPay } from '../wallet-page.js';
import type { PayerBehaviour, SimulatedTrade } from './simulated-records.js';
import type { TradeBook } from './trade-book.js';

const BEHAVIOURS: readonly (readonly [PayerBehaviour, string])[] = [['paysAtOnce', '免密支付'], ['asksPassword', '需输入密码'], ['balanceNotEnough', '余额不足'], ['payFails', '支付失败']];
const LOOK = { name: '模拟支付宝钱包', colour: '#1677ff' } as const;
const WAYS: readonly WayToPay[] = [['CNY', '确认付款'], ['DC', '用数字人民币付款']];

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
    else if (route === 'GET /wallet') page(response, 200, this.#list());
    else if (route === 'POST /wallet/pay') this.#pay(response, form);
    else if (route === 'POST /wallet/code') page(response, 200, codeContent(this.#book.newPaymentCode(behaviourOf(form.get('behaviour'))).code));
    else if (route === 'GET /simulator/orders') json(response, 200, this.#book.list());
    else if (route === 'POST /simulator/codes') json(response, 200, this.#book.newPaymentCode(behaviourOf(form.get('behaviour')), form.get('currency') === 'DC' ? 'DC' : 'CNY'));
    else page(response, 404, '<section><h1>页面不存在</h1></section>');
  }

  /** The page of an order that a browser opened. */
  orderPage(response: ServerResponse, trade: SimulatedTrade): void {
    page(response, 200, trade.state === 'WAIT_BUYER_PAY' ? payForm(shown(trade), WAYS) : `<section><h1>${trade.state}</h1></section>`);
  }

  refusalPage(response: ServerResponse, message: string): void {
    page(response, 400, `<section><h1>订单信息无法识别</h1><p class="refusal">${escapeHtml(message)}</p></section>`);
  }

  #pay(response: ServerResponse, form: URLSearchParams): void {
    try {
      // A terminal's screen shows only the code.
      const wanted = form.get('order') ?? '';
      const outTradeNo = this.#book.list().find(({ qrCode }) => qrCode !== undefined && qrCode === wanted)?.outTradeNo ?? wanted;
      const trade = this.#book.pay(outTradeNo, form.get('with') === 'DC' ? { currency: 'DC', fundChannel: 'DCEP' } : {});
      page(response, 200, paidContent(shown(trade), trade.tradeNo ?? '', trade.returnUrl));
    } catch (error) {
      page(response, 409, refusedContent(error instanceof Error ? error.message : ''));
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

  #list(): string {
    const open = this.#book.list().filter(({ state }) => state === 'CODE' || state === 'WAIT_BUYER_PAY');
    return walletContent(open.map(shown), WAYS, { scanHint: '二维码内容', behaviours: BEHAVIOURS });
  }
}

function behaviourOf(text: string | null): PayerBehaviour {
  return BEHAVIOURS.find(([behaviour]) => behaviour === text)?.[0] ?? 'paysAtOnce';
}

function shown({ outTradeNo, subject, totalFen }: SimulatedTrade): WalletOrder {
  return { number: outTradeNo, description: subject, amountFen: totalFen };
}

function page(response: ServerResponse, status: number, content: string): void {
  sendWalletPage(response, status, LOOK, content);
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
}
