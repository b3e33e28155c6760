import { isUtf8 } from 'node:buffer';

/** Cells of one row by the name of their column. */
export type Row = Readonly<Record<string, string>>;

/** What a bill must hold to be readable: its columns, and those of its summary. */
export type BillShape = { readonly columns: readonly string[]; readonly summary: readonly string[] };

const [LINE_END, CARRIAGE_RETURN, BACK_TICK] = [0x0a, 0x0d, 0x60];
/** The back-tick belongs to the separator, so a comma inside a cell (商品名称) does no harm, and nothing is quoted. */
const SEPARATOR = Buffer.from(',`');
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/**
 * Reads a bill (账单) row by row, by the names in its header, wherever the columns stand; what is given back is its one summary row. Data rows begin with a back-tick; header and summary header do
 * not. A day may have a million rows: each cell that is needed becomes a text of its own, and nothing else is held.
 * @throws Error saying what is wrong with the file.
 */
export function readBillRows(raw: Uint8Array, { columns, summary }: BillShape, take: (row: Row) => void): Row {
  const whole = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  if (!isUtf8(whole)) throw new Error('the bill is not UTF-8');
  const bytes = whole.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? whole.subarray(BYTE_ORDER_MARK.length) : whole;
  const header = lineFrom(bytes, 0);
  const [totalsAt, summaryAt] = lastTwoLines(bytes);
  if (summaryAt < header.next || totalsAt <= summaryAt) throw new Error('the bill has fewer than three lines');
  const totals = rowReader(bytes, lineFrom(bytes, summaryAt), summary)(lineFrom(bytes, totalsAt));
  const readRow = rowReader(bytes, header, columns);
  for (let at = header.next; at < summaryAt;) {
    const line = lineFrom(bytes, at);
    take(readRow(line));
    at = line.next;
  }
  return totals;
}

type Line = { readonly start: number; readonly end: number; readonly next: number };

function lineFrom(bytes: Buffer, start: number): Line {
  const found = bytes.indexOf(LINE_END, start);
  const end = found === -1 ? bytes.length : found;
  return { start, end: end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end, next: end + 1 };
}

/** Where the last two lines begin; empty ones at the end are none. */
function lastTwoLines(bytes: Buffer): readonly [number, number] {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === LINE_END || bytes[end - 1] === CARRIAGE_RETURN)) end -= 1;
  const last = end === 0 ? 0 : bytes.lastIndexOf(LINE_END, end - 1) + 1;
  const before = last === 0 ? 0 : bytes.lastIndexOf(LINE_END, last - 2) + 1;
  return [last, before];
}

/** Reads the cells that are needed of a line, after a header that names them all once. */
function rowReader(bytes: Buffer, header: Line, needed: readonly string[]): (line: Line) => Row {
  const columns = bytes.toString('utf8', header.start, header.end).split(',').map((name) => halfWidth(name.trim()));
  const missing = needed.filter((name) => columns.filter((column) => column === name).length !== 1);
  if (missing.length > 0) throw new Error(`the bill lacks or repeats the columns ${missing.join(' ')}`);
  const wanted = columns.map((name) => (needed.includes(name) ? name : undefined));
  return ({ start, end }) => {
    if (bytes[start] !== BACK_TICK) throw new Error('a row does not begin with a back-tick');
    const row: Record<string, string> = {};
    let cells = 0;
    for (let from = start + 1; ;) {
      const found = bytes.indexOf(SEPARATOR, from);
      const to = found === -1 || found >= end ? end : found;
      const name = wanted[cells];
      if (name !== undefined) row[name] = bytes.toString('utf8', from, to);
      cells += 1;
      if (to === end) break;
      from = to + SEPARATOR.length;
    }
    if (cells !== columns.length) throw new Error(`a row has ${String(cells)} cells, the header ${String(columns.length)}`);
    return row;
  };
}

/** `收支金额（元）` and `收支金额(元)` both occur. */
function halfWidth(name: string): string {
  return name.replace('（', '(').replace('）', ')');
}

export function cell(row: Row, name: string): string {
  const value = row[name];
  if (value === undefined) throw new Error(`a row lacks ${name}`);
  return value;
}

export function countOf(row: Row, name: string): number {
  const text = cell(row, name);
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} is not a count`);
  return Number(text);
}

export function positive(amountFen: number): number {
  if (amountFen <= 0) throw new Error('a row has an amount that is not positive');
  return amountFen;
}

export function mustEqual(name: string, ofRows: number, ofFile: number): void {
  if (ofRows !== ofFile) throw new Error(`${name}: the rows give ${String(ofRows)}, the summary says ${String(ofFile)}`);
}

/** A file that contradicts itself or holds one unreadable row is `malformed` as a whole. */
export function wholeOrMalformed<Read>(read: () => Read): Read | { readonly kind: 'malformed'; readonly message: string } {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error) return { kind: 'malformed', message: error.message.slice(0, 300) };
    throw error;
  }
}
