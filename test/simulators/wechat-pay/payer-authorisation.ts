import type { IncomingMessage, ServerResponse } from 'node:http';

import type { MerchantCredentials } from './merchant-credentials.js';
import { randomText } from './random-text.js';

const CODE_LIFE_MS = 5 * 60_000;
/** The one payer whose WeChat opens the page here. */
export const BROWSING_PAYER_OPEN_ID = 'oSimulatedBrowsingPayer0001';

export type PayerAuthorisationOptions = { readonly credentials: MerchantCredentials; readonly now: () => Date };

/**
 * 网页授权 (scope snsapi_base): the page that sends WeChat's own browser back with a code, and the endpoint that trades the code, once and within five
 * minutes, for the payer's open id. It belongs to WeChat's open platform, not to WeChat Pay: nothing of it is signed.
 */
export class PayerAuthorisation {
  readonly #options: PayerAuthorisationOptions;
  readonly #codes = new Map<string, { readonly appId: string; readonly expiresAt: number; isUsed: boolean }>();

  constructor(options: PayerAuthorisationOptions) {
    this.#options = options;
  }

  serves(path: string): boolean {
    return path.startsWith('/connect/oauth2/authorize?') || path.startsWith('/sns/oauth2/access_token?');
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/connect/oauth2/authorize') this.#authorize(request.headers['user-agent'] ?? '', searchParams, response);
    else json(response, this.#trade(searchParams));
  }

  #authorize(userAgent: string, query: URLSearchParams, response: ServerResponse): void {
    const appId = query.get('appid') ?? '';
    const back = URL.parse(query.get('redirect_uri') ?? '');
    const state = query.get('state') ?? '';
    const isRight = this.#secretOf(appId) !== undefined && query.get('response_type') === 'code' && query.get('scope') === 'snsapi_base' && state.length <= 128;
    if (!userAgent.includes('MicroMessenger')) page(response, 200, '请在微信客户端打开链接');
    else if (!isRight || back === null || !/^https?:$/.test(back.protocol)) page(response, 200, '参数错误');
    else {
      const code = randomText(32);
      this.#codes.set(code, { appId, expiresAt: this.#options.now().getTime() + CODE_LIFE_MS, isUsed: false });
      back.searchParams.set('code', code);
      back.searchParams.set('state', state);
      response.writeHead(302, { Location: back.toString() }).end();
    }
  }

  #trade(query: URLSearchParams): Readonly<Record<string, unknown>> {
    const appId = query.get('appid') ?? '';
    const secret = this.#secretOf(appId);
    if (secret === undefined) return { errcode: 40013, errmsg: 'invalid appid' };
    if (query.get('secret') !== secret) return { errcode: 40125, errmsg: 'invalid appsecret' };
    if (query.get('grant_type') !== 'authorization_code') return { errcode: 40002, errmsg: 'invalid grant_type' };
    const code = this.#codes.get(query.get('code') ?? '');
    if (code === undefined || code.appId !== appId) return { errcode: 40029, errmsg: 'invalid code' };
    if (code.expiresAt <= this.#options.now().getTime()) return { errcode: 42003, errmsg: 'code expired' };
    if (code.isUsed) return { errcode: 40163, errmsg: 'code been used' };
    code.isUsed = true;
    return { access_token: randomText(64), expires_in: 7200, refresh_token: randomText(64), openid: BROWSING_PAYER_OPEN_ID, scope: 'snsapi_base' };
  }

  #secretOf(appId: string): string | undefined {
    const { credentials } = this.#options;
    if (appId === credentials.appId) return credentials.appSecret;
    return appId === credentials.subMerchant.appId ? credentials.subMerchant.appSecret : undefined;
  }
}

function page(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' }).end(`<!doctype html><meta charset="utf-8"><p>${text}</p>`);
}

function json(response: ServerResponse, value: Readonly<Record<string, unknown>>): void {
  // As the real one: JSON under a type that does not say so.
  response.writeHead(200, { 'Content-Type': 'text/plain' }).end(JSON.stringify(value));
}
