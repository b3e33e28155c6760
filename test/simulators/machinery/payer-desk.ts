import type { IncomingMessage, ServerResponse } from 'node:http';

import { codeContent, escapeHtml, paidContent, payForm, refusedContent, sendWalletPage, walletContent, type WalletLook } from './wallet-page.js';

/** An order as the wallet shows it. `codes`: what its QR code or token says. */
export type DeskOrder = { readonly number: string; readonly description: string; readonly amountFen: number; readonly waits: boolean; readonly codes: readonly (string | undefined)[]; readonly state: string };
/** `frontUrl`: where the browser goes on to. */
export type DeskPayment = { readonly description: string; readonly amountFen: number; readonly channelNo: string; readonly frontUrl?: string | undefined };

export type PayerDeskOptions<Behaviour extends string> = {
  readonly look: WalletLook;
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
    else if (route === 'POST /wallet/code') this.#page(response, 200, codeContent(this.#newCode(form).code));
    else if (route === 'GET /simulator/orders') sendJson(response, 200, this.#options.records());
    else if (route === 'POST /simulator/codes') sendJson(response, 200, this.#newCode(form));
    else this.#page(response, 404, '<section><h1>页面不存在</h1></section>');
  }

  /** The page of an order that a browser opened. */
  orderPage(response: ServerResponse, order: DeskOrder): void {
    this.#page(response, 200, order.waits ? payForm(order, this.#options.means) : `<section><h1>${order.state}</h1></section>`);
  }

  refusalPage(response: ServerResponse, message: string): void {
    this.#page(response, 400, `<section><h1>${this.#options.refusalTitle}</h1><p class="refusal">${escapeHtml(message)}</p></section>`);
  }

  #pay(response: ServerResponse, form: URLSearchParams): void {
    const { orders, pay } = this.#options;
    try {
      // A terminal's screen shows only the code.
      const wanted = form.get('order') ?? '';
      const number = orders().find(({ codes }) => wanted !== '' && codes.includes(wanted))?.number ?? wanted;
      const { amountFen, description, channelNo, frontUrl } = pay(number, form);
      this.#page(response, 200, paidContent({ number, description, amountFen }, channelNo, frontUrl));
    } catch (error) {
      this.#page(response, 409, refusedContent(error instanceof Error ? error.message : ''));
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
    const { orders, means, behaviours, scanHint } = this.#options;
    return walletContent(orders().filter(({ waits }) => waits), means, { scanHint, behaviours });
  }

  #page(response: ServerResponse, status: number, content: string): void {
    sendWalletPage(response, status, this.#options.look, content);
  }
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
}
