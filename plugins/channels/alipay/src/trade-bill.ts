import { fenFromYuan, instantOfBeijing, type StatementEnd, type StatementLine } from '@hospay/plugin-sdk';

import { cellOf, readTable, type Row } from './bill-rows.js';
import type { BillFiles } from './bill-zip.js';

const COLUMNS = ['支付宝交易号', '商户订单号', '业务类型', '完成时间', '订单金额（元）', '商家实收（元）', '商家优惠（元）', '退款批次号/请求号', '服务费（元）'] as const;
const SUMMARY_COLUMNS = ['交易订单总笔数', '退款订单总笔数'] as const;
/** A fen is 1000 of the contract's fee units; Alipay's fees have two decimals. */
const MILLI_FEN_PER_FEN = 1_000;

type Kind = StatementLine['kind'];
type Sums = { count: number; receivedFen: number; discountFen: number };

/**
 * Reads the detail file of a trade bill (业务明细, GBK). Account and day must be those that were asked for, the rows must add up to the file's own footer, and
 * their number to the summary file's; a bill that contradicts itself or holds one unreadable row is `malformed` as a whole.
 */
export function readTradeBill(files: BillFiles, asked: { readonly sellerId: string; readonly day: string }, give: (line: StatementLine) => void): StatementEnd {
  try {
    const sums: Record<Kind, Sums> = { payment: noSums(), refund: noSums() };
    const amounts: Record<Kind, number> = { payment: 0, refund: 0 };
    const remarks = readTable(files.detail, COLUMNS, (row) => {
      const line = lineOf(row);
      const sum = sums[line.kind];
      sum.count += 1;
      sum.receivedFen += fenFromYuan(cellOf(row, '商家实收（元）'));
      sum.discountFen += fenFromYuan(cellOf(row, '商家优惠（元）'));
      amounts[line.kind] += line.amountFen;
      give(line);
    });
    mustBeOf(remarks, asked);
    mustEqual('交易合计', sums.payment, footer(remarks, /^#交易合计：(\d+)笔，商家实收共(-?[\d.]+)元，商家优惠共(-?[\d.]+)元/));
    mustEqual('退款合计', sums.refund, footer(remarks, /^#退款合计：(\d+)笔，商家实收退款共(-?[\d.]+)元，商家优惠退款共(-?[\d.]+)元/));
    if (files.summary !== undefined) mustAgree(files.summary, sums);
    const lines = sums.payment.count + sums.refund.count;
    return lines === 0 ? { kind: 'empty' } : { kind: 'ok', totals: { paymentFen: amounts.payment, refundFen: amounts.refund, lines } };
  } catch (error) {
    if (error instanceof Error) return { kind: 'malformed', message: error.message.slice(0, 300) };
    throw error;
  }
}

function lineOf(row: Row): StatementLine {
  const status = cellOf(row, '业务类型');
  const at = instantOfBeijing(cellOf(row, '完成时间'));
  if (at === undefined) throw new Error('a row has no readable 完成时间');
  const tradeNo = cellOf(row, '商户订单号');
  const channelTradeNo = cellOf(row, '支付宝交易号');
  if (tradeNo === '' || channelTradeNo === '') throw new Error('a row has no order number');
  const orderFen = fenFromYuan(cellOf(row, '订单金额（元）'));
  const feeFen = fenFromYuan(cellOf(row, '服务费（元）'));
  // Alipay writes what it takes as negative; the contract what the hospital pays as positive.
  const shared = { tradeNo, channelTradeNo, feeMilliFen: feeFen === 0 ? 0 : -feeFen * MILLI_FEN_PER_FEN, status, at };
  if (status === '交易') return { kind: 'payment', ...shared, amountFen: positive(orderFen) };
  if (status !== '退款') throw new Error(`a row has 业务类型 "${status.slice(0, 20)}"`);
  const refundNo = cellOf(row, '退款批次号/请求号');
  // A refund made without a number of its own stands under the number of its order.
  const named = refundNo === '' ? tradeNo : refundNo;
  return { kind: 'refund', ...shared, refundNo: named, channelRefundNo: named, amountFen: positive(-orderFen) };
}

/** The `#` lines above the rows: `#账号：[20881021…0156]`, `#起始日期：[2026年01月01日 00:00:00]   终止日期：[…]`. */
function mustBeOf(remarks: readonly string[], { sellerId, day }: { readonly sellerId: string; readonly day: string }): void {
  const account = found(remarks, /^#账号：\[(\d+)\]/)[1] ?? '';
  if (!account.startsWith(sellerId)) throw new Error('the bill belongs to another merchant');
  const [, year = '', month = '', date = ''] = found(remarks, /^#起始日期：\[(\d{4})年(\d{2})月(\d{2})日 00:00:00\]/);
  if (`${year}-${month}-${date}` !== day) throw new Error(`the bill is of ${year}-${month}-${date}, asked for was ${day}`);
}

function footer(remarks: readonly string[], pattern: RegExp): Sums {
  const [, count = '', received = '', discount = ''] = found(remarks, pattern);
  return { count: Number(count), receivedFen: fenFromYuan(received), discountFen: fenFromYuan(discount) };
}

function found(remarks: readonly string[], pattern: RegExp): RegExpExecArray {
  for (const remark of remarks) {
    const match = pattern.exec(remark);
    if (match !== null) return match;
  }
  throw new Error(`the bill lacks a line like ${pattern.source.slice(1, 7)}`);
}

function mustEqual(name: string, ofRows: Sums, ofFile: Sums): void {
  for (const [what, value] of Object.entries(ofRows)) {
    const said = Object.entries(ofFile).find(([other]) => other === what)?.[1];
    if (value !== said) throw new Error(`${name} (${what}): the rows give ${String(value)}, the bill says ${String(said)}`);
  }
}

function mustAgree(summary: Buffer, sums: Readonly<Record<Kind, Sums>>): void {
  const totals: Row[] = [];
  readTable(summary, SUMMARY_COLUMNS, (row) => {
    if (Object.values(row)[0] === '合计') totals.push(row);
  });
  const [total] = totals;
  if (total === undefined) throw new Error('the summary has no 合计');
  const counts = SUMMARY_COLUMNS.map((name) => cellOf(total, name));
  if (counts[0] !== String(sums.payment.count) || counts[1] !== String(sums.refund.count)) {
    throw new Error(`the rows are ${String(sums.payment.count)} and ${String(sums.refund.count)}, the summary says ${counts.join(' and ')}`);
  }
}

function noSums(): Sums {
  return { count: 0, receivedFen: 0, discountFen: 0 };
}

function positive(amountFen: number): number {
  if (amountFen <= 0) throw new Error('a row has an amount of the wrong sign');
  return amountFen;
}
