/** The bank's side for people: made-up persons with their cards, and the short messages they got. `GET /bank`. */
import type { ServerResponse } from 'node:http';
import { escapeHtml, sendWalletPage } from '../machinery/wallet-page.js';
import { yuanText } from '../machinery/yuan-text.js';
import type { createAgreementBook } from './agreement-book.js';
import type { createOrderBook } from './order-book.js';

const SHOWN = 8;

export function sendBankPage(response: ServerResponse, agreements: ReturnType<typeof createAgreementBook>, orders: ReturnType<typeof createOrderBook>): void {
  const cards = agreements.cards().slice(0, SHOWN).map(({ name, idNo, cardNo, mobile, bankName }) => `<section><p>${escapeHtml(bankName)}</p><p class="code">${cardNo}</p><p>${escapeHtml(name)}　${idNo}</p><p>${mobile}</p></section>`);
  const messages = agreements.messages().slice(-SHOWN).toReversed().map(({ number, code }) => {
    const order = orders.find(number);
    return `<section><p>${order === undefined ? '绑卡' : `付款 ¥${yuanText(order.amountFen)}`}验证码</p><p class="code">${code}</p><small>${escapeHtml(number)}</small></section>`;
  });
  sendWalletPage(response, 200, { name: '模拟银行卡与短信', colour: '#1d4f91' }, `<h2>收到的短信</h2>${messages.length === 0 ? '<section>还没有短信</section>' : messages.join('')}<h2>银行卡（姓名、证件号、手机号均为虚构）</h2>${cards.join('')}<p><a class="back" href="/bank">刷新</a></p>`);
}
