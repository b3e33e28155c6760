import type { IncomingMessage, ServerResponse } from 'node:http';

import { yuanText } from '../machinery/yuan-text.js';
import { ACT_ANSWERS, type CardAct, type TerminalMachine } from './terminal-machine.js';

const ACTS: readonly (readonly [CardAct | 'pullPower' | 'pullPowerAfterBank' | 'restorePower' | 'paperOut' | 'paperIn', string])[] = [
  ['approve', '插卡并输入密码'], ['decline51', '余额不足 (51)'], ['decline55', '密码错误 (55)'], ['decline54', '卡片过期 (54)'], ['removeCard', '拔卡'], ['cancel', '取消'],
  ['pullPower', '拔电源（未扣款）'], ['pullPowerAfterBank', '拔电源（已扣款）'], ['restorePower', '通电'], ['paperOut', '缺纸'], ['paperIn', '装纸'],
];

/** The card-holder's side for people and scripts: `GET /terminals` is a page, `POST /terminals/<terminal>/<act>` one act. */
export class TerminalDesk {
  readonly #machines: readonly TerminalMachine[];

  constructor(machines: readonly TerminalMachine[]) {
    this.#machines = machines;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const [, terminalNo, act] = /^\/terminals\/([^/]+)\/([A-Za-z0-9]+)$/.exec(request.url ?? '') ?? [];
    if (request.method === 'GET' && request.url === '/terminals') return html(response, 200, this.#page());
    const machine = this.#machines.find((candidate) => candidate.terminalNo === terminalNo);
    if (request.method !== 'POST' || machine === undefined || act === undefined || !perform(machine, act)) return html(response, 409, '<p>现在不能这样操作</p><p><a href="/terminals">返回</a></p>');
    response.writeHead(303, { Location: '/terminals' }).end();
  }

  #page(): string {
    const cards = this.#machines.map((machine) => {
      const { waitingFor, terminalNo, hasPower, hasPaper, transactions } = machine;
      const last = transactions.at(-1);
      const state = !hasPower ? '无电源' : waitingFor === undefined ? '空闲' : `请插卡 ¥${yuanText(waitingFor.amountFen)}`;
      const buttons = ACTS.map(([act, label]) => `<form method="post" action="/terminals/${terminalNo}/${act}"><button>${label}</button></form>`).join('');
      return `<section><h2>${terminalNo}</h2><p class="screen">${state}${hasPaper ? '' : ' · 缺纸'}</p><p>末笔 ${last === undefined ? '无' : `${last.batchNo}/${last.voucherNo} ¥${yuanText(last.amountFen)}`}</p>${buttons}</section>`;
    });
    return `<h1>模拟刷卡终端</h1>${cards.join('')}`;
  }
}

function perform(machine: TerminalMachine, act: string): boolean {
  if (act === 'approve' || Object.hasOwn(ACT_ANSWERS, act)) {
    const known = ACTS.find(([name]) => name === act)?.[0];
    if (machine.waitingFor === undefined || known === undefined || known === 'pullPower' || known === 'pullPowerAfterBank' || known === 'restorePower' || known === 'paperOut' || known === 'paperIn') return false;
    machine.act(known);
  } else if (act === 'pullPower') machine.pullPower();
  else if (act === 'pullPowerAfterBank') machine.pullPower('afterBank');
  else if (act === 'restorePower') machine.restorePower();
  else if (act === 'paperOut') machine.hasPaper = false;
  else if (act === 'paperIn') machine.hasPaper = true;
  else return false;
  return true;
}

function html(response: ServerResponse, status: number, content: string): void {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(`<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="5"><title>模拟刷卡终端</title><style>
body{font:16px/1.5 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:1rem;background:#eef1f4}section{background:#fff;border-radius:12px;padding:1rem;margin:0 0 1rem;max-width:34rem}
.screen{background:#12351f;color:#8cf5a8;font:600 1.4rem monospace;padding:.8rem;border-radius:8px}form{display:inline}button{font:inherit;padding:.5rem .8rem;margin:.2rem;border:0;border-radius:8px;background:#e6ebf0}
</style></head><body>${content}</body></html>`);
}
