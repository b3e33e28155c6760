/** Orders that are looked up again: "was it paid?" (交费查询), cancelling (取消) and sending back (退款). */
import { readYuan, stageOf, yuanText } from '../src/index.js';
import { beijing, type Desk } from './desk.js';

const REASONS = ['项目开错', '患者要求', '重复缴费', '医院原因'] as const;
/** One key per refund until it is answered, whatever is pressed. */
const refundKeys = new Map<string, string>();

/** Typed: a number, or day, amount and the end of the channel's number, with blanks between. */
export function askSearch(desk: Desk): void {
  if (desk.isDoctor) return;
  desk.show({ kind: 'ask', title: '交费查询', hint: '订单号、支付流水号、收据号；或「日期 金额 流水号后四位」，如 2026-03-02 32.50 1234', take: (typed) => search(desk, typed) });
}
export async function search(desk: Desk, typed: string): Promise<void> {
  const [first = '', amount, ending] = typed.trim().split(/\s+/);
  const amountFen = amount === undefined ? undefined : readYuan(amount);
  if (amount !== undefined && amountFen === undefined) return desk.hint('金额写法不对，例如 32.50');
  const request = amountFen === undefined ? { number: first } : { day: first, amountFen, ...(ending === undefined ? {} : { ending }) };
  const found = await desk.ask(() => desk.client.call('order.search', request));
  if (found === undefined) return;
  if (found.orders.length === 0) return desk.hint('没有找到：平台没有这笔订单，也没有收到这笔钱');
  desk.show({ kind: 'choose', title: `找到 ${String(found.orders.length)} 笔`, rows: found.orders.map((order) => ({
    label: `${order.patientLabel} · ${beijing(order.createdAt)}`, detail: `${order.tradeNo} · ${order.takenBy} · ${order.refundedFen > 0 ? `已退 ${yuanText(order.refundedFen)}` : order.payments.some(({ state }) => state === 'succeeded') ? '已支付' : '未支付'}`, amountFen: order.amountFen,
    pick: () => showFound(desk, order.tradeNo),
  })) });
}
async function showFound(desk: Desk, tradeNo: string): Promise<void> {
  const order = await desk.ask(() => desk.client.call('order.show', { tradeNo }));
  if (order !== undefined) desk.show({ kind: 'found', order });
}

/** 退款 of what is paid, 取消 of what is not. Both are asked for once more, by a number. */
export function giveBack(desk: Desk): void {
  const { order, stage, view } = desk;
  if (view.kind === 'code') return void revokeCode(desk, view.checkoutNo);
  if (order === undefined) return;
  if (view.kind === 'order' && (stage === 'takesMore' || stage === 'scan' || stage === 'onPhone' || stage === 'starting')) {
    return desk.show({ kind: 'choose', title: '取消这笔收款？已付部分原路退回', rows: [{ label: '确认取消', pick: () => cancel(desk, order.tradeNo) }, { label: '返回', pick: () => { desk.show(view); } }] });
  }
  const refundableFen = order.payments.reduce((sum, payment) => sum + payment.refundableFen, 0);
  if (desk.isDoctor || stage !== 'done' || refundableFen === 0) return;
  desk.show({ kind: 'choose', title: `退款 ¥${yuanText(refundableFen)}，原路退回。请选择原因`, rows: [...REASONS.map((reason) => ({ label: reason, pick: () => refund(desk, order.tradeNo, reason) })), { label: '不退款，返回', pick: () => { desk.show(view); } }] });
}
async function refund(desk: Desk, tradeNo: string, reason: string): Promise<void> {
  const key = refundKeys.get(tradeNo) ?? `refund-${crypto.getRandomValues(new Uint32Array(2)).join('-')}`;
  refundKeys.set(tradeNo, key);
  const refunded = await desk.ask(() => desk.client.refund(key, { tradeNo, reason }));
  const { trouble } = desk;
  // After silence the same key asks again; an answer, also a refusal, ends it.
  if (trouble?.kind !== 'noAnswer') refundKeys.delete(tradeNo);
  if (refunded !== undefined) return desk.show({ kind: 'found', order: refunded });
  if (desk.view.kind !== 'choose') return;
  await showFound(desk, tradeNo);
  desk.show(desk.view, trouble);
}
async function cancel(desk: Desk, tradeNo: string): Promise<void> {
  await desk.ask(() => desk.client.call('payment.cancel', { tradeNo }));
  desk.show({ kind: 'order', tradeNo, isRestored: false }, desk.trouble);
}
async function revokeCode(desk: Desk, checkoutNo: string): Promise<void> {
  const revoked = await desk.ask(() => desk.client.call('checkout.revoke', { checkoutNo }));
  if (revoked === undefined) return;
  if (revoked.order === undefined || stageOf(revoked.order, desk.client.coreTime) === 'ended') return desk.home();
  await desk.client.call('payment.query', { tradeNo: revoked.order.tradeNo });
  desk.show({ kind: 'order', tradeNo: revoked.order.tradeNo, isRestored: false });
}
