import type { IncomingMessage, ServerResponse } from 'node:http';

import { escaped, sendJson, sendPage, type DeskLook } from './desk-page.js';
import { yuanText } from './yuan-text.js';

/** An order as the wallet shows it. `codes`: what its QR code or token says. */
export type DeskOrder = { readonly number: string; readonly description: string; readonly amountFen: number; readonly waits: boolean; readonly codes: readonly (string | undefined)[]; readonly state: string };
/** `frontUrl`: where the browser goes on to. */
export type DeskPayment = { readonly description: string; readonly amountFen: number; readonly channelNo: string; readonly frontUrl?: string | undefined };

export type PayerDeskOptions<Behaviour extends string> = {
  readonly look: DeskLook;
  readonly walletName: string;
  /** What the field for a code asks for. */
  readonly scanHint: string;
  readonly refusalTitle: string;
  /** How the owner of a shown code behaves; the first when a script names none. */
  readonly behaviours: readonly [readonly [Behaviour, string], ...(readonly (readonly [Behaviour, string])[])];
  /** Buttons of an order: what the form's `with` says, and its words. */
  readonly means: readonly (readonly [string, string])[];
  readonly orders: () => readonly DeskOrder[];
  /** Orders as scripts see them. */
  readonly records: () => unknown;
  /** @throws Error why the wallet would not let him. */
  readonly pay: (number: string, form: URLSearchParams) => DeskPayment;
  /** What scripts are told of a payment, by its name in the interface. */
  readonly channelNoName: string;
  readonly newCode: (behaviour: Behaviour, form: URLSearchParams) => { readonly code: string };
};

/**
 * The payer's side for people, browser tests and scripts: the page of an order, the wallet under `/wallet`, and a JSON side under `/simulator`. None is signed: they
 * are no part of the platform's interface.
 */
export class PayerDesk<Behaviour extends string> {
  readonly #options: PayerDeskOptions<Behaviour>;

  constructor(options: PayerDeskOptions<Behaviour>) {
    this.#options = options;
  }

  handle(request: IncomingMessage, body: string, response: ServerResponse): void {
    const url = URL.parse(request.url ?? '/', 'http://localhost') ?? new URL('http://localhost/');
    const form = new URLSearchParams(body);
    const [, toPay] = /^\/simulator\/orders\/([^/]+)\/pay$/.exec(url.pathname) ?? [];
    const route = `${request.method ?? ''} ${url.pathname}`;
    if (toPay !== undefined && request.method === 'POST') this.#payForScripts(response, toPay, form);
    else if (route === 'GET /wallet') this.#page(response, 200, this.#listPage());
    else if (route === 'POST /wallet/pay') this.#pay(response, form);
    else if (route === 'POST /wallet/code') this.#page(response, 200, `<h1>付款码</h1><p class="code">${this.#newCode(form).code}</p><a href="/wallet">返回</a>`);
    else if (route === 'GET /simulator/orders') sendJson(response, 200, this.#options.records());
    else if (route === 'POST /simulator/codes') sendJson(response, 200, this.#newCode(form));
    else this.#page(response, 404, '<h1>页面不存在</h1>');
  }

  /** The page of an order that a browser opened. */
  orderPage(response: ServerResponse, order: DeskOrder): void {
    this.#page(response, 200, order.waits ? this.#payForm(order) : `<h1>${order.state}</h1>`);
  }

  refusalPage(response: ServerResponse, message: string): void {
    this.#page(response, 400, `<h1>${this.#options.refusalTitle}</h1><p class="refusal">${escaped(message)}</p>`);
  }

  #pay(response: ServerResponse, form: URLSearchParams): void {
    const { orders, pay } = this.#options;
    try {
      // A terminal's screen shows only the code.
      const wanted = form.get('order') ?? '';
      const number = orders().find(({ codes }) => wanted !== '' && codes.includes(wanted))?.number ?? wanted;
      const { amountFen, description, channelNo, frontUrl } = pay(number, form);
      const back = frontUrl === undefined ? '<a href="/wallet">返回</a>' : `<a class="back" href="${escaped(frontUrl)}">返回商户</a>`;
      this.#page(response, 200, `<h1 class="paid">支付成功</h1><p>¥${yuanText(amountFen)} ${escaped(description)}</p><p>${channelNo}</p>${back}`);
    } catch (error) {
      this.#page(response, 409, `<h1 class="refused">无法支付</h1><p>${escaped(error instanceof Error ? error.message : '')}</p><a href="/wallet">返回</a>`);
    }
  }

  #payForScripts(response: ServerResponse, number: string, form: URLSearchParams): void {
    const { pay, channelNoName } = this.#options;
    try {
      sendJson(response, 200, { [channelNoName]: pay(number, form).channelNo });
    } catch (error) {
      sendJson(response, 409, { reason: error instanceof Error ? error.message : '' });
    }
  }

  #newCode(form: URLSearchParams): { readonly code: string } {
    const { behaviours, newCode } = this.#options;
    const [behaviour] = behaviours.find(([name]) => name === form.get('behaviour')) ?? behaviours[0];
    return newCode(behaviour, form);
  }

  #listPage(): string {
    const { orders, behaviours, walletName, scanHint } = this.#options;
    const waiting = orders().filter(({ waits }) => waits).map((order) => this.#payForm(order));
    const codes = behaviours.map(([behaviour, label]) => `<button name="behaviour" value="${behaviour}">${label}</button>`).join('');
    return `<h1>${walletName}</h1>${waiting.join('') || '<p>没有待支付的订单</p>'}<form class="scan" method="post" action="/wallet/pay"><input name="order" placeholder="${scanHint}"><button>扫一扫付款</button></form><h2>付款码</h2><form method="post" action="/wallet/code">${codes}</form>`;
  }

  #payForm({ number, description, amountFen }: DeskOrder): string {
    const buttons = this.#options.means.map(([value, words]) => `<button name="with" value="${value}">${words}</button>`).join('');
    return `<form class="order" method="post" action="/wallet/pay"><p>${escaped(description)}</p><p class="amount">¥${yuanText(amountFen)}</p><input type="hidden" name="order" value="${escaped(number)}">${buttons}</form>`;
  }

  #page(response: ServerResponse, status: number, content: string): void {
    sendPage(response, status, { ...this.#options.look, content });
  }
}
