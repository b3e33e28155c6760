import { fen, yuanFromFen } from '@hospay/plugin-sdk';
import type { ShiftReport } from '../../../shifts/ports.js';
import { cell } from '../csv-cell.js';

/** The report as a sheet: a name and its value on each row. UTF-8 with its mark and CRLF, as Excel wants it. What the platform does not know stays empty. */
export function shiftReportCsv(report: ShiftReport, layout: 'a' | 'b'): string {
  const rows = [
    ['缴款日报', layout === 'a' ? '版式一' : '版式二'],
    ['班次', textCell(report.shiftNos.join(' '))],
    ['钱箱', textCell(report.tillNo)],
    ...(layout === 'a' ? report.layoutA : report.layoutB).map(({ name, text, amountFen }) => [cell(name), amountFen === undefined ? textCell(text ?? '') : yuanFromFen(fen(amountFen))]),
    ...report.denominations.map(({ faceFen, pieces }) => [`面额 ${yuanFromFen(fen(faceFen))}`, String(pieces)]),
    ...report.open.map(({ kind, number, amountFen }) => [kind === 'payment' ? '未结束收款' : '未结束退款', textCell(number), yuanFromFen(fen(amountFen))]),
    ...report.hashes.map((hash, index) => [`内容校验 ${report.shiftNos[index] ?? ''}`, textCell(hash)]),
  ];
  return `\uFEFF${rows.map((row) => `${row.join(',')}\r\n`).join('')}`;
}

/** A number that is a name (receipt, staff number) keeps its leading zeros and all its digits: a tab behind it makes it text, as the bills of the wallets do it. */
function textCell(text: string): string {
  return /^(0\d+|\d{12,})$/.test(text) ? `${text}\t` : cell(text);
}
