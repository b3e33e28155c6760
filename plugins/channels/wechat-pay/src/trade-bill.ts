import { fenFromYuan, instantOfBeijing, type StatementEnd, type StatementLine } from '@hospay/plugin-sdk';

import { cell, countOf, mustEqual, positive, readBillRows, wholeOrMalformed, type Row } from './bill-rows.js';

/** `merchants`: whose number a row bears, the merchant's own or his service provider's. */
export type AskedBill = { readonly merchants: readonly string[]; readonly fundingSourceOf: (bankType: string) => string };

/** Money of one row: fen, and the fee in 1/1000 fen. */
type Amounts = { settledFen: number; refundedFen: number; feeMilliFen: number; orderFen: number; askedRefundFen: number };

const SHAPE = {
  columns: ['交易时间', '商户号', '微信订单号', '商户订单号', '交易状态', '付款银行', '货币种类', '应结订单金额', '微信退款单号', '商户退款单号', '退款金额', '退款状态', '手续费', '订单金额', '申请退款金额'],
  summary: ['总交易单数', '应结订单总金额', '退款总金额', '手续费总金额', '订单总金额', '申请退款总金额'],
} as const;

/**
 * Reads a trade bill (交易账单, ALL) by the names in its header, wherever the columns stand. The sums of the rows must equal the
 * file's own summary row, count included; a file that contradicts itself or holds one unreadable row is `malformed` as a whole.
 */
export function readTradeBill(raw: Uint8Array, asked: AskedBill, give: (line: StatementLine) => void): StatementEnd {
  return wholeOrMalformed(() => readRows(raw, asked, give));
}

function readRows(raw: Uint8Array, { fundingSourceOf, merchants }: AskedBill, give: (line: StatementLine) => void): StatementEnd {
  const sum: Amounts = { settledFen: 0, refundedFen: 0, feeMilliFen: 0, orderFen: 0, askedRefundFen: 0 };
  let lines = 0;
  const totals = readBillRows(raw, SHAPE, (record) => {
    if (!merchants.includes(cell(record, '商户号'))) throw new Error('a row belongs to another merchant');
    const amounts = amountsOf(record);
    sum.settledFen += amounts.settledFen;
    sum.refundedFen += amounts.refundedFen;
    sum.feeMilliFen += amounts.feeMilliFen;
    sum.orderFen += amounts.orderFen;
    sum.askedRefundFen += amounts.askedRefundFen;
    lines += 1;
    give(lineOf(record, amounts, fundingSourceOf));
  });
  mustEqual('总交易单数', lines, countOf(totals, '总交易单数'));
  mustEqual('应结订单总金额', sum.settledFen, fenFromYuan(cell(totals, '应结订单总金额')));
  mustEqual('退款总金额', sum.refundedFen, fenFromYuan(cell(totals, '退款总金额')));
  mustEqual('手续费总金额', sum.feeMilliFen, milliFenFromYuan(cell(totals, '手续费总金额')));
  mustEqual('订单总金额', sum.orderFen, fenFromYuan(cell(totals, '订单总金额')));
  mustEqual('申请退款总金额', sum.askedRefundFen, fenFromYuan(cell(totals, '申请退款总金额')));
  return lines === 0 ? { kind: 'empty' } : { kind: 'ok', totals: { paymentFen: sum.orderFen, refundFen: sum.askedRefundFen, lines } };
}

function amountsOf(row: Row): Amounts {
  return {
    settledFen: fenFromYuan(cell(row, '应结订单金额')),
    refundedFen: fenFromYuan(cell(row, '退款金额')),
    feeMilliFen: milliFenFromYuan(cell(row, '手续费')),
    orderFen: fenFromYuan(cell(row, '订单金额')),
    askedRefundFen: fenFromYuan(cell(row, '申请退款金额')),
  };
}

function lineOf(row: Row, amounts: Amounts, fundingSourceOf: (bankType: string) => string): StatementLine {
  if (cell(row, '货币种类') !== 'CNY') throw new Error('a row is not in CNY');
  const at = instantOfBeijing(cell(row, '交易时间'));
  if (at === undefined) throw new Error('a row has no readable 交易时间');
  const bankType = cell(row, '付款银行');
  const shared = {
    tradeNo: cell(row, '商户订单号'),
    channelTradeNo: cell(row, '微信订单号'),
    feeMilliFen: amounts.feeMilliFen,
    ...(bankType === '' ? {} : { fundingSource: fundingSourceOf(bankType) }),
    at,
  };
  if (shared.tradeNo === '' || shared.channelTradeNo === '') throw new Error('a row has no order number');
  const state = cell(row, '交易状态');
  if (state === 'SUCCESS') return { kind: 'payment', ...shared, amountFen: positive(amounts.orderFen), status: state };
  // REVOKED: another system of the hospital reversed a scanned payment under the same merchant number; its money went back too.
  if (state !== 'REFUND' && state !== 'REVOKED') throw new Error(`a row has 交易状态 "${state.slice(0, 20)}"`);
  return {
    kind: 'refund',
    ...shared,
    refundNo: cell(row, '商户退款单号'),
    channelRefundNo: cell(row, '微信退款单号'),
    amountFen: positive(amounts.askedRefundFen),
    status: state === 'REFUND' ? cell(row, '退款状态') : state,
  };
}

/** Fees have up to five decimals of a yuan: "0.00600" is 600 thousandths of a fen. Digits only, no float. */
function milliFenFromYuan(text: string): number {
  const match = /^(-?)(\d{1,9})(?:\.(\d{1,5}))?$/.exec(text);
  if (match === null) throw new Error('手续费 is not an amount');
  const [, sign = '', whole = '0', decimals = ''] = match;
  const value = Number(`${whole}${decimals.padEnd(5, '0')}`);
  return sign === '-' && value !== 0 ? -value : value;
}
