/** The bank's side for people and scripts: `GET /counter` is a page, `POST /counter/returns/<client number>` has a paid transfer come back (退票). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { chinaText } from '../machinery/china-time.js';
import { escapeHtml } from '../machinery/wallet-page.js';
import { yuanText } from '../machinery/yuan-text.js';
import type { Transfer, TransferState } from './bank-records.js';
import type { SimulatedBank } from './simulated-bank.js';

const STATES: Readonly<Record<TransferState, string>> = { awaitingApproval: '待审批', processing: '处理中', paid: '已付', failed: '失败', refusedInApproval: '审批拒绝', cancelled: '已撤销' };
const SHOWN = 20;

/** True when the request was for the counter, and is answered. */
export function serveCounter(bank: SimulatedBank, accountNo: string, request: IncomingMessage, response: ServerResponse): boolean {
  const { method, url = '' } = request;
  const [, clientNo] = /^\/counter\/returns\/([0-9A-Za-z]{1,35})$/.exec(url) ?? [];
  if (method === 'GET' && url === '/counter') html(response, 200, page(bank, accountNo));
  else if (method === 'POST' && clientNo !== undefined) giveBack(bank, clientNo, response);
  else return false;
  return true;
}

function giveBack(bank: SimulatedBank, clientNo: string, response: ServerResponse): void {
  const transfer = bank.transfers.find(clientNo);
  if (transfer === undefined || !mayComeBack(transfer)) return html(response, 409, '<p>这一笔现在不能退票</p><p><a href="/counter">返回</a></p>');
  bank.transfers.returnTransfer(clientNo);
  response.writeHead(303, { Location: '/counter' }).end();
}

function mayComeBack({ state, returnedAt }: Transfer): boolean {
  return state === 'paid' && returnedAt === undefined;
}

function page(bank: SimulatedBank, accountNo: string): string {
  const account = bank.books.find(accountNo);
  const balance = account === undefined ? '' : `<p class="screen">${account.name} ${accountNo}<br>余额 ¥${yuanText(bank.books.balanceFen(account))}</p>`;
  const rows = bank.transfers.list().toReversed().slice(0, SHOWN).map((transfer) => {
    const { order: { clientNo, amountFen, payee }, at, state, returnedAt } = transfer;
    const act = mayComeBack(transfer) ? `<form method="post" action="/counter/returns/${clientNo}"><button>退票</button></form>` : '';
    return `<tr><td>${chinaText(at)}</td><td>${clientNo}</td><td>¥${yuanText(amountFen)}</td><td>${escapeHtml(`${payee.name} ${payee.accountNo} ${payee.bankName}`)}</td><td>${returnedAt === undefined ? STATES[state] : '已退票'}</td><td>${act}</td></tr>`;
  });
  const table = rows.length === 0 ? '<p>还没有付款</p>' : `<table><tr><th>时间</th><th>客户流水号</th><th>金额</th><th>收款人</th><th>状态</th><th></th></tr>${rows.join('')}</table>`;
  return `<h1>模拟银行</h1>${balance}<section>${table}</section><p>平台每天查询一次已付的款项；在控制台“消息队列”可立即查询。</p>`;
}

function html(response: ServerResponse, status: number, content: string): void {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(`<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>模拟银行</title><style>
body{font:16px/1.5 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:1rem;background:#eef1f4}section{background:#fff;border-radius:12px;padding:1rem;overflow-x:auto}table{border-collapse:collapse}td,th{text-align:left;padding:.4rem .8rem;white-space:nowrap}
.screen{background:#7a1f1f;color:#fff;padding:.8rem;border-radius:8px}button{font:inherit;padding:.3rem .8rem;border:0;border-radius:8px;background:#e6ebf0}
</style></head><body>${content}</body></html>`);
}
