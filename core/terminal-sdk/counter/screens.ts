/** Draws the desk. Nothing is kept on the page but what the desk says; the input is drawn once, by main, and never loses the focus. */
import QRCode from 'qrcode';
import { isInsuranceDue, ownLeftFen, yuanText, type NumberedForm, type Order } from '../src/index.js';
import { element, type Child } from '../kiosk/element.js';
import { beijing, type Desk, type Row } from './desk.js';

const METHODS: Readonly<Record<string, string>> = { nativeQr: '扫码', jsapi: '手机支付', h5: '手机支付', webPage: '手机支付', paymentCode: '付款码', bankCard: '银行卡', cash: '现金', medicalInsurance: '医保' };
const PAYMENTS: Readonly<Record<string, string>> = { created: '已创建', submitted: '已提交', paying: '待支付', unknown: '结果未知', closing: '关闭中', succeeded: '已收', closed: '已关闭', failed: '失败' };
const REFUNDS: Readonly<Record<string, string>> = { reserved: '已预留', approving: '医院审核中', submitted: '已提交', unknown: '结果未知', processing: '退款中', abnormal: '退款异常', succeeded: '已退', closed: '渠道关闭', rejected: '医院拒绝' };
const BUSINESS: Readonly<Record<string, string>> = { bill: '门诊缴费', registration: '挂号', deposit: '住院预交金', discharge: '出院结算' };

/** What the input stands for now. */
export function promptOf(desk: Desk): string {
  const { view } = desk;
  if (view.kind === 'ask') return view.hint;
  if (view.kind === 'choose') return '输入序号，回车选择';
  if (view.kind === 'bills') return '回车：全部结算　输入序号：勾选/取消　或扫描下一张卡';
  if (desk.dueFen !== undefined && desk.dueFen > 0) return desk.isDoctor ? '请扫患者付款码，或按 F8 出示聚合码' : '请扫患者付款码，或输入金额后按 F6 现金 / F7 刷卡 / 回车分次收款';
  if (view.kind === 'order' && desk.order !== undefined && isInsuranceDue(desk.order)) return '自费部分已收齐：回车结算医保；F9 取消并退回';
  if (view.kind === 'code') return '等待患者扫码；F9 收回此码';
  if (view.kind === 'quote') return '无需自付：回车结算';
  if (desk.stage === 'done') return '回车：下一位';
  return '请扫描就诊卡、身份证、医保码，或输入卡号';
}

export function drawWork(desk: Desk): HTMLElement {
  const { view } = desk;
  switch (view.kind) {
    case 'start':
      return element('section', { class: 'empty' }, element('p', { class: 'quiet' }, '等待下一位患者'));
    case 'ask':
      return panel(view.title, element('p', { class: 'quiet' }, view.hint));
    case 'choose':
      return panel(view.title, list(view.rows));
    case 'bills':
      return panel(`${view.patient.name}　待缴费用`, element('p', { class: 'quiet' }, [view.patient.cardNo, view.patient.feeCategory].filter((part) => part !== undefined).join(' · ')), view.bills.length === 0 ? element('p', { class: 'quiet', id: 'no-bills' }, '没有待缴费用') : list(desk.rows));
    case 'quote':
      return panel(`${view.who}　${view.title}`, pairs([['费用总额', yuan(view.quote.totalFen)], ...(view.insured === undefined ? [['统筹支付', yuan(view.quote.fundFen)], ['个人账户', yuan(view.quote.personalAccountFen)], ...(view.quote.roundingFen === undefined ? [] : [['四舍五入', yuan(view.quote.roundingFen)] as const])] as const : [['医保支付', yuan(view.insured.totalFen - view.insured.ownFen)]] as const), ['单据', view.quote.billNos.join(' ')], ['报价有效至', beijing(view.quote.validUntil)]]));
    case 'code':
      return panel('聚合码', drawCode(view.url), element('p', { class: 'quiet' }, '患者可用微信、支付宝、云闪付扫码'));
    case 'facts':
      return panel(view.title, pairs(view.lines));
    case 'order':
    case 'found':
      return desk.order === undefined ? panel('订单') : drawOrder(desk, desk.order);
  }
}

/** The figure that matters now, as large as it can be. */
export function drawMoney(desk: Desk): HTMLElement {
  const { view, order, stage, dueFen, change } = desk;
  const big = (label: string, amountFen: number, tone = '') => element('div', { class: `big ${tone}` }, element('span', { class: 'label', id: 'money-label' }, label), element('b', { id: 'money' }, yuan(amountFen)));
  const returned = change !== undefined && change.changeFen > 0 && (view.kind === 'order') ? element('div', { class: 'change', id: 'change' }, element('span', {}, `实收 ${yuan(change.tenderedFen)}`), element('span', {}, '找零'), element('b', {}, yuan(change.changeFen))) : undefined;
  if (view.kind === 'quote') return element('aside', {}, big(view.insured === undefined ? '应收' : '先收自费', dueFen ?? view.quote.selfPayFen), split(desk));
  if (view.kind === 'code') return element('aside', {}, big('应收', view.amountFen), said('请患者扫码', '付款后自动显示结果'));
  if (order === undefined || stage === undefined) {
    const chosen = view.kind === 'bills' ? view.bills.filter(({ billNo }) => view.chosen.has(billNo)) : [];
    return element('aside', {}, view.kind === 'bills' ? big(`已选 ${String(chosen.length)} 单`, chosen.reduce((sum, { amountFen }) => sum + amountFen, 0), 'quiet') : element('div', { class: 'big quiet' }, element('span', { class: 'label' }, '　')));
  }
  const [title, hint, tone] = STAGES[stage];
  return element('aside', {}, stage === 'takesMore' ? big('还需收款', dueFen ?? ownLeftFen(order)) : big(stage === 'done' ? '收款完成' : '订单金额', order.amountFen, tone), returned, stage === 'takesMore' ? split(desk) : undefined, said(title, hint, tone));
}

const STAGES = {
  takesMore: ['等待收余款', '扫付款码、F6 现金或 F7 刷卡；F9 取消并退回已收', ''],
  starting: ['正在发起收款', '', ''],
  scan: ['等待患者扫码', '', ''],
  onPhone: ['患者正在手机上付款', '', ''],
  confirming: ['支付结果确认中，请勿重复收款', '正在向渠道核实；刷卡请看终端提示', 'warn'],
  paid: ['已收款，正在通知医院', '请稍候，请勿重复收款', 'warn'],
  done: ['医院已入账', 'F10 打印收据　回车 下一位', 'good'],
  refunding: ['正在原路退款', '退款不会丢失；可以接待下一位', 'warn'],
  refunded: ['已全部退回', '回车 下一位', ''],
  refundBlocked: ['退款需要人工处理', '请财务科在管理控制台处理', 'bad'],
  ended: ['未收款，订单已关闭', '没有扣款；回车 重新开始', 'bad'],
} as const;

function split(desk: Desk): HTMLElement | undefined {
  return desk.tenderFen === undefined ? undefined : element('div', { class: 'change', id: 'tender' }, element('span', {}, '本次收'), element('b', {}, yuan(desk.tenderFen)));
}
function said(title: string, hint: string, tone = ''): HTMLElement {
  return element('div', { class: `said ${tone}`, id: 'state' }, element('b', {}, title), hint === '' ? undefined : element('span', {}, hint));
}

function drawOrder(desk: Desk, order: Order): HTMLElement {
  const { confirmation } = order;
  const payments = order.payments.map((payment) => element('tr', { class: payment.state }, element('td', {}, METHODS[payment.method] ?? payment.method), element('td', { class: 'number' }, yuan(payment.amountFen)), element('td', {}, PAYMENTS[payment.state] ?? payment.state), element('td', { class: 'quiet' }, payment.channelTradeNo ?? '')));
  const refunds = order.refunds.map((refund) => element('tr', { class: `refund ${refund.state}` }, element('td', {}, '退款'), element('td', { class: 'number' }, `-${yuan(refund.refundFen)}`), element('td', {}, REFUNDS[refund.state] ?? refund.state), element('td', { class: 'quiet' }, refund.reason)));
  const content = order.payments.find(({ state, presentation }) => state === 'paying' && presentation?.kind === 'qr')?.presentation;
  return panel(`${order.patientLabel}　${BUSINESS[order.business ?? 'bill'] ?? ''}`,
    desk.view.kind === 'order' && desk.view.isRestored ? element('p', { class: 'restored', id: 'restored' }, '已恢复断电前未办完的订单') : undefined,
    pairs([['订单号', order.tradeNo], ['收据号', confirmation.receiptNo ?? '—'], ['电子票据', invoiceText(order)], ['取药窗口', confirmation.pickupWindow ?? ''], ['指引', confirmation.guide ?? confirmation.place ?? '']]),
    element('table', { id: 'payments' }, ...payments, ...refunds),
    content?.kind === 'qr' && desk.view.kind === 'order' ? drawCode(content.content) : undefined);
}

/** 票据代码, 票据号码, 校验码; while it is being flushed or issued anew nothing is shown that is about to be void. */
function invoiceText({ invoice }: Order): string {
  return invoice?.state === 'issued' ? [invoice.invoiceCode, invoice.invoiceNo, invoice.checkCode].join(' ') : '';
}

export function drawTrouble(desk: Desk): HTMLElement | undefined {
  const { trouble } = desk;
  if (trouble === undefined) return undefined;
  if (trouble.kind === 'hint') return element('div', { class: 'trouble soft', id: 'trouble' }, element('b', {}, trouble.text));
  if (trouble.kind === 'noAnswer') return element('div', { class: 'trouble', id: 'trouble' }, element('b', {}, '暂时没有应答'), element('span', {}, '没有丢失任何内容；请重试，收款请以查询结果为准'));
  const { code, zh, nextZh, detail } = trouble.error;
  return element('div', { class: 'trouble', id: 'trouble', attributes: { 'data-code': code } }, element('b', {}, zh), element('span', {}, nextZh), element('code', {}, detail === undefined ? code : `${code} ${detail}`));
}

/** The slip for an 80 mm printer; on the screen it is hidden. */
export function drawReceipt(desk: Desk, isReprint: boolean, form?: NumberedForm): HTMLElement | undefined {
  const { order } = desk;
  if (order === undefined) return undefined;
  return element('div', { class: 'receipt' }, ...receiptLines(desk, order, isReprint, form).map(([label, value]) => (label === '-' ? element('hr', {}) : element('div', { class: value === '' ? 'title' : 'pair' }, element('span', {}, label), value === '' ? undefined : element('span', {}, value)))));
}

/** The receipt as lines of label and value: for the page's own print and for a printer behind the hardware bridge. `-` is a rule. */
export function receiptLines(desk: Desk, order: Order, isReprint: boolean, form?: NumberedForm): readonly (readonly [string, string])[] {
  const { confirmation } = order;
  const lines: (readonly [string, string | undefined])[] = [
    [desk.session?.configuration.hospitalName ?? '', ''], [`${BUSINESS[order.business ?? 'bill'] ?? ''}${form?.medium === 'paper' ? '票据' : '凭条'}${isReprint ? '（补打）' : ''}`, ''],
    ['票据代码', form?.code === '' ? undefined : form?.code], [form?.medium === 'paper' ? '票据号' : '业务流水号', form?.number],
    ['收据号', confirmation.receiptNo], ['电子票据', invoiceText(order) || undefined], ['结算号', confirmation.settlementNo], ['患者', order.patientLabel], ['订单号', order.tradeNo], ['-', '-'],
    ['费用总额', yuanText(order.totalFen)], ['统筹支付', yuanText(order.fundFen)], ['个人账户', yuanText(order.personalAccountFen)], ['四舍五入', order.roundingFen === undefined ? undefined : yuanText(order.roundingFen)],
    ...order.payments.filter(({ state }) => state === 'succeeded').map(({ method, amountFen }) => [METHODS[method] ?? method, yuanText(amountFen)] as const),
    ...order.refunds.filter(({ state }) => state === 'succeeded').map(({ refundFen }) => ['已退', `-${yuanText(refundFen)}`] as const),
    ['-', '-'], ['取药窗口', confirmation.pickupWindow], ['指引', confirmation.guide ?? confirmation.place], ['收费员', desk.operator?.operatorNo], ['时间', beijing(confirmation.confirmedAt ?? order.createdAt)], [form?.medium === 'paper' ? '' : '本凭条不作报销凭证', ''],
  ];
  return lines.flatMap(([label, value]) => (value === undefined || (value === '' && label === '') ? [] : [[label, value] as const]));
}

function list(rows: readonly Row[]): HTMLElement {
  return element('ol', { class: 'rows' }, ...rows.map((row, index) => element('li', { class: row.isChosen === false ? 'off' : '', onTap: () => row.pick() }, element('kbd', {}, String(index + 1)), row.isChosen === undefined ? undefined : element('i', { class: 'box' }, row.isChosen ? '✓' : ''),
    element('span', { class: 'what' }, element('b', {}, row.label), row.detail === undefined || row.detail === '' ? undefined : element('small', {}, row.detail)), row.amountFen === undefined ? undefined : element('span', { class: 'number' }, yuan(row.amountFen)))));
}
function panel(title: string, ...children: readonly Child[]): HTMLElement {
  return element('section', {}, element('h2', {}, title), ...children);
}
function pairs(lines: readonly (readonly [string, string])[]): HTMLElement {
  return element('dl', {}, ...lines.filter(([, value]) => value !== '').flatMap(([label, value]) => [element('dt', {}, label), element('dd', {}, value)]));
}
function drawCode(content: string): HTMLElement {
  const canvas = element('canvas', { id: 'qr', attributes: { 'data-content': content, role: 'img', 'aria-label': '收款码' } });
  void QRCode.toCanvas(canvas, content, { width: 480, margin: 2, errorCorrectionLevel: 'M' });
  return element('div', { class: 'code' }, canvas);
}
function yuan(amountFen: number): string {
  return `¥${yuanText(amountFen)}`;
}
