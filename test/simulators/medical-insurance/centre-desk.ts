import type { IncomingMessage, ServerResponse } from 'node:http';

import { yuanText } from '../machinery/yuan-text.js';
import type { InsuranceCentre } from './insurance-centre.js';
import type { MobileCentre } from './mobile-centre.js';

/**
 * The centre's hall for people and scripts: `GET /hall` shows the insured, what was settled and the orders of mobile payment, `POST /hall/voucher/<person>` shows an electronic
 * voucher, `POST /hall/authorise/<person>` agrees to a mobile payment.
 */
export class CentreDesk {
  readonly #centre: InsuranceCentre;
  readonly #mobile: MobileCentre;

  constructor(centre: InsuranceCentre, mobile: MobileCentre) {
    this.#centre = centre;
    this.#mobile = mobile;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const [, what, personNo] = /^\/hall\/(voucher|authorise)\/(\d+)$/.exec(request.url ?? '') ?? [];
    if (request.method === 'GET' && request.url === '/hall') return html(response, 200, this.#page());
    if (request.method !== 'POST' || personNo === undefined || !this.#centre.people.has(personNo)) return html(response, 404, '<p>没有这一页</p>');
    const [title, code] = what === 'voucher' ? ['医保电子凭证', this.#centre.showVoucher(personNo)] : ['移动支付授权', this.#mobile.authorise(personNo)];
    html(response, 200, `<h1>${title}</h1><p class="code">${code}</p><p><a href="/hall">返回</a></p>`);
  }

  #page(): string {
    const people = [...this.#centre.people.values()].map(({ personNo, name, idNo, cardNo, insuranceType, balanceFen }) =>
      `<tr><td>${name}</td><td>${personNo}</td><td>${idNo}</td><td>${cardNo}</td><td>${insuranceType}</td><td>¥${yuanText(balanceFen)}</td><td><form method="post" action="/hall/voucher/${personNo}"><button>出示电子凭证</button></form><form method="post" action="/hall/authorise/${personNo}"><button>授权移动支付</button></form></td></tr>`);
    const orders = [...this.#mobile.orders.values()].toReversed().slice(0, 50).map(({ orderId, ownOrderNo, state, totalFen, fundFen, accountFen, cashFen }) =>
      `<tr><td>${orderId}</td><td>${ownOrderNo}</td><td>${state}</td><td>${yuanText(totalFen)}</td><td>${yuanText(fundFen)}</td><td>${yuanText(accountFen)}</td><td>${yuanText(cashFen)}</td></tr>`);
    const settlements = [...this.#centre.settlements.values()].toReversed().slice(0, 50).map(({ settlementId, visitNo, totalFen, fundFen, accountFen, cashFen, undoes, isReversed }) =>
      `<tr><td>${settlementId}</td><td>${visitNo}</td><td>${yuanText(totalFen)}</td><td>${yuanText(fundFen)}</td><td>${yuanText(accountFen)}</td><td>${yuanText(cashFen)}</td><td>${isReversed === true ? '已冲正' : undoes === undefined ? '结算' : `撤销 ${undoes}`}</td></tr>`);
    return `<h1>模拟医保中心</h1><table><tr><th>姓名</th><th>人员编号</th><th>证件号</th><th>卡号</th><th>险种</th><th>个人账户</th><th></th></tr>${people.join('')}</table>
<h2>结算</h2><table><tr><th>结算号</th><th>就诊号</th><th>总额</th><th>统筹</th><th>账户</th><th>现金</th><th></th></tr>${settlements.join('')}</table>
<h2>移动支付订单</h2><table><tr><th>订单号</th><th>机构订单号</th><th>状态</th><th>总额</th><th>统筹</th><th>账户</th><th>现金</th></tr>${orders.join('')}</table>`;
  }
}

function html(response: ServerResponse, status: number, content: string): void {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(`<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>模拟医保中心</title><style>
body{font:16px/1.5 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:1rem;background:#eef1f4}table{background:#fff;border-collapse:collapse}td,th{padding:.4rem .7rem;border-bottom:1px solid #dfe4e8;text-align:left}
.code{font:600 1.4rem monospace}button{font:inherit;border:0;border-radius:8px;padding:.4rem .8rem;background:#dde6ee}
</style></head><body>${content}</body></html>`);
}
