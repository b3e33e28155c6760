/** What the relay says by itself, while the core does not. */
import { createHash } from 'node:crypto';
import type { RequestKind } from './allowed-requests.js';

export type OwnAnswer = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** Codes of `core/docs/relay.md`. The shape is the core's: the page reads `error.code`. */
const WORDS = {
  NOT_HERE: { status: 404, zh: '没有这个地址', en: 'There is nothing here', nextZh: '请检查链接', nextEn: 'Check the address' },
  BODY_TOO_LARGE: { status: 413, zh: '请求过大', en: 'The request is too large', nextZh: '请缩小请求', nextEn: 'Send less' },
  MALFORMED_REQUEST: { status: 400, zh: '请求格式有误', en: 'The request is malformed', nextZh: '请检查请求', nextEn: 'Check the request' },
  TOO_MANY_REQUESTS: { status: 429, zh: '请求过于频繁', en: 'Too many requests', nextZh: '请稍候再试', nextEn: 'Wait a moment' },
  RELAY_BUSY: { status: 503, zh: '系统繁忙', en: 'Busy', nextZh: '请稍候再试', nextEn: 'Try again in a moment' },
  RELAY_INSIDE_AWAY: { status: 503, zh: '暂时无法支付', en: 'Payment is not possible at the moment', nextZh: '请到窗口办理；如已付款，请勿重复付款', nextEn: 'Please go to a window. If you have paid, do not pay again' },
} as const;
export type OwnCode = keyof typeof WORDS;

const RETRY_AFTER_SECONDS = '5';

/** A browser that was to show a page is shown one; everybody else gets the error as data. */
export function ownAnswer(code: OwnCode, kind?: RequestKind): OwnAnswer {
  const { status, ...words } = WORDS[code];
  const headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer', ...(status === 503 || status === 429 ? { 'retry-after': RETRY_AFTER_SECONDS } : {}) };
  if (kind === 'page') return { status, headers: { ...headers, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'` }, body: page(words) };
  return { status, headers: { ...headers, 'content-type': 'application/json; charset=utf-8', 'content-security-policy': "default-src 'none'; frame-ancestors 'none'" }, body: JSON.stringify({ error: { code, ...words } }) };
}

const STYLE = 'body{margin:0;font:18px/1.6 sans-serif;color:#1d2129;background:#f5f6f8}main{max-width:26rem;margin:12vh auto 0;padding:0 1.25rem}h1{font-size:1.5rem;line-height:1.3}[lang=en]{color:#4e5969;font-size:1rem}';
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Nothing to load, nothing to run: it must be there when nothing else is. */
function page({ zh, en, nextZh, nextEn }: { readonly zh: string; readonly en: string; readonly nextZh: string; readonly nextEn: string }): string {
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${zh}</title><style>${STYLE}</style></head><body><main><h1>${zh}</h1><p>${nextZh}。</p><p lang="en">${en}. ${nextEn}.</p></main></body></html>`;
}
