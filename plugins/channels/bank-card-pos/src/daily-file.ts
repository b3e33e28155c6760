import { createHash } from 'node:crypto';

import { instantOfBeijing, fenFromYuan, type StatementLine, type StatementOutcome } from '@hospay/plugin-sdk';
import iconv from 'iconv-lite';

import type { Intent } from './intent.js';
import type { Column, StatementSettings } from './statement-settings.js';

/** What a row of the file says, before it is known whose it is. */
export type FileRow = {
  readonly kind: 'payment' | 'refund';
  readonly amountFen: number;
  readonly feeMilliFen: number;
  readonly date: string;
  readonly at: string;
  readonly terminalNo: string;
  readonly batchNo: string | undefined;
  readonly voucherNo: string;
  readonly referenceNo: string;
  readonly tradeNo: string | undefined;
  readonly word: string;
  readonly fundingSource: string | undefined;
};

type Row = { readonly number: number; readonly field: (column: Column) => string };
type Malformed = { readonly kind: 'malformed'; readonly message: string };

class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** Reads an acquirer's daily file by its column mapping. One row that cannot be read, or totals that differ, and none of it is used. */
export function readDailyFile(raw: Uint8Array, settings: StatementSettings): readonly FileRow[] | Malformed {
  try {
    const rows = splitRows(raw, settings).slice(settings.headerLines ?? 0).filter((row) => row.text.trim() !== '');
    const marker = settings.totals?.startsWith;
    const isTotals = ({ text }: { text: string }): boolean => marker !== undefined && text.trimStart().startsWith(marker);
    const read = rows.filter((row) => !isTotals(row)).flatMap((row) => rowOf(row.row, settings) ?? []);
    const ignored = rows.length - rows.filter(isTotals).length - read.length;
    if (marker !== undefined) compareTotals(rows.filter(isTotals).map(({ row }) => row), read, ignored, settings);
    return read;
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'malformed', message: error.message.slice(0, 500) };
    throw error;
  }
}

/** The bill of a day from its files, each row tied to our own number where its slip is known. */
export async function statementOf(files: readonly Uint8Array[], settings: StatementSettings, intentOf: (row: FileRow) => Promise<Intent | undefined>): Promise<StatementOutcome> {
  const lines: StatementLine[] = [];
  for (const file of files) {
    const rows = readDailyFile(file, settings);
    if ('kind' in rows) return rows;
    for (const row of rows) lines.push(lineOf(row, await intentOf(row)));
  }
  if (lines.length === 0) return { kind: 'empty' };
  const raw = Buffer.concat(files);
  const sum = (kind: StatementLine['kind']): number => lines.filter((line) => line.kind === kind).reduce((total, { amountFen }) => total + amountFen, 0);
  return { kind: 'ok', raw, sha256: createHash('sha256').update(raw).digest('hex'), lines, totals: { paymentFen: sum('payment'), refundFen: sum('refund'), lines: lines.length } };
}

function lineOf(row: FileRow, intent: Intent | undefined): StatementLine {
  const channelNo = [row.terminalNo, row.batchNo ?? '', row.voucherNo, row.referenceNo].join('-').slice(0, 64);
  const { amountFen, feeMilliFen, at } = row;
  const named = row.tradeNo ?? intent?.tradeNo;
  const shared = { amountFen, feeMilliFen, at, status: row.word, ...(named === undefined ? { isUnnamed: true as const } : {}), ...(row.fundingSource === undefined ? {} : { fundingSource: row.fundingSource.slice(0, 64) }) };
  // A row nobody here started keeps its own name: reconciliation shows it as money without an order.
  const tradeNo = named ?? `POS-${channelNo}`;
  if (row.kind === 'payment') return { kind: 'payment', tradeNo, channelTradeNo: channelNo, ...shared };
  const refundNo = intent === undefined || intent.kind === 'pay' ? undefined : intent.number;
  return { kind: 'refund', tradeNo, ...(refundNo === undefined ? {} : { refundNo }), channelTradeNo: channelNo, channelRefundNo: channelNo, ...shared };
}

function splitRows(raw: Uint8Array, { layout, encoding = 'gbk' }: StatementSettings): { text: string; row: Row }[] {
  const bytes = Buffer.from(raw);
  if (layout.kind === 'csv') {
    const lines = csvLines(iconv.decode(bytes, encoding).replace(/^\uFEFF/, ''), layout.delimiter ?? ',');
    return lines.map((cells, index) => ({ text: cells.join(''), row: { number: index + 1, field: (column) => cellOf(cells, column, index + 1) } }));
  }
  return byteLines(bytes).map((line, index) => {
    const number = index + 1;
    const field = (column: Column): string => {
      if (!('firstByte' in column)) throw new Unreadable('a fixed-width file needs columns by byte');
      if (line.length !== layout.recordBytes) throw new Unreadable(`row ${String(number)} is ${String(line.length)} bytes long, not ${String(layout.recordBytes)}`);
      return iconv.decode(line.subarray(column.firstByte - 1, column.firstByte - 1 + column.bytes), encoding).trim();
    };
    return { text: iconv.decode(line, encoding), row: { number, field } };
  });
}

function byteLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let from = 0;
  while (from < bytes.length) {
    const end = bytes.indexOf(0x0a, from);
    const to = end < 0 ? bytes.length : end;
    lines.push(bytes.subarray(from, to > from && bytes[to - 1] === 0x0d ? to - 1 : to));
    from = to + 1;
  }
  return lines;
}

/** RFC 4180: quoted cells may hold the delimiter, line ends and doubled quotes. */
function csvLines(text: string, delimiter: string): string[][] {
  const lines: string[][] = [];
  let [cells, cell, quoted]: [string[], string, boolean] = [[], '', false];
  const endLine = (): void => {
    lines.push([...cells, cell]);
    [cells, cell] = [[], ''];
  };
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[index + 1] === '"') {
        cell += '"';
        index += 1;
      } else quoted = false;
    } else if (character === '"' && cell.trim() === '') [cell, quoted] = ['', true];
    else if (character === delimiter) {
      cells.push(cell);
      cell = '';
    } else if (character === '\n') endLine();
    else if (character !== '\r') cell += character;
  }
  if (quoted) throw new Unreadable('a quoted cell has no end: the file is cut off');
  if (cell !== '' || cells.length > 0) endLine();
  return lines;
}

function cellOf(cells: readonly string[], column: Column, number: number): string {
  if (!('column' in column)) throw new Unreadable('a CSV file needs columns by number');
  const cell = cells[column.column - 1];
  if (cell === undefined) throw new Unreadable(`row ${String(number)} has no column ${String(column.column)}`);
  // Portals write ="00123" or '00123 or a tab so that a spreadsheet keeps the zeros.
  return cell.trim().replace(/^="(.*)"$/, '$1').replace(/^'/, '').trim();
}

/** Undefined for a kind of row that the settings leave out. */
function rowOf(row: Row, settings: StatementSettings): FileRow | undefined {
  const { columns, kinds } = settings;
  const word = row.field(columns.kind);
  if (kinds.ignore?.includes(word) === true) return undefined;
  const kind = kinds.payment.includes(word) ? 'payment' : kinds.refund.includes(word) ? 'refund' : undefined;
  if (kind === undefined) throw new Unreadable(`row ${String(row.number)}: the kind "${word.slice(0, 20)}" is listed nowhere`);
  const optional = (column: Column | undefined): string | undefined => {
    const text = column === undefined ? '' : row.field(column);
    return text === '' ? undefined : text;
  };
  // Files write a refund with or without a minus; a payment below zero is something else.
  const amountFen = amountOf(row, columns.amount, settings);
  if (amountFen === 0 || (kind === 'payment' && amountFen < 0)) throw new Unreadable(`row ${String(row.number)}: a ${kind} of ${String(amountFen)} fen`);
  const date = row.field(columns.date).replaceAll(/[-/.]/g, '');
  const time = (optional(columns.time) ?? '000000').replaceAll(':', '');
  const at = instantOfBeijing(`${date}${time}`);
  if (at === undefined) throw new Unreadable(`row ${String(row.number)}: ${date} ${time} is no time`);
  const feeText = optional(columns.fee);
  const feeMilliFen = feeText === undefined ? 0 : milliFenOf(row, feeText, settings);
  return {
    kind, amountFen: Math.abs(amountFen), feeMilliFen, date, at, word,
    terminalNo: row.field(columns.terminalNo),
    batchNo: optional(columns.batchNo),
    voucherNo: row.field(columns.voucherNo),
    referenceNo: row.field(columns.referenceNo),
    tradeNo: optional(columns.tradeNo),
    fundingSource: optional(columns.fundingSource),
  };
}

function amountOf(row: Row, column: Column, { amountUnit }: StatementSettings): number {
  const text = row.field(column).replaceAll(',', '');
  try {
    if (amountUnit === 'yuan') return fenFromYuan(text);
  } catch {
    throw new Unreadable(`row ${String(row.number)}: "${text.slice(0, 20)}" is no amount in yuan`);
  }
  if (!/^-?\d{1,13}$/.test(text)) throw new Unreadable(`row ${String(row.number)}: "${text.slice(0, 20)}" is no amount in fen`);
  return Number(text);
}

/** Fees carry up to five decimals of a yuan or three of a fen. */
function milliFenOf(row: Row, text: string, { amountUnit }: StatementSettings): number {
  const places = amountUnit === 'yuan' ? 5 : 3;
  const match = new RegExp(`^(-?)(\\d{1,9})(?:\\.(\\d{1,${String(places)}}))?$`).exec(text.replaceAll(',', ''));
  if (match === null) throw new Unreadable(`row ${String(row.number)}: "${text.slice(0, 20)}" is no fee`);
  const magnitude = Number(`${match[2] ?? ''}${(match[3] ?? '').padEnd(places, '0')}`);
  return match[1] === '-' && magnitude !== 0 ? -magnitude : magnitude;
}

function compareTotals(totalRows: readonly Row[], rows: readonly FileRow[], ignored: number, settings: StatementSettings): void {
  const { totals } = settings;
  const [row, second] = totalRows;
  if (totals === undefined) return;
  if (row === undefined || second !== undefined) throw new Unreadable(`the file has ${String(totalRows.length)} totals rows, not one: it may be cut off`);
  const lines = row.field(totals.lines);
  if (!/^\d{1,9}$/.test(lines) || Number(lines) !== rows.length + ignored) throw new Unreadable(`the totals row counts ${lines.slice(0, 20)} rows, the file has ${String(rows.length + ignored)}`);
  for (const [kind, column] of [['payment', totals.paymentAmount], ['refund', totals.refundAmount]] as const) {
    if (column === undefined) continue;
    const [said, sum] = [Math.abs(amountOf(row, column, settings)), rows.filter((line) => line.kind === kind).reduce((total, { amountFen }) => total + amountFen, 0)];
    if (said !== sum) throw new Unreadable(`the totals row says ${String(said)} fen of ${kind}s, the rows add up to ${String(sum)}`);
  }
}
