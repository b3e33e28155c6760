import { yuanOf } from '../../../domain/bilingual.js';
import type { Cell, ColumnView } from '../../../reports/ports.js';
import { textOf } from './show-cell.js';

/** What a spreadsheet would run as a formula, full-width signs and line ends among them. OWASP, "CSV Injection". */
const FORMULA = /^[=+\-@\t\r\n|%＝＋－＠]/;
/** What a spreadsheet would take for a number or a date although it is a name: leading zeros, more digits than it keeps, `12E3`, `1-2`. */
const NO_NUMBER = /^(0\d+|\d{12,}|\d+[eE]\d+|\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?)$/;

/** UTF-8 with its mark, so that a spreadsheet takes it for what it is. */
export const CSV_MARK = '\uFEFF';

export function csvHead(columns: readonly ColumnView[], heading: readonly string[]): string {
  return `${CSV_MARK}${heading.map((text) => line([textField(text)])).join('')}${line(columns.map(({ zh }) => textField(zh)))}`;
}

export function csvRows(columns: readonly ColumnView[], rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => line(columns.map((column, index) => field(column, row[index] ?? '')))).join('');
}

/** Numbers are the platform's own and stay numbers, with their sign; everything else is text that somebody may have written. */
function field(column: ColumnView, cell: Cell): string {
  const { kind } = column;
  if ((kind === 'fen' || kind === 'count' || kind === 'percent') && typeof cell === 'number') return kind === 'fen' ? yuanOf(cell) : kind === 'count' ? String(cell) : `${yuanOf(cell)}%`;
  return kind === 'day' || kind === 'time' ? plainField(textOf(column, cell)) : textField(textOf(column, cell));
}

/** RFC 4180; harmless to a spreadsheet. A tab behind a number that is a name keeps it text, as the bills of the wallets do it. */
function textField(text: string): string {
  if (NO_NUMBER.test(text)) return `${text}\t`;
  return plainField(FORMULA.test(text) ? `'${text}` : text);
}
function plainField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
function line(fields: readonly string[]): string {
  return `${fields.join(',')}\r\n`;
}
