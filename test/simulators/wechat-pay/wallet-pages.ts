import { yuanText } from '../machinery/yuan-text.js';
import type { PayerBehaviour, SimulatedOrder } from './simulated-records.js';

export const PAYER_BEHAVIOURS: readonly PayerBehaviour[] = ['paysAtOnce', 'asksPassword', 'balanceNotEnough', 'payFails'];
const BEHAVIOUR_LABELS: Readonly<Record<PayerBehaviour, string>> = { paysAtOnce: '免密支付', asksPassword: '需输入密码', balanceNotEnough: '余额不足', payFails: '支付失败' };

/** The payer's phone: the list of orders that wait for payment. */
export function walletListPage(orders: readonly SimulatedOrder[]): string {
  const items = orders.map(
    (order) => `<li><a href="/wallet/pay?pr=${encodeURIComponent(order.code)}" data-out-trade-no="${escapeHtml(order.outTradeNo)}">
      <span>${escapeHtml(order.description)}<small>${escapeHtml(order.outTradeNo)}</small></span><b>¥${yuanText(order.totalFen)}</b></a></li>`,
  );
  const list = items.length === 0 ? '<p class="quiet">没有待支付的订单</p>' : `<ul>${items.join('')}</ul>`;
  const codes = PAYER_BEHAVIOURS.map((behaviour) => `<button class="cancel" name="behaviour" value="${behaviour}">${BEHAVIOUR_LABELS[behaviour]}</button>`);
  return page('待支付订单', `<h1>待支付订单</h1>${list}<p class="quiet"><a href="/wallet">刷新</a></p><h1>付款码</h1><form method="post" action="/wallet/code">${codes.join('')}</form>`);
}

/** The payer's phone after scanning a code: what is paid to whom, and the two buttons. */
export function walletPayPage(order: SimulatedOrder, merchantName: string): string {
  return page(
    '确认支付',
    `<h1>${escapeHtml(merchantName)}</h1>
    <p class="amount">¥<span id="amount">${yuanText(order.totalFen)}</span></p>
    <dl><dt>商品</dt><dd>${escapeHtml(order.description)}</dd><dt>商户单号</dt><dd>${escapeHtml(order.outTradeNo)}</dd></dl>
    <form method="post" action="/wallet/pay">
      <input type="hidden" name="pr" value="${escapeHtml(order.code)}">
      <button class="pay" name="choice" value="pay">支付</button>
      <button class="cancel" name="choice" value="cancel">取消</button>
    </form>`,
  );
}

/** The payer's phone with a code to be scanned. */
export function walletCodePage(code: string): string {
  return page('付款码', `<h1>付款码</h1><p class="amount" id="code">${code}</p><p class="quiet">一分钟内有效</p><p class="quiet"><a href="/wallet">返回钱包</a></p>`);
}

/** The payer's phone after the choice. `tone` decides the colour only. */
export function walletMessagePage(message: { tone: 'good' | 'bad' | 'quiet'; title: string; text: string }): string {
  return page(
    message.title,
    `<p class="mark ${message.tone}">${message.tone === 'good' ? '✓' : '!'}</p><h1 id="result">${escapeHtml(message.title)}</h1>
    <p class="quiet">${escapeHtml(message.text)}</p><p class="quiet"><a href="/wallet">返回钱包</a></p>`,
  );
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · 模拟微信钱包</title><style>
body{margin:0;background:#ededed;color:#191919;font:16px/1.5 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
header{padding:12px;text-align:center;background:#f7f7f7;border-bottom:1px solid #ddd;font-weight:600}
main{max-width:26rem;margin:1rem auto;background:#fff;border-radius:12px;padding:1.5rem}
h1{font-size:1.1rem;text-align:center;margin:.2rem 0 1rem;font-weight:500}
.amount{font-size:2.6rem;text-align:center;margin:.5rem 0 1.5rem;font-weight:600}
dl{display:grid;grid-template-columns:5rem 1fr;gap:.5rem;margin:0 0 1.5rem;color:#555}dd{margin:0;text-align:right;word-break:break-all;color:#191919}
button{display:block;width:100%;border:0;border-radius:8px;padding:.8rem;font:inherit;font-size:1.05rem;margin-top:.8rem}
.pay{background:#07c160;color:#fff}.cancel{background:#f2f2f2;color:#191919}
ul{list-style:none;margin:0;padding:0}li a{display:flex;justify-content:space-between;gap:1rem;padding:.9rem 0;border-bottom:1px solid #eee;color:inherit;text-decoration:none}
small{display:block;color:#888}.quiet{color:#777;text-align:center}.mark{font-size:3rem;text-align:center;margin:0}.good{color:#07c160}.bad{color:#e64340}
</style></head><body><header>模拟微信钱包</header><main>${content}</main></body></html>`;
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
