import iconv from 'iconv-lite';

import { chinaText } from '../machinery/china-time.js';
import type { BillFault } from './fault-rules.js';
import type { SimulatedRefund, SimulatedTrade } from './simulated-records.js';
import { yuanText } from '../machinery/yuan-text.js';
import { writeZip } from '../machinery/zip-writer.js';

export type BillContent = { readonly sellerId: string; readonly day: string; readonly madeAt: Date; readonly payments: readonly SimulatedTrade[]; readonly refunds: readonly { readonly refund: SimulatedRefund; readonly trade: SimulatedTrade }[] };

type Row = { tradeNo: string; outTradeNo: string; type: string; subject: string; createdAt: string; endedAt: string; storeId: string; operatorId: string; terminalId: string; orderFen: number; outRequestNo: string; feeFen: number };

const COLUMNS =
  '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注';
const SUMMARY_COLUMNS = '门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,卡消费金额（元）,服务费（元）,分润（元）,实收净额（元）';

/** The zip of a day: 业务明细 and 业务明细(汇总), names and content in GBK, lines ended by CRLF. */
export function billZip(content: BillContent, faults: readonly BillFault[]): Buffer {
  const rows = spoiltRows(rowsOf(content), faults, content);
  const has = (kind: BillFault['kind']): boolean => faults.some((fault) => fault.kind === kind);
  const account = `${has('otherMerchant') ? '2088999999999999' : content.sellerId}0156`;
  const day = has('otherDay') ? '2001-01-01' : content.day;
  const encode = (lines: readonly string[]): Buffer => {
    const text = `${lines.join('\r\n')}\r\n`;
    return has('utf8WithMark') ? Buffer.from(`\uFEFF${text}`, 'utf8') : iconv.encode(text, 'gbk');
  };
  const name = (ending: string): Buffer => iconv.encode(`${account}_${day.replaceAll('-', '')}_业务明细${ending}.csv`, 'gbk');
  const zip = writeZip([
    { name: name('(汇总)'), content: encode(summaryLines({ account, day, rows, madeAt: content.madeAt, isWrong: has('summaryMismatch') })) },
    { name: name(''), content: encode(detailLines({ account, day, rows, madeAt: content.madeAt, isWrong: has('footerMismatch') })) },
  ]);
  return has('damagedZip') ? Buffer.from(zip.map((byte, index) => (index === Math.floor(zip.length / 2) ? byte ^ 0xff : byte))) : zip;
}

type Sheet = { readonly account: string; readonly day: string; readonly rows: readonly Row[]; readonly madeAt: Date; readonly isWrong: boolean };

function headLines({ account, day }: Sheet, list: string): string[] {
  const [year = '', month = '', date = ''] = day.split('-');
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10).split('-');
  return [
    '#支付宝业务明细查询',
    `#账号：[${account}]`,
    `#起始日期：[${year}年${month}月${date}日 00:00:00]   终止日期：[${next[0] ?? ''}年${next[1] ?? ''}月${next[2] ?? ''}日 00:00:00]`,
    `#-----------------------------------------${list}----------------------------------------`,
  ];
}

function detailLines(sheet: Sheet): string[] {
  const { rows, isWrong, madeAt } = sheet;
  const payments = sumsOf(rows, '交易');
  const refunds = sumsOf(rows, '退款');
  return [
    ...headLines(sheet, '业务明细列表'),
    COLUMNS,
    ...rows.map(rowText),
    '#-----------------------------------------业务明细列表结束------------------------------------',
    `#交易合计：${String(payments.count)}笔，商家实收共${yuanText(payments.fen + (isWrong ? 1 : 0))}元，商家优惠共0.00元`,
    `#退款合计：${String(refunds.count)}笔，商家实收退款共${yuanText(refunds.fen)}元，商家优惠退款共0.00元`,
    `#导出时间：[${chinaText(madeAt)}]`,
  ];
}

function summaryLines(sheet: Sheet): string[] {
  const { rows, isWrong, madeAt } = sheet;
  const payments = sumsOf(rows, '交易');
  const refunds = sumsOf(rows, '退款');
  const fee = yuanText(rows.reduce((sum, { feeFen }) => sum + feeFen, 0));
  const net = yuanText(payments.fen + refunds.fen);
  const cells = `${String(payments.count + (isWrong ? 1 : 0))},${String(refunds.count)},${net},${net},0.00,0.00,0.00,${fee},0.00,${net}`;
  return [...headLines(sheet, '业务明细汇总列表'), SUMMARY_COLUMNS, `,,${cells}`, `合计,,${cells}`, '#-----------------------------------------业务明细汇总列表结束------------------------------------', `#导出时间：[${chinaText(madeAt)}]`];
}

function sumsOf(rows: readonly Row[], type: string): { count: number; fen: number } {
  const fitting = rows.filter((row) => row.type === type);
  return { count: fitting.length, fen: fitting.reduce((sum, { orderFen }) => sum + orderFen, 0) };
}

/** Number cells end with a TAB, so that spreadsheets leave them alone. */
function rowText(row: Row): string {
  return [
    `${row.tradeNo}\t`, `${row.outTradeNo}\t`, row.type, row.subject, row.createdAt, row.endedAt, row.storeId, '', row.operatorId, row.terminalId, '138****0000',
    yuanText(row.orderFen), yuanText(row.orderFen), '0.00', '0.00', '0.00', '0.00', '0.00', '', '0.00', '0.00', `${row.outRequestNo}${row.outRequestNo === '' ? '' : '\t'}`, yuanText(row.feeFen), '0.00', row.subject.slice(0, 10).replaceAll(',', ''),
  ].join(',');
}

function rowsOf({ payments, refunds }: BillContent): Row[] {
  return [
    ...payments.map((trade) => rowOf(trade, { type: '交易', at: trade.paidAt ?? trade.createdAt, orderFen: trade.totalFen, feeFen: -trade.feeFen, outRequestNo: '' })),
    ...refunds.map(({ refund, trade }) => rowOf(trade, { type: '退款', at: refund.at, orderFen: -refund.refundFen, feeFen: refund.feeReturnedFen, outRequestNo: refund.outRequestNo })),
  ];
}

function rowOf(trade: SimulatedTrade, given: { type: string; at: string; orderFen: number; feeFen: number; outRequestNo: string }): Row {
  return {
    tradeNo: trade.tradeNo ?? '', outTradeNo: trade.outTradeNo, type: given.type, subject: trade.subject, createdAt: chinaText(new Date(trade.createdAt)), endedAt: chinaText(new Date(given.at)),
    storeId: trade.storeId ?? '', operatorId: trade.operatorId ?? '', terminalId: trade.terminalId ?? '', orderFen: given.orderFen, outRequestNo: given.outRequestNo, feeFen: given.feeFen,
  };
}

function spoiltRows(rows: Row[], faults: readonly BillFault[], { day }: BillContent): Row[] {
  let spoilt = rows;
  for (const fault of faults) {
    if (!('outTradeNo' in fault)) continue;
    const isMeant = (row: Row): boolean => row.outTradeNo === fault.outTradeNo && row.outRequestNo === (fault.outRequestNo ?? '');
    switch (fault.kind) {
      case 'dropRow':
        spoilt = spoilt.filter((row) => !isMeant(row));
        break;
      case 'changeAmount':
        spoilt = spoilt.map((row) => (isMeant(row) ? { ...row, orderFen: Math.sign(row.orderFen) * fault.amountFen } : row));
        break;
      case 'changeType':
        spoilt = spoilt.map((row) => (isMeant(row) ? { ...row, type: fault.type } : row));
        break;
      case 'addRow': {
        const isRefund = fault.outRequestNo !== undefined;
        const time = `${day} 12:00:00`;
        spoilt = [...spoilt, { tradeNo: '2026010122001999999999999999', outTradeNo: fault.outTradeNo, type: isRefund ? '退款' : '交易', subject: '无', createdAt: time, endedAt: time, storeId: '', operatorId: '', terminalId: '', orderFen: isRefund ? -fault.amountFen : fault.amountFen, outRequestNo: fault.outRequestNo ?? '', feeFen: 0 }];
      }
    }
  }
  return spoilt;
}
