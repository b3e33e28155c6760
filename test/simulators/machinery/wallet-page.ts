import type { ServerResponse } from 'node:http';

import { yuanText } from './yuan-text.js';

/** How a simulated wallet calls itself, and its colour. */
export type WalletLook = { readonly name: string; readonly colour: string };
export type WalletOrder = { readonly number: string; readonly description: string; readonly amountFen: number };
/** What a button says; the value of the form's `with`. */
export type WayToPay = readonly [value: string, label: string];

/** A phone's screen of a simulated wallet; `content` is HTML. */
export function sendWalletPage(response: ServerResponse, status: number, { name, colour }: WalletLook, content: string): void {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(`<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>${name}</title><style>
body{margin:0;background:#eef1f5;color:#191919;font:16px/1.5 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
header{padding:.8rem;text-align:center;background:${colour};color:#fff;font-weight:600}main{max-width:26rem;margin:0 auto;padding:1rem;box-sizing:border-box}
section,form{background:#fff;border-radius:12px;padding:1.2rem;margin:0 0 1rem;text-align:center}h1{font-size:1.15rem;margin:.2rem 0 .8rem}h2{font-size:1rem;margin:1.4rem .2rem .6rem}p{margin:.4rem 0}
.amount{font-size:2.4rem;font-weight:600;margin:.2rem 0 .8rem}.code{font:600 1.6rem/1.3 ui-monospace,monospace;word-break:break-all}.quiet,small{color:#666;word-break:break-all}.mark{font-size:2.6rem;margin:0;color:${colour}}.refused,.refusal{color:#c0392b}
button,.back{display:block;box-sizing:border-box;width:100%;margin-top:.7rem;padding:.8rem;border:0;border-radius:8px;font:inherit;font-size:1.05rem;text-align:center;text-decoration:none;background:${colour};color:#fff}
button+button,.codes button{background:#eef1f5;color:#191919}input{box-sizing:border-box;width:100%;padding:.7rem;border:1px solid #ccd3da;border-radius:8px;font:inherit}
</style></head><body><header>${name}</header><main>${content}</main></body></html>`);
}

/** What is paid to whom, and a button for each way. */
export function payForm({ number, description, amountFen }: WalletOrder, ways: readonly WayToPay[]): string {
  const buttons = ways.map(([value, label]) => `<button name="with" value="${value}">${label}</button>`).join('');
  return `<form class="order" method="post" action="/wallet/pay"><p>${escapeHtml(description)}</p><p class="amount">¥${yuanText(amountFen)}</p><small>商户单号 ${escapeHtml(number)}</small><input type="hidden" name="order" value="${escapeHtml(number)}">${buttons}</form>`;
}

/** `backUrl`: the page of the merchant that the payer came from. */
export function paidContent({ description, amountFen }: WalletOrder, channelNumber: string, backUrl: string | undefined): string {
  const back = backUrl === undefined ? '<p><a href="/wallet">返回钱包</a></p>' : `<a class="back" href="${escapeHtml(backUrl)}">返回商户</a>`;
  return `<section><p class="mark">✓</p><h1 class="paid">支付成功</h1><p class="amount">¥${yuanText(amountFen)}</p><p>${escapeHtml(description)}</p><p class="quiet">交易号 ${escapeHtml(channelNumber)}</p>${back}</section>`;
}

export function refusedContent(reason: string): string {
  return `<section><h1 class="refused">无法支付</h1><p class="quiet">${escapeHtml(reason)}</p><p><a href="/wallet">返回钱包</a></p></section>`;
}

/** The orders that wait for this payer, a field for what a code says, and payment codes to be scanned, by how their payer behaves. */
export function walletContent(orders: readonly WalletOrder[], ways: readonly WayToPay[], { scanHint, behaviours }: { readonly scanHint: string; readonly behaviours: readonly (readonly [string, string])[] }): string {
  const codes = behaviours.map(([behaviour, label]) => `<button name="behaviour" value="${behaviour}">${label}</button>`).join('');
  const open = orders.map((order) => payForm(order, ways)).join('') || '<section class="quiet">没有待支付的订单</section>';
  return `<h2>待支付订单</h2>${open}<h2>扫一扫</h2><form class="scan" method="post" action="/wallet/pay"><input name="order" aria-label="${scanHint}" placeholder="${scanHint}"><button>扫一扫付款</button></form><h2>出示付款码</h2><form class="codes" method="post" action="/wallet/code">${codes}</form>`;
}

export function codeContent(code: string): string {
  return `<section><h1>付款码</h1><p class="code">${code}</p><p><a href="/wallet">返回钱包</a></p></section>`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.codePointAt(0))};`);
}
