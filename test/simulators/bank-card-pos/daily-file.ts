import iconv from 'iconv-lite';

import { dateOf, KIND_WORDS, timeOf, type TerminalMachine } from './terminal-machine.js';

export type DailyFileOptions = { readonly dropFirstRow?: true; readonly wrongTotal?: true };

/** The acquirer's file of a day (yyyy-MM-dd, Beijing) as one of many contracts has it: CSV in GBK, yuan, a totals row. */
export function dailyFile(machines: readonly TerminalMachine[], day: string, options: DailyFileOptions = {}): Buffer {
  const date = day.replaceAll('-', '');
  const all = machines.flatMap(({ terminalNo, transactions }) => transactions.filter(({ at }) => dateOf(at) === date).map((transaction) => ({ terminalNo, ...transaction })));
  const signed = (amountFen: number, isOut: boolean): string => `${isOut ? '-' : ''}${yuan(amountFen)}`;
  const rows = all.map(({ terminalNo, operation, amountFen, batchNo, voucherNo, referenceNo, at }) =>
    [KIND_WORDS[operation], terminalNo, batchNo, voucherNo, `="${referenceNo}"`, dateOf(at), timeOf(at), `"${signed(amountFen, operation !== 'pay')}"`, '0.00', '"模拟银行,借记卡"'].join(','));
  const sum = (isOut: boolean): number => all.filter(({ operation }) => (operation !== 'pay') === isOut).reduce((total, { amountFen }) => total + amountFen, 0);
  const totals = ['合计', String(rows.length), yuan(sum(false) + (options.wrongTotal === true ? 1 : 0)), yuan(sum(true))].join(',');
  const header = '交易类型,终端号,批次号,凭证号,参考号,交易日期,交易时间,交易金额,手续费,发卡行';
  const kept = options.dropFirstRow === true ? rows.slice(1) : rows;
  return iconv.encode(`${[header, ...kept, totals].join('\r\n')}\r\n`, 'gbk');
}

function yuan(fen: number): string {
  const digits = String(fen).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
